//! The little of STS that clients ask for: who am I, and other credentials.

use crate::query::{Faulty, Form, Xml};
use crate::world::World;
use aws_core::{AuthzRequest, Caller, Home, Permit, Span, Timestamp, Verdict};
use iam_eval::AssumeRole;

/// The XML namespace of its answers.
pub const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

fn refuse(code: &'static str, status: u16, message: impl Into<String>) -> Faulty {
    Faulty { code: code.into(), status, message: message.into(), explanation: None }
}

/// Answers a call.
///
/// # Errors
/// STS's refusal.
pub fn call(world: &World, home: &Home, caller: &Caller, action: &str, form: &Form) -> Result<Xml, Faulty> {
    let mut xml = Xml::default();
    match action {
        "GetCallerIdentity" => {
            xml.text("Arn", &caller.arn().unwrap_or_default());
            xml.text("UserId", &caller.user_id());
            xml.text("Account", &caller.account().unwrap_or(world.home.account).to_string());
            Ok(xml)
        }
        "GetSessionToken" => {
            let lasting = duration(form, 43_200, 900..=129_600)?;
            credentials(world, &mut xml, caller.clone(), lasting);
            Ok(xml)
        }
        "AssumeRole" => assume(world, home, caller, form),
        _ => Err(refuse(
            "InvalidAction",
            400,
            format!("Could not find operation {action} for version 2011-06-15"),
        )),
    }
}

fn duration(form: &Form, default: i64, range: std::ops::RangeInclusive<i64>) -> Result<Span, Faulty> {
    let Some(text) = form.get("DurationSeconds") else { return Ok(Span::from_seconds(default)) };
    let (least, most) = (range.start(), range.end());
    let seconds = text.parse().unwrap_or_default();
    let fault = |bound: &str, limit: &i64| {
        refuse(
            "ValidationError",
            400,
            format!(
                "1 validation error detected: Value '{seconds}' at 'durationSeconds' failed to satisfy constraint: Member must have value {bound} than or equal to {limit}"
            ),
        )
    };
    if seconds < *least {
        return Err(fault("greater", least));
    }
    if seconds > *most {
        return Err(fault("less", most));
    }
    Ok(Span::from_seconds(seconds))
}

fn credentials(world: &World, xml: &mut Xml, caller: Caller, lasting: Span) {
    let (id, issued) = world.credentials.issue(caller, lasting, world.clock.now(), &world.next_seed());
    xml.open("Credentials");
    xml.text("AccessKeyId", &id);
    xml.text("SecretAccessKey", &issued.secret);
    xml.text("SessionToken", issued.token.as_deref().unwrap_or_default());
    xml.text("Expiration", &iso(issued.expires.unwrap_or_default()));
    xml.close("Credentials");
}

fn iso(at: Timestamp) -> String {
    jiff::Timestamp::from_second(at.as_seconds()).unwrap_or_default().to_string()
}

fn assume(world: &World, home: &Home, caller: &Caller, form: &Form) -> Result<Xml, Faulty> {
    let required = |name: &str| {
        let null = || {
            let member = name.chars().take(1).flat_map(char::to_lowercase).chain(name.chars().skip(1));
            let member: String = member.collect();
            refuse(
                "ValidationError",
                400,
                format!(
                    "1 validation error detected: Value null at '{member}' failed to satisfy constraint: Member must not be null"
                ),
            )
        };
        form.get(name).map(String::as_str).ok_or_else(null)
    };
    let (arn, session) = (required("RoleArn")?, required("RoleSessionName")?);
    let lasting = duration(form, 3_600, 900..=43_200)?;
    let member = world.access.as_ref().and_then(|access| access.account().member(arn));
    let id = member.map_or("AROAEXAMPLEENDPOINT00", |member| member.unique_id.as_str());
    let mut call = AssumeRole::new(arn, id, session);
    if let Some(member) = member {
        call = call.of_role_with_tags(member.tags.clone());
    }
    if let Some(external) = form.get("ExternalId") {
        call = call.with_external_id(external);
    }
    let now = world.clock.now();
    if let Some(access) = &world.access {
        let need = AuthzRequest::new("sts:AssumeRole", arn);
        let (permit, explanation) = access.permit(now, caller, home.account, &[need]);
        if let Permit::Decided(verdicts) = &permit
            && let Some(Verdict::Denied { message }) = verdicts.first()
        {
            return Err(Faulty {
                code: "AccessDenied".into(),
                status: 403,
                message: message.clone(),
                explanation,
            });
        }
    }
    let assumed =
        call.session(caller, now).map_err(|error| refuse("ValidationError", 400, error.to_string()))?;
    let mut xml = Xml::default();
    xml.open("AssumedRoleUser");
    xml.text("AssumedRoleId", &assumed.user_id());
    xml.text("Arn", &assumed.arn().unwrap_or_default());
    xml.close("AssumedRoleUser");
    credentials(world, &mut xml, assumed, lasting);
    Ok(xml)
}
