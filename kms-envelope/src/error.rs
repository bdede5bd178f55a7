//! Every refusal, in one table. `[KMS-5.1]`

use alloc::boxed::Box;
use alloc::string::{String, ToString as _};
use aws_core::AwsError as _;
use serde_json::{Map, Value};

aws_core::aws_errors! {
    /// Every refusal of the KMS engine.
    ///
    /// KMS answers 400 to all of them, whatever its model lists.
    ///
    /// ```
    /// use aws_core::AwsError;
    /// use kms_envelope::Error;
    ///
    /// let error = Error::InvalidCiphertext;
    /// assert_eq!((error.shape(), error.http_status()), ("InvalidCiphertextException", 400));
    /// assert_eq!(error.to_string(), ""); // AWS says nothing about why
    /// ```
    pub enum Error / ErrorShape in "", members members {
        NotFoundException ("NotFoundException", 400) {
            /// No id of a key. `[KMS-2.4]`
            InvalidKeyId {
                /// What was sent.
                id: Box<str>
            } => "Invalid keyId '{id}'";
            /// No such key. `[KMS-2.4]`
            NoSuchKey {
                /// The ARN it would have.
                arn: Box<str>
            } => "Key '{arn}' does not exist";
            /// An ARN of another Region. `[KMS-2.4]`
            OtherRegion {
                /// The ARN's Region.
                region: Box<str>
            } => "Invalid arn {region}";
            /// No such alias. `[KMS-2.4]`
            NoSuchAlias {
                /// The ARN it would have.
                arn: Box<str>
            } => "Alias {arn} is not found.";
            /// A policy name other than `default`. `[KMS-4.15]`
            NoSuchPolicy => "No such policy exists";
        }
        InvalidArnException ("InvalidArnException", 400) {
            /// No ARN. AWS's text is not known. `[KMS-2.4]`
            InvalidArn {
                /// What was sent.
                arn: Box<str>
            } => "Invalid arn {arn}";
        }
        DisabledException ("DisabledException", 400) {
            /// The key is disabled. `[KMS-3.3]`
            Disabled {
                /// The key.
                arn: Box<str>
            } => "{arn} is disabled.";
        }
        KMSInvalidStateException ("KMSInvalidStateException", 400) {
            /// The key waits to be deleted. `[KMS-3.3]`
            PendingDeletion {
                /// The key.
                arn: Box<str>
            } => "{arn} is pending deletion.";
            /// The key does not wait to be deleted. `[KMS-3.3]`
            NotPendingDeletion {
                /// The key.
                arn: Box<str>
            } => "{arn} is not pending deletion.";
        }
        InvalidKeyUsageException ("InvalidKeyUsageException", 400) {
            /// The key is for something else. `[KMS-4.9]`
            Usage {
                /// The key.
                arn: Box<str>,
                /// What it is for.
                usage: &'static str,
                /// The operation.
                operation: &'static &'static str
            } => "{arn} key usage is {usage} which is not valid for {operation}.";
        }
        InvalidCiphertextException ("InvalidCiphertextException", 400) {
            /// Changed, truncated, of another context, or no ciphertext at
            /// all. AWS does not say which. `[KMS-4.2]`
            InvalidCiphertext => "";
        }
        IncorrectKeyException ("IncorrectKeyException", 400) {
            /// Another key encrypted it. `[KMS-4.2]`
            IncorrectKey => "The key ID in the request does not identify a CMK that can perform this operation.";
        }
        UnsupportedOperationException ("UnsupportedOperationException", 400) {
            /// The key cannot do that. AWS says nothing. `[KMS-6.1]`
            Unsupported => "";
            /// Ours, not AWS's: a kind of key that is not modelled yet.
            NotModelled {
                /// What was asked for.
                what: Box<str>
            } => "{what} is not modelled by this version of the engine.";
        }
        AlreadyExistsException ("AlreadyExistsException", 400) {
            /// The alias is taken. `[KMS-2.5]`
            AliasExists {
                /// Its ARN.
                arn: Box<str>
            } => "An alias with the name {arn} already exists";
        }
        LimitExceededException ("LimitExceededException", 400) {
            /// Rotated too often. `[KMS-6.2]`
            Rotations {
                /// The key.
                arn: Box<str>
            } => "The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed for this key: {arn}";
            /// Too many aliases, or too long a policy; AWS's texts are not
            /// known. `[KMS-10.1]`
            Quota {
                /// The quota's name.
                name: &'static str,
                /// Its value.
                max: u64
            } => "{name}: at most {max}.";
        }
        TagException ("TagException", 400) {
            /// A reserved tag key. `[KMS-1.7]`
            ReservedTag => "Tags beginning with aws: are reserved";
            /// A tag key twice. `[KMS-1.7]`
            DuplicateTag => "Duplicate tag keys";
            /// More than fifty. `[KMS-1.7]`
            TooManyTags => "Too many tags";
        }
        MalformedPolicyDocumentException ("MalformedPolicyDocumentException", 400) {
            /// No key policy. AWS's text is not known. `[KMS-4.15]`
            MalformedPolicy => "The new key policy is not a valid JSON policy document.";
        }
        DryRunOperationException ("DryRunOperationException", 400) {
            /// It would have been done. `[KMS-4.13]`
            DryRun => "The request would have succeeded, but the DryRun option is set.";
        }
        ValidationException ("ValidationException", 400) {
            /// Members out of their constraints. `[KMS-5.2]`
            Constraints {
                /// AWS's list of them.
                list: Box<str>
            } => "{list}";
            /// A key that needs a usage. `[KMS-1.4]`
            NoUsage => "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.";
            /// A usage that the spec does not have. `[KMS-1.4]`
            UsageOfSpec {
                /// The usage.
                usage: Box<str>,
                /// The spec.
                spec: Box<str>
            } => "KeyUsage {usage} is not compatible with KeySpec {spec}";
            /// An alias without its prefix. `[KMS-2.5]`
            AliasPrefix =>
                "Alias must start with the prefix \"alias/\". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html";
            /// Both or neither. `[KMS-4.4]`
            DataKeySize => "Please specify either number of bytes or key spec.";
            /// A window that the service does not take, within the model's
            /// range. AWS's text is not known. `[KMS-4.17]`
            Window => "PendingWindowInDays must be between 7 and 30 inclusive.";
            /// GenerateRandom without a number. `[KMS-4.6]`
            NoNumberOfBytes => "NumberOfBytes is required.";
        }
        NotAuthorizedException ("NotAuthorizedException", 400) {
            /// A reserved alias; AWS's text is not known. `[KMS-2.5]`
            ReservedAlias => "";
        }
        AccessDeniedException ("AccessDeniedException", 400) {
            /// The owner decided so. `[KMS-5.4]`
            AccessDenied {
                /// The owner's words.
                message: Box<str>
            } => "{message}";
            /// A blob of a key that is not here. `[KMS-4.2]`
            NoKeyForCiphertext =>
                "The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.";
        }
    }
}

/// Refusals that are not in KMS's model carry only `Message`. `[KMS-5.1]`
fn members(error: &Error) -> Map<String, Value> {
    match error.kind() {
        ErrorShape::ValidationException | ErrorShape::AccessDeniedException => {
            Map::from_iter([(String::from("Message"), Value::from(error.to_string()))])
        }
        _ => Map::new(),
    }
}

impl Error {
    /// Whether it is about the request alone, whatever keys there are.
    #[must_use]
    pub fn is_validation(&self) -> bool {
        self.shape() == "ValidationException"
    }
}
