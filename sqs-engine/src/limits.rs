//! SQS quotas, by AWS's names.

use aws_core::Limit;

/// Longest body plus attributes, and longest batch, in bytes. `[SQS-4.4]`
pub const MESSAGE_SIZE_MAX: Limit = Limit::new("Maximum message size", 1_048_576, "bytes", false);
/// Messages in one batch, and in one receive. `[SQS-7.7]`
pub const BATCH_ENTRIES_MAX: Limit = Limit::new("Batched message", 10, "messages", false);
/// Attributes of one message. `[SQS-5.1]`
pub const MESSAGE_ATTRIBUTES_MAX: Limit = Limit::new("Message attributes", 10, "attributes", false);
/// Messages of a standard queue that were received and not deleted.
/// `[SQS-8.8]`
pub const IN_FLIGHT_MAX: Limit = Limit::new("In-flight messages", 120_000, "messages", true);
/// Longest time a message stays invisible, in seconds. `[SQS-8A.4]`
pub const VISIBILITY_TIMEOUT_MAX: Limit = Limit::new("Visibility timeout", 43_200, "seconds", false);
/// Longest delay, in seconds. `[SQS-7.2]`
pub const DELAY_MAX: Limit = Limit::new("Message delay", 900, "seconds", false);
/// Longest wait of a long poll, in seconds. `[SQS-8.1]`
pub const WAIT_MAX: Limit = Limit::new("Long polling wait time", 20, "seconds", false);
/// Statements in a queue policy. `[SQS-2.2]`
pub const POLICY_STATEMENTS_MAX: Limit = Limit::new("Policy statements", 20, "statements", false);
/// Actions in one statement of a queue policy. `[SQS-3.8]`
pub const POLICY_ACTIONS_MAX: Limit = Limit::new("Actions per policy statement", 7, "actions", false);
/// Longest queue policy, in bytes. `[SQS-2.0]`
pub const POLICY_SIZE_MAX: Limit = Limit::new("Policy size", 8_192, "bytes", false);
/// Results of one listing. `[SQS-3.4]`
pub const LIST_RESULTS_MAX: Limit = Limit::new("Queues listed", 1_000, "queues", false);
/// Source queues a redrive allow policy can name. `[SQS-9.6]`
pub const REDRIVE_SOURCES_MAX: Limit = Limit::new("Redrive source queues", 10, "queues", false);
/// Seconds a name stays taken after its queue was deleted, and seconds
/// between two purges of a queue. `[SQS-3.2]` `[SQS-3.6]`
pub const COOL_DOWN: Limit =
    Limit::new("Seconds between purges, or from deletion to re-creation", 60, "seconds", false);

/// Messages a second that a move task can be told to move. `[SQS-9.7]`
pub const MOVE_RATE_MAX: Limit = Limit::new("Messages moved per second", 500, "messages", false);
/// Message move tasks in one listing. `[SQS-9.10]`
pub const MOVE_TASKS_LISTED_MAX: Limit = Limit::new("Message move tasks listed", 10, "tasks", false);

/// Tags of a queue. AWS's guide only advises against more; its answer is
/// reported by an emulator. `[SQS-3.7]`
pub const TAGS_MAX: Limit = Limit::new("Tags per queue", 50, "tags", false);

/// Every quota above.
pub const ALL: [Limit; 16] = [
    MESSAGE_SIZE_MAX,
    BATCH_ENTRIES_MAX,
    MESSAGE_ATTRIBUTES_MAX,
    IN_FLIGHT_MAX,
    VISIBILITY_TIMEOUT_MAX,
    DELAY_MAX,
    WAIT_MAX,
    POLICY_STATEMENTS_MAX,
    POLICY_SIZE_MAX,
    POLICY_ACTIONS_MAX,
    LIST_RESULTS_MAX,
    REDRIVE_SOURCES_MAX,
    COOL_DOWN,
    MOVE_RATE_MAX,
    MOVE_TASKS_LISTED_MAX,
    TAGS_MAX,
];
