//! Refusals in AWS's words: one table per engine.

use alloc::string::String;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Whose fault a refusal is, as AWS's error types say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// `Sender`: the same request will fail again.
    Client,
    /// `Receiver`: the service failed.
    Server,
}

/// Whether it makes sense to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Retry {
    /// No.
    Never,
    /// Yes, more slowly.
    Throttling,
    /// Yes.
    Transient,
}

/// Which of AWS's wordings a text is wanted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Wording {
    /// What AWS says today.
    #[default]
    Current,
    /// What AWS said before it moved the operation to its newer validation.
    Classic,
}

/// Which protocol a text is wanted for; a few texts differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Protocol {
    /// AWS JSON 1.0 and 1.1.
    #[default]
    Json,
    /// The Query protocol with XML answers.
    Query,
}

/// A refusal by AWS: what is on the wire, without the wire.
///
/// `Display` is AWS's message in today's wording. Implemented by
/// [`aws_errors!`](crate::aws_errors).
pub trait AwsError: core::error::Error {
    /// The name in the JSON body's `__type`, such as `QueueDoesNotExist`.
    fn shape(&self) -> &'static str;
    /// The namespace before the shape in `__type`; empty if the service
    /// prints none.
    fn namespace(&self) -> &'static str;
    /// The code that the Query protocol and the SDKs show, such as
    /// `AWS.SimpleQueueService.NonExistentQueue`.
    fn query_code(&self) -> &'static str;
    /// The HTTP status.
    fn http_status(&self) -> u16;
    /// Whether to try again.
    fn retry(&self) -> Retry;
    /// The message in the given wording.
    fn message(&self, wording: Wording, protocol: Protocol) -> String;

    /// Further members of the error's body, such as the item that failed a
    /// condition.
    fn members(&self) -> Map<String, Value> {
        Map::new()
    }

    /// Our own advice, never sent on the wire.
    fn help(&self) -> Option<String> {
        None
    }

    /// Whose fault it is.
    fn fault(&self) -> Fault {
        if self.http_status() >= 500 { Fault::Server } else { Fault::Client }
    }

    /// The refusal as data: what a history stores and compares.
    fn record(&self) -> ErrorRecord {
        ErrorRecord {
            shape: self.shape().into(),
            code: self.query_code().into(),
            status: self.http_status(),
            message: self.message(Wording::Current, Protocol::Json),
            members: self.members(),
        }
    }
}

/// A refusal as data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ErrorRecord {
    /// The JSON shape name.
    pub shape: String,
    /// The query code.
    pub code: String,
    /// The HTTP status.
    pub status: u16,
    /// The message in today's wording.
    pub message: String,
    /// Further members of the error's body.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub members: Map<String, Value>,
}

/// One row of an error table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorRow {
    /// The JSON shape name.
    pub shape: &'static str,
    /// The query code.
    pub code: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// The name of the text: the variant of the engine's error enum.
    pub name: &'static str,
    /// The text, with `{field}` where a value goes.
    pub text: &'static str,
    /// The classic wording, where it differs.
    pub classic: Option<&'static str>,
    /// The Query protocol's text, where it differs.
    pub query: Option<&'static str>,
}

/// Declares an engine's refusals as one table.
///
/// Each group is an AWS error shape with its query code, HTTP status and,
/// optionally, `throttling` or `transient` for [`Retry`] and, after `in`, a
/// namespace of its own. Each row in it is
/// one text that AWS says under that shape; `classic` and `query` give the
/// other wordings where AWS has them. From the table come an enum with a
/// variant per text, an enum of the shapes, `Display`,
/// [`AwsError`](crate::AwsError) and `TABLE`.
///
/// ```
/// use aws_core::{AwsError, Protocol, Wording};
///
/// aws_core::aws_errors! {
///     /// Every refusal of a small queue.
///     pub enum Error / Shape in "com.amazonaws.sqs" {
///         QueueDoesNotExist ("AWS.SimpleQueueService.NonExistentQueue", 400) {
///             /// The queue URL names no queue.
///             UnknownQueue => "The specified queue does not exist.",
///                 query "The specified queue does not exist for this wsdl version.";
///         }
///         InvalidParameterValueException ("InvalidParameterValue", 400) {
///             /// More than ten or less than one message asked for.
///             MaxNumberOfMessages {
///                 /// What was asked for.
///                 value: i64
///             } => "Value {value} for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.";
///         }
///     }
/// }
///
/// let error = Error::MaxNumberOfMessages { value: 11 };
/// assert_eq!(error.shape(), "InvalidParameterValueException");
/// assert_eq!(error.kind(), Shape::InvalidParameterValueException);
/// assert_eq!(error.query_code(), "InvalidParameterValue");
/// assert!(error.to_string().starts_with("Value 11 for parameter"));
/// assert_eq!(
///     Error::UnknownQueue.message(Wording::Current, Protocol::Query),
///     "The specified queue does not exist for this wsdl version.",
/// );
/// assert_eq!(Error::TABLE.len(), 2);
/// ```
#[macro_export]
macro_rules! aws_errors {
    (
        $(#[$meta:meta])*
        pub enum $Error:ident / $Shape:ident in $namespace:literal
            $(, members $members:path)? $(, help $help:path)?
        {
            $(
                $S:ident ($code:literal, $status:literal $(, $retry:ident)?) $(in $other:literal)? {
                    $(
                        $(#[$vmeta:meta])*
                        $V:ident $({ $( $(#[$fmeta:meta])* $f:ident : $t:ty),* $(,)? })?
                            => $text:literal $(, classic $classic:literal)? $(, query $query:literal)? ;
                    )+
                }
            )+
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        #[non_exhaustive]
        pub enum $Error {
            $( $(
                $(#[$vmeta])*
                #[doc = concat!("\n\nShape `", stringify!($S), "`, code `", $code, "`, HTTP ", $status, ":\n\n> ", $text)]
                $V $({ $( $(#[$fmeta])* $f: $t),* })?,
            )+ )+
        }

        /// The AWS error shapes that the table groups its texts under.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $Shape {
            $(
                #[doc = concat!("`", $code, "`, HTTP ", $status, ".")]
                $S,
            )+
        }

        impl $Error {
            /// Every text this engine can say, in the order of the table.
            pub const TABLE: &'static [$crate::ErrorRow] = &[
                $( $( $crate::ErrorRow {
                    shape: stringify!($S),
                    code: $code,
                    status: $status,
                    name: stringify!($V),
                    text: $text,
                    classic: $crate::__optional_text!($($classic)?),
                    query: $crate::__optional_text!($($query)?),
                }, )+ )+
            ];

            /// The AWS shape this refusal is of.
            #[must_use]
            pub const fn kind(&self) -> $Shape {
                match self {
                    $( $( Self::$V { .. } => $Shape::$S, )+ )+
                }
            }
        }

        impl ::core::fmt::Display for $Error {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                match self {
                    $( $( Self::$V $({ $($f),* })? => ::core::write!(f, $text), )+ )+
                }
            }
        }

        impl ::core::error::Error for $Error {}

        impl $crate::AwsError for $Error {
            fn shape(&self) -> &'static str {
                match self.kind() { $( $Shape::$S => stringify!($S), )+ }
            }

            fn namespace(&self) -> &'static str {
                match self.kind() { $( $Shape::$S => $crate::__namespace!($namespace $(, $other)?), )+ }
            }

            fn query_code(&self) -> &'static str {
                match self.kind() { $( $Shape::$S => $code, )+ }
            }

            fn http_status(&self) -> u16 {
                match self.kind() { $( $Shape::$S => $status, )+ }
            }

            fn retry(&self) -> $crate::Retry {
                match self.kind() { $( $Shape::$S => $crate::__retry!($($retry)?), )+ }
            }

            fn message(&self, wording: $crate::Wording, protocol: $crate::Protocol) -> $crate::__private::String {
                $( $(
                    $crate::__other_wording!(
                        self, wording, protocol, $V, [$($($f),*)?], [$($classic)?], [$($query)?]
                    );
                )+ )+
                $crate::__private::ToString::to_string(self)
            }

            $( fn members(&self) -> $crate::__private::Map<$crate::__private::String, $crate::__private::Value> {
                $members(self)
            } )?

            $( fn help(&self) -> Option<$crate::__private::String> {
                $help(self)
            } )?
        }
    };
}

/// Returns a row's classic or Query text where it has one and it is wanted.
#[doc(hidden)]
#[macro_export]
macro_rules! __other_wording {
    ($self:ident, $wording:ident, $protocol:ident, $V:ident, [$($f:ident),*], [], []) => {
        let _ = ($wording, $protocol);
    };
    ($self:ident, $wording:ident, $protocol:ident, $V:ident, [$($f:ident),*], [$classic:literal], [$($query:literal)?]) => {
        if let (Self::$V { $($f),* }, $crate::Wording::Classic) = ($self, $wording) {
            $( let _ = $f; )*
            return $crate::__private::format!($classic);
        }
        $crate::__other_wording!($self, $wording, $protocol, $V, [$($f),*], [], [$($query)?]);
    };
    ($self:ident, $wording:ident, $protocol:ident, $V:ident, [$($f:ident),*], [], [$query:literal]) => {
        if let (Self::$V { $($f),* }, $crate::Protocol::Query) = ($self, $protocol) {
            $( let _ = $f; )*
            return $crate::__private::format!($query);
        }
    };
}

/// A shape's own namespace, or the table's.
#[doc(hidden)]
#[macro_export]
macro_rules! __namespace {
    ($namespace:literal) => {
        $namespace
    };
    ($namespace:literal, $other:literal) => {
        $other
    };
}

/// `Some` of a literal, or `None`.
#[doc(hidden)]
#[macro_export]
macro_rules! __optional_text {
    () => {
        None
    };
    ($text:literal) => {
        Some($text)
    };
}

/// The retry kind a table's shape row names.
#[doc(hidden)]
#[macro_export]
macro_rules! __retry {
    () => {
        $crate::Retry::Never
    };
    (throttling) => {
        $crate::Retry::Throttling
    };
    (transient) => {
        $crate::Retry::Transient
    };
}

#[cfg(test)]
#[expect(unreachable_pub, reason = "the macro makes what engines export")]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use serde_json::json;

    fn extra(error: &Error) -> Map<String, Value> {
        match error {
            Error::Conditional { item } => Map::from_iter([("Item".to_string(), item.clone())]),
            _ => Map::new(),
        }
    }

    fn advice(error: &Error) -> Option<String> {
        matches!(error, Error::Slow).then(|| "ask less often".to_string())
    }

    aws_errors! {
        /// A table that uses every column.
        pub enum Error / Shape in "ns", members extra, help advice {
            ThrottlingException ("Throttling", 400, throttling) {
                /// Too fast.
                Slow => "Rate exceeded";
            }
            InternalServerError ("InternalServerError", 500, transient) {
                /// It broke.
                Broken => "It broke", query "It broke in XML";
            }
            ValidationException ("ValidationException", 400) in "com.amazon.coral.validate" {
                /// A bad name.
                Name {
                    /// The name.
                    name: String,
                    /// Where it stood.
                    at: usize
                } => "Bad name {name} at {at} {{sic}}", classic "Bad name: {name}";
            }
            ConditionalCheckFailedException ("ConditionalCheckFailedException", 400) {
                /// The condition was false.
                Conditional {
                    /// The item that is there.
                    item: Value
                } => "The conditional request failed {item}";
            }
        }
    }

    #[test]
    fn wordings_fall_back_to_the_current_json_text() {
        let error = Error::Name { name: "x".into(), at: 3 };
        let say = |wording, protocol| error.message(wording, protocol);
        assert_eq!(say(Wording::Current, Protocol::Json), "Bad name x at 3 {sic}");
        assert_eq!(say(Wording::Current, Protocol::Query), "Bad name x at 3 {sic}");
        assert_eq!(say(Wording::Classic, Protocol::Json), "Bad name: x");
        assert_eq!(Error::Broken.message(Wording::Classic, Protocol::Query), "It broke in XML");
        assert_eq!(Error::Broken.message(Wording::Classic, Protocol::Json), "It broke");
    }

    #[test]
    fn a_shape_may_have_a_namespace_of_its_own() {
        assert_eq!(Error::Name { name: "x".into(), at: 3 }.namespace(), "com.amazon.coral.validate");
        assert_eq!(Error::Slow.namespace(), "ns");
    }

    #[test]
    fn fault_and_retry_follow_the_shape() {
        assert_eq!((Error::Slow.fault(), Error::Slow.retry()), (Fault::Client, Retry::Throttling));
        assert_eq!((Error::Broken.fault(), Error::Broken.retry()), (Fault::Server, Retry::Transient));
        assert_eq!(Error::Slow.help().as_deref(), Some("ask less often"));
        assert_eq!(Error::Broken.help(), None);
    }

    #[test]
    fn the_record_holds_what_is_on_the_wire() {
        let record = Error::Conditional { item: json!({"id": 1}) }.record();
        assert_eq!(
            serde_json::to_value(&record).unwrap(),
            json!({
                "shape": "ConditionalCheckFailedException", "code": "ConditionalCheckFailedException",
                "status": 400, "message": "The conditional request failed {\"id\":1}",
                "members": {"Item": {"id": 1}},
            })
        );
    }

    #[test]
    fn the_table_lists_every_text_once() {
        assert_eq!(Error::TABLE.len(), 4);
        let row = Error::TABLE.iter().find(|row| row.name == "Name").unwrap();
        assert_eq!(
            (row.shape, row.status, row.classic),
            ("ValidationException", 400, Some("Bad name: {name}"))
        );
    }
}
