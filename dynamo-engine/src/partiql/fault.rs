//! What is wrong with a statement, in AWS's words.

use crate::expr::ExpressionFault;
use crate::number::NumberFault;
use crate::value::ValueFault;
use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

/// Where a token stands: line and column from one, and its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// From one.
    pub line: usize,
    /// In characters, from one.
    pub column: usize,
    /// In characters.
    pub length: usize,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.line, self.column, self.length)
    }
}

/// Why a PartiQL statement is refused. `[DDB-12.6]`
///
/// ```
/// use dynamo_engine::StatementFault;
/// let fault = StatementFault::Malformed("Expected data manipulation".into());
/// assert_eq!(fault.to_string(), "Statement wasn't well formed, can't be processed: Expected data manipulation");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub enum StatementFault {
    /// The grammar does not hold. Of what is expected only some texts are
    /// recorded; the others are ours.
    Malformed(Cow<'static, str>),
    /// A table with another name.
    Alias,
    /// `COUNT(*)` or another function in a projection.
    PathComponent(Position),
    /// A function that there is not.
    UnknownFunction(Box<str>, Position),
    /// An index in a statement that writes.
    ManyNames(Position),
    /// More than a table and an index after FROM.
    ManyComponents,
    /// `""` for a table or an index.
    EmptyComponent,
    /// A number that is none, and where in the value it stands.
    Number(NumberFault, String),
    /// A set or value that is none.
    Value(ValueFault),
    /// `<<>>`.
    EmptyBag,
    /// A set of several types.
    MixedBag,
    /// Another number of parameters than of question marks.
    Parameters,
    /// An operand that the operator has no order for.
    OperandType(&'static str, &'static str),
    /// What expressions refuse too: operands, paths that overlap, `IN` lists.
    Expression(ExpressionFault),
    /// A RETURNING that a DELETE cannot have.
    DeleteReturning(&'static str),
    /// A statement that writes without the whole key.
    NoKey,
    /// The same of a read in a batch.
    NoKeyInBatch,
    /// The same of a read in a transaction; the text is ours.
    NoKeyInTransaction,
    /// An index in a transaction; the text is ours.
    IndexInTransaction,
    /// A RETURNING in a transaction, and of which statement.
    ReturningInTransaction(usize),
    /// EXISTS outside a transaction, or among reads; the text is ours.
    MisplacedExists,
    /// An index name that the table does not have.
    UnknownIndex,
    /// A consistent read of a global index.
    ConsistentIndexRead,
    /// ORDER BY without WHERE.
    OrderWithoutWhere,
    /// ORDER BY without one partition key.
    OrderWithoutHash,
    /// ORDER BY another attribute than the key's.
    OrderByOther(String),
    /// A condition on what the index does not have.
    FilterNotProjected(String, String),
    /// Reads and writes together in a batch.
    Mixed,
    /// The same in a transaction.
    MixedTransaction,
    /// A token of another request.
    OtherToken,
    /// A token that is none.
    BadToken,
}

impl fmt::Display for StatementFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(what) => {
                write!(f, "Statement wasn't well formed, can't be processed: {what}")
            }
            Self::Alias => f.write_str("Aliasing is not supported"),
            Self::PathComponent(at) => write!(f, "Unexpected path component at {at}"),
            Self::UnknownFunction(name, at) => write!(f, "Unrecognized function: {name} at {at}"),
            Self::ManyNames(at) => write!(
                f,
                "FROM clause may only contain a single table name in data manipulation statements at {at}"
            ),
            Self::ManyComponents => f.write_str("A path may contain at most 2 components in the FROM clause"),
            Self::EmptyComponent => f.write_str("Path component cannot be an empty string"),
            Self::Number(fault, place) => write!(f, "{fault} under root{place}"),
            Self::Value(fault) => write!(f, "{fault:#}"),
            Self::EmptyBag => f.write_str("Empty bags are not supported"),
            Self::MixedBag => f.write_str("All members of a bag must be of one type: S, N or B"),
            Self::Parameters => f.write_str("Number of parameters in request and statement don't match."),
            Self::OperandType(operator, kind) => write!(
                f,
                "Incorrect operand type for operator or function; operator or function: {operator}, operand type: {kind}"
            ),
            Self::Expression(fault) => write!(f, "{fault}"),
            Self::DeleteReturning(what) => write!(
                f,
                "Invalid returning clause: RETURNING {what} *. Only RETURNING ALL OLD * is allowed in DELETE statements."
            ),
            Self::NoKey => {
                f.write_str("Where clause does not contain a mandatory equality on all key attributes")
            }
            Self::NoKeyInBatch => f.write_str(
                "Select statements within BatchExecuteStatement must specify the primary key in the where clause.",
            ),
            Self::NoKeyInTransaction => f.write_str(
                "Select statements within ExecuteTransaction must specify the primary key in the where clause.",
            ),
            Self::IndexInTransaction => f.write_str("Secondary indexes cannot be read in ExecuteTransaction"),
            Self::ReturningInTransaction(place) => write!(
                f,
                "Validation failed in TransactStatements[{place}]: RETURNING clause is not supported in ExecuteTransaction."
            ),
            Self::MisplacedExists => {
                f.write_str("EXISTS is supported only among the write statements of ExecuteTransaction")
            }
            Self::UnknownIndex => f.write_str("The table does not have the specified index"),
            Self::ConsistentIndexRead => {
                f.write_str("Strongly consistent read is not supported on Global Secondary Indexes")
            }
            Self::OrderWithoutWhere => {
                f.write_str("Must have WHERE clause in the statement when using ORDER BY clause.")
            }
            Self::OrderWithoutHash => f.write_str(
                "Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause.",
            ),
            Self::OrderByOther(name) => {
                write!(f, "Variable reference {name} in ORDER BY clause must be part of the primary key")
            }
            Self::FilterNotProjected(index, names) => write!(
                f,
                "One or more parameter values were invalid: Secondary index {index} does not project one or more filter attributes: [{names}]"
            ),
            Self::MixedTransaction => f.write_str(
                "ExecuteTransaction API does not support both read and write operations in the same request.",
            ),
            Self::Mixed => {
                f.write_str("Read and write requests together in the same batch is not supported.")
            }
            Self::OtherToken => f.write_str("NextToken does not match request"),
            Self::BadToken => f.write_str("Invalid NextToken"),
        }
    }
}

/// What reading a statement comes to.
pub(crate) type Reading<T> = Result<T, StatementFault>;

pub(crate) fn malformed<T>(what: impl Into<Cow<'static, str>>) -> Reading<T> {
    Err(StatementFault::Malformed(what.into()))
}
