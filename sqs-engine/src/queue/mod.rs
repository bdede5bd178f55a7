//! One queue: its messages, and who may receive which when.
//!
//! A message lies in a slot. Three orders run over the slots: visible
//! messages by the time they became visible, invisible ones by the time they
//! will be, and all of them by age. Each is a [`TimeOrder`], so no call looks
//! at messages it does not touch.

pub(crate) mod attributes;
pub(crate) mod fair;
pub(crate) mod fifo;
pub(crate) mod memory;
pub(crate) mod message;
mod order;
pub(crate) mod throughput;

use crate::delivery::Luck;
use crate::receipt::{Receipt, SealKey};
use crate::{Event, EventKind, FairQueues};
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use attributes::Attributes;
use aws_core::{Sink, Span, Timestamp};
use fair::{Facts, Noise, Tenants};
use fifo::Fifo;
use memory::{Attempt, Memory};
use message::{Content, State, Stored};
use order::{Key, TimeOrder};
use serde::{Deserialize, Serialize};
use throughput::Throughput;

/// A queue with its messages.
#[derive(Debug)]
pub(crate) struct Queue {
    pub(crate) name: Arc<str>,
    pub(crate) arn: Arc<str>,
    pub(crate) url: Arc<str>,
    pub(crate) attributes: Attributes,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) created_at: Timestamp,
    pub(crate) modified_at: Timestamp,
    pub(crate) purged_at: Option<Timestamp>,
    /// The queue's place in the engine, and which of all that had it.
    pub(crate) place: u32,
    pub(crate) incarnation: u64,
    pub(crate) seal: SealKey,
    slots: Vec<Option<Stored>>,
    free: Vec<u32>,
    next_sequence: u64,
    visible: TimeOrder,
    invisible: TimeOrder,
    by_age: TimeOrder,
    delayed: usize,
    /// Only on FIFO queues.
    pub(crate) fifo: Option<Box<Fifo>>,
    /// Only on standard queues whose messages have groups; their visible
    /// messages stand there.
    tenants: Option<Box<Tenants>>,
    /// Only on FIFO queues whose quotas are modelled.
    pub(crate) throughput: Option<Box<Throughput>>,
    /// What the counts were when they were last published, if that is done
    /// now and then only.
    published: Option<Published>,
}

/// What a queue is made with.
pub(crate) struct NewQueue {
    pub(crate) name: Arc<str>,
    pub(crate) arn: Arc<str>,
    pub(crate) url: Arc<str>,
    pub(crate) attributes: Attributes,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) at: Timestamp,
    pub(crate) place: u32,
    pub(crate) incarnation: u64,
    pub(crate) seal: SealKey,
}

/// How many messages stand where. `[SQS-11.1]`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Counts {
    pub(crate) visible: usize,
    pub(crate) in_flight: usize,
    pub(crate) delayed: usize,
}

/// The counts as of a multiple of the lag. `[SQS-11.1]`
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Published {
    /// Which multiple.
    period: i64,
    counts: Counts,
}

/// What a receive asks of a queue.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Take {
    pub(crate) at: Timestamp,
    /// How many messages at most.
    pub(crate) most: usize,
    pub(crate) visibility: Span,
    pub(crate) in_flight_max: usize,
    /// Deliveries after which a message goes to the dead-letter queue
    /// instead; `None` if there is no such queue.
    pub(crate) deliveries_max: Option<u32>,
    pub(crate) fair: Option<FairQueues>,
}

/// What a receive took out of a queue.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    /// Slots of the delivered messages, in order, with their receipts.
    pub(crate) delivered: Vec<(u32, Receipt)>,
    /// Messages on their way to the dead-letter queue, in order, with the
    /// time their retention counts from.
    pub(crate) departed: Vec<(Content, Timestamp)>,
}

/// What a receipt's message is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Held {
    /// Deleted, expired, purged or moved.
    Gone,
    /// The receipt is the latest one.
    Latest,
    /// The message was received again since.
    Older,
}

impl Queue {
    pub(crate) fn new(new: NewQueue) -> Self {
        let fifo = new.attributes.fifo.is_some().then(|| Box::new(Fifo::new(new.seal)));
        Self {
            fifo,
            name: new.name,
            arn: new.arn,
            url: new.url,
            attributes: new.attributes,
            tags: new.tags,
            created_at: new.at,
            modified_at: new.at,
            purged_at: None,
            place: new.place,
            incarnation: new.incarnation,
            seal: new.seal,
            slots: Vec::new(),
            free: Vec::new(),
            next_sequence: 0,
            visible: TimeOrder::default(),
            invisible: TimeOrder::default(),
            by_age: TimeOrder::default(),
            delayed: 0,
            tenants: None,
            throughput: None,
            published: None,
        }
    }

    /// Publishes the counts if a multiple of the lag has passed since the last
    /// change. To be called before each change.
    pub(crate) fn publish(&mut self, at: Timestamp, lag: Span) {
        if lag > Span::ZERO {
            self.published = self.seen(at, lag);
        }
    }

    fn seen(&self, at: Timestamp, lag: Span) -> Option<Published> {
        let period = at.as_millis().div_euclid(lag.as_millis().max(1));
        let last = self.published.filter(|published| published.period == period);
        Some(last.unwrap_or_else(|| Published { period, counts: self.counts() }))
    }

    /// The counts that a caller gets to see: as of the last multiple of the
    /// lag.
    pub(crate) fn published_counts(&self, at: Timestamp, lag: Span) -> Counts {
        let seen = if lag > Span::ZERO { self.seen(at, lag) } else { None };
        seen.map_or_else(|| self.counts(), |seen| seen.counts)
    }

    /// What waits behind a message in flight counts as visible. [SQS-10.11]
    pub(crate) fn counts(&self) -> Counts {
        Counts {
            visible: self.visible.len() + self.tenants.as_ref().map_or(0, |tenants| tenants.visible()),
            in_flight: self.invisible.len().saturating_sub(self.delayed),
            delayed: self.delayed,
        }
    }

    /// How many messages it ever accepted.
    pub(crate) fn accepted(&self) -> u64 {
        self.next_sequence
    }

    pub(crate) fn get(&self, slot: u32) -> Option<&Stored> {
        self.slots.get(slot as usize).and_then(Option::as_ref)
    }

    fn get_mut(&mut self, slot: u32) -> Option<&mut Stored> {
        self.slots.get_mut(slot as usize).and_then(Option::as_mut)
    }

    fn retention(&self) -> Span {
        Span::from_seconds(i64::from(self.attributes.retention_seconds))
    }

    /// Accepts a message. [SQS-7.3]
    pub(crate) fn insert(&mut self, content: Content, at: Timestamp, retained_from: Timestamp, delay: Span) {
        let state = if delay > Span::ZERO {
            self.delayed += 1;
            State::Delayed { until: at + delay }
        } else {
            State::Visible { since: at }
        };
        let sequence = self.next_sequence;
        self.next_sequence += 1;
        let stored = Stored { content, sequence, retained_from, deliveries: 0, received_at: at, state };
        let (age_key, state_key) = (stored.age_key(), stored.state_key());
        let slot = if let Some(slot) = self.free.pop() {
            if let Some(place) = self.slots.get_mut(slot as usize) {
                *place = Some(stored);
            }
            slot
        } else {
            self.slots.push(Some(stored));
            u32::try_from(self.slots.len() - 1).unwrap_or(u32::MAX)
        };
        self.by_age.insert(slot, age_key);
        self.enter(slot, sequence, at);
        self.stand(slot, state, state_key);
        self.refresh_group(slot);
    }

    /// Tells the groups or tenants of a new message.
    fn enter(&mut self, slot: u32, sequence: u64, at: Timestamp) {
        let Some(stored) = self.slots.get_mut(slot as usize).and_then(Option::as_mut) else { return };
        let group = stored.content.group();
        let shared = match &mut self.fifo {
            Some(fifo) => fifo.join(&group, sequence, slot),
            None if group.is_empty() => return,
            None => self.tenants.get_or_insert_default().join(&group, slot, at),
        };
        stored.content.extras_mut().group_id = Some(shared);
    }

    /// Sees whether a slot's group can be received from.
    fn refresh_group(&mut self, slot: u32) {
        let Self { fifo: Some(fifo), slots, .. } = self else { return };
        fifo.refresh(slot, |slot| slots.get(slot as usize).and_then(Option::as_ref)?.visible_key());
    }

    /// Puts a slot into the order of its state.
    fn stand(&mut self, slot: u32, state: State, key: Key) {
        let tenant = self.tenants.as_mut().and_then(|tenants| Some((tenants.of(slot)?, tenants)));
        match (state, tenant) {
            (State::Visible { .. }, None) => self.visible.insert(slot, key),
            (State::Visible { .. }, Some((tenant, tenants))) => tenants.show(tenant, slot, key),
            (State::Delayed { .. }, _) | (State::InFlight { .. }, None) => self.invisible.insert(slot, key),
            (State::InFlight { .. }, Some((tenant, tenants))) => {
                self.invisible.insert(slot, key);
                tenants.fly(tenant, true);
            }
        }
    }

    /// Takes the slot out of the order that its state is in.
    fn detach(&mut self, slot: u32) {
        let Self { slots, visible, invisible, delayed, tenants, .. } = self;
        let stored = |slot: u32| slots.get(slot as usize).and_then(Option::as_ref);
        let Some(message) = stored(slot) else { return };
        let key = message.state_key();
        let tenant = tenants.as_mut().and_then(|tenants| Some((tenants.of(slot)?, tenants)));
        let order = match (message.state, tenant) {
            (State::Visible { .. }, Some((tenant, tenants))) => return tenants.hide(tenant, slot, key),
            (State::Visible { .. }, None) => visible,
            (State::InFlight { .. }, tenant) => {
                if let Some((tenant, tenants)) = tenant {
                    tenants.fly(tenant, false);
                }
                invisible
            }
            (State::Delayed { .. }, _) => {
                *delayed -= 1;
                invisible
            }
        };
        order.remove(slot, key, |slot| stored(slot).map_or((Timestamp::MAX, 0), Stored::state_key));
    }

    /// Gives a detached slot its new state.
    fn attach(&mut self, slot: u32, state: State) {
        let Some(stored) = self.get_mut(slot) else { return };
        stored.state = state;
        let key = stored.state_key();
        self.delayed += usize::from(matches!(state, State::Delayed { .. }));
        self.stand(slot, state, key);
        self.refresh_group(slot);
    }

    /// Takes the message out of the queue.
    pub(crate) fn take(&mut self, slot: u32) -> Option<Stored> {
        self.detach(slot);
        let age_key = self.get(slot)?.age_key();
        let slots = &self.slots;
        self.by_age.remove(slot, age_key, |slot| {
            slots.get(slot as usize).and_then(Option::as_ref).map_or((Timestamp::MAX, 0), Stored::age_key)
        });
        let stored = self.slots.get_mut(slot as usize).and_then(Option::take);
        self.free.push(slot);
        if let Some(tenants) = &mut self.tenants {
            tenants.leave(slot);
        }
        if let (Some(fifo), Some(stored)) = (&mut self.fifo, &stored) {
            let slots = &self.slots;
            fifo.leave(slot, stored.sequence, |slot| {
                slots.get(slot as usize).and_then(Option::as_ref)?.visible_key()
            });
        }
        stored
    }

    /// The first message that a receive would look at.
    pub(crate) fn first(&self) -> Option<u32> {
        match &self.fifo {
            Some(fifo) => fifo.eligible().next()?.next(),
            None => {
                let first = self.visible.first();
                match &self.tenants {
                    Some(tenants) => tenants.first(first),
                    None => first.map(|(_, slot)| slot),
                }
            }
        }
    }

    /// Delivers what can be delivered, the longest visible first, [SQS-8.4],
    /// but for noisy tenants, [SQS-10A.3].
    pub(crate) fn receive(&mut self, take: Take, mut luck: Option<Luck>) -> Taken {
        let mut taken = Taken::default();
        let mut overlooked = Vec::new();
        let room = take.in_flight_max.saturating_sub(self.counts().in_flight).min(take.most);
        if self.fifo.is_some() {
            self.receive_in_groups(take, room, &mut taken);
            return taken;
        }
        let in_flight = self.counts().in_flight;
        if let (Some(tenants), Some(fair)) = (&mut self.tenants, take.fair) {
            tenants.judge(fair, in_flight, take.at);
        }
        while taken.delivered.len() < room {
            let Some(slot) = self.first() else { break };
            if luck.as_mut().is_some_and(Luck::overlooks) {
                self.detach(slot);
                overlooked.push(slot);
                continue;
            }
            let Some(deliveries) = self.get(slot).map(|stored| stored.deliveries) else { break };
            // [SQS-9.3] The move happens at the receive that would exceed
            // the limit; the receive goes on with other messages.
            if take.deliveries_max.is_some_and(|max| deliveries >= max) {
                if let Some(stored) = self.take(slot) {
                    taken.departed.push((stored.content, stored.retained_from));
                }
                continue;
            }
            self.detach(slot);
            let Some(receipt) = self.deliver(slot, take.at) else { break };
            taken.delivered.push((slot, receipt));
        }
        // Only now do they get their new states: with a visibility timeout of
        // zero a message would otherwise be picked again. [SQS-8.7]
        for (slot, _) in &taken.delivered {
            let duplicates = luck.as_mut().is_some_and(Luck::duplicates);
            let visibility = if duplicates { Span::ZERO } else { take.visibility };
            self.attach(*slot, invisible_for(take.at, visibility));
        }
        for slot in overlooked {
            if let Some(state) = self.get(slot).map(|stored| stored.state) {
                self.attach(slot, state);
            }
        }
        taken
    }

    /// Counts a delivery. [SQS-8.7]
    fn deliver(&mut self, slot: u32, at: Timestamp) -> Option<Receipt> {
        let (queue, incarnation) = (self.place, self.incarnation);
        let stored = self.get_mut(slot)?;
        stored.deliveries = stored.deliveries.saturating_add(1);
        stored.received_at = at;
        stored.content.receive_count = stored.content.receive_count.saturating_add(1);
        stored.content.first_received_at.get_or_insert(at);
        Some(Receipt { queue, incarnation, slot, sequence: stored.sequence, delivery: stored.deliveries })
    }

    /// From each group whose first message is visible as many as follow it
    /// visibly, the group that waits longest first. [SQS-8.3] [SQS-10.6]
    /// The throughput settings change none of this, [SQS-10.7], and no
    /// message is in one answer twice, [SQS-10.10].
    fn receive_in_groups(&mut self, take: Take, room: usize, taken: &mut Taken) {
        let mut plan = Vec::new();
        let mut left = room;
        let Some(fifo) = &self.fifo else { return };
        'groups: for group in fifo.eligible() {
            for slot in group {
                if left == 0 {
                    break 'groups;
                }
                let Some(stored) = self.get(slot) else { break };
                if stored.visible_key().is_none() {
                    break;
                }
                // [SQS-9.3] A dead letter leaves at its turn, and what stands
                // behind it is next.
                let dead = take.deliveries_max.is_some_and(|max| stored.deliveries >= max);
                left -= usize::from(!dead);
                plan.push((slot, dead));
            }
        }
        for (slot, dead) in plan {
            if dead {
                // [SQS-9.5b] On FIFO queues retention begins anew.
                taken.departed.extend(self.take(slot).map(|stored| (stored.content, take.at)));
            } else if let Some(receipt) = self.deliver(slot, take.at) {
                self.detach(slot);
                self.attach(slot, invisible_for(take.at, take.visibility));
                taken.delivered.push((slot, receipt));
            }
        }
    }

    /// What an earlier attempt of this id delivered, made invisible anew; if
    /// nothing happened to it since. [SQS-8.9]
    pub(crate) fn repeat(&mut self, id: &str, take: Take) -> Option<Vec<(u32, Receipt)>> {
        let attempt = self.fifo.as_ref()?.memory.attempt(id, take.at)?;
        let same = attempt.most == take.most && attempt.visibility == take.visibility;
        let untouched = |receipt: &Receipt| {
            let until = self.get(receipt.slot).map(|stored| stored.state);
            self.held(*receipt) == Held::Latest && until == Some(State::InFlight { until: attempt.until })
        };
        if !same || attempt.receipts.is_empty() || !attempt.receipts.iter().all(untouched) {
            return None;
        }
        let receipts = attempt.receipts.clone();
        for receipt in &receipts {
            self.change_visibility(receipt.slot, take.at, take.visibility);
        }
        self.fifo.as_mut()?.memory.repeated(id, take.at + take.visibility);
        Some(receipts.into_iter().map(|receipt| (receipt.slot, receipt)).collect())
    }

    /// Remembers what an attempt delivered. [SQS-8.9]
    pub(crate) fn remember(&mut self, id: &str, take: Take, taken: &Taken) {
        let receipts = taken.delivered.iter().map(|(_, receipt)| *receipt).collect();
        let Take { at, most, visibility, .. } = take;
        if let Some(fifo) = &mut self.fifo {
            fifo.memory.attempted(id, Attempt { at, most, visibility, until: at + visibility, receipts });
        }
    }

    /// Applies the queue's delay, which was just changed, to the messages of
    /// a FIFO queue that nobody has received. [SQS-2.0b]
    pub(crate) fn redelay(&mut self, now: Timestamp) {
        if self.fifo.is_none() {
            return;
        }
        let delay = Span::from_seconds(i64::from(self.attributes.delay_seconds));
        let fresh = |(slot, stored): (u32, &Option<Stored>)| {
            let stored = stored.as_ref().filter(|stored| stored.content.receive_count == 0)?;
            Some((slot, stored.content.sent_at + delay))
        };
        let fresh: Vec<_> = (0..).zip(&self.slots).filter_map(fresh).collect();
        for (slot, visible) in fresh {
            self.detach(slot);
            let later = visible > now;
            self.attach(
                slot,
                if later { State::Delayed { until: visible } } else { State::Visible { since: visible } },
            );
        }
    }

    /// What has become of a receipt's message. [SQS-8A.2]
    pub(crate) fn held(&self, receipt: Receipt) -> Held {
        match self.get(receipt.slot) {
            Some(stored) if stored.sequence == receipt.sequence => {
                if stored.deliveries == receipt.delivery {
                    Held::Latest
                } else {
                    Held::Older
                }
            }
            _ => Held::Gone,
        }
    }

    /// Changes until when a message in flight stays invisible. [SQS-8A.3]
    pub(crate) fn change_visibility(&mut self, slot: u32, at: Timestamp, visibility: Span) {
        self.detach(slot);
        self.attach(slot, invisible_for(at, visibility));
    }

    /// Throws all messages away and says how many there were. [SQS-3.6]
    pub(crate) fn purge(&mut self) -> u64 {
        let count = self.by_age.len() as u64;
        self.slots.clear();
        self.free.clear();
        self.visible.clear();
        self.invisible.clear();
        self.by_age.clear();
        self.delayed = 0;
        self.tenants = None;
        if let Some(fifo) = &mut self.fifo {
            fifo.clear();
        }
        count
    }

    /// When the first of its timers fires.
    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        let visible = self.invisible.first().map(|((at, _), _)| at);
        let expired = self.by_age.first().map(|((from, _), _)| from + self.retention());
        match (visible, expired) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        }
    }

    /// Fires all timers that are due at the earliest deadline, if that is
    /// not after `now`. Says whether there was one.
    pub(crate) fn fire<S: Sink<Event>>(&mut self, now: Timestamp, sink: &mut S) -> bool {
        let Some(at) = self.next_deadline().filter(|at| *at <= now) else { return false };
        // [SQS-11.2] A message that expires now does not become visible.
        while let Some(((from, _), slot)) = self.by_age.first()
            && from + self.retention() <= at
        {
            let Some(stored) = self.take(slot) else { break };
            sink.event(from + self.retention(), || self.event(&stored.content, EventKind::Expired));
        }
        while let Some(((until, _), slot)) = self.invisible.first()
            && until <= at
        {
            // [SQS-12.0] Deadlines are inclusive: visible at `until` itself.
            self.detach(slot);
            self.attach(slot, State::Visible { since: until });
            if let Some(stored) = self.get(slot) {
                sink.event(until, || self.event(&stored.content, EventKind::Visible));
            }
        }
        true
    }

    /// What CloudWatch counts of noisy groups. [SQS-10A.5]
    pub(crate) fn noise(&self) -> Noise {
        self.tenants.as_ref().map(|tenants| tenants.noise()).unwrap_or_default()
    }

    /// Since when the oldest message counts its age; only of quiet groups if
    /// asked so.
    pub(crate) fn oldest(&self, quiet: bool) -> Option<Timestamp> {
        let noisy = |tenants: &&Tenants| quiet && tenants.noise().groups > 0;
        let Some(tenants) = self.tenants.as_deref().filter(noisy) else {
            return self.by_age.first().map(|((from, _), _)| from);
        };
        let kept = (0_u32..).zip(&self.slots).filter_map(|(slot, stored)| Some((slot, stored.as_ref()?)));
        kept.filter(|(slot, _)| !tenants.is_noisy(*slot)).map(|(_, stored)| stored.retained_from).min()
    }

    /// An event about one of its messages.
    pub(crate) fn event(&self, content: &Content, kind: EventKind) -> Event {
        Event { queue: self.name.clone(), message_id: Some(content.id), kind }
    }

    /// Checks every invariant.
    pub(crate) fn verify(&self) -> Result<(), String> {
        let stored = || self.slots.iter().flatten();
        let count = |state: fn(&State) -> bool| stored().filter(|stored| state(&stored.state)).count();
        let delayed = count(|state| matches!(state, State::Delayed { .. }));
        let in_flight = count(|state| matches!(state, State::InFlight { .. }));
        let visible = count(|state| matches!(state, State::Visible { .. }));
        let expected = Counts { visible, in_flight, delayed };
        if self.counts() != expected {
            return Err(format!("queue {} counts {:?}, holds {expected:?}", self.name, self.counts()));
        }
        if self.by_age.len() != visible + in_flight + delayed {
            return Err(format!("queue {} has {} ages", self.name, self.by_age.len()));
        }
        let free: BTreeSet<_> = self.free.iter().collect();
        let unused = |slot: &&u32| matches!(self.slots.get(**slot as usize), Some(None));
        if free.len() != self.free.len() || free.len() + self.by_age.len() != self.slots.len() {
            return Err(format!("queue {} has lost a slot", self.name));
        }
        if !free.iter().all(unused) {
            return Err(format!("queue {} has a slot that is used and free", self.name));
        }
        let first = |order: &TimeOrder, invisible: bool| {
            let expected = stored()
                .filter(|stored| matches!(stored.state, State::Visible { .. }) != invisible)
                .map(Stored::state_key)
                .min();
            order.first().map(|(key, _)| key) == expected
        };
        if self.tenants.is_none() && !first(&self.visible, false) || !first(&self.invisible, true) {
            return Err(format!("queue {} has the wrong first message", self.name));
        }
        if self.by_age.first().map(|(key, _)| key) != stored().map(Stored::age_key).min() {
            return Err(format!("queue {} has the wrong oldest message", self.name));
        }
        if let Some(fifo) = &self.fifo {
            fifo.verify(self.by_age.len(), |slot| {
                let stored = self.get(slot)?;
                Some((stored.sequence, String::from(&*stored.content.group()), stored.visible_key()))
            })
            .map_err(|fault| format!("queue {}: {fault}", self.name))?;
        }
        if let Some(tenants) = &self.tenants {
            let with_slot =
                (0_u32..).zip(&self.slots).filter_map(|(slot, stored)| Some((slot, stored.as_ref()?)));
            let tenanted = with_slot.filter_map(|(slot, stored)| {
                let name = stored.content.extras().group_id.as_deref()?;
                let in_flight = matches!(stored.state, State::InFlight { .. });
                Some((slot, name, stored.visible_key(), in_flight))
            });
            tenants.verify(tenanted).map_err(|fault| format!("queue {}: {fault}", self.name))?;
        }
        if self.fifo.is_some() != self.attributes.fifo.is_some() {
            return Err(format!("queue {} has two types", self.name));
        }
        if stored().any(|stored| stored.sequence >= self.next_sequence) {
            return Err(format!("queue {} holds a message from the future", self.name));
        }
        Ok(())
    }

    /// The queue as data.
    pub(crate) fn save(&self, now: Timestamp, lag: Span) -> SavedQueue {
        SavedQueue {
            name: self.name.clone(),
            attributes: self.attributes.clone(),
            tags: self.tags.clone(),
            created_at: self.created_at,
            modified_at: self.modified_at,
            purged_at: self.purged_at,
            place: self.place,
            incarnation: self.incarnation,
            seal: self.seal,
            slots: self.slots.clone(),
            free: self.free.clone(),
            next_sequence: self.next_sequence,
            memory: self.fifo.as_ref().map(|fifo| fifo.memory.clone()),
            tenants: self.tenants.as_ref().map(|tenants| tenants.facts()).unwrap_or_default(),
            throughput: self.throughput.clone(),
            published: (lag > Span::ZERO).then(|| self.seen(now, lag)).flatten(),
        }
    }

    /// A queue from its data; the caller verifies it.
    pub(crate) fn load(saved: SavedQueue, arn: Arc<str>, url: Arc<str>) -> Self {
        let mut queue = Self::new(NewQueue {
            name: saved.name,
            arn,
            url,
            attributes: saved.attributes,
            tags: saved.tags,
            at: saved.created_at,
            place: saved.place,
            incarnation: saved.incarnation,
            seal: saved.seal,
        });
        queue.modified_at = saved.modified_at;
        queue.purged_at = saved.purged_at;
        queue.throughput = saved.throughput;
        queue.published = saved.published;
        queue.free = saved.free;
        queue.next_sequence = saved.next_sequence;
        let keys: Vec<_> = (0_u32..)
            .zip(&saved.slots)
            .filter_map(|(slot, stored)| stored.as_ref().map(|stored| (slot, stored)))
            .map(|(slot, stored)| (slot, stored.age_key(), stored.state, stored.state_key()))
            .collect();
        queue.slots = saved.slots;
        // In order of their keys, so that they all find room in the lanes.
        let mut by_age: Vec<_> = keys.iter().map(|(slot, age, ..)| (*age, *slot)).collect();
        by_age.sort_unstable();
        by_age.into_iter().for_each(|(key, slot)| queue.by_age.insert(slot, key));
        if let Some(fifo) = &mut queue.fifo {
            fifo.memory = saved.memory.unwrap_or_default();
        }
        let mut members: Vec<_> = (0_u32..)
            .zip(&queue.slots)
            .filter_map(|(slot, stored)| Some((stored.as_ref()?.sequence, slot)))
            .collect();
        members.sort_unstable();
        for (sequence, slot) in members {
            queue.enter(slot, sequence, saved.created_at);
        }
        let mut by_state: Vec<_> = keys.into_iter().map(|(slot, _, state, key)| (key, slot, state)).collect();
        by_state.sort_unstable_by_key(|(key, slot, _)| (*key, *slot));
        for (key, slot, state) in by_state {
            queue.delayed += usize::from(matches!(state, State::Delayed { .. }));
            queue.stand(slot, state, key);
            queue.refresh_group(slot);
        }
        if let Some(tenants) = &mut queue.tenants {
            tenants.recall(&saved.tenants);
        }
        queue
    }
}

/// In flight, or visible at once if for no time at all. [SQS-8A.3]
fn invisible_for(at: Timestamp, visibility: Span) -> State {
    if visibility > Span::ZERO {
        State::InFlight { until: at + visibility }
    } else {
        State::Visible { since: at }
    }
}

/// A queue as data. Slots are kept as they are, because receipt handles name
/// them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SavedQueue {
    pub(crate) name: Arc<str>,
    attributes: Attributes,
    tags: BTreeMap<String, String>,
    created_at: Timestamp,
    modified_at: Timestamp,
    purged_at: Option<Timestamp>,
    pub(crate) place: u32,
    pub(crate) incarnation: u64,
    seal: SealKey,
    slots: Vec<Option<Stored>>,
    free: Vec<u32>,
    next_sequence: u64,
    /// Only of FIFO queues.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    memory: Option<Memory>,
    /// Only of standard queues whose messages have groups.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    tenants: BTreeMap<Arc<str>, Facts>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    throughput: Option<Box<Throughput>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    published: Option<Published>,
}
