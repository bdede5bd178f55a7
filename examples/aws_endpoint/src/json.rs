//! The AWS JSON protocols, 1.0 and 1.1.

use crate::hosted::Hosted;
use crate::sigv4::Fault;
use crate::world::{Refusal, World};
use aws_core::wire::{SerializationException, query_error_header, read_json};
use aws_core::{AwsError as _, Caller, Home, Protocol, Wording};
use serde_json::{Map, Value, json};

/// An answer, before it goes out.
#[derive(Debug, Default)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
    /// The code that SDKs of services with two protocols show.
    pub query_error: Option<String>,
    /// Why permission was denied.
    pub explanation: Option<String>,
}

impl Answer {
    fn error(status: u16, body: &Value) -> Self {
        Self { status, body: body.to_string().into_bytes(), ..Self::default() }
    }

    /// What AWS says where it cannot go on.
    pub fn failed() -> Self {
        Self::error(
            500,
            &json!({"__type": "com.amazon.coral.service#InternalServerError", "message": "Internal server error"}),
        )
    }

    /// A refusal by the protocol, before any service is asked.
    pub fn refused(namespace: &str, shape: &str, message: Option<&str>) -> Self {
        let mut body = Map::new();
        body.insert("__type".into(), format!("{namespace}{shape}").into());
        body.extend(message.map(|message| ("Message".to_string(), Value::from(message))));
        Self { query_error: Some(format!("{shape};Sender")), ..Self::error(400, &body.into()) }
    }

    /// What is said of a signature.
    pub fn unsigned(namespace: &str, fault: &Fault) -> Self {
        let shape = match fault {
            Fault::Missing => "MissingAuthenticationTokenException",
            Fault::Incomplete(_) => "IncompleteSignatureException",
            Fault::Invalid(_) => "InvalidSignatureException",
        };
        Self::refused(namespace, shape, Some(&fault.to_string()))
    }
}

/// Where the errors of the protocol itself live; only DynamoDB says so.
pub fn coral(service: &str) -> &'static str {
    if service.starts_with("dynamo") { "com.amazon.coral.service#" } else { "" }
}

fn read<E: Hosted>(operation: &str, body: &[u8]) -> Result<E::Request, SerializationException> {
    let body = if body.is_empty() { b"{}" } else { body };
    read_json(&[b"{\"", operation.as_bytes(), b"\":", body, b"}"].concat())
}

/// Answers a call.
pub async fn answer<E: Hosted>(
    world: &World,
    home: &Home,
    caller: &Caller,
    operation: &str,
    body: &[u8],
) -> Answer {
    let namespace = coral(E::NAME);
    if !E::has(operation) {
        return Answer::refused(namespace, "UnknownOperationException", None);
    }
    // Anything but an object is no request.
    if body.trim_ascii_start().first().is_some_and(|first| *first != b'{') {
        return Answer::refused(namespace, "SerializationException", None);
    }
    let request = match read::<E>(operation, body) {
        Ok(request) => request,
        Err(error) => {
            let message = Some(error.to_string()).filter(|message| !message.is_empty());
            return Answer::refused(namespace, error.shape(), message.as_deref());
        }
    };
    match world.call::<E>(home, caller, request).await {
        Ok(response) => match serde_json::to_vec(&response) {
            Ok(body) if body == b"null" => Answer { status: 200, ..Answer::default() },
            Ok(body) => Answer { status: 200, body, ..Answer::default() },
            Err(error) => {
                Answer::error(500, &json!({"__type": "InternalFailure", "message": error.to_string()}))
            }
        },
        Err(refusal) => refused::<E>(&refusal),
    }
}

fn refused<E: Hosted>(refusal: &Refusal<E::Error>) -> Answer {
    let error = &refusal.error;
    let mut body = Map::new();
    body.insert("__type".into(), E::error_type(error).into());
    let message = error.message(Wording::Current, Protocol::Json);
    if !message.is_empty() {
        body.insert(E::message_member(error).into(), message.into());
    }
    body.extend(error.members());
    Answer {
        query_error: Some(query_error_header(error)),
        explanation: refusal.explanation.clone(),
        ..Answer::error(error.http_status(), &body.into())
    }
}
