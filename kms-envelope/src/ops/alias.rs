//! CreateAlias, UpdateAlias, DeleteAlias, ListAliases. `[KMS-2.5]`

use super::{billed, need};
use crate::engine::{Alias, Target};
use crate::{
    AliasListEntry, CreateAliasRequest, DeleteAliasRequest, Engine, Error, Event, ListAliasesRequest,
    ListAliasesResult, UpdateAliasRequest, limits,
};
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use aws_core::{AuthzRequest, Caller, Constraint, Cx, Operation, Permit, Sink, Violations};

fn check_name(name: &str) -> Result<(), Error> {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'/' | b'_' | b'-');
    let mut faults = Violations::new();
    if name.is_empty() {
        faults.null("aliasName");
    } else {
        if name.len() > 256 {
            faults.echoed("aliasName", name, Constraint::MaxLength(256));
        }
        if !name.bytes().all(letter) {
            faults.echoed("aliasName", name, Constraint::Pattern("^[a-zA-Z0-9:/_-]+$"));
        }
    }
    faults.check().map_err(|list| Error::Constraints { list: list.into() })?;
    if !name.starts_with("alias/") || name == "alias/" {
        return Err(Error::AliasPrefix);
    }
    if name.starts_with("alias/aws/") {
        return Err(Error::ReservedAlias);
    }
    Ok(())
}

/// Alias operations are decided on the alias and on the key.
fn both(engine: &Engine, target: &Target, caller: &Caller, action: &str, name: &str) -> Vec<AuthzRequest> {
    let on_alias = AuthzRequest::new(alloc::format!("kms:{action}"), engine.alias_arn(name));
    Vec::from([on_alias, need::on_key(engine, target, caller, action, None)])
}

fn both_allowed(permit: &Permit) -> Result<(), Error> {
    match (0..2).find_map(|index| permit.denial(index)) {
        Some(message) => Err(Error::AccessDenied { message: message.into() }),
        None => Ok(()),
    }
}

impl Operation<Engine> for CreateAliasRequest {
    type Output = ();
    type Target = Target;

    fn resolve(&self, engine: &Engine, caller: &Caller) -> Result<Target, Error> {
        check_name(&self.alias_name)?;
        engine.find(&self.target_key_id, false, caller)
    }

    fn needs(&self, engine: &Engine, target: &Target, caller: &Caller) -> Vec<AuthzRequest> {
        both(engine, target, caller, "CreateAlias", &self.alias_name)
    }

    fn permission(&self, _target: &Target, permit: &Permit) -> Result<(), Error> {
        both_allowed(permit)
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Target,
        mut cx: Cx<'_, S>,
    ) -> Result<(), Error> {
        cx.sink.usage(billed());
        engine.key(&target.key)?.check_not_pending()?;
        if engine.aliases.contains_key(self.alias_name.as_str()) {
            return Err(Error::AliasExists { arn: engine.alias_arn(&self.alias_name).into() });
        }
        let max = limits::ALIASES_MAX;
        if engine.aliases.values().filter(|alias| alias.key == target.key).count() >= max.as_usize() {
            return Err(Error::Quota { name: max.name, max: max.value });
        }
        let alias = Alias { key: target.key, created_at: cx.now, updated_at: cx.now };
        engine.aliases.insert(self.alias_name.into(), alias);
        Ok(())
    }
}

impl Operation<Engine> for UpdateAliasRequest {
    type Output = ();
    type Target = Target;

    fn resolve(&self, engine: &Engine, caller: &Caller) -> Result<Target, Error> {
        check_name(&self.alias_name)?;
        if !engine.aliases.contains_key(self.alias_name.as_str()) {
            return Err(Error::NoSuchAlias { arn: engine.alias_arn(&self.alias_name).into() });
        }
        engine.find(&self.target_key_id, false, caller)
    }

    fn needs(&self, engine: &Engine, target: &Target, caller: &Caller) -> Vec<AuthzRequest> {
        both(engine, target, caller, "UpdateAlias", &self.alias_name)
    }

    fn permission(&self, _target: &Target, permit: &Permit) -> Result<(), Error> {
        both_allowed(permit)
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Target,
        mut cx: Cx<'_, S>,
    ) -> Result<(), Error> {
        cx.sink.usage(billed());
        let new = engine.key(&target.key)?;
        new.check_not_pending()?;
        let spec = new.facts.spec;
        let old = engine.aliases.get(self.alias_name.as_str()).map(|alias| alias.key.clone());
        if let Some(old) = old {
            let old = engine.key(&old)?;
            // AWS's text for this is not known; its usage text names both.
            old.check_usage(spec.usage(), &"UpdateAlias")?;
        }
        if let Some(alias) = engine.aliases.get_mut(self.alias_name.as_str()) {
            (alias.key, alias.updated_at) = (target.key, cx.now);
        }
        Ok(())
    }
}

impl Operation<Engine> for DeleteAliasRequest {
    type Output = ();
    type Target = Target;

    fn resolve(&self, engine: &Engine, _caller: &Caller) -> Result<Target, Error> {
        check_name(&self.alias_name)?;
        match engine.aliases.get(self.alias_name.as_str()) {
            Some(alias) => Ok(Target { key: alias.key.clone(), alias: None }),
            None => Err(Error::NoSuchAlias { arn: engine.alias_arn(&self.alias_name).into() }),
        }
    }

    fn needs(&self, engine: &Engine, target: &Target, caller: &Caller) -> Vec<AuthzRequest> {
        both(engine, target, caller, "DeleteAlias", &self.alias_name)
    }

    fn permission(&self, _target: &Target, permit: &Permit) -> Result<(), Error> {
        both_allowed(permit)
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        _target: Target,
        mut cx: Cx<'_, S>,
    ) -> Result<(), Error> {
        cx.sink.usage(billed());
        engine.aliases.remove(self.alias_name.as_str());
        Ok(())
    }
}

impl Operation<Engine> for ListAliasesRequest {
    type Output = ListAliasesResult;
    type Target = Option<Arc<str>>;

    fn resolve(&self, engine: &Engine, caller: &Caller) -> Result<Option<Arc<str>>, Error> {
        let found = self.key_id.as_deref().map(|id| engine.find(id, false, caller)).transpose()?;
        Ok(found.map(|target| target.key))
    }

    fn needs(&self, _engine: &Engine, _key: &Option<Arc<str>>, _caller: &Caller) -> Vec<AuthzRequest> {
        Vec::from([AuthzRequest::new("kms:ListAliases", "*")])
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        key: Option<Arc<str>>,
        mut cx: Cx<'_, S>,
    ) -> Result<ListAliasesResult, Error> {
        cx.sink.usage(billed());
        let entry = |(name, alias): (&Arc<str>, &Alias)| AliasListEntry {
            alias_name: String::from(&**name),
            alias_arn: engine.alias_arn(name),
            target_key_id: String::from(&*alias.key),
            creation_date: alias.created_at,
            last_updated_date: alias.updated_at,
        };
        let wanted = |(_, alias): &(&Arc<str>, &Alias)| key.as_ref().is_none_or(|key| alias.key == *key);
        let aliases = engine.aliases.iter().filter(wanted).map(entry).collect();
        Ok(ListAliasesResult { aliases, truncated: false })
    }
}
