//! What the endpoint asks of an engine beyond `aws_core::Engine`: the little
//! in which the services differ on the wire.

use crate::world::{Engines, Shard};
use aws_core::{AwsError as _, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// An engine behind the endpoint.
pub trait Hosted:
    aws_core::Engine<
        Request: Serialize + DeserializeOwned + Clone + Send,
        Response: Serialize + Send,
        Snapshot = aws_core::Snapshot,
    > + Send
    + 'static
{
    /// Its place among an account's engines.
    fn of(engines: &Engines) -> &Shard<Self>;

    /// Whether it has an operation of this name.
    fn has(operation: &str) -> bool;

    /// What an error calls itself in `__type`.
    fn error_type(error: &Self::Error) -> String;

    /// The member that holds an error's message.
    fn message_member(_error: &Self::Error) -> &'static str {
        "message"
    }

    /// Until when a reply has to wait, and the call that goes on with it.
    fn waiting(_response: &Self::Response) -> Option<(Timestamp, Self::Request)> {
        None
    }
}

impl Hosted for dynamo_engine::Engine {
    fn of(engines: &Engines) -> &Shard<Self> {
        &engines.dynamo
    }

    fn has(operation: &str) -> bool {
        dynamo_engine::Request::NAMES.contains(&operation)
    }

    fn error_type(error: &Self::Error) -> String {
        error.wire_type()
    }

    fn message_member(error: &Self::Error) -> &'static str {
        match error.shape() {
            "AccessDeniedException"
            | "TransactionCanceledException"
            | "IdempotentParameterMismatchException"
            | "TransactionInProgressException" => "Message",
            _ => "message",
        }
    }
}

impl Hosted for sqs_engine::Engine {
    fn of(engines: &Engines) -> &Shard<Self> {
        &engines.sqs
    }

    /// Resuming a poll is the endpoint's own business.
    fn has(operation: &str) -> bool {
        operation != "ResumeReceive" && sqs_engine::Request::NAMES.contains(&operation)
    }

    fn error_type(error: &Self::Error) -> String {
        format!("{}#{}", error.namespace(), error.shape())
    }

    fn waiting(response: &Self::Response) -> Option<(Timestamp, Self::Request)> {
        match response {
            sqs_engine::Response::ReceiveMessage(sqs_engine::Receive::Wait(token))
            | sqs_engine::Response::ResumeReceive(sqs_engine::Receive::Wait(token)) => {
                Some((token.deadline, token.clone().into()))
            }
            _ => None,
        }
    }
}

impl Hosted for kms_envelope::Engine {
    fn of(engines: &Engines) -> &Shard<Self> {
        &engines.kms
    }

    fn has(operation: &str) -> bool {
        kms_envelope::Request::NAMES.contains(&operation)
    }

    fn error_type(error: &Self::Error) -> String {
        error.shape().into()
    }

    /// Those that the service model does not list say it with a capital.
    fn message_member(error: &Self::Error) -> &'static str {
        match error.shape() {
            "AccessDeniedException" | "ValidationException" | "ThrottlingException" => "Message",
            _ => "message",
        }
    }
}
