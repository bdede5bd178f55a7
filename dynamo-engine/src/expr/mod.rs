//! The expression language.
//!
//! Every expression is read by a parser that keeps its own stack, checked in
//! AWS's order and compiled to a flat program: no input, however nested,
//! recurses. `[DDB-20.8]`

mod condition;
mod evaluate;
mod fault;
mod key_condition;
mod lex;
mod parse;
mod path;
mod placeholders;
mod projection;
mod reserved;
mod update;
mod update_apply;
mod update_charge;

pub(crate) use condition::{Condition, Function, LISTED, Op};
pub use fault::{ExpressionFault, ExpressionKind, Fault, Layer, What};
pub(crate) use key_condition::{KeyClause, KeyTest, key_clauses};
pub(crate) use parse::Comparator;
pub(crate) use path::{Path, Step};
pub(crate) use placeholders::Placeholders;
pub(crate) use projection::Projection;
pub(crate) use update::{Action, ActionKind, Update, ValueOp};
