//! Every law of `aws_core::laws` on the SQS engine, and five seeded bugs that
//! the laws catch.

mod workload;

use workload::{Queues, Seeded};

#[test]
fn the_engine_keeps_every_law() {
    aws_core::laws::check(&Queues::<sqs_engine::Engine>::default(), 400).unwrap();
}

/// The harness is worth something only if it fails when it should.
macro_rules! caught {
    ($($test:ident: $bug:ident => $law:literal;)+) => { $(
        #[test]
        fn $test() {
            let found = aws_core::laws::check(&Queues::<Seeded<workload::$bug>>::default(), 400).unwrap_err();
            assert!(found.contains(concat!("law `", $law, "`")), "{found}");
        }
    )+ };
}

caught! {
    a_timer_lost_on_restore_is_caught: TimerLostOnRestore => "restore";
    an_advance_that_changes_a_reply_is_caught: AdvanceChangesReply => "replay";
    a_refusal_that_mutates_is_caught: RefusalMutates => "refusal";
    a_replay_that_drifts_is_caught: ReplayDrifts => "replay";
    an_early_deadline_is_caught: EarlyDeadline => "deadline";
    a_clock_that_goes_back_is_caught: ClockGoesBack => "clock";
    a_listener_that_changes_the_reply_is_caught: ListenerChangesReply => "replay";
    an_authz_that_refuses_alone_is_caught: AuthzRefusesAlone => "same refusal";
}
