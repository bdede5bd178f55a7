//! A statement, read and compiled.

use super::fault::{Reading, StatementFault};
use super::lex::Tokens;
use super::parse::Parser;
use super::term::Term;
use crate::Error;
use crate::expr::{Layer, Path, Placeholders, Update};
use crate::item::Item;
use crate::value::AttributeValue;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

/// A statement with its parameters filled in. Public because
/// `Operation::Target` is; nobody outside can name it.
#[derive(Debug)]
pub struct Statement {
    pub(crate) verb: Verb,
    /// The table, by name or ARN.
    pub(crate) table: String,
    pub(crate) index: Option<String>,
    pub(crate) condition: Option<Term>,
    /// The values that conditions and updates name by number.
    pub(crate) values: Placeholders,
}

#[derive(Debug)]
pub(crate) enum Verb {
    /// The paths, or everything; the attributes to order by, the wrong way
    /// round or not; whether only EXISTS asks.
    Select {
        paths: Option<Vec<Path>>,
        order: Vec<(String, bool)>,
        exists: bool,
    },
    Insert(Item),
    Update(Update, Option<Returning>),
    Delete(Option<Returning>),
}

/// What a statement that writes gives back. `[DDB-12.5]`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Returning {
    AllOld,
    AllNew,
    ModifiedOld,
    ModifiedNew,
}

impl Returning {
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::AllOld => "ALL OLD",
            Self::AllNew => "ALL NEW",
            Self::ModifiedOld => "MODIFIED OLD",
            Self::ModifiedNew => "MODIFIED NEW",
        }
    }
}

impl Statement {
    /// Reads a statement. `[DDB-12.2]` `[DDB-12.10]`
    ///
    /// # Errors
    /// What is wrong with its words, its literals or its parameters.
    pub(crate) fn read(source: &str, parameters: Option<&[AttributeValue]>) -> Result<Self, Error> {
        let refuse = |fault| Error::Statement { fault: Box::new(fault) };
        let values = Placeholders::new(Layer::Classic, None, None)?;
        let read = || -> Reading<Self> {
            let tokens = Tokens::new(source)?;
            let parameters = parameters.unwrap_or_default().to_vec();
            let count = parameters.len();
            let mut parser = Parser { tokens, parameters, used: 0, values, depth: 0 };
            let (verb, table, condition) = parser.statement()?;
            if parser.used != count {
                return Err(StatementFault::Parameters);
            }
            let super::parse::From { table, index, .. } = table;
            Ok(Self { verb, table, index, condition, values: parser.values })
        };
        read().map_err(refuse)
    }

    /// Whether it only reads.
    pub(crate) fn reads(&self) -> bool {
        matches!(self.verb, Verb::Select { exists: false, .. })
    }

    /// The action that it needs permission for. `[DDB-16.0]`
    pub(crate) fn action(&self) -> &'static str {
        match self.verb {
            Verb::Select { .. } => "PartiQLSelect",
            Verb::Insert(_) => "PartiQLInsert",
            Verb::Update(..) => "PartiQLUpdate",
            Verb::Delete(_) => "PartiQLDelete",
        }
    }

    /// RETURNING, if it is there.
    pub(crate) fn returning(&self) -> Option<Returning> {
        match self.verb {
            Verb::Update(_, returning) | Verb::Delete(returning) => returning,
            Verb::Select { .. } | Verb::Insert(_) => None,
        }
    }
}
