//! What is wrong with an expression or its placeholders, in AWS's words.

use crate::value::{Value, ValueFault, ValueType};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// Which validation layer of AWS an operation answers from. `[DDB-0.1]`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layer {
    /// The new one, with `1 validation error detected: ` before its texts:
    /// PutItem, UpdateItem, DeleteItem.
    Prefixed,
    /// The new one, bare: GetItem, BatchGetItem, Query.
    Bare,
    /// The old one: Scan, BatchWriteItem, transactions.
    Classic,
}

/// A parameter of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "they are AWS's own names")]
pub enum ExpressionKind {
    ConditionExpression,
    FilterExpression,
    KeyConditionExpression,
    ProjectionExpression,
    SearchConditionExpression,
    UpdateExpression,
}

impl fmt::Display for ExpressionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// A request that AWS refuses before it looks at any table, in the words of
/// the operation's layer.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// The operation's layer.
    pub layer: Layer,
    /// What is wrong.
    pub what: What,
}

/// What is wrong with a request.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum What {
    /// A value of an item or key.
    Value(ValueFault),
    /// A value of ExpressionAttributeValues.
    ExpressionValue(String, ValueFault),
    /// An expression.
    Expression(ExpressionKind, ExpressionFault),
    /// Placeholders that no expression uses. `[DDB-6.2]`
    UnusedNames(Vec<String>),
    /// Placeholders that no expression uses. `[DDB-6.2]`
    UnusedValues(Vec<String>),
    /// Names, and no expression to use them. `[DDB-6.2]`
    NamesWithoutExpression,
    /// Values, and no expression to use them; what the classic text adds.
    /// `[DDB-6.2]`
    ValuesWithoutExpression(&'static str),
    /// An empty map of names or values. `[DDB-6.2]`
    EmptyPlaceholders(&'static str),
    /// A placeholder that is not spelt as one. `[DDB-6.2]`
    BadPlaceholder(&'static str, String),
    /// A name that stands for no attribute name. `[DDB-6.2]`
    BadName(String),
    /// A name that stands for too long an attribute name. `[DDB-6.2]`
    LongName(String),
    /// Expression and legacy parameters in one request. `[DDB-7.1]`
    Mixed(Vec<&'static str>, Vec<&'static str>),
    /// A ReturnValues that the operation does not do. `[DDB-8.1]`
    ReturnValues,
    /// A fault of a legacy parameter, in AWS's words. `[DDB-7.2]`
    Legacy(String),
}

impl fmt::Display for Fault {
    /// AWS's text; `{:#}` is the classic wording.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let classic = f.alternate() || self.layer == Layer::Classic;
        let bare = matches!(&self.what, What::Value(fault) | What::ExpressionValue(_, fault) if !fault.takes_prefix());
        // [DDB-0.2]
        if !classic && self.layer == Layer::Prefixed && !bare {
            f.write_str("1 validation error detected: ")?;
        }
        match &self.what {
            What::Value(fault) if classic => write!(f, "{fault:#}"),
            What::Value(fault) => write!(f, "{fault}"),
            What::ExpressionValue(key, fault) if classic => {
                write!(f, "ExpressionAttributeValues contains invalid value: {fault:#} for key {key}")
            }
            What::ExpressionValue(_, fault) => write!(f, "{fault}"),
            What::Expression(kind, ExpressionFault::TooLong(size))
                if *kind != ExpressionKind::UpdateExpression =>
            {
                write!(
                    f,
                    "Invalid {kind}: Expression size has exceeded the maximum allowed size; expression size: {size}"
                )
            }
            What::Expression(kind, fault) => write!(f, "Invalid {kind}: {fault}"),
            What::UnusedNames(keys) => {
                write!(
                    f,
                    "Value provided in ExpressionAttributeNames unused in expressions: keys: {{{}}}",
                    keys.join(", ")
                )
            }
            What::UnusedValues(keys) => {
                write!(
                    f,
                    "Value provided in ExpressionAttributeValues unused in expressions: keys: {{{}}}",
                    keys.join(", ")
                )
            }
            What::NamesWithoutExpression => {
                f.write_str("ExpressionAttributeNames can only be specified when using expressions")
            }
            What::ValuesWithoutExpression(missing) => {
                f.write_str("ExpressionAttributeValues can only be specified when using expressions")?;
                if classic { write!(f, ": {missing}") } else { Ok(()) }
            }
            What::EmptyPlaceholders(member) => write!(f, "{member} must not be empty"),
            What::BadPlaceholder(member, key) => {
                write!(f, "{member} contains invalid key: Syntax error; key: \"{key}\"")
            }
            What::BadName(key) => {
                write!(
                    f,
                    "ExpressionAttributeNames contains invalid value: Empty attribute name for key {key}"
                )
            }
            What::LongName(key) => {
                write!(
                    f,
                    "ExpressionAttributeNames contains invalid value: Attribute name is too large, must be less than or equal to 65535 bytes for key {key}"
                )
            }
            What::Mixed(legacy, expressions) => write!(
                f,
                "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {{{}}} Expression parameters: {{{}}}",
                legacy.join(", "),
                expressions.join(", ")
            ),
            What::Legacy(text) => f.write_str(text),
            What::ReturnValues => f.write_str("ReturnValues can only be ALL_OLD or NONE"),
        }
    }
}

/// What is wrong with one expression. `[DDB-6.1]` `[DDB-6.3]` `[DDB-6.6]`
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ExpressionFault {
    /// Longer than 4,096 bytes. `[DDB-6.1.6]`
    TooLong(usize),
    /// Empty. `[DDB-6.1.10]`
    Empty,
    /// A token that cannot stand where it does, and its neighbourhood.
    /// `[DDB-6.1.9]`
    Syntax(String, String),
    /// A path of too many steps; AWS's text is not known but in part.
    /// `[DDB-2.3]`
    DeepPath(usize),
    /// An index that no list has; AWS's text is not known but in part.
    /// `[DDB-6.1.4]`
    BadIndex(String),
    /// Two pairs of parentheses round one thing. `[DDB-6.3.2]`
    RedundantParentheses,
    /// Over 300 operators. `[DDB-6.1.7]`
    TooManyOperators(usize),
    /// Too many operands of IN. `[DDB-6.3.3]`
    TooManyIn(usize),
    /// No such function. `[DDB-6.3.5]`
    UnknownFunction(String),
    /// A function of the other kind of expression. `[DDB-6.3.5]`
    ForeignFunction(String, &'static str),
    /// A function where its result has no place. `[DDB-6.3.4]`
    MisusedFunction(String),
    /// A reserved word as a bare name. `[DDB-6.1.5]`
    Reserved(String),
    /// A name placeholder without a name. `[DDB-6.2]`
    UndefinedName(String),
    /// A value placeholder without a value. `[DDB-6.2]`
    UndefinedValue(String),
    /// A wrong number of arguments. `[DDB-6.3.6]`
    OperandCount(String, usize),
    /// An operand that equals the first. `[DDB-6.3.7]`
    NotDistinct(String, String),
    /// An operand of a type that the operator does not take. `[DDB-6.3.8]`
    OperandType(String, &'static str),
    /// The same for ADD and DELETE. `[DDB-6.6.4]`
    ActionType(&'static str, ValueType),
    /// Not a type name. `[DDB-6.3.8]`
    UnknownType(String),
    /// A function that wants a path. `[DDB-6.3.8]`
    NeedsPath(String),
    /// BETWEEN with bounds of two types. `[DDB-6.3.9]`
    BoundTypes(Box<(Value, Value)>),
    /// BETWEEN with the bounds the wrong way round. `[DDB-6.3.9]`
    BoundOrder(Box<(Value, Value)>),
    /// A section of an update for the second time. `[DDB-6.6.1]`
    SectionTwice(&'static str),
    /// One path is, or is inside, the other. `[DDB-6.6.5]`
    Overlap(String, String),
    /// One path takes for a map what the other takes for a list.
    /// `[DDB-6.6.5]`
    Conflict(String, String),
    /// A key condition on a part of an attribute. `[DDB-6.5.2]`
    NestedKey,
    /// Two key conditions on one attribute. `[DDB-6.5.2]`
    KeyTwice,
}

/// A value as the texts about BETWEEN print it.
struct Printed<'v>(&'v Value);

impl fmt::Display for Printed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.0.kind();
        match self.0 {
            Value::S(text) => write!(f, "AttributeValue: {{{kind}:{text}}}"),
            Value::N(number) => write!(f, "AttributeValue: {{{kind}:{number}}}"),
            other => {
                let shown = serde_json::to_value(other).ok();
                let text = shown.as_ref().and_then(|shown| shown.get(kind.tag()));
                write!(f, "AttributeValue: {{{kind}:{}}}", text.and_then(|text| text.as_str()).unwrap_or(""))
            }
        }
    }
}

impl fmt::Display for ExpressionFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong(_) => f.write_str("Expression size has exceeded the maximum allowed size;"),
            Self::Empty => f.write_str("The expression can not be empty;"),
            Self::Syntax(token, near) => write!(f, "Syntax error; token: \"{token}\", near: \"{near}\""),
            Self::DeepPath(levels) => {
                write!(f, "The document path has too many nesting levels; nesting levels: {levels}")
            }
            Self::BadIndex(index) => {
                write!(f, "List index is not within the allowable range; index: [{index}]")
            }
            Self::RedundantParentheses => f.write_str("The expression has redundant parentheses;"),
            Self::TooManyOperators(count) => {
                write!(f, "The expression contains too many operators; operator count: {count}")
            }
            Self::TooManyIn(count) => {
                write!(f, "The IN operator is provided with too many operands; number of operands: {count}")
            }
            Self::UnknownFunction(name) => write!(f, "Invalid function name; function: {name}"),
            Self::ForeignFunction(name, place) => {
                write!(f, "The function is not allowed in {place} expression; function: {name}")
            }
            Self::MisusedFunction(name) => {
                write!(
                    f,
                    "The function is not allowed to be used this way in an expression; function: {name}"
                )
            }
            Self::Reserved(word) => {
                write!(f, "Attribute name is a reserved keyword; reserved keyword: {word}")
            }
            Self::UndefinedName(key) => write!(
                f,
                "An expression attribute name used in the document path is not defined; attribute name: {key}"
            ),
            Self::UndefinedValue(key) => {
                write!(
                    f,
                    "An expression attribute value used in expression is not defined; attribute value: {key}"
                )
            }
            Self::OperandCount(name, count) => write!(
                f,
                "Incorrect number of operands for operator or function; operator or function: {name}, number of operands: {count}"
            ),
            Self::NotDistinct(name, path) => write!(
                f,
                "The first operand must be distinct from the remaining operands for this operator or function; operator: {name}, first operand: {path}"
            ),
            Self::OperandType(name, kind) => write!(
                f,
                "Incorrect operand type for operator or function; operator or function: {name}, operand type: {kind}"
            ),
            Self::ActionType(action, kind) => write!(
                f,
                "Incorrect operand type for operator or function; operator: {action}, operand type: {}",
                kind.long_name()
            ),
            Self::UnknownType(name) => write!(
                f,
                "Invalid attribute type name found; type: {name}, valid types: {{B,NULL,SS,BOOL,L,BS,N,NS,S,M}}"
            ),
            Self::NeedsPath(name) => {
                write!(f, "Operator or function requires a document path; operator or function: {name}")
            }
            Self::BoundTypes(bounds) => write!(
                f,
                "The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: {}, upper bound operand: {}",
                Printed(&bounds.0),
                Printed(&bounds.1)
            ),
            Self::BoundOrder(bounds) => write!(
                f,
                "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: {}, upper bound operand: {}",
                Printed(&bounds.0),
                Printed(&bounds.1)
            ),
            Self::SectionTwice(section) => {
                write!(f, "The \"{section}\" section can only be used once in an update expression;")
            }
            Self::Overlap(one, two) => write!(
                f,
                "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: {one}, path two: {two}"
            ),
            Self::Conflict(one, two) => write!(
                f,
                "Two document paths conflict with each other; must remove or rewrite one of these paths; path one: {one}, path two: {two}"
            ),
            Self::NestedKey => {
                f.write_str("KeyConditionExpressions cannot have conditions on nested attributes")
            }
            Self::KeyTwice => f.write_str("KeyConditionExpressions must only contain one condition per key"),
        }
    }
}
