//! TagResource, UntagResource, ListTagsOfResource. `[DDB-4.4.15]`

use super::Named;
use crate::api::{
    ListTagsOfResourceRequest, ListTagsOfResourceResult, Tag, TagResourceRequest, UntagResourceRequest,
};
use crate::table::Status;
use crate::{Engine, Error, Event};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use aws_core::{ArnRef, AuthzRequest, Caller, Cx, Operation, Sink};

/// Tags of one table.
const TAGS: usize = 50;

fn plain<T>(what: impl Into<String>) -> Result<T, Error> {
    Err(Error::Refused { what: what.into().into() })
}

fn bad<T>(what: String) -> Result<T, Error> {
    Err(Error::BadTable { what: what.into() })
}

/// The tags of a request as a map, checked one by one.
pub(super) fn check(tags: &[Tag]) -> Result<BTreeMap<String, String>, Error> {
    let mut all = BTreeMap::new();
    for tag in tags {
        let key = tag.key.as_deref().unwrap_or_default();
        if !(1..=128).contains(&key.chars().count()) || !key.chars().all(is_taken) {
            return plain(format!("The Tag Key provided is invalid, Key: {key}"));
        }
        if key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:")) {
            return plain(format!("Tag Key cannot be prefixed with aws:, Key: {key}"));
        }
        match &tag.value {
            Some(value) if value.chars().count() <= 256 && value.chars().all(is_taken) => {
                if all.insert(key.to_string(), value.clone()).is_some() {
                    return plain(format!(
                        "Duplicate Tag Keys provided as input: Duplicate Tag Key found {key}"
                    ));
                }
            }
            value => {
                let value = value.as_deref().unwrap_or("null");
                return plain(format!("The Tag Value provided is invalid, Value: {value}"));
            }
        }
    }
    if all.len() > TAGS {
        return Err(Error::TooManyTags);
    }
    Ok(all)
}

fn is_taken(letter: char) -> bool {
    letter.is_alphanumeric() || letter.is_whitespace() || "+-=._:/@".contains(letter)
}

/// The table that an ARN names, not looked up yet.
fn table(engine: &Engine, arn: Option<&str>) -> Result<Named, Error> {
    let Some(arn) = arn else {
        let null = "1 validation error detected: Value null at 'resourceArn' failed to satisfy constraint: Member must not be null";
        return Err(Error::Members { message: null.into() });
    };
    if !arn.starts_with("arn:") {
        return bad(format!("ARNs must start with 'arn:': {arn}"));
    }
    let Ok(parsed) = ArnRef::parse(arn) else {
        return bad(format!("Invalid ResourceArn provided as input {arn}"));
    };
    if parsed.service != "dynamodb" {
        return bad(format!("Provided Arn is not a DynamoDB resource arn: {arn}"));
    }
    if parsed.region != engine.home().region.as_str() {
        return plain(format!("Invalid TableArn: Invalid ResourceArn provided as input {arn}"));
    }
    let name = parsed.resource.strip_prefix("table/").unwrap_or_default();
    if name.is_empty() || name.contains("/index/") {
        return bad(format!(
            "Invalid resource arn provided, only table or stream is accepted. Provided resource arn: {arn}"
        ));
    }
    let name = name.split_once("/stream/").map_or(name, |(name, _)| name);
    Ok(Named::new(engine, name))
}

/// Refuses an absent table, and one that comes or goes. `[DDB-4.4.16]`
fn find(engine: &Engine, target: &Named) -> Result<(), Error> {
    let Ok(table) = engine.any_table(&target.name) else {
        return Err(Error::ResourceArnNotFound { arn: target.arn(engine).into() });
    };
    match table.definition.status {
        Status::Creating(_) => Err(Error::TableCreating { table: (*target.name).into() }),
        Status::Deleting(_) => Err(Error::TableDeleting { table: (*target.name).into() }),
        Status::Active | Status::Updating(_) => Ok(()),
    }
}

impl Operation<Engine> for TagResourceRequest {
    type Output = ();
    type Target = Named;

    fn resolve(&self, engine: &Engine, _caller: &Caller) -> Result<Named, Error> {
        table(engine, self.resource_arn.as_deref())
    }

    fn needs(&self, engine: &Engine, target: &Named, _caller: &Caller) -> Vec<AuthzRequest> {
        let tags = self.tags.iter().flatten();
        let request = tags.fold(target.needs(engine, "TagResource"), |request, tag| {
            let (key, value) = (tag.key.as_deref(), tag.value.as_deref());
            request.with_context(
                format!("aws:RequestTag/{}", key.unwrap_or_default()),
                [value.unwrap_or_default()],
            )
        });
        Vec::from([request])
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Named,
        _cx: Cx<'_, S>,
    ) -> Result<(), Error> {
        let tags = self.tags.unwrap_or_default();
        if tags.is_empty() {
            return plain("Atleast one Tag needs to be provided as Input.");
        }
        let tags = check(&tags)?;
        find(engine, &target)?;
        let table = engine.table_mut(&target.name)?;
        let own = &table.definition.tags;
        if own.len() + tags.keys().filter(|key| !own.contains_key(*key)).count() > TAGS {
            return Err(Error::TooManyTags);
        }
        table.definition.tags.extend(tags);
        Ok(())
    }
}

impl Operation<Engine> for UntagResourceRequest {
    type Output = ();
    type Target = Named;

    fn resolve(&self, engine: &Engine, _caller: &Caller) -> Result<Named, Error> {
        table(engine, self.resource_arn.as_deref())
    }

    fn needs(&self, engine: &Engine, target: &Named, _caller: &Caller) -> Vec<AuthzRequest> {
        let keys = self.tag_keys.iter().flatten().map(String::as_str);
        Vec::from([target.needs(engine, "UntagResource").with_context("aws:TagKeys", keys)])
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Named,
        _cx: Cx<'_, S>,
    ) -> Result<(), Error> {
        let keys: BTreeSet<String> = self.tag_keys.unwrap_or_default().into_iter().collect();
        if keys.is_empty() {
            return plain("Atleast one Tag Key needs to be provided as Input.");
        }
        find(engine, &target)?;
        engine.table_mut(&target.name)?.definition.tags.retain(|key, _| !keys.contains(key));
        Ok(())
    }
}

impl Operation<Engine> for ListTagsOfResourceRequest {
    type Output = ListTagsOfResourceResult;
    type Target = Named;

    fn resolve(&self, engine: &Engine, _caller: &Caller) -> Result<Named, Error> {
        table(engine, self.resource_arn.as_deref())
    }

    fn needs(&self, engine: &Engine, target: &Named, _caller: &Caller) -> Vec<AuthzRequest> {
        Vec::from([target.needs(engine, "ListTagsOfResource")])
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Named,
        _cx: Cx<'_, S>,
    ) -> Result<ListTagsOfResourceResult, Error> {
        let Ok(table) = engine.any_table(&target.name) else {
            return Err(Error::ResourceArnNotFound { arn: target.arn(engine).into() });
        };
        // Suites that run on AWS read more than ten at once: all fit a page.
        let tags = table.definition.tags.iter().map(|(key, value)| Tag::new(key, value)).collect();
        Ok(ListTagsOfResourceResult { tags, next_token: None })
    }
}
