//! Ways from one principal to the power of another, as they are known from
//! the field. `[IAM-11.7.5]`

/// Something done with IAM itself, on one resource.
#[derive(Debug, Clone, Copy)]
pub(super) struct Direct {
    pub(super) action: &'static str,
    pub(super) gives: Gives,
}

/// What doing it gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gives {
    /// The credentials of the user or role.
    Credentials,
    /// Any permission that is wished, to the user, role, group or holders of
    /// the policy.
    AnyPermission,
    /// The group's permissions to a user.
    Membership,
}

const fn credentials(action: &'static str) -> Direct {
    Direct { action, gives: Gives::Credentials }
}

const fn any_permission(action: &'static str) -> Direct {
    Direct { action, gives: Gives::AnyPermission }
}

pub(super) const ON_USERS: [Direct; 5] = [
    credentials("iam:CreateAccessKey"),
    credentials("iam:CreateLoginProfile"),
    credentials("iam:UpdateLoginProfile"),
    any_permission("iam:PutUserPolicy"),
    any_permission("iam:AttachUserPolicy"),
];

pub(super) const ON_GROUPS: [Direct; 3] = [
    any_permission("iam:PutGroupPolicy"),
    any_permission("iam:AttachGroupPolicy"),
    Direct { action: "iam:AddUserToGroup", gives: Gives::Membership },
];

pub(super) const ON_ROLES: [Direct; 4] = [
    credentials("sts:AssumeRole"),
    credentials("iam:UpdateAssumeRolePolicy"),
    any_permission("iam:PutRolePolicy"),
    any_permission("iam:AttachRolePolicy"),
];

pub(super) const ON_POLICIES: [Direct; 2] =
    [any_permission("iam:CreatePolicyVersion"), any_permission("iam:SetDefaultPolicyVersion")];

/// Something done with a service that works under a role.
#[derive(Debug, Clone, Copy)]
pub(super) struct Through {
    /// The service the role must trust.
    pub(super) service: &'static str,
    /// All of these are needed, of each row one.
    pub(super) actions: &'static [&'static [&'static str]],
    /// What must be there already, working under the role; if nothing, the
    /// role is passed to something new.
    pub(super) existing: Option<&'static str>,
}

const fn passed(service: &'static str, actions: &'static [&'static [&'static str]]) -> Through {
    Through { service, actions, existing: None }
}

const fn existing(
    service: &'static str,
    what: &'static str,
    actions: &'static [&'static [&'static str]],
) -> Through {
    Through { service, actions, existing: Some(what) }
}

pub(super) const THROUGH: [Through; 25] = [
    passed("ec2.amazonaws.com", &[&["ec2:RunInstances"]]),
    passed(
        "lambda.amazonaws.com",
        &[
            &["lambda:CreateFunction"],
            &[
                "lambda:InvokeFunction",
                "lambda:CreateEventSourceMapping",
                "lambda:AddPermission",
                "lambda:CreateFunctionUrlConfig",
            ],
        ],
    ),
    passed("glue.amazonaws.com", &[&["glue:CreateDevEndpoint"]]),
    passed("glue.amazonaws.com", &[&["glue:CreateJob"], &["glue:StartJobRun", "glue:CreateTrigger"]]),
    passed("cloudformation.amazonaws.com", &[&["cloudformation:CreateStack"]]),
    passed(
        "datapipeline.amazonaws.com",
        &[
            &["datapipeline:CreatePipeline"],
            &["datapipeline:PutPipelineDefinition"],
            &["datapipeline:ActivatePipeline"],
        ],
    ),
    passed(
        "sagemaker.amazonaws.com",
        &[&["sagemaker:CreateNotebookInstance"], &["sagemaker:CreatePresignedNotebookInstanceUrl"]],
    ),
    passed("sagemaker.amazonaws.com", &[&["sagemaker:CreateTrainingJob"]]),
    passed("sagemaker.amazonaws.com", &[&["sagemaker:CreateProcessingJob"]]),
    passed(
        "codebuild.amazonaws.com",
        &[&["codebuild:CreateProject"], &["codebuild:StartBuild", "codebuild:StartBuildBatch"]],
    ),
    passed(
        "ecs-tasks.amazonaws.com",
        &[&["ecs:RegisterTaskDefinition"], &["ecs:RunTask", "ecs:StartTask", "ecs:CreateService"]],
    ),
    passed("states.amazonaws.com", &[&["states:CreateStateMachine"], &["states:StartExecution"]]),
    passed("scheduler.amazonaws.com", &[&["scheduler:CreateSchedule"]]),
    passed("ssm.amazonaws.com", &[&["ssm:StartAutomationExecution"]]),
    existing("lambda.amazonaws.com", "a function", &[&["lambda:UpdateFunctionCode"]]),
    existing("glue.amazonaws.com", "a development endpoint", &[&["glue:UpdateDevEndpoint"]]),
    existing("glue.amazonaws.com", "a job", &[&["glue:UpdateJob"], &["glue:StartJobRun"]]),
    existing("cloudformation.amazonaws.com", "a stack", &[&["cloudformation:UpdateStack"]]),
    existing(
        "datapipeline.amazonaws.com",
        "a pipeline",
        &[&["datapipeline:PutPipelineDefinition"], &["datapipeline:ActivatePipeline"]],
    ),
    existing("sagemaker.amazonaws.com", "a notebook", &[&["sagemaker:CreatePresignedNotebookInstanceUrl"]]),
    existing(
        "codebuild.amazonaws.com",
        "a project",
        &[&["codebuild:UpdateProject"], &["codebuild:StartBuild", "codebuild:StartBuildBatch"]],
    ),
    existing("ecs-tasks.amazonaws.com", "a task", &[&["ecs:ExecuteCommand"]]),
    existing("ec2.amazonaws.com", "an instance", &[&["ssm:SendCommand"]]),
    existing("ec2.amazonaws.com", "an instance", &[&["ssm:StartSession"]]),
    existing(
        "ec2.amazonaws.com",
        "an instance",
        &[&["ec2-instance-connect:SendSSHPublicKey", "ec2-instance-connect:SendSerialConsoleSSHPublicKey"]],
    ),
];
