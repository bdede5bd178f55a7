//! The condition of a statement, as far as keys are sought in it.

use crate::expr::{Comparator, Condition, KeyClause, KeyTest, Op};
use crate::value::Value;
use alloc::vec::Vec;

/// A condition as a tree of AND, OR and NOT over tests.
#[derive(Debug, Clone)]
pub(crate) enum Term {
    And(Vec<Self>),
    Or(Vec<Self>),
    Not(Vec<Self>),
    /// Steps in postfix order, and what they say of one attribute, if a store
    /// could answer it by a range or by several places.
    Test {
        steps: Vec<Op>,
        key: Option<KeyClause>,
        among: Option<(alloc::string::String, Vec<Value>)>,
    },
}

impl Term {
    /// The parts that all have to hold.
    pub(crate) fn conjuncts(&self) -> Vec<&Self> {
        match self {
            Self::And(terms) => terms.iter().flat_map(Self::conjuncts).collect(),
            other => Vec::from([other]),
        }
    }

    /// What it says of one attribute, as a range.
    pub(crate) fn key(&self) -> Option<&KeyClause> {
        match self {
            Self::Test { key, .. } => key.as_ref(),
            _ => None,
        }
    }

    /// The value that an attribute must have.
    pub(crate) fn equality(&self, name: &str) -> Option<&Value> {
        let clause = self.key().filter(|clause| clause.name == name)?;
        match &clause.test {
            KeyTest::Compare(Comparator::Eq, value) => Some(value),
            _ => None,
        }
    }

    /// The values that an attribute must have one of: an equality, IN, or OR
    /// of these. `[DDB-12.3]`
    pub(crate) fn one_of(&self, name: &str) -> Option<Vec<&Value>> {
        if let Some(value) = self.equality(name) {
            return Some(Vec::from([value]));
        }
        match self {
            Self::Test { among: Some((attribute, values)), .. } if attribute == name => {
                Some(values.iter().collect())
            }
            Self::Or(terms) => {
                let all = terms.iter().map(|term| term.one_of(name)).collect::<Option<Vec<_>>>()?;
                Some(all.into_iter().flatten().collect())
            }
            _ => None,
        }
    }

    /// All of these as one condition.
    pub(crate) fn all(terms: &[&Self]) -> Option<Condition> {
        let mut steps = Vec::new();
        for (place, term) in terms.iter().enumerate() {
            term.write(&mut steps);
            if place > 0 {
                steps.push(Op::And);
            }
        }
        (!steps.is_empty()).then_some(Condition { steps })
    }

    fn write(&self, out: &mut Vec<Op>) {
        match self {
            Self::Test { steps, .. } => out.extend(steps.iter().cloned()),
            Self::Not(terms) => {
                terms.iter().for_each(|term| term.write(out));
                out.push(Op::Not);
            }
            Self::And(terms) | Self::Or(terms) => {
                for (place, term) in terms.iter().enumerate() {
                    term.write(out);
                    if place > 0 {
                        out.push(if matches!(self, Self::And(_)) { Op::And } else { Op::Or });
                    }
                }
            }
        }
    }
}
