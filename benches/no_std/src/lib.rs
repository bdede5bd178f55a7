//! Nothing here runs; it has to compile.
#![no_std]
#![forbid(unsafe_code)]

use aws_core::{Caller, Cx, Home, Seed, Timestamp};
use sqs_engine::{CreateQueueRequest, Engine};

#[global_allocator]
static HEAP: linked_list_allocator::LockedHeap = linked_list_allocator::LockedHeap::empty();

/// Uses an engine, so that its code is looked at.
pub fn create_queue() -> bool {
    let Ok(home) = Home::new("us-east-1", "111122223333") else { return false };
    let caller = Caller::anonymous();
    let cx = Cx::new(Timestamp::EPOCH, Seed::counter(1), &caller);
    Engine::new(home).create_queue(cx, CreateQueueRequest::new("q")).is_ok()
}

#[panic_handler]
fn stop(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}

/// The same of KMS.
pub fn create_key() -> bool {
    let Ok(home) = Home::new("us-east-1", "111122223333") else { return false };
    let caller = Caller::anonymous();
    let cx = Cx::new(Timestamp::EPOCH, Seed::counter(1), &caller);
    kms_envelope::Engine::new(home).create_key(cx, kms_envelope::CreateKeyRequest::default()).is_ok()
}

/// The same of DynamoDB, of policies and of networks.
pub fn build() -> bool {
    let Ok(home) = Home::new("us-east-1", "111122223333") else { return false };
    let _ = dynamo_engine::Engine::new(home);
    let _ = iam_eval::Policy::stored("{}", iam_eval::PolicyKind::Identity);
    vpc_net::NetworkBuilder::default().build().is_ok()
}
