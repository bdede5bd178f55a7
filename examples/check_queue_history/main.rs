//! Tells whether a recorded history of queue calls is one that SQS may
//! produce.
#![expect(clippy::print_stdout, reason = "it prints its verdict")]

use aws_core::Span;
use clap::Parser;
use sqs_engine::oracle::{Oracle, read};
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

/// Judges a history: `check_queue_history FILE`. Each line is a call,
/// `{"start": ms, "end": ms, "request": {"SendMessage": {…}}, "reply": {"ok":
/// {…}}}`; without `reply` the answer was lost.
#[derive(Parser)]
struct Arguments {
    /// The history, JSON lines.
    file: PathBuf,
    /// Allow all that AWS allows on standard queues: duplicates, deliveries
    /// after a delete, empty answers.
    #[arg(long)]
    lenient: bool,
    /// How far the clocks of callers and queue may be apart, in milliseconds.
    #[arg(long, default_value_t = 0)]
    skew: i64,
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments = Arguments::parse();
    let text = std::fs::read_to_string(&arguments.file)
        .map_err(|error| format!("{}: {error}", arguments.file.display()))?;
    let history = read(&text).map_err(|error| format!("{}:{error}", arguments.file.display()))?;
    let oracle = if arguments.lenient { Oracle::lenient() } else { Oracle::exact() };
    let oracle = oracle.with_skew(Span::from_millis(arguments.skew));
    let from = Instant::now();
    let verdict = oracle.judge(&history);
    let took = from.elapsed();
    match verdict {
        Ok(()) => {
            println!("{} calls are legal ({:.0} ms)", history.len(), took.as_secs_f64() * 1e3);
            Ok(ExitCode::SUCCESS)
        }
        Err(violation) => {
            println!("{violation}");
            let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
            for call in &violation.calls {
                println!("{:>8}  {}", call + 1, lines.get(*call).copied().unwrap_or_default());
            }
            Ok(ExitCode::FAILURE)
        }
    }
}
