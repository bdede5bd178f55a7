//! Fair queues: whose turn it is when the senders of a standard queue name
//! their tenants.
//!
//! `[SQS-10A.1]` A message's group is its tenant. A tenant that takes too much
//! of the consumers' attention is noisy, and the others' messages come first.

use super::order::Key;
use crate::FairQueues;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use aws_core::Timestamp;
use serde::{Deserialize, Serialize};

/// The tenants that have messages in a standard queue. Every operation is a
/// logarithm of their number and of their messages'.
#[derive(Debug, Default)]
pub(crate) struct Tenants {
    names: BTreeMap<Arc<str>, u32>,
    tenants: Vec<Tenant>,
    free: Vec<u32>,
    /// The tenant of each slot's message.
    tenant_of: Vec<u32>,
    /// Those with visible messages: the quiet by their first message, the
    /// noisy by what they have in flight and then by their first message.
    /// `[SQS-10A.3]`
    quiet: BTreeSet<(Key, u32)>,
    noisy: BTreeSet<(usize, Key, u32)>,
    /// Those with messages in flight, by how many.
    busy: BTreeSet<(usize, u32)>,
    /// The noisy by when they last sent.
    silent_since: BTreeSet<(Timestamp, u32)>,
    visible: usize,
}

/// No tenant's place.
const NONE: u32 = u32::MAX;

#[derive(Debug, Default)]
struct Tenant {
    name: Arc<str>,
    messages: usize,
    visible: BTreeSet<(Key, u32)>,
    in_flight: usize,
    facts: Facts,
}

/// What no message tells about a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Facts {
    sent_at: Timestamp,
    noisy: bool,
}

/// What CloudWatch counts of groups. `[SQS-10A.5]`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Noise {
    pub(crate) groups: usize,
    pub(crate) visible: usize,
    pub(crate) in_flight: usize,
    pub(crate) delayed: usize,
}

impl Tenants {
    /// How many visible messages have a tenant.
    pub(crate) fn visible(&self) -> usize {
        self.visible
    }

    /// The place of the tenant of a slot's message, if it has one.
    pub(crate) fn of(&self, slot: u32) -> Option<u32> {
        self.tenant_of.get(slot as usize).copied().filter(|tenant| *tenant != NONE)
    }

    /// Adds a message that is nowhere yet, and answers its tenant's name, of
    /// which all its messages share one copy.
    pub(crate) fn join(&mut self, name: &Arc<str>, slot: u32, at: Timestamp) -> Arc<str> {
        let Self { names, tenants, free, .. } = self;
        let index = *names.entry(name.clone()).or_insert_with(|| {
            free.pop().unwrap_or_else(|| {
                tenants.push(Tenant::default());
                u32::try_from(tenants.len() - 1).unwrap_or(NONE)
            })
        });
        let place = slot as usize;
        if self.tenant_of.len() <= place {
            self.tenant_of.resize(place + 1, NONE);
        }
        if let Some(tenant) = self.tenant_of.get_mut(place) {
            *tenant = index;
        }
        self.change(index, |tenant| {
            if tenant.messages == 0 {
                tenant.name = name.clone();
            }
            tenant.messages += 1;
            tenant.facts.sent_at = tenant.facts.sent_at.max(at);
        });
        self.tenants.get(index as usize).map_or_else(|| name.clone(), |tenant| tenant.name.clone())
    }

    /// Takes out a message that is neither visible nor in flight any more.
    pub(crate) fn leave(&mut self, slot: u32) {
        let Some(index) = self.of(slot) else { return };
        if let Some(place) = self.tenant_of.get_mut(slot as usize) {
            *place = NONE;
        }
        self.change(index, |tenant| tenant.messages -= 1);
        if let Some(tenant) = self.tenants.get_mut(index as usize)
            && tenant.messages == 0
        {
            let tenant = core::mem::take(tenant);
            self.silent_since.remove(&(tenant.facts.sent_at, index));
            self.names.remove(&tenant.name);
            self.free.push(index);
        }
    }

    /// A message became visible.
    pub(crate) fn show(&mut self, index: u32, slot: u32, key: Key) {
        self.visible += 1;
        self.change(index, |tenant| {
            tenant.visible.insert((key, slot));
        });
    }

    /// A message is visible no more. [SQS-10A.4] A tenant whose backlog is
    /// drained is quiet.
    pub(crate) fn hide(&mut self, index: u32, slot: u32, key: Key) {
        self.visible -= 1;
        self.change(index, |tenant| {
            tenant.visible.remove(&(key, slot));
            tenant.facts.noisy &= !tenant.visible.is_empty();
        });
    }

    /// A message was delivered, or is in flight no more.
    pub(crate) fn fly(&mut self, index: u32, starts: bool) {
        self.change(index, |tenant| {
            tenant.in_flight = if starts { tenant.in_flight + 1 } else { tenant.in_flight - 1 };
        });
    }

    /// Changes a tenant and its places in the orders.
    fn change(&mut self, index: u32, change: impl FnOnce(&mut Tenant)) {
        let Self { tenants, quiet, noisy, busy, silent_since, .. } = self;
        let Some(tenant) = tenants.get_mut(index as usize) else { return };
        let places = |tenant: &Tenant| {
            let head = tenant.visible.first().map(|(key, _)| *key);
            let is_noisy = tenant.facts.noisy;
            (head, is_noisy, tenant.in_flight, is_noisy.then_some(tenant.facts.sent_at))
        };
        let before = places(tenant);
        change(tenant);
        let after = places(tenant);
        if before == after {
            return;
        }
        match before {
            (Some(key), true, in_flight, _) => _ = noisy.remove(&(in_flight, key, index)),
            (Some(key), false, ..) => _ = quiet.remove(&(key, index)),
            (None, ..) => (),
        }
        match after {
            (Some(key), true, in_flight, _) => _ = noisy.insert((in_flight, key, index)),
            (Some(key), false, ..) => _ = quiet.insert((key, index)),
            (None, ..) => (),
        }
        if before.2 != after.2 {
            busy.remove(&(before.2, index));
            if after.2 > 0 {
                busy.insert((after.2, index));
            }
        }
        if before.3 != after.3 {
            before.3.map(|at| silent_since.remove(&(at, index)));
            after.3.map(|at| silent_since.insert((at, index)));
        }
    }

    /// Says anew who is noisy, when `in_flight` messages of the queue are.
    /// `[SQS-10A.2]` `[SQS-10A.4]`
    pub(crate) fn judge(&mut self, rule: FairQueues, in_flight: usize, now: Timestamp) {
        while let Some((sent_at, index)) = self.silent_since.first().copied()
            && sent_at + rule.quiet_after <= now
        {
            self.change(index, |tenant| tenant.facts.noisy = false);
        }
        let over = |own: usize| {
            own >= rule.noisy_in_flight_min.max(1) && own * 100 > in_flight * usize::from(rule.noisy_percent)
        };
        let busiest = self.busy.iter().rev().take_while(|(own, _)| over(*own)).map(|(_, index)| *index);
        // More than a tenth of the whole: there can be nine of them at most.
        for index in busiest.collect::<Vec<_>>() {
            self.change(index, |tenant| {
                let sends = now < tenant.facts.sent_at + rule.quiet_after;
                tenant.facts.noisy |= sends && !tenant.visible.is_empty();
            });
        }
    }

    /// The first visible message, without judging anew: of the quiet tenants
    /// or of none, whose first one is `other`; else of the noisy tenant with
    /// the fewest messages in flight. `[SQS-10A.3]`
    pub(crate) fn first(&self, other: Option<(Key, u32)>) -> Option<u32> {
        let head = |index: u32| self.tenants.get(index as usize)?.visible.first().copied();
        let quiet = self.quiet.first().and_then(|(_, index)| head(*index));
        let first = match (quiet, other) {
            (Some(quiet), Some(other)) => Some(quiet.min(other)),
            (quiet, other) => quiet.or(other),
        };
        let noisy = || self.noisy.first().and_then(|(_, _, index)| head(*index));
        first.or_else(noisy).map(|(_, slot)| slot)
    }

    /// What CloudWatch counts of the noisy.
    pub(crate) fn noise(&self) -> Noise {
        let noisy = self.silent_since.iter().filter_map(|(_, index)| self.tenants.get(*index as usize));
        noisy.fold(Noise::default(), |sum, tenant| Noise {
            groups: sum.groups + 1,
            visible: sum.visible + tenant.visible.len(),
            in_flight: sum.in_flight + tenant.in_flight,
            delayed: sum.delayed + tenant.messages - tenant.visible.len() - tenant.in_flight,
        })
    }

    /// Whether the tenant of a slot's message is noisy.
    pub(crate) fn is_noisy(&self, slot: u32) -> bool {
        self.of(slot)
            .and_then(|index| self.tenants.get(index as usize))
            .is_some_and(|tenant| tenant.facts.noisy)
    }

    /// What a snapshot keeps of each tenant.
    pub(crate) fn facts(&self) -> BTreeMap<Arc<str>, Facts> {
        let named =
            |(name, index): (&Arc<str>, &u32)| Some((name.clone(), self.tenants.get(*index as usize)?.facts));
        self.names.iter().filter_map(named).collect()
    }

    /// Puts back what a snapshot kept.
    pub(crate) fn recall(&mut self, facts: &BTreeMap<Arc<str>, Facts>) {
        for (name, facts) in facts {
            if let Some(index) = self.names.get(name).copied() {
                self.change(index, |tenant| {
                    tenant.facts = *facts;
                    tenant.facts.noisy &= !tenant.visible.is_empty();
                });
            }
        }
    }

    /// Checks the orders against what the queue's messages are: of each slot
    /// with a tenant its name, its key if it is visible, and whether it is in
    /// flight.
    pub(crate) fn verify<'a>(
        &self,
        messages: impl Iterator<Item = (u32, &'a str, Option<Key>, bool)>,
    ) -> Result<(), String> {
        let mut expected = BTreeMap::<u32, (usize, BTreeSet<(Key, u32)>, usize)>::new();
        for (slot, name, key, in_flight) in messages {
            let tenant = self.of(slot).filter(|index| self.names.get(name) == Some(index));
            let Some(index) = tenant else {
                return Err(alloc::format!("slot {slot} is not found by its tenant {name}"));
            };
            let (messages, visible, flying) = expected.entry(index).or_default();
            *messages += 1;
            visible.extend(key.map(|key| (key, slot)));
            *flying += usize::from(in_flight);
        }
        if expected.len() != self.names.len() {
            return Err("a tenant has no messages".into());
        }
        let mut visible = 0;
        for (index, expected) in expected {
            let Some(tenant) = self.tenants.get(index as usize) else { return Err("no such tenant".into()) };
            let name = &tenant.name;
            if (tenant.messages, tenant.in_flight) != (expected.0, expected.2) || tenant.visible != expected.1
            {
                return Err(alloc::format!("tenant {name} counts its messages wrong"));
            }
            let (in_flight, noisy) = (tenant.in_flight, tenant.facts.noisy);
            let head = tenant.visible.first().map(|(key, _)| *key);
            let placed = head.is_none_or(|key| {
                self.quiet.contains(&(key, index)) != noisy
                    && self.noisy.contains(&(in_flight, key, index)) == noisy
            });
            let heard = self.silent_since.contains(&(tenant.facts.sent_at, index)) == noisy;
            if !placed || !heard || self.busy.contains(&(in_flight, index)) != (in_flight > 0) {
                return Err(alloc::format!("tenant {name} stands in the wrong place"));
            }
            visible += tenant.visible.len();
        }
        if visible != self.visible {
            return Err(alloc::format!("{visible} messages of tenants are visible, not {}", self.visible));
        }
        Ok(())
    }
}
