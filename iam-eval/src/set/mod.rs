//! The policies of one layer, compiled together.

mod index;
mod principals;
mod statement;

pub use principals::MatchKind;
pub(crate) use statement::{Asked, Compiled};

use crate::Truth;
use crate::document::{Effect, Policy, Statement};
use crate::truth::Logic;
use alloc::sync::Arc;
use alloc::vec::Vec;
use index::Index;

/// All documents of one layer: those of a user and its groups, of a bucket, of
/// an organisational unit.
///
/// Their statements count as one list: order means nothing, one allowing
/// statement is enough, one denying statement too `[IAM-8.1]`. Compiled once,
/// never changed, shared freely; a request looks only at statements whose
/// actions and resources begin as its own.
///
/// ```
/// use iam_eval::{Policy, PolicyKind, PolicySet};
///
/// let text = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sqs:*","Resource":"*"}}"#;
/// let set = PolicySet::new([("queues", Policy::parse(text, PolicyKind::Identity)?)]);
/// assert_eq!(set.statements(), 1);
/// # Ok::<(), iam_eval::PolicyError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct PolicySet {
    policies: Vec<Named>,
    statements: Vec<Compiled>,
    index: Index,
}

#[derive(Debug, Clone, PartialEq)]
struct Named {
    name: Arc<str>,
    policy: Policy,
}

/// What the statements of a set say together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sums<L> {
    pub(crate) deny: L,
    /// Allows, by how they name the caller.
    pub(crate) direct: L,
    pub(crate) role: L,
    pub(crate) account: L,
}

pub(crate) type Tally = Sums<Truth>;

impl<L: Logic> Sums<L> {
    pub(crate) fn nothing() -> Self {
        Self { deny: L::no(), direct: L::no(), role: L::no(), account: L::no() }
    }

    pub(crate) fn add(&mut self, effect: Effect, concerns: L, kind: MatchKind) {
        let sum = match (effect, kind) {
            // However it names the caller. [IAM-8.6]
            (Effect::Deny, _) => &mut self.deny,
            (Effect::Allow, MatchKind::Direct) => &mut self.direct,
            (Effect::Allow, MatchKind::Role) => &mut self.role,
            (Effect::Allow, MatchKind::Account) => &mut self.account,
        };
        *sum = core::mem::replace(sum, L::no()).or(concerns);
    }

    /// Whether anything allows, however it names the caller.
    pub(crate) fn any_allow(&self) -> L {
        self.direct.clone().or(self.role.clone()).or(self.account.clone())
    }
}

impl PolicySet {
    /// Compiles named documents. A name is what explanations call it; the ARN
    /// of a managed policy also stands in the text of denials.
    pub fn new<N: Into<Arc<str>>>(policies: impl IntoIterator<Item = (N, Policy)>) -> Self {
        let policies: Vec<Named> =
            policies.into_iter().map(|(name, policy)| Named { name: name.into(), policy }).collect();
        let mut statements = Vec::new();
        for (at, Named { policy, .. }) in (0u32..).zip(&policies) {
            for (index, statement) in (0u32..).zip(policy.statements()) {
                statements.push(Compiled::new((at, index), statement, policy.kind(), policy.version()));
            }
        }
        let written = policies.iter().flat_map(|named| named.policy.statements());
        let index =
            Index::new(statements.iter().zip(written).map(|(compiled, written)| compiled.prefixes(written)));
        Self { policies, statements, index }
    }

    /// How many statements there are.
    #[must_use]
    pub fn statements(&self) -> usize {
        self.statements.len()
    }

    /// The documents with their names.
    pub fn policies(&self) -> impl Iterator<Item = (&str, &Policy)> {
        self.policies.iter().map(|named| (&*named.name, &named.policy))
    }

    /// The same with one document more.
    pub(crate) fn with(&self, name: &str, policy: Policy) -> Self {
        let all = self.policies.iter().map(|named| (named.name.clone(), named.policy.clone()));
        Self::new(all.chain([(name.into(), policy)]))
    }

    /// Only the statements that are to be kept.
    pub(crate) fn filtered(&self, keep: impl Fn(&Compiled) -> bool) -> Self {
        let kept = |(at, named): (u32, &Named)| {
            let of_policy = self.statements.iter().filter(|statement| statement.policy == at);
            let flags: Vec<bool> = of_policy.map(&keep).collect();
            let mut policy = named.policy.clone();
            let mut flags = flags.into_iter();
            policy.statements_mut().retain(|_| flags.next().unwrap_or_default());
            (named.name.clone(), policy)
        };
        Self::new((0u32..).zip(&self.policies).map(kept))
    }

    /// Changes the statements of the documents of that name.
    pub(crate) fn edit(&mut self, name: &str, change: impl FnOnce(&mut Vec<Statement>)) {
        let Some(named) = self.policies.iter_mut().find(|named| &*named.name == name) else { return };
        change(named.policy.statements_mut());
        *self = Self::new(self.policies.drain(..).map(|named| (named.name, named.policy)));
    }

    pub(crate) fn compiled(&self) -> &[Compiled] {
        &self.statements
    }

    /// The document a statement stands in, its name, and the statement.
    pub(crate) fn source(&self, statement: &Compiled) -> Option<(&str, &Policy, &Statement)> {
        let named = self.policies.get(statement.policy as usize)?;
        let written = named.policy.statements().get(statement.statement as usize)?;
        Some((&named.name, &named.policy, written))
    }

    /// What the statements say that the index does not rule out.
    pub(crate) fn tally(&self, asked: &Asked<'_>) -> Tally {
        let mut tally = Tally::nothing();
        self.index.candidates(asked.action, asked.resource.text, |id| {
            if let Some(statement) = self.statements.get(id as usize) {
                let (concerns, kind) = statement.concerns(asked);
                tally.add(statement.effect, concerns, kind);
            }
            tally.deny == Truth::Yes
        });
        tally
    }
}
