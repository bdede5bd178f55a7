//! Every account and Region that was ever called, and one call to one of
//! their engines.

use crate::access::Access;
use crate::clock::Clock;
use crate::credentials::Credentials;
use crate::history::Recorder;
use crate::hosted::Hosted;
use aws_core::{Caller, Cx, Home, Permit, Record, Reply, Seed, Span, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use tokio::sync::Notify;

/// An engine, and a bell that rings after each call that may have changed it.
pub struct Shard<E> {
    engine: Mutex<E>,
    changed: Notify,
}

impl<E> Shard<E> {
    /// A home for an engine.
    pub fn new(engine: E) -> Self {
        Self { engine: Mutex::new(engine), changed: Notify::new() }
    }

    /// Nobody panics while holding it; if somebody did, the engine is whole,
    /// because it changes nothing before it is sure.
    pub fn lock(&self) -> MutexGuard<'_, E> {
        self.engine.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The engines of one account in one Region.
pub struct Engines {
    /// DynamoDB and its streams.
    pub dynamo: Shard<dynamo_engine::Engine>,
    /// SQS.
    pub sqs: Shard<sqs_engine::Engine>,
    /// KMS.
    pub kms: Shard<kms_envelope::Engine>,
}

/// What replies hang on besides the calls.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Choices {
    /// What queue URLs begin with.
    pub url_base: String,
    /// How long tables are created, changed and deleted, and how soon their
    /// time to live can be changed again.
    pub table_delay: Span,
    /// How long after its time an expired item is deleted.
    pub expiry_lag: Span,
    /// Whether DynamoDB throttles.
    pub throttling: bool,
}

impl Choices {
    /// Engines that have seen nothing yet.
    pub fn engines(&self, home: &Home) -> Engines {
        let dynamo = dynamo_engine::Options {
            creation: self.table_delay,
            deletion: self.table_delay,
            update: self.table_delay,
            index_creation: self.table_delay,
            expiry_lag: self.expiry_lag,
            ttl_cooldown: self.table_delay,
            address: Some(self.url_base.trim_start_matches("http://").into()),
            throttling: self.throttling,
            ..dynamo_engine::Options::default()
        };
        let sqs =
            sqs_engine::Options { url_base: Some(self.url_base.clone()), ..sqs_engine::Options::default() };
        Engines {
            dynamo: Shard::new(dynamo_engine::Engine::with_options(home.clone(), dynamo)),
            sqs: Shard::new(sqs_engine::Engine::with_options(home.clone(), sqs)),
            kms: Shard::new(kms_envelope::Engine::new(home.clone())),
        }
    }
}

/// Everything the endpoint knows.
pub struct World {
    /// What replies hang on besides the calls.
    pub choices: Choices,
    /// Where callers are that name no account or no Region.
    pub home: Home,
    /// What time it is.
    pub clock: Clock,
    /// Who has which keys.
    pub credentials: Credentials,
    /// Who may do what, if that is decided.
    pub access: Option<Access>,
    /// Where calls are written down, if they are.
    pub recorder: Option<Recorder>,
    seed: Seed,
    calls: AtomicU64,
    homes: RwLock<HashMap<Home, Arc<Engines>>>,
}

/// A refusal, and why, if it was refused for want of permission.
pub struct Refusal<E> {
    /// What the client is told.
    pub error: E,
    /// What the owner may know.
    pub explanation: Option<String>,
}

impl World {
    /// A world in which nothing has happened.
    pub fn new(choices: Choices, home: Home, clock: Clock, credentials: Credentials, seed: Seed) -> Self {
        Self {
            choices,
            home,
            clock,
            credentials,
            access: None,
            recorder: None,
            seed,
            calls: AtomicU64::new(0),
            homes: RwLock::new(HashMap::new()),
        }
    }

    /// The engines of an account in a Region.
    pub fn at(&self, home: &Home) -> Arc<Engines> {
        let known = self.homes.read().unwrap_or_else(PoisonError::into_inner).get(home).cloned();
        known.unwrap_or_else(|| {
            let mut homes = self.homes.write().unwrap_or_else(PoisonError::into_inner);
            homes.entry(home.clone()).or_insert_with(|| Arc::new(self.choices.engines(home))).clone()
        })
    }

    /// All of them, by their names.
    pub fn all(&self) -> Vec<(Home, Arc<Engines>)> {
        let homes = self.homes.read().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<_> = homes.iter().map(|(home, engines)| (home.clone(), engines.clone())).collect();
        all.sort_by(|(one, _), (other, _)| (&one.account, &one.region).cmp(&(&other.account, &other.region)));
        all
    }

    /// Puts engines in place of what is there.
    pub fn place(&self, home: Home, engines: Engines) {
        self.homes.write().unwrap_or_else(PoisonError::into_inner).insert(home, Arc::new(engines));
    }

    /// Forgets everything that was ever done.
    pub fn reset(&self) {
        self.homes.write().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The entropy of the next call.
    pub fn next_seed(&self) -> Seed {
        let call = self.calls.fetch_add(1, Ordering::SeqCst);
        self.seed.derive(&call.to_be_bytes())
    }

    /// How many seeds were drawn.
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::SeqCst)
    }

    /// Draws no seed again that the first so many calls have drawn.
    pub fn go_on_after(&self, calls: u64) {
        self.calls.fetch_max(calls, Ordering::SeqCst);
    }

    /// The seed that everything comes from; it seals the secrets of
    /// snapshots.
    pub fn seed(&self) -> &Seed {
        &self.seed
    }

    /// Makes a call, and waits as long as it has to.
    ///
    /// # Errors
    /// The engine's refusal.
    pub async fn call<E: Hosted>(
        &self,
        home: &Home,
        caller: &Caller,
        request: E::Request,
    ) -> Result<E::Response, Refusal<E::Error>> {
        let engines = self.at(home);
        let shard = E::of(&engines);
        let mut request = request;
        loop {
            // Before the look, so that no bell is missed between the look and
            // the wait.
            let changed = shard.changed.notified();
            let (reply, next) = {
                let mut engine = shard.lock();
                let reply = self.make(&mut *engine, home, caller, request);
                (reply, engine.next_deadline())
            };
            let response = reply?;
            let Some((deadline, resume)) = E::waiting(&response) else {
                shard.changed.notify_waiters();
                return Ok(response);
            };
            request = resume;
            // What is invisible now may be visible before the poll is over.
            let until = next.map_or(deadline, |next| next.min(deadline));
            tokio::select! {
                () = changed => {}
                () = self.clock.wait_until(until) => {}
            }
        }
    }

    /// One call: permission, the engine, the history.
    fn make<E: Hosted>(
        &self,
        engine: &mut E,
        home: &Home,
        caller: &Caller,
        request: E::Request,
    ) -> Result<E::Response, Refusal<E::Error>> {
        let (now, seed) = (self.clock.now().max(engine.now()), self.next_seed());
        let mut explanation = None;
        let permit = self.access.as_ref().map_or(Permit::Unchecked, |access| {
            engine.advance(now, ());
            let cx = Cx::new(now, seed.duplicate(), caller);
            // A refusal before permission is the engine's to give.
            let needs = engine.authz(&cx, &request).unwrap_or_default();
            let (permit, why) = access.permit(now, caller, home.account, &needs);
            explanation = why;
            permit
        });
        let recorded = self.recorder.as_ref().map(|recorder| (recorder, request.clone(), seed.duplicate()));
        let reply = engine.apply(Cx::new(now, seed, caller).permit(permit.clone()), request);
        if let Some((recorder, request, seed)) = recorded {
            recorder.write(E::NAME, home, &record(now, seed, caller, permit, request, &reply));
        }
        reply.map_err(|error| Refusal { error, explanation })
    }
}

/// A line of the history.
fn record<'r, Q, A, E: aws_core::AwsError>(
    start: Timestamp,
    seed: Seed,
    caller: &Caller,
    permit: Permit,
    request: Q,
    reply: &'r Result<A, E>,
) -> Record<Q, &'r A> {
    Record {
        start,
        end: None,
        seed: Some(seed),
        caller: Some(caller.clone()),
        permit,
        request,
        reply: match reply {
            Ok(response) => Reply::Ok(response),
            Err(error) => Reply::Err(error.record()),
        },
    }
}
