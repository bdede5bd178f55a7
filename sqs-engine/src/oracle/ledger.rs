//! A history taken apart: queues, messages, deliveries, and what was done to
//! them.

use super::observe::{Answer, Observed};
use super::tasks::Look;
use crate::{
    Md5, Message, MessageAttributes, MessageId, ReceiveMessageRequest, Request, SendMessageResult,
    SystemAttribute,
};
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

/// A moment: milliseconds, and within one the place of the call where calls
/// take no time.
pub(super) type At = (i64, u32);

/// From when to when a call may have had its effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct During {
    pub(super) from: At,
    pub(super) to: At,
}

/// What a call came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Done,
    Refused { expired: bool },
    Unknown,
}

impl Outcome {
    /// Whether it may have had its effect.
    pub(super) fn possible(self) -> bool {
        !matches!(self, Self::Refused { .. })
    }
}

#[derive(Debug)]
pub(super) struct Send<'h> {
    pub(super) record: usize,
    pub(super) queue: usize,
    pub(super) when: During,
    pub(super) body: &'h str,
    pub(super) attributes: &'h MessageAttributes,
    pub(super) delay: Option<i64>,
    pub(super) group: Option<&'h str>,
    pub(super) dedup: Option<&'h str>,
    /// Its message, unless the answer was lost.
    pub(super) message: Option<usize>,
    /// Nothing is known of one whose answer was lost.
    pub(super) result: Option<&'h SendMessageResult>,
}

#[derive(Debug)]
pub(super) struct Delivery<'h> {
    pub(super) record: usize,
    pub(super) queue: usize,
    pub(super) when: During,
    pub(super) message: &'h Message,
    /// The message's place.
    pub(super) message_at: usize,
    /// Whether its handle was given before, as a repeated attempt gives it.
    pub(super) repeat: bool,
    /// Its place in the answer.
    pub(super) place: usize,
    /// The timeout asked for.
    pub(super) timeout: Option<i64>,
    pub(super) attempt: Option<&'h str>,
}

/// A receive, with the deliveries it came to.
#[derive(Debug)]
pub(super) struct Receipt<'h> {
    pub(super) record: usize,
    pub(super) queue: usize,
    pub(super) when: During,
    pub(super) request: &'h ReceiveMessageRequest,
    pub(super) deliveries: core::ops::Range<usize>,
    pub(super) lost: bool,
    pub(super) answered: bool,
}

/// A delete, or with a timeout a change of visibility.
#[derive(Debug)]
pub(super) struct Touch<'h> {
    pub(super) record: usize,
    pub(super) queue: usize,
    pub(super) when: During,
    pub(super) handle: &'h str,
    pub(super) timeout: Option<i64>,
    pub(super) outcome: Outcome,
}

/// Something that throws everything away.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clearing {
    pub(super) record: usize,
    pub(super) when: During,
    /// A deletion of the queue itself.
    pub(super) drop: bool,
}

#[derive(Debug)]
pub(super) struct Queue<'h> {
    pub(super) name: &'h str,
    pub(super) fifo: bool,
    /// Attributes as they were set, from the first on.
    settings: Vec<(During, &'h BTreeMap<String, String>)>,
    pub(super) clearings: Vec<Clearing>,
    pub(super) receipts: Vec<usize>,
    /// The latest end of the receipts so far.
    pub(super) latest_ends: Vec<At>,
    pub(super) lost_receives: Vec<During>,
    /// Whether a task may have moved messages into it.
    pub(super) refilled: bool,
}

/// Everything of one message, by place in the ledger.
#[derive(Debug, Clone, Copy)]
pub(super) struct MessageLog<'l> {
    /// Acknowledged sends: duplicates of FIFO queues have several.
    pub(super) sends: &'l [usize],
    pub(super) deliveries: &'l [usize],
    /// Deletes and changes by any of its handles, in the order of the calls.
    pub(super) touches: &'l [usize],
}

/// Things by message: those of each stand together.
#[derive(Debug, Default)]
struct Grouped {
    starts: Vec<usize>,
    items: Vec<usize>,
}

impl Grouped {
    /// From things with their messages, of which there are `count`.
    fn new(count: usize, things: impl Iterator<Item = (usize, usize)> + Clone) -> Self {
        let mut starts: Vec<usize> = core::iter::repeat_n(0, count + 1).collect();
        for (message, _) in things.clone() {
            if let Some(start) = starts.get_mut(message + 1) {
                *start += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut next = starts.clone();
        let mut items: Vec<usize> = core::iter::repeat_n(0, sum).collect();
        for (message, thing) in things {
            if let Some(at) = next.get_mut(message) {
                if let Some(item) = items.get_mut(*at) {
                    *item = thing;
                }
                *at += 1;
            }
        }
        Self { starts, items }
    }

    fn of(&self, message: usize) -> &[usize] {
        let start = self.starts.get(message).copied().unwrap_or_default();
        let end = self.starts.get(message + 1).copied().unwrap_or_default();
        self.items.get(start..end).unwrap_or_default()
    }

    fn sort_each<K: Ord>(&mut self, key: impl Fn(usize) -> K) {
        for pair in self.starts.windows(2) {
            if let [start, end] = pair
                && let Some(items) = self.items.get_mut(*start..*end)
                && items.len() > 1
            {
                items.sort_by_key(|item| key(*item));
            }
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct Ledger<'h> {
    pub(super) queues: Vec<Queue<'h>>,
    queue_names: BTreeMap<&'h str, usize>,
    before: Option<(&'h str, usize)>,
    pub(super) sends: Vec<Send<'h>>,
    pub(super) deliveries: Vec<Delivery<'h>>,
    pub(super) receipts: Vec<Receipt<'h>>,
    pub(super) touches: Vec<Touch<'h>>,
    /// Messages by id, in the order in which they were first seen.
    ids: BTreeMap<u128, usize>,
    names: Vec<MessageId>,
    by_send: Grouped,
    by_delivery: Grouped,
    by_touch: Grouped,
    /// The first delivery of each handle, by a hash of the handle.
    handles: BTreeMap<u128, usize>,
    /// Deliveries whose handle was there before, with the first.
    pub(super) repeated: Vec<(usize, usize)>,
    pub(super) lost_sends: Vec<usize>,
    pub(super) looks: Vec<Look<'h>>,
    /// When the first lost send of a key, or of a body, began.
    lost_keys: BTreeMap<(usize, &'h str), At>,
    lost_bodies: BTreeMap<&'h str, At>,
}

/// The queue's name is the last part of its URL or ARN.
fn last(text: &str) -> &str {
    text.rsplit(['/', ':']).next().unwrap_or(text)
}

impl<'h> Ledger<'h> {
    pub(super) fn new(history: &'h [Observed]) -> Self {
        let mut ledger = Self::default();
        // Mostly a third of the calls sends, receives, deletes.
        let third = history.len() / 3 + 16;
        ledger.sends.reserve(third);
        ledger.deliveries.reserve(third);
        ledger.receipts.reserve(third);
        ledger.touches.reserve(third);
        ledger.names.reserve(third);
        for (record, observed) in history.iter().enumerate() {
            ledger.add(record, observed);
        }
        let count = ledger.names.len();
        let sends = ledger.sends.iter().enumerate();
        ledger.by_send = Grouped::new(count, sends.filter_map(|(at, send)| Some((send.message?, at))));
        let deliveries = ledger.deliveries.iter().enumerate();
        ledger.by_delivery = Grouped::new(count, deliveries.map(|(at, one)| (one.message_at, at)));
        let owner = |handle: &str| {
            let first = ledger.handles.get(&hash(handle)).and_then(|at| ledger.deliveries.get(*at));
            first.map(|one| one.message_at)
        };
        let touches: Vec<(usize, usize)> = ledger
            .touches
            .iter()
            .enumerate()
            .filter_map(|(at, touch)| Some((owner(touch.handle)?, at)))
            .collect();
        ledger.by_touch = Grouped::new(count, touches.iter().copied());
        let (deliveries, touches) = (&ledger.deliveries, &ledger.touches);
        ledger.by_delivery.sort_each(|at| deliveries.get(at).map(|one| (one.when.from, one.when.to)));
        ledger.by_touch.sort_each(|at| touches.get(at).map(|one| one.when.from));
        for queue in &mut ledger.queues {
            let ends = queue
                .receipts
                .iter()
                .filter_map(|at| ledger.receipts.get(*at))
                .map(|receipt| receipt.when.to);
            queue.latest_ends = ends
                .scan((i64::MIN, 0), |most, end| {
                    *most = end.max(*most);
                    Some(*most)
                })
                .collect();
        }
        ledger
    }

    fn queue(&mut self, url: &'h str) -> usize {
        // Calls often go to the same queue as the one before.
        if let Some((before, queue)) = self.before
            && before == url
        {
            return queue;
        }
        let queue = self.named(last(url));
        self.before = Some((url, queue));
        queue
    }

    fn named(&mut self, name: &'h str) -> usize {
        *self.queue_names.entry(name).or_insert_with(|| {
            self.queues.push(Queue {
                name,
                fifo: name.ends_with(".fifo"),
                settings: Vec::new(),
                clearings: Vec::new(),
                receipts: Vec::new(),
                latest_ends: Vec::new(),
                lost_receives: Vec::new(),
                refilled: false,
            });
            self.queues.len() - 1
        })
    }

    fn add(&mut self, record: usize, observed: &'h Observed) {
        let nth = u32::try_from(record).unwrap_or(u32::MAX - 1).saturating_add(1);
        let start = observed.start.as_millis();
        let when = match (observed.end, &observed.answer) {
            // Its effect may come at any time.
            (_, Answer::Lost) => During { from: (start, 0), to: (i64::MAX, u32::MAX) },
            (None, _) => During { from: (start, nth), to: (start, nth) },
            (Some(end), _) => During { from: (start, 0), to: (end.as_millis().max(start), u32::MAX) },
        };
        let outcome = match &observed.answer {
            Answer::Lost => Outcome::Unknown,
            Answer::Refused(error) => Outcome::Refused { expired: error.message.contains("expired") },
            _ => Outcome::Done,
        };
        match &observed.request {
            Request::CreateQueue(create) if outcome == Outcome::Done => {
                let queue = self.queue(&create.queue_name);
                if let Some(queue) = self.queues.get_mut(queue) {
                    // Another one of the name has the attributes it has.
                    let fresh = queue.settings.is_empty()
                        || queue.clearings.last().is_some_and(|clearing| {
                            clearing.drop
                                && queue.settings.last().is_some_and(|(set, _)| set.to < clearing.when.to)
                        });
                    if fresh {
                        queue.settings.push((when, &create.attributes));
                    }
                }
            }
            Request::SetQueueAttributes(set) if outcome.possible() => {
                let queue = self.queue(&set.queue_url);
                if let Some(queue) = self.queues.get_mut(queue) {
                    queue.settings.push((when, &set.attributes));
                }
            }
            Request::PurgeQueue(purge) if outcome.possible() => {
                self.clear(&purge.queue_url, Clearing { record, when, drop: false });
            }
            Request::DeleteQueue(delete) if outcome.possible() => {
                self.clear(&delete.queue_url, Clearing { record, when, drop: true });
            }
            Request::StartMessageMoveTask(task) if outcome.possible() => {
                // Without a destination it may be any queue.
                match &task.destination_arn {
                    Some(arn) => {
                        let queue = self.queue(arn);
                        if let Some(queue) = self.queues.get_mut(queue) {
                            queue.refilled = true;
                        }
                    }
                    None => self.queues.iter_mut().for_each(|queue| queue.refilled = true),
                }
                let source = self.queue(&task.source_arn);
                if let Some(queue) = self.queues.get_mut(source) {
                    // What it takes is gone from here.
                    let to = (i64::MAX, u32::MAX);
                    queue.clearings.push(Clearing {
                        record,
                        when: During { from: when.from, to },
                        drop: false,
                    });
                }
            }
            Request::ListMessageMoveTasks(list) => {
                if let Answer::Tasks(tasks) = &observed.answer {
                    let queue = self.queue(&list.source_arn);
                    self.looks.push(Look { record, queue, when, tasks });
                }
            }
            Request::SendMessage(send) if outcome.possible() => {
                let result = if let Answer::Sent(sent) = &observed.answer { Some(sent) } else { None };
                let queue = self.queue(&send.queue_url);
                self.send(Send {
                    record,
                    queue,
                    when,
                    body: &send.message_body,
                    attributes: &send.message_attributes,
                    delay: send.delay_seconds,
                    group: send.message_group_id.as_deref(),
                    dedup: send.message_deduplication_id.as_deref(),
                    message: None,
                    result,
                });
            }
            Request::SendMessageBatch(batch) if outcome.possible() => {
                let queue = self.queue(&batch.queue_url);
                for entry in batch.entries.iter().flatten() {
                    let id = entry.id.as_deref().unwrap_or_default();
                    let (failed, result) = match &observed.answer {
                        Answer::SentBatch(sent) => (
                            sent.failed.iter().any(|one| one.id == id),
                            sent.successful.iter().find(|one| one.id == id).map(|one| &one.sent),
                        ),
                        _ => (false, None),
                    };
                    if failed {
                        continue;
                    }
                    self.send(Send {
                        record,
                        queue,
                        when,
                        body: &entry.message_body,
                        attributes: &entry.message_attributes,
                        delay: entry.delay_seconds,
                        group: entry.message_group_id.as_deref(),
                        dedup: entry.message_deduplication_id.as_deref(),
                        message: None,
                        result,
                    });
                }
            }
            Request::ReceiveMessage(request) if outcome.possible() => {
                self.receive(record, when, request, &observed.answer);
            }
            Request::ResumeReceive(token) if outcome.possible() => {
                self.receive(record, when, &token.request, &observed.answer);
            }
            Request::DeleteMessage(delete) => {
                let queue = self.queue(&delete.queue_url);
                self.touch(Touch {
                    record,
                    queue,
                    when,
                    handle: &delete.receipt_handle,
                    timeout: None,
                    outcome,
                });
            }
            Request::ChangeMessageVisibility(change) => {
                let queue = self.queue(&change.queue_url);
                let timeout = Some(change.visibility_timeout.unwrap_or_default());
                self.touch(Touch { record, queue, when, handle: &change.receipt_handle, timeout, outcome });
            }
            Request::DeleteMessageBatch(batch) => {
                let queue = self.queue(&batch.queue_url);
                for entry in batch.entries.iter().flatten() {
                    let outcome = self::entry(&observed.answer, entry.id.as_deref(), outcome);
                    let handle = &entry.receipt_handle;
                    self.touch(Touch { record, queue, when, handle, timeout: None, outcome });
                }
            }
            Request::ChangeMessageVisibilityBatch(batch) => {
                let queue = self.queue(&batch.queue_url);
                for entry in batch.entries.iter().flatten() {
                    let outcome = self::entry(&observed.answer, entry.id.as_deref(), outcome);
                    let timeout = Some(entry.visibility_timeout.unwrap_or_default());
                    self.touch(Touch {
                        record,
                        queue,
                        when,
                        handle: &entry.receipt_handle,
                        timeout,
                        outcome,
                    });
                }
            }
            _ => {}
        }
    }

    fn clear(&mut self, url: &'h str, clearing: Clearing) {
        let queue = self.queue(url);
        if let Some(queue) = self.queues.get_mut(queue) {
            queue.clearings.push(clearing);
        }
    }

    /// The place of a message.
    fn place(&mut self, id: MessageId) -> usize {
        *self.ids.entry(id.number()).or_insert_with(|| {
            self.names.push(id);
            self.names.len() - 1
        })
    }

    fn send(&mut self, mut send: Send<'h>) {
        match send.result {
            Some(result) => send.message = Some(self.place(result.message_id)),
            None => {
                self.lost_sends.push(self.sends.len());
                let earlier = |known: &mut At| *known = send.when.from.min(*known);
                let key = (send.queue, send.dedup.unwrap_or(send.body));
                self.lost_keys.entry(key).and_modify(earlier).or_insert(send.when.from);
                self.lost_bodies.entry(send.body).and_modify(earlier).or_insert(send.when.from);
            }
        }
        self.sends.push(send);
    }

    /// When a send with this key to this queue began whose answer was lost.
    pub(super) fn lost_key(&self, queue: usize, key: &str) -> Option<At> {
        self.lost_keys.get(&(queue, key)).copied()
    }

    /// Whether the answer to a send of this body was lost.
    pub(super) fn lost_body(&self, body: &str) -> bool {
        self.lost_bodies.contains_key(body)
    }

    /// All messages.
    pub(super) fn logs(&self) -> impl Iterator<Item = (MessageId, MessageLog<'_>)> {
        self.names.iter().enumerate().map(|(at, id)| (*id, self.log(at)))
    }

    /// A message by its place.
    pub(super) fn log(&self, at: usize) -> MessageLog<'_> {
        MessageLog {
            sends: self.by_send.of(at),
            deliveries: self.by_delivery.of(at),
            touches: self.by_touch.of(at),
        }
    }

    fn receive(
        &mut self,
        record: usize,
        when: During,
        request: &'h ReceiveMessageRequest,
        answer: &'h Answer,
    ) {
        let queue = self.queue(&request.queue_url);
        let from = self.deliveries.len();
        if let Answer::Received(got) = answer {
            for (place, message) in got.messages.iter().enumerate() {
                let at = self.deliveries.len();
                let message_at = self.place(message.message_id);
                let first = *self.handles.entry(hash(&message.receipt_handle)).or_insert(at);
                let repeat = self.deliveries.get(first).is_some_and(|first| first.record != record);
                self.deliveries.push(Delivery {
                    message_at,
                    repeat,
                    record,
                    queue,
                    when,
                    message,
                    place,
                    timeout: request.visibility_timeout,
                    attempt: request.receive_request_attempt_id.as_deref(),
                });
                if first != at {
                    self.repeated.push((at, first));
                }
            }
        }
        let lost = *answer == Answer::Lost;
        let answered = matches!(answer, Answer::Received(_));
        if let Some(queue) = self.queues.get_mut(queue) {
            queue.receipts.push(self.receipts.len());
            if lost {
                queue.lost_receives.push(when);
            }
        }
        let deliveries = from..self.deliveries.len();
        self.receipts.push(Receipt { record, queue, when, request, deliveries, lost, answered });
    }

    fn touch(&mut self, touch: Touch<'h>) {
        self.touches.push(touch);
    }
}

/// Handles are long and begin alike.
fn hash(handle: &str) -> u128 {
    let mut hasher = siphasher::sip128::SipHasher13::new();
    core::hash::Hasher::write(&mut hasher, handle.as_bytes());
    siphasher::sip128::Hasher128::finish128(&hasher).as_u128()
}

/// What became of an entry; one that is in neither list is not known.
fn entry(answer: &Answer, id: Option<&str>, whole: Outcome) -> Outcome {
    let Answer::Batch(batch) = answer else { return whole };
    let id = id.unwrap_or_default();
    if batch.successful.iter().any(|one| one.id == id) {
        return Outcome::Done;
    }
    match batch.failed.iter().find(|one| one.id == id) {
        Some(failed) => Outcome::Refused { expired: failed.message.contains("expired") },
        None => Outcome::Unknown,
    }
}

impl<'h> Queue<'h> {
    /// The values an attribute may have had between two moments. Those before
    /// the first setting are not known; AWS's default stands for them.
    fn values(&self, name: &str, default: &'h str, from: At, to: At, mut each: impl FnMut(&'h str)) {
        let set = || {
            let of = |(when, attributes): &(During, &'h BTreeMap<String, String>)| {
                Some((*when, attributes.get(name)?.as_str()))
            };
            self.settings.iter().filter_map(of)
        };
        let superseded = |at: At| set().any(|(other, _)| at < other.from && other.to < from);
        // The default holds until something is set for sure.
        if !set().any(|(when, _)| when.to < from) {
            each(default);
        }
        for (when, value) in set() {
            if when.from <= to && !superseded(when.to) {
                each(value);
            }
        }
    }

    fn numbers(&self, name: &str, default: &'h str, from: At, to: At) -> (i64, i64) {
        let (mut least, mut most) = (i64::MAX, i64::MIN);
        self.values(name, default, from, to, |value| {
            if let Ok(number) = value.parse::<i64>() {
                (least, most) = (least.min(number), most.max(number));
            }
        });
        (least, most)
    }

    /// The least and the most of an attribute in milliseconds.
    pub(super) fn timeout(&self, from: At, to: At) -> (i64, i64) {
        let (least, most) = self.numbers("VisibilityTimeout", "30", from, to);
        (least * 1_000, most * 1_000)
    }

    pub(super) fn delay(&self, from: At, to: At) -> (i64, i64) {
        let (least, most) = self.numbers("DelaySeconds", "0", from, to);
        (least * 1_000, most * 1_000)
    }

    pub(super) fn retention(&self, from: At, to: At) -> (i64, i64) {
        let (least, most) = self.numbers("MessageRetentionPeriod", "345600", from, to);
        (least * 1_000, most * 1_000)
    }

    /// Whether it never had a redrive policy.
    pub(super) fn never_redrives(&self) -> bool {
        self.settings.iter().all(|(_, attributes)| !attributes.contains_key("RedrivePolicy"))
    }

    /// The redrive policies there may have been: target and most receives.
    pub(super) fn redrives(&self, from: At, to: At) -> Vec<(&'h str, i64)> {
        let read = |text: &'h str| -> Option<(&'h str, i64)> {
            // The target's name is a slice of the text.
            let arn = text.split("deadLetterTargetArn").nth(1)?.split('"').nth(2)?;
            let count = text.split("maxReceiveCount").nth(1)?;
            let digits = count.trim_start_matches(|c: char| !c.is_ascii_digit());
            let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
            Some((last(arn), digits.get(..end)?.parse().ok()?))
        };
        let mut all = Vec::new();
        self.values("RedrivePolicy", "", from, to, |text| all.extend(read(text)));
        all
    }

    /// Whether the attribute had one value only.
    pub(super) fn steady(&self, name: &str, default: &'h str, from: At, to: At) -> Option<&'h str> {
        let (mut first, mut steady) = (None, true);
        self.values(name, default, from, to, |value| steady &= *first.get_or_insert(value) == value);
        first.filter(|_| steady)
    }

    /// Whether something may have thrown everything away between.
    pub(super) fn may_be_cleared(&self, from: At, to: At) -> bool {
        self.clearings.iter().any(|clearing| clearing.when.from <= to && clearing.when.to >= from)
    }
}

impl Delivery<'_> {
    pub(super) fn attribute(&self, name: SystemAttribute) -> Option<&str> {
        self.message.attributes.get(&name).map(String::as_str)
    }

    pub(super) fn number(&self, name: SystemAttribute) -> Option<i64> {
        self.attribute(name)?.parse().ok()
    }

    pub(super) fn body_is_whole(&self) -> bool {
        self.message.md5_of_body == Md5::of_body(&self.message.body)
    }
}
