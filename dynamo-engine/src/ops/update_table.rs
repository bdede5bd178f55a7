//! UpdateTable. `[DDB-4.4.6]` to `[DDB-4.4.11]`

use super::create::{CLASSES, Definitions, bad, check_view, index_of, projected, rates};
use super::{Named, members};
use crate::api::{
    GlobalSecondaryIndex, GlobalSecondaryIndexUpdate, ProvisionedThroughput, UpdateTableRequest,
    UpdateTableResult,
};
use crate::capacity::{Meter, Rates};
use crate::table::index::{Index, IndexDefinition};
use crate::table::stream::Stream;
use crate::table::vector::VectorDefinition;
use crate::table::{Status, Table};
use crate::{Engine, Error, Event, Options};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use aws_core::{AuthzRequest, Caller, Cx, Operation, Sink, Timestamp, Violations};

/// Global indexes of a table. `[DDB-4.4.17]`
const INDEXES: usize = 20;

impl GlobalSecondaryIndexUpdate {
    fn index_name(&self) -> &str {
        let create = self.create.as_ref().and_then(|create| create.index_name.as_deref());
        let update = self.update.as_ref().and_then(|update| update.index_name.as_deref());
        let delete = self.delete.as_ref().and_then(|delete| delete.index_name.as_deref());
        create.or(update).or(delete).unwrap_or_default()
    }
}

impl UpdateTableRequest {
    fn check_members(&self) -> Result<(), Error> {
        let mut faults = Violations::new();
        members::table_name(&mut faults, self.table_name.as_deref());
        super::create::check_definitions(
            &mut faults,
            self.attribute_definitions.as_deref().unwrap_or_default(),
        );
        let modes = &["PROVISIONED", "PAY_PER_REQUEST"];
        members::one_of(&mut faults, "billingMode", self.billing_mode.as_deref(), modes);
        super::create::check_throughput(
            &mut faults,
            "provisionedThroughput",
            self.provisioned_throughput.as_ref(),
        );
        for (number, update) in (1..).zip(self.global_secondary_index_updates.iter().flatten()) {
            let path = format!("globalSecondaryIndexUpdates.{number}.member");
            if let Some(create) = &update.create {
                super::create::check_index(&mut faults, &format!("{path}.create"), create);
            }
            let named = update.update.as_ref().map(|update| ("update", update.index_name.as_deref()));
            let gone = update.delete.as_ref().map(|delete| ("delete", delete.index_name.as_deref()));
            for (member, name) in named.into_iter().chain(gone) {
                super::create::check_index_name(&mut faults, &format!("{path}.{member}"), name);
            }
        }
        members::check(faults)
    }

    /// What AWS has and this engine has not.
    fn check_modelled(&self) -> Result<(), Error> {
        let members = [
            (&self.sse_specification, "SSESpecification"),
            (&self.replica_updates, "ReplicaUpdates"),
            (&self.multi_region_consistency, "MultiRegionConsistency"),
            (&self.global_table_witness_updates, "GlobalTableWitnessUpdates"),
            (&self.global_table_settings_replication_mode, "GlobalTableSettingsReplicationMode"),
            (&self.disassociation_protection_enabled, "DisassociationProtectionEnabled"),
        ];
        if let Some((_, what)) = members.iter().find(|(member, _)| member.is_some()) {
            return Err(Error::NotModelled { what });
        }
        let updates = || self.global_secondary_index_updates.iter().flatten();
        let created = updates().filter_map(|update| update.create.as_ref());
        let created = created.map(|create| (&create.on_demand_throughput, &create.warm_throughput));
        let changed = updates().filter_map(|update| update.update.as_ref());
        let changed = changed.map(|update| (&update.on_demand_throughput, &update.warm_throughput));
        let what = "A global index's OnDemandThroughput or WarmThroughput";
        if created.chain(changed).any(|(limits, warm)| limits.is_some() || warm.is_some()) {
            return Err(Error::NotModelled { what });
        }
        Ok(())
    }

    /// Whether anything but index updates is asked for.
    fn is_idle(&self) -> bool {
        self.billing_mode.is_none()
            && self.provisioned_throughput.is_none()
            && self.global_secondary_index_updates.as_ref().is_none_or(Vec::is_empty)
            && self.stream_specification.is_none()
            && self.deletion_protection_enabled.is_none()
            && self.table_class.is_none()
            && self.sse_specification.is_none()
            && self.replica_updates.is_none()
            && self.on_demand_throughput.is_none()
            && self.warm_throughput.is_none()
            && self.vector_index_updates.as_ref().is_none_or(Vec::is_empty)
            && self.multi_region_consistency.is_none()
    }

    /// [DDB-4.4.7] Steps 2 to 5: what is wrong whatever the table is.
    fn check_shape(&self) -> Result<(), Error> {
        if self.is_idle() {
            return Err(Error::NothingToUpdate);
        }
        if self.billing_mode.as_deref() == Some("PROVISIONED") && self.provisioned_throughput.is_none() {
            return bad("ProvisionedThroughput must be specified when BillingMode is PROVISIONED");
        }
        if let Some(throughput) = &self.provisioned_throughput {
            rates(throughput)?;
        }
        let updates = self.global_secondary_index_updates.as_deref().unwrap_or_default();
        for (place, update) in updates.iter().enumerate() {
            // [DDB-4.4.8]
            let actions = usize::from(update.create.is_some())
                + usize::from(update.update.is_some())
                + usize::from(update.delete.is_some());
            if actions == 0 {
                return bad(
                    "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete must not be null",
                );
            }
            if actions > 1 {
                return bad(
                    "Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate object",
                );
            }
            let name = update.index_name();
            if updates.iter().take(place).any(|other| other.index_name() == name) {
                return bad(format!(
                    "Only one global secondary index update per index is allowed simultaneously. Index: {name}"
                ));
            }
        }
        let changing = |update: &&GlobalSecondaryIndexUpdate| update.update.is_none();
        if updates.iter().filter(changing).count() > 1 {
            return Err(Error::OneIndexAtATime);
        }
        let others = self.provisioned_throughput.is_some()
            || self.billing_mode.is_some()
            || !updates.is_empty()
            || self.stream_specification.is_some();
        if self.table_class.is_some() && (others || self.deletion_protection_enabled.is_some()) {
            return bad("TableClass modification must be the only operation in the request");
        }
        if self.deletion_protection_enabled.is_some() && others {
            return bad("DeletionProtection modification must be the only operation in the request");
        }
        let throughput = self.provisioned_throughput.is_some();
        if throughput && self.stream_specification.is_some() {
            return bad("You cannot modify stream status while updating table IOPS");
        }
        let indexes = updates.iter().any(|update| changing(&update));
        if throughput && indexes {
            return bad("You cannot create or delete index while updating table IOPS");
        }
        if self.stream_specification.is_some() && indexes {
            return bad("You cannot create or delete index while changing stream status");
        }
        Ok(())
    }
}

/// The buckets of a table or index whose throughput is given anew.
/// `[CAP-4.15]`
fn meter(options: &Options, provisioned: Option<Rates>, partitions: usize, now: Timestamp) -> Meter {
    if options.throttling {
        Meter::new(provisioned, partitions, options.admission, options.initial_burst, now)
    } else {
        Meter::unlimited(partitions, now)
    }
}

/// What of a table changes, ready to be done.
enum Step {
    /// On demand, or with so much throughput.
    Billing(Option<Rates>),
    IndexThroughput(usize, Rates),
    CreateIndex(IndexDefinition),
    DeleteIndex(usize),
    StreamOn(crate::table::stream::View),
    StreamOff,
    Protection(bool),
    Class(String),
    CreateVectors(VectorDefinition),
    DeleteVectors(usize),
}

/// What is to be done with a vector index. `[DDB-5.10]`
fn plan_vectors(table: &Table, update: &crate::VectorIndexUpdate) -> Result<Step, Error> {
    let named = |name: &str| table.definition.vectors.iter().position(|index| *index.name == *name);
    if let Some(create) = &update.create {
        let mut faults = Violations::new();
        super::vector::check(&mut faults, "vectorIndexUpdates.1.member.create", create);
        members::check(faults)?;
        let index = super::vector::definition(create)?;
        if named(&index.name).is_some() || table.index(&index.name).is_some() {
            return Err(Error::IndexExists);
        }
        return Ok(Step::CreateVectors(index));
    }
    let name = update.delete.as_ref().and_then(|delete| delete.index_name.as_deref()).unwrap_or_default();
    match named(name) {
        Some(place) => Ok(Step::DeleteVectors(place)),
        None => {
            let table = Box::new((&*table.definition.name).into());
            Err(Error::IndexNotFound { index: name.into(), table })
        }
    }
}

impl UpdateTableRequest {
    /// [DDB-4.4.7] Steps 7 and 8: what this table says to it.
    fn plan(&self, table: &Table) -> Result<Vec<Step>, Error> {
        let (definition, mut steps) = (&table.definition, Vec::new());
        if let Some(stream) = &self.stream_specification {
            let name = || Box::<str>::from(&*definition.name);
            match (stream.stream_enabled.unwrap_or_default(), &stream.stream_view_type) {
                (true, None) => {
                    return bad("If stream is being enabled then UpdateViewType is required");
                }
                (false, Some(_)) => {
                    return bad("If stream is being disabled, then UpdateViewType must not be specified");
                }
                (true, Some(_)) if table.stream.is_some() => {
                    return Err(Error::StreamIsOn { table: name() });
                }
                (false, None) if table.stream.is_none() => return Err(Error::StreamIsOff { table: name() }),
                (true, Some(view)) => steps.push(Step::StreamOn(check_view(view)?)),
                (false, None) => steps.push(Step::StreamOff),
            }
        }
        if let Some(class) = &self.table_class {
            if !CLASSES.contains(&class.as_str()) {
                return Err(Error::TableClass);
            }
            steps.push(Step::Class(class.clone()));
        }
        steps.extend(self.deletion_protection_enabled.map(Step::Protection));
        let asked = self.provisioned_throughput.as_ref().map(rates).transpose()?;
        let on_demand = match self.billing_mode.as_deref() {
            Some(mode) => mode == "PAY_PER_REQUEST",
            None => definition.provisioned.is_none(),
        };
        if on_demand && asked.is_some() {
            return bad(
                "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
            );
        }
        let updates = self.global_secondary_index_updates.as_deref().unwrap_or_default();
        for update in updates {
            steps.push(self.plan_index(table, update, on_demand)?);
        }
        for update in self.vector_index_updates.iter().flatten() {
            steps.push(plan_vectors(table, update)?);
        }
        if on_demand && definition.provisioned.is_some() {
            steps.push(Step::Billing(None));
        }
        let Some(rates) = asked else { return Ok(steps) };
        if definition.provisioned == Some(rates) && self.billing_mode.is_none() {
            return Err(Error::SameThroughput { read: rates.read, write: rates.write });
        }
        // [DDB-4.4.6] Indexes that were on demand need numbers of their own.
        if definition.provisioned.is_none() {
            let without: Vec<&str> = table
                .indexes
                .iter()
                .filter(|index| index.definition.global)
                .map(|index| &*index.definition.name)
                .filter(|name| !updates.iter().any(|update| update.index_name() == *name))
                .collect();
            if !without.is_empty() {
                return bad(format!(
                    "ProvisionedThroughput must be specified for index: {}",
                    without.join(",")
                ));
            }
        }
        steps.insert(0, Step::Billing(Some(rates)));
        Ok(steps)
    }

    fn plan_index(
        &self,
        table: &Table,
        update: &GlobalSecondaryIndexUpdate,
        on_demand: bool,
    ) -> Result<Step, Error> {
        let name = update.index_name();
        let known = table.index(name);
        let global =
            known.filter(|place| table.indexes.get(*place).is_some_and(|index| index.definition.global));
        let missing =
            || Error::IndexNotFound { index: name.into(), table: Box::new((&*table.definition.name).into()) };
        if let Some(create) = &update.create {
            return self.plan_create(table, create, on_demand).map(Step::CreateIndex);
        }
        if update.delete.is_some() {
            // [DDB-4.4.9]
            return match (global, known) {
                (Some(place), _) => Ok(Step::DeleteIndex(place)),
                (None, Some(_)) => Err(Error::NotGlobal { index: name.into() }),
                (None, None) => Err(missing()),
            };
        }
        let throughput = update.update.as_ref().and_then(|update| update.provisioned_throughput.as_ref());
        let place = global.ok_or_else(missing)?;
        if on_demand {
            return bad(format!(
                "ProvisionedThroughput should not be specified for index: {name} when BillingMode is PAY_PER_REQUEST"
            ));
        }
        let rates = rates(throughput.unwrap_or(&ProvisionedThroughput::default()))?;
        let same = table.indexes.get(place).is_some_and(|index| index.definition.provisioned == Some(rates));
        if same {
            return Err(Error::SameIndexThroughput {
                index: name.into(),
                read: rates.read,
                write: rates.write,
            });
        }
        Ok(Step::IndexThroughput(place, rates))
    }

    /// [DDB-4.4.9]
    fn plan_create(
        &self,
        table: &Table,
        create: &GlobalSecondaryIndex,
        on_demand: bool,
    ) -> Result<IndexDefinition, Error> {
        let name = create.index_name.as_deref().unwrap_or_default();
        let Some(all) = &self.attribute_definitions else {
            return bad(format!("AttributeDefinitions is not specified for index: {name}"));
        };
        let mut definitions = Definitions::of(all);
        let mut definition =
            index_of(create, &mut definitions, on_demand, projected(create.projection.as_ref()))?;
        if table.index(name).is_some() {
            return Err(Error::IndexExists);
        }
        if table.indexes.iter().filter(|index| index.definition.global).count() >= INDEXES {
            return Err(Error::TooManyIndexes);
        }
        // A name that the table knows keeps its type.
        for key in definition.schema.attributes_mut() {
            let stored = table
                .definition
                .attributes
                .iter()
                .find(|known| known.attribute_name.as_deref() == Some(&*key.name));
            if let Some(kind) =
                stored.and_then(|known| crate::ValueType::from_tag(known.attribute_type.as_deref()?))
            {
                key.kind = kind;
            }
        }
        Ok(definition)
    }
}

impl Operation<Engine> for UpdateTableRequest {
    type Output = UpdateTableResult;
    type Target = Named;

    fn resolve(&self, engine: &Engine, _caller: &Caller) -> Result<Named, Error> {
        if !members::is_name(self.table_name.as_deref()) {
            self.check_members()?;
        }
        Ok(Named::new(engine, self.table_name.as_deref().unwrap_or_default()))
    }

    fn needs(&self, engine: &Engine, target: &Named, _caller: &Caller) -> Vec<AuthzRequest> {
        Vec::from([target.needs(engine, "UpdateTable")])
    }

    /// [DDB-4.4.7]
    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Named,
        mut cx: Cx<'_, S>,
    ) -> Result<UpdateTableResult, Error> {
        self.check_members()?;
        self.check_shape()?;
        let table = engine.any_table(&target.name)?;
        match table.definition.status {
            Status::Creating(_) => return Err(Error::TableCreating { table: (*target.name).into() }),
            Status::Deleting(_) => return Err(Error::TableDeleting { table: (*target.name).into() }),
            Status::Updating(_) => return Err(Error::TableUpdating { table: (*target.name).into() }),
            Status::Active => {}
        }
        self.check_modelled()?;
        let steps = self.plan(table)?;
        // [DDB-4.4.7] A change of the mode takes the ceilings away.
        let (own, mode) = (&table.definition, self.billing_mode.as_deref());
        let provisioned = match mode {
            Some("PAY_PER_REQUEST") => None,
            Some(_) => Some(own.provisioned.unwrap_or(Rates { read: 0, write: 0 })),
            None => own.provisioned,
        };
        let ceiling = super::create::ceiling(self.on_demand_throughput, provisioned, own.ceiling, false)?;
        let warm = super::create::warm(self.warm_throughput, own.provisioned, own.warm, false)?;
        let options = engine.options().clone();
        let fills = |step: &Step| matches!(step, Step::CreateIndex(_) | Step::CreateVectors(_));
        let takes = if steps.iter().any(fills) { options.index_creation } else { options.update };
        let (mut seed, now) = (cx.seed.expand(b"stream"), cx.now);
        let mut gone = Vec::new();
        let mut closed = None;
        let table = engine.table_mut(&target.name)?;
        for step in steps {
            match step {
                Step::Billing(rates) => {
                    table.definition.provisioned = rates;
                    if rates.is_none() {
                        table.definition.on_demand_since = Some(now);
                        for index in table.indexes.iter_mut().filter(|index| index.definition.global) {
                            index.definition.provisioned = None;
                            index.meter = Some(meter(&options, None, index.store.partitions(), now));
                        }
                    }
                    table.meter = meter(&options, rates, table.store.partitions(), now);
                }
                Step::IndexThroughput(place, rates) => {
                    if let Some(index) = table.indexes.get_mut(place) {
                        index.definition.provisioned = Some(rates);
                        index.meter = Some(meter(&options, Some(rates), index.store.partitions(), now));
                    }
                }
                Step::CreateIndex(definition) => {
                    let count = options
                        .partitions
                        .unwrap_or_else(|| crate::capacity::partitions(definition.provisioned))
                        .max(1);
                    let meter = meter(&options, definition.provisioned, count, now);
                    let mut index = Index {
                        definition,
                        store: crate::table::store::Store::new(count),
                        meter: Some(meter),
                    };
                    index.definition.creating = true;
                    index.fill(&table.definition.schema, &table.store);
                    let place = table.indexes.iter().filter(|index| index.definition.global).count();
                    table.indexes.insert(place, index);
                    table.define(self.attribute_definitions.as_deref().unwrap_or_default());
                }
                Step::DeleteIndex(place) => gone.push(place),
                Step::StreamOn(view) => {
                    let (name, arn) = (&table.definition.name, &table.definition.arn);
                    let partitions = table.store.partitions();
                    table.stream = Some(Stream::new((name, arn), view, partitions, now, &mut seed));
                    table.definition.last_stream = None;
                }
                Step::StreamOff => {
                    if let Some(stream) = table.stream.take() {
                        table.definition.last_stream = Some((stream.label.clone(), stream.arn.clone()));
                        closed = Some(stream);
                    }
                }
                Step::CreateVectors(mut index) => {
                    index.creating = takes > aws_core::Span::ZERO;
                    table.definition.vectors.push(index);
                }
                Step::DeleteVectors(place) => {
                    table.definition.vectors.remove(place);
                }
                Step::Protection(on) => table.definition.protected = on,
                Step::Class(class) => table.definition.class = Some(class),
            }
        }
        table.definition.warm = warm;
        if table.definition.ceiling != ceiling {
            table.definition.ceiling = ceiling;
            table.meter.limit(ceiling, now);
        }
        table.definition.status = Status::Updating(now + takes);
        let mut table_description = table.describe(false);
        // An index that goes is shown once more.
        for place in gone {
            let index = table.indexes.remove(place);
            let name = &*index.definition.name;
            for shown in table_description.global_secondary_indexes.iter_mut().flatten() {
                if shown.index_name == name {
                    shown.index_status = Some("DELETING".into());
                }
            }
            table.define(&[]);
        }
        engine.close_stream(closed, now);
        engine.schedule_update(&target.name, takes, &mut cx.sink);
        Ok(UpdateTableResult { table_description })
    }
}
