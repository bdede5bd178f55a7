//! CreateTable.

use super::{Named, members};
use crate::api::{
    AttributeDefinition, CreateTableRequest, CreateTableResult, IndexProjection, KeySchemaElement,
    OnDemandThroughput, ProvisionedThroughput, WarmThroughputRequest,
};
use crate::capacity::{Meter, Rates, partitions};
use crate::engine::ResourcePolicy;
use crate::key::{KeyAttribute, KeySchema};
use crate::table::index::{Index, IndexDefinition, Projected};
use crate::table::store::Store;
use crate::table::stream::{Stream, View};
use crate::table::{Status, Table, TableDefinition};
use crate::value::ValueType;
use crate::{Engine, Error, Event, Options};
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use aws_core::{AuthzRequest, Caller, Constraint, Cx, Operation, Sink, Timestamp, Violations};

pub(super) const CLASSES: [&str; 2] = ["STANDARD", "STANDARD_INFREQUENT_ACCESS"];
/// Units that a number may name at all. `[DDB-4.2b]`
const UNITS: i64 = 1_000_000_000_000;

pub(super) fn bad<T>(what: impl Into<String>) -> Result<T, Error> {
    Err(Error::BadTable { what: what.into().into() })
}

/// `a, b`.
fn list<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    names.into_iter().collect::<Vec<_>>().join(", ")
}

fn name_of(element: &KeySchemaElement) -> &str {
    element.attribute_name.as_deref().unwrap_or_default()
}

impl CreateTableRequest {
    /// [DDB-4.2] The first stage: member constraints, all together.
    fn check_members(&self) -> Result<(), Error> {
        let Some(name) = &self.table_name else { return Err(Error::TableNameRequired) };
        let mut faults = Violations::new();
        match &self.attribute_definitions {
            None => faults.null("attributeDefinitions"),
            Some(all) => check_definitions(&mut faults, all),
        }
        members::new_name(&mut faults, "tableName", name);
        members::one_of(
            &mut faults,
            "billingMode",
            self.billing_mode.as_deref(),
            &["PROVISIONED", "PAY_PER_REQUEST"],
        );
        check_throughput(&mut faults, "provisionedThroughput", self.provisioned_throughput.as_ref());
        schema(&mut faults, "keySchema", self.key_schema.as_deref(), Some(2));
        for (index, global) in (1..).zip(self.global_secondary_indexes.iter().flatten()) {
            check_index(&mut faults, &format!("globalSecondaryIndexes.{index}.member"), global);
        }
        for (index, local) in (1..).zip(self.local_secondary_indexes.iter().flatten()) {
            let path = format!("localSecondaryIndexes.{index}.member");
            check_index_name(&mut faults, &path, local.index_name.as_deref());
            schema(&mut faults, &format!("{path}.keySchema"), local.key_schema.as_deref(), Some(2));
            projection(&mut faults, &path, local.projection.as_ref());
        }
        for (index, vectors) in (1..).zip(self.vector_indexes.iter().flatten()) {
            super::vector::check(&mut faults, &format!("vectorIndexes.{index}.member"), vectors);
        }
        members::check(faults)
    }

    /// What AWS has and this engine has not.
    fn check_modelled(&self) -> Result<(), Error> {
        let members = [
            (&self.global_table_source_arn, "GlobalTableSourceArn"),
            (&self.global_table_settings_replication_mode, "GlobalTableSettingsReplicationMode"),
        ];
        let sealed = self
            .sse_specification
            .as_ref()
            .is_some_and(|asked| asked.get("Enabled").and_then(serde_json::Value::as_bool) == Some(true));
        let own = members.iter().find(|(member, _)| member.is_some()).map(|(_, what)| *what);
        let own = own.or(sealed.then_some("SSESpecification"));
        let mut indexes = self.global_secondary_indexes.iter().flatten();
        let throughput = |global: &crate::GlobalSecondaryIndex| {
            global.on_demand_throughput.is_some() || global.warm_throughput.is_some()
        };
        let what = match own {
            Some(what) => what,
            None if indexes.any(throughput) => "A global index's OnDemandThroughput or WarmThroughput",
            None => return Ok(()),
        };
        Err(Error::NotModelled { what })
    }

    /// The throughput, if it is provisioned. `[DDB-4.2a]` `[DDB-4.2b]`
    fn rates(&self) -> Result<Option<Rates>, Error> {
        if self.billing_mode.as_deref() == Some("PAY_PER_REQUEST") {
            return match &self.provisioned_throughput {
                None => Ok(None),
                Some(_) => bad(
                    "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
                ),
            };
        }
        match &self.provisioned_throughput {
            None => bad(
                "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED",
            ),
            Some(throughput) => rates(throughput).map(Some),
        }
    }
}

/// The buckets of a new table or index, which has so many partitions at
/// least.
pub(super) fn fresh_meter(
    options: &Options,
    provisioned: Option<Rates>,
    least: usize,
    now: Timestamp,
) -> Meter {
    let count = options.partitions.unwrap_or_else(|| partitions(provisioned).max(least)).max(1);
    match options.throttling {
        true => Meter::new(provisioned, count, options.admission, options.initial_burst, now),
        false => Meter::unlimited(count, now),
    }
}

/// What a table is to serve at once: never less than it can. `[CAP-4.11]`
/// `[CAP-4.12]`
pub(super) fn warm(
    asked: Option<WarmThroughputRequest>,
    provisioned: Option<Rates>,
    before: Option<Rates>,
    created: bool,
) -> Result<Option<Rates>, Error> {
    let Some(asked) = asked else { return Ok(before) };
    let own = crate::table::describe::warm_rates(provisioned);
    let before = before.unwrap_or(own);
    let now = Rates { read: own.read.max(before.read), write: own.write.max(before.write) };
    let units = |asked: Option<i64>, now: u64, side: &str| match asked {
        None => Ok(now),
        Some(asked) => match u64::try_from(asked) {
            Ok(asked) if asked >= now => Ok(asked),
            _ => {
                let than = match (created, provisioned) {
                    (false, _) => "current WarmThroughput, decreasing WarmThroughput is not supported".into(),
                    (true, Some(_)) => format!("{side}CapacityUnits of ProvisionedThroughput"),
                    (true, None) => "initial throughput for OnDemand. See: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html#on-demand-capacity-mode-initial".into(),
                };
                bad(format!(
                    "Requested {side}UnitsPerSecond for WarmThroughput for table is lower than {than}"
                ))
            }
        },
    };
    Ok(Some(Rates {
        read: units(asked.read_units_per_second, now.read, "Read")?,
        write: units(asked.write_units_per_second, now.write, "Write")?,
    }))
}

/// The ceilings of a table that is paid by the request; -1 takes one away.
/// `[CAP-4.10]`
pub(super) fn ceiling(
    asked: Option<OnDemandThroughput>,
    provisioned: Option<Rates>,
    before: Option<OnDemandThroughput>,
    created: bool,
) -> Result<Option<OnDemandThroughput>, Error> {
    let Some(asked) = asked else { return Ok(before.filter(|_| provisioned.is_none())) };
    if provisioned.is_some() {
        let member = if asked.max_read_request_units.is_some() { "Read" } else { "Write" };
        let end = if created {
            "table BillingMode is PROVISIONED."
        } else {
            "the table BillingMode is PROVISIONED"
        };
        return bad(format!("Max{member}RequestUnits for OnDemandThroughput cannot be specified when {end}"));
    }
    let before = before.unwrap_or_default();
    let units = |asked: Option<i64>, before: Option<i64>, member: &str| match asked {
        None => Ok(before),
        Some(-1) if !created => Ok(None),
        Some(units) if units >= 1 => Ok(Some(units)),
        Some(_) => {
            bad(format!("Requested {member} for OnDemandThroughput for table is outside of valid range"))
        }
    };
    let ceiling = OnDemandThroughput {
        max_read_request_units: units(
            asked.max_read_request_units,
            before.max_read_request_units,
            "MaxReadRequestUnits",
        )?,
        max_write_request_units: units(
            asked.max_write_request_units,
            before.max_write_request_units,
            "MaxWriteRequestUnits",
        )?,
    };
    Ok(Some(ceiling).filter(|ceiling| *ceiling != OnDemandThroughput::default()))
}

pub(super) fn rates(throughput: &ProvisionedThroughput) -> Result<Rates, Error> {
    let bounded = |value: Option<i64>, member| {
        let value = value.unwrap_or_default();
        if value > UNITS { Err(Error::UnitsOutOfBounds { value, member }) } else { Ok(value.unsigned_abs()) }
    };
    Ok(Rates {
        read: bounded(throughput.read_capacity_units, "ReadCapacityUnits")?,
        write: bounded(throughput.write_capacity_units, "WriteCapacityUnits")?,
    })
}

/// The member constraints of definitions.
pub(super) fn check_definitions(faults: &mut Violations, all: &[AttributeDefinition]) {
    for (index, definition) in (1..).zip(all) {
        let path = format!("attributeDefinitions.{index}.member");
        key_name(faults, &path, definition.attribute_name.as_deref());
        let kind = definition.attribute_type.as_deref();
        required_enum(faults, &format!("{path}.attributeType"), kind, &["B", "N", "S"]);
    }
}

/// The member constraints of a global index.
pub(super) fn check_index(faults: &mut Violations, path: &str, global: &crate::GlobalSecondaryIndex) {
    check_index_name(faults, path, global.index_name.as_deref());
    schema(faults, &format!("{path}.keySchema"), global.key_schema.as_deref(), None);
    projection(faults, path, global.projection.as_ref());
    let own = global.provisioned_throughput.as_ref();
    check_throughput(faults, &format!("{path}.provisionedThroughput"), own);
}

fn key_name(faults: &mut Violations, path: &str, name: Option<&str>) {
    let path = format!("{path}.attributeName");
    match name {
        None => faults.null(&path),
        Some("") => faults.echoed(&path, "", Constraint::MinLength(1)),
        Some(name) if name.len() > 255 => faults.echoed(&path, name, Constraint::MaxLength(255)),
        Some(_) => {}
    }
}

fn required_enum(faults: &mut Violations, path: &str, value: Option<&str>, names: &[&str]) {
    match value {
        None => faults.null(path),
        value => members::one_of(faults, path, value, names),
    }
}

pub(super) fn check_throughput(
    faults: &mut Violations,
    path: &str,
    throughput: Option<&ProvisionedThroughput>,
) {
    let Some(throughput) = throughput else { return };
    for (member, value) in [
        ("writeCapacityUnits", throughput.write_capacity_units),
        ("readCapacityUnits", throughput.read_capacity_units),
    ] {
        match value {
            None => faults.null(&format!("{path}.{member}")),
            Some(value) if value < 1 => {
                faults.echoed(&format!("{path}.{member}"), value, Constraint::MinValue(1))
            }
            Some(_) => {}
        }
    }
}

fn schema(faults: &mut Violations, path: &str, schema: Option<&[KeySchemaElement]>, most: Option<usize>) {
    let Some(elements) = schema else { return faults.null(path) };
    if elements.is_empty() {
        faults.echoed(path, "[]", Constraint::MinLength(1));
    }
    if most.is_some_and(|most| elements.len() > most) {
        let element = |element: &KeySchemaElement| {
            let kind = element.key_type.as_deref().unwrap_or("null");
            format!("KeySchemaElement(attributeName={}, keyType={kind})", name_of(element))
        };
        let echo = elements.iter().map(element).collect::<Vec<_>>().join(", ");
        faults.echoed(path, format!("[{echo}]"), Constraint::MaxLength(2));
    }
    for (index, element) in (1..).zip(elements) {
        let path = format!("{path}.{index}.member");
        key_name(faults, &path, element.attribute_name.as_deref());
        required_enum(faults, &format!("{path}.keyType"), element.key_type.as_deref(), &["HASH", "RANGE"]);
    }
}

pub(super) fn check_index_name(faults: &mut Violations, path: &str, name: Option<&str>) {
    let path = format!("{path}.indexName");
    match name {
        None => faults.null(&path),
        Some(name) => members::new_name(faults, &path, name),
    }
}

pub(super) fn projection(faults: &mut Violations, path: &str, projection: Option<&IndexProjection>) {
    let path = format!("{path}.projection");
    let Some(projection) = projection else { return faults.null(&path) };
    let kinds = &["ALL", "INCLUDE", "KEYS_ONLY"];
    members::one_of(faults, &format!("{path}.projectionType"), projection.projection_type.as_deref(), kinds);
    if projection.non_key_attributes.as_ref().is_some_and(Vec::is_empty) {
        faults.echoed(&format!("{path}.nonKeyAttributes"), "[]", Constraint::MinLength(1));
    }
    for (index, name) in (1..).zip(projection.non_key_attributes.iter().flatten()) {
        if name.len() > 255 {
            faults.echoed(
                &format!("{path}.nonKeyAttributes.{index}.member"),
                name,
                Constraint::MaxLength(255),
            );
        }
    }
}

/// The definitions of a request, and which of them keys use.
pub(super) struct Definitions<'r> {
    all: &'r [AttributeDefinition],
    used: Vec<&'r str>,
}

impl<'r> Definitions<'r> {
    pub(super) fn of(all: &'r [AttributeDefinition]) -> Self {
        Self { all, used: Vec::new() }
    }

    fn names(&self) -> impl Iterator<Item = &'r str> {
        self.all.iter().filter_map(|definition| definition.attribute_name.as_deref())
    }

    /// The type of a key attribute, if it is defined.
    fn kind(&self, name: &str) -> Option<ValueType> {
        let definition =
            self.all.iter().find(|definition| definition.attribute_name.as_deref() == Some(name))?;
        ValueType::from_tag(definition.attribute_type.as_deref()?)
    }

    /// [DDB-4.2c] [DDB-4.2d] [DDB-4.2e]
    fn schema(&mut self, elements: &'r [KeySchemaElement]) -> Result<KeySchema, Error> {
        let names = || elements.iter().map(name_of);
        if elements.len() > self.all.len() {
            return Err(Error::KeyWithoutDefinition);
        }
        if names().any(|name| self.kind(name).is_none()) {
            return bad(format!(
                "Some index key attributes are not defined in AttributeDefinitions. Keys: [{}], AttributeDefinitions: [{}]",
                list(names()),
                list(self.names())
            ));
        }
        let [first, rest @ ..] = elements else { return Err(Error::KeyWithoutDefinition) };
        if rest.iter().any(|element| name_of(element) == name_of(first)) {
            return Err(Error::SameKeyTwice);
        }
        if first.key_type.as_deref() != Some("HASH") {
            return Err(Error::FirstNotHash);
        }
        if rest.first().is_some_and(|second| second.key_type.as_deref() != Some("RANGE")) {
            return Err(Error::SecondNotRange);
        }
        self.used.extend(names());
        let attribute = |element: &KeySchemaElement| KeyAttribute {
            name: name_of(element).into(),
            kind: self.kind(name_of(element)).unwrap_or(ValueType::S),
        };
        Ok(KeySchema {
            hash: attribute(first),
            hashes: Vec::new(),
            sort: rest.first().map(attribute),
            sorts: Vec::new(),
        })
    }

    /// The key of a global index, which may have several attributes of each
    /// kind. `[DDB-4.3]`
    fn index_schema(&mut self, elements: &'r [KeySchemaElement]) -> Result<KeySchema, Error> {
        let is_hash = |element: &&KeySchemaElement| element.key_type.as_deref() == Some("HASH");
        let hashes = elements.iter().filter(is_hash).count();
        if elements.len() <= 2 && hashes < 2 {
            return self.schema(elements);
        }
        let names = || elements.iter().map(name_of);
        if names().any(|name| self.kind(name).is_none()) {
            return bad(format!(
                "Some index key attributes are not defined in AttributeDefinitions. Keys: [{}], AttributeDefinitions: [{}]",
                list(names()),
                list(self.names())
            ));
        }
        if hashes == 0
            || !elements.first().is_some_and(|first| is_hash(&first)) && hashes == 1 && elements.len() == 2
        {
            return Err(Error::FirstNotHash);
        }
        if elements.iter().skip(hashes).any(|element| is_hash(&element)) {
            return bad("All HASH key attributes must precede RANGE key attributes in the KeySchema");
        }
        for (kind, count) in [("HASH", hashes), ("RANGE", elements.len() - hashes)] {
            if count > 4 {
                return bad(format!(
                    "The KeySchema exceeds the maximum allowed number of {kind} key attributes"
                ));
            }
        }
        if names().enumerate().any(|(place, name)| names().take(place).any(|other| other == name)) {
            return bad("The KeySchema contains multiple key attributes with the same name");
        }
        self.used.extend(names());
        let attribute = |element: &KeySchemaElement| KeyAttribute {
            name: name_of(element).into(),
            kind: self.kind(name_of(element)).unwrap_or(ValueType::S),
        };
        let mut hash = elements.iter().take(hashes).map(attribute);
        let mut sort = elements.iter().skip(hashes).map(attribute);
        let first = hash.next().ok_or(Error::FirstNotHash)?;
        let hashes = hash.collect();
        Ok(KeySchema { hash: first, hashes, sort: sort.next(), sorts: sort.collect() })
    }

    /// [DDB-4.2f]
    fn check_used(&self, indexes: bool) -> Result<(), Error> {
        let names: Vec<_> = self.names().collect();
        for (index, name) in names.iter().enumerate() {
            if names.iter().take(index).any(|other| other == name) {
                return Err(Error::DuplicateDefinition { name: (*name).into() });
            }
        }
        if names.iter().all(|name| self.used.contains(name)) {
            return Ok(());
        }
        if !indexes {
            return bad(
                "Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions",
            );
        }
        let mut used = self.used.clone();
        used.sort_unstable();
        used.dedup();
        bad(format!(
            "Some AttributeDefinitions are not used. AttributeDefinitions: [{}], keys used: [{}]",
            list(names),
            list(used)
        ))
    }
}

/// [DDB-4.2i]
pub(super) fn projected(projection: Option<&IndexProjection>) -> Result<Projected, Error> {
    let names = projection.and_then(|projection| projection.non_key_attributes.as_ref());
    let kind = projection.and_then(|projection| projection.projection_type.as_deref());
    match (kind, names) {
        (None, _) => bad("Unknown ProjectionType: null"),
        (Some(kind), None) if !matches!(kind, "ALL" | "KEYS_ONLY" | "INCLUDE") => {
            bad(format!("Unknown ProjectionType: {kind}"))
        }
        (Some("ALL"), None) => Ok(Projected::All),
        (Some("KEYS_ONLY"), None) => Ok(Projected::KeysOnly),
        (Some(_), None) => bad("ProjectionType is INCLUDE, but NonKeyAttributes is not specified"),
        (Some("INCLUDE"), Some(names)) => {
            for (index, name) in names.iter().enumerate() {
                if names.iter().take(index).any(|other| other == name) {
                    return Err(Error::DuplicateProjection { name: name.as_str().into() });
                }
            }
            Ok(Projected::Include(names.iter().map(|name| name.as_str().into()).collect()))
        }
        (Some(kind), Some(_)) => bad(format!("ProjectionType is {kind}, but NonKeyAttributes is specified")),
    }
}

/// The definition of a global index. `[DDB-4.2h]`
pub(super) fn index_of<'r>(
    global: &'r crate::GlobalSecondaryIndex,
    definitions: &mut Definitions<'r>,
    on_demand: bool,
    projection: Result<Projected, Error>,
) -> Result<IndexDefinition, Error> {
    let name = global.index_name.as_deref().unwrap_or_default();
    let schema = definitions.index_schema(global.key_schema.as_deref().unwrap_or_default())?;
    let projection = projection?;
    let provisioned = match (&global.provisioned_throughput, on_demand) {
        (Some(_), true) => {
            return bad(format!(
                "ProvisionedThroughput should not be specified for index: {name} when BillingMode is PAY_PER_REQUEST"
            ));
        }
        (None, false) => return bad(format!("ProvisionedThroughput is not specified for index: {name}")),
        (Some(throughput), false) => Some(rates(throughput)?),
        (None, true) => None,
    };
    Ok(IndexDefinition { name: name.into(), schema, projection, global: true, provisioned, creating: false })
}

/// [DDB-4.2k]
pub(super) fn check_view(name: &str) -> Result<View, Error> {
    match View::ALL.into_iter().find(|view| view.name() == name) {
        Some(view) => Ok(view),
        None => {
            let mut faults = Violations::new();
            let names = View::ALL.map(View::name);
            members::one_of(&mut faults, "streamSpecification.streamViewType", Some(name), &names);
            members::check(faults).and(bad("no such view type"))
        }
    }
}

/// [DDB-4.2j]
fn check_new_name(indexes: &[IndexDefinition], name: &str) -> Result<(), Error> {
    if indexes.iter().any(|index| &*index.name == name) {
        return bad(format!("Duplicate index name: {name}"));
    }
    Ok(())
}

/// Everything that CreateTable makes a table of.
struct Plan {
    schema: KeySchema,
    provisioned: Option<Rates>,
    /// Global ones first.
    indexes: Vec<IndexDefinition>,
    view: Option<View>,
}

impl CreateTableRequest {
    /// [DDB-4.2] The second stage: the first fault wins.
    fn plan(&self) -> Result<Plan, Error> {
        let provisioned = self.rates()?;
        let mut definitions = Definitions::of(self.attribute_definitions.as_deref().unwrap_or_default());
        let schema = definitions.schema(self.key_schema.as_deref().unwrap_or_default())?;
        let indexed = self.global_secondary_indexes.is_some() || self.local_secondary_indexes.is_some();
        if !indexed {
            definitions.check_used(false)?;
        }
        let mut locals = Vec::new();
        if let Some(all) = &self.local_secondary_indexes {
            self.plan_locals(all, &schema, &mut definitions, &mut locals)?;
        }
        let mut indexes = Vec::new();
        if let Some(all) = &self.global_secondary_indexes {
            // [DDB-4.2h]
            if all.is_empty() {
                return bad("List of GlobalSecondaryIndexes is empty");
            }
            for global in all {
                let name = global.index_name.as_deref().unwrap_or_default();
                let projection = projected(global.projection.as_ref());
                let definition = index_of(global, &mut definitions, provisioned.is_none(), projection)?;
                check_new_name(&locals, name)?;
                check_new_name(&indexes, name)?;
                indexes.push(definition);
            }
            if all.len() > 20 {
                return bad("GlobalSecondaryIndex count exceeds the per-table limit of 20");
            }
        }
        if indexed {
            definitions.check_used(true)?;
        }
        indexes.extend(locals);
        let included = |index: &IndexDefinition| match &index.projection {
            Projected::Include(names) => names.len(),
            _ => 0,
        };
        if indexes.iter().map(included).sum::<usize>() > 100 {
            return bad("Number of projected attributes exceeds the per-table limit of 100");
        }
        Ok(Plan { schema, provisioned, indexes, view: self.view()? })
    }

    /// [DDB-4.2g]
    fn plan_locals<'r>(
        &self,
        all: &'r [crate::LocalSecondaryIndex],
        table: &KeySchema,
        definitions: &mut Definitions<'r>,
        indexes: &mut Vec<IndexDefinition>,
    ) -> Result<(), Error> {
        if all.is_empty() {
            return bad("List of LocalSecondaryIndexes is empty");
        }
        if table.sort.is_none() {
            return bad(
                "Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex",
            );
        }
        for local in all {
            let name = local.index_name.as_deref().unwrap_or_default();
            let schema = definitions.schema(local.key_schema.as_deref().unwrap_or_default())?;
            if schema.sort.is_none() {
                return bad(format!("Index KeySchema does not have a range key for index: {name}"));
            }
            if schema.hash.name != table.hash.name {
                return bad(format!(
                    "Index KeySchema does not have the same leading hash key as table KeySchema for index: {name}. index hash key: {}, table hash key: {}",
                    schema.hash.name, table.hash.name
                ));
            }
            let projection = projected(local.projection.as_ref())?;
            check_new_name(indexes, name)?;
            indexes.push(IndexDefinition {
                name: name.into(),
                schema,
                projection,
                global: false,
                provisioned: None,
                creating: false,
            });
        }
        if all.len() > 5 {
            return bad("Number of LocalSecondaryIndexes exceeds per-table limit of 5");
        }
        Ok(())
    }

    /// [DDB-4.2k]
    fn view(&self) -> Result<Option<View>, Error> {
        let Some(stream) = &self.stream_specification else { return Ok(None) };
        match (stream.stream_enabled.unwrap_or_default(), stream.stream_view_type.as_deref()) {
            (false, None) => Ok(None),
            (false, Some(_)) => {
                bad("Table is being created with a stream disabled, UpdateViewType should not be specified")
            }
            (true, None) => bad("Table is being created with a stream enabled, UpdateViewType is required"),
            (true, Some(name)) => check_view(name).map(Some),
        }
    }
}

impl Operation<Engine> for CreateTableRequest {
    type Output = CreateTableResult;
    type Target = Named;

    fn resolve(&self, engine: &Engine, _caller: &Caller) -> Result<Named, Error> {
        let name = self.table_name.as_deref();
        if !members::is_name(name) || name.is_some_and(|name| name.len() < 3) {
            self.check_members()?;
        }
        Ok(Named::new(engine, name.unwrap_or_default()))
    }

    fn needs(&self, engine: &Engine, target: &Named, _caller: &Caller) -> Vec<AuthzRequest> {
        Vec::from([target.needs(engine, "CreateTable")])
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Named,
        mut cx: Cx<'_, S>,
    ) -> Result<CreateTableResult, Error> {
        self.check_members()?;
        let plan = self.plan()?;
        self.check_modelled()?;
        // [DDB-4.2l]
        if self.table_class.as_deref().is_some_and(|class| !CLASSES.contains(&class)) {
            return Err(Error::TableClass);
        }
        let tags = super::tags::check(self.tags.as_deref().unwrap_or_default())?;
        let table = || (*target.name).into();
        // [DDB-4.2m]
        if let Ok(other) = engine.any_table(&target.name) {
            return Err(match other.definition.status {
                Status::Active | Status::Updating(_) => Error::TableExists { table: table() },
                Status::Creating(_) => Error::TableCreating { table: table() },
                Status::Deleting(_) => Error::TableDeleting { table: table() },
            });
        }
        let mut seed = cx.seed.expand(b"table");
        let options = engine.options().clone();
        let name: Arc<str> = target.name.as_ref().into();
        let arn: Arc<str> = engine.home().arn("dynamodb", &format!("table/{name}")).into();
        let warm = warm(self.warm_throughput, plan.provisioned, None, true)?;
        let ceiling = ceiling(self.on_demand_throughput, plan.provisioned, None, true)?;
        let vectors = self.vector_indexes.iter().flatten().map(super::vector::definition);
        let vectors = vectors.collect::<Result<Vec<_>, _>>()?;
        let policy = self.resource_policy.map(super::policy::checked).transpose()?;
        let meter = |provisioned| fresh_meter(&options, provisioned, 1, cx.now);
        let least = warm.map_or(1, |warm| crate::capacity::partitions(Some(warm)));
        let mut own = fresh_meter(&options, plan.provisioned, least, cx.now);
        own.limit(ceiling, cx.now);
        let count = own.partitions();
        let index = |definition: IndexDefinition| {
            let meter = definition.global.then(|| meter(definition.provisioned));
            let store = Store::new(meter.as_ref().map_or(count, Meter::partitions));
            Index { definition, store, meter }
        };
        let indexes = plan.indexes.into_iter().map(index).collect();
        let id = seed.uuid();
        let stream = plan.view.map(|view| Stream::new((&name, &arn), view, count, cx.now, &mut seed));
        let definition = TableDefinition {
            name,
            arn,
            id,
            created: cx.now,
            status: Status::Creating(cx.now + options.creation),
            attributes: self.attribute_definitions.unwrap_or_default(),
            schema: plan.schema,
            provisioned: plan.provisioned,
            protected: self.deletion_protection_enabled == Some(true),
            tags,
            on_demand_since: plan.provisioned.is_none().then_some(cx.now),
            last_stream: None,
            class: self.table_class,
            expires_by: None,
            ttl_changed: None,
            restored: None,
            ceiling,
            warm,
            vectors,
        };
        let arn = String::from(&*definition.arn);
        let table = Table { stream, ..Table::new(definition, own, indexes) };
        let table_description = table.describe(false);
        engine.add_table(table, &mut cx.sink);
        if let Some(text) = policy {
            let revision = format!("{}", cx.now.as_millis());
            engine.policies_mut().insert(arn, ResourcePolicy { text, revision });
        }
        Ok(CreateTableResult { table_description })
    }
}
