//! What a person wants to know afterwards.

use crate::ledger::{Capacity, Fault, Incident, Moment, Sample};
use crate::orders::Order;
use crate::prices;
use crate::services::{DEAD_LETTERS, SERVICES};
use crate::table::Used;
use crate::world::{START, Settings, World};
use serde::Serialize;
use sqs_engine::{EventKind, MessageId};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};

/// The result of a run.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    seed: u64,
    orders: usize,
    lines: usize,
    first_day: String,
    last_day: String,
    pub(crate) simulated_seconds: i64,
    calls: usize,
    /// Decisions about permission.
    decisions: u64,
    billed_requests: u64,
    services: Vec<ServiceReport>,
    faults: Vec<FaultReport>,
    pub(crate) partitions: Vec<Partition>,
    /// Orders that came twice and were refused by their condition.
    duplicates: u64,
    /// Orders that were never counted, because the count was throttled.
    uncounted: u64,
    encrypted: usize,
    opened: u64,
    /// The customer with the most orders, and how many the index finds.
    best_customer: (String, usize),
    costs: Vec<Cost>,
    brought_back: BroughtBack,
    dead: Vec<DeadLetter>,
    pub(crate) depths: Vec<Depth>,
}

#[derive(Debug, Serialize)]
struct ServiceReport {
    service: &'static str,
    sent: u64,
    received: u64,
    done: u64,
    failed: u64,
    /// Visibility timeouts that ended before the consumer did.
    timed_out: u64,
    /// Pieces of work that were done more than once.
    done_twice: u64,
    dead: u64,
    /// Milliseconds from sending to deletion.
    median_ms: i64,
    p99_ms: i64,
    longest_ms: i64,
}

/// What went wrong, in the engine's words.
#[derive(Debug, Serialize)]
struct FaultReport {
    what: &'static str,
    times: u64,
    first_at_ms: i64,
    why: String,
}

/// Writes of a partition of the table or its index.
#[derive(Debug, Serialize)]
pub(crate) struct Partition {
    pub(crate) arm: String,
    pub(crate) partition: usize,
    write_units: u64,
    throttled: u64,
    /// When the samples were taken.
    pub(crate) at_ms: Vec<i64>,
    /// Units in each of them.
    pub(crate) over_time: Vec<u64>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Cost {
    pub(crate) what: String,
    pub(crate) quantity: f64,
    pub(crate) dollars: f64,
}

/// What became of the dead letters that were brought back.
#[derive(Debug, Serialize)]
struct BroughtBack {
    messages: u64,
    done: u64,
    died_again: u64,
}

#[derive(Debug, Serialize)]
struct DeadLetter {
    message_id: String,
    /// What it was about.
    key: String,
    timeline: Vec<Line>,
}

#[derive(Debug, Serialize)]
struct Line {
    at_ms: i64,
    queue: String,
    what: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct Depth {
    pub(crate) queue: &'static str,
    pub(crate) at_ms: Vec<i64>,
    pub(crate) waiting: Vec<u64>,
    pub(crate) all: Vec<u64>,
}

impl Report {
    pub(crate) fn new(orders: &[(i64, Order)], settings: Settings, world: &World<'_>) -> Self {
        let ledger = &world.ledger;
        let keys = keys(world);
        let services = SERVICES.iter().map(|service| {
            let lives = || {
                ledger.lives.values().filter(|life| life.first().is_some_and(|m| &*m.queue == service.name))
            };
            let moments = || lives().flatten().filter(|moment| &*moment.queue == service.name);
            let count = |wanted: fn(&EventKind) -> bool| {
                moments().filter(|moment| wanted(&moment.kind)).count() as u64
            };
            let mut waits: Vec<i64> = lives().filter_map(|life| whole_life(life)).collect();
            waits.sort_unstable();
            let percentile = |percent: usize| {
                waits.get((waits.len().saturating_sub(1) * percent).div_ceil(100)).copied().unwrap_or(0)
            };
            ServiceReport {
                service: service.name,
                sent: count(|kind| matches!(kind, EventKind::Sent)),
                received: count(|kind| matches!(kind, EventKind::Received { .. })),
                done: count(|kind| matches!(kind, EventKind::Deleted)),
                failed: ledger.failed.get(service.name).copied().unwrap_or(0),
                timed_out: lives().map(|life| timeouts(life)).sum(),
                done_twice: ledger
                    .worked
                    .iter()
                    .filter(|((name, _), times)| *name == service.name && **times > 1)
                    .count() as u64,
                dead: count(|kind| matches!(kind, EventKind::MovedToDeadLetterQueue { .. })),
                median_ms: percentile(50),
                p99_ms: percentile(99),
                longest_ms: percentile(100),
            }
        });
        // The last thing that happened to the dead.
        let is_dead = |life: &&Vec<Moment>| {
            life.last().is_some_and(|moment| matches!(moment.kind, EventKind::MovedToDeadLetterQueue { .. }))
        };
        let came_back = |life: &&Vec<Moment>| {
            life.first().is_some_and(|moment| matches!(moment.kind, EventKind::Redriven { .. }))
        };
        let back = || ledger.lives.values().filter(came_back);
        let is_done = |life: &&Vec<Moment>| life.iter().any(|moment| moment.kind == EventKind::Deleted);
        let mut dead: Vec<_> = ledger.lives.iter().filter(|(_, life)| is_dead(life)).collect();
        dead.sort_by_key(|(id, life)| (life.first().map(|moment| moment.at), **id));
        let dead = dead.into_iter().map(|(id, life)| DeadLetter {
            message_id: id.to_string(),
            key: keys.get(id).cloned().unwrap_or_default(),
            timeline: timeline(life),
        });
        let end = ledger.samples.last().map_or(START, |sample| sample.at);
        Self {
            seed: settings.seed,
            orders: orders.len(),
            lines: orders.iter().map(|(_, order)| order.lines.len()).sum(),
            first_day: orders.first().map(|(_, order)| order.order_date.clone()).unwrap_or_default(),
            last_day: orders.last().map(|(_, order)| order.order_date.clone()).unwrap_or_default(),
            simulated_seconds: (end - START).as_seconds(),
            calls: world.sqs.count + world.table.dynamo.count + world.vault.kms.count,
            decisions: world.access.borrow().decisions,
            billed_requests: ledger.billed.whole(),
            services: services.collect(),
            faults: faults(world),
            partitions: partitions(world),
            duplicates: world.duplicates,
            uncounted: world.uncounted,
            encrypted: orders.len(),
            opened: world.vault.opened,
            best_customer: world.best_customer.clone(),
            costs: prices::costs(world, end - START),
            brought_back: BroughtBack {
                messages: back().count() as u64,
                done: back().filter(is_done).count() as u64,
                died_again: back().filter(is_dead).count() as u64,
            },
            dead: dead.collect(),
            depths: depths(&ledger.samples),
        }
    }
}

/// What went wrong, in the order in which the report tells it.
fn faults(world: &World<'_>) -> Vec<FaultReport> {
    let fault = |(fault, incident): (&Fault, &Incident)| FaultReport {
        what: match fault {
            Fault::Denied => "a call that the organisation denies",
            Fault::Path => "a way through the network that does not come back",
            Fault::HotKey => "a partition that is asked for more than its share",
            Fault::Context => "a message read under another encryption context",
        },
        times: incident.times,
        first_at_ms: (incident.first - START).as_millis(),
        why: incident.why.clone(),
    };
    world.ledger.incidents.iter().map(fault).collect()
}

/// Writes by arm and partition.
fn partitions(world: &World<'_>) -> Vec<Partition> {
    let partition = |((arm, partition), used): (&(String, usize), &Used)| {
        let of = |sample: &&Capacity| sample.arm == *arm && sample.partition == *partition;
        let times: BTreeSet<_> = world.ledger.capacity.iter().map(|sample| sample.at).collect();
        let at = |time: &_| {
            let mut samples = world.ledger.capacity.iter().filter(of);
            samples.find(|sample| sample.at == *time).map_or(0, |sample| sample.units.whole())
        };
        Partition {
            arm: arm.clone(),
            partition: *partition,
            write_units: used.units.whole(),
            throttled: used.throttled,
            at_ms: times.iter().map(|time| (*time - START).as_millis()).collect(),
            over_time: times.iter().map(at).collect(),
        }
    };
    world.table.in_all.iter().map(partition).collect()
}

/// What each message is about, whatever id a move gave it.
fn keys(world: &World<'_>) -> BTreeMap<MessageId, String> {
    let mut keys = world.keys.clone();
    for (id, life) in &world.ledger.lives {
        for moment in life.iter().skip(1) {
            if let EventKind::Redriven { message_id, .. } = &moment.kind
                && let Some(key) = keys.get(id).cloned()
            {
                keys.insert(*message_id, key);
            }
        }
    }
    keys
}

/// Milliseconds from sending to deletion.
fn whole_life(life: &[Moment]) -> Option<i64> {
    let sent = life.first().filter(|moment| moment.kind == EventKind::Sent)?.at;
    let deleted = life.iter().find(|moment| matches!(moment.kind, EventKind::Deleted))?.at;
    Some((deleted - sent).as_millis())
}

/// How often the message came back although nobody had given it back.
fn timeouts(life: &[Moment]) -> u64 {
    let received_then_visible = |pair: &&[Moment]| {
        matches!(
            pair,
            [Moment { kind: EventKind::Received { .. }, .. }, Moment { kind: EventKind::Visible, .. }]
        )
    };
    life.windows(2).filter(received_then_visible).count() as u64
}

fn timeline(life: &[Moment]) -> Vec<Line> {
    let delayed = life.get(1).is_some_and(|moment| moment.kind == EventKind::Visible);
    let mut lines: Vec<_> = life.iter().map(line).collect();
    if let Some(line) = lines.get_mut(1).filter(|_| delayed) {
        line.what = "delay over".into();
    }
    lines
}

fn line(moment: &Moment) -> Line {
    let what = match &moment.kind {
        EventKind::Sent => "sent".into(),
        EventKind::Received { count } => format!("received, {}", nth(*count)),
        EventKind::Visible => "visible again".into(),
        EventKind::VisibilityChanged => "given back for later".into(),
        EventKind::Deleted => "deleted".into(),
        EventKind::Expired => "expired".into(),
        EventKind::MovedToDeadLetterQueue { target } => format!("moved to {target}"),
        EventKind::Redriven { target, .. } => format!("brought back to {target}"),
        other => format!("{other:?}"),
    };
    Line { at_ms: (moment.at - START).as_millis(), queue: moment.queue.to_string(), what }
}

fn nth(count: u32) -> String {
    match count {
        1 => "1st time".into(),
        2 => "2nd time".into(),
        3 => "3rd time".into(),
        _ => format!("{count}th time"),
    }
}

fn depths(samples: &[Sample]) -> Vec<Depth> {
    let names = SERVICES.iter().map(|service| service.name).chain([DEAD_LETTERS]);
    names
        .map(|queue| {
            let of_queue = || samples.iter().filter(move |sample| sample.queue == queue);
            Depth {
                queue,
                at_ms: of_queue().map(|sample| (sample.at - START).as_millis()).collect(),
                waiting: of_queue().map(|sample| sample.waiting).collect(),
                all: of_queue().map(|sample| sample.all).collect(),
            }
        })
        .collect()
}

/// `h:mm:ss.mmm` since the start.
fn clock(millis: i64) -> String {
    let seconds = millis / 1_000;
    format!("{}:{:02}:{:02}.{:03}", seconds / 3_600, seconds / 60 % 60, seconds % 60, millis % 1_000)
}

/// A row of bars, the highest one the largest value.
fn bars(values: &[u64]) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let most = values.iter().copied().max().unwrap_or(0).max(1);
    let bar = |value: &u64| match *value {
        0 => ' ',
        value => usize::try_from((value * 8).div_ceil(most))
            .ok()
            .and_then(|n| BARS.get(n - 1))
            .copied()
            .unwrap_or('█'),
    };
    values.iter().map(bar).collect()
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { orders, lines, first_day, last_day, seed, .. } = self;
        writeln!(f, "{orders} orders with {lines} lines, {first_day} to {last_day}, seed {seed}")?;
        writeln!(
            f,
            "{} simulated, {} calls, {} decisions about permission, {} queue requests as billed\n",
            clock(self.simulated_seconds * 1_000),
            self.calls,
            self.decisions,
            self.billed_requests
        )?;
        writeln!(
            f,
            "{:<10} {:>6} {:>9} {:>6} {:>7} {:>10} {:>6} {:>5}   time from sent to done",
            "service", "sent", "received", "done", "failed", "timed out", "twice", "dead"
        )?;
        for s in &self.services {
            writeln!(
                f,
                "{:<10} {:>6} {:>9} {:>6} {:>7} {:>10} {:>6} {:>5}   median {}  p99 {}  longest {}",
                s.service,
                s.sent,
                s.received,
                s.done,
                s.failed,
                s.timed_out,
                s.done_twice,
                s.dead,
                clock(s.median_ms),
                clock(s.p99_ms),
                clock(s.longest_ms),
            )?;
        }
        writeln!(f, "\nMessages in each queue over time, each row to its own scale")?;
        for depth in &self.depths {
            let most = depth.all.iter().copied().max().unwrap_or(0);
            writeln!(f, "{:<13} at most {most:>4} |{}|", depth.queue, bars(&depth.all))?;
        }
        self.write_table(f)?;
        self.write_faults(f)?;
        let BroughtBack { messages, done, died_again } = self.brought_back;
        writeln!(
            f,
            "\n{messages} dead letters brought back once the consumers were mended: {done} done, {died_again} dead again"
        )?;
        writeln!(f, "\n{} dead letters in the end, and how they died", self.dead.len())?;
        for dead in &self.dead {
            writeln!(f, "\n{}  {}", dead.message_id, dead.key)?;
            let mut text = String::new();
            for line in &dead.timeline {
                writeln!(text, "  {:>13}  {:<10} {}", clock(line.at_ms), line.queue, line.what)?;
            }
            f.write_str(&text)?;
        }
        Ok(())
    }
}

impl Report {
    fn write_table(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { duplicates, uncounted, encrypted, opened, .. } = self;
        writeln!(
            f,
            "\n{encrypted} orders encrypted, {opened} times opened; {duplicates} duplicates refused, {uncounted} orders not counted"
        )?;
        let (customer, found) = &self.best_customer;
        writeln!(f, "the index by customer finds {found} orders of {customer}, who has the most")?;
        writeln!(f, "\nWrite units of each partition over time, each row to its own scale")?;
        for Partition { arm, partition, write_units, throttled, over_time, .. } in &self.partitions {
            let bars = bars(over_time);
            writeln!(f, "{arm:<11} {partition} {write_units:>6} units {throttled:>5} throttled |{bars}|")?;
        }
        writeln!(f, "\nWhat it would cost")?;
        for Cost { what, quantity, dollars } in &self.costs {
            writeln!(f, "{what:<44} {quantity:>12.3}  ${dollars:.6}")?;
        }
        let dollars: f64 = self.costs.iter().map(|cost| cost.dollars).sum();
        writeln!(f, "{:<44} {:>12}  ${dollars:.6}", "in all", "")
    }

    fn write_faults(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\nWhat went wrong, and why")?;
        for FaultReport { what, times, first_at_ms, why } in &self.faults {
            writeln!(f, "\n{what}: {times} times, first at {}", clock(*first_at_ms))?;
            for line in why.lines() {
                writeln!(f, "  {line}")?;
            }
        }
        if self.faults.is_empty() {
            writeln!(f, "nothing")?;
        }
        Ok(())
    }
}
