//! Vector indexes: every vector is compared, so that the answer is exact,
//! whatever AWS's may be. `[DDB-5.10]`

use super::Table;
use crate::api::{SearchSchemaElement, VectorAttribute, VectorIndex, VectorIndexDescription};
use crate::item::Item;
use crate::table::describe::index_projection;
use crate::table::index::Projected;
use crate::value::Value;
use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::sync::Arc;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// How far two vectors are apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Distance {
    Cosine,
    Euclidean,
    DotProduct,
}

impl Distance {
    pub(crate) const NAMES: [&str; 3] = ["COSINE", "EUCLIDEAN", "DOT_PRODUCT"];

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::Cosine, Self::Euclidean, Self::DotProduct].into_iter().find(|one| one.name() == name)
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Cosine => "COSINE",
            Self::Euclidean => "EUCLIDEAN",
            Self::DotProduct => "DOT_PRODUCT",
        }
    }

    /// Whether the largest score is the nearest.
    pub(crate) const fn is_similarity(self) -> bool {
        matches!(self, Self::DotProduct)
    }

    pub(crate) fn score(self, a: &[f64], b: &[f64]) -> f64 {
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        match self {
            Self::DotProduct => dot(a, b),
            Self::Euclidean => root(a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()),
            Self::Cosine => {
                let lengths = root(dot(a, a)) * root(dot(b, b));
                // The null vector is like nothing.
                if lengths > 0.0 { 1.0 - dot(a, b) / lengths } else { 1.0 }
            }
        }
    }
}

/// A square root by Newton's way, the same on every machine.
fn root(x: f64) -> f64 {
    if x <= 0.0 || !x.is_finite() {
        return x.max(0.0);
    }
    // Half the exponent is a good guess.
    let mut guess = f64::from_bits((x.to_bits() >> 1) + 0x1FF8_0000_0000_0000);
    for _ in 0..6 {
        guess = 0.5 * (guess + x / guess);
    }
    guess
}

/// A vector index, without what it holds: the table's items are looked at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VectorDefinition {
    pub(crate) name: Arc<str>,
    pub(crate) attribute: String,
    pub(crate) dimensions: usize,
    pub(crate) distance: Distance,
    /// With whether it must be asked for.
    pub(crate) schema: Vec<(String, bool)>,
    pub(crate) projection: Projected,
    /// Whether it is being filled, and cannot be searched.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub(crate) creating: bool,
}

/// A list of numbers, each as 32 bits keep it.
pub(crate) fn numbers(list: &[Value]) -> Option<Vec<f64>> {
    let number = |value: &Value| match value {
        Value::N(number) => number.to_string().parse::<f32>().ok().map(f64::from).filter(|n| n.is_finite()),
        _ => None,
    };
    list.iter().map(number).collect()
}

impl VectorDefinition {
    /// The vector of an item, if it has one that fits.
    pub(crate) fn vector(&self, item: &Item) -> Option<Vec<f64>> {
        match item.get(&self.attribute)? {
            Value::L(list) if list.len() == self.dimensions => numbers(&list),
            _ => None,
        }
    }

    /// What a search returns of an item.
    pub(crate) fn entry(&self, table: &Table, item: &Item) -> Item {
        let schema = &table.definition.schema;
        let keys = || {
            schema.attributes().map(|key| &*key.name).chain(self.schema.iter().map(|(name, _)| name.as_str()))
        };
        match &self.projection {
            Projected::All => item.clone(),
            Projected::KeysOnly => item.only(keys()),
            Projected::Include(names) => item.only(keys().chain(names.iter().map(|name| &**name))),
        }
    }

    pub(crate) fn describe(&self, table: &Table) -> VectorIndexDescription {
        let element = |(name, hash): &(String, bool)| SearchSchemaElement {
            attribute_name: Some(name.clone()),
            search_schema_element_type: Some(if *hash { "HASH" } else { "INLINE_FILTER" }.into()),
        };
        let schema: Vec<_> = self.schema.iter().map(element).collect();
        VectorIndexDescription {
            index: VectorIndex {
                index_name: Some(self.name.to_string()),
                vector_attribute: Some(VectorAttribute { attribute_name: Some(self.attribute.clone()) }),
                search_schema: Some(schema).filter(|schema| !schema.is_empty()),
                projection: Some(index_projection(&self.projection)),
                dimensions: i64::try_from(self.dimensions).ok(),
                distance_function: Some(self.distance.name().into()),
            },
            index_status: if self.creating || !table.is_active() { "CREATING" } else { "ACTIVE" }.into(),
            backfilling: self.creating.then_some(true),
            item_count: table.store.iter().filter(|(_, item)| self.vector(item).is_some()).count() as u64,
            index_arn: format!("{}/index/{}", table.definition.arn, self.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots() {
        for x in [0.0, 1.0, 2.0, 1e-9, 1e300, 0.5, 123_456.789, f64::MIN_POSITIVE] {
            let exact = std::primitive::f64::sqrt(x);
            assert!((root(x) - exact).abs() <= exact * 1e-15, "{x}: {} {exact}", root(x));
        }
    }
}
