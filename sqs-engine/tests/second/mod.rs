//! A second implementation, of plain vectors, for the oracle to judge; each of
//! its bugs can be switched on.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail by panicking")]

use aws_core::{ErrorRecord, Timestamp};
use serde_json::json;
use sqs_engine::oracle::{Answer, Subject};
use sqs_engine::*;

/// What may be wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bug {
    None,
    DeliversWhileInvisible,
    IgnoresReceiveTimeout,
    IgnoresExtension,
    IgnoresChangeToZero,
    LosesEverySeventh,
    ReordersGroup,
    SkipsBlockedHead,
    ForgetsDedupEarly,
    KeepsDedupTooLong,
    DedupsAcrossNothing,
    MovesOneEarly,
    MovesOneLate,
    MovesWhileInvisible,
    NeverMoves,
    ResurrectsAfterDelete,
    CountsFromZero,
    CountNeverGrows,
    ReusesHandles,
    IgnoresDelay,
    ForgetsRetention,
    PurgeKeepsSome,
    MoreThanAsked,
    ChangesBody,
    WrongDigest,
    SequenceGoesBack,
    DuplicateGetsNewNumber,
    SourceKeepsMoved,
    WrongSource,
    AttemptGetsOthers,
    ExpiredHandleDeletes,
    FreshHandleExpired,
    SentTimeWrong,
    FirstReceiveMoves,
    InventsMessages,
}

struct Stored {
    id: MessageId,
    body: String,
    group: Option<String>,
    dedup: Option<String>,
    sequence: u64,
    sent: i64,
    visible: i64,
    count: u32,
    first: Option<i64>,
    handle: Option<String>,
    /// Handles of earlier deliveries.
    old: Vec<String>,
    source: Option<String>,
    wish: Option<i64>,
}

/// Its name, when it was, what was asked, and the handles and messages given.
type Attempt = (String, i64, ReceiveMessageRequest, Vec<(String, MessageId)>);

struct Queue {
    name: String,
    fifo: bool,
    dead: Option<(String, u32)>,
    stored: Vec<Stored>,
    /// Deduplication id, when, and what was answered.
    window: Vec<(String, i64, SendMessageResult)>,
    attempts: Vec<Attempt>,
}

pub(crate) struct Second {
    bug: Bug,
    queues: Vec<Queue>,
    made: u64,
    deleted: Vec<Stored>,
}

impl Second {
    pub(crate) fn new(bug: Bug) -> Self {
        Self { bug, queues: Vec::new(), made: 0, deleted: Vec::new() }
    }

    fn queue(&mut self, url: &str) -> &mut Queue {
        let name = url.rsplit(['/', ':']).next().unwrap();
        self.queues.iter_mut().find(|queue| queue.name == name).unwrap()
    }

    fn send(&mut self, now: i64, send: &SendMessageRequest) -> Answer {
        self.made += 1;
        let (made, bug) = (self.made, self.bug);
        let queue = self.queue(&send.queue_url);
        let window = match bug {
            Bug::ForgetsDedupEarly => 60_000,
            Bug::KeepsDedupTooLong => 600_000,
            _ => 300_000,
        };
        queue.window.retain(|(_, at, _)| now < at + window);
        if let Some(dedup) = &send.message_deduplication_id
            && bug != Bug::DedupsAcrossNothing
            && let Some((.., first)) = queue.window.iter().find(|(id, ..)| id == dedup)
        {
            let mut first = first.clone();
            if bug == Bug::DuplicateGetsNewNumber {
                first.sequence_number = Some(format!("{:020}", 5_000 + made));
            }
            return Answer::Sent(first);
        }
        let id = identity(made);
        let sequence = if bug == Bug::SequenceGoesBack { 9_000 - made } else { made };
        let result: SendMessageResult = serde_json::from_value(json!({
            "MessageId": id.to_string(),
            "MD5OfMessageBody": serde_json::to_value(Md5::of_body(&send.message_body)).unwrap(),
            "SequenceNumber": queue.fifo.then(|| format!("{sequence:020}")),
        }))
        .unwrap();
        let delay = if bug == Bug::IgnoresDelay { 0 } else { send.delay_seconds.unwrap_or(0) * 1_000 };
        if let Some(dedup) = &send.message_deduplication_id {
            queue.window.push((dedup.clone(), now, result.clone()));
        }
        if bug == Bug::LosesEverySeventh && made.is_multiple_of(7) {
            return Answer::Sent(result);
        }
        queue.stored.push(Stored {
            id,
            body: send.message_body.clone(),
            group: send.message_group_id.clone(),
            dedup: send.message_deduplication_id.clone(),
            sequence,
            sent: now,
            visible: now + delay,
            count: 0,
            first: None,
            handle: None,
            old: Vec::new(),
            source: None,
            wish: None,
        });
        Answer::Sent(result)
    }

    fn receive(&mut self, now: i64, request: &ReceiveMessageRequest) -> Answer {
        let bug = self.bug;
        let name = request.queue_url.rsplit('/').next().unwrap().to_string();
        // Delete what is too old, and move what was received often enough.
        let mut moved = Vec::new();
        {
            let queue = self.queue(&request.queue_url);
            if bug != Bug::ForgetsRetention {
                queue.stored.retain(|one| now < one.sent + 345_600_000);
            }
            if let Some((target, most)) = queue.dead.clone() {
                let most = match bug {
                    Bug::MovesOneEarly => most - 1,
                    Bug::MovesOneLate => most + 1,
                    Bug::NeverMoves => u32::MAX,
                    _ => most,
                };
                let mut at = 0;
                while at < queue.stored.len() {
                    let one = &queue.stored[at];
                    let due = one.visible <= now || bug == Bug::MovesWhileInvisible;
                    if one.count >= most && due {
                        let mut one = queue.stored.remove(at);
                        one.source =
                            Some(if bug == Bug::WrongSource { "elsewhere".into() } else { name.clone() });
                        one.visible = now;
                        moved.push((target.clone(), one));
                    } else {
                        at += 1;
                    }
                }
            }
        }
        for (target, one) in moved {
            if bug == Bug::SourceKeepsMoved {
                let copy = Stored {
                    id: one.id,
                    body: one.body.clone(),
                    group: one.group.clone(),
                    dedup: one.dedup.clone(),
                    sequence: one.sequence,
                    sent: one.sent,
                    visible: now + 400_000,
                    count: 0,
                    first: one.first,
                    handle: None,
                    old: Vec::new(),
                    source: None,
                    wish: None,
                };
                self.queue(&name).stored.push(copy);
            }
            self.queue(&target).stored.push(one);
        }
        if bug == Bug::ResurrectsAfterDelete
            && let Some(one) = self.deleted.pop()
        {
            self.queue(&request.queue_url).stored.push(one);
        }
        let most = usize::try_from(request.max_number_of_messages.unwrap_or(1)).unwrap();
        let most = if bug == Bug::MoreThanAsked { most + 1 } else { most };
        let timeout = request.visibility_timeout.unwrap_or(30) * 1_000;
        let timeout = if bug == Bug::IgnoresReceiveTimeout { 1_000 } else { timeout };
        self.made += 1;
        let mut made = self.made * 100;
        let queue = self.queue(&request.queue_url);
        let arn = |name: &str| format!("arn:aws:sqs:us-east-1:111122223333:{name}");
        if let Some(attempt) = &request.receive_request_attempt_id {
            queue.attempts.retain(|(_, at, ..)| now < at + 300_000);
            let known =
                queue.attempts.iter().find(|(id, _, asked, _)| id == attempt && asked == request).cloned();
            if let Some((_, _, _, list)) = known
                && bug != Bug::AttemptGetsOthers
                && list.iter().all(|(handle, id)| {
                    queue.stored.iter().any(|one| {
                        one.id == *id
                            && one.handle.as_ref() == Some(handle)
                            && one.visible > now
                            && one.wish.is_none()
                    })
                })
            {
                let mut messages = Vec::new();
                for (handle, id) in &list {
                    let one = queue.stored.iter_mut().find(|one| one.id == *id).unwrap();
                    one.visible = now + timeout;
                    messages.push(delivered(one, handle, bug, &arn));
                }
                return Answer::Received(serde_json::from_value(json!({"Messages": messages})).unwrap());
            }
        }
        let mut messages = Vec::new();
        let mut list = Vec::new();
        let mut blocked: Vec<String> = Vec::new();
        let fifo = queue.fifo;
        let mut order: Vec<usize> = (0..queue.stored.len()).collect();
        if bug == Bug::ReordersGroup && fifo {
            order.reverse();
        }
        for at in order {
            let one = &mut queue.stored[at];
            if messages.len() == most {
                break;
            }
            let hidden = one.visible > now;
            if fifo {
                let group = one.group.clone().unwrap_or_default();
                if blocked.contains(&group) {
                    continue;
                }
                if hidden && bug != Bug::SkipsBlockedHead {
                    blocked.push(group);
                }
            }
            if hidden && bug != Bug::DeliversWhileInvisible {
                continue;
            }
            made += 1;
            let handle = if bug == Bug::ReusesHandles {
                format!("handle-{}", one.id)
            } else {
                format!("handle-{made}")
            };
            one.old.extend(one.handle.replace(handle.clone()));
            one.visible = now + timeout;
            one.wish = None;
            if bug != Bug::CountNeverGrows || one.count == 0 {
                one.count += 1;
            }
            if one.first.is_none() || bug == Bug::FirstReceiveMoves {
                one.first = Some(now);
            }
            messages.push(delivered(one, &handle, bug, &arn));
            list.push((handle, one.id));
        }
        if let Some(attempt) = &request.receive_request_attempt_id
            && !list.is_empty()
        {
            queue.attempts.retain(|(id, ..)| id != attempt);
            queue.attempts.push((attempt.clone(), now, request.clone(), list));
        }
        Answer::Received(serde_json::from_value(json!({"Messages": messages})).unwrap())
    }

    fn delete(&mut self, now: i64, url: &str, handle: &str) -> Result<Answer, ErrorRecord> {
        let bug = self.bug;
        let queue = self.queue(url);
        if queue.fifo
            && bug != Bug::ExpiredHandleDeletes
            && queue.stored.iter().any(|one| one.old.iter().any(|old| old == handle))
        {
            return Err(refusal("The receipt handle has expired"));
        }
        let Some(at) = queue.stored.iter().position(|one| one.handle.as_deref() == Some(handle)) else {
            return Ok(Answer::Done);
        };
        let expired = queue.fifo && queue.stored[at].visible <= now;
        if expired && bug != Bug::ExpiredHandleDeletes || bug == Bug::FreshHandleExpired && queue.fifo {
            return Err(refusal("The receipt handle has expired"));
        }
        let one = queue.stored.remove(at);
        if bug == Bug::ResurrectsAfterDelete {
            self.deleted.push(one);
        }
        Ok(Answer::Done)
    }

    fn change(&mut self, now: i64, change: &ChangeMessageVisibilityRequest) -> Result<Answer, ErrorRecord> {
        let bug = self.bug;
        let queue = self.queue(&change.queue_url);
        let found = queue.stored.iter_mut().find(|one| one.handle.as_deref() == Some(&change.receipt_handle));
        let Some(one) = found.filter(|one| one.visible > now) else {
            return Err(refusal("The message is not available for visibility timeout change."));
        };
        let seconds = change.visibility_timeout.unwrap();
        one.wish = Some(seconds);
        let ignored = bug == Bug::IgnoresExtension && now + seconds * 1_000 > one.visible
            || bug == Bug::IgnoresChangeToZero && seconds == 0;
        if !ignored {
            one.visible = now + seconds * 1_000;
        }
        Ok(Answer::Done)
    }
}

fn identity(number: u64) -> MessageId {
    let mut bytes = [0; 16];
    bytes[8..].copy_from_slice(&number.to_be_bytes());
    MessageId::from_random_bytes(bytes)
}

fn refusal(message: &str) -> ErrorRecord {
    ErrorRecord {
        shape: "InvalidParameterValueException".into(),
        code: "InvalidParameterValue".into(),
        status: 400,
        message: message.into(),
        members: serde_json::Map::new(),
    }
}

fn delivered(one: &Stored, handle: &str, bug: Bug, arn: &dyn Fn(&str) -> String) -> serde_json::Value {
    let body = if bug == Bug::ChangesBody { format!("{} ", one.body) } else { one.body.clone() };
    let digest = if bug == Bug::WrongDigest { Md5::of_body("") } else { Md5::of_body(&body) };
    let count = if bug == Bug::CountsFromZero { one.count - 1 } else { one.count };
    let sent = if bug == Bug::SentTimeWrong { one.sent + 60_000 } else { one.sent };
    let id = if bug == Bug::InventsMessages && one.count == 2 { identity(9_999) } else { one.id };
    let mut attributes = json!({
        "ApproximateReceiveCount": count.to_string(),
        "SentTimestamp": sent.to_string(),
        "ApproximateFirstReceiveTimestamp": one.first.unwrap().to_string(),
    });
    if let Some(group) = &one.group {
        attributes["MessageGroupId"] = json!(group);
        attributes["MessageDeduplicationId"] = json!(one.dedup);
        attributes["SequenceNumber"] = json!(format!("{:020}", one.sequence));
    }
    if let Some(source) = &one.source {
        attributes["DeadLetterQueueSourceArn"] = json!(arn(source));
    }
    json!({"MessageId": id.to_string(), "ReceiptHandle": handle, "MD5OfBody": serde_json::to_value(digest).unwrap(),
        "Body": body, "Attributes": attributes})
}

impl Subject for Second {
    fn call(&mut self, now: Timestamp, request: Request) -> Result<Answer, ErrorRecord> {
        let now = now.as_millis();
        match request {
            Request::CreateQueue(create) => {
                let dead = create.attributes.get("RedrivePolicy").map(|policy| {
                    let policy: serde_json::Value = serde_json::from_str(policy).unwrap();
                    let arn = policy["deadLetterTargetArn"].as_str().unwrap();
                    let most = policy["maxReceiveCount"].as_u64().unwrap();
                    (arn.rsplit(':').next().unwrap().to_string(), u32::try_from(most).unwrap())
                });
                let name = create.queue_name;
                let fifo = name.ends_with(".fifo");
                let url = format!("https://sqs.us-east-1.amazonaws.com/111122223333/{name}");
                self.queues.push(Queue {
                    name,
                    fifo,
                    dead,
                    stored: Vec::new(),
                    window: Vec::new(),
                    attempts: Vec::new(),
                });
                Ok(Answer::Created(serde_json::from_value(json!({"QueueUrl": url})).unwrap()))
            }
            Request::SendMessage(send) => Ok(self.send(now, &send)),
            Request::ReceiveMessage(receive) => Ok(self.receive(now, &receive)),
            Request::DeleteMessage(delete) => self.delete(now, &delete.queue_url, &delete.receipt_handle),
            Request::ChangeMessageVisibility(change) => self.change(now, &change),
            Request::PurgeQueue(purge) => {
                let keep = self.bug == Bug::PurgeKeepsSome;
                let queue = self.queue(&purge.queue_url);
                let mut nth = 0;
                queue.stored.retain(|_| {
                    nth += 1;
                    keep && nth == 1
                });
                Ok(Answer::Done)
            }
            other => Err(refusal(&format!("{} is not asked of it", other.name()))),
        }
    }
}
