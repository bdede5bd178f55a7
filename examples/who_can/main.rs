//! Who may do what in an account, and why; and who can get at more than it
//! should.
#![expect(clippy::print_stdout, reason = "it prints its answer")]

use aws_examples::account;
use clap::Parser;
use iam_eval::aws_core::Timestamp;
use iam_eval::{Account, Context, Decision, Escalation, Gain};
use std::error::Error;
use std::path::PathBuf;

/// Answers from an account's export: `who_can DIR s3:GetObject
/// arn:aws:s3:::bucket/key`, or `who_can DIR --escalations`.
#[derive(Parser)]
struct Arguments {
    /// A folder with `account.json`, as `aws iam
    /// get-account-authorization-details` prints it, and perhaps
    /// `service-control/`, `resource-control/` and `resources.json`.
    account: PathBuf,
    /// `service:Action`.
    #[arg(required_unless_present = "escalations")]
    action: Option<String>,
    /// The resource's ARN.
    #[arg(default_value = "*")]
    resource: String,
    /// What is known of the request, as `key=value`; may be repeated. What is
    /// not said is unknown, and the answer may depend on it.
    #[arg(long = "with", value_parser = pair)]
    known: Vec<(String, String)>,
    /// Also explain each answer check by check.
    #[arg(long)]
    explain: bool,
    /// Lists the ways in which members get at permissions they do not have.
    #[arg(long)]
    escalations: bool,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("a key, =, and a value are wanted")?;
    Ok((key.into(), value.into()))
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let account = account::load(&arguments.account)?;
    println!("account {}: {} users and roles", account.id(), account.members().len());
    if arguments.escalations {
        escalations(&account);
    }
    if let Some(action) = &arguments.action {
        let mut known = Context::new().partial();
        for (key, value) in &arguments.known {
            known.set(key, value.as_str());
        }
        who(&account, action, &arguments.resource, &known, arguments.explain);
    }
    Ok(())
}

fn who(account: &Account, action: &str, resource: &str, known: &Context, explain: bool) {
    let found = account.who_can(action, resource, known);
    println!("{} of them may perform {action} on {resource}", found.len());
    for (member, answer) in found {
        let why = account.explain(member, action, resource, known);
        if explain {
            print!("\n{why}");
            continue;
        }
        let by = why.checks.iter().flat_map(|check| &check.matched).next();
        let by = by.map(|matched| format!(" by {}", matched.statement)).unwrap_or_default();
        match (&why.residual, answer.decision) {
            (Some(residual), Decision::Depends) => println!("  {}{by}, if {residual}", member.arn),
            _ => println!("  {}{by}", member.arn),
        }
    }
}

/// A line for each member and way, with one target and how many there are
/// more.
fn escalations(account: &Account) {
    // Any time after the policies were written.
    let now = Timestamp::from_millis(1_796_000_000_000);
    let found = account.escalations(now);
    for member in account.members() {
        let own: Vec<&Escalation> = found.iter().filter(|one| one.from == member.arn).collect();
        if own.is_empty() {
            continue;
        }
        println!("\n{}", member.arn);
        let mut told: Vec<(String, u8)> = Vec::new();
        for one in &own {
            let kind = match &one.gain {
                Gain::Becomes(_) => 0,
                Gain::Raises(who) if *who == member.arn => 1,
                Gain::Raises(_) => 2,
                Gain::Joins(_) => 3,
            };
            let way = (actions(one), kind);
            if told.contains(&way) {
                continue;
            }
            let same = own.iter().filter(|other| actions(other) == way.0).count();
            let text = one.to_string();
            let text = text.strip_prefix(member.arn.as_str()).unwrap_or(&text);
            let more = if same > 1 { format!(" ({} targets)", same) } else { String::new() };
            println!(" {text}{more}");
            told.push(way);
        }
    }
}

fn actions(escalation: &Escalation) -> String {
    let actions: Vec<&str> = escalation.needs.iter().map(|need| need.action).collect();
    actions.join(" ")
}
