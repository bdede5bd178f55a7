//! An explanation for people.

use super::{Check, CheckEffect, Explanation};
use crate::document::Effect;
use crate::{CheckType, Decision};
use core::fmt;

impl CheckType {
    /// AWS's name for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Credentials => "CREDENTIALS",
            Self::ResourceControlPolicy => "RESOURCE_CONTROL_POLICY",
            Self::ServiceControlPolicy => "SERVICE_CONTROL_POLICY",
            Self::VpcEndpoint => "VPC_ENDPOINT",
            Self::Resource => "RESOURCE",
            Self::Principal => "PRINCIPAL",
            Self::PermissionsBoundary => "PERMISSIONS_BOUNDARY",
            Self::Session => "SESSION",
        }
    }
}

impl CheckEffect {
    /// AWS's name for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Allow => "ALLOW",
            Self::NoImpact => "NO_IMPACT",
            Self::ImplicitDeny => "IMPLICIT_DENY",
            Self::ExplicitDeny => "EXPLICIT_DENY",
            Self::Depends => "DEPENDS",
        }
    }
}

/// The answer, then a line a check, then what would turn it round.
impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let who = self.principal.as_deref().unwrap_or("anonymous");
        match (&self.message, &self.residual) {
            (Some(message), _) => writeln!(f, "{message}")?,
            (None, Some(residual)) => {
                writeln!(f, "{who} may perform {} on {} if {residual}", self.action, self.resource)?;
            }
            (None, None) => writeln!(f, "{who} may perform {} on {}", self.action, self.resource)?,
        }
        for check in &self.checks {
            write!(f, "{check}")?;
        }
        let lead = if self.decision == Decision::Allowed { "would be denied" } else { "would be allowed" };
        for mend in &self.mends {
            for (at, change) in mend.iter().enumerate() {
                let word = if at == 0 { lead } else { "            and" };
                let if_you = if at == 0 { " if you " } else { " " };
                writeln!(f, "  {word}{if_you}{change}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { check_type, target, effect, matched, near_misses, .. } = self;
        let target = target.as_deref().unwrap_or_default();
        write!(f, "  {:<23} {target:<12} {:<13}", check_type.name(), effect.name())?;
        // Where one denies the others do not matter.
        let denied = *effect == CheckEffect::ExplicitDeny;
        let shown = || matched.iter().filter(move |one| !denied || one.statement.effect == Effect::Deny);
        for (at, one) in shown().take(3).enumerate() {
            let comma = if at == 0 { " " } else { ", " };
            write!(f, "{comma}{}{}", one.statement, if one.certain { "" } else { " perhaps" })?;
        }
        if shown().count() > 3 {
            write!(f, " and {} more", shown().count() - 3)?;
        }
        writeln!(f)?;
        for near in near_misses {
            write!(f, "    near: {}:", near.statement)?;
            for (at, misfit) in near.misfits.iter().enumerate() {
                write!(f, "{} {misfit}", if at == 0 { "" } else { "," })?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
