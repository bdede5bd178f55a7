//! Whether transactions fit one order: a graph of what must come before what,
//! in which no transaction may come before itself. `[DDB-H3]`
//!
//! An edge is drawn only where the history leaves no doubt: between calls on
//! one item of which one was over before the other began; from the only write
//! that can have made a state to a transaction that read it; from there to the
//! writes that certainly came after that one.

use super::item::StateId;
use super::steps::{CameTo, Change, Moment, NEVER, Step, What};
use super::{Run, Violation};
use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// A graph whose first nodes are calls; the others only pass an order on.
#[derive(Default)]
struct Graph {
    /// The call of a node, if it is one, and whether a transaction.
    nodes: Vec<Option<(usize, bool)>>,
    of_call: BTreeMap<usize, usize>,
    edges: Vec<Vec<usize>>,
}

impl Graph {
    fn add(&mut self, node: Option<(usize, bool)>) -> usize {
        self.nodes.push(node);
        self.edges.push(Vec::new());
        self.nodes.len() - 1
    }

    fn call(&mut self, step: &Step) -> usize {
        if let Some(node) = self.of_call.get(&step.call) {
            return *node;
        }
        let node = self.add(Some((step.call, step.transaction)));
        self.of_call.insert(step.call, node);
        node
    }

    fn edge(&mut self, from: usize, to: usize) {
        if from != to
            && let Some(edges) = self.edges.get_mut(from)
        {
            edges.push(to);
        }
    }
}

/// Nodes through which everything that is over comes before everything that
/// begins later.
struct Chain {
    /// When something was over, and the node that stands for that moment.
    moments: Vec<(Moment, usize)>,
}

impl Chain {
    /// Of these ends, which are in their order.
    fn new(graph: &mut Graph, ends: &[Moment]) -> Self {
        let mut moments = Vec::with_capacity(ends.len());
        for end in ends {
            let node = graph.add(None);
            if let Some((_, before)) = moments.last() {
                graph.edge(*before, node);
            }
            moments.push((*end, node));
        }
        Self { moments }
    }

    /// The node of an end.
    fn at(&self, end: Moment) -> Option<usize> {
        let place = self.moments.partition_point(|(moment, _)| *moment < end);
        self.moments.get(place).map(|(_, node)| *node)
    }

    /// The last node before a start.
    fn before(&self, start: Moment) -> Option<usize> {
        let place = self.moments.partition_point(|(moment, _)| *moment < start);
        place.checked_sub(1).and_then(|place| self.moments.get(place)).map(|(_, node)| *node)
    }
}

/// Whether a step certainly changed its item.
fn writes(step: &Step) -> bool {
    match &step.what {
        What::Write(write) => {
            matches!(write.came_to, CameTo::Done(_)) && !matches!(write.change, Change::Check)
        }
        _ => false,
    }
}

/// A violation, if some transaction comes before itself.
pub(super) fn cycle(runs: &[Run<'_>]) -> Option<Violation> {
    let mut graph = Graph::default();
    for (steps, effects) in runs {
        if !steps.iter().any(|step| step.transaction) {
            continue;
        }
        let certain: Vec<(usize, &Step)> = steps
            .iter()
            .enumerate()
            .filter(|(_, step)| step.to != NEVER && !matches!(step.what, What::Eventual(_) | What::Unjudged))
            .collect();
        let mut ends: Vec<Moment> = certain.iter().map(|(_, step)| step.to).collect();
        ends.sort_unstable();
        ends.dedup();
        let all = Chain::new(&mut graph, &ends);
        let mut ends: Vec<Moment> =
            certain.iter().filter(|(_, step)| writes(step)).map(|(_, step)| step.to).collect();
        ends.sort_unstable();
        ends.dedup();
        // What a read of a version has to come before: the writes after it.
        let later = Chain::new(&mut graph, &ends);
        let first = graph.add(None);
        for (_, step) in &certain {
            let node = graph.call(step);
            if let Some(moment) = all.at(step.to) {
                graph.edge(node, moment);
            }
            if let Some(moment) = all.before(step.from) {
                graph.edge(moment, node);
            }
            if writes(step) {
                if let Some(moment) = later.before(step.from) {
                    graph.edge(moment, node);
                }
                graph.edge(first, node);
            }
        }
        // The only step that can have made a state.
        let maker = |state: StateId| -> Option<usize> {
            let makers = effects.makers.get(&state)?;
            let mut makers = makers.iter();
            makers.next().copied().filter(|_| makers.next().is_none() && state != effects.initial)
        };
        // Who changed just this state, if nobody else can have made it.
        let mut next: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (step, found) in &effects.found {
            let mut found = found.iter();
            if let (Some(state), None) = (found.next(), found.next())
                && let Some(maker) = maker(*state)
            {
                next.entry(maker).or_default().push(*step);
            }
        }
        for (step, state) in &effects.saw {
            let Some(read) = steps.get(*step).filter(|step| step.transaction) else { continue };
            let node = graph.call(read);
            if *state == effects.initial && !effects.makers.contains_key(state) {
                graph.edge(node, first);
                continue;
            }
            let Some(writer) = maker(*state).and_then(|maker| steps.get(maker)).filter(|one| one.to != NEVER)
            else {
                continue;
            };
            let source = graph.call(writer);
            graph.edge(source, node);
            if let Some(moment) = later.at(writer.to) {
                graph.edge(node, moment);
            }
            for after in maker(*state).and_then(|maker| next.get(&maker)).into_iter().flatten() {
                if let Some(after) = steps.get(*after).filter(|step| writes(step)) {
                    let after = graph.call(after);
                    graph.edge(node, after);
                }
            }
        }
    }
    let members = strongly_connected(&graph)?;
    let cycle = shortest(&graph, &members);
    let mut calls: Vec<usize> = cycle
        .iter()
        .filter_map(|node| graph.nodes.get(*node).copied().flatten())
        .map(|(call, _)| call)
        .collect();
    let path: Vec<String> = calls.iter().chain(calls.first()).map(|call| format!("{}", call + 1)).collect();
    calls.sort_unstable();
    calls.dedup();
    let what = format!(
        "what the transactions read and wrote of several items fits no order: each of calls {} comes before the next",
        path.join(" → ")
    );
    Some(Violation { rule: "H3", what, calls })
}

/// The nodes of the first component with more than one, by Tarjan's way,
/// without recursion.
fn strongly_connected(graph: &Graph) -> Option<BTreeSet<usize>> {
    let count = graph.nodes.len();
    let mut index: Vec<usize> = alloc::vec![usize::MAX; count];
    let mut low: Vec<usize> = alloc::vec![0; count];
    let mut on_stack: Vec<bool> = alloc::vec![false; count];
    let (mut stack, mut next) = (Vec::new(), 0);
    for root in 0..count {
        if index.get(root) != Some(&usize::MAX) {
            continue;
        }
        let mut work: Vec<(usize, usize)> = Vec::from([(root, 0)]);
        while let Some((node, edge)) = work.pop() {
            if edge == 0 {
                set(&mut index, node, next);
                set(&mut low, node, next);
                set(&mut on_stack, node, true);
                stack.push(node);
                next += 1;
            }
            let target = graph.edges.get(node).and_then(|edges| edges.get(edge)).copied();
            if let Some(target) = target {
                work.push((node, edge + 1));
                if index.get(target) == Some(&usize::MAX) {
                    work.push((target, 0));
                } else if on_stack.get(target) == Some(&true) {
                    let least = get(&low, node).min(get(&index, target));
                    set(&mut low, node, least);
                }
                continue;
            }
            if get(&low, node) == get(&index, node) {
                let mut members = BTreeSet::new();
                while let Some(member) = stack.pop() {
                    set(&mut on_stack, member, false);
                    members.insert(member);
                    if member == node {
                        break;
                    }
                }
                if members.len() > 1 {
                    return Some(members);
                }
            }
            if let Some((parent, _)) = work.last() {
                let least = get(&low, *parent).min(get(&low, node));
                set(&mut low, *parent, least);
            }
        }
    }
    None
}

fn get(all: &[usize], at: usize) -> usize {
    all.get(at).copied().unwrap_or(usize::MAX)
}

fn set<T>(all: &mut [T], at: usize, value: T) {
    if let Some(slot) = all.get_mut(at) {
        *slot = value;
    }
}

/// The shortest cycle in a component that begins with a transaction of it.
fn shortest(graph: &Graph, members: &BTreeSet<usize>) -> Vec<usize> {
    let mut best: Vec<usize> = Vec::new();
    let transactions = members.iter().filter(|node| {
        graph.nodes.get(**node).copied().flatten().is_some_and(|(_, transaction)| transaction)
    });
    // A few will do: each is on a cycle.
    for start in transactions.take(50) {
        let mut from: BTreeMap<usize, usize> = BTreeMap::new();
        let mut queue = VecDeque::from([*start]);
        'search: while let Some(node) = queue.pop_front() {
            for target in graph.edges.get(node).into_iter().flatten() {
                if target == start {
                    let mut path = Vec::from([node]);
                    while let Some(before) = path.last().and_then(|node| from.get(node)) {
                        path.push(*before);
                    }
                    path.reverse();
                    let calls = |path: &[usize]| {
                        path.iter()
                            .filter(|node| graph.nodes.get(**node).copied().flatten().is_some())
                            .count()
                    };
                    if best.is_empty() || calls(&path) < calls(&best) {
                        best = path;
                    }
                    break 'search;
                }
                if members.contains(target) && *target != *start && !from.contains_key(target) {
                    from.insert(*target, node);
                    queue.push_back(*target);
                }
            }
        }
    }
    best
}
