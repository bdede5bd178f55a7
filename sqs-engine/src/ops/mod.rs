//! The operations, one file per family.
//!
//! Each request type implements [`aws_core::Operation`]: what is checked
//! before permission, what must be permitted, and the rest. `[SQS-12.1]`

mod attributes;
mod batch;
mod delete;
mod lifecycle;
mod list;
mod move_tasks;
mod permissions;
mod receive;
mod send;
mod tags;
mod visibility;

use crate::*;
use aws_core::{Unit, Usage};

aws_core::operations! {
    /// Any call's input.
    ///
    /// ```
    /// use sqs_engine::{Request, SendMessageRequest};
    /// let request = Request::from(SendMessageRequest::new("q", "hello"));
    /// assert_eq!(request.name(), "SendMessage");
    /// let text = r#"{"SendMessage":{"QueueUrl":"q","MessageBody":"hello"}}"#;
    /// assert_eq!(serde_json::to_string(&request)?, text);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub enum Request -> Response for Engine {
        /// Lets other accounts use the queue, by a statement in its policy.
        /// `[SQS-3.8]`
        ///
        /// # Errors
        /// A label that is taken, or too many actions.
        AddPermission(AddPermissionRequest) -> () = add_permission;
        /// Stops a message move task; what it moved stays moved. `[SQS-9.11]`
        ///
        /// # Errors
        /// A handle that is none, or whose task is not running.
        CancelMessageMoveTask(CancelMessageMoveTaskRequest) -> CancelMessageMoveTaskResult
            = cancel_message_move_task;
        /// Makes a hidden or delivered message visible later or now.
        /// `[SQS-8A.3]`
        ///
        /// # Errors
        /// A timeout out of range, beyond twelve hours from the receive, or a
        /// handle that is none or whose message is gone.
        ChangeMessageVisibility(ChangeMessageVisibilityRequest) -> () = change_message_visibility;
        /// [`change_message_visibility`](Self::change_message_visibility) for
        /// up to ten messages. `[SQS-7.7]`
        ///
        /// # Errors
        /// Faults of the batch itself; those of an entry fail that entry.
        ChangeMessageVisibilityBatch(ChangeMessageVisibilityBatchRequest) -> BatchResult<BatchResultEntry>
            = change_message_visibility_batch;
        /// Creates a queue, or finds the one that is there already. `[SQS-3.1]`
        ///
        /// # Errors
        /// Bad names and attributes, a name taken by a different queue or
        /// given up less than 60 seconds ago.
        CreateQueue(CreateQueueRequest) -> CreateQueueResult = create_queue;
        /// Deletes a message for good. `[SQS-8A.2]`
        ///
        /// # Errors
        /// A handle that is none, or of another queue. Deleting what is gone
        /// already succeeds.
        DeleteMessage(DeleteMessageRequest) -> () = delete_message;
        /// [`delete_message`](Self::delete_message) for up to ten messages.
        /// `[SQS-7.7]`
        ///
        /// # Errors
        /// Faults of the batch itself; those of an entry fail that entry.
        DeleteMessageBatch(DeleteMessageBatchRequest) -> BatchResult<BatchResultEntry> = delete_message_batch;
        /// Deletes a queue with everything in it. `[SQS-3.3]`
        ///
        /// # Errors
        /// No such queue.
        DeleteQueue(DeleteQueueRequest) -> () = delete_queue;
        /// Reads attributes and message counts. `[SQS-2.0]`
        ///
        /// # Errors
        /// No such queue or attribute.
        GetQueueAttributes(GetQueueAttributesRequest) -> GetQueueAttributesResult = get_queue_attributes;
        /// Finds a queue by its name. `[SQS-1.5]`
        ///
        /// # Errors
        /// No such queue.
        GetQueueUrl(GetQueueUrlRequest) -> GetQueueUrlResult = get_queue_url;
        /// The queues that have this one as dead-letter queue. `[SQS-3.5]`
        ///
        /// # Errors
        /// No such queue, or a bad page size or token.
        ListDeadLetterSourceQueues(ListDeadLetterSourceQueuesRequest) -> ListDeadLetterSourceQueuesResult
            = list_dead_letter_source_queues;
        /// The latest message move tasks of a dead-letter queue.
        /// `[SQS-9.10]`
        ///
        /// # Errors
        /// No such queue, or a bad page size.
        ListMessageMoveTasks(ListMessageMoveTasksRequest) -> ListMessageMoveTasksResult
            = list_message_move_tasks;
        /// Reads a queue's tags. `[SQS-3.7]`
        ///
        /// # Errors
        /// No such queue.
        ListQueueTags(ListQueueTagsRequest) -> ListQueueTagsResult = list_queue_tags;
        /// The queues of this account and Region. `[SQS-3.4]`
        ///
        /// # Errors
        /// A bad page size or token.
        ListQueues(ListQueuesRequest) -> ListQueuesResult = list_queues;
        /// Throws all messages away. `[SQS-3.6]`
        ///
        /// # Errors
        /// No such queue, or a purge less than 60 seconds ago.
        PurgeQueue(PurgeQueueRequest) -> () = purge_queue;
        /// Takes up to ten messages, waiting for one if asked to.
        /// `[SQS-8.1]` to `[SQS-8.8]`
        ///
        /// # Errors
        /// Parameters out of range, or too many messages in flight.
        ReceiveMessage(ReceiveMessageRequest) -> Receive = receive_message;
        /// Goes on with a long poll. `[SQS-8.2]`
        ///
        /// # Errors
        /// The queue was deleted meanwhile.
        ResumeReceive(WaitToken) -> Receive = resume_receive;
        /// Takes a statement out of the queue's policy. `[SQS-3.8]`
        ///
        /// # Errors
        /// No such label.
        RemovePermission(RemovePermissionRequest) -> () = remove_permission;
        /// Puts a message into a queue. `[SQS-7.1]`
        ///
        /// # Errors
        /// Characters, attributes, sizes and delays that SQS does not take.
        SendMessage(SendMessageRequest) -> SendMessageResult = send_message;
        /// [`send_message`](Self::send_message) for up to ten messages.
        /// `[SQS-7.7]`
        ///
        /// # Errors
        /// Faults of the batch itself; those of an entry fail that entry.
        SendMessageBatch(SendMessageBatchRequest) -> SendMessageBatchResult = send_message_batch;
        /// Changes attributes. `[SQS-2.2]`
        ///
        /// # Errors
        /// Unknown attributes and values that SQS does not take.
        SetQueueAttributes(SetQueueAttributesRequest) -> () = set_queue_attributes;
        /// Begins to move dead letters back to where they came from, or
        /// somewhere else. `[SQS-9.7]`
        ///
        /// # Errors
        /// A source that is nobody's dead-letter queue or has a task already,
        /// a destination of another type, a rate out of range.
        StartMessageMoveTask(StartMessageMoveTaskRequest) -> StartMessageMoveTaskResult
            = start_message_move_task;
        /// Adds tags. `[SQS-3.7]`
        ///
        /// # Errors
        /// No such queue.
        TagQueue(TagQueueRequest) -> () = tag_queue;
        /// Removes tags. `[SQS-3.7]`
        ///
        /// # Errors
        /// No such queue.
        UntagQueue(UntagQueueRequest) -> () = untag_queue;
    }
}

/// Bytes of payload that are billed as one request.
const CHUNK: u64 = 65_536;

/// What a call with this much payload is billed as.
fn billed(bytes: u64) -> Usage {
    Usage::new(Unit::Requests, bytes.div_ceil(CHUNK).max(1))
}
