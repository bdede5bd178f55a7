//! RotateKeyOnDemand, EnableKeyRotation, DisableKeyRotation,
//! GetKeyRotationStatus, ListKeyRotations.
//!
//! The last four look at the kind of key before its state. `[KMS-3.3]`

use super::{billed, need};
use crate::engine::Target;
use crate::key::{KeyState, Rotation, RotationType, Version, hex};
use crate::{
    DisableKeyRotationRequest, EnableKeyRotationRequest, Engine, Error, Event, EventKind,
    GetKeyRotationStatusRequest, GetKeyRotationStatusResult, KeyIdResult, ListKeyRotationsRequest,
    ListKeyRotationsResult, RotateKeyOnDemandRequest, RotationsListEntry, limits,
};
use alloc::string::ToString as _;
use alloc::vec::Vec;
use aws_core::{AuthzRequest, Caller, Constraint, Cx, Operation, Sink, Span, Violations};

impl Operation<Engine> for RotateKeyOnDemandRequest {
    type Output = KeyIdResult;
    type Target = Target;

    fn resolve(&self, engine: &Engine, caller: &Caller) -> Result<Target, Error> {
        engine.find(&self.0.key_id, false, caller)
    }

    fn needs(&self, engine: &Engine, target: &Target, caller: &Caller) -> Vec<AuthzRequest> {
        need::one(engine, target, caller, "RotateKeyOnDemand", None)
    }

    /// AWS rotates a little later; here the new material is there at once.
    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Target,
        mut cx: Cx<'_, S>,
    ) -> Result<KeyIdResult, Error> {
        cx.sink.usage(billed());
        let now = cx.now;
        let result = engine.change(&target.key, &mut cx.sink, |key| {
            key.check_usable()?;
            key.check_rotates()?;
            // [KMS-6.2]
            if u64::from(key.facts.on_demand) >= limits::ON_DEMAND_ROTATIONS_MAX.value {
                return Err(Error::Rotations { arn: (&*key.arn).into() });
            }
            key.facts.on_demand += 1;
            key.add_material(Some((now, RotationType::OnDemand)));
            Ok(KeyIdResult { key_id: key.arn.to_string() })
        })?;
        cx.sink.event(now, || Event { key: target.key, kind: EventKind::Rotated });
        Ok(result)
    }
}

impl Operation<Engine> for EnableKeyRotationRequest {
    type Output = ();
    type Target = Target;

    fn resolve(&self, engine: &Engine, caller: &Caller) -> Result<Target, Error> {
        let mut faults = Violations::new();
        match self.rotation_period_in_days {
            Some(days) if days < 90 => faults.echoed("rotationPeriodInDays", days, Constraint::MinValue(90)),
            Some(days) if days > 2_560 => {
                faults.echoed("rotationPeriodInDays", days, Constraint::MaxValue(2_560));
            }
            _ => {}
        }
        faults.check().map_err(|list| Error::Constraints { list: list.into() })?;
        engine.find(&self.key_id, false, caller)
    }

    fn needs(&self, engine: &Engine, target: &Target, caller: &Caller) -> Vec<AuthzRequest> {
        let days = self.rotation_period_in_days.unwrap_or(365).to_string();
        let need = need::on_key(engine, target, caller, "EnableKeyRotation", None);
        Vec::from([need.with_context("kms:RotationPeriodInDays", [days])])
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Target,
        mut cx: Cx<'_, S>,
    ) -> Result<(), Error> {
        cx.sink.usage(billed());
        let now = cx.now;
        engine.change(&target.key, &mut cx.sink, |key| {
            key.check_rotates()?;
            key.check_usable()?;
            // [KMS-6.1] The next one is a whole period away.
            let period_days =
                self.rotation_period_in_days.and_then(|days| u32::try_from(days).ok()).unwrap_or(365);
            let next = now + Span::from_days(i64::from(period_days));
            key.facts.rotation = Some(Rotation { period_days, next });
            Ok(())
        })
    }
}

impl Operation<Engine> for DisableKeyRotationRequest {
    type Output = ();
    type Target = Target;

    fn resolve(&self, engine: &Engine, caller: &Caller) -> Result<Target, Error> {
        engine.find(&self.0.key_id, false, caller)
    }

    fn needs(&self, engine: &Engine, target: &Target, caller: &Caller) -> Vec<AuthzRequest> {
        need::one(engine, target, caller, "DisableKeyRotation", None)
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Target,
        mut cx: Cx<'_, S>,
    ) -> Result<(), Error> {
        cx.sink.usage(billed());
        engine.change(&target.key, &mut cx.sink, |key| {
            key.check_rotates()?;
            key.check_usable()?;
            key.facts.rotation = None;
            Ok(())
        })
    }
}

impl Operation<Engine> for GetKeyRotationStatusRequest {
    type Output = GetKeyRotationStatusResult;
    type Target = Target;

    fn resolve(&self, engine: &Engine, caller: &Caller) -> Result<Target, Error> {
        engine.find(&self.0.key_id, false, caller)
    }

    fn needs(&self, engine: &Engine, target: &Target, caller: &Caller) -> Vec<AuthzRequest> {
        need::one(engine, target, caller, "GetKeyRotationStatus", None)
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Target,
        mut cx: Cx<'_, S>,
    ) -> Result<GetKeyRotationStatusResult, Error> {
        cx.sink.usage(billed());
        let key = engine.key(&target.key)?;
        key.check_rotates()?;
        // [KMS-6.1] A key pending deletion reads as one that does not rotate.
        let rotation = key.facts.rotation.filter(|_| key.state() != KeyState::PendingDeletion);
        Ok(GetKeyRotationStatusResult {
            key_id: key.arn.to_string(),
            key_rotation_enabled: rotation.is_some(),
            rotation_period_in_days: rotation.map(|rotation| rotation.period_days),
            next_rotation_date: rotation.map(|rotation| rotation.next),
        })
    }
}

impl Operation<Engine> for ListKeyRotationsRequest {
    type Output = ListKeyRotationsResult;
    type Target = Target;

    fn resolve(&self, engine: &Engine, caller: &Caller) -> Result<Target, Error> {
        engine.find(&self.key_id, false, caller)
    }

    fn needs(&self, engine: &Engine, target: &Target, caller: &Caller) -> Vec<AuthzRequest> {
        need::one(engine, target, caller, "ListKeyRotations", None)
    }

    /// [KMS-6.4] Without the first material, which no rotation brought.
    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Target,
        mut cx: Cx<'_, S>,
    ) -> Result<ListKeyRotationsResult, Error> {
        cx.sink.usage(billed());
        let key = engine.key(&target.key)?;
        key.check_rotates()?;
        let entry = |version: &Version| {
            let (rotation_date, rotation_type) = version.rotated?;
            Some(RotationsListEntry {
                key_id: key.arn.to_string(),
                key_material_id: hex(&version.id),
                rotation_date,
                rotation_type,
            })
        };
        let rotations = key.facts.versions.iter().filter_map(entry).collect();
        Ok(ListKeyRotationsResult { rotations, truncated: false })
    }
}
