//! Whether the calls on one item can have happened one after the other.
//!
//! Starts and ends are gone through in the order of their times. At each
//! moment all pairs are kept of a state that the item can be in and the calls
//! under way that can have happened by then; a call must have happened when it
//! ends. What does not change the state is taken to have happened as soon as
//! it can. The work is linear in the calls, and grows with how many *writes*
//! are under way at once.

use super::Violation;
use super::steps::{CameTo, Change, Moment, NEVER, Seen, Step, What, Write};
use crate::item::Item;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

/// The number of a state. The first is that nothing is known.
pub(super) type StateId = u32;

const UNKNOWN: StateId = 0;
const ABSENT: StateId = 1;
/// Calls under way at once that are kept apart.
const SLOTS: usize = 64;

/// What a run came to.
pub(super) enum End {
    Legal,
    Undecided,
    /// With the place among the calls where it showed.
    Violated(usize, Violation),
}

/// What the steps of an item can have done, for the order of transactions.
#[derive(Default)]
pub(super) struct Effects {
    /// The steps that can have made a state out of another.
    pub(super) makers: BTreeMap<StateId, BTreeSet<usize>>,
    /// The states that a step that changed something can have found.
    pub(super) found: BTreeMap<usize, BTreeSet<StateId>>,
    /// What a strong read of the whole item saw.
    pub(super) saw: BTreeMap<usize, StateId>,
    /// The state at the start.
    pub(super) initial: StateId,
}

pub(super) struct Run {
    pub(super) end: End,
    pub(super) effects: Effects,
}

/// A state, and which of the calls under way have happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Config {
    state: StateId,
    done: u64,
}

/// States by number and the other way round.
struct States {
    all: Vec<Option<Item>>,
    ids: BTreeMap<String, StateId>,
}

impl States {
    fn new() -> Self {
        Self { all: Vec::from([None, None]), ids: BTreeMap::new() }
    }

    fn id(&mut self, item: Option<&Item>) -> StateId {
        let Some(item) = item else { return ABSENT };
        let text = serde_json::to_string(item).unwrap_or_default();
        let next = StateId::try_from(self.all.len()).unwrap_or(StateId::MAX);
        let id = *self.ids.entry(text).or_insert(next);
        if id == next {
            self.all.push(Some(item.clone()));
        }
        id
    }

    fn get(&self, id: StateId) -> Option<&Item> {
        self.all.get(id as usize).and_then(Option::as_ref)
    }

    fn told(&self, id: StateId) -> String {
        match (id, self.get(id)) {
            (UNKNOWN, _) => "unknown".into(),
            (_, None) => "absent".into(),
            (_, Some(item)) => serde_json::to_string(item).unwrap_or_default(),
        }
    }
}

impl Seen {
    /// Whether this is what a read of the state returns.
    fn fits(&self, state: Option<&Item>) -> bool {
        match (&self.projection, state) {
            (None, state) => self.item.as_ref() == state,
            (Some(_), None) => self.item.is_none(),
            (Some((_, projection)), Some(item)) => {
                let part = projection.of_item(item);
                match &self.item {
                    Some(seen) => *seen == part,
                    // Some answers leave an empty item out.
                    None => part.is_empty(),
                }
            }
        }
    }
}

impl Write {
    /// What the item is after it, if it can have come to what it did.
    fn after(&self, state: Option<&Item>) -> Option<Option<Item>> {
        let holds =
            self.condition.as_ref().is_none_or(|condition| condition.holds(state, &self.placeholders));
        match (&self.came_to, holds) {
            (CameTo::False(_), true) | (CameTo::Done(_) | CameTo::Lost, false) => return None,
            (CameTo::False(item), false) => {
                let shown = item.as_ref().is_none_or(|item| item.as_ref() == state);
                return shown.then(|| state.cloned());
            }
            _ => {}
        }
        let new = match &self.change {
            Change::Put(item) => Some(item.clone()),
            Change::Delete => None,
            Change::Check => state.cloned(),
            Change::Update(None) => Some(state.cloned().unwrap_or_else(|| self.key.clone())),
            Change::Update(Some(update)) => {
                let new = update.apply(state, &self.key, &self.placeholders).ok()?;
                (state.is_some() || update.creates()).then(|| Item::new(new))
            }
        };
        if let CameTo::Done(Some((wanted, returned))) = &self.came_to
            && wanted.pick(state, new.as_ref()) != *returned
        {
            return None;
        }
        Some(new)
    }

    /// The same where nothing is known of the state before.
    fn after_unknown(&self) -> Option<Option<Option<Item>>> {
        use crate::ops::Wanted;
        match (&self.came_to, &self.change) {
            (CameTo::False(Some(item)), _) => Some(Some(item.clone())),
            (CameTo::False(None), _) | (_, Change::Check) => Some(None),
            (_, Change::Put(item)) => Some(Some(Some(item.clone()))),
            (_, Change::Delete) => Some(Some(None)),
            (CameTo::Done(Some((Wanted::AllNew, returned))), _) => Some(Some(returned.clone())),
            (_, Change::Update(_)) => Some(None),
        }
    }
}

struct Machine<'s> {
    steps: &'s [Step],
    states: States,
    configs: BTreeSet<Config>,
    /// The steps under way.
    slots: Vec<Option<usize>>,
    /// What each step makes of each state, as far as it was asked.
    memo: BTreeMap<(usize, StateId), Option<StateId>>,
    /// All states so far, in the order of their coming.
    seen: Vec<StateId>,
    known: BTreeSet<StateId>,
    /// What reads of parts of the states so far return, and how many of the
    /// states have been looked at.
    parts: BTreeMap<String, (usize, BTreeSet<String>)>,
    effects: Effects,
    effort: usize,
}

/// The calls on an item, gone through.
pub(super) fn run(name: &str, steps: &[Step], unknown: bool, effort: usize) -> Run {
    let initial = if unknown { UNKNOWN } else { ABSENT };
    let mut machine = Machine {
        steps,
        states: States::new(),
        configs: BTreeSet::from([Config { state: initial, done: 0 }]),
        slots: Vec::new(),
        memo: BTreeMap::new(),
        seen: Vec::new(),
        known: BTreeSet::new(),
        parts: BTreeMap::new(),
        effects: Effects { initial, ..Effects::default() },
        effort,
    };
    machine.note(initial);
    let end = machine.go(name);
    Run { end, effects: machine.effects }
}

impl Machine<'_> {
    fn step(&self, step: usize) -> Option<&Step> {
        self.steps.get(step)
    }

    /// A state that the item can have been in.
    fn note(&mut self, state: StateId) {
        if self.known.insert(state) {
            self.seen.push(state);
        }
    }

    fn go(&mut self, name: &str) -> End {
        // (when, whether an end, which): starts come before ends.
        let mut events: Vec<(Moment, bool, usize)> = Vec::with_capacity(self.steps.len() * 2);
        for (place, step) in self.steps.iter().enumerate() {
            events.push((step.from, false, place));
            if step.to != NEVER {
                events.push((step.to, true, place));
            }
        }
        events.sort_unstable();
        // The calls since nothing was under way and one state was sure, and
        // that state.
        let mut window: Vec<usize> = Vec::new();
        let mut sure = (self.effects.initial, None);
        for (_, ends, step) in events {
            let Some(what) = self.step(step).map(|step| &step.what) else { continue };
            let eventual = matches!(what, What::Eventual(_));
            if !ends {
                window.push(step);
                if !eventual && !self.start(step) {
                    return End::Undecided;
                }
                continue;
            }
            if eventual {
                match self.may_have_been(step) {
                    Some(true) => {}
                    None => return End::Undecided,
                    Some(false) => return self.stale(name, step),
                }
            } else {
                match self.end(step) {
                    Some(true) => {}
                    None => return End::Undecided,
                    Some(false) => return self.violated(name, step, &window, sure),
                }
            }
            if self.slots.iter().all(Option::is_none)
                && self.configs.len() == 1
                && let Some(config) = self.configs.first()
            {
                // Remembers who made the state, if that is known.
                let makers = self.effects.makers.get(&config.state);
                let maker = makers.and_then(|makers| makers.last().copied());
                sure = (config.state, maker);
                window.clear();
            }
        }
        End::Legal
    }

    /// A call begins. Whether there is room for it.
    fn start(&mut self, step: usize) -> bool {
        let free = self.slots.iter().position(Option::is_none);
        match free {
            Some(slot) => {
                if let Some(place) = self.slots.get_mut(slot) {
                    *place = Some(step);
                }
            }
            None if self.slots.len() < SLOTS => self.slots.push(Some(step)),
            None => return false,
        }
        let configs = core::mem::take(&mut self.configs);
        self.configs = configs.into_iter().map(|config| self.settled(config)).collect();
        true
    }

    /// What a step makes of a state.
    fn after(&mut self, step: usize, state: StateId) -> Option<StateId> {
        if let Some(known) = self.memo.get(&(step, state)) {
            return *known;
        }
        let after = match &self.steps.get(step)?.what {
            What::Strong(seen) | What::Eventual(seen) => match state {
                UNKNOWN if seen.projection.is_some() => Some(UNKNOWN),
                UNKNOWN => Some(self.states.id(seen.item.as_ref())),
                _ => seen.fits(self.states.get(state)).then_some(state),
            },
            What::Write(write) => match state {
                UNKNOWN => write.after_unknown().map(|known| match known {
                    Some(item) => self.states.id(item.as_ref()),
                    None => UNKNOWN,
                }),
                _ => match write.after(self.states.get(state)) {
                    Some(item) => Some(self.states.id(item.as_ref())),
                    None => None,
                },
            },
            What::Unjudged => Some(UNKNOWN),
        };
        self.memo.insert((step, state), after);
        if let Some(after) = after
            && matches!(
                self.steps.get(step).map(|step| &step.what),
                Some(What::Strong(Seen { projection: None, .. }))
            )
        {
            self.effects.saw.insert(step, after);
        }
        after
    }

    /// Whether a step can change no state, whichever it meets. A put of what
    /// is there already can: it may have to wait for another moment.
    fn is_pure(&self, step: usize) -> bool {
        match self.step(step).map(|step| &step.what) {
            Some(What::Strong(_)) => true,
            Some(What::Write(write)) => {
                matches!(write.came_to, CameTo::False(_)) || matches!(write.change, Change::Check)
            }
            _ => false,
        }
    }

    /// The config with everything done that changes nothing.
    fn settled(&mut self, mut config: Config) -> Config {
        for (slot, step) in self.slots.clone().into_iter().enumerate() {
            let bit = 1_u64 << slot;
            let Some(step) = step.filter(|_| config.done & bit == 0) else { continue };
            if self.is_pure(step) && self.after(step, config.state) == Some(config.state) {
                config.done |= bit;
            }
        }
        config
    }

    /// The configs that can follow when one call under way has happened.
    fn followers(&mut self, config: Config) -> Vec<Config> {
        let mut followers = Vec::new();
        for (slot, step) in self.slots.clone().into_iter().enumerate() {
            let bit = 1_u64 << slot;
            let Some(step) = step.filter(|_| config.done & bit == 0) else { continue };
            let Some(state) = self.after(step, config.state) else { continue };
            if state != config.state {
                self.note(state);
                self.effects.makers.entry(state).or_default().insert(step);
                self.effects.found.entry(step).or_default().insert(config.state);
            }
            followers.push(self.settled(Config { state, done: config.done | bit }));
        }
        followers
    }

    /// A call ends: it has happened by now. `None` if there are too many
    /// orders.
    fn end(&mut self, step: usize) -> Option<bool> {
        let slot = self.slots.iter().position(|other| *other == Some(step))?;
        let bit = 1_u64 << slot;
        let mut left: BTreeSet<Config> = BTreeSet::new();
        let mut stack: Vec<Config> = self.configs.iter().copied().collect();
        let mut seen: BTreeSet<Config> = self.configs.clone();
        while let Some(config) = stack.pop() {
            if config.done & bit != 0 {
                left.insert(Config { done: config.done & !bit, ..config });
                continue;
            }
            for next in self.followers(config) {
                if seen.insert(next) {
                    stack.push(next);
                }
            }
            if seen.len() > self.effort {
                return None;
            }
        }
        if let Some(place) = self.slots.get_mut(slot) {
            *place = None;
        }
        self.configs = left;
        Some(!self.configs.is_empty())
    }

    /// Every state that the calls under way can lead to.
    fn reachable(&mut self) -> Option<BTreeSet<StateId>> {
        let mut stack: Vec<Config> = self.configs.iter().copied().collect();
        let mut seen: BTreeSet<Config> = self.configs.clone();
        while let Some(config) = stack.pop() {
            for next in self.followers(config) {
                if seen.insert(next) {
                    stack.push(next);
                }
            }
            if seen.len() > self.effort {
                return None;
            }
        }
        Some(seen.into_iter().map(|config| config.state).collect())
    }

    /// Whether the item was, or may have been, what a read saw. `[DDB-H2]`
    fn may_have_been(&mut self, step: usize) -> Option<bool> {
        if self.was(step) {
            return Some(true);
        }
        for state in self.reachable()? {
            self.note(state);
        }
        Some(self.was(step))
    }

    fn was(&mut self, step: usize) -> bool {
        let Some(Step { what: What::Eventual(seen), .. }) = self.steps.get(step) else { return true };
        if self.known.contains(&UNKNOWN) {
            return true;
        }
        let Some((text, projection)) = &seen.projection else {
            let id = match &seen.item {
                None => Some(ABSENT),
                Some(item) => {
                    let text = serde_json::to_string(item).unwrap_or_default();
                    self.states.ids.get(&text).copied()
                }
            };
            return id.is_some_and(|id| self.known.contains(&id));
        };
        let (looked_at, parts) = self.parts.entry(text.clone()).or_default();
        let fresh = self.seen.get(*looked_at..).unwrap_or_default();
        for state in fresh {
            let part = self.states.get(*state).map(|item| projection.of_item(item));
            let part = part.filter(|part| !part.is_empty());
            parts.insert(
                part.map_or_else(String::new, |part| serde_json::to_string(&part).unwrap_or_default()),
            );
        }
        *looked_at = self.seen.len();
        let seen = seen.item.as_ref().filter(|item| !item.is_empty());
        parts.contains(&seen.map_or_else(String::new, |item| serde_json::to_string(item).unwrap_or_default()))
    }

    fn call(&self, step: usize) -> usize {
        self.step(step).map_or(0, |step| step.call)
    }

    /// The write that what a step saw can come from, if it was one at all.
    fn source(&self, step: usize) -> Option<usize> {
        let item = match &self.step(step)?.what {
            What::Strong(seen) | What::Eventual(seen) if seen.projection.is_none() => seen.item.as_ref()?,
            What::Write(write) => match &write.came_to {
                CameTo::False(Some(item)) => item.as_ref()?,
                CameTo::Done(Some((_, item))) => item.as_ref()?,
                _ => return None,
            },
            _ => return None,
        };
        let id = self.states.ids.get(&serde_json::to_string(item).unwrap_or_default())?;
        self.effects.makers.get(id)?.last().copied()
    }

    fn stale(&self, name: &str, step: usize) -> End {
        let saw = match self.step(step).map(|step| &step.what) {
            Some(What::Eventual(Seen { item: Some(item), .. })) => {
                serde_json::to_string(item).unwrap_or_default()
            }
            _ => "nothing".to_string(),
        };
        let what = format!("the read of {name} saw {saw}, which the item never was before the read was over");
        End::Violated(self.call(step), Violation { rule: "H2", what, calls: Vec::from([self.call(step)]) })
    }

    /// No order is left: shows the fewest calls since a state was sure that
    /// cannot be put in order. `[DDB-H1]`
    fn violated(
        &self,
        name: &str,
        step: usize,
        window: &[usize],
        (sure, maker): (StateId, Option<usize>),
    ) -> End {
        let told = match self.step(step).map(|step| &step.what) {
            Some(What::Strong(seen)) => {
                let saw = seen.item.as_ref().map(|item| serde_json::to_string(item).unwrap_or_default());
                format!("the consistent read of {name} saw {}", saw.as_deref().unwrap_or("nothing"))
            }
            Some(What::Write(write)) => match &write.came_to {
                CameTo::False(None) => format!("the condition of the write of {name} was false"),
                CameTo::False(Some(item)) => {
                    let shown = item.as_ref().map(|item| serde_json::to_string(item).unwrap_or_default());
                    let shown = shown.as_deref().unwrap_or("nothing");
                    format!("the condition of the write of {name} was false for {shown}")
                }
                CameTo::Done(Some((_, Some(item)))) => {
                    format!(
                        "the write of {name} returned {}",
                        serde_json::to_string(item).unwrap_or_default()
                    )
                }
                _ => format!("the write of {name} was done"),
            },
            _ => format!("the call on {name} was done"),
        };
        let mut kept: Vec<usize> = window.iter().copied().filter(|other| self.strict(*other)).collect();
        let mut at = 0;
        // With many calls under way each try is long, and the few that can go
        // do not matter.
        while kept.len() <= 200 && at < kept.len() {
            if kept.get(at) == Some(&step) {
                at += 1;
                continue;
            }
            let mut fewer = kept.clone();
            let gone = fewer.remove(at);
            // What explains the others' values has to stay.
            if Some(gone) != self.source(step) && self.refutes(&fewer, sure, step) {
                kept = fewer;
            } else {
                at += 1;
            }
        }
        let before = match kept.len() {
            1 => format!(", but the item was {}", self.states.told(sure)),
            _ => format!(", but no order of the calls since it was {} explains that", self.states.told(sure)),
        };
        let mut calls: Vec<usize> = kept.iter().map(|step| self.call(*step)).collect();
        calls.extend(maker.map(|maker| self.call(maker)));
        calls.extend(self.source(step).map(|source| self.call(source)));
        calls.sort_unstable();
        calls.dedup();
        End::Violated(self.call(step), Violation { rule: "H1", what: format!("{told}{before}"), calls })
    }

    fn strict(&self, step: usize) -> bool {
        self.step(step).is_some_and(|step| !matches!(step.what, What::Eventual(_)))
    }

    /// Whether these steps alone, from a sure state, leave no order when this
    /// one ends, and do not before.
    fn refutes(&self, steps: &[usize], sure: StateId, last: usize) -> bool {
        let mut machine = Machine {
            steps: self.steps,
            states: States { all: self.states.all.clone(), ids: self.states.ids.clone() },
            configs: BTreeSet::from([Config { state: sure, done: 0 }]),
            slots: Vec::new(),
            memo: BTreeMap::new(),
            seen: Vec::new(),
            known: BTreeSet::new(),
            parts: BTreeMap::new(),
            effects: Effects::default(),
            effort: self.effort,
        };
        let mut events: Vec<(Moment, bool, usize)> = Vec::new();
        for place in steps {
            let Some(step) = self.step(*place) else { continue };
            events.push((step.from, false, *place));
            if step.to != NEVER {
                events.push((step.to, true, *place));
            }
        }
        events.sort_unstable();
        for (_, ends, step) in events {
            if !ends {
                if !machine.start(step) {
                    return false;
                }
                continue;
            }
            match machine.end(step) {
                Some(true) => {}
                Some(false) => return step == last,
                None => return false,
            }
        }
        false
    }
}
