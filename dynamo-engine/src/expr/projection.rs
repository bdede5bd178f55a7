//! ProjectionExpression.

use super::fault::{ExpressionFault, ExpressionKind, Fault, What};
use super::lex::Tokens;
use super::path::{Path, Step};
use super::placeholders::Placeholders;
use crate::Error;
use crate::item::{Attributes, Item, Pick};
use crate::value::{DEPTH, Value};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

/// The parts of an item that are wanted, as a tree of paths.
#[derive(Debug)]
pub(crate) struct Projection {
    /// The paths as written.
    pub(crate) paths: Vec<Path>,
    top: Vec<(String, Part)>,
}

/// What is wanted of a value: all of it, or parts of a map or list.
#[derive(Debug)]
enum Part {
    All,
    Names(Vec<(String, Part)>),
    Indices(Vec<(u32, Part)>),
}

impl Projection {
    /// Reads and checks it. `[DDB-6.7.1]`
    pub(crate) fn compile(source: &str, placeholders: &mut Placeholders) -> Result<Self, Error> {
        Self::read(source, placeholders).map_err(|fault| {
            let what = What::Expression(ExpressionKind::ProjectionExpression, fault);
            Error::Invalid { fault: Box::new(Fault { layer: placeholders.layer(), what }) }
        })
    }

    fn read(source: &str, placeholders: &mut Placeholders) -> Result<Self, ExpressionFault> {
        let mut tokens = Tokens::new(source)?;
        let mut raw = Vec::from([tokens.path()?]);
        while tokens.take(",") {
            raw.push(tokens.path()?);
        }
        tokens.end()?;
        raw.iter().try_for_each(|path| path.check_reserved())?;
        let paths = raw.iter().map(|path| path.resolve(placeholders)).collect::<Result<Vec<_>, _>>()?;
        Path::check_apart(&paths.iter().collect::<Vec<_>>())?;
        Ok(Self::of(paths))
    }

    /// The paths, which do not overlap.
    pub(crate) fn of(paths: Vec<Path>) -> Self {
        let mut top = Vec::new();
        // No stored value nests so deep that a longer path leads anywhere.
        for path in paths.iter().filter(|path| path.steps.len() < DEPTH) {
            add(&mut top, path.name.clone(), &path.steps);
        }
        Self { paths, top }
    }

    /// The item with only what is wanted and there. `[DDB-6.7.2]`
    /// `[DDB-6.7.3]`
    pub(crate) fn of_item(&self, item: &Item) -> Item {
        item.picked(|name, value| {
            let place = self.top.binary_search_by(|(other, _)| other.as_str().cmp(name));
            match place.ok().and_then(|place| self.top.get(place)) {
                None => Pick::Nothing,
                Some((_, Part::All)) => Pick::All,
                Some((_, part)) => take(part, &value.value()).map_or(Pick::Nothing, Pick::Part),
            }
        })
    }

    /// The attributes that it names at the top.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.top.iter().map(|(name, _)| name.as_str())
    }
}

fn add<K: Ord>(parts: &mut Vec<(K, Part)>, key: K, steps: &[Step]) {
    let place = match parts.binary_search_by(|(other, _)| other.cmp(&key)) {
        Ok(place) => place,
        Err(place) => {
            let part = match steps.first() {
                None => Part::All,
                Some(Step::Name(_)) => Part::Names(Vec::new()),
                Some(Step::Index(_)) => Part::Indices(Vec::new()),
            };
            parts.insert(place, (key, part));
            place
        }
    };
    let Some((step, rest)) = steps.split_first() else { return };
    match (parts.get_mut(place), step) {
        (Some((_, Part::Names(parts))), Step::Name(name)) => add(parts, name.clone(), rest),
        (Some((_, Part::Indices(parts))), Step::Index(index)) => add(parts, *index, rest),
        _ => {}
    }
}

fn names(parts: &[(String, Part)], attributes: &Attributes) -> Attributes {
    let pick = |(name, part): &(String, Part)| Some((name.clone(), take(part, attributes.get(name)?)?));
    parts.iter().filter_map(pick).collect()
}

fn take(part: &Part, value: &Value) -> Option<Value> {
    match (part, value) {
        (Part::All, value) => Some(value.clone()),
        (Part::Names(parts), Value::M(map)) => {
            Some(names(parts, map)).filter(|map| !map.is_empty()).map(Value::M)
        }
        (Part::Indices(parts), Value::L(list)) => {
            let pick = |(index, part): &(u32, Part)| take(part, list.get(*index as usize)?);
            Some(parts.iter().filter_map(pick).collect::<Vec<_>>())
                .filter(|list| !list.is_empty())
                .map(Value::L)
        }
        _ => None,
    }
}
