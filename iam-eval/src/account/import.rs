//! What `aws iam get-account-authorization-details` prints.

use super::{Account, Member, MemberKind};
use crate::{Policy, PolicyError, PolicyKind, PolicySet};
use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use aws_core::{AccountId, ArnRef};
use serde::Deserialize;
use serde_json::value::RawValue;

/// An export that cannot be taken in.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// It is no JSON, or not an export.
    #[error("not an export of get-account-authorization-details: {0}")]
    Json(#[from] serde_json::Error),
    /// It names nobody, so that its account is not known.
    #[error("the export has no user, group, role or policy that would tell its account")]
    Empty,
    /// What should be an ARN is none.
    #[error("{0} is not the ARN of a user or role")]
    Arn(String),
    /// A policy's document cannot be read.
    #[error("{policy} of {holder}: {error}")]
    Document {
        /// Whose it is: an ARN.
        holder: String,
        /// Its name.
        policy: String,
        /// What is wrong.
        error: Box<PolicyError>,
    },
    /// A policy is attached, or sets a boundary, that the export does not
    /// have; exports made with a filter leave some out.
    #[error("{holder} has the policy {arn}, which is not in the export; export without a filter")]
    Missing {
        /// Who has it.
        holder: String,
        /// Which.
        arn: String,
    },
    /// A user is in a group that the export does not have.
    #[error("{user} is in the group {group}, which is not in the export; export without a filter")]
    MissingGroup {
        /// The user.
        user: String,
        /// The group.
        group: String,
    },
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Export<'a> {
    #[serde(default)]
    user_detail_list: Vec<Holder>,
    #[serde(default)]
    group_detail_list: Vec<Holder>,
    #[serde(default)]
    role_detail_list: Vec<Holder>,
    #[serde(default, borrow)]
    policies: Vec<Managed<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Holder {
    arn: String,
    #[serde(default)]
    path: String,
    #[serde(alias = "UserName", alias = "GroupName", alias = "RoleName")]
    name: String,
    #[serde(alias = "UserId", alias = "GroupId", alias = "RoleId")]
    id: String,
    #[serde(default, alias = "UserPolicyList", alias = "GroupPolicyList", alias = "RolePolicyList")]
    inline: Vec<Inline>,
    #[serde(default)]
    attached_managed_policies: Vec<Attached>,
    #[serde(default)]
    group_list: Vec<String>,
    permissions_boundary: Option<Boundary>,
    assume_role_policy_document: Option<Box<RawValue>>,
    #[serde(default)]
    tags: Vec<Tag>,
    #[serde(default)]
    instance_profile_list: Vec<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Inline {
    policy_name: String,
    policy_document: Box<RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Attached {
    policy_arn: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Boundary {
    permissions_boundary_arn: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tag {
    key: String,
    value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Managed<'a> {
    arn: String,
    #[serde(default)]
    default_version_id: String,
    #[serde(default, borrow)]
    policy_version_list: Vec<ManagedVersion<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ManagedVersion<'a> {
    #[serde(borrow)]
    document: &'a RawValue,
    version_id: String,
    #[serde(default)]
    is_default_version: bool,
}

/// AWS's own policies are of no account.
fn account_of(arn: &str) -> Option<AccountId> {
    ArnRef::parse(arn).ok()?.account.parse().ok()
}

/// Documents are objects in the form of AWS's command line, texts with percent
/// escapes in that of the API. The text is kept as it stands.
fn document(raw: &RawValue) -> Result<String, serde_json::Error> {
    let text = raw.get();
    if !text.starts_with('"') {
        return Ok(text.to_owned());
    }
    let escaped: String = serde_json::from_str(text)?;
    let mut bytes = Vec::with_capacity(escaped.len());
    let mut rest = escaped.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = (*first == b'%')
            .then(|| after.get(..2).and_then(|hex| core::str::from_utf8(hex).ok()))
            .flatten()
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(hex.unwrap_or(*first));
        rest = if hex.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn read(raw: &RawValue, kind: PolicyKind, holder: &str, name: &str) -> Result<Policy, ImportError> {
    Policy::stored(&document(raw)?, kind).map_err(|error| ImportError::Document {
        holder: holder.into(),
        policy: name.into(),
        error: Box::new(error),
    })
}

impl Managed<'_> {
    fn document(&self, kind: PolicyKind) -> Result<Option<Policy>, ImportError> {
        let default = |version: &&ManagedVersion<'_>| {
            version.is_default_version || version.version_id == self.default_version_id
        };
        let Some(version) = self.policy_version_list.iter().find(default) else { return Ok(None) };
        read(version.document, kind, &self.arn, &version.version_id).map(Some)
    }
}

/// Named documents, as sets are made of.
type Documents = Vec<(String, Policy)>;

impl Export<'_> {
    fn managed(&self, arn: &str, kind: PolicyKind, holder: &str) -> Result<Policy, ImportError> {
        let missing = || ImportError::Missing { holder: holder.into(), arn: arn.into() };
        let policy = self.policies.iter().find(|policy| policy.arn == arn).ok_or_else(missing)?;
        policy.document(kind)?.ok_or_else(missing)
    }

    /// What is attached to a holder itself.
    fn own(&self, holder: &Holder) -> Result<Documents, ImportError> {
        let mut all = Documents::new();
        for attached in &holder.attached_managed_policies {
            let arn = &attached.policy_arn;
            all.push((arn.clone(), self.managed(arn, PolicyKind::Identity, &holder.arn)?));
        }
        for inline in &holder.inline {
            let name = &inline.policy_name;
            let policy = read(&inline.policy_document, PolicyKind::Identity, &holder.arn, name)?;
            all.push((alloc::format!("{}/{name}", holder.name), policy));
        }
        Ok(all)
    }

    fn member(&self, holder: &Holder, kind: MemberKind, most: AccountId) -> Result<Member, ImportError> {
        if ArnRef::parse(&holder.arn).is_err() {
            return Err(ImportError::Arn(holder.arn.clone()));
        }
        let account = account_of(&holder.arn).unwrap_or(most);
        let mut identity = self.own(holder)?;
        for name in &holder.group_list {
            let missing = || ImportError::MissingGroup { user: holder.arn.clone(), group: name.clone() };
            let group = self.group_detail_list.iter().find(|group| group.name == *name);
            identity.extend(self.own(group.ok_or_else(missing)?)?);
        }
        let boundary = holder.permissions_boundary.as_ref().map(|boundary| {
            let arn = &boundary.permissions_boundary_arn;
            let policy = self.managed(arn, PolicyKind::Boundary, &holder.arn)?;
            Ok::<_, ImportError>(PolicySet::new([(arn.as_str(), policy)]))
        });
        let trust = holder.assume_role_policy_document.as_deref().map(|raw| {
            let policy = read(raw, PolicyKind::Trust, &holder.arn, "the trust policy")?;
            Ok::<_, ImportError>(PolicySet::new([("trust policy", policy)]))
        });
        let path = if holder.path.is_empty() { "/" } else { &holder.path };
        Ok(Member {
            arn: holder.arn.clone(),
            name: holder.name.clone(),
            path: path.into(),
            unique_id: holder.id.clone(),
            kind,
            account,
            groups: holder.group_list.clone(),
            tags: holder.tags.iter().map(|tag| (tag.key.clone(), tag.value.clone())).collect(),
            identity: PolicySet::new(identity),
            boundary: boundary.transpose()?,
            trust: trust.transpose()?,
            instance_profile: !holder.instance_profile_list.is_empty(),
        })
    }
}

impl Account {
    /// Takes in what `aws iam get-account-authorization-details` printed, or
    /// the API answered in JSON. The account is the one that most of the names
    /// are of; members of others are members all the same, and one whose name
    /// tells no account is of this one.
    ///
    /// # Errors
    /// What is wrong and where; nothing is left out silently.
    pub fn import(text: &str) -> Result<Self, ImportError> {
        let export: Export<'_> = serde_json::from_str(text)?;
        let holders = [&export.user_detail_list, &export.role_detail_list, &export.group_detail_list];
        let arns = holders.into_iter().flatten().map(|holder| &holder.arn);
        let arns = arns.chain(export.policies.iter().map(|policy| &policy.arn));
        let mut counts: BTreeMap<AccountId, usize> = BTreeMap::new();
        for account in arns.filter_map(|arn| account_of(arn)) {
            *counts.entry(account).or_default() += 1;
        }
        let most = counts.into_iter().max_by_key(|(_, count)| *count);
        let (id, _) = most.ok_or(ImportError::Empty)?;
        let mut members = Vec::new();
        for user in &export.user_detail_list {
            members.push(export.member(user, MemberKind::User, id)?);
        }
        for role in &export.role_detail_list {
            members.push(export.member(role, MemberKind::Role, id)?);
        }
        let mut groups = BTreeMap::new();
        for group in &export.group_detail_list {
            groups.insert(group.name.clone(), (group.arn.clone(), PolicySet::new(export.own(group)?)));
        }
        let own = export.policies.iter().filter(|policy| account_of(&policy.arn).is_some());
        let own_policies = own.map(|policy| policy.arn.clone()).collect();
        Ok(Self { id, members, groups, own_policies, ..Self::of(id) })
    }
}
