//! What holds for message move tasks, as lists of them show it.

use super::Judge;
use super::ledger::During;
use super::observe::SeenTask;
use alloc::collections::BTreeMap;
use alloc::format;

/// Of a task in each of its states, the look that was over first.
type States<'h> = BTreeMap<&'h str, (During, usize)>;

/// A list of a queue's tasks.
#[derive(Debug)]
pub(super) struct Look<'h> {
    pub(super) record: usize,
    pub(super) queue: usize,
    pub(super) when: During,
    pub(super) tasks: &'h [SeenTask],
}

/// Whether a task that was seen in the one state may be in the other later.
fn may_follow(state: &str, later: &str) -> bool {
    state == later || state == "RUNNING" || (state == "CANCELLING" && later != "RUNNING")
}

impl<'h> Judge<'_, 'h> {
    /// One active at a time, no faster than asked for, and over for good.
    /// `[SQS-H23]`
    pub(super) fn tasks(&mut self) {
        let ledger = self.ledger;
        let mut seen: BTreeMap<(usize, i64), States<'h>> = BTreeMap::new();
        for look in &ledger.looks {
            let name = ledger.queues.get(look.queue).map_or("", |queue| queue.name);
            let active = look.tasks.iter().filter(|task| task.is_active()).count();
            if active > 1 {
                self.tell("H23", format!("{name} has {active} active tasks at once"), [look.record]);
            }
            for task in look.tasks {
                self.pace(task, look, name);
                let state = task.status.as_str();
                if !SeenTask::STATES.contains(&state) {
                    let what = format!("a task of {name} is {state}, which is no state of a task");
                    self.tell("H23", what, [look.record]);
                    continue;
                }
                // Tasks that began in the same millisecond look alike.
                let same = |other: &&SeenTask| other.started_timestamp == task.started_timestamp;
                if look.tasks.iter().filter(same).count() > 1 {
                    continue;
                }
                let states = seen.entry((look.queue, task.started_timestamp)).or_default();
                let broken = states.iter().find(|(earlier, (when, _))| {
                    self.before(when.to, look.when.from) && !may_follow(earlier, state)
                });
                let broken = broken.map(|(earlier, (_, record))| (*earlier, *record));
                let first = states.entry(state).or_insert((look.when, look.record));
                if look.when.to < first.0.to {
                    *first = (look.when, look.record);
                }
                if let Some((earlier, record)) = broken {
                    let what = format!("a task of {name} is {state} after it was {earlier}");
                    self.tell("H23", what, [record, look.record]);
                }
            }
        }
    }

    /// The first message moves at once. Times are whole milliseconds, so that
    /// one more may have passed.
    fn pace(&mut self, task: &SeenTask, look: &Look<'_>, name: &str) {
        let Some(rate) = task.max_number_of_messages_per_second else { return };
        let began = task.started_timestamp.saturating_sub(self.oracle.skew);
        let lasting = look.when.to.0.saturating_sub(began).max(0).unsigned_abs();
        let most = u128::from(rate) * (u128::from(lasting) + 1) / 1_000 + 1;
        let moved = task.approximate_number_of_messages_moved;
        if u128::from(moved) > most {
            let what = format!(
                "a task of {name} has moved {moved} messages in {lasting} ms, and {rate} a second are allowed"
            );
            self.tell("H23", what, [look.record]);
        }
    }
}
