//! Backups, restores and point-in-time recovery. `[DDB-15.4]`

use super::{Named, members};
use crate::api::{
    BackupDescription, BackupDetails, BackupResult, BackupSummary, ContinuousBackupsDescription,
    CreateBackupRequest, CreateBackupResult, DeleteBackupRequest, DescribeBackupRequest,
    DescribeContinuousBackupsRequest, DescribeContinuousBackupsResult, ListBackupsRequest, ListBackupsResult,
    PointInTimeRecoveryDescription, ProvisionedThroughput, RestoreOverrides, RestoreTableFromBackupRequest,
    RestoreTableResult, RestoreTableToPointInTimeRequest, SecondaryIndexInfo, SourceTableDetails,
    SourceTableFeatureDetails, StreamSpecification, TimeToLiveDescription, UpdateContinuousBackupsRequest,
};
use crate::capacity::Rates;
use crate::table::backup::{Backup, Copy, Journal};
use crate::table::describe::{index_projection, key_schema, seconds};
use crate::table::index::{Index, IndexDefinition};
use crate::table::store::Store;
use crate::table::{Restored, Status, Table, TableDefinition};
use crate::{Engine, Error, Event};
use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::sync::Arc;
use alloc::vec::Vec;
use aws_core::{AuthzRequest, Caller, Constraint, Cx, Operation, Sink, Span, Timestamp, Violations};

/// How long a table says that it has no backups. Observed, not published.
const BACKUPS_BEGIN: Span = Span::from_seconds(10);
/// How far back the latest restorable time is.
const LATEST: Span = Span::from_minutes(5);
/// Days that the past is kept, if nothing is said.
const DAYS: i64 = 35;

fn check_table(name: Option<&str>) -> Violations {
    let mut faults = Violations::new();
    members::table_name(&mut faults, name);
    faults
}

fn unknown(name: &str) -> Error {
    Error::NoTableToBackUp { table: name.into() }
}

fn continuous(table: &Table, now: Timestamp) -> ContinuousBackupsDescription {
    let begun = now >= table.definition.created + BACKUPS_BEGIN || table.journal.is_some();
    let journal = table.journal.as_ref();
    ContinuousBackupsDescription {
        continuous_backups_status: if begun { "ENABLED" } else { "DISABLED" }.into(),
        point_in_time_recovery_description: PointInTimeRecoveryDescription {
            point_in_time_recovery_status: if journal.is_some() { "ENABLED" } else { "DISABLED" }.into(),
            recovery_period_in_days: journal.map(|journal| i64::from(journal.days)),
            earliest_restorable_date_time: journal.map(|journal| seconds(journal.earliest(now))),
            latest_restorable_date_time: journal.map(|journal| seconds(latest(journal, now))),
        },
    }
}

/// The latest time that a table can be restored to.
fn latest(journal: &Journal, now: Timestamp) -> Timestamp {
    (now - LATEST).max(journal.earliest(now))
}

impl Operation<Engine> for DescribeContinuousBackupsRequest {
    type Output = DescribeContinuousBackupsResult;
    type Target = Named;

    fn resolve(&self, engine: &Engine, _caller: &Caller) -> Result<Named, Error> {
        members::check(check_table(self.table_name.as_deref()))?;
        Ok(Named::new(engine, self.table_name.as_deref().unwrap_or_default()))
    }

    fn needs(&self, engine: &Engine, target: &Named, _caller: &Caller) -> Vec<AuthzRequest> {
        Vec::from([target.needs(engine, "DescribeContinuousBackups")])
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Named,
        cx: Cx<'_, S>,
    ) -> Result<DescribeContinuousBackupsResult, Error> {
        let table = engine.any_table(&target.name).map_err(|_| unknown(&target.name))?;
        let continuous_backups_description = continuous(table, cx.now);
        Ok(DescribeContinuousBackupsResult { continuous_backups_description })
    }
}

impl Operation<Engine> for UpdateContinuousBackupsRequest {
    type Output = DescribeContinuousBackupsResult;
    type Target = Named;

    fn resolve(&self, engine: &Engine, _caller: &Caller) -> Result<Named, Error> {
        let mut faults = check_table(self.table_name.as_deref());
        match &self.point_in_time_recovery_specification {
            None => faults.null("pointInTimeRecoverySpecification"),
            Some(asked) => {
                let path = |member: &str| format!("pointInTimeRecoverySpecification.{member}");
                if asked.point_in_time_recovery_enabled.is_none() {
                    faults.null(&path("pointInTimeRecoveryEnabled"));
                }
                match asked.recovery_period_in_days {
                    Some(days) if days < 1 => {
                        faults.echoed(&path("recoveryPeriodInDays"), days, Constraint::MinValue(1));
                    }
                    Some(days) if days > DAYS => {
                        faults.echoed(&path("recoveryPeriodInDays"), days, Constraint::MaxValue(DAYS));
                    }
                    _ => {}
                }
            }
        }
        members::check(faults)?;
        Ok(Named::new(engine, self.table_name.as_deref().unwrap_or_default()))
    }

    fn needs(&self, engine: &Engine, target: &Named, _caller: &Caller) -> Vec<AuthzRequest> {
        Vec::from([target.needs(engine, "UpdateContinuousBackups")])
    }

    /// Switched on, the past begins now; switched off, it is forgotten.
    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Named,
        cx: Cx<'_, S>,
    ) -> Result<DescribeContinuousBackupsResult, Error> {
        let table = engine.table_mut(&target.name).map_err(|_| unknown(&target.name))?;
        let asked = self.point_in_time_recovery_specification.unwrap_or_default();
        let days = asked.recovery_period_in_days;
        if asked.point_in_time_recovery_enabled == Some(true) {
            let journal = table.journal.get_or_insert_with(|| Journal::new(cx.now, DAYS as u32));
            if let Some(days) = days.and_then(|days| u32::try_from(days).ok()) {
                journal.days = days;
            }
        } else {
            table.journal = None;
        }
        let continuous_backups_description = continuous(table, cx.now);
        Ok(DescribeContinuousBackupsResult { continuous_backups_description })
    }
}

impl Backup {
    fn details(&self, status: &str) -> BackupDetails {
        BackupDetails {
            backup_arn: self.arn.clone(),
            backup_name: self.name.clone(),
            backup_size_bytes: self.bytes,
            backup_status: status.into(),
            backup_type: "USER".into(),
            backup_creation_date_time: seconds(self.created),
        }
    }

    fn describe(&self, status: &str) -> BackupResult {
        let Copy { definition, indexes, view, items } = &self.copy;
        let throughput = |rates: Option<Rates>| {
            let units = |units: u64| Some(i64::try_from(units).unwrap_or(i64::MAX));
            let rates = rates.unwrap_or(Rates { read: 0, write: 0 });
            ProvisionedThroughput {
                read_capacity_units: units(rates.read),
                write_capacity_units: units(rates.write),
            }
        };
        let infos = |global: bool| {
            let of_kind = indexes.iter().filter(|index| index.global == global);
            let info = |index: &IndexDefinition| SecondaryIndexInfo {
                index_name: index.name.to_string(),
                key_schema: key_schema(&index.schema),
                projection: index_projection(&index.projection),
                provisioned_throughput: global.then(|| throughput(index.provisioned)),
            };
            Some(of_kind.map(info).collect::<Vec<_>>()).filter(|all| !all.is_empty())
        };
        let source_table_details = SourceTableDetails {
            table_name: definition.name.to_string(),
            table_id: definition.id.clone(),
            table_arn: definition.arn.to_string(),
            table_size_bytes: self.bytes,
            key_schema: key_schema(&definition.schema),
            table_creation_date_time: seconds(definition.created),
            provisioned_throughput: throughput(definition.provisioned),
            item_count: items.len() as u64,
            billing_mode: match definition.provisioned {
                Some(_) => "PROVISIONED".into(),
                None => "PAY_PER_REQUEST".into(),
            },
        };
        let source_table_feature_details = SourceTableFeatureDetails {
            local_secondary_indexes: infos(false),
            global_secondary_indexes: infos(true),
            stream_description: view.as_ref().map(|view| StreamSpecification {
                stream_enabled: Some(true),
                stream_view_type: Some(view.clone()),
            }),
            time_to_live_description: definition.expires_by.as_ref().map(|name| TimeToLiveDescription {
                time_to_live_status: "ENABLED".into(),
                attribute_name: Some(name.to_string()),
            }),
        };
        let backup_details = self.details(status);
        BackupResult {
            backup_description: BackupDescription {
                backup_details,
                source_table_details,
                source_table_feature_details,
            },
        }
    }
}

impl Operation<Engine> for CreateBackupRequest {
    type Output = CreateBackupResult;
    type Target = Named;

    fn resolve(&self, engine: &Engine, _caller: &Caller) -> Result<Named, Error> {
        let mut faults = check_table(self.table_name.as_deref());
        match self.backup_name.as_deref() {
            None => faults.null("backupName"),
            Some(name) => members::new_name(&mut faults, "backupName", name),
        }
        members::check(faults)?;
        Ok(Named::new(engine, self.table_name.as_deref().unwrap_or_default()))
    }

    fn needs(&self, engine: &Engine, target: &Named, _caller: &Caller) -> Vec<AuthzRequest> {
        Vec::from([target.needs(engine, "CreateBackup")])
    }

    /// It is CREATING in the answer and AVAILABLE ever after.
    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Named,
        cx: Cx<'_, S>,
    ) -> Result<CreateBackupResult, Error> {
        let table = engine.any_table(&target.name).map_err(|_| unknown(&target.name))?;
        if !table.is_active() {
            return Err(Error::TableInUse { table: (*target.name).into() });
        }
        let tail: String =
            cx.seed.expand(b"backup").bytes::<4>().iter().map(|byte| format!("{byte:02x}")).collect();
        let backup = Backup {
            arn: format!("{}/backup/{:014}-{tail}", table.definition.arn, cx.now.as_millis()),
            name: self.backup_name.unwrap_or_default(),
            created: cx.now,
            bytes: table.store.bytes(),
            copy: table.copy(),
        };
        let backup_details = backup.details("CREATING");
        engine.backups_mut().insert(backup.arn.clone(), backup);
        Ok(CreateBackupResult { backup_details })
    }
}

/// The ARN of a backup that a call names.
fn named(arn: Option<&str>) -> Result<String, Error> {
    let mut faults = Violations::new();
    match arn {
        None => faults.null("backupArn"),
        Some(arn) if arn.len() < 37 => faults.echoed("backupArn", arn, Constraint::MinLength(37)),
        Some(_) => {}
    }
    members::check(faults)?;
    Ok(arn.unwrap_or_default().into())
}

impl Operation<Engine> for DescribeBackupRequest {
    type Output = BackupResult;
    type Target = String;

    fn resolve(&self, _engine: &Engine, _caller: &Caller) -> Result<String, Error> {
        named(self.backup_arn.as_deref())
    }

    fn needs(&self, _engine: &Engine, arn: &String, _caller: &Caller) -> Vec<AuthzRequest> {
        Vec::from([AuthzRequest::new("dynamodb:DescribeBackup", arn.as_str())])
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        arn: String,
        _cx: Cx<'_, S>,
    ) -> Result<BackupResult, Error> {
        match engine.backups().get(&arn) {
            Some(backup) => Ok(backup.describe("AVAILABLE")),
            None => Err(Error::NoBackup { arn: arn.into() }),
        }
    }
}

impl Operation<Engine> for DeleteBackupRequest {
    type Output = BackupResult;
    type Target = String;

    fn resolve(&self, _engine: &Engine, _caller: &Caller) -> Result<String, Error> {
        named(self.backup_arn.as_deref())
    }

    fn needs(&self, _engine: &Engine, arn: &String, _caller: &Caller) -> Vec<AuthzRequest> {
        Vec::from([AuthzRequest::new("dynamodb:DeleteBackup", arn.as_str())])
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        arn: String,
        _cx: Cx<'_, S>,
    ) -> Result<BackupResult, Error> {
        match engine.backups_mut().remove(&arn) {
            Some(backup) => Ok(backup.describe("DELETED")),
            None => Err(Error::NoBackup { arn: arn.into() }),
        }
    }
}

impl Operation<Engine> for ListBackupsRequest {
    type Output = ListBackupsResult;
    type Target = ();

    fn resolve(&self, _engine: &Engine, _caller: &Caller) -> Result<(), Error> {
        let mut faults = match &self.table_name {
            Some(name) => check_table(Some(name)),
            None => Violations::new(),
        };
        match self.limit {
            Some(limit) if limit < 1 => faults.echoed("limit", limit, Constraint::MinValue(1)),
            Some(limit) if limit > 100 => faults.echoed("limit", limit, Constraint::MaxValue(100)),
            _ => {}
        }
        let kinds = &["USER", "SYSTEM", "AWS_BACKUP", "ALL"];
        members::one_of(&mut faults, "backupType", self.backup_type.as_deref(), kinds);
        members::check(faults)
    }

    fn needs(&self, _engine: &Engine, (): &(), _caller: &Caller) -> Vec<AuthzRequest> {
        Vec::from([AuthzRequest::new("dynamodb:ListBackups", "*")])
    }

    /// All are a user's own: nothing else makes backups here.
    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        (): (),
        _cx: Cx<'_, S>,
    ) -> Result<ListBackupsResult, Error> {
        let table = self.table_name.as_deref().map(|name| Named::new(engine, name).name);
        let shown = matches!(self.backup_type.as_deref(), None | Some("USER" | "ALL"));
        let from = self.time_range_lower_bound.unwrap_or(f64::MIN);
        let to = self.time_range_upper_bound.unwrap_or(f64::MAX);
        let wanted = |backup: &&Backup| {
            let made = seconds(backup.created);
            shown
                && table.as_ref().is_none_or(|table| *table == backup.copy.definition.name)
                && (from..to).contains(&made)
        };
        let mut found: Vec<&Backup> = engine.backups().values().filter(wanted).collect();
        found.sort_by_key(|backup| (backup.created, &backup.arn));
        let start = self.exclusive_start_backup_arn.as_deref();
        if let Some(place) = start.and_then(|start| found.iter().position(|backup| backup.arn == start)) {
            found.drain(..=place);
        }
        let limit = self.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(100);
        let more = found.len() > limit;
        found.truncate(limit);
        let last = found.last().filter(|_| more).map(|backup| backup.arn.clone());
        let summary = |backup: &&Backup| BackupSummary {
            table_name: backup.copy.definition.name.to_string(),
            table_id: backup.copy.definition.id.clone(),
            table_arn: backup.copy.definition.arn.to_string(),
            backup_arn: backup.arn.clone(),
            backup_name: backup.name.clone(),
            backup_creation_date_time: seconds(backup.created),
            backup_status: "AVAILABLE".into(),
            backup_type: "USER".into(),
            backup_size_bytes: backup.bytes,
        };
        let backup_summaries = found.iter().map(summary).collect();
        Ok(ListBackupsResult { backup_summaries, last_evaluated_backup_arn: last })
    }
}

impl RestoreOverrides {
    /// What the restored table is paid by, and which of its indexes it keeps.
    fn apply(&self, copy: &mut Copy) -> Result<(), Error> {
        let sealed = self.sse_specification_override.is_some();
        if sealed || self.vector_index_override.is_some() || self.on_demand_throughput_override.is_some() {
            let what = if sealed {
                "SSESpecificationOverride"
            } else {
                "VectorIndexOverride or OnDemandThroughputOverride"
            };
            return Err(Error::NotModelled { what });
        }
        match self.billing_mode_override.as_deref() {
            Some("PAY_PER_REQUEST") => {
                copy.definition.provisioned = None;
                copy.indexes.iter_mut().for_each(|index| index.provisioned = None);
            }
            Some("PROVISIONED") if self.provisioned_throughput_override.is_none() => {
                let what = "ProvisionedThroughput must be specified when BillingMode is PROVISIONED";
                return Err(Error::BadTable { what: what.into() });
            }
            _ => {}
        }
        if let Some(throughput) = &self.provisioned_throughput_override {
            copy.definition.provisioned = Some(super::create::rates(throughput)?);
        }
        let global = self.global_secondary_index_override.as_ref();
        let global =
            global.map(|all| all.iter().map(|index| index.index_name.as_deref()).collect::<Vec<_>>());
        let local = self.local_secondary_index_override.as_ref();
        let local = local.map(|all| all.iter().map(|index| index.index_name.as_deref()).collect::<Vec<_>>());
        for (kept, is_global) in [(&global, true), (&local, false)] {
            let Some(kept) = kept else { continue };
            let known = |name: &Option<&str>| {
                copy.indexes.iter().any(|index| index.global == is_global && Some(&*index.name) == *name)
            };
            if !kept.iter().all(known) {
                let what = "Indexes can be left out of a restore, not added or changed";
                return Err(Error::BadTable { what: what.into() });
            }
            copy.indexes.retain(|index| index.global != is_global || kept.contains(&Some(&*index.name)));
        }
        Ok(())
    }

    fn check(&self, faults: &mut Violations) {
        let modes = &["PROVISIONED", "PAY_PER_REQUEST"];
        members::one_of(faults, "billingModeOverride", self.billing_mode_override.as_deref(), modes);
        let throughput = self.provisioned_throughput_override.as_ref();
        super::create::check_throughput(faults, "provisionedThroughputOverride", throughput);
    }
}

fn check_target(faults: &mut Violations, name: Option<&str>) {
    match name {
        None => faults.null("targetTableName"),
        Some(name) => members::new_name(faults, "targetTableName", name),
    }
}

/// Makes a table of a copy. Tags, streams, time to live, protection and
/// policies are not restored.
fn restore<S: Sink<Event>>(
    engine: &mut Engine,
    name: &str,
    copy: Copy,
    restored: Restored,
    cx: &mut Cx<'_, S>,
) -> Result<RestoreTableResult, Error> {
    if engine.any_table(name).is_ok() {
        return Err(Error::RestoreTargetExists { table: name.into() });
    }
    let Copy { definition, indexes, items, .. } = copy;
    let options = engine.options().clone();
    let name: Arc<str> = name.into();
    let arn: Arc<str> = engine.home().arn("dynamodb", &format!("table/{name}")).into();
    let meter = |rates: Option<Rates>| super::create::fresh_meter(&options, rates, 1, cx.now);
    let own = meter(definition.provisioned);
    let count = own.partitions();
    let index = |definition: IndexDefinition| {
        let meter = definition.global.then(|| meter(definition.provisioned));
        let store = Store::new(meter.as_ref().map_or(count, |meter| meter.partitions()));
        Index { definition: IndexDefinition { creating: false, ..definition }, store, meter }
    };
    let definition = TableDefinition {
        name: name.clone(),
        arn,
        id: cx.seed.expand(b"table").uuid(),
        created: cx.now,
        status: Status::Creating(cx.now + options.creation),
        on_demand_since: definition.provisioned.is_none().then_some(cx.now),
        attributes: definition.attributes,
        schema: definition.schema,
        provisioned: definition.provisioned,
        restored: Some(restored),
        protected: false,
        tags: Default::default(),
        last_stream: None,
        class: definition.class,
        expires_by: None,
        ttl_changed: None,
        ceiling: None,
        warm: None,
        vectors: definition.vectors,
    };
    let indexes = indexes.into_iter().map(index).collect();
    let mut table = Table::new(definition, own, indexes);
    table.define(&[]);
    for item in items {
        if let Some(key) = table.definition.schema.key_of(&item) {
            table.store.insert(key, item);
        }
    }
    let Table { definition, store, indexes, .. } = &mut table;
    indexes.iter_mut().for_each(|index| index.fill(&definition.schema, store));
    let table_description = table.describe(false);
    engine.add_table(table, &mut cx.sink);
    Ok(RestoreTableResult { table_description })
}

impl Operation<Engine> for RestoreTableFromBackupRequest {
    type Output = RestoreTableResult;
    type Target = String;

    fn resolve(&self, _engine: &Engine, _caller: &Caller) -> Result<String, Error> {
        let mut faults = Violations::new();
        check_target(&mut faults, self.target_table_name.as_deref());
        self.overrides.check(&mut faults);
        members::check(faults)?;
        named(self.backup_arn.as_deref())
    }

    fn needs(&self, engine: &Engine, arn: &String, _caller: &Caller) -> Vec<AuthzRequest> {
        let target = Named::new(engine, self.target_table_name.as_deref().unwrap_or_default());
        let mut own = target.needs(engine, "RestoreTableFromBackup");
        own.resources.push(arn.clone());
        Vec::from([own])
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        arn: String,
        mut cx: Cx<'_, S>,
    ) -> Result<RestoreTableResult, Error> {
        let Some(backup) = engine.backups().get(&arn) else {
            return Err(Error::NoBackup { arn: arn.into() });
        };
        let restored = Restored {
            backup: Some(arn),
            table: Some(backup.copy.definition.arn.to_string()),
            at: backup.created,
        };
        let mut copy = backup.copy.clone();
        self.overrides.apply(&mut copy)?;
        restore(engine, self.target_table_name.as_deref().unwrap_or_default(), copy, restored, &mut cx)
    }
}

impl Operation<Engine> for RestoreTableToPointInTimeRequest {
    type Output = RestoreTableResult;
    type Target = Named;

    fn resolve(&self, engine: &Engine, _caller: &Caller) -> Result<Named, Error> {
        let mut faults = Violations::new();
        let source = self.source_table_arn.as_deref().or(self.source_table_name.as_deref());
        if let Some(name) = self.source_table_name.as_deref() {
            members::table_name(&mut faults, Some(name));
        }
        check_target(&mut faults, self.target_table_name.as_deref());
        self.overrides.check(&mut faults);
        members::check(faults)?;
        match source {
            Some(source) => Ok(Named::new(engine, source)),
            None => {
                let what = "Either SourceTableArn or SourceTableName must be specified";
                Err(Error::BadTable { what: what.into() })
            }
        }
    }

    fn needs(&self, engine: &Engine, source: &Named, _caller: &Caller) -> Vec<AuthzRequest> {
        let target = Named::new(engine, self.target_table_name.as_deref().unwrap_or_default());
        let mut own = source.needs(engine, "RestoreTableToPointInTime");
        own.resources.extend(target.needs(engine, "RestoreTableToPointInTime").resources);
        Vec::from([own])
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        source: Named,
        mut cx: Cx<'_, S>,
    ) -> Result<RestoreTableResult, Error> {
        let table = engine.table(&source.name).map_err(|_| unknown(&source.name))?;
        let Some(journal) = &table.journal else {
            return Err(Error::NoPointInTime { table: (*source.name).into() });
        };
        let (earliest, latest) = (journal.earliest(cx.now), latest(journal, cx.now));
        let at = match (self.restore_date_time, self.use_latest_restorable_time) {
            // The whole second counts.
            (Some(second), None | Some(false)) if second.abs() < 9.0e12 => {
                Timestamp::from_millis((second as i64).saturating_mul(1_000).saturating_add(999))
            }
            (None, Some(true)) => latest,
            _ => return Err(Error::BadRestoreTime),
        };
        if at < earliest || at > latest.max(earliest + Span::from_millis(999)) {
            return Err(Error::BadRestoreTime);
        }
        let restored = Restored { backup: None, table: Some(table.definition.arn.to_string()), at };
        let mut copy = Copy { items: table.items_at(at), ..table.copy() };
        self.overrides.apply(&mut copy)?;
        restore(engine, self.target_table_name.as_deref().unwrap_or_default(), copy, restored, &mut cx)
    }
}
