//! What holds between a queue and its dead-letter queue.

use super::Judge;
use super::ledger::{Delivery, MessageLog};
use crate::{MessageId, SystemAttribute};
use alloc::format;
use alloc::vec::Vec;

impl<'h> Judge<'_, 'h> {
    pub(super) fn dead_letters(&mut self) {
        for (id, log) in self.ledger.logs() {
            self.dead_letter(id, &log);
        }
    }

    /// Moved after as many receives as the policy says, and for good.
    /// `[SQS-H20]` `[SQS-H21]` `[SQS-H22]`
    fn dead_letter(&mut self, id: MessageId, log: &MessageLog<'_>) {
        let ledger = self.ledger;
        let Some(sent) = log.sends.first().and_then(|at| ledger.sends.get(*at)) else { return };
        let Some(source) = ledger.queues.get(sent.queue) else { return };
        let moved = self.each(log).any(|one| one.queue != sent.queue);
        if !moved && source.never_redrives() {
            return;
        }
        let all: Vec<&Delivery<'h>> =
            log.deliveries.iter().filter_map(|at| ledger.deliveries.get(*at)).collect();
        let own: Vec<&Delivery<'h>> =
            all.iter().copied().filter(|one| one.queue == sent.queue && !one.repeat).collect();
        let arrival = all.iter().copied().find(|one| one.queue != sent.queue);
        if let Some(arrival) = arrival {
            let name = ledger.queues.get(arrival.queue).map_or("", |queue| queue.name);
            let policies = source.redrives(sent.when.from, arrival.when.to);
            let fewest = policies.iter().filter(|(target, _)| *target == name).map(|(_, most)| *most).min();
            let records = || own.iter().map(|one| one.record).chain([sent.record, arrival.record]);
            // Over chains of queues only the first step is judged.
            let chained = policies.iter().any(|(target, _)| *target != name);
            let Some(fewest) = fewest else {
                if !chained && !ledger.queues.get(arrival.queue).is_some_and(|queue| queue.refilled) {
                    let what = format!(
                        "message {id} is delivered by {name}, which is no dead-letter queue of {}",
                        source.name
                    );
                    self.tell("H20", what, records());
                }
                return;
            };
            let before = own.iter().filter(|one| one.when.from <= arrival.when.to).count() as i64;
            let lost = source.lost_receives.len() as i64;
            if before + lost < fewest {
                let what = format!("message {id} is moved after {before} receives, and {fewest} are allowed");
                self.tell("H20", what, records());
            } else if let Some(last) = own.last().filter(|_| lost == 0) {
                // A receive of the source moves it once it is visible again.
                let earliest = self.earliest(last, log, arrival.when.to);
                let so_far = source.receipts.partition_point(|at| {
                    ledger.receipts.get(*at).is_some_and(|receipt| receipt.when.from <= arrival.when.to)
                });
                let end = so_far.checked_sub(1).and_then(|at| source.latest_ends.get(at));
                let moved = end.is_some_and(|end| !self.early(*end, earliest));
                // A standard queue may have had it visible all the time.
                if !moved && (source.fifo || self.oracle.exact) {
                    let what = format!("message {id} is moved while it is invisible");
                    self.tell("H20", what, records());
                }
            }
            if let Some(said) = arrival.attribute(SystemAttribute::DeadLetterQueueSourceArn)
                && said.rsplit(':').next() != Some(source.name)
                && !chained
            {
                let what = format!("message {id} says it came from {said}");
                self.tell("H22", what, records());
            }
            if self.oracle.exact
                && let Some(back) = own.iter().find(|one| self.before(arrival.when.to, one.when.from))
            {
                let what =
                    format!("message {id} is delivered by {} after it was moved to {name}", source.name);
                let record = back.record;
                self.tell("H22", what, records().chain([record]));
            }
        }
        // No more than the policy allows, if it was one all the time.
        if self.oracle.exact
            && let (Some(first), Some(last)) = (own.first(), own.last())
            && let [(target, most)] = source.redrives(sent.when.from, last.when.to).as_slice()
            && source.steady("RedrivePolicy", "", first.when.from, last.when.to).is_some()
            && *target != source.name
            && own.len() as i64 > *most
        {
            let target_exists = ledger
                .queues
                .iter()
                .any(|queue| queue.name == *target && !queue.clearings.iter().any(|clearing| clearing.drop));
            if target_exists {
                let shown = usize::try_from(*most).unwrap_or_default() + 1;
                let what = format!("message {id} is received {shown} times, and {most} are allowed");
                let own = own.iter().take(shown).map(|one| one.record);
                let records: Vec<usize> = own.chain([sent.record]).collect();
                self.tell("H21", what, records);
            }
        }
    }
}
