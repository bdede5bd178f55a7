//! The one shape of every stateful engine.

use crate::{AuthzRequest, AwsError, Caller, Cx, Permit, Sink, SnapshotError, Timestamp};
use alloc::string::String;
use alloc::vec::Vec;

/// A state machine that answers API calls.
///
/// Users call an engine's typed methods. The trait exists so that history,
/// replay, the law harness and an endpoint are written once; generic code
/// uses it, nobody else needs to.
///
/// What every implementation promises is written as laws in
/// `aws_core::laws` (feature `proptest`) and checked there.
pub trait Engine: Sized {
    /// The service's short name: labels snapshots and histories.
    const NAME: &'static str;
    /// Any call's input.
    type Request;
    /// Any call's output.
    type Response;
    /// Any refusal.
    type Error: AwsError;
    /// What the engine tells a [`Sink`].
    type Event;
    /// The whole state as data.
    type Snapshot;
    /// What seals the secrets of a snapshot; `()` for engines without any.
    type Secret;

    /// Performs a call.
    ///
    /// # Errors
    /// AWS's refusal. A refused call leaves the engine as
    /// [`advance`](Self::advance) to the call's time would have.
    fn apply<S: Sink<Self::Event>>(
        &mut self,
        cx: Cx<'_, S>,
        request: Self::Request,
    ) -> Result<Self::Response, Self::Error>;

    /// What must be allowed for this call: one entry for each decision.
    ///
    /// Validation and resolution up to the point where AWS decides about
    /// permission have passed. The owner decides each entry and hands the
    /// verdicts back through [`Permit::Decided`].
    ///
    /// # Errors
    /// The refusal that AWS answers before it decides about permission.
    /// [`apply`](Self::apply) answers the same.
    fn authz<S>(&self, cx: &Cx<'_, S>, request: &Self::Request) -> Result<Vec<AuthzRequest>, Self::Error>;

    /// Lets every timer up to and including `now` fire.
    ///
    /// Every call does this first, by itself. Calling it more often changes
    /// no later reply; a `now` before the largest seen does nothing.
    fn advance<S: Sink<Self::Event>>(&mut self, now: Timestamp, sink: S);

    /// The largest time the engine has been told.
    fn now(&self) -> Timestamp;

    /// The earliest time at which [`advance`](Self::advance) emits an event
    /// or changes a later reply; `None` if nothing is pending.
    fn next_deadline(&self) -> Option<Timestamp>;

    /// The whole state, secrets sealed under `secret`.
    fn snapshot(&self, secret: &Self::Secret) -> Self::Snapshot;

    /// An engine in the state that was taken.
    ///
    /// # Errors
    /// Each way in which a snapshot can be wrong has its own error; no
    /// snapshot is restored unchecked.
    fn restore(snapshot: Self::Snapshot, secret: &Self::Secret) -> Result<Self, SnapshotError>;

    /// Checks every internal invariant.
    ///
    /// # Errors
    /// Names the invariant that does not hold, which is a bug of the engine.
    fn verify(&self) -> Result<(), String>;

    /// The refusal of a call by permission, in the owner's words.
    fn access_denied(message: &str) -> Self::Error;
}

/// One operation of an engine's API, implemented on its request type.
///
/// The split is AWS's order of checks: what comes before the decision about
/// permission, the decision, and what comes after. [`perform`] puts the
/// three together; no engine has another way in.
pub trait Operation<E: Engine>: Sized {
    /// The operation's output.
    type Output;
    /// What [`resolve`](Self::resolve) found, such as the queue meant.
    type Target;

    /// Checks and look-ups that come before permission.
    ///
    /// # Errors
    /// What AWS refuses before it decides about permission.
    fn resolve(&self, engine: &E, caller: &Caller) -> Result<Self::Target, E::Error>;

    /// What must be allowed.
    fn needs(&self, engine: &E, target: &Self::Target, caller: &Caller) -> Vec<AuthzRequest>;

    /// The decision. Operations with more than one entry override it.
    ///
    /// # Errors
    /// AccessDenied, in the words of the verdict.
    fn permission(&self, target: &Self::Target, permit: &Permit) -> Result<(), E::Error> {
        let _ = target;
        permit.denial(0).map_or(Ok(()), |message| Err(E::access_denied(message)))
    }

    /// Everything after permission. All timers up to `cx.now` have fired,
    /// and `cx.now` is not before anything the engine has seen.
    ///
    /// # Errors
    /// What AWS refuses after permission; nothing has changed then.
    fn perform<S: Sink<E::Event>>(
        self,
        engine: &mut E,
        target: Self::Target,
        cx: Cx<'_, S>,
    ) -> Result<Self::Output, E::Error>;
}

/// Performs one operation: time, resolution, permission, then the rest.
///
/// # Errors
/// Whatever the operation refuses, in AWS's order.
pub fn perform<E: Engine, O: Operation<E>, S: Sink<E::Event>>(
    engine: &mut E,
    mut cx: Cx<'_, S>,
    operation: O,
) -> Result<O::Output, E::Error> {
    engine.advance(cx.now, &mut cx.sink);
    cx.now = engine.now();
    let target = operation.resolve(engine, cx.caller)?;
    operation.permission(&target, &cx.permit)?;
    operation.perform(engine, target, cx)
}

/// What one operation needs permission for.
///
/// # Errors
/// What the operation refuses before permission.
pub fn needs<E: Engine, O: Operation<E>>(
    engine: &E,
    caller: &Caller,
    operation: &O,
) -> Result<Vec<AuthzRequest>, E::Error> {
    let target = operation.resolve(engine, caller)?;
    Ok(operation.needs(engine, &target, caller))
}

/// Declares an engine's API as one table of operations.
///
/// From it come the `Request` and `Response` enums, a typed method per
/// operation and the dispatch behind [`Engine::apply`] and
/// [`Engine::authz`], so that they cannot drift apart. Each request type
/// implements [`Operation`].
///
/// In histories a request is `{"Name": {…members…}}`; a response is written
/// as its members alone, because the request names the operation.
#[macro_export]
macro_rules! operations {
    (
        $(#[$meta:meta])*
        pub enum $Request:ident -> $Response:ident for $Engine:ident {
            $(
                $(#[$ometa:meta])*
                $Name:ident ($In:ty) -> $Out:ty = $method:ident;
            )+
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, $crate::__private::Serialize, $crate::__private::Deserialize)]
        #[serde(crate = "aws_core::__private::serde")]
        #[non_exhaustive]
        pub enum $Request {
            $(
                #[doc = concat!("[`", stringify!($Engine), "::", stringify!($method), "`].")]
                $Name($In),
            )+
        }

        /// Any call's output.
        #[derive(Debug, Clone, PartialEq, $crate::__private::Serialize)]
        #[serde(crate = "aws_core::__private::serde", untagged)]
        #[non_exhaustive]
        pub enum $Response {
            $(
                #[doc = concat!("From [`", stringify!($Engine), "::", stringify!($method), "`].")]
                $Name($Out),
            )+
        }

        impl $Request {
            /// The names of all operations, in the order of the table.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($Name)),+];

            /// The operation's name.
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self { $( Self::$Name(_) => stringify!($Name), )+ }
            }

            /// What must be allowed; see [`Engine::authz`](aws_core::Engine::authz).
            pub(crate) fn needs(
                &self,
                engine: &$Engine,
                caller: &$crate::Caller,
            ) -> Result<$crate::__private::Vec<$crate::AuthzRequest>, <$Engine as $crate::Engine>::Error> {
                match self { $( Self::$Name(request) => $crate::needs(engine, caller, request), )+ }
            }

            /// Performs it; see [`Engine::apply`](aws_core::Engine::apply).
            pub(crate) fn perform<S: $crate::Sink<<$Engine as $crate::Engine>::Event>>(
                self,
                engine: &mut $Engine,
                cx: $crate::Cx<'_, S>,
            ) -> Result<$Response, <$Engine as $crate::Engine>::Error> {
                match self {
                    $( Self::$Name(request) => $crate::perform(engine, cx, request).map($Response::$Name), )+
                }
            }
        }

        $(
            impl From<$In> for $Request {
                fn from(request: $In) -> Self {
                    Self::$Name(request)
                }
            }
        )+

        impl $Engine {
            $(
                $(#[$ometa])*
                pub fn $method<S: $crate::Sink<<Self as $crate::Engine>::Event>>(
                    &mut self,
                    cx: $crate::Cx<'_, S>,
                    request: $In,
                ) -> Result<$Out, <Self as $crate::Engine>::Error> {
                    $crate::perform(self, cx, request)
                }
            )+
        }
    };
}
