//! Long polls as values.

use crate::{ReceiveMessageRequest, ReceiveMessageResult};
use aws_core::Timestamp;
use serde::{Deserialize, Serialize};

/// What a receive comes to: an answer, or a wait.
///
/// The engine never blocks. Where SQS would hold the connection open, it
/// hands back a [`WaitToken`]; the owner resumes it when a message may have
/// come, and at its deadline at the latest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Receive {
    /// Nothing yet; the caller is waiting.
    Wait(WaitToken),
    /// It is over: with messages, or with none.
    #[serde(untagged)]
    Done(ReceiveMessageResult),
}

impl Receive {
    /// What a short poll would return: the messages, or none.
    ///
    /// ```
    /// use aws_core::{Caller, Calls, Home, Timestamp};
    /// use sqs_engine::{CreateQueueRequest, Engine, ReceiveMessageRequest};
    ///
    /// let mut sqs = Engine::new(Home::new("us-east-1", "111122223333")?);
    /// let mut calls = Calls::new(Timestamp::from_seconds(0), Caller::anonymous());
    /// let url = sqs.create_queue(calls.cx(), CreateQueueRequest::new("q"))?.queue_url;
    /// let got = sqs.receive_message(calls.cx(), ReceiveMessageRequest::up_to_ten(url))?;
    /// assert!(got.now().messages.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn now(self) -> ReceiveMessageResult {
        match self {
            Self::Done(result) => result,
            Self::Wait(_) => ReceiveMessageResult::default(),
        }
    }
}

/// A long poll that has found nothing yet: plain data, kept by the owner.
///
/// [`Engine::resume_receive`](crate::Engine::resume_receive) goes on with it.
/// The engine keeps nothing about it, so a token that is dropped is a client
/// that hung up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct WaitToken {
    /// What was asked for.
    pub request: ReceiveMessageRequest,
    /// When the wait ends, at the latest.
    pub deadline: Timestamp,
    /// Which queue of that name is meant.
    pub incarnation: u64,
}
