//! What holds for every message of either kind of queue.

use super::Judge;
use super::ledger::{At, Delivery, MessageLog, Outcome, Send, Touch};
use crate::{MessageId, SystemAttribute};
use alloc::format;
use alloc::vec::Vec;

/// A deadline in milliseconds: visible from then on.
type Deadline = i64;

impl<'h> Judge<'_, 'h> {
    pub(super) fn messages(&mut self) {
        for (id, log) in self.ledger.logs() {
            let log = &log;
            if log.deliveries.is_empty() {
                continue;
            }
            self.integrity(id, log);
            self.in_time(id, log);
            self.counts(id, log);
            self.exclusive(id, log);
            self.deleted(id, log);
        }
        self.handles();
    }

    pub(super) fn delivery(&self, at: usize) -> Option<&Delivery<'h>> {
        self.ledger.deliveries.get(at)
    }

    pub(super) fn each<'s>(&'s self, log: &MessageLog<'s>) -> impl Iterator<Item = &'s Delivery<'h>> + Clone {
        log.deliveries.iter().filter_map(|at| self.ledger.deliveries.get(*at))
    }

    pub(super) fn touched<'s>(&'s self, log: &MessageLog<'s>) -> impl Iterator<Item = &'s Touch<'h>> + Clone {
        log.touches.iter().filter_map(|at| self.ledger.touches.get(*at))
    }

    /// What is delivered was sent, and is what was sent. `[SQS-H1]`
    fn integrity(&mut self, id: MessageId, log: &MessageLog<'_>) {
        let ledger = self.ledger;
        let sent = log.sends.first().and_then(|at| ledger.sends.get(*at));
        for at in log.deliveries {
            let Some(one) = ledger.deliveries.get(*at) else { continue };
            if !one.body_is_whole() {
                self.tell("H1", format!("the digest of message {id} is not that of its body"), [one.record]);
                continue;
            }
            let Some(sent) = sent else {
                // It may have been moved here from wherever it was sent to.
                let refilled = ledger.queues.get(one.queue).is_some_and(|queue| queue.refilled);
                if !refilled && !ledger.lost_body(&one.message.body) {
                    self.tell("H1", format!("message {id} was never sent"), [one.record]);
                }
                continue;
            };
            if one.when.to < sent.when.from && self.original_is_sure(log) {
                self.tell(
                    "H1",
                    format!("message {id} is delivered before it is sent"),
                    [sent.record, one.record],
                );
            }
            let is = |at: &usize| ledger.sends.get(*at).is_some_and(|sent| is_of(one, sent));
            if !log.sends.iter().any(is) && self.original_is_sure(log) {
                self.tell(
                    "H1",
                    format!("message {id} is not delivered as it was sent"),
                    [sent.record, one.record],
                );
            }
        }
    }

    /// Whether the first acknowledged send is the one that was taken: on FIFO
    /// queues another, whose answer came later or never, may have been, and
    /// this one its duplicate.
    pub(super) fn original_is_sure(&self, log: &MessageLog<'_>) -> bool {
        let ledger = self.ledger;
        let mut sends = log.sends.iter().filter_map(|at| ledger.sends.get(*at));
        let Some(first) = sends.next() else { return false };
        if !ledger.queues.get(first.queue).is_some_and(|queue| queue.fifo) {
            return true;
        }
        let key = |send: &Send<'h>| send.dedup.unwrap_or(send.body);
        let lost = ledger.lost_key(first.queue, key(first));
        sends.all(|other| self.before(first.when.to, other.when.from))
            && lost.is_none_or(|lost| lost > first.when.to)
    }

    /// Not before its delay is over, and not after its retention.
    /// `[SQS-H2]` `[SQS-H3]`
    fn in_time(&mut self, id: MessageId, log: &MessageLog<'_>) {
        let ledger = self.ledger;
        let Some(sent) = log.sends.first().and_then(|at| ledger.sends.get(*at)) else { return };
        if !self.original_is_sure(log) {
            return;
        }
        for one in log.deliveries.iter().filter_map(|at| ledger.deliveries.get(*at)) {
            let Some(queue) = ledger.queues.get(one.queue) else { continue };
            if one.queue == sent.queue {
                let least = match sent.delay {
                    Some(delay) if !queue.fifo => delay * 1_000,
                    _ if queue.fifo => queue.delay(sent.when.from, one.when.to).0,
                    _ => queue.delay(sent.when.from, sent.when.to).0,
                };
                if self.early(one.when.to, sent.when.from.0 + least) {
                    let what = format!("message {id} is delivered before its delay is over");
                    self.tell("H2", what, [sent.record, one.record]);
                }
            } else if queue.fifo {
                // A move begins its life anew there.
                continue;
            }
            let most = queue.retention(sent.when.from, one.when.to).1;
            let over = sent.when.to.0.saturating_add(most).saturating_add(self.oracle.skew);
            let slack = if self.oracle.exact { 0 } else { 15 * 60_000 };
            if one.when.from.0 >= over.saturating_add(slack) {
                let what = format!("message {id} is delivered after its retention period");
                self.tell("H3", what, [sent.record, one.record]);
            }
        }
    }

    /// Counts go up; what is said of times is true. `[SQS-H6]`
    fn counts(&mut self, id: MessageId, log: &MessageLog<'_>) {
        let ledger = self.ledger;
        let sent = log.sends.first().and_then(|at| ledger.sends.get(*at));
        let sent = sent.filter(|_| self.original_is_sure(log));
        let lost = ledger.queues.iter().any(|queue| !queue.lost_receives.is_empty());
        // The last delivery that is over before the one looked at.
        let mut highest: Option<(i64, usize)> = None;
        let overlap = log.deliveries.windows(2).any(|pair| match pair {
            [one, other] => match (self.delivery(*one), self.delivery(*other)) {
                (Some(one), Some(other)) => !self.before(one.when.to, other.when.from),
                _ => false,
            },
            _ => false,
        });
        let mut distinct = 0;
        let mut before: Option<&Delivery<'h>> = None;
        for one in log.deliveries.iter().filter_map(|at| ledger.deliveries.get(*at)) {
            let repeat = one.repeat;
            distinct += i64::from(!repeat);
            if let Some(count) = one.number(SystemAttribute::ApproximateReceiveCount) {
                if let Some((other, record)) = highest
                    && !repeat
                    && !overlap
                    && (if self.oracle.exact { count <= other } else { count < other })
                {
                    let what = format!("message {id} is received for the {count}th time after the {other}th");
                    self.tell("H6", what, [record, one.record]);
                }
                if self.oracle.exact && !lost && !overlap && !repeat && count != distinct && sent.is_some() {
                    let what =
                        format!("message {id} says it was received {count} times, and it was {distinct}");
                    let records: Vec<usize> =
                        self.each(log).map(|one| one.record).take_while(|at| *at <= one.record).collect();
                    self.tell("H6", what, records);
                }
                highest = Some((count, one.record));
            }
            if let (Some(said), Some(sent)) = (one.number(SystemAttribute::SentTimestamp), sent) {
                let skew = self.oracle.skew;
                if said < sent.when.from.0 - skew || said > sent.when.to.0.saturating_add(skew) {
                    let what = format!("message {id} says it was sent at {said}, and it was not");
                    self.tell("H6", what, [sent.record, one.record]);
                }
            }
            let first = SystemAttribute::ApproximateFirstReceiveTimestamp;
            if let (Some(said), Some(other)) =
                (one.number(first), before.and_then(|before| before.number(first)))
                && said != other
                && before.is_some_and(|before| before.queue == one.queue)
            {
                let records = before.map(|before| before.record).into_iter().chain([one.record]);
                self.tell(
                    "H6",
                    format!("message {id} says two different times of its first receive"),
                    records,
                );
            }
            before = Some(one);
        }
    }

    /// The earliest moment at which the message may be seen again after a
    /// delivery, as seen from another receive.
    pub(super) fn earliest(&self, one: &Delivery<'h>, log: &MessageLog<'_>, until: At) -> Deadline {
        let Some(queue) = self.ledger.queues.get(one.queue) else { return i64::MIN };
        let timeout = match one.timeout {
            Some(seconds) => seconds * 1_000,
            None => queue.timeout(one.when.from, one.when.to).0,
        };
        let mut deadline = one.when.from.0 + timeout;
        for touch in self.touched(log) {
            let Some(seconds) = touch.timeout.filter(|_| touch.outcome.possible()) else { continue };
            if touch.when.from > until
                || self.before(touch.when.to, one.when.from)
                || touch.queue != one.queue
            {
                continue;
            }
            let then = touch.when.from.0 + seconds * 1_000;
            let certain = touch.outcome == Outcome::Done
                && touch.handle == one.message.receipt_handle
                && self.before(one.when.to, touch.when.from)
                && self.stands_alone(touch, log)
                && self.before(touch.when.to, until)
                // It was still in flight.
                && self.early(touch.when.to, deadline);
            deadline = if certain { then } else { deadline.min(then) };
        }
        deadline
    }

    /// Whether no other change may have come after this one though it was asked
    /// for before.
    fn stands_alone(&self, touch: &Touch<'h>, log: &MessageLog<'_>) -> bool {
        let mut others = self.touched(log).filter(|other| {
            other.timeout.is_some() && other.outcome.possible() && !core::ptr::eq(*other, touch)
        });
        others.all(|other| {
            self.before(other.when.to, touch.when.from) || self.before(touch.when.to, other.when.from)
        })
    }

    /// The latest moment until which a delivery may keep it.
    pub(super) fn latest(&self, one: &Delivery<'h>, log: &MessageLog<'_>) -> Deadline {
        let Some(queue) = self.ledger.queues.get(one.queue) else { return i64::MAX };
        let timeout = match one.timeout {
            Some(seconds) => seconds * 1_000,
            None => queue.timeout(one.when.from, one.when.to).1,
        };
        let mut deadline = one.when.to.0.saturating_add(timeout);
        for touch in self.touched(log).filter(|touch| touch.outcome.possible()) {
            if let Some(seconds) = touch.timeout {
                deadline = deadline.max(touch.when.to.0.saturating_add(seconds * 1_000));
            }
        }
        deadline.saturating_add(self.oracle.skew)
    }

    /// The moment from which on it is surely visible again.
    pub(super) fn surely_visible(&self, one: &Delivery<'h>, log: &MessageLog<'_>) -> Deadline {
        let Some(queue) = self.ledger.queues.get(one.queue) else { return i64::MAX };
        let (least, most) = match one.timeout {
            Some(seconds) => (seconds * 1_000, seconds * 1_000),
            None => queue.timeout(one.when.from, one.when.to),
        };
        let mut earliest = one.when.from.0 + least;
        let mut latest = one.when.to.0.saturating_add(most);
        for touch in self.touched(log).filter(|touch| touch.outcome.possible()) {
            let Some(seconds) = touch.timeout else { continue };
            let (from, to) =
                (touch.when.from.0 + seconds * 1_000, touch.when.to.0.saturating_add(seconds * 1_000));
            let certain = touch.outcome == Outcome::Done
                && touch.handle == one.message.receipt_handle
                && self.before(one.when.to, touch.when.from)
                && self.stands_alone(touch, log)
                && self.early(touch.when.to, earliest);
            if certain {
                (earliest, latest) = (from, to);
            } else {
                (earliest, latest) = (earliest.min(from), latest.max(to));
            }
        }
        latest.saturating_add(self.oracle.skew)
    }

    /// Not while it is invisible. `[SQS-H10]` `[SQS-H13]`
    fn exclusive(&mut self, id: MessageId, log: &MessageLog<'_>) {
        let ledger = self.ledger;
        for pair in log.deliveries.windows(2) {
            let [one, other] = pair else { continue };
            let (Some(one), Some(other)) = (ledger.deliveries.get(*one), ledger.deliveries.get(*other))
            else {
                continue;
            };
            let Some(queue) = ledger.queues.get(one.queue) else { continue };
            let repeat = one.message.receipt_handle == other.message.receipt_handle;
            if one.queue != other.queue
                || repeat
                || !(queue.fifo || self.oracle.exact)
                || one.record == other.record
            {
                continue;
            }
            // A queue that was made anew has none of the old messages' state.
            if queue.may_be_cleared(one.when.from, other.when.to) {
                continue;
            }
            let rule = if queue.fifo { "H13" } else { "H10" };
            let in_order = self.early(other.when.to, self.earliest(one, log, other.when.to));
            // Of two that overlap either may have been the first.
            let overlap = !self.before(one.when.to, other.when.from);
            let reversed = !overlap || self.early(one.when.to, self.earliest(other, log, one.when.to));
            if in_order && reversed {
                let touches: Vec<usize> =
                    self.touched(log).map(|touch| touch.record).filter(|at| *at < other.record).collect();
                let records = touches.into_iter().chain([one.record, other.record]);
                self.tell(rule, format!("message {id} is delivered while it is invisible"), records);
            }
        }
    }

    /// Not after it was deleted. `[SQS-H11]` `[SQS-H14]` `[SQS-H19]`
    fn deleted(&mut self, id: MessageId, log: &MessageLog<'_>) {
        if log.touches.is_empty() {
            return;
        }
        let ledger = self.ledger;
        let all: Vec<&Delivery<'h>> =
            log.deliveries.iter().filter_map(|at| ledger.deliveries.get(*at)).collect();
        let touches: Vec<&Touch<'h>> = log.touches.iter().filter_map(|at| ledger.touches.get(*at)).collect();
        let gone = |touch: &&&Touch<'h>| touch.timeout.is_none() && touch.outcome == Outcome::Done;
        for delete in touches.iter().filter(gone) {
            let Some(queue) = ledger.queues.get(delete.queue) else { continue };
            let of = all.iter().copied().find(|one| one.message.receipt_handle == delete.handle);
            let Some(of) = of else { continue };
            if of.queue != delete.queue {
                let what = format!(
                    "a handle of {} is taken by {}",
                    ledger.queues.get(of.queue).map_or("", |queue| queue.name),
                    queue.name
                );
                self.tell("H5", what, [of.record, delete.record]);
                continue;
            }
            if queue.fifo {
                self.expired_delete(id, log, of, delete);
            }
            let newest = !all.iter().any(|other| {
                other.message.receipt_handle != of.message.receipt_handle
                    && other.when.from <= delete.when.to
                    && !self.before(other.when.to, of.when.from)
            }) && queue.lost_receives.is_empty();
            if !(queue.fifo || self.oracle.exact && newest) {
                continue;
            }
            // FIFO: an expired handle deletes nothing.
            if queue.fifo && !newest {
                continue;
            }
            let later = all
                .iter()
                .copied()
                .find(|later| later.queue == delete.queue && self.before(delete.when.to, later.when.from));
            if let Some(later) = later {
                let rule = if queue.fifo { "H14" } else { "H11" };
                let what = format!("message {id} is delivered after it was deleted");
                self.tell(rule, what, [of.record, delete.record, later.record]);
            }
        }
        for delete in touches.iter().filter(|touch| touch.outcome == (Outcome::Refused { expired: true })) {
            let of = all.iter().copied().find(|one| one.message.receipt_handle == delete.handle);
            let Some(of) = of.filter(|of| self.early(delete.when.to, self.earliest(of, log, delete.when.to)))
            else {
                continue;
            };
            let newer = all.iter().any(|other| other.record > of.record && other.when.from <= delete.when.to);
            let lost = ledger.queues.get(of.queue).is_none_or(|queue| !queue.lost_receives.is_empty());
            if !newer && !lost {
                let what = format!("a handle of message {id} is said to be expired and is not");
                self.tell("H19", what, [of.record, delete.record]);
            }
        }
    }

    fn expired_delete(&mut self, id: MessageId, log: &MessageLog<'_>, of: &Delivery<'h>, delete: &Touch<'h>) {
        let ledger = self.ledger;
        let Some(queue) = ledger.queues.get(of.queue) else { return };
        let earlier = self.touched(log).any(|other| {
            other.timeout.is_none()
                && other.outcome.possible()
                && other.record != delete.record
                && other.when.from <= delete.when.to
        });
        let sent = log.sends.first().and_then(|at| ledger.sends.get(*at));
        let expired = sent.is_none_or(|sent| {
            sent.when.from.0.saturating_add(queue.retention(sent.when.from, delete.when.to).0)
                <= delete.when.to.0
        });
        let received = self.each(log).filter(|one| one.queue == of.queue && one.when.from <= delete.when.to);
        let received = received.count() as i64 + queue.lost_receives.len() as i64;
        let moved = queue.redrives(of.when.from, delete.when.to).iter().any(|(_, most)| received >= *most);
        let cleared = queue.may_be_cleared(of.when.from, delete.when.to);
        // Repeated attempts give the same handle a new deadline.
        let last = self.each(log).filter(|one| one.message.receipt_handle == of.message.receipt_handle);
        let latest = last.map(|one| self.latest(one, log)).max().unwrap_or(i64::MAX);
        if latest < delete.when.from.0 && !earlier && !expired && !moved && !cleared {
            let what = format!("message {id} is deleted with a handle whose time was over");
            self.tell("H19", what, [of.record, delete.record]);
        }
    }

    /// Handles are fresh. `[SQS-H5]`
    fn handles(&mut self) {
        let ledger = self.ledger;
        for (again, first) in &ledger.repeated {
            let (Some(again), Some(first)) = (self.delivery(*again), self.delivery(*first)) else { continue };
            let same_attempt =
                again.attempt.is_some() && again.attempt == first.attempt && again.queue == first.queue;
            if !same_attempt || again.message.message_id != first.message.message_id {
                let records = [first.record, again.record];
                self.tell("H5", "a receipt handle is given twice".into(), records);
            }
        }
    }
}

/// Whether a delivery has what a send gave it.
fn is_of(one: &Delivery<'_>, sent: &Send<'_>) -> bool {
    *sent.body == *one.message.body
        && one.message.message_attributes.iter().all(|(name, value)| sent.attributes.get(name) == Some(value))
        && !differs(one, SystemAttribute::MessageGroupId, sent.group)
        && !(sent.dedup.is_some() && differs(one, SystemAttribute::MessageDeduplicationId, sent.dedup))
}

fn differs(one: &Delivery<'_>, name: SystemAttribute, sent: Option<&str>) -> bool {
    one.attribute(name).is_some_and(|value| Some(value) != sent)
}
