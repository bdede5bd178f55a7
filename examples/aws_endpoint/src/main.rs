//! Starts the endpoint.

use aws_core::{Home, Seed, Span, Timestamp};
use aws_endpoint::access::Access;
use aws_endpoint::clock::Clock;
use aws_endpoint::credentials::Credentials;
use aws_endpoint::history::{self, Recorder};
use aws_endpoint::world::{Choices, World};
use aws_endpoint::{router, state};
use clap::{Parser, ValueEnum};
use std::error::Error;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

/// DynamoDB, DynamoDB Streams, SQS, KMS and a little of STS, for AWS's own
/// clients.
#[derive(Parser)]
#[command(name = "aws_endpoint")]
struct Args {
    /// Where to listen; port 0 picks one.
    #[arg(long, default_value = "127.0.0.1:4566")]
    listen: String,
    /// The account of callers whose access key names none.
    #[arg(long, default_value = "123456789012")]
    account_id: String,
    /// The Region of callers who sign for none.
    #[arg(long, default_value = "us-east-1")]
    region: String,
    /// An account export: `account.json`, and perhaps `service-control/`,
    /// `resource-control/`, `resources.json` and `credentials.json`.
    #[arg(long, value_name = "DIR")]
    account: Option<PathBuf>,
    /// Decide every call by the policies of the account.
    #[arg(long, requires = "account")]
    enforce_iam: bool,
    /// Write every call and reply down.
    #[arg(long, value_name = "FILE")]
    history: Option<PathBuf>,
    /// Make every call of a history again, compare the replies, and end.
    #[arg(long, value_name = "FILE")]
    replay: Option<PathBuf>,
    /// Load the state from here, if it is there, and save it at the end. Key
    /// material in it is sealed under the seed.
    #[arg(long, value_name = "FILE", requires = "seed")]
    state: Option<PathBuf>,
    /// Whose time it is.
    #[arg(long, value_enum, default_value_t = Time::System)]
    clock: Time,
    /// What all ids and keys come from; without it, from the system's
    /// generator.
    #[arg(long)]
    seed: Option<u64>,
    /// How many milliseconds tables are CREATING, UPDATING and DELETING.
    #[arg(long, default_value_t = 0)]
    table_delay: i64,
    /// How many seconds after its time an expired item is deleted; AWS takes
    /// minutes to days.
    #[arg(long, default_value_t = 1)]
    expiry_lag: i64,
    /// Never throttle.
    #[arg(long)]
    no_throttling: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Time {
    /// The system's.
    System,
    /// Stands at 2026-01-01 until `POST /_control/clock` moves it.
    Virtual,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Args::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("aws_endpoint: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(args: Args) -> Result<(), Box<dyn Error>> {
    if let Some(path) = &args.replay {
        println!("{} calls, the same replies", history::replay(path)?);
        return Ok(());
    }
    let listener = tokio::net::TcpListener::bind(&args.listen).await?;
    let address = listener.local_addr()?;
    let world = Arc::new(world(&args, address)?);
    println!("listening on http://{address}");
    axum::serve(listener, router(world.clone())).with_graceful_shutdown(interrupted()).await?;
    if let Some(path) = &args.state {
        state::save(&world, path)?;
    }
    Ok(())
}

fn world(args: &Args, address: SocketAddr) -> Result<World, Box<dyn Error>> {
    let choices = Choices {
        // The host as it was given: clients may know it by no other name.
        url_base: match args.listen.rsplit_once(':') {
            Some((host, _)) => format!("http://{host}:{}", address.port()),
            None => format!("http://{address}"),
        },
        table_delay: Span::from_millis(args.table_delay),
        expiry_lag: Span::from_seconds(args.expiry_lag),
        throttling: !args.no_throttling,
    };
    let clock = match args.clock {
        Time::System => Clock::System,
        Time::Virtual => Clock::standing(Timestamp::from_seconds(1_767_225_600)),
    };
    let seed = match args.seed {
        Some(number) => Seed::counter(number),
        None => {
            let mut bytes = [0; 32];
            getrandom::fill(&mut bytes)?;
            Seed::from_secret_bytes(bytes)
        }
    };
    let credentials = Credentials::new(args.enforce_iam);
    let mut home = Home::new(&args.region, &args.account_id)?;
    let mut access = None;
    if let Some(folder) = &args.account {
        let account = aws_examples::account::load(folder)?;
        let keys = folder.join("credentials.json");
        if keys.exists() {
            credentials.load(&keys, &account)?;
        }
        home.account = account.id();
        access = args.enforce_iam.then(|| Access::new(account));
    }
    let mut world = World::new(choices, home, clock, credentials, seed);
    world.access = access;
    if let Some(path) = &args.history {
        world.recorder = Some(Recorder::create(path, &world.choices)?);
    }
    if let Some(path) = args.state.as_ref().filter(|path| path.exists()) {
        state::load(&world, path)?;
    }
    Ok(world)
}

/// Ends when somebody presses Ctrl-C or sends SIGTERM.
async fn interrupted() {
    let interrupt = tokio::signal::ctrl_c();
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => _ = signal.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = interrupt => {}
        () = terminate => {}
    }
}
