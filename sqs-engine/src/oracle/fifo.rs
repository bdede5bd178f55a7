//! What holds for FIFO queues: order, sequence numbers, deduplication,
//! repeated attempts.

use super::Judge;
use super::ledger::{At, Outcome, Send};
use crate::SystemAttribute;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// Deduplication looks back so far.
const WINDOW: i64 = 300_000;

/// Something of each group: queue and group's name.
type Groups<'g, T> = BTreeMap<(usize, Option<&'g str>), Vec<T>>;

/// A message of a group, and when it may have gone.
struct Member {
    send: usize,
    order: u128,
    /// When it is surely there.
    since: At,
    /// When it may be gone.
    until: At,
}

impl<'h> Judge<'_, 'h> {
    pub(super) fn groups(&mut self) {
        self.sequence();
        self.order();
        self.duplicates();
        self.attempts();
    }

    /// The first acknowledged send of each message of FIFO queues.
    fn firsts(&self) -> impl Iterator<Item = (usize, &Send<'h>)> {
        let ledger = self.ledger;
        ledger.logs().filter_map(move |(_, log)| {
            let at = *log.sends.first()?;
            let send = ledger.sends.get(at).filter(|_| self.original_is_sure(&log))?;
            ledger.queues.get(send.queue).filter(|queue| queue.fifo).map(|_| (at, send))
        })
    }

    /// Numbers of a group go up, and a duplicate has its original's.
    /// `[SQS-H17]`
    fn sequence(&mut self) {
        let mut groups: Groups<'_, (At, At, u128, usize)> = BTreeMap::new();
        let mut odd = Vec::new();
        for (_, send) in self.firsts() {
            let Some(text) = send.result.and_then(|result| result.sequence_number.as_deref()) else {
                continue;
            };
            match text.parse::<u128>().ok().filter(|_| text.len() == 20) {
                Some(number) => groups.entry((send.queue, send.group)).or_default().push((
                    send.when.from,
                    send.when.to,
                    number,
                    send.record,
                )),
                None => odd.push((String::from(text), send.record)),
            }
        }
        for (text, record) in odd {
            self.tell("H17", format!("{text} is no sequence number of 20 digits"), [record]);
        }
        for sends in groups.values_mut() {
            sends.sort_unstable();
            // The highest number of all that were over before.
            let mut over: Vec<(At, u128, usize)> =
                sends.iter().map(|(_, to, number, record)| (*to, *number, *record)).collect();
            over.sort_unstable();
            let mut over = over.into_iter().peekable();
            let mut highest: Option<(u128, usize)> = None;
            for (from, _, number, record) in sends.iter() {
                while let Some((_, number, record)) = over.next_if(|(to, ..)| self.before(*to, *from)) {
                    if highest.is_none_or(|(known, _)| number > known) {
                        highest = Some((number, record));
                    }
                }
                if let Some((_, earlier)) = highest.filter(|(known, _)| known >= number) {
                    self.tell(
                        "H17",
                        "a later message of a group has a lower sequence number".into(),
                        [earlier, *record],
                    );
                }
            }
        }
    }

    /// When a message may have left its queue, from its send on.
    fn until(&self, send: &Send<'h>) -> At {
        let ledger = self.ledger;
        let last = (i64::MAX, u32::MAX);
        let Some(queue) = ledger.queues.get(send.queue) else { return send.when.from };
        let Some(log) = send.message.map(|at| ledger.log(at)) else {
            return send.when.from;
        };
        let removed = self.touched(&log).filter(|touch| touch.timeout.is_none() && touch.outcome.possible());
        let removed = removed.map(|touch| touch.when.from).min();
        let retention = queue.retention(send.when.from, last).0;
        let expiry = (send.when.from.0.saturating_add(retention) - self.oracle.skew, 0);
        let cleared =
            queue.clearings.iter().filter(|one| one.when.to >= send.when.from).map(|one| one.when.from).min();
        // It may be moved when it was received as often as the policy allows.
        let most = queue.redrives(send.when.from, last).iter().map(|(_, most)| *most).min();
        let lost = queue.lost_receives.first().map(|when| when.from);
        let moved = most.and_then(|most| {
            let nth = usize::try_from(most).ok()?.checked_sub(1)?;
            let received =
                self.each(&log).filter(|one| one.queue == send.queue).nth(nth).map(|one| one.when.from);
            [received, lost].into_iter().flatten().min()
        });
        [removed, Some(expiry), cleared, moved].into_iter().flatten().min().unwrap_or(last)
    }

    /// For each first send from when on all earlier messages of its group are
    /// surely gone, if they are.
    pub(super) fn unblocked(&self) -> BTreeMap<usize, At> {
        let ledger = self.ledger;
        let mut groups: Groups<'_, (u128, usize)> = BTreeMap::new();
        for (at, send) in self.firsts() {
            let number = send.result.and_then(|result| result.sequence_number.as_deref()?.parse().ok());
            groups.entry((send.queue, send.group)).or_default().push((number.unwrap_or_default(), at));
        }
        // One whose group is not sure may stand before any other.
        let unsure: Vec<usize> = ledger
            .logs()
            .map(|(_, log)| log)
            .filter(|log| !self.original_is_sure(log))
            .filter_map(|log| Some(ledger.sends.get(*log.sends.first()?)?.queue))
            .collect();
        let mut free = BTreeMap::new();
        for (_, members) in groups.iter_mut().filter(|((queue, _), _)| !unsure.contains(queue)) {
            members.sort_unstable();
            let mut from = (i64::MIN, 0);
            for (_, at) in members.iter() {
                free.insert(*at, from);
                let log = ledger.sends.get(*at).and_then(|send| Some(ledger.log(send.message?)));
                let deleted = log.and_then(|log| {
                    let gone = self
                        .touched(&log)
                        .filter(|touch| touch.timeout.is_none() && touch.outcome == Outcome::Done);
                    gone.map(|touch| touch.when.to).min()
                });
                match deleted {
                    Some(deleted) => from = from.max(deleted),
                    None => break,
                }
            }
        }
        free
    }

    /// No message before an earlier one of its group. `[SQS-H15]`
    /// `[SQS-H16]`
    fn order(&mut self) {
        let mut groups: Groups<'_, Member> = BTreeMap::new();
        for (at, send) in self.firsts() {
            let number = send.result.and_then(|result| result.sequence_number.as_deref()?.parse().ok());
            let Some(order) = number else { continue };
            let member = Member { send: at, order, since: send.when.to, until: self.until(send) };
            groups.entry((send.queue, send.group)).or_default().push(member);
        }
        // The group of each first send, and its place in it.
        let ledger = self.ledger;
        let mut places: Vec<Option<(usize, usize)>> =
            core::iter::repeat_n(None, ledger.sends.len()).collect();
        let mut groups: Vec<Vec<Member>> = groups.into_values().collect();
        for (group, members) in groups.iter_mut().enumerate() {
            members.sort_unstable_by_key(|member| member.order);
            for (place, member) in members.iter().enumerate() {
                if let Some(known) = places.get_mut(member.send) {
                    *known = Some((group, place));
                }
            }
        }
        // Deliveries of each group in the order in which their answers came.
        let mut by_group: Vec<Vec<(usize, usize)>> = core::iter::repeat_n(Vec::new(), groups.len()).collect();
        for (at, one) in ledger.deliveries.iter().enumerate() {
            let Some(first) = ledger.log(one.message_at).sends.first() else { continue };
            let place = places.get(*first).copied().flatten();
            let own = ledger.sends.get(*first).is_some_and(|send| send.queue == one.queue);
            if let Some((group, place)) = place.filter(|_| own)
                && let Some(deliveries) = by_group.get_mut(group)
            {
                deliveries.push((at, place));
            }
        }
        for (members, deliveries) in groups.iter().zip(&mut by_group) {
            deliveries.sort_by_key(|(at, _)| ledger.deliveries.get(*at).map(|one| (one.when.to, one.place)));
            // All before it may be gone.
            let mut low = 0;
            for (at, place) in deliveries.iter() {
                let Some(one) = ledger.deliveries.get(*at) else { continue };
                while members.get(low).is_some_and(|member| member.until <= one.when.to) {
                    low += 1;
                }
                for earlier in members.get(low..*place).unwrap_or_default() {
                    let Some(send) = ledger.sends.get(earlier.send) else { continue };
                    if earlier.until <= one.when.to || !self.before(earlier.since, one.when.from) {
                        continue;
                    }
                    // The messages of one answer stand together.
                    let answer = ledger.deliveries.get(at.saturating_sub(one.place)..*at).unwrap_or_default();
                    let same_answer = answer.iter().any(|other| Some(other.message_at) == send.message);
                    if !same_answer {
                        let own = ledger.log(one.message_at).sends.first();
                        let own = own.and_then(|at| ledger.sends.get(*at)).map(|send| send.record);
                        let what = format!(
                            "message {} is delivered while an earlier one of its group is there",
                            one.message.message_id
                        );
                        self.tell("H15", what, own.into_iter().chain([send.record, one.record]));
                        break;
                    }
                }
            }
        }
    }

    /// A duplicate is answered with its original, and only a duplicate is.
    /// `[SQS-H18]`
    fn duplicates(&mut self) {
        let ledger = self.ledger;
        let end = (i64::MAX, u32::MAX);
        // Where it was switched both answers are legal for a time.
        let scopes: Vec<Option<&str>> = ledger
            .queues
            .iter()
            .map(|queue| {
                queue.steady("ContentBasedDeduplication", "false", (i64::MIN, 0), end)?;
                queue.steady("DeduplicationScope", "queue", (i64::MIN, 0), end).filter(|_| queue.fifo)
            })
            .collect();
        let mut keyed: Vec<(usize, Option<&str>, &str, usize)> = Vec::new();
        for (at, send) in ledger.sends.iter().enumerate() {
            let Some(scope) = scopes.get(send.queue).copied().flatten() else { continue };
            let group = if scope == "messageGroup" { send.group } else { None };
            keyed.push((send.queue, group, send.dedup.unwrap_or(send.body), at));
        }
        keyed.sort_unstable();
        for same_key in keyed.chunk_by(|one, other| (one.0, one.1, one.2) == (other.0, other.1, other.2)) {
            let Some(queue) = same_key.first().and_then(|(queue, ..)| ledger.queues.get(*queue)) else {
                continue;
            };
            let sends = same_key.iter().filter_map(|(.., at)| ledger.sends.get(*at));
            // The original of the window that is open, and lost sends since.
            let mut original: Option<&Send<'h>> = None;
            let mut lost = false;
            for send in sends {
                let Some(result) = send.result else {
                    lost = true;
                    continue;
                };
                let Some(first) = original else {
                    original = Some(send);
                    continue;
                };
                let same = first.result.is_some_and(|first| first.message_id == result.message_id);
                let overlap = !self.before(first.when.to, send.when.from);
                let cleared = queue.may_be_cleared(first.when.from, send.when.to);
                if !same
                    && !lost
                    && !overlap
                    && !cleared
                    && self.early(send.when.to, first.when.from.0 + WINDOW)
                {
                    let what = "a duplicate within five minutes is taken as a new message".into();
                    self.tell("H18", what, [first.record, send.record]);
                }
                let late = send.when.from.0 > first.when.to.0.saturating_add(WINDOW + self.oracle.skew);
                if same && late && !lost {
                    let what = "a message is taken for a duplicate more than five minutes later".into();
                    self.tell("H18", what, [first.record, send.record]);
                }
                if !same {
                    original = Some(send);
                    lost = false;
                }
            }
        }
        // The number of a duplicate is its original's.
        for (_, log) in ledger.logs() {
            let mut sends = log.sends.iter().filter_map(|at| ledger.sends.get(*at));
            let Some(first) = sends.next() else { continue };
            let number = |send: &Send<'h>| send.result.and_then(|result| result.sequence_number.as_deref());
            if let Some(other) = sends.find(|send| number(send) != number(first)) {
                let what = "a duplicate is answered with another sequence number".into();
                self.tell("H17", what, [first.record, other.record]);
            }
        }
        for one in &ledger.deliveries {
            let sent = ledger.log(one.message_at).sends.first().and_then(|at| ledger.sends.get(*at));
            let said = one.attribute(SystemAttribute::SequenceNumber);
            let number = sent
                .filter(|sent| sent.queue == one.queue)
                .and_then(|sent| sent.result?.sequence_number.as_deref());
            if let (Some(said), Some(number), Some(sent)) = (said, number, sent)
                && said != number
            {
                let what = "a message is delivered with another sequence number".into();
                self.tell("H17", what, [sent.record, one.record]);
            }
        }
    }

    /// The same attempt gets the same answer. `[SQS-H12]`
    fn attempts(&mut self) {
        let ledger = self.ledger;
        let mut first: BTreeMap<(usize, &str), usize> = BTreeMap::new();
        for (at, receipt) in ledger.receipts.iter().enumerate() {
            let Some(attempt) = receipt.request.receive_request_attempt_id.as_deref() else { continue };
            let fifo = ledger.queues.get(receipt.queue).is_some_and(|queue| queue.fifo);
            if !fifo || receipt.lost {
                first.remove(&(receipt.queue, attempt));
                continue;
            }
            let known = first.get(&(receipt.queue, attempt)).and_then(|at| ledger.receipts.get(*at));
            let Some(known) = known else {
                if !receipt.deliveries.is_empty() {
                    first.insert((receipt.queue, attempt), at);
                }
                continue;
            };
            let list = |range: &core::ops::Range<usize>| -> Vec<(&str, &str)> {
                let all = ledger.deliveries.get(range.clone()).unwrap_or_default();
                all.iter().map(|one| (one.message.receipt_handle.as_str(), &*one.message.body)).collect()
            };
            let untouched = known.deliveries.clone().all(|delivery| {
                let Some(one) = ledger.deliveries.get(delivery) else { return false };
                let log = ledger.log(one.message_at);
                let touched = self.touched(&log).any(|touch| {
                    touch.when.from <= receipt.when.to
                        && touch.outcome != (Outcome::Refused { expired: false })
                });
                !touched && self.early(receipt.when.to, self.earliest(one, &log, receipt.when.to))
            });
            let cleared = ledger
                .queues
                .get(receipt.queue)
                .is_none_or(|queue| queue.may_be_cleared(known.when.from, receipt.when.to));
            let bound = known.request == receipt.request
                && receipt.answered
                && self.before(known.when.to, receipt.when.from)
                && self.early(receipt.when.to, known.when.from.0 + WINDOW);
            if bound && untouched && !cleared {
                if list(&known.deliveries) != list(&receipt.deliveries) {
                    let what = "the same attempt is answered with other messages".into();
                    self.tell("H12", what, [known.record, receipt.record]);
                }
            } else if !receipt.deliveries.is_empty() {
                first.insert((receipt.queue, attempt), at);
            } else {
                // Asked for otherwise, it may have become another attempt.
                first.remove(&(receipt.queue, attempt));
            }
        }
    }
}
