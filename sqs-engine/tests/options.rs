//! What is off, exact or of one size by default, and can be chosen.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use aws_core::{AwsError as _, Caller, Calls, Engine as _, Home, Span, Timestamp};
use sqs_engine::{
    CreateQueueRequest, Engine, Error, FifoThroughput, GetQueueAttributesRequest, Metrics, Options,
    ReceiveMessageRequest, SendMessageBatchRequest, SendMessageBatchRequestEntry, SendMessageRequest,
};

fn start(options: Options, queue: CreateQueueRequest) -> (Engine, Calls, String) {
    let mut sqs = Engine::with_options(Home::new("us-east-1", "111122223333").unwrap(), options);
    let mut calls = Calls::new(Timestamp::from_seconds(1_700_000_000), Caller::anonymous());
    let url = sqs.create_queue(calls.cx(), queue).unwrap().queue_url;
    (sqs, calls, url)
}

fn fifo(high: bool) -> CreateQueueRequest {
    let queue = CreateQueueRequest::new("q.fifo").attribute("FifoQueue", true);
    let queue = queue.attribute("ContentBasedDeduplication", true);
    if !high {
        return queue;
    }
    queue
        .attribute("DeduplicationScope", "messageGroup")
        .attribute("FifoThroughputLimit", "perMessageGroupId")
}

fn message(url: &str, group: &str, body: u32) -> SendMessageRequest {
    SendMessageRequest {
        message_group_id: Some(group.into()),
        ..SendMessageRequest::new(url, body.to_string())
    }
}

/// How many calls of a thousand at this moment are taken.
fn taken(mut call: impl FnMut(u32) -> Result<(), Error>) -> usize {
    let refused = |error: Error| {
        assert_eq!(error.shape(), "RequestThrottled");
        assert_eq!(error.query_code(), "RequestThrottled");
        assert_eq!(error.to_string(), "The request was denied due to request throttling.");
    };
    (0..1_000).filter(|n| call(*n).map_err(refused).is_ok()).count()
}

/// `[SQS-7.11]` `[SQS-13.4n]`
#[test]
fn a_fifo_queue_takes_300_calls_a_second_of_each_kind() {
    let options = Options { fifo_throughput: Some(FifoThroughput::default()), ..Options::default() };
    let (mut sqs, mut calls, url) = start(options, fifo(false));
    let send = |sqs: &mut Engine, calls: &mut Calls, group: &str| {
        taken(|n| sqs.send_message(calls.cx(), message(&url, group, n)).map(drop))
    };
    assert_eq!(send(&mut sqs, &mut calls, "a"), 300);
    assert_eq!(send(&mut sqs, &mut calls, "b"), 0, "the quota is the queue's");
    let receive = ReceiveMessageRequest { queue_url: url.clone(), ..ReceiveMessageRequest::default() };
    let received = taken(|_| sqs.receive_message(calls.cx(), receive.clone()).map(drop));
    assert_eq!(received, 300, "another kind of call has its own");
    calls.wait(Span::from_millis(10));
    assert_eq!(send(&mut sqs, &mut calls, "c"), 3, "it is filled evenly");
    calls.wait(Span::from_hours(1));
    assert_eq!(send(&mut sqs, &mut calls, "d"), 300, "and holds a second's worth");
}

/// `[SQS-7.11]` `[SQS-10.7]`
#[test]
fn with_high_throughput_each_group_has_a_quota() {
    let options = Options { fifo_throughput: Some(FifoThroughput::default()), ..Options::default() };
    let (mut sqs, mut calls, url) = start(options, fifo(true));
    for group in ["a", "b"] {
        let sent = taken(|n| sqs.send_message(calls.cx(), message(&url, group, n)).map(drop));
        assert_eq!(sent, 300, "{group}");
    }
    let entry = |id: &str, group: &str| SendMessageBatchRequestEntry {
        message_group_id: Some(group.into()),
        ..SendMessageBatchRequestEntry::new(id, id)
    };
    let mut batch = |groups: [&str; 3]| {
        let entries = ["x", "y", "z"].iter().zip(groups).map(|(id, group)| entry(id, group)).collect();
        let request = SendMessageBatchRequest { queue_url: url.clone(), entries: Some(entries) };
        sqs.send_message_batch(calls.cx(), request)
    };
    assert_eq!(batch(["a", "c", "c"]).unwrap_err(), Error::Throttled);
    let sent = (0..1_000).filter(|_| batch(["c", "c", "c"]).is_ok()).count();
    assert_eq!(sent, 300, "a batch is one call, and the refused one counted nowhere");
}

/// `[SQS-7.11]` What is left is in a snapshot; refusals and quotas go on.
#[test]
fn a_snapshot_keeps_what_is_left() {
    let options = Options { fifo_throughput: Some(FifoThroughput::default()), ..Options::default() };
    let (mut sqs, mut calls, url) = start(options, fifo(true));
    for n in 0..200 {
        sqs.send_message(calls.cx(), message(&url, "a", n)).unwrap();
    }
    let mut again = Engine::restore(sqs.snapshot(&()), &()).unwrap();
    assert_eq!(taken(|n| again.send_message(calls.cx(), message(&url, "a", n)).map(drop)), 100);
}

/// `[SQS-7.11]` By default nothing is throttled, nor ever a standard queue.
#[test]
fn nothing_is_throttled_unless_asked() {
    let (mut sqs, mut calls, url) = start(Options::default(), fifo(false));
    assert_eq!(taken(|n| sqs.send_message(calls.cx(), message(&url, "a", n)).map(drop)), 1_000);
    let options = Options { fifo_throughput: Some(FifoThroughput::default()), ..Options::default() };
    let (mut sqs, mut calls, url) = start(options, CreateQueueRequest::new("q"));
    assert_eq!(taken(|n| sqs.send_message(calls.cx(), message(&url, "a", n)).map(drop)), 1_000);
}

/// `[SQS-11.1]`
#[test]
fn counts_may_come_late() {
    let lag = Span::from_seconds(60);
    let options = Options { counts_lag: lag, ..Options::default() };
    let (mut sqs, mut calls, url) = start(options, CreateQueueRequest::new("q"));
    let names = ["", "NotVisible", "Delayed"].map(|kind| format!("ApproximateNumberOfMessages{kind}"));
    let counts = |sqs: &mut Engine, calls: &mut Calls| {
        let request = GetQueueAttributesRequest { queue_url: url.clone(), attribute_names: names.to_vec() };
        let got = sqs.get_queue_attributes(calls.cx(), request).unwrap().attributes;
        names.each_ref().map(|name| got[name.as_str()].parse::<u32>().unwrap())
    };
    // 1,700,000,000 is 20 seconds past a minute.
    sqs.send_message(calls.cx(), SendMessageRequest::new(&url, "one")).unwrap();
    sqs.send_message(
        calls.cx(),
        SendMessageRequest { delay_seconds: Some(50), ..SendMessageRequest::new(&url, "two") },
    )
    .unwrap();
    assert_eq!(counts(&mut sqs, &mut calls), [0, 0, 0]);
    calls.wait(Span::from_millis(39_999));
    assert_eq!(counts(&mut sqs, &mut calls), [0, 0, 0]);
    calls.wait(Span::from_millis(1));
    assert_eq!(counts(&mut sqs, &mut calls), [1, 0, 1]);
    sqs.receive_message(calls.cx(), ReceiveMessageRequest::up_to_ten(&url)).unwrap();
    calls.wait(Span::from_seconds(20));
    assert_eq!(
        counts(&mut sqs, &mut calls),
        [1, 0, 1],
        "what was received and what fell due is not seen yet"
    );
    let mut again = Engine::restore(sqs.snapshot(&()), &()).unwrap();
    assert_eq!(counts(&mut again, &mut calls), [1, 0, 1], "nor after a restart");
    calls.wait(Span::from_seconds(40));
    // The first one's visibility timeout ended at 30 seconds past.
    assert_eq!(counts(&mut sqs, &mut calls), [2, 0, 0]);
    assert_eq!(counts(&mut again, &mut calls), [2, 0, 0]);
}

/// `[SQS-10A.2]` `[SQS-10A.3]` `[SQS-10A.4]` `[SQS-10A.5]`
#[test]
fn the_loudest_of_the_noisy_comes_last() {
    let (mut sqs, mut calls, url) = start(Options::default(), CreateQueueRequest::new("q"));
    let send = |sqs: &mut Engine, calls: &mut Calls, group: &str, count: u32| {
        for n in 0..count {
            sqs.send_message(calls.cx(), message(&url, group, n)).unwrap();
        }
    };
    let receive = |sqs: &mut Engine, calls: &mut Calls| {
        let request = ReceiveMessageRequest {
            message_system_attribute_names: vec!["MessageGroupId".into()],
            visibility_timeout: Some(3_600),
            ..ReceiveMessageRequest::up_to_ten(&url)
        };
        let messages = sqs.receive_message(calls.cx(), request).unwrap().now().messages;
        messages.iter().map(|message| message.attributes.values().next().unwrap().clone()).collect::<String>()
    };
    send(&mut sqs, &mut calls, "A", 50);
    send(&mut sqs, &mut calls, "B", 40);
    for _ in 0..3 {
        assert_eq!(receive(&mut sqs, &mut calls), "A".repeat(10));
    }
    // 30 of 30 are A's: B, quiet, comes first from now on.
    for _ in 0..3 {
        assert_eq!(receive(&mut sqs, &mut calls), "B".repeat(10));
    }
    // Both are noisy, A no less than B; A's are older.
    send(&mut sqs, &mut calls, "C", 1);
    assert_eq!(receive(&mut sqs, &mut calls), format!("C{}", "A".repeat(9)));
    let metrics = sqs.metrics(&url).unwrap();
    assert_eq!((metrics.noisy_groups, metrics.all.visible, metrics.quiet.visible), (2, 21, 0));
    assert_eq!(metrics.quiet.not_visible, 1);
    // Now A has more in flight. B's ten are drained, so that it is quiet.
    assert_eq!(receive(&mut sqs, &mut calls), "B".repeat(10));
    assert_eq!(sqs.metrics("q").unwrap().noisy_groups, 1);
    assert_eq!(sqs.metrics("q").unwrap().quiet.age_of_oldest, Some(Span::ZERO));
    // Five minutes after its last message A is quiet as well, and older than D.
    send(&mut sqs, &mut calls, "D", 1);
    calls.wait(Span::from_minutes(5));
    assert_eq!(receive(&mut sqs, &mut calls), "A".repeat(10));
    assert_eq!(sqs.metrics("none"), None);
    let (empty, ..) = start(Options::default(), CreateQueueRequest::new("q"));
    assert_eq!(empty.metrics("q"), Some(Metrics::default()));
}
