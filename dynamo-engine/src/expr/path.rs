//! Document paths.

use super::fault::ExpressionFault;
use super::placeholders::Placeholders;
use super::reserved::is_reserved;
use crate::item::{Attributes, Item};
use crate::packed::Raw;
use crate::value::Value;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

/// A path as written, placeholders and all.
#[derive(Debug, Clone)]
pub(crate) struct RawPath<'e> {
    pub(crate) name: &'e str,
    pub(crate) steps: Vec<RawStep<'e>>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum RawStep<'e> {
    Name(&'e str),
    Index(u32),
}

/// A path with its placeholders filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Path {
    pub(crate) name: String,
    pub(crate) steps: Vec<Step>,
}

/// A step into a map or a list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    Name(String),
    Index(u32),
}

impl<'e> RawPath<'e> {
    fn names(&self) -> impl Iterator<Item = &'e str> {
        let below = self.steps.iter().filter_map(|step| match step {
            RawStep::Name(name) => Some(*name),
            RawStep::Index(_) => None,
        });
        core::iter::once(self.name).chain(below)
    }

    /// [DDB-6.1.5] A reserved word cannot stand bare anywhere in a path.
    pub(crate) fn check_reserved(&self) -> Result<(), ExpressionFault> {
        match self.names().find(|name| is_reserved(name)) {
            Some(word) => Err(ExpressionFault::Reserved(word.into())),
            None => Ok(()),
        }
    }

    /// Fills the placeholders in.
    pub(crate) fn resolve(&self, placeholders: &mut Placeholders) -> Result<Path, ExpressionFault> {
        let name = placeholders.name(self.name)?;
        let step = |step: &RawStep<'_>| {
            Ok(match step {
                RawStep::Name(name) => Step::Name(placeholders.name(name)?),
                RawStep::Index(index) => Step::Index(*index),
            })
        };
        Ok(Path { name, steps: self.steps.iter().map(step).collect::<Result<_, _>>()? })
    }
}

impl Path {
    /// An attribute of the item, by its name as it is. `[DDB-7.6]`
    pub(crate) fn top(name: String) -> Self {
        Self { name, steps: Vec::new() }
    }

    /// What it leads to.
    pub(crate) fn find<'v>(&self, attributes: &'v Attributes) -> Option<&'v Value> {
        self.steps.iter().try_fold(attributes.get(&self.name)?, |value, step| match (step, value) {
            (Step::Name(name), Value::M(map)) => map.get(name),
            (Step::Index(index), Value::L(list)) => list.get(*index as usize),
            _ => None,
        })
    }

    /// What it leads to in an item, where it stands.
    pub(crate) fn find_in<'v>(&self, item: &'v Item) -> Option<Raw<'v>> {
        self.steps.iter().try_fold(item.raw(&self.name)?, |value, step| match step {
            Step::Name(name) => value.named(name),
            Step::Index(index) => value.at(*index as usize),
        })
    }

    /// Whether both lead into the same map or list. Attributes have none.
    pub(crate) fn is_sibling(&self, other: &Self) -> bool {
        match (self.steps.split_last(), other.steps.split_last()) {
            (Some((_, own)), Some((_, others))) => self.name == other.name && own == others,
            _ => false,
        }
    }

    /// Refuses two paths where one is, or is inside, the other, or where one
    /// takes for a map what the other takes for a list. `[DDB-6.6.5]`
    pub(crate) fn check_apart(paths: &[&Self]) -> Result<(), ExpressionFault> {
        let mut conflict = None;
        for (index, two) in paths.iter().enumerate() {
            for one in paths.iter().take(index) {
                if one.name != two.name {
                    continue;
                }
                match one.steps.iter().zip(&two.steps).find(|(a, b)| a != b) {
                    None => return Err(ExpressionFault::Overlap(one.to_string(), two.to_string())),
                    Some((Step::Name(_), Step::Index(_)) | (Step::Index(_), Step::Name(_))) => {
                        conflict.get_or_insert((one, two));
                    }
                    Some(_) => {}
                }
            }
        }
        match conflict {
            Some((one, two)) => Err(ExpressionFault::Conflict(one.to_string(), two.to_string())),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Path {
    /// `[a, [0], b]`, as AWS prints paths. `[DDB-6.3.7]`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}", self.name)?;
        for step in &self.steps {
            match step {
                Step::Name(name) => write!(f, ", {name}")?,
                Step::Index(index) => write!(f, ", [{index}]")?,
            }
        }
        f.write_str("]")
    }
}
