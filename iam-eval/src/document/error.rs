//! Why a document is refused, in AWS's words.

use super::{PolicyKind, Position};
use alloc::boxed::Box;
use core::fmt;

/// A refused policy document: the text is AWS's, the place is ours.
///
/// ```
/// use iam_eval::{Policy, PolicyKind};
///
/// let text = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3","Resource":"*"}}"#;
/// let error = Policy::parse(text, PolicyKind::Identity).unwrap_err();
/// assert_eq!(error.to_string(), "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
/// assert_eq!(error.code(), Some("MalformedPolicyDocument"));
/// assert_eq!(error.position().unwrap().column, 64);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyError {
    pub(crate) fault: Fault,
    pub(crate) kind: PolicyKind,
    pub(crate) position: Option<Position>,
    pub(crate) detail: &'static str,
}

impl PolicyError {
    /// What is wrong.
    #[must_use]
    pub fn fault(&self) -> &Fault {
        &self.fault
    }

    /// Where; some faults concern the whole document.
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        self.position
    }

    /// What exactly, where AWS's text does not tell; may be empty.
    #[must_use]
    pub fn detail(&self) -> &'static str {
        self.detail
    }

    /// The error code of the service that stores this kind of document; none
    /// for VPC endpoint policies, whose code is not known here. `[IAM-3.1]`
    #[must_use]
    pub fn code(&self) -> Option<&'static str> {
        match (&self.fault, self.kind) {
            (Fault::Characters, _) => Some("ValidationError"),
            (_, PolicyKind::VpcEndpoint) => None,
            (_, PolicyKind::Resource) => Some("MalformedPolicy"),
            (_, PolicyKind::ServiceControl | PolicyKind::ResourceControl | PolicyKind::KmsKey) => {
                Some("MalformedPolicyDocumentException")
            }
            (
                _,
                PolicyKind::Identity
                | PolicyKind::AwsManaged
                | PolicyKind::Boundary
                | PolicyKind::Session
                | PolicyKind::Trust,
            ) => Some("MalformedPolicyDocument"),
        }
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fault.fmt(f)
    }
}

impl core::error::Error for PolicyError {}

/// What can be wrong with a document. `Display` is the text AWS answers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// A character above U+00FF or a control character. `[IAM-1.2.8]`
    #[error(
        "1 validation error detected: Value at 'policyDocument' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\u0009\\u000A\\u000D\\u0020-\\u00FF]+"
    )]
    Characters,

    /// IAM's first check failed: JSON, members, types. `[IAM-3.2.1]`
    #[error("Syntax errors in policy.")]
    Syntax,
    /// The version is missing or old. `[IAM-3.2.2]`
    #[error("Policy document must be version 2012-10-17 or greater.")]
    Version,
    /// The effect's case, a date, or an ARN the old parser refuses. `[IAM-3.2.3]`
    #[error("The policy failed legacy parsing")]
    Legacy,
    /// An identity policy names a principal. `[IAM-3.2]`
    #[error("Policy document should not specify a principal.")]
    PrincipalInIdentity,
    /// A statement id has other characters than letters and digits. `[IAM-1.4.2]`
    #[error(
        "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*"
    )]
    SidCharacters,
    /// Two statements have one id. `[IAM-3.2.4]`
    #[error("Statement IDs (SID) in a single policy must be unique.")]
    SidTwice,
    /// No action. `[IAM-3.2.5]`
    #[error("Policy statement must contain actions.")]
    NoAction,
    /// A resource without a colon. `[IAM-3.2.6]`
    #[error("Resource {0} must be in ARN format or \"*\".")]
    NotArn(Box<str>),
    /// A partition that does not exist. `[IAM-3.2.7]`
    #[error("Partition \"{partition}\" is not valid for resource \"{arn}\".")]
    Partition {
        /// The partition.
        partition: Box<str>,
        /// The ARN as AWS prints it: six fields, absent ones as `*`.
        arn: Box<str>,
    },
    /// An ARN that ends before the service. `[IAM-3.2.8]`
    #[error("Resource vendor must be fully qualified and cannot contain regexes.")]
    ResourceVendor,
    /// An IAM ARN with a Region. `[IAM-3.2.9]`
    #[error("IAM resource {0} cannot contain region information.")]
    IamRegion(Box<str>),
    /// An S3 ARN with a Region. `[IAM-3.2.10]`
    #[error("Resource {0} can not contain region information.")]
    S3Region(Box<str>),
    /// An IAM ARN that begins like no IAM resource. `[IAM-3.2.11]`
    #[error(
        "IAM resource path must either be \"*\" or start with user/, federated-user/, role/, group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/."
    )]
    IamPath,
    /// An action without a service. `[IAM-3.2.12]`
    #[error("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.")]
    NoVendor,
    /// An action with two colons. `[IAM-3.2.13]`
    #[error("Actions/Condition can contain only one colon.")]
    TwoColons,
    /// A service with strange characters. `[IAM-3.2.14]`
    #[error("Vendor {0} is not valid")]
    Vendor(Box<str>),
    /// No resource. `[IAM-3.2.15]`
    #[error("Policy statement must contain resources.")]
    NoResource,

    /// No JSON, as the parser of trust and resource policies says it. `[IAM-3.3.1]`
    #[error("This policy contains invalid Json")]
    InvalidJson,
    /// No JSON object. `[IAM-3.3.8]`
    #[error("Policies must be valid JSON and the first byte must be '{{'")]
    FirstByte,
    /// A version that is neither of the two. `[IAM-3.3.3]`
    #[error("The policy must contain a valid version string")]
    VersionString,
    /// No statement. `[IAM-3.3.3]`
    #[error("Could not parse the policy: Statement is empty!")]
    StatementEmpty,
    /// A member that has to be there. `[IAM-3.3.3]` `[IAM-3.3.8]`
    #[error("Missing required field {0}")]
    Missing(&'static str),
    /// A member that may not be there. `[IAM-3.3.2]`
    #[error("Has prohibited field {0}")]
    Prohibited(&'static str),
    /// A member nobody knows. `[IAM-3.3.8]`
    #[error("Unknown field {0}")]
    Unknown(Box<str>),
    /// An effect that is none. `[IAM-3.3.3]`
    #[error("Invalid effect: {0}")]
    Effect(Box<str>),
    /// A trust policy allows everybody but some. `[IAM-3.3.3]`
    #[error("Allow with NotPrincipal is not allowed.")]
    AllowNotPrincipal,
    /// A trust policy has `NotPrincipal`. `[IAM-3.3.3]`
    #[error("AssumeRole policy must not contain NotPrincipal field.")]
    TrustNotPrincipal,
    /// A trust policy for `"*"`. `[IAM-3.3.3]`
    #[error("Principal must be a JSON object.")]
    PrincipalNotObject,
    /// An empty principal. `[IAM-3.3.3]`
    #[error("Missing required field Principal cannot be empty!")]
    PrincipalEmpty,
    /// A kind of principal that does not exist. `[IAM-3.3.3]`
    #[error("Invalid principal in policy: \"{0}\"")]
    PrincipalKind(Box<str>),
    /// A principal of no known form. `[IAM-1.6.3]` `[IAM-3.3.3]`
    #[error("Invalid principal in policy: \"{kind}\":\"{value}\"")]
    Principal {
        /// `AWS`, `SERVICE`, …
        kind: Box<str>,
        /// What was given.
        value: Box<str>,
    },
    /// S3 does not say which principal. `[IAM-1.6.3]`
    #[error("Invalid principal in policy")]
    PrincipalUnnamed,
    /// Amazon Cognito is trusted without a condition. `[IAM-3.3.3]`
    #[error("A condition block must be present for the Cognito provider")]
    CognitoCondition,
    /// A condition of the wrong shape, or both of a pair. `[IAM-3.3.3]`
    #[error("Syntax error in policy.")]
    TrustSyntax,
    /// A trust policy about another service. `[IAM-3.3.2]`
    #[error("AssumeRole policy may only specify STS AssumeRole actions.")]
    TrustAction,
    /// A trust policy with `NotResource`. `[IAM-3.3.3]`
    #[error("AssumeRole policy must not contain resources.")]
    TrustNotResource,
    /// Two statements of a trust policy have one id. `[IAM-3.3.3]`
    #[error("The Statement Ids in the policy are not unique")]
    TrustSidTwice,
    /// A condition operator that does not exist. `[IAM-3.3.8]`
    #[error("Invalid Condition type : {0}")]
    ConditionType(Box<str>),
    /// A resource of no known form. `[IAM-3.3.8]`
    #[error("Policy has invalid resource")]
    Resource,
    /// An action of no known form. `[IAM-3.3.8]`
    #[error("Policy has invalid action")]
    Action,

    /// What AWS Organizations does not take. `[IAM-2.3]` `[IAM-2.4]`
    #[error("The provided policy document does not meet the requirements of the specified policy type.")]
    Organization,
}
