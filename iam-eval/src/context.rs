//! What is known about a request besides who asks for what.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use aws_core::{Caller, Principal, Timestamp};
use core::fmt;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// The context keys of a request with their values, all as text.
///
/// Names are compared without regard to case, the part of a tag's key too
/// `[IAM-6.1.2]`. A key has one value or a list of them; which of both is a
/// property of the key and not of how many values there are `[IAM-6.3.4]`. A
/// key that was never set is absent, unless the context is
/// [`partial`](Self::partial).
///
/// ```
/// use iam_eval::Context;
///
/// let context = Context::new()
///     .with("aws:SourceIp", "203.0.113.9")
///     .with_list("aws:TagKeys", ["team"])
///     .with_unknown("aws:MultiFactorAuthPresent");
/// assert_eq!(context.get("AWS:sourceip"), Some("203.0.113.9"));
/// assert!(context.is_unknown("aws:MultiFactorAuthPresent"));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Context {
    /// What is shared with other contexts.
    base: Option<Arc<[Entry]>>,
    /// What is its own, which comes first; both in [`order`] of the lower-case
    /// names.
    entries: Vec<Entry>,
    partial: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    /// The name in lower case, and after it the name as it was given.
    names: Box<str>,
    value: Value,
}

impl Entry {
    fn folded(&self) -> &str {
        self.names.split_at_checked(self.names.len() / 2).map_or("", |(folded, _)| folded)
    }

    fn name(&self) -> &str {
        self.names.split_at_checked(self.names.len() / 2).map_or("", |(_, name)| name)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    Absent,
    One(Box<str>),
    Many(Vec<Box<str>>),
    Unknown,
}

/// What a context says of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fact<'a> {
    Absent,
    Unknown,
    One(&'a str),
    Many(&'a [Box<str>]),
}

/// Keys that hold lists, besides those of services that are not modelled
/// here. `[IAM-7.1]` `[IAM-7.3]` `[IAM-9.4.4]`
const LISTS: [&str; 17] = [
    "aws:calledvia",
    "aws:principalorgpaths",
    "aws:principalservicenameslist",
    "aws:resourceorgpaths",
    "aws:sourceorgpaths",
    "aws:tagkeys",
    "aws:vpceorgpaths",
    "dynamodb:attributes",
    "dynamodb:leadingkeys",
    "kms:encryptioncontextkeys",
    "kms:grantoperations",
    "kms:resourcealiases",
    "lambda:layer",
    "lambda:securitygroupids",
    "lambda:subnetids",
    "sts:requestcontextproviders",
    "sts:transitivetagkeys",
];

/// Whether a key holds a list, by its name in lower case.
pub(crate) fn holds_list(folded: &str) -> bool {
    LISTS.contains(&folded)
}

impl Context {
    /// A context without keys.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What a caller's identity and credentials say by themselves.
    ///
    /// `[IAM-7.2]` `[IAM-7.5]`: the principal's ARN, account, type, user id,
    /// name and tags, when and how the credentials were made, and who
    /// forwards the call. Keys that say on whose behalf a service calls are not
    /// among them `[IAM-9.3]`.
    ///
    /// ```
    /// use aws_core::Caller;
    /// use iam_eval::Context;
    ///
    /// let caller = Caller::role_session("111122223333".parse()?, "app", "AROAEXAMPLE", "s1");
    /// let context = Context::of(&caller);
    /// // The key holds the role's ARN, never the session's.
    /// assert_eq!(context.get("aws:PrincipalArn"), Some("arn:aws:iam::111122223333:role/app"));
    /// assert_eq!(context.get("aws:userid"), Some("AROAEXAMPLE:s1"));
    /// assert_eq!(context.get("aws:username"), None);
    /// # Ok::<(), aws_core::HomeError>(())
    /// ```
    #[must_use]
    pub fn of(caller: &Caller) -> Self {
        let mut context = Self::new();
        // [IAM-5.3.7]
        if let Some(arn) = caller.role_arn().or_else(|| caller.arn()) {
            context.set("aws:PrincipalArn", arn);
        }
        if let Some(account) = caller.account() {
            context.set("aws:PrincipalAccount", alloc::format!("{account}"));
        }
        if let Some(kind) = caller.principal_type() {
            context.set("aws:PrincipalType", kind);
        }
        // [IAM-6.12.8]
        if let Some(name) = caller.username() {
            context.set("aws:username", name);
        }
        context.set("aws:userid", caller.user_id());
        for (key, value) in &caller.tags {
            context.set(&alloc::format!("aws:PrincipalTag/{key}"), value.as_str());
        }
        let service = match &caller.principal {
            Principal::Service { name } => Some(name.as_str()),
            _ => None,
        };
        if !matches!(caller.principal, Principal::Anonymous { .. } | Principal::WebIdentity { .. }) {
            context.set("aws:PrincipalIsAWSService", if service.is_some() { "true" } else { "false" });
        }
        if let Some(name) = service {
            context.set("aws:PrincipalServiceName", name);
            context.set_list("aws:PrincipalServiceNamesList", [name]);
        }
        let facts = &caller.session;
        context.set("aws:ViaAWSService", if facts.called_via.is_empty() { "false" } else { "true" });
        if let (Some(first), Some(last)) = (facts.called_via.first(), facts.called_via.last()) {
            context.set("aws:CalledViaFirst", first.as_str());
            context.set("aws:CalledViaLast", last.as_str());
            context.set_list("aws:CalledVia", facts.called_via.iter().map(String::as_str));
        }
        if let Some(issued) = facts.issued_at {
            context.set("aws:TokenIssueTime", alloc::format!("{}", issued.iso8601()));
        }
        // Long-term keys never say. [IAM-7.1]
        let temporary = facts.issued_at.is_some()
            || matches!(caller.principal, Principal::RoleSession { .. } | Principal::FederatedUser { .. });
        if temporary || facts.mfa_authenticated_at.is_some() {
            let present = if facts.mfa_authenticated_at.is_some() { "true" } else { "false" };
            context.set("aws:MultiFactorAuthPresent", present);
        }
        if let Some(identity) = &facts.source_identity {
            context.set("aws:SourceIdentity", identity.as_str());
        }
        if let Principal::Anonymous { source_ip: Some(address) } = &caller.principal {
            context.set("aws:SourceIp", address.as_str());
        }
        context
    }

    /// Adds what the time of the call says: `aws:CurrentTime`,
    /// `aws:EpochTime`, and how old the caller's second factor is.
    #[must_use]
    pub fn at(mut self, now: Timestamp, caller: &Caller) -> Self {
        self.set("aws:CurrentTime", alloc::format!("{}", now.iso8601()));
        self.set("aws:EpochTime", alloc::format!("{}", now.as_millis().div_euclid(1_000)));
        if let Some(at) = caller.session.mfa_authenticated_at {
            let age = (now.as_millis() - at.as_millis()).max(0) / 1_000;
            self.set("aws:MultiFactorAuthAge", alloc::format!("{age}"));
        }
        self
    }

    /// Sets a key that has one value.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Box<str>>) -> Self {
        self.set(key, value);
        self
    }

    /// Sets a key that holds a list.
    #[must_use]
    pub fn with_list<T: Into<Box<str>>>(mut self, key: &str, values: impl IntoIterator<Item = T>) -> Self {
        self.set_list(key, values);
        self
    }

    /// Says of a key that it is not known whether it is there and what it
    /// holds.
    #[must_use]
    pub fn with_unknown(mut self, key: &str) -> Self {
        self.put(key, Value::Unknown);
        self
    }

    /// Says of a key that it is absent, which matters in a
    /// [`partial`](Self::partial) context.
    #[must_use]
    pub fn without(mut self, key: &str) -> Self {
        self.put(key, Value::Absent);
        self
    }

    /// Makes every key that was not set one that is not known.
    #[must_use]
    pub fn partial(mut self) -> Self {
        self.partial = true;
        self
    }

    /// Sets a key that has one value; what it was before is forgotten.
    pub fn set(&mut self, key: &str, value: impl Into<Box<str>>) {
        self.put(key, Value::One(value.into()));
    }

    /// Sets a key that holds a list.
    pub fn set_list<T: Into<Box<str>>>(&mut self, key: &str, values: impl IntoIterator<Item = T>) {
        self.put(key, Value::Many(values.into_iter().map(Into::into).collect()));
    }

    /// Sets a key from the values a service gives: a list for keys that hold
    /// lists and where there is not exactly one value.
    pub fn set_values(&mut self, key: &str, values: &[String]) {
        match values {
            [value] if !holds_list(&key.to_ascii_lowercase()) => self.set(key, value.as_str()),
            values => self.set_list(key, values.iter().map(String::as_str)),
        }
    }

    fn put(&mut self, key: &str, value: Value) {
        let mut names = String::with_capacity(2 * key.len());
        names.push_str(key);
        names.make_ascii_lowercase();
        match search(&self.entries, &names) {
            Ok(at) => {
                if let Some(entry) = self.entries.get_mut(at) {
                    entry.value = value;
                }
            }
            Err(at) => {
                names.push_str(key);
                self.entries.insert(at, Entry { names: names.into(), value });
            }
        }
    }

    /// Makes copies cheap: what is set so far is shared by all of them, and
    /// each has only what is set later for itself.
    ///
    /// ```
    /// use aws_core::Caller;
    /// use iam_eval::Context;
    ///
    /// let caller = Context::of(&Caller::root("111122223333".parse()?)).shared();
    /// let request = caller.clone().with("aws:SourceIp", "203.0.113.9");
    /// assert_eq!(request.get("aws:PrincipalType"), Some("Account"));
    /// assert_eq!(caller.get("aws:SourceIp"), None);
    /// # Ok::<(), aws_core::HomeError>(())
    /// ```
    #[must_use]
    pub fn shared(self) -> Self {
        let all: Vec<Entry> = self.all().cloned().collect();
        Self { base: Some(all.into()), entries: Vec::new(), partial: self.partial }
    }

    /// All entries in order; of two with one name its own.
    fn all(&self) -> impl Iterator<Item = &Entry> {
        let base = self.base.as_deref().unwrap_or_default();
        let mut shared =
            base.iter().filter(|entry| search(&self.entries, entry.folded()).is_err()).peekable();
        let mut own = self.entries.iter().peekable();
        core::iter::from_fn(move || match (shared.peek(), own.peek()) {
            (Some(one), Some(other)) if order(one.folded(), other.folded()).is_lt() => shared.next(),
            (Some(_), None) => shared.next(),
            _ => own.next(),
        })
    }

    /// With all that another says, which comes first.
    pub(crate) fn overlaid(mut self, other: &Self) -> Self {
        for entry in other.all() {
            self.put(entry.name(), entry.value.clone());
        }
        self.partial |= other.partial;
        self
    }

    /// The value of a key that has one; of a list that holds exactly one, that
    /// one.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        match self.fact(&key.to_ascii_lowercase()) {
            Fact::One(value) => Some(value),
            Fact::Many([value]) => Some(value),
            _ => None,
        }
    }

    /// Whether nothing is known about the key.
    #[must_use]
    pub fn is_unknown(&self, key: &str) -> bool {
        self.fact(&key.to_ascii_lowercase()) == Fact::Unknown
    }

    /// What is known of a key, given in lower case.
    pub(crate) fn fact(&self, folded: &str) -> Fact<'_> {
        let find = |entries: &'_ [Entry]| search(entries, folded).ok();
        let own = find(&self.entries).and_then(|at| self.entries.get(at));
        let shared = || self.base.as_deref().and_then(|base| base.get(find(base)?));
        match own.or_else(shared).map(|entry| &entry.value) {
            Some(Value::One(value)) => Fact::One(value),
            Some(Value::Many(values)) => Fact::Many(values),
            Some(Value::Unknown) => Fact::Unknown,
            Some(Value::Absent) => Fact::Absent,
            None if self.partial => Fact::Unknown,
            None => Fact::Absent,
        }
    }

    /// The keys that are set, in the order of their names, with their values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Vec<&str>)> {
        let mut all: Vec<&Entry> = self.all().collect();
        all.sort_unstable_by(|one, other| one.folded().cmp(other.folded()));
        all.into_iter().filter_map(|entry| match &entry.value {
            Value::One(value) => Some((entry.name(), Vec::from([&**value]))),
            Value::Many(values) => Some((entry.name(), values.iter().map(|value| &**value).collect())),
            Value::Absent | Value::Unknown => None,
        })
    }
}

/// Two contexts are equal if they say the same, shared or not.
impl PartialEq for Context {
    fn eq(&self, other: &Self) -> bool {
        self.partial == other.partial && self.all().eq(other.all())
    }
}

impl Eq for Context {}

fn search(entries: &[Entry], folded: &str) -> Result<usize, usize> {
    entries.binary_search_by(|entry| order(entry.folded(), folded))
}

/// The order of entries: by length first, which tells most names apart at
/// once.
fn order(one: &str, other: &str) -> core::cmp::Ordering {
    one.len().cmp(&other.len()).then_with(|| one.cmp(other))
}

impl fmt::Display for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (key, values)) in self.iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            write!(f, "{comma}{key}={}", values.join("|"))?;
        }
        Ok(())
    }
}

/// A map of keys; lists as lists.
impl Serialize for Context {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for entry in self.all() {
            match &entry.value {
                Value::One(value) => map.serialize_entry(entry.name(), value)?,
                Value::Many(values) => map.serialize_entry(entry.name(), values)?,
                Value::Absent | Value::Unknown => {}
            }
        }
        map.end()
    }
}

impl<K: AsRef<str>, V: Into<Box<str>>> FromIterator<(K, V)> for Context {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut context = Self::new();
        for (key, value) in entries {
            context.set(key.as_ref(), value);
        }
        context
    }
}
