//! The parameters from before there were expressions, rewritten to the forms
//! that expressions compile to. `[DDB-7.2]` to `[DDB-7.8]`

use super::members;
use super::{checked_value, refuse};
use crate::Error;
use crate::api::{AttributeValueUpdate, Condition as Asked, Conditions, ExpectedAttributeValue};
use crate::expr::{
    Action, ActionKind, Comparator, Condition, Function, KeyClause, KeyTest, Layer, Op, Path, Placeholders,
    Projection, Update, ValueOp, What,
};
use crate::item::check_name;
use crate::value::{AttributeValue, Value, ValueType};
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use aws_core::{Constraint, Violations};
use core::cmp::Ordering;

/// In the order in which AWS lists them. `[DDB-0.4]`
const OPERATORS: &[&str] = &[
    "IN",
    "NULL",
    "BETWEEN",
    "LT",
    "NOT_CONTAINS",
    "EQ",
    "GT",
    "NOT_NULL",
    "NE",
    "LE",
    "BEGINS_WITH",
    "GE",
    "CONTAINS",
];
const ACTIONS: &[&str] = &["ADD", "PUT", "DELETE"];

/// What the API model says of an operator between conditions.
pub(super) fn check_operator(faults: &mut Violations, operator: Option<&str>) {
    if operator.is_some_and(|operator| !matches!(operator, "AND" | "OR")) {
        faults.unnamed(Constraint::Enum(&["ALL", "OR"]));
    }
}

/// What it says of conditions.
pub(super) fn check_conditions(faults: &mut Violations, member: &str, conditions: Option<&Conditions>) {
    for (name, condition) in conditions.into_iter().flatten() {
        let path = format!("{member}.{name}.member.comparisonOperator");
        match condition.comparison_operator.as_deref() {
            None => faults.null(&path),
            operator => members::one_of(faults, &path, operator, OPERATORS),
        }
    }
}

/// What it says of Expected.
pub(super) fn check_expected(
    faults: &mut Violations,
    expected: Option<&BTreeMap<String, ExpectedAttributeValue>>,
) {
    for (name, entry) in expected.into_iter().flatten() {
        let path = format!("expected.{name}.member.comparisonOperator");
        members::one_of(faults, &path, entry.comparison_operator.as_deref(), OPERATORS);
    }
}

/// What it says of AttributeUpdates.
pub(super) fn check_updates(
    faults: &mut Violations,
    updates: Option<&BTreeMap<String, AttributeValueUpdate>>,
) {
    for (name, update) in updates.into_iter().flatten() {
        let path = format!("attributeUpdates.{name}.member.action");
        members::one_of(faults, &path, update.action.as_deref(), ACTIONS);
    }
}

/// What it says of AttributesToGet.
pub(super) fn check_attributes(faults: &mut Violations, attributes: Option<&[String]>) {
    if attributes.is_some_and(<[String]>::is_empty) {
        faults.echoed("attributesToGet", "[]", Constraint::MinLength(1));
    }
}

/// Refuses what is no name of an attribute.
fn check_top(layer: Layer, name: &str) -> Result<(), Error> {
    check_name(name).or_else(|fault| refuse(layer, What::Value(fault)))
}

/// What one attribute must satisfy.
pub(super) struct Test {
    name: String,
    operator: &'static str,
    values: Vec<Value>,
}

fn invalid<T>(layer: Layer, what: &str) -> Result<T, Error> {
    refuse(layer, What::Legacy(format!("One or more parameter values were invalid: {what}")))
}

impl Test {
    /// Checks the number of values, then their types. `[DDB-7.3]`
    fn new(layer: Layer, name: String, operator: &str, values: Vec<AttributeValue>) -> Result<Self, Error> {
        check_top(layer, &name)?;
        let values =
            values.into_iter().map(|value| checked_value(layer, value)).collect::<Result<Vec<_>, _>>()?;
        let counted = match operator {
            "NULL" | "NOT_NULL" => values.is_empty(),
            "BETWEEN" => values.len() == 2,
            "IN" => !values.is_empty(),
            _ => values.len() == 1,
        };
        if !counted {
            return invalid(
                layer,
                &format!("Invalid number of argument(s) for the {operator} ComparisonOperator"),
            );
        }
        let kinds: Vec<ValueType> = values.iter().map(Value::kind).collect();
        if let Some((first, rest)) = kinds.split_first() {
            if rest.iter().any(|kind| kind != first) {
                return invalid(layer, "AttributeValues inside AttributeValueList must be of same type");
            }
            let taken = match operator {
                "EQ" | "NE" => true,
                "BEGINS_WITH" => matches!(first, ValueType::S | ValueType::B),
                _ => matches!(first, ValueType::S | ValueType::N | ValueType::B),
            };
            if !taken {
                let kind = first.tag();
                return invalid(
                    layer,
                    &format!("ComparisonOperator {operator} is not valid for {kind} AttributeValue type"),
                );
            }
        }
        if let ("BETWEEN", [low, high]) = (operator, values.as_slice())
            && low.order(high) == Some(Ordering::Greater)
        {
            const REVERSED: &str = "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound";
            return refuse(layer, What::Legacy(REVERSED.into()));
        }
        // The names come from the list: anything else was refused before.
        let operator = OPERATORS.iter().copied().find(|known| *known == operator).unwrap_or("EQ");
        Ok(Self { name, operator, values })
    }
}

/// The tests of QueryFilter, ScanFilter or KeyConditions.
pub(super) fn tests(layer: Layer, conditions: Conditions) -> Result<Vec<Test>, Error> {
    let test = |(name, condition): (String, Asked)| {
        let operator = condition.comparison_operator.unwrap_or_default();
        Test::new(layer, name, &operator, condition.attribute_value_list.unwrap_or_default())
    };
    conditions.into_iter().map(test).collect()
}

/// The tests of Expected. `[DDB-7.2]`
pub(super) fn expected(
    layer: Layer,
    expected: BTreeMap<String, ExpectedAttributeValue>,
) -> Result<Vec<Test>, Error> {
    let test = |(name, entry): (String, ExpectedAttributeValue)| {
        let refuse = |what: &str| invalid(layer, &format!("{what} for Attribute: {name}"));
        let ExpectedAttributeValue { value, exists, comparison_operator, attribute_value_list } = entry;
        if value.is_some() && attribute_value_list.is_some() {
            return refuse("Value and AttributeValueList cannot be used together");
        }
        if let Some(operator) = comparison_operator {
            if exists.is_some() {
                return refuse("Exists and ComparisonOperator cannot be used together");
            }
            let operand = value.map(|value| Vec::from([value])).or(attribute_value_list);
            if operand.is_none() && !matches!(operator.as_str(), "NULL" | "NOT_NULL") {
                return refuse(&format!(
                    "Value or AttributeValueList must be used with ComparisonOperator: {operator}"
                ));
            }
            return Test::new(layer, name, &operator, operand.unwrap_or_default());
        }
        if attribute_value_list.is_some() {
            return refuse("AttributeValueList can only be used with a ComparisonOperator");
        }
        match (exists, value) {
            (Some(false), Some(_)) => refuse("Value cannot be used when Exists is false"),
            (Some(false), None) => Test::new(layer, name, "NULL", Vec::new()),
            (None, None) => refuse("Value must be provided when Exists is null"),
            (Some(true), None) => refuse("Value must be provided when Exists is true"),
            (_, Some(value)) => Test::new(layer, name, "EQ", Vec::from([value])),
        }
    };
    expected.into_iter().map(test).collect()
}

/// The condition that tests make together. `[DDB-7.4]` `[DDB-7.5]`
pub(super) fn condition(
    layer: Layer,
    tests: Option<Vec<Test>>,
    operator: Option<&str>,
    placeholders: &mut Placeholders,
) -> Result<Option<Condition>, Error> {
    // An empty map is none, as far as an operator minds.
    let tests = tests.filter(|tests| !(tests.is_empty() && operator.is_some()));
    let Some(tests) = tests else {
        return match operator {
            Some(_) => refuse(
                layer,
                What::Legacy("ConditionalOperator cannot be used without Filter or Expected".into()),
            ),
            None => Ok(None),
        };
    };
    if operator.is_some() && tests.len() == 1 {
        const ALONE: &str =
            "ConditionalOperator can only be used when Filter or Expected has two or more elements";
        return refuse(layer, What::Legacy(ALONE.into()));
    }
    let any = operator == Some("OR");
    let mut steps = Vec::new();
    for (index, Test { name, operator, values }) in tests.into_iter().enumerate() {
        let path = || Op::Path(Path::top(name.clone()));
        let values: Vec<usize> = values.into_iter().map(|value| placeholders.push(value)).collect();
        let count = values.len();
        if operator == "NOT_CONTAINS" {
            // [DDB-7.4] What is not there does not contain, but fails.
            steps.extend([path(), Op::Function(Function::AttributeExists)]);
        }
        steps.push(path());
        steps.extend(values.into_iter().map(Op::Value));
        match operator {
            "EQ" => steps.push(Op::Compare(Comparator::Eq)),
            "NE" => steps.push(Op::Compare(Comparator::Ne)),
            "LT" => steps.push(Op::Compare(Comparator::Lt)),
            "LE" => steps.push(Op::Compare(Comparator::Le)),
            "GT" => steps.push(Op::Compare(Comparator::Gt)),
            "GE" => steps.push(Op::Compare(Comparator::Ge)),
            "BETWEEN" => steps.push(Op::Between),
            "IN" => steps.push(Op::In(count)),
            "NULL" => steps.push(Op::Function(Function::AttributeNotExists)),
            "NOT_NULL" => steps.push(Op::Function(Function::AttributeExists)),
            "BEGINS_WITH" => steps.push(Op::Function(Function::BeginsWith)),
            "CONTAINS" => steps.push(Op::Function(Function::Contains)),
            _ => steps.extend([Op::Function(Function::Contains), Op::Not, Op::And]),
        }
        if index > 0 {
            steps.push(if any { Op::Or } else { Op::And });
        }
    }
    Ok((!steps.is_empty()).then_some(Condition { steps }))
}

/// The clauses of KeyConditions. `[DDB-7.8]`
pub(super) fn key_clauses(tests: Vec<Test>) -> Result<Vec<KeyClause>, Error> {
    if !(1..=2).contains(&tests.len()) {
        return Err(Error::KeyConditionsCount);
    }
    let clause = |Test { name, operator, values }: Test| {
        let mut values = values.into_iter();
        let test = match (operator, values.next(), values.next()) {
            ("EQ", Some(value), _) => KeyTest::Compare(Comparator::Eq, value),
            ("LT", Some(value), _) => KeyTest::Compare(Comparator::Lt, value),
            ("LE", Some(value), _) => KeyTest::Compare(Comparator::Le, value),
            ("GT", Some(value), _) => KeyTest::Compare(Comparator::Gt, value),
            ("GE", Some(value), _) => KeyTest::Compare(Comparator::Ge, value),
            ("BETWEEN", Some(low), Some(high)) => KeyTest::Between(low, high),
            ("BEGINS_WITH", Some(start), _) => KeyTest::BeginsWith(start),
            _ => KeyTest::NotIndexable,
        };
        KeyClause { name, test }
    };
    Ok(tests.into_iter().map(clause).collect())
}

/// What AttributesToGet picks. `[DDB-7.7]`
pub(super) fn projection(layer: Layer, attributes: Option<Vec<String>>) -> Result<Option<Projection>, Error> {
    let Some(attributes) = attributes else { return Ok(None) };
    for (index, name) in attributes.iter().enumerate() {
        check_top(layer, name)?;
        if attributes.iter().take(index).any(|other| other == name) {
            return invalid(layer, &format!("Duplicate value in attribute name: {name}"));
        }
    }
    Ok(Some(Projection::of(attributes.into_iter().map(Path::top).collect())))
}

/// What AttributeUpdates changes; nothing if it is empty. `[DDB-7.6]`
pub(super) fn update(
    layer: Layer,
    updates: BTreeMap<String, AttributeValueUpdate>,
) -> Result<Option<LegacyUpdate>, Error> {
    let mut checked = Vec::new();
    for (name, AttributeValueUpdate { value, action }) in updates {
        check_top(layer, &name)?;
        let action = action.as_deref().unwrap_or("PUT");
        let value = value.map(|value| checked_value(layer, value)).transpose()?;
        let kind = value.as_ref().map(Value::kind);
        let is_set = matches!(kind, Some(ValueType::Ss | ValueType::Ns | ValueType::Bs));
        match (action, kind) {
            ("DELETE", Some(kind)) if !is_set => {
                let kind = kind.tag();
                return invalid(
                    layer,
                    &format!("DELETE action with value is not supported for the type {kind}"),
                );
            }
            ("ADD", Some(kind)) if !is_set && !matches!(kind, ValueType::N | ValueType::L) => {
                let kind = kind.tag();
                return invalid(layer, &format!("ADD action is not supported for the type {kind}"));
            }
            ("PUT" | "ADD", None) => {
                return invalid(layer, "Only DELETE action is allowed when no attribute value is specified");
            }
            _ => {}
        }
        let what = match action {
            "ADD" => LegacyAction::Add,
            "DELETE" => LegacyAction::Delete,
            _ => LegacyAction::Put,
        };
        checked.push((name, what, value));
    }
    Ok((!checked.is_empty()).then_some(LegacyUpdate(checked)))
}

enum LegacyAction {
    Put,
    Add,
    Delete,
}

/// Updates that were checked before there are placeholders to hold their
/// values.
pub(super) struct LegacyUpdate(Vec<(String, LegacyAction, Option<Value>)>);

impl LegacyUpdate {
    /// The update that an expression would compile to.
    pub(super) fn compile(self, placeholders: &mut Placeholders) -> Update {
        let action = |(name, action, value): (String, LegacyAction, Option<Value>)| {
            let list = matches!(value, Some(Value::L(_)));
            let value = value.map(|value| placeholders.push(value));
            let what = match (action, value) {
                (LegacyAction::Put, Some(value)) => ActionKind::Set(Vec::from([ValueOp::Value(value)])),
                (LegacyAction::Add, Some(value)) if list => ActionKind::Append(value),
                (LegacyAction::Add, Some(value)) => ActionKind::Add(value),
                (LegacyAction::Delete, Some(value)) => ActionKind::Delete(value),
                (_, None) => ActionKind::Remove,
            };
            Action { path: Path::top(name), what }
        };
        Update { actions: self.0.into_iter().map(action).collect() }
    }
}
