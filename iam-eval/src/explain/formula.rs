//! What has to hold where it depends. `[IAM-11.7]`

use super::{StatementRef, open_conditions};
use crate::context::Fact;
use crate::document::Effect;
use crate::evaluate::{Evaluation, Own};
use crate::set::{Compiled, PolicySet, Sums};
use crate::truth::Logic;
use crate::{CheckType, Policies, Request, Truth};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use serde::Serialize;

/// A formula over the conditions that hang on unknown keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Residual {
    /// Holds always (`true`) or never.
    Always(bool),
    /// All of these.
    All(Vec<Residual>),
    /// One of these.
    Any(Vec<Residual>),
    /// Not this.
    Not(Box<Residual>),
    /// A condition of a statement.
    #[serde(rename_all = "camelCase")]
    Condition {
        /// The operator.
        operator: String,
        /// The key.
        key: String,
        /// The values.
        values: Vec<String>,
        /// The statement.
        statement: Box<StatementRef>,
    },
    /// The request's resource is among those of a statement, whose pattern has
    /// a variable that is not known.
    Resource {
        /// The statement.
        statement: Box<StatementRef>,
    },
}

impl Residual {
    fn negated(self) -> Self {
        match self {
            Self::Always(holds) => Self::Always(!holds),
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }
}

impl Logic for Residual {
    fn yes() -> Self {
        Self::Always(true)
    }

    fn no() -> Self {
        Self::Always(false)
    }

    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Always(true), other) | (other, Self::Always(true)) => other,
            (Self::Always(false), _) | (_, Self::Always(false)) => Self::Always(false),
            (Self::All(mut all), Self::All(more)) => {
                for one in more {
                    if !all.contains(&one) {
                        all.push(one);
                    }
                }
                Self::All(all)
            }
            (Self::All(mut all), other) | (other, Self::All(mut all)) => {
                if !all.contains(&other) {
                    all.push(other);
                }
                Self::All(all)
            }
            (one, other) if one == other => one,
            (one, other) => Self::All(Vec::from([one, other])),
        }
    }

    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Always(false), other) | (other, Self::Always(false)) => other,
            (Self::Always(true), _) | (_, Self::Always(true)) => Self::Always(true),
            (Self::Any(mut any), Self::Any(more)) => {
                for one in more {
                    if !any.contains(&one) {
                        any.push(one);
                    }
                }
                Self::Any(any)
            }
            (Self::Any(mut any), other) | (other, Self::Any(mut any)) => {
                if !any.contains(&other) {
                    any.push(other);
                }
                Self::Any(any)
            }
            (one, other) if one == other => one,
            (one, other) => Self::Any(Vec::from([one, other])),
        }
    }
}

impl fmt::Display for Residual {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, all: &[Self], word: &str| {
            for (at, one) in all.iter().enumerate() {
                if at > 0 {
                    write!(f, " {word} ")?;
                }
                match one {
                    Self::All(_) | Self::Any(_) => write!(f, "({one})")?,
                    one => write!(f, "{one}")?,
                }
            }
            Ok(())
        };
        match self {
            Self::Always(true) => f.write_str("always"),
            Self::Always(false) => f.write_str("never"),
            Self::All(all) => list(f, all, "and"),
            Self::Any(any) => list(f, any, "or"),
            Self::Not(inner) => match &**inner {
                Self::All(_) | Self::Any(_) => write!(f, "not ({inner})"),
                inner => write!(f, "not {inner}"),
            },
            Self::Condition { operator, key, values, .. } => {
                write!(f, "{operator} {key} {}", values.join("|"))
            }
            Self::Resource { statement } => write!(f, "the resource is one of {statement}"),
        }
    }
}

/// What has to hold for the request to be allowed. The same ways through the
/// layers are taken as by the evaluator, over formulas instead of truth
/// values.
pub(super) fn residual(policies: &Policies<'_>, request: &Request<'_>, found: &Evaluation) -> Residual {
    let mut gates = Residual::yes();
    let mut resource = Sums::nothing();
    let mut own = Own { identity: Residual::no(), boundary: Residual::yes(), session: Residual::yes() };
    let (_, checks) = policies.checks(request);
    for check in checks {
        let set = policies.set_of(check.check_type, check.level);
        let mut sums = set.map_or_else(Sums::nothing, |set| sums(policies, set, request));
        gates = gates.and(core::mem::replace(&mut sums.deny, Residual::no()).negated());
        match check.check_type {
            CheckType::ServiceControlPolicy | CheckType::VpcEndpoint => gates = gates.and(sums.any_allow()),
            CheckType::Resource => {
                let granted =
                    |truth: Truth| if truth == Truth::Yes { Residual::yes() } else { Residual::no() };
                // Grants are known.
                sums.direct = sums.direct.or(granted(found.resource.direct));
                sums.role = sums.role.or(granted(found.resource.role));
                sums.account = sums.account.or(granted(found.resource.account));
                resource = sums;
            }
            CheckType::Principal => own.identity = sums.direct,
            CheckType::PermissionsBoundary => own.boundary = sums.direct,
            CheckType::Session => own.session = sums.direct,
            CheckType::Credentials | CheckType::ResourceControlPolicy => {}
        }
    }
    gates.and(found.path.opens(&resource, &own))
}

fn sums(policies: &Policies<'_>, set: &PolicySet, request: &Request<'_>) -> Sums<Residual> {
    let mut sums = Sums::nothing();
    for (statement, concerns, kind) in policies.concerned(set, request) {
        let formula = match concerns {
            Truth::No => Residual::no(),
            Truth::Yes => Residual::yes(),
            Truth::Maybe => of_statement(policies, set, statement, request),
        };
        let effect: Effect = statement.effect;
        sums.add(effect, formula, kind);
    }
    sums
}

/// What is open about one statement.
fn of_statement(
    policies: &Policies<'_>,
    set: &PolicySet,
    statement: &Compiled,
    request: &Request<'_>,
) -> Residual {
    let asked = policies.asked(request);
    let Some(reference) = StatementRef::new(set, statement) else { return Residual::yes() };
    let mut all = Residual::yes();
    if statement.has_resource(&asked) == Truth::Maybe {
        all = all.and(Residual::Resource { statement: Box::new(reference.clone()) });
    }
    let written = set.source(statement).map(|(_, _, written)| written);
    for (at, _) in open_conditions(statement, &asked) {
        if let Some(entry) = written.and_then(|written| written.conditions.get(at)) {
            all = all.and(Residual::Condition {
                operator: (*entry.operator.value).into(),
                key: (*entry.key.value).into(),
                values: entry.values.iter().map(|value| (*value.value).into()).collect(),
                statement: Box::new(reference.clone()),
            });
        }
    }
    all
}

impl Policies<'_> {
    /// The keys that are not known and that the decision may hang on, in
    /// lower case and order: the policies' conditions and variables name
    /// them in statements that may concern the request.
    ///
    /// ```
    /// use aws_core::Caller;
    /// use iam_eval::{Context, Policies, Policy, PolicyKind, PolicySet, Request, Subject};
    ///
    /// let text = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*",
    ///     "Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}}"#;
    /// let identity = PolicySet::new([("mfa", Policy::parse(text, PolicyKind::Identity)?)]);
    /// let policies = Policies { identity: Some(&identity), ..Policies::default() };
    /// let bob = Caller::user("111122223333".parse()?, "bob", "AIDAEXAMPLEBOB");
    /// let (subject, context) = (Subject::of(&bob), Context::of(&bob).partial());
    /// let request = Request::new(&subject, "s3:ListBucket", "arn:aws:s3:::b", &context);
    /// assert_eq!(policies.unknown_keys(&request), ["aws:multifactorauthpresent"]);
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    #[must_use]
    pub fn unknown_keys(&self, request: &Request<'_>) -> Vec<String> {
        let mut keys = Vec::new();
        let (_, checks) = self.checks(request);
        for check in checks {
            let Some(set) = self.set_of(check.check_type, check.level) else { continue };
            for (statement, concerns, _) in self.concerned(set, request) {
                if concerns != Truth::Maybe {
                    continue;
                }
                let named = statement
                    .conditions
                    .iter()
                    .flat_map(|condition| condition.variables().chain(core::iter::once(&*condition.key)));
                let unknown = named
                    .chain(statement.resource_variables())
                    .filter(|key| request.context.fact(key) == Fact::Unknown);
                keys.extend(unknown.map(String::from));
            }
        }
        keys.sort_unstable();
        keys.dedup();
        keys
    }
}
