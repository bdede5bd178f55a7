//! A table as AWS describes it.

use super::index::{Index, Projected};
use super::{Status, Table};
use crate::api::{
    BillingModeSummary, IndexDescription, IndexProjection, KeySchemaElement, RestoreSummary,
    StreamSpecification, TableClassSummary, TableDescription, ThroughputDescription, WarmThroughput,
};
use crate::capacity::Rates;
use crate::key::KeySchema;
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;
use aws_core::Timestamp;

impl Status {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Creating(_) => "CREATING",
            Self::Active => "ACTIVE",
            Self::Updating(_) => "UPDATING",
            Self::Deleting(_) => "DELETING",
        }
    }
}

pub(crate) fn seconds(at: Timestamp) -> f64 {
    at.as_millis() as f64 / 1_000.0
}

pub(crate) fn key_schema(schema: &KeySchema) -> Vec<KeySchemaElement> {
    let hash = schema.hash_attributes().map(|key| KeySchemaElement::new(&*key.name, "HASH"));
    let sort = schema.sort_attributes().map(|key| KeySchemaElement::new(&*key.name, "RANGE"));
    hash.chain(sort).collect()
}

pub(crate) fn index_projection(projected: &Projected) -> IndexProjection {
    let (kind, non_key_attributes) = match projected {
        Projected::All => ("ALL", None),
        Projected::KeysOnly => ("KEYS_ONLY", None),
        Projected::Include(names) => ("INCLUDE", Some(names.iter().map(|name| name.to_string()).collect())),
    };
    IndexProjection { projection_type: Some(kind.into()), non_key_attributes }
}

fn throughput(provisioned: Option<Rates>) -> ThroughputDescription {
    let rates = provisioned.unwrap_or(Rates { read: 0, write: 0 });
    ThroughputDescription {
        number_of_decreases_today: 0,
        read_capacity_units: rates.read,
        write_capacity_units: rates.write,
    }
}

/// What a table or index can serve at once, if nothing else was asked for.
/// `[CAP-4.11]`
pub(crate) fn warm_rates(provisioned: Option<Rates>) -> Rates {
    provisioned.unwrap_or(Rates { read: 12_000, write: 4_000 })
}

/// [DDB-4.4.1] [CAP-4.11]
fn warm(provisioned: Option<Rates>, asked: Option<Rates>) -> WarmThroughput {
    let own = warm_rates(provisioned);
    let asked = asked.unwrap_or(own);
    let rates = Rates { read: own.read.max(asked.read), write: own.write.max(asked.write) };
    WarmThroughput {
        read_units_per_second: rates.read,
        write_units_per_second: rates.write,
        status: "ACTIVE".into(),
    }
}

impl Table {
    /// The whole description; `described` adds what CreateTable leaves out.
    /// `[DDB-4.4.1]` `[DDB-4.4.2]`
    pub(crate) fn describe(&self, described: bool) -> TableDescription {
        let definition = &self.definition;
        let indexes = |global: bool| {
            let of_kind = self.indexes.iter().filter(|index| index.definition.global == global);
            let all: Vec<_> = of_kind.map(|index| self.describe_index(index, described)).collect();
            Some(all).filter(|all| !all.is_empty())
        };
        let stream = self.stream.as_ref();
        TableDescription {
            attribute_definitions: Some(definition.attributes.clone()),
            table_name: definition.name.to_string(),
            key_schema: Some(key_schema(&definition.schema)),
            table_status: definition.status.name().into(),
            creation_date_time: Some(seconds(definition.created)),
            provisioned_throughput: throughput(definition.provisioned),
            table_size_bytes: self.store.bytes(),
            item_count: self.store.count(),
            table_arn: definition.arn.to_string(),
            table_id: definition.id.clone(),
            billing_mode_summary: definition.on_demand_since.map(|since| BillingModeSummary {
                billing_mode: match definition.provisioned {
                    Some(_) => "PROVISIONED".into(),
                    None => "PAY_PER_REQUEST".into(),
                },
                last_update_to_pay_per_request_date_time: described.then(|| seconds(since)),
            }),
            local_secondary_indexes: indexes(false),
            global_secondary_indexes: indexes(true),
            stream_specification: stream.map(|stream| StreamSpecification {
                stream_enabled: Some(true),
                stream_view_type: Some(stream.view.name().into()),
            }),
            latest_stream_label: stream
                .map(|stream| stream.label.clone())
                .or_else(|| definition.last_stream.as_ref().map(|(label, _)| label.clone())),
            latest_stream_arn: stream
                .map(|stream| stream.arn.to_string())
                .or_else(|| definition.last_stream.as_ref().map(|(_, arn)| arn.to_string())),
            deletion_protection_enabled: Some(definition.protected),
            warm_throughput: described.then(|| warm(definition.provisioned, definition.warm)),
            table_class_summary: definition
                .class
                .clone()
                .map(|table_class| TableClassSummary { table_class }),
            vector_indexes: Some(definition.vectors.iter().map(|index| index.describe(self)).collect())
                .filter(|all: &Vec<_>| !all.is_empty()),
            on_demand_throughput: definition.ceiling,
            restore_summary: definition.restored.as_ref().map(|restored| RestoreSummary {
                source_backup_arn: restored.backup.clone(),
                source_table_arn: restored.table.clone(),
                restore_date_time: seconds(restored.at),
                restore_in_progress: matches!(definition.status, Status::Creating(_)),
            }),
        }
    }

    fn describe_index(&self, index: &Index, described: bool) -> IndexDescription {
        let definition = &index.definition;
        IndexDescription {
            index_name: definition.name.to_string(),
            key_schema: key_schema(&definition.schema),
            projection: index_projection(&definition.projection),
            index_status: definition.global.then(|| match self.definition.status {
                _ if definition.creating => "CREATING".into(),
                Status::Updating(_) => "ACTIVE".into(),
                status => status.name().into(),
            }),
            backfilling: (definition.global && definition.creating).then_some(true),
            provisioned_throughput: definition.global.then(|| throughput(definition.provisioned)),
            index_size_bytes: index.store.bytes(),
            item_count: index.store.count(),
            index_arn: format!("{}/index/{}", self.definition.arn, definition.name),
            warm_throughput: (definition.global && described).then(|| warm(definition.provisioned, None)),
        }
    }

    /// What DeleteTable answers. `[DDB-4.4.5]`
    pub(crate) fn describe_deleted(&self) -> TableDescription {
        let whole = self.describe(true);
        TableDescription {
            table_name: whole.table_name,
            table_status: whole.table_status,
            provisioned_throughput: whole.provisioned_throughput,
            table_size_bytes: whole.table_size_bytes,
            item_count: whole.item_count,
            table_arn: whole.table_arn,
            table_id: whole.table_id,
            billing_mode_summary: whole.billing_mode_summary,
            deletion_protection_enabled: whole.deletion_protection_enabled,
            ..TableDescription::default()
        }
    }
}
