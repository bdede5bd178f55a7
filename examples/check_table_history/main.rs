//! Tells whether a recorded history of concurrent calls on tables is one that
//! DynamoDB may produce.
#![expect(clippy::print_stdout, reason = "it prints its verdict")]

use clap::Parser;
use dynamo_engine::oracle::{Oracle, read};
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

/// Judges a history: `check_table_history FILE`. Each line is a call,
/// `{"start": ms, "end": ms, "request": {"GetItem": {…}}, "reply": {"ok":
/// {…}}}`; without `reply` the answer was lost.
#[derive(Parser)]
struct Arguments {
    /// The history, JSON lines.
    file: PathBuf,
    /// Do not take the tables for empty at the start.
    #[arg(long)]
    any_start: bool,
    /// Orders of the calls under way on an item to look at, at most.
    #[arg(long, default_value_t = 20_000)]
    effort: usize,
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments = Arguments::parse();
    let text = std::fs::read_to_string(&arguments.file)
        .map_err(|error| format!("{}: {error}", arguments.file.display()))?;
    let history = read(&text).map_err(|error| format!("{}:{error}", arguments.file.display()))?;
    let oracle = Oracle::default().with_effort(arguments.effort);
    let oracle = if arguments.any_start { oracle.from_any_start() } else { oracle };
    let from = Instant::now();
    let verdict = oracle.judge(&history);
    let took = from.elapsed().as_secs_f64() * 1e3;
    match verdict {
        Ok(judged) => {
            println!(
                "{} calls on {} items, {} of them transactions, are legal ({took:.0} ms)",
                judged.calls, judged.items, judged.transactions
            );
            for item in &judged.undecided {
                println!("undecided: {item}");
            }
            for (table, why) in &judged.left_out {
                println!("not judged: {table}: {why}");
            }
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
