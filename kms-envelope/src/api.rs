//! Requests and results, with AWS's member names. Requests are raw: refusing
//! them in AWS's words is the engine's job.

use crate::{EncryptionContext, KeyState, RotationType};
use alloc::string::String;
use alloc::vec::Vec;
use aws_core::{Blob, Timestamp, epoch_seconds};
use serde::{Deserialize, Serialize};

macro_rules! request {
    ($(#[$meta:meta])* $Name:ident { $( $(#[$fmeta:meta])* $field:ident : $type:ty, )* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
        #[serde(rename_all = "PascalCase", default)]
        pub struct $Name { $( $(#[$fmeta])* pub $field: $type, )* }
    };
}

macro_rules! result {
    ($(#[$meta:meta])* $Name:ident { $( $(#[$fmeta:meta])* $field:ident : $type:ty, )* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "PascalCase")]
        #[non_exhaustive]
        pub struct $Name { $( $(#[$fmeta])* pub $field: $type, )* }
    };
}

/// A tag.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Tag {
    /// Its key.
    pub tag_key: String,
    /// Its value.
    pub tag_value: String,
}

request! {
    /// Input of [`Engine::create_key`](crate::Engine::create_key).
    CreateKeyRequest {
        /// The key policy; the default one if absent.
        #[serde(skip_serializing_if = "Option::is_none")]
        policy: Option<String>,
        /// What it is for.
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Option<String>,
        /// `ENCRYPT_DECRYPT` if absent.
        #[serde(skip_serializing_if = "Option::is_none")]
        key_usage: Option<String>,
        /// `SYMMETRIC_DEFAULT` if absent.
        #[serde(skip_serializing_if = "Option::is_none")]
        key_spec: Option<String>,
        /// `AWS_KMS` if absent.
        #[serde(skip_serializing_if = "Option::is_none")]
        origin: Option<String>,
        /// At most fifty.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        tags: Vec<Tag>,
        /// Whether it can be replicated.
        #[serde(skip_serializing_if = "Option::is_none")]
        multi_region: Option<bool>,
    }
}

request! {
    /// Input of operations that name a key and nothing else.
    KeyIdRequest {
        /// The key.
        key_id: String,
    }
}

/// Input of [`Engine::describe_key`](crate::Engine::describe_key).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DescribeKeyRequest(pub KeyIdRequest);
/// Input of [`Engine::enable_key`](crate::Engine::enable_key).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EnableKeyRequest(pub KeyIdRequest);
/// Input of [`Engine::disable_key`](crate::Engine::disable_key).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DisableKeyRequest(pub KeyIdRequest);
/// Input of [`Engine::cancel_key_deletion`](crate::Engine::cancel_key_deletion).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CancelKeyDeletionRequest(pub KeyIdRequest);
/// Input of [`Engine::disable_key_rotation`](crate::Engine::disable_key_rotation).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DisableKeyRotationRequest(pub KeyIdRequest);
/// Input of
/// [`Engine::get_key_rotation_status`](crate::Engine::get_key_rotation_status).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GetKeyRotationStatusRequest(pub KeyIdRequest);
/// Input of
/// [`Engine::rotate_key_on_demand`](crate::Engine::rotate_key_on_demand).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RotateKeyOnDemandRequest(pub KeyIdRequest);

result! {
    /// Everything about a key that is not secret. `[KMS-1.1]`
    KeyMetadata {
        /// The account that owns it.
        #[serde(rename = "AWSAccountId")]
        aws_account_id: String,
        /// Its id.
        key_id: String,
        /// Its ARN.
        arn: String,
        /// When it was created.
        #[serde(with = "epoch_seconds")]
        creation_date: Timestamp,
        /// Whether the state is `Enabled`.
        enabled: bool,
        /// What it is for.
        description: String,
        /// What it can do.
        key_usage: String,
        /// Where it stands.
        key_state: KeyState,
        /// When it will be deleted, if it will.
        #[serde(with = "epoch_seconds::option", default, skip_serializing_if = "Option::is_none")]
        deletion_date: Option<Timestamp>,
        /// Where its material comes from.
        origin: String,
        /// `CUSTOMER`.
        key_manager: String,
        /// The older name of `KeySpec`.
        customer_master_key_spec: String,
        /// Its kind.
        key_spec: String,
        /// Only of keys that encrypt.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        encryption_algorithms: Vec<String>,
        /// Only of HMAC keys.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        mac_algorithms: Vec<String>,
        /// Whether it can be replicated.
        multi_region: bool,
        /// Only of multi-Region keys.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        multi_region_configuration: Option<MultiRegionConfiguration>,
        /// The material that encrypts; only of symmetric keys.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        current_key_material_id: Option<String>,
    }
}

result! {
    /// A multi-Region key's relatives.
    MultiRegionConfiguration {
        /// `PRIMARY`.
        multi_region_key_type: String,
        /// Itself.
        primary_key: MultiRegionKey,
        /// None yet.
        replica_keys: Vec<MultiRegionKey>,
    }
}

result! {
    /// A key in a Region.
    MultiRegionKey {
        /// Its ARN.
        arn: String,
        /// Its Region.
        region: String,
    }
}

result! {
    /// A key's metadata.
    KeyMetadataResult {
        /// The metadata.
        key_metadata: KeyMetadata,
    }
}

request! {
    /// Input of [`Engine::list_keys`](crate::Engine::list_keys).
    ListKeysRequest {
        /// 1 to 1,000; 100 if absent.
        #[serde(skip_serializing_if = "Option::is_none")]
        limit: Option<i64>,
        /// From the page before.
        #[serde(skip_serializing_if = "Option::is_none")]
        marker: Option<String>,
    }
}

result! {
    /// A page of keys.
    ListKeysResult {
        /// The keys, in the order of their ids.
        keys: Vec<KeyListEntry>,
        /// Where the next page begins.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next_marker: Option<String>,
        /// Whether there is one.
        truncated: bool,
    }
}

result! {
    /// A key in a listing.
    KeyListEntry {
        /// Its id.
        key_id: String,
        /// Its ARN.
        key_arn: String,
    }
}

request! {
    /// Input of
    /// [`Engine::schedule_key_deletion`](crate::Engine::schedule_key_deletion).
    ScheduleKeyDeletionRequest {
        /// The key.
        key_id: String,
        /// 7 to 30; 30 if absent.
        #[serde(skip_serializing_if = "Option::is_none")]
        pending_window_in_days: Option<i64>,
    }
}

result! {
    /// When a key will be deleted.
    ScheduleKeyDeletionResult {
        /// The key's ARN.
        key_id: String,
        /// When.
        #[serde(with = "epoch_seconds")]
        deletion_date: Timestamp,
        /// `PendingDeletion`.
        key_state: KeyState,
        /// The window.
        pending_window_in_days: i64,
    }
}

result! {
    /// A key's ARN.
    KeyIdResult {
        /// The ARN.
        key_id: String,
    }
}

request! {
    /// Input of [`Engine::create_alias`](crate::Engine::create_alias).
    CreateAliasRequest {
        /// With its prefix `alias/`.
        alias_name: String,
        /// The key, by id or ARN.
        target_key_id: String,
    }
}

request! {
    /// Input of [`Engine::update_alias`](crate::Engine::update_alias).
    UpdateAliasRequest {
        /// With its prefix `alias/`.
        alias_name: String,
        /// The new key, by id or ARN.
        target_key_id: String,
    }
}

request! {
    /// Input of [`Engine::delete_alias`](crate::Engine::delete_alias).
    DeleteAliasRequest {
        /// With its prefix `alias/`.
        alias_name: String,
    }
}

request! {
    /// Input of [`Engine::list_aliases`](crate::Engine::list_aliases).
    ListAliasesRequest {
        /// Only this key's.
        #[serde(skip_serializing_if = "Option::is_none")]
        key_id: Option<String>,
    }
}

result! {
    /// Aliases.
    ListAliasesResult {
        /// In the order of their names.
        aliases: Vec<AliasListEntry>,
        /// Never, as yet.
        truncated: bool,
    }
}

result! {
    /// An alias.
    AliasListEntry {
        /// With its prefix.
        alias_name: String,
        /// Its ARN.
        alias_arn: String,
        /// The key's id.
        target_key_id: String,
        /// When it was created.
        #[serde(with = "epoch_seconds")]
        creation_date: Timestamp,
        /// When it was last pointed at a key.
        #[serde(with = "epoch_seconds")]
        last_updated_date: Timestamp,
    }
}

request! {
    /// Input of [`Engine::encrypt`](crate::Engine::encrypt).
    EncryptRequest {
        /// The key, by id, ARN or alias.
        key_id: String,
        /// 1 to 4,096 bytes.
        plaintext: Blob,
        /// What decryption has to repeat.
        #[serde(skip_serializing_if = "EncryptionContext::is_empty")]
        encryption_context: EncryptionContext,
        /// Only `SYMMETRIC_DEFAULT`.
        #[serde(skip_serializing_if = "Option::is_none")]
        encryption_algorithm: Option<String>,
        /// Whether only to check.
        #[serde(skip_serializing_if = "Option::is_none")]
        dry_run: Option<bool>,
    }
}

result! {
    /// A ciphertext.
    EncryptResult {
        /// The ciphertext.
        ciphertext_blob: Blob,
        /// The key's ARN.
        key_id: String,
        /// `SYMMETRIC_DEFAULT`.
        encryption_algorithm: String,
    }
}

request! {
    /// Input of [`Engine::decrypt`](crate::Engine::decrypt).
    DecryptRequest {
        /// The ciphertext.
        ciphertext_blob: Blob,
        /// The key that must have encrypted it, if it matters.
        #[serde(skip_serializing_if = "Option::is_none")]
        key_id: Option<String>,
        /// The same as for encryption.
        #[serde(skip_serializing_if = "EncryptionContext::is_empty")]
        encryption_context: EncryptionContext,
        /// Only `SYMMETRIC_DEFAULT`.
        #[serde(skip_serializing_if = "Option::is_none")]
        encryption_algorithm: Option<String>,
        /// Whether only to check.
        #[serde(skip_serializing_if = "Option::is_none")]
        dry_run: Option<bool>,
    }
}

result! {
    /// A plaintext.
    DecryptResult {
        /// The key's ARN.
        key_id: String,
        /// The plaintext.
        plaintext: Blob,
        /// `SYMMETRIC_DEFAULT`.
        encryption_algorithm: String,
        /// The material that encrypted it.
        key_material_id: String,
    }
}

request! {
    /// Input of [`Engine::re_encrypt`](crate::Engine::re_encrypt).
    ReEncryptRequest {
        /// The ciphertext.
        ciphertext_blob: Blob,
        /// The key that must have encrypted it, if it matters.
        #[serde(skip_serializing_if = "Option::is_none")]
        source_key_id: Option<String>,
        /// The context it was encrypted with.
        #[serde(skip_serializing_if = "EncryptionContext::is_empty")]
        source_encryption_context: EncryptionContext,
        /// The new key.
        destination_key_id: String,
        /// The new context.
        #[serde(skip_serializing_if = "EncryptionContext::is_empty")]
        destination_encryption_context: EncryptionContext,
        /// Whether only to check.
        #[serde(skip_serializing_if = "Option::is_none")]
        dry_run: Option<bool>,
    }
}

result! {
    /// A ciphertext under another key, material or context.
    ReEncryptResult {
        /// The ciphertext.
        ciphertext_blob: Blob,
        /// The old key's ARN.
        source_key_id: String,
        /// The new key's ARN.
        key_id: String,
        /// `SYMMETRIC_DEFAULT`.
        source_encryption_algorithm: String,
        /// `SYMMETRIC_DEFAULT`.
        destination_encryption_algorithm: String,
        /// The material that encrypted it before.
        source_key_material_id: String,
        /// The material that encrypts it now.
        destination_key_material_id: String,
    }
}

request! {
    /// Input of [`Engine::generate_data_key`](crate::Engine::generate_data_key).
    GenerateDataKeyRequest {
        /// The key, by id, ARN or alias.
        key_id: String,
        /// What decryption has to repeat.
        #[serde(skip_serializing_if = "EncryptionContext::is_empty")]
        encryption_context: EncryptionContext,
        /// 1 to 1,024; or `KeySpec`.
        #[serde(skip_serializing_if = "Option::is_none")]
        number_of_bytes: Option<i64>,
        /// `AES_128` or `AES_256`; or `NumberOfBytes`.
        #[serde(skip_serializing_if = "Option::is_none")]
        key_spec: Option<String>,
        /// Whether only to check.
        #[serde(skip_serializing_if = "Option::is_none")]
        dry_run: Option<bool>,
    }
}

/// Input of [`Engine::generate_data_key_without_plaintext`](crate::Engine::generate_data_key_without_plaintext).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GenerateDataKeyWithoutPlaintextRequest(pub GenerateDataKeyRequest);

result! {
    /// A data key.
    GenerateDataKeyResult {
        /// The data key, encrypted.
        ciphertext_blob: Blob,
        /// The data key in clear; only if it was asked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        plaintext: Option<Blob>,
        /// The key's ARN.
        key_id: String,
        /// The material that encrypted it.
        key_material_id: String,
    }
}

request! {
    /// Input of [`Engine::generate_random`](crate::Engine::generate_random).
    GenerateRandomRequest {
        /// 1 to 1,024.
        #[serde(skip_serializing_if = "Option::is_none")]
        number_of_bytes: Option<i64>,
    }
}

result! {
    /// Random bytes.
    GenerateRandomResult {
        /// The bytes.
        plaintext: Blob,
    }
}

request! {
    /// Input of
    /// [`Engine::enable_key_rotation`](crate::Engine::enable_key_rotation).
    EnableKeyRotationRequest {
        /// The key, by id or ARN.
        key_id: String,
        /// 90 to 2,560; 365 if absent.
        #[serde(skip_serializing_if = "Option::is_none")]
        rotation_period_in_days: Option<i64>,
    }
}

result! {
    /// Whether and when a key rotates.
    GetKeyRotationStatusResult {
        /// The key's ARN.
        key_id: String,
        /// Whether it rotates by itself.
        key_rotation_enabled: bool,
        /// How often, if it does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rotation_period_in_days: Option<u32>,
        /// When next, if it does.
        #[serde(with = "epoch_seconds::option", default, skip_serializing_if = "Option::is_none")]
        next_rotation_date: Option<Timestamp>,
    }
}

request! {
    /// Input of
    /// [`Engine::list_key_rotations`](crate::Engine::list_key_rotations).
    ListKeyRotationsRequest {
        /// The key, by id or ARN.
        key_id: String,
    }
}

result! {
    /// A key's rotations.
    ListKeyRotationsResult {
        /// The first one first.
        rotations: Vec<RotationsListEntry>,
        /// Never, as yet.
        truncated: bool,
    }
}

result! {
    /// A rotation.
    RotationsListEntry {
        /// The key's ARN.
        key_id: String,
        /// The material that it brought.
        key_material_id: String,
        /// When.
        #[serde(with = "epoch_seconds")]
        rotation_date: Timestamp,
        /// Why.
        rotation_type: RotationType,
    }
}

request! {
    /// Input of [`Engine::get_key_policy`](crate::Engine::get_key_policy).
    GetKeyPolicyRequest {
        /// The key, by id or ARN.
        key_id: String,
        /// Only `default`.
        #[serde(skip_serializing_if = "Option::is_none")]
        policy_name: Option<String>,
    }
}

result! {
    /// A key policy.
    GetKeyPolicyResult {
        /// Its text.
        policy: String,
        /// `default`.
        policy_name: String,
    }
}

request! {
    /// Input of [`Engine::put_key_policy`](crate::Engine::put_key_policy).
    PutKeyPolicyRequest {
        /// The key, by id or ARN.
        key_id: String,
        /// Only `default`.
        #[serde(skip_serializing_if = "Option::is_none")]
        policy_name: Option<String>,
        /// Its text.
        policy: String,
    }
}
