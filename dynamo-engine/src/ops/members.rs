//! Member constraints: what the API model says of a request's members.
//! `[DDB-0.4]` `[DDB-0.4a]`

use super::legacy;
use crate::Error;
use crate::api::{AttributeValueUpdate, ExpectedAttributeValue};
use alloc::collections::BTreeMap;
use alloc::string::String;
use aws_core::{Constraint, Violations};

pub(super) const CONSUMED: &[&str] = &["INDEXES", "TOTAL", "NONE"];
const METRICS: &[&str] = &["SIZE", "NONE"];
const VALUES: &[&str] = &["ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW"];
/// As the new layer prints it, misspelt by AWS.
const VALUES_PRINTED: &[&str] = &["ALL_OLD", "UPDATED_OLD", "ALL_NEW", "UPDATE_NEW", "NONE"];
const ON_FAILURE: &[&str] = &["ALL_OLD", "NONE"];
const NAME: Constraint<'_> = Constraint::Pattern("[a-zA-Z0-9_.-]+");

/// The refusal, if anything was found.
pub(super) fn check(faults: Violations) -> Result<(), Error> {
    faults.check().map_err(|message| Error::Members { message: message.into() })
}

/// Whether a table's name or ARN is one in form.
pub(super) fn is_name(name: Option<&str>) -> bool {
    name.is_some_and(|name| {
        name.starts_with("arn:") || (!name.is_empty() && name.len() <= 255 && is_name_text(name))
    })
}

fn is_name_text(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'))
}

/// The faults of a data-plane table name. `[DDB-4.1.4]`
pub(super) fn table_name(faults: &mut Violations, name: Option<&str>) {
    match name {
        None => faults.null("tableName"),
        Some("") => faults.echoed("tableName", "", Constraint::MinLength(1)),
        Some(name) if !is_name(Some(name)) => {
            if name.len() > 255 {
                faults.echoed("tableName", name, Constraint::MaxLength(255));
            }
            if !is_name_text(name) {
                faults.echoed("tableName", name, NAME);
            }
        }
        Some(_) => {}
    }
}

/// The faults of a name that is made: 3 to 255 of the letters. `[DDB-4.1.1]`
pub(super) fn new_name(faults: &mut Violations, path: &str, name: &str) {
    if !is_name_text(name) || name.is_empty() {
        faults.echoed(path, name, NAME);
    }
    if name.len() < 3 {
        faults.echoed(path, name, Constraint::MinLength(3));
    }
    if name.len() > 255 {
        faults.echoed(path, name, Constraint::MaxLength(255));
    }
}

/// The fault of a member that is none of these names.
pub(super) fn one_of(faults: &mut Violations, path: &str, value: Option<&str>, names: &[&str]) {
    if let Some(value) = value.filter(|value| !names.contains(value)) {
        faults.echoed(path, value, Constraint::Enum(names));
    }
}

/// The members that the writes of one item share.
pub(super) struct Write<'r> {
    pub(super) table: Option<&'r str>,
    pub(super) consumed: Option<&'r str>,
    pub(super) metrics: Option<&'r str>,
    pub(super) values: Option<&'r str>,
    pub(super) on_failure: Option<&'r str>,
    /// `item` or `key`, if it is absent.
    pub(super) missing: Option<&'static str>,
    pub(super) operator: Option<&'r str>,
    pub(super) expected: Option<&'r BTreeMap<String, ExpectedAttributeValue>>,
}

impl Write<'_> {
    /// [DDB-0.4a] PutItem and DeleteItem.
    pub(super) fn check(&self) -> Result<(), Error> {
        self.check_empty_name()?;
        let mut faults = Violations::new();
        one_of(&mut faults, "returnConsumedCapacity", self.consumed, CONSUMED);
        table_name(&mut faults, self.table);
        if let Some(member) = self.missing {
            faults.null(member);
        }
        if self.values.is_some_and(|value| !VALUES.contains(&value)) {
            faults.unnamed(Constraint::Enum(VALUES_PRINTED));
        }
        self.rest(&mut faults);
        check(faults)
    }

    /// [DDB-0.4a] UpdateItem: a bad ReturnValues is answered alone, and a
    /// request without Key all in the old form.
    pub(super) fn check_update(
        &self,
        updates: Option<&BTreeMap<String, AttributeValueUpdate>>,
    ) -> Result<(), Error> {
        let mut faults = Violations::new();
        if let Some(member) = self.missing {
            one_of(&mut faults, "returnConsumedCapacity", self.consumed, CONSUMED);
            table_name(&mut faults, self.table);
            one_of(&mut faults, "returnValues", self.values, VALUES);
            self.rest(&mut faults);
            legacy::check_updates(&mut faults, updates);
            faults.null(member);
            return check(faults);
        }
        self.check_empty_name()?;
        if self.values.is_some_and(|value| !VALUES.contains(&value)) {
            faults.unnamed(Constraint::Enum(VALUES_PRINTED));
            return check(faults);
        }
        one_of(&mut faults, "returnConsumedCapacity", self.consumed, CONSUMED);
        table_name(&mut faults, self.table);
        self.rest(&mut faults);
        legacy::check_updates(&mut faults, updates);
        check(faults)
    }

    /// An empty name is answered alone, in the new form.
    fn check_empty_name(&self) -> Result<(), Error> {
        let mut faults = Violations::new();
        if self.table == Some("") {
            faults.silent("TableName", Constraint::MinLength(1));
        }
        check(faults)
    }

    fn rest(&self, faults: &mut Violations) {
        one_of(faults, "returnItemCollectionMetrics", self.metrics, METRICS);
        one_of(faults, "returnValuesOnConditionCheckFailure", self.on_failure, ON_FAILURE);
        legacy::check_operator(faults, self.operator);
        legacy::check_expected(faults, self.expected);
    }
}
