//! What stands between an engine and HTTP: bytes in, bytes out, no I/O.
//!
//! AWS JSON 1.0 and 1.1 differ only in the content type; both name the
//! operation in `X-Amz-Target` and the refusal in `__type`. The older Query
//! protocol sends flattened form parameters and answers in XML.
//!
//! ```
//! use aws_core::wire;
//!
//! assert_eq!(wire::split_target("AmazonSQS.SendMessage"), Some(("AmazonSQS", "SendMessage")));
//! assert_eq!(wire::split_target("SendMessage"), None);
//! ```

mod query;
mod serialization;

pub use query::{Member, QueryError, Shape, flatten, parse_form, print_form, unflatten};
pub use serialization::{SerializationException, read_json};

use crate::{AwsError, Fault, Protocol, Wording};
use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use serde_json::{Map, Value};

/// The service and the operation that an `X-Amz-Target` header names.
///
/// The last dot divides them, because a service may have dots of its own.
#[must_use]
pub fn split_target(header: &str) -> Option<(&str, &str)> {
    header.rsplit_once('.').filter(|(service, operation)| !service.is_empty() && !operation.is_empty())
}

/// The body of an AWS JSON refusal.
///
/// The layer that AWS's services share (`com.amazon.coral.service`) writes
/// `Message`; modelled refusals write `message`. A member of either name that
/// the refusal brings itself takes precedence.
///
/// ```
/// use aws_core::{Wording, wire};
///
/// aws_core::aws_errors! {
///     /// One refusal.
///     pub enum Error / Shape in "com.amazonaws.sqs" {
///         QueueDoesNotExist ("AWS.SimpleQueueService.NonExistentQueue", 400) {
///             /// No such queue.
///             UnknownQueue => "The specified queue does not exist.";
///         }
///     }
/// }
///
/// assert_eq!(
///     wire::json_error_body(&Error::UnknownQueue, Wording::Current),
///     br##"{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"The specified queue does not exist."}"##,
/// );
/// // Services that once spoke Query send the old code beside it, or SDKs
/// // cannot raise the error that old programs expect.
/// assert_eq!(wire::query_error_header(&Error::UnknownQueue), "AWS.SimpleQueueService.NonExistentQueue;Sender");
/// ```
#[must_use]
pub fn json_error_body(error: &impl AwsError, wording: Wording) -> Vec<u8> {
    let (namespace, shape) = (error.namespace(), error.shape());
    let name = if namespace.is_empty() { String::from(shape) } else { format!("{namespace}#{shape}") };
    let members = error.members();
    let mut body = Map::from_iter([(String::from("__type"), Value::from(name))]);
    let message = error.message(wording, Protocol::Json);
    if !message.is_empty() && !members.keys().any(|member| member.eq_ignore_ascii_case("message")) {
        let member = if namespace == CORAL { "Message" } else { "message" };
        body.insert(member.into(), Value::from(message));
    }
    body.extend(members);
    Value::Object(body).to_string().into_bytes()
}

/// The namespace of the layer that AWS's services share.
pub const CORAL: &str = "com.amazon.coral.service";

/// The value of `x-amzn-query-error`: the Query code and whose fault it is.
#[must_use]
pub fn query_error_header(error: &impl AwsError) -> String {
    format!("{};{}", error.query_code(), side(error.fault()))
}

fn side(fault: Fault) -> &'static str {
    match fault {
        Fault::Client => "Sender",
        Fault::Server => "Receiver",
    }
}

/// The body of a Query refusal, in the service's XML namespace.
///
/// ```
/// use aws_core::wire;
/// # aws_core::aws_errors! {
/// #     /// One refusal.
/// #     pub enum Error / Shape in "ns" {
/// #         Wrong ("InvalidParameterValue", 400) {
/// #             /// Wrong.
/// #             Wrong => "1 < 2";
/// #         }
/// #     }
/// # }
/// assert_eq!(
///     wire::xml_error_body(&Error::Wrong, "http://queue.amazonaws.com/doc/2012-11-05/", "6fde8d1e"),
///     "<?xml version=\"1.0\"?><ErrorResponse xmlns=\"http://queue.amazonaws.com/doc/2012-11-05/\"><Error>\
///      <Type>Sender</Type><Code>InvalidParameterValue</Code><Message>1 &lt; 2</Message><Detail/></Error>\
///      <RequestId>6fde8d1e</RequestId></ErrorResponse>",
/// );
/// ```
#[must_use]
pub fn xml_error_body(error: &impl AwsError, namespace: &str, request_id: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><ErrorResponse xmlns=\"{}\"><Error><Type>{}</Type><Code>{}</Code>\
         <Message>{}</Message><Detail/></Error><RequestId>{}</RequestId></ErrorResponse>",
        xml_text(namespace),
        side(error.fault()),
        xml_text(error.query_code()),
        xml_text(&error.message(Wording::Current, Protocol::Query)),
        xml_text(request_id),
    )
}

/// A text as XML content or attribute value. Characters that XML 1.0 cannot
/// hold become U+FFFD, because a reply that no client can parse helps nobody.
///
/// ```
/// assert_eq!(aws_core::wire::xml_text("a<b & \"c\"\r\u{1}"), "a&lt;b &amp; &quot;c&quot;&#xd;\u{FFFD}");
/// ```
#[must_use]
pub fn xml_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\r' => out.push_str("&#xd;"),
            '\t' | '\n' => out.push(character),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            _ => out.push(character),
        }
    }
    out
}
