//! One change to policies or to a request.

use super::StatementRef;
use crate::CheckType;
use alloc::string::String;
use core::fmt;
use serde::Serialize;

/// A change that, alone or with others, turns a decision round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Change {
    /// The request is made with another value of a context key.
    #[serde(rename_all = "camelCase")]
    SetKey {
        /// The key.
        key: String,
        /// The value.
        value: String,
    },
    /// The request is made without a context key.
    #[serde(rename_all = "camelCase")]
    RemoveKey {
        /// The key.
        key: String,
    },
    /// An action is added to a statement's `Action` or `NotAction`.
    #[serde(rename_all = "camelCase")]
    AddAction {
        /// The statement.
        statement: StatementRef,
        /// The element's name.
        element: &'static str,
        /// The action.
        action: String,
    },
    /// A resource is added to a statement's `Resource` or `NotResource`.
    #[serde(rename_all = "camelCase")]
    AddResource {
        /// The statement.
        statement: StatementRef,
        /// The element's name.
        element: &'static str,
        /// The resource.
        resource: String,
    },
    /// A principal is added to a statement's `Principal`.
    #[serde(rename_all = "camelCase")]
    AddPrincipal {
        /// The statement.
        statement: StatementRef,
        /// The principal's ARN.
        principal: String,
    },
    /// A statement is added to the policies of a check.
    #[serde(rename_all = "camelCase")]
    AddStatement {
        /// Which check.
        check: CheckType,
        /// Which node of the organisation.
        #[serde(skip_serializing_if = "Option::is_none")]
        target: Option<String>,
        /// The statement, as JSON.
        statement: String,
    },
    /// A statement is taken away.
    #[serde(rename_all = "camelCase")]
    RemoveStatement {
        /// Which.
        statement: StatementRef,
    },
}

impl CheckType {
    /// How people call the policies it reads.
    #[must_use]
    pub fn policies(self) -> &'static str {
        match self {
            Self::Credentials => "credentials",
            Self::ResourceControlPolicy => "resource control policies",
            Self::ServiceControlPolicy => "service control policies",
            Self::VpcEndpoint => "VPC endpoint policy",
            Self::Resource => "resource's policy",
            Self::Principal => "identity policies",
            Self::PermissionsBoundary => "permissions boundary",
            Self::Session => "session policies",
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SetKey { key, value } => write!(f, "make the request with {key} = {value}"),
            Self::RemoveKey { key } => write!(f, "make the request without {key}"),
            Self::AddAction { statement, element, action } => {
                write!(f, "add {action} to the {element} of {statement}")
            }
            Self::AddResource { statement, element, resource } => {
                write!(f, "add {resource} to the {element} of {statement}")
            }
            Self::AddPrincipal { statement, principal } => {
                write!(f, "add {principal} to the Principal of {statement}")
            }
            Self::AddStatement { check, target, statement } => {
                write!(f, "add to the {}", check.policies())?;
                if let Some(target) = target {
                    write!(f, " of {target}")?;
                }
                write!(f, ": {statement}")
            }
            Self::RemoveStatement { statement } => write!(f, "remove {statement}"),
        }
    }
}
