//! A company's orders flow through simulated queues.
//!
//! `cargo run --release --example order_pipeline`

mod access;
mod driven;
mod ledger;
mod orders;
mod paths;
mod pictures;
mod prices;
mod report;
mod services;
mod table;
mod vault;
mod world;

use aws_core::Span;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::{Parser, ValueEnum};
use paths::Paths;
use report::Report;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};
use std::{fs, io};
use world::{Settings, World};

/// Sends a company's orders through permission, network, encryption, a table
/// and the queues of three services in simulated time, and tells what became
/// of them.
#[derive(Debug, Parser)]
#[command(
    after_help = "Example: order_pipeline --seed 7 --duplicates 20 --svg pictures --history calls.jsonl"
)]
struct Arguments {
    /// Folder with `orders.jsonl`; the Northwind orders that come with this
    /// program if absent.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Which of the inputs that come with this program, if `--data` is absent.
    #[arg(long, value_enum, default_value_t = Input::Northwind)]
    input: Input,
    /// Simulated minutes into which the orders' whole period is pressed.
    #[arg(long, value_name = "MINUTES", default_value_t = 60, value_parser = clap::value_parser!(i64).range(1..=525_600))]
    span: i64,
    /// Decides everything that is sampled.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Of a thousand sends, how many are repeated because the answer was
    /// lost.
    #[arg(long, value_name = "PER_MILLE", default_value_t = 0, value_parser = clap::value_parser!(u64).range(0..=1_000))]
    duplicates: u64,
    /// Messages that no consumer can ever process.
    #[arg(long, default_value_t = 3)]
    poison: usize,
    /// Runs without the faults that the network, the table's keys and the
    /// consumers have otherwise.
    #[arg(long)]
    mend: bool,
    /// Prints the report as one JSON document.
    #[arg(long)]
    json: bool,
    /// Writes pictures into this folder.
    #[arg(long, value_name = "DIR")]
    svg: Option<PathBuf>,
    /// Writes every order's encrypted message beside its plaintext to this
    /// file, as JSON lines, the key in escrow first.
    #[arg(long, value_name = "FILE")]
    envelopes: Option<PathBuf>,
    /// Writes every call and reply to this file, as JSON lines.
    #[arg(long, value_name = "FILE")]
    history: Option<PathBuf>,
}

/// The inputs that come with this program.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Input {
    /// 830 orders of a trading company.
    Northwind,
    /// 25,900 invoices of a web shop.
    Retail,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    let started = Instant::now();
    let (orders, source) = match (&arguments.data, arguments.input) {
        (Some(folder), _) => (orders::read(folder)?, folder.clone()),
        (None, Input::Northwind) => {
            let folder = here.join("orders-northwind");
            (orders::read(&folder)?, folder)
        }
        (None, Input::Retail) => {
            let file = here.join("orders-online-retail").join("all-orders.jsonl.gz");
            (orders::read_retail(&file)?, file)
        }
    };
    let read = started.elapsed();
    let settings = Settings {
        seed: arguments.seed,
        span: Span::from_minutes(arguments.span),
        duplicates_per_mille: arguments.duplicates,
        poison: arguments.poison,
        mend: arguments.mend,
        keep_history: arguments.history.is_some(),
        keep_envelopes: arguments.envelopes.is_some(),
        restore_every: None,
    };
    eprintln!("{} orders from {}", orders.len(), source.display());
    let started = Instant::now();
    // The process ends with it; taking it apart piece by piece would take longer
    // than telling about it.
    let world = std::mem::ManuallyDrop::new(World::run(&orders, settings)?);
    let ran = started.elapsed();
    let started = Instant::now();
    let report = Report::new(&orders, settings, &world);
    let told = started.elapsed();
    eprintln!(
        "drained {} s after the end of the span",
        report.simulated_seconds - settings.span.as_seconds()
    );
    eprint!("{}", where_the_time_went(&world, read, ran, told));
    if let Some(file) = &arguments.history {
        let text = world.sqs.calls.to_lines()?;
        write_whole(file, &text)
            .map_err(|error| format!("{}: {error}; expected a writable file", file.display()))?;
    }
    if let Some(file) = &arguments.envelopes {
        let text = envelopes(&world);
        write_whole(file, &text)
            .map_err(|error| format!("{}: {error}; expected a writable file", file.display()))?;
    }
    if let Some(folder) = &arguments.svg {
        let ways = Paths::new(settings.mend)?.all()?;
        pictures::write(folder, &report, &ways)
            .map_err(|error| format!("{}: {error}; expected a writable folder", folder.display()))?;
    }
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{report}");
    }
    Ok(())
}

/// A line for each part of the run.
fn where_the_time_went(world: &World<'_>, read: Duration, ran: Duration, told: Duration) -> String {
    let access = world.access.borrow();
    let parts = [
        ("permission (iam-eval)", access.took, access.decisions),
        ("network (vpc-net)", world.network_took, world.placed_attempts),
        ("keys (kms-envelope)", world.vault.kms.took, world.vault.kms.count as u64),
        ("sealing and opening (kms-envelope)", world.vault.took, world.vault.opened),
        ("table (dynamo-engine)", world.table.dynamo.took, world.table.dynamo.count as u64),
        ("queues (sqs-engine)", world.sqs.took, world.sqs.count as u64),
    ];
    let engines: Duration = parts.iter().map(|(_, took, _)| *took).sum();
    let mut text = format!("{:<36} {:>9} {:>9} {:>8}\n", "where the time went", "ms", "times", "ns each");
    let mut line = |what: &str, took: Duration, times: u64| {
        let each = took.as_nanos().checked_div(u128::from(times)).unwrap_or_default();
        text += &format!("{what:<36} {:>9.1} {times:>9} {each:>8}\n", took.as_secs_f64() * 1_000.0);
    };
    line("reading", read, world.orders.len() as u64);
    for (what, took, times) in parts {
        line(what, took, times);
    }
    line("consumers, agenda, ledger", ran.saturating_sub(engines), world.orders.len() as u64);
    line("telling", told, 1);
    line("in all", read + ran + told, world.orders.len() as u64);
    text
}

/// The key in escrow, then each order's message and plaintext.
fn envelopes(world: &World<'_>) -> String {
    let (namespace, name) = vault::ESCROW;
    let key = STANDARD.encode(world.vault.escrow_secret);
    let mut text = serde_json::json!({"namespace": namespace, "name": name, "key": key}).to_string();
    for (order, message, plain) in &world.envelopes {
        let (message, plain) = (STANDARD.encode(message), STANDARD.encode(plain));
        let context = vault::context(order);
        text.push('\n');
        text += &serde_json::json!({"message": message, "plaintext": plain, "context": context}).to_string();
    }
    text.push('\n');
    text
}

/// Beside it first, then renamed, so that no half file is ever there.
fn write_whole(file: &Path, text: &str) -> io::Result<()> {
    let mut part = file.as_os_str().to_owned();
    part.push(".part");
    fs::write(&part, text)?;
    fs::rename(part, file)
}
