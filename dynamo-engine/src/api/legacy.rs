//! The parameters from before there were expressions.

use crate::value::AttributeValue;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// What `Expected` says of one attribute. `[DDB-7.2]`
///
/// ```
/// use aws_core::{AwsError as _, Caller, Calls, Home, Timestamp};
/// use dynamo_engine::{AttributeValue, CreateTableRequest, Engine, ExpectedAttributeValue, Options, PutItemRequest, ValueType};
///
/// let mut dynamo = Engine::with_options(Home::new("us-east-1", "111122223333")?, Options::immediate());
/// let mut calls = Calls::new(Timestamp::from_seconds(1_700_000_000), Caller::anonymous());
/// dynamo.create_table(calls.cx(), CreateTableRequest::on_demand("orders", ("id", ValueType::S), None))?;
///
/// let mut put = PutItemRequest::new("orders", [("id", AttributeValue::s("o-1"))]);
/// put.expected = Some([("id".into(), ExpectedAttributeValue::absent())].into());
/// dynamo.put_item(calls.cx(), put.clone())?;
/// assert_eq!(dynamo.put_item(calls.cx(), put).unwrap_err().shape(), "ConditionalCheckFailedException");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ExpectedAttributeValue {
    /// What the attribute must equal; with an operator, its only operand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<AttributeValue>,
    /// `false` if the attribute must not be there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exists: Option<bool>,
    /// How to compare: `EQ`, `NE`, `LE`, `LT`, `GE`, `GT`, `NOT_NULL`, `NULL`,
    /// `CONTAINS`, `NOT_CONTAINS`, `BEGINS_WITH`, `IN` or `BETWEEN`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comparison_operator: Option<String>,
    /// What to compare with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribute_value_list: Option<Vec<AttributeValue>>,
}

impl ExpectedAttributeValue {
    /// The attribute must not be there.
    #[must_use]
    pub fn absent() -> Self {
        Self { exists: Some(false), ..Self::default() }
    }

    /// The attribute must equal this.
    #[must_use]
    pub fn equals(value: AttributeValue) -> Self {
        Self { value: Some(value), ..Self::default() }
    }
}

/// What `KeyConditions`, `QueryFilter` or `ScanFilter` says of one attribute.
/// `[DDB-7.3]`
///
/// ```
/// use dynamo_engine::{AttributeValue, Condition, QueryRequest};
/// let query = QueryRequest {
///     table_name: Some("orders".into()),
///     key_conditions: Some([("id".into(), Condition::new("EQ", [AttributeValue::s("o-1")]))].into()),
///     ..QueryRequest::default()
/// };
/// let text = r#"{"TableName":"orders","KeyConditions":{"id":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"o-1"}]}}}"#;
/// assert_eq!(serde_json::to_string(&query)?, text);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Condition {
    /// How to compare.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comparison_operator: Option<String>,
    /// What to compare with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribute_value_list: Option<Vec<AttributeValue>>,
}

impl Condition {
    /// The attribute compares so with these values.
    #[must_use]
    pub fn new(operator: impl Into<String>, values: impl IntoIterator<Item = AttributeValue>) -> Self {
        let values: Vec<_> = values.into_iter().collect();
        Self {
            comparison_operator: Some(operator.into()),
            attribute_value_list: (!values.is_empty()).then_some(values),
        }
    }
}

/// What `AttributeUpdates` does to one attribute. `[DDB-7.6]`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AttributeValueUpdate {
    /// What to put, add or delete.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<AttributeValue>,
    /// `PUT`, the default, `ADD` or `DELETE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
}

/// Conditions by attribute name.
pub type Conditions = BTreeMap<String, Condition>;
