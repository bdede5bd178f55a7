//! The operations, one file per family.
//!
//! The order of checks is `[KMS-3.4]`: constraints, the key meant,
//! permission, the key's state, its usage, the payload, and last whether it
//! is a dry run.

mod admin;
mod alias;
mod crypto;
mod need;
mod policy;
mod rotation;

use crate::*;

aws_core::operations! {
    /// Any call's input.
    pub enum Request -> Response for Engine {
        /// Takes a key back from deletion; it is disabled then. `[KMS-3.2]`
        ///
        /// # Errors
        /// A key that is not pending deletion.
        CancelKeyDeletion(CancelKeyDeletionRequest) -> KeyIdResult = cancel_key_deletion;
        /// Gives a key a name. `[KMS-2.5]`
        ///
        /// # Errors
        /// A name that is none, reserved or taken; a key pending deletion.
        CreateAlias(CreateAliasRequest) -> () = create_alias;
        /// Makes a key. `[KMS-1.4]`
        ///
        /// # Errors
        /// Specs, usages, tags and policies that KMS does not take.
        CreateKey(CreateKeyRequest) -> KeyMetadataResult = create_key;
        /// Opens what [`encrypt`](Self::encrypt) and
        /// [`generate_data_key`](Self::generate_data_key) sealed. `[KMS-4.2]`
        ///
        /// # Errors
        /// Another key, another context, or no ciphertext.
        Decrypt(DecryptRequest) -> DecryptResult = decrypt;
        /// Takes a name away, whatever the key's state. `[KMS-2.5]`
        ///
        /// # Errors
        /// No such alias.
        DeleteAlias(DeleteAliasRequest) -> () = delete_alias;
        /// A key's metadata. `[KMS-1.2]`
        ///
        /// # Errors
        /// No such key.
        DescribeKey(DescribeKeyRequest) -> KeyMetadataResult = describe_key;
        /// Makes a key unusable for now. `[KMS-3.2]`
        ///
        /// # Errors
        /// No such key, or one pending deletion.
        DisableKey(DisableKeyRequest) -> () = disable_key;
        /// Stops automatic rotation. `[KMS-6.1]`
        ///
        /// # Errors
        /// A key that does not rotate, is disabled or pending deletion.
        DisableKeyRotation(DisableKeyRotationRequest) -> () = disable_key_rotation;
        /// Makes a key usable again. `[KMS-3.2]`
        ///
        /// # Errors
        /// No such key, or one pending deletion.
        EnableKey(EnableKeyRequest) -> () = enable_key;
        /// Starts automatic rotation, or changes its period. `[KMS-6.1]`
        ///
        /// # Errors
        /// A key that does not rotate, or a period out of range.
        EnableKeyRotation(EnableKeyRotationRequest) -> () = enable_key_rotation;
        /// Seals up to 4,096 bytes. `[KMS-4.1]`
        ///
        /// # Errors
        /// A key that cannot, or a plaintext of the wrong size.
        Encrypt(EncryptRequest) -> EncryptResult = encrypt;
        /// A data key, in clear and sealed. `[KMS-4.4]`
        ///
        /// # Errors
        /// A key that cannot, or a size that is none.
        GenerateDataKey(GenerateDataKeyRequest) -> GenerateDataKeyResult = generate_data_key;
        /// A data key, only sealed. `[KMS-4.4]`
        ///
        /// # Errors
        /// A key that cannot, or a size that is none.
        GenerateDataKeyWithoutPlaintext(GenerateDataKeyWithoutPlaintextRequest) -> GenerateDataKeyResult
            = generate_data_key_without_plaintext;
        /// Random bytes, from the call's seed. `[KMS-4.6]`
        ///
        /// # Errors
        /// A number out of range.
        GenerateRandom(GenerateRandomRequest) -> GenerateRandomResult = generate_random;
        /// A key's policy. `[KMS-4.15]`
        ///
        /// # Errors
        /// No such key or policy.
        GetKeyPolicy(GetKeyPolicyRequest) -> GetKeyPolicyResult = get_key_policy;
        /// Whether and when a key rotates by itself. `[KMS-6.1]`
        ///
        /// # Errors
        /// A key that cannot rotate.
        GetKeyRotationStatus(GetKeyRotationStatusRequest) -> GetKeyRotationStatusResult
            = get_key_rotation_status;
        /// Aliases, all or of one key. `[KMS-2.5]`
        ///
        /// # Errors
        /// No such key.
        ListAliases(ListAliasesRequest) -> ListAliasesResult = list_aliases;
        /// When a key's material changed. `[KMS-6.4]`
        ///
        /// # Errors
        /// A key that cannot rotate.
        ListKeyRotations(ListKeyRotationsRequest) -> ListKeyRotationsResult = list_key_rotations;
        /// The keys, a page at a time. `[KMS-2.6]`
        ///
        /// # Errors
        /// A page size out of range.
        ListKeys(ListKeysRequest) -> ListKeysResult = list_keys;
        /// Replaces a key's policy. `[KMS-4.15]`
        ///
        /// # Errors
        /// A text that is no policy, or too long.
        PutKeyPolicy(PutKeyPolicyRequest) -> () = put_key_policy;
        /// Seals anew what was sealed, without showing it. `[KMS-4.3]`
        ///
        /// # Errors
        /// Those of [`decrypt`](Self::decrypt) and [`encrypt`](Self::encrypt).
        ReEncrypt(ReEncryptRequest) -> ReEncryptResult = re_encrypt;
        /// Gives a key new material now. `[KMS-6.2]`
        ///
        /// # Errors
        /// A key that cannot rotate, or has 25 times.
        RotateKeyOnDemand(RotateKeyOnDemandRequest) -> KeyIdResult = rotate_key_on_demand;
        /// Deletes a key when a waiting period is over. `[KMS-4.17]`
        ///
        /// # Errors
        /// A window out of range, or a key that waits already.
        ScheduleKeyDeletion(ScheduleKeyDeletionRequest) -> ScheduleKeyDeletionResult = schedule_key_deletion;
        /// Points a name at another key. `[KMS-2.5]`
        ///
        /// # Errors
        /// No such alias, or a key of another type.
        UpdateAlias(UpdateAliasRequest) -> () = update_alias;
    }
}

/// What a call is metered as.
fn billed() -> aws_core::Usage {
    aws_core::Usage::new(aws_core::Unit::Requests, 1)
}
