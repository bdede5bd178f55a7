//! KMS quotas, by AWS's names.

use aws_core::Limit;

/// Bytes that a symmetric key encrypts. `[KMS-4.1]`
pub const PLAINTEXT_MAX: Limit = Limit::new("Plaintext size", 4_096, "bytes", false);
/// Bytes of a ciphertext. `[KMS-4.2]`
pub const CIPHERTEXT_MAX: Limit = Limit::new("Ciphertext size", 6_144, "bytes", false);
/// Bytes of a data key. `[KMS-4.4]`
pub const DATA_KEY_MAX: Limit = Limit::new("Data key size", 1_024, "bytes", false);
/// Aliases of one key. `[KMS-10.1]`
pub const ALIASES_MAX: Limit = Limit::new("Aliases per KMS key", 50, "aliases", true);
/// On-demand rotations of one key. `[KMS-6.2]`
pub const ON_DEMAND_ROTATIONS_MAX: Limit = Limit::new("On-demand rotations", 25, "rotations", false);
/// Bytes of a key policy. `[KMS-10.1]`
pub const POLICY_MAX: Limit = Limit::new("Key policy document size", 32_768, "bytes", false);
/// Tags of one key. `[KMS-1.7]`
pub const TAGS_MAX: Limit = Limit::new("Tags per KMS key", 50, "tags", false);

/// Every quota above.
pub const ALL: [Limit; 7] =
    [PLAINTEXT_MAX, CIPHERTEXT_MAX, DATA_KEY_MAX, ALIASES_MAX, ON_DEMAND_ROTATIONS_MAX, POLICY_MAX, TAGS_MAX];
