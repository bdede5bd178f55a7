//! PartiQL: statements read into the same compiled conditions, updates and
//! projections that expressions become. `[DDB-12.2]` `[DDB-20.9]`

mod fault;
mod lex;
mod literal;
mod parse;
mod statement;
mod term;

pub use fault::{Position, StatementFault};
pub(crate) use statement::{Returning, Statement, Verb};
pub(crate) use term::Term;
