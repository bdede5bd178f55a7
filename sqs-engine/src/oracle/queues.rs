//! What holds for a queue as a whole.

use super::Judge;
use super::ledger::{At, MessageLog, Queue, Receipt};
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::vec::Vec;

/// From when to when a message was surely there to be had.
struct There {
    from: At,
    to: At,
    send: usize,
    /// What made it visible.
    since: usize,
}

impl<'h> Judge<'_, 'h> {
    pub(super) fn queues(&mut self) {
        self.bounds();
        self.cleared();
        if self.oracle.exact {
            self.nothing_left_behind();
        }
    }

    /// Not more than asked for. `[SQS-H4]`
    fn bounds(&mut self) {
        let ledger = self.ledger;
        for receipt in &ledger.receipts {
            let most = receipt.request.max_number_of_messages.unwrap_or(1).clamp(1, 10);
            let count = receipt.deliveries.len() as i64;
            if count > most {
                let what = format!("{count} messages are delivered where {most} were asked for");
                self.tell("H4", what, [receipt.record]);
            }
        }
    }

    /// Nothing from before a purge or a deletion. `[SQS-H7]` `[SQS-H8]`
    fn cleared(&mut self) {
        let ledger = self.ledger;
        if ledger.queues.iter().all(|queue| queue.clearings.is_empty()) {
            return;
        }
        let slack = if self.oracle.exact { 0 } else { 60_000 };
        for (id, log) in ledger.logs() {
            let Some(sent) = log.sends.first().and_then(|at| ledger.sends.get(*at)) else { continue };
            for one in log.deliveries.iter().filter_map(|at| ledger.deliveries.get(*at)) {
                if one.queue != sent.queue {
                    continue;
                }
                let Some(queue) = ledger.queues.get(one.queue) else { continue };
                let clearing = queue.clearings.iter().find(|clearing| {
                    self.before(sent.when.to, clearing.when.from)
                        && self.before(
                            (clearing.when.to.0.saturating_add(slack), clearing.when.to.1),
                            one.when.from,
                        )
                });
                if let Some(clearing) = clearing {
                    let (rule, word) = if clearing.drop {
                        ("H8", "its queue was deleted")
                    } else {
                        ("H7", "its queue was purged")
                    };
                    let what = format!("message {id} is delivered after {word}");
                    self.tell(rule, what, [sent.record, clearing.record, one.record]);
                }
            }
        }
    }

    /// An empty answer while something was surely there. `[SQS-H9]`
    fn nothing_left_behind(&mut self) {
        let ledger = self.ledger;
        let mut empty: BTreeMap<usize, Vec<&Receipt<'h>>> = BTreeMap::new();
        for receipt in &ledger.receipts {
            let limit =
                ledger.queues.get(receipt.queue).map_or(0, |queue| if queue.fifo { 20_000 } else { 100_000 });
            if receipt.answered && receipt.deliveries.is_empty() && ledger.deliveries.len() < limit {
                empty.entry(receipt.queue).or_default().push(receipt);
            }
        }
        for receipts in empty.values_mut() {
            receipts.sort_by_key(|receipt| receipt.when.from);
        }
        let unblocked = self.unblocked();
        for (_, log) in ledger.logs() {
            let Some(first) = log.sends.first() else { continue };
            let Some(sent) = ledger.sends.get(*first) else { continue };
            let Some(queue) = ledger.queues.get(sent.queue) else { continue };
            let free = if queue.fifo { unblocked.get(first).copied() } else { Some((i64::MIN, 0)) };
            let Some(free) = free.filter(|_| !queue.fifo || ledger.lost_sends.is_empty()) else { continue };
            let Some(receipts) = empty.get(&sent.queue).filter(|_| queue.lost_receives.is_empty()) else {
                continue;
            };
            for mut there in self.there(&log, queue) {
                there.from = there.from.max(free);
                let at = receipts.partition_point(|receipt| receipt.when.from <= there.from);
                if let Some(receipt) = receipts.get(at).filter(|receipt| receipt.when.to < there.to) {
                    let what = format!("{} answers empty while a message is there", queue.name);
                    self.tell("H9", what, [there.send, there.since, receipt.record]);
                    break;
                }
            }
        }
    }

    /// The intervals in which a message is surely visible, but for earlier ones
    /// of its group.
    fn there(&self, log: &MessageLog<'_>, queue: &Queue<'h>) -> Vec<There> {
        let ledger = self.ledger;
        let Some(sent) = log.sends.first().and_then(|at| ledger.sends.get(*at)) else { return Vec::new() };
        let delay = match sent.delay {
            Some(delay) if !queue.fifo => delay * 1_000,
            _ => queue.delay(sent.when.from, sent.when.to).1,
        };
        let last = (i64::MAX, u32::MAX);
        let expiry = sent.when.from.0.saturating_add(queue.retention(sent.when.from, last).0);
        let cleared =
            queue.clearings.iter().filter(|one| one.when.to >= sent.when.from).map(|one| one.when.from).min();
        let removed = self.touched(log).filter(|touch| touch.timeout.is_none() && touch.outcome.possible());
        let removed = removed.map(|touch| touch.when.from).min();
        let most =
            queue.redrives(sent.when.from, last).iter().map(|(_, most)| *most).min().unwrap_or(i64::MAX);
        let end = [Some((expiry - self.oracle.skew, 0)), cleared, removed]
            .into_iter()
            .flatten()
            .min()
            .unwrap_or(last);
        let mut all = Vec::new();
        let skew = self.oracle.skew;
        let mut from = ((sent.when.to.0.saturating_add(delay + skew), sent.when.to.1), sent.record);
        for (nth, one) in (1..).zip(self.each(log)) {
            if one.queue != sent.queue {
                return all;
            }
            all.push(There { from: from.0, to: end.min(one.when.from), send: sent.record, since: from.1 });
            // It may be moved from now on.
            if nth >= most {
                return all;
            }
            // Of two that overlap either may have been the last.
            from = from.max(((self.surely_visible(one, log), u32::MAX), one.record));
        }
        all.push(There { from: from.0, to: end, send: sent.record, since: from.1 });
        all
    }
}
