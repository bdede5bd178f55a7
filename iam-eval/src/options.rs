//! What AWS does not say, as choices.

/// Answers to questions that AWS leaves open, each with the default that the
/// evidence favours. `[IAM-16]`
///
/// ```
/// use iam_eval::{MultiValued, Options};
/// let options = Options { multi_valued: MultiValued::AnyValue, ..Options::default() };
/// assert!(!options.malformed_negated);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// A key that holds a list, under an operator without set qualifier.
    pub multi_valued: MultiValued,
    /// Whether a negated operator holds for a value of the request that is
    /// none of its kind, such as `NumericNotEquals` for `abc`.
    pub malformed_negated: bool,
    /// Whom `NotPrincipal` with `Deny` exempts.
    pub not_principal: NotPrincipalMode,
    /// Whether `{"AWS": "*"}` also means AWS services and anonymous callers,
    /// as `"*"` does.
    pub aws_star_is_everybody: bool,
    /// Whether resource control policies bind only requests to services that
    /// AWS lists as supporting them. The list is of September 2026.
    pub rcp_services_only: bool,
    /// Whether denials by managed policies and policies of the organisation
    /// name the policy, as AWS does service by service since January 2026.
    pub name_policies_in_denials: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            multi_valued: MultiValued::NoMatch,
            malformed_negated: false,
            not_principal: NotPrincipalMode::Chain,
            aws_star_is_everybody: true,
            rcp_services_only: true,
            name_policies_in_denials: true,
        }
    }
}

/// What an operator without set qualifier makes of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MultiValued {
    /// It never holds, also if negated.
    NoMatch,
    /// It holds if it holds for any value, or if negated for none.
    AnyValue,
}

/// Whom `NotPrincipal` with `Deny` exempts. `[IAM-5.3.4]`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotPrincipalMode {
    /// Those whose whole chain is listed: account, role, session.
    Chain,
    /// Those whose own ARN is listed: the user, the session.
    MostSpecific,
}
