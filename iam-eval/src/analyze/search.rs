//! A request that some statements concern and others do not.
//!
//! What is asked is a row of constraints on action, resource and context
//! keys, and clauses: statements that must not concern the request, each by
//! failing in one of its parts. Parts are chosen depth first; a choice that
//! leaves no action, no resource or no value of a key is dropped at once.

use super::language::{Found, IN_ALL, Pattern as Shape, Unit, shortest};
use super::values::{self, Solved, Value, Wish, shape_of};
use crate::arn_pattern::ArnMatcher;
use crate::condition::Condition;
use crate::options::Options;
use crate::set::Compiled;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use aws_core::Wildcard;

/// So many choices are made.
const CHOICES: usize = 20_000;

/// How much a question may cost in all.
#[derive(Debug)]
pub(super) struct Budget {
    choices: usize,
    places: usize,
}

impl Budget {
    /// For so many questions.
    pub(super) fn of(questions: usize) -> Self {
        Self { choices: CHOICES * questions, places: IN_ALL * questions }
    }
}

/// A list of actions, and whether one of them must match.
type ActionWish<'s> = (&'s [Wildcard], bool);
/// A list of resources likewise.
type ResourceWish<'s> = (&'s [ArnMatcher], bool);

/// What is known about the request so far.
#[derive(Debug, Clone, Default)]
pub(super) struct State<'s> {
    actions: Vec<ActionWish<'s>>,
    resources: Vec<ResourceWish<'s>>,
    keys: BTreeMap<&'s str, Vec<Wish<'s>>>,
}

/// A request that fulfils a state.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) action: String,
    pub(super) resource: String,
    pub(super) keys: BTreeMap<String, Value>,
}

/// Constraints on a text, by where their patterns stand.
type Asked = Vec<(usize, usize, bool)>;

pub(super) struct Search<'s, F> {
    options: Options,
    /// The only values of a key, where there are limits.
    limits: BTreeMap<String, Vec<Value>>,
    /// Keys that variables name.
    variables: Vec<String>,
    /// Whether a draft stands the test, and what it then is.
    test: F,
    budget: &'s mut Budget,
    unsure: bool,
    clauses: Vec<&'s Compiled>,
    /// Constraints met before, with their shortest texts.
    actions: BTreeMap<Asked, Option<String>>,
    resources: BTreeMap<(Asked, Option<String>), Option<String>>,
}

/// One way to fail.
enum Part<'s> {
    Action(&'s Compiled),
    Resource(&'s Compiled),
    Condition(&'s Condition),
}

impl<'s> State<'s> {
    /// The statement's action, resource and conditions all match.
    pub(super) fn concerned(mut self, statement: &'s Compiled) -> Self {
        self.action(statement, true);
        self.resource(statement, true);
        for condition in &statement.conditions {
            self.keys.entry(&condition.key).or_default().push((condition, true));
        }
        self
    }

    /// One of these actions.
    pub(super) fn one_action(mut self, patterns: &'s [Wildcard]) -> Self {
        self.actions.push((patterns, true));
        self
    }

    /// One of these resources.
    pub(super) fn one_resource(mut self, patterns: &'s [ArnMatcher]) -> Self {
        self.resources.push((patterns, true));
        self
    }

    /// Whether all that makes the statement concern a request is asked for in
    /// the same words.
    fn implies(&self, statement: &Compiled) -> bool {
        let (not_action, actions) = statement.action_patterns();
        let (not_resource, resources) = statement.resource_patterns();
        self.actions.iter().any(|(patterns, any)| *patterns == actions && *any != not_action)
            && self.resources.iter().any(|(patterns, any)| *patterns == resources && *any != not_resource)
            && statement.conditions.iter().all(|condition| {
                let wishes = self.keys.get(&*condition.key).map(Vec::as_slice).unwrap_or_default();
                wishes.iter().any(|(one, holds)| *holds && *one == condition)
            })
    }

    fn action(&mut self, statement: &'s Compiled, matches: bool) {
        let (negated, patterns) = statement.action_patterns();
        self.actions.push((patterns, matches != negated));
    }

    fn resource(&mut self, statement: &'s Compiled, matches: bool) {
        let (negated, patterns) = statement.resource_patterns();
        self.resources.push((patterns, matches != negated));
    }
}

impl<'s, W, F: Fn(&Draft) -> Option<W>> Search<'s, F> {
    pub(super) fn new(
        options: Options,
        limits: BTreeMap<String, Vec<Value>>,
        variables: Vec<String>,
        budget: &'s mut Budget,
        test: F,
    ) -> Self {
        Self {
            options,
            limits,
            variables,
            test,
            budget,
            unsure: false,
            clauses: Vec::new(),
            actions: BTreeMap::new(),
            resources: BTreeMap::new(),
        }
    }

    /// A request as `state` says that none of the `clauses` concerns.
    pub(super) fn run(&mut self, state: State<'s>, clauses: Vec<&'s Compiled>) -> Option<W> {
        if clauses.iter().any(|clause| state.implies(clause)) {
            return None;
        }
        self.solve(&state)?;
        // Those with the fewest ways to fail come first; one with none ends it.
        let mut open: Vec<(usize, &'s Compiled)> = Vec::new();
        for clause in clauses {
            if self.can_concern(&state, clause) {
                let ways = parts(clause).filter(|part| self.without(&state, part).is_some()).count();
                if ways == 0 {
                    return None;
                }
                open.push((ways, clause));
            }
        }
        open.sort_by_key(|(ways, _)| *ways);
        self.clauses = open.into_iter().map(|(_, clause)| clause).collect();
        self.descend(state, 0)
    }

    /// After all runs: whether something was given up, or was found and did
    /// not stand the test.
    pub(super) fn is_unsure(&self) -> bool {
        self.unsure
    }

    fn descend(&mut self, state: State<'s>, at: usize) -> Option<W> {
        match self.budget.choices.checked_sub(1) {
            Some(left) => self.budget.choices = left,
            None => {
                self.unsure = true;
                return None;
            }
        }
        let Some(clause) = self.clauses.get(at).copied() else { return self.finish(&state) };
        if !self.can_concern(&state, clause) {
            return self.descend(state, at + 1);
        }
        for part in parts(clause) {
            if let Some(next) = self.without(&state, &part)
                && let Some(witness) = self.descend(next, at + 1)
            {
                return Some(witness);
            }
        }
        None
    }

    /// Whether action and resource can be the statement's.
    fn can_concern(&mut self, state: &State<'s>, clause: &'s Compiled) -> bool {
        let mut with = state.clone();
        with.action(clause, true);
        with.resource(clause, true);
        self.action(&with).is_some() && self.resource(&with, None).is_some()
    }

    /// The state in which the part fails, if there can be one.
    fn without(&mut self, state: &State<'s>, part: &Part<'s>) -> Option<State<'s>> {
        let mut next = state.clone();
        match *part {
            Part::Action(clause) => {
                next.action(clause, false);
                self.action(&next)?;
            }
            Part::Resource(clause) => {
                next.resource(clause, false);
                self.resource(&next, None)?;
            }
            Part::Condition(condition) => {
                next.keys.entry(&condition.key).or_default().push((condition, false));
                self.key(&next, &condition.key)?;
            }
        }
        Some(next)
    }

    fn solve(&mut self, state: &State<'s>) -> Option<Draft> {
        let action = self.action(state)?;
        let resource = self.resource(state, Some(&action))?;
        let mut keys = BTreeMap::new();
        for key in state.keys.keys() {
            keys.insert((*key).to_string(), self.key(state, key)?);
        }
        Some(Draft { action, resource, keys })
    }

    fn finish(&mut self, state: &State<'s>) -> Option<W> {
        let draft = self.solve(state)?;
        if let Some(witness) = (self.test)(&draft) {
            return Some(witness);
        }
        // Keys that only variables name are still free.
        for value in ["", "x", "a"] {
            let mut filled = draft.clone();
            for variable in &self.variables {
                let free = matches!(filled.keys.get(variable), None | Some(Value::Absent));
                if free && !self.limits.contains_key(variable) {
                    filled.keys.insert(variable.clone(), Value::One(value.into()));
                }
            }
            if let Some(witness) = (self.test)(&filled) {
                return Some(witness);
            }
        }
        self.unsure = true;
        None
    }

    fn key(&mut self, state: &State<'s>, key: &str) -> Option<Value> {
        let wishes = state.keys.get(key).map(Vec::as_slice).unwrap_or_default();
        let limits = self.limits.get(key).map(Vec::as_slice);
        match values::solve(key, wishes, limits, &self.options, &mut self.budget.places) {
            Solved::Value(value) => Some(value),
            Solved::Impossible => None,
            Solved::Unsure => {
                self.unsure = true;
                None
            }
        }
    }

    fn action(&mut self, state: &State<'s>) -> Option<String> {
        let asked = asked(&state.actions);
        if let Some(known) = self.actions.get(&asked) {
            return known.clone();
        }
        let found = self.new_action(state);
        self.actions.insert(asked, found.clone());
        found
    }

    fn resource(&mut self, state: &State<'s>, action: Option<&str>) -> Option<String> {
        let asked = (asked(&state.resources), action.map(String::from));
        if let Some(known) = self.resources.get(&asked) {
            return known.clone();
        }
        let found = self.new_resource(state, action);
        self.resources.insert(asked, found.clone());
        found
    }

    /// An action is a service, a colon and a name.
    fn new_action(&mut self, state: &State<'s>) -> Option<String> {
        let exact = |pattern: &Wildcard| !pattern.as_str().contains(['*', '?']);
        let named = |(patterns, any): &&ActionWish<'s>| *any && patterns.iter().all(exact);
        // Where actions are named, there are no others to look for.
        if let Some((named, _)) = state.actions.iter().filter(named).min_by_key(|(named, _)| named.len()) {
            let names = named.iter().map(|name| name.as_str().to_ascii_lowercase());
            return names.into_iter().find(|name| {
                let matched = |patterns: &[Wildcard]| patterns.iter().any(|one| one.matches(name));
                name.split_once(':').is_some_and(|(service, name)| !service.is_empty() && !name.is_empty())
                    && state.actions.iter().all(|(patterns, any)| matched(patterns) == *any)
            });
        }
        let one = |colon| Unit::One { colon };
        let star = Unit::Star { colon: false };
        let shape = Shape(Vec::from([one(false), star])).then(Shape::exact(":", false));
        let shape = shape.then(Shape(Vec::from([one(false), star])));
        let mut shapes = Vec::from([shape]);
        let mut rows = Vec::new();
        for (patterns, any) in &state.actions {
            let from = shapes.len();
            let lower = |pattern: &Wildcard| pattern.as_str().to_ascii_lowercase();
            shapes.extend(patterns.iter().map(|pattern| Shape::wild(&lower(pattern), false, true)));
            rows.push((from..shapes.len(), *any));
        }
        // Blanks, commas and the like are in no action's name. [IAM-5.1.4]
        let alphabet = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == ':';
        let found = shortest(&shapes, alphabet, &mut self.budget.places, |ends| {
            ends.first() == Some(&true) && rows.iter().all(|(row, any)| fits(ends, row, *any))
        });
        self.found(found)
    }

    /// A resource is an ARN, of the action's service if it can be; else `*`.
    fn new_resource(&mut self, state: &State<'s>, action: Option<&str>) -> Option<String> {
        let service = action.and_then(|action| action.split_once(':')).map(|(service, _)| service);
        let field = || Shape(Vec::from([Unit::Star { colon: false }])).then(Shape::exact(":", false));
        let filled = || Shape(Vec::from([Unit::One { colon: false }])).then(field());
        let rest = || Shape(Vec::from([Unit::One { colon: true }, Unit::Star { colon: true }]));
        let tail = |head: Shape| head.then(field()).then(field()).then(rest());
        let mut heads = Vec::new();
        if let Some(service) = service {
            heads.push(tail(
                Shape::exact("arn:aws:", false)
                    .then(Shape::exact(service, false))
                    .then(Shape::exact(":", false)),
            ));
        }
        if action.is_some() {
            heads.push(tail(Shape::exact("arn:aws:", false).then(filled())));
        }
        heads.push(tail(Shape::exact("arn:", false).then(filled()).then(filled())));
        for head in heads {
            let mut shapes = Vec::from([head]);
            let mut rows = Vec::new();
            for (patterns, any) in &state.resources {
                let from = shapes.len();
                shapes.extend(patterns.iter().filter_map(|pattern| shape(pattern, *any)));
                rows.push((from..shapes.len(), *any));
            }
            let found = shortest(
                &shapes,
                |_| true,
                &mut self.budget.places,
                |ends| ends.first() == Some(&true) && rows.iter().all(|(row, any)| fits(ends, row, *any)),
            );
            if let Some(text) = self.found(found) {
                return Some(text);
            }
        }
        let star = state.resources.iter().all(|(patterns, any)| patterns.contains(&ArnMatcher::All) == *any);
        star.then(|| "*".into())
    }

    fn found(&mut self, found: Found) -> Option<String> {
        match found {
            Found::Text(text) => Some(text),
            Found::Nothing => None,
            Found::TooMuch => {
                self.unsure = true;
                None
            }
        }
    }
}

/// The ways in which a statement may fail to concern a request.
fn parts(clause: &Compiled) -> impl Iterator<Item = Part<'_>> {
    clause.conditions.iter().map(Part::Condition).chain([Part::Action(clause), Part::Resource(clause)])
}

/// The same constraints in another order, or twice, are the same.
fn asked<P>(wishes: &[(&[P], bool)]) -> Asked {
    let mut asked: Asked =
        wishes.iter().map(|(patterns, any)| (patterns.as_ptr().addr(), patterns.len(), *any)).collect();
    asked.sort_unstable();
    asked.dedup();
    asked
}

fn fits(ends: &[bool], row: &core::ops::Range<usize>, any: bool) -> bool {
    ends.get(row.clone()).unwrap_or_default().contains(&true) == any
}

/// A pattern's shape; one with variables may match, and may not: it is left
/// out where none shall.
fn shape(pattern: &ArnMatcher, any: bool) -> Option<Shape> {
    match pattern {
        ArnMatcher::All => Some(Shape::anything()),
        ArnMatcher::Never => None,
        ArnMatcher::Plain { text, folded, star } => {
            let (head, rest) = text.split_at_checked(*folded)?;
            let shape = Shape::exact(&head.to_ascii_lowercase(), true).then(Shape::exact(rest, false));
            Some(if *star { shape.then(Shape::anything()) } else { shape })
        }
        ArnMatcher::Fields(heads, rest) => {
            if !any && rest.variables().next().is_some() {
                return None;
            }
            let head = heads.iter().enumerate().fold(Shape::default(), |shape, (at, head)| {
                let field = Shape::wild(head.as_str(), at < 4, false);
                shape.then(field).then(Shape::exact(":", false))
            });
            Some(head.then(shape_of(rest, false, true)))
        }
    }
}
