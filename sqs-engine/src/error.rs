//! Every refusal, in one table.
//!
//! Shapes, query codes and statuses are `[SQS-13.1]` and `[SQS-13.4]`.

use alloc::boxed::Box;

aws_core::aws_errors! {
    /// Every refusal of the SQS engine.
    ///
    /// ```
    /// use aws_core::AwsError;
    /// use sqs_engine::Error;
    ///
    /// let error = Error::UnknownQueue;
    /// assert_eq!(error.to_string(), "The specified queue does not exist.");
    /// assert_eq!(error.shape(), "QueueDoesNotExist");
    /// assert_eq!(error.query_code(), "AWS.SimpleQueueService.NonExistentQueue");
    /// ```
    pub enum Error / ErrorShape in "com.amazonaws.sqs" {
        QueueDoesNotExist ("AWS.SimpleQueueService.NonExistentQueue", 400) {
            /// The queue URL or name names no queue here. `[SQS-1.5]`
            UnknownQueue => "The specified queue does not exist.",
                query "The specified queue does not exist for this wsdl version.";
        }
        QueueNameExists ("QueueAlreadyExists", 400) {
            /// The name is taken by a queue with other attributes. `[SQS-3.1]`
            QueueDiffers {
                /// The attribute that differs.
                attribute: Box<str>
            } => "A queue already exists with the same name and a different value for attribute {attribute}";
        }
        QueueDeletedRecently ("AWS.SimpleQueueService.QueueDeletedRecently", 400) {
            /// The name was in use less than 60 seconds ago. `[SQS-3.2]`
            DeletedRecently =>
                "You must wait 60 seconds after deleting a queue before you can create another with the same name.";
        }
        PurgeQueueInProgress ("AWS.SimpleQueueService.PurgeQueueInProgress", 403) {
            /// The queue was purged less than 60 seconds ago. `[SQS-3.6]`
            PurgedRecently {
                /// The queue's name.
                queue: Box<str>
            } => "Only one PurgeQueue operation on {queue} is allowed every 60 seconds.";
        }
        OverLimit ("OverLimit", 403) {
            /// A short poll found the in-flight quota used up. AWS documents
            /// the code, not the text. `[SQS-8.8]`
            InFlight => "The maximum number of in flight messages is reached.";
            /// A policy with too many statements. `[SQS-2.2]`
            PolicyStatements {
                /// How many there were.
                count: usize
            } => "{count} statements were found in the submitted policy, max allowed is 20";
            /// A permission for too many actions. `[SQS-3.8]`
            PolicyActions {
                /// How many there were.
                count: usize
            } => "{count} Actions were found, maximum allowed is 7.";
        }
        EmptyBatchRequest ("AWS.SimpleQueueService.EmptyBatchRequest", 400) {
            /// A batch without entries. `[SQS-7.7]`
            EmptyBatch {
                /// The operation's entry type.
                entry: &'static str
            } => "There should be at least one {entry} in the request.";
        }
        TooManyEntriesInBatchRequest ("AWS.SimpleQueueService.TooManyEntriesInBatchRequest", 400) {
            /// More than ten entries. `[SQS-7.7]`
            BatchTooLong {
                /// How many there were.
                count: usize
            } => "Maximum number of entries per request are 10. You have sent {count}.";
        }
        BatchEntryIdsNotDistinct ("AWS.SimpleQueueService.BatchEntryIdsNotDistinct", 400) {
            /// Two entries with one id. `[SQS-7.7]`
            RepeatedId {
                /// The id.
                id: Box<str>
            } => "Id {id} repeated.";
        }
        InvalidBatchEntryId ("AWS.SimpleQueueService.InvalidBatchEntryId", 400) {
            /// An id with other characters, or too long. `[SQS-7.7]`
            BadEntryId =>
                "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.";
        }
        BatchRequestTooLong ("AWS.SimpleQueueService.BatchRequestTooLong", 400) {
            /// The messages of a batch together are too long. `[SQS-4.5]`
            BatchTooLarge {
                /// Their size.
                bytes: u64
            } => "Batch requests cannot be longer than 1048576 bytes. You have sent {bytes} bytes.";
        }
        InvalidMessageContents ("InvalidMessageContents", 400) {
            /// A character that XML cannot hold. `[SQS-4.1]`
            BadCharacters =>
                "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF";
        }
        InvalidAttributeName ("InvalidAttributeName", 400) {
            /// No such attribute, or not on this type of queue. `[SQS-2.2]`
            UnknownAttribute {
                /// Its name.
                name: Box<str>
            } => "Unknown Attribute {name}.";
            /// Both kinds of encryption at once. `[SQS-2.2]`
            TwoEncryptions =>
                "You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.";
            /// An attribute that only FIFO queues have. `[SQS-2.2]`
            OnlyFifo {
                /// Its name.
                name: &'static str
            } => "You can specify the {name} only when FifoQueue is set to true.";
        }
        InvalidAttributeValue ("InvalidAttributeValue", 400) {
            /// A value out of range or of another form. `[SQS-2.2]`
            BadAttribute {
                /// The attribute's name.
                name: &'static str
            } => "Invalid value for the parameter {name}.";
            /// The queue's type cannot change. `[SQS-2.2]`
            QueueTypeIsFixed =>
                "Invalid value for the parameter FifoQueue. Reason: Modifying queue type is not supported.";
            /// A redrive allow policy that is none. `[SQS-9.6]`
            BadAllowPolicy =>
                "Invalid value for the parameter RedriveAllowPolicy. Reason: Amazon SQS can't create the redrive allow policy, as it’s in an unsupported format.";
            /// Quotas of their own for groups that do not deduplicate on
            /// their own. `[SQS-2.2]`
            LimitNeedsScope =>
                "The perMessageGroupId value is allowed only when the value for DeduplicationScope is messageGroup";
        }
        ReceiptHandleIsInvalid ("ReceiptHandleIsInvalid", 404) {
            /// No handle at all. `[SQS-8A.2]`
            NotAHandle {
                /// What was sent.
                handle: Box<str>
            } => "The input receipt handle \"{handle}\" is not a valid receipt handle.";
            /// A handle of another queue. `[SQS-8A.1]`
            ForeignHandle {
                /// What was sent.
                handle: Box<str>
            } => "The receipt handle \"{handle}\" is not valid for this queue.";
            /// What a batch entry says of a malformed handle. `[SQS-8A.2]`
            EntryHandle {
                /// What was sent.
                handle: Box<str>
            } => "The input receipt handle \"{handle}\" is not valid.";
            /// What a batch entry says of an expired handle. `[SQS-8A.2]`
            EntryHandleExpired => "The receipt handle has expired";
        }
        MissingRequiredParameterException ("MissingParameter", 400) {
            /// A required member is absent or empty. `[SQS-4.2]`
            Missing {
                /// The member.
                parameter: &'static str
            } => "The request must contain the parameter {parameter}.";
            /// A required member of a batch entry is absent. `[SQS-7.7]`
            MissingInEntry {
                /// The entry type.
                entry: &'static str,
                /// Its place, counted from one.
                index: u8,
                /// The member.
                member: Box<&'static str>
            } => "The request must contain the parameter {entry}.{index}.{member}.";
        }
        InvalidParameterValueException ("InvalidParameterValue", 400) {
            /// A queue name that is none. `[SQS-1.2]`
            BadQueueName =>
                "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length";
            /// A FIFO queue's name that is none. `[SQS-1.2]`
            BadFifoName =>
                "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length";
            /// GetQueueUrl without a name. `[SQS-1.5]`
            NoQueueName => "Value for parameter QueueName is invalid. Reason: Must specify a queue name.";
            /// A listing's page size out of range. `[SQS-3.4]`
            MaxResults {
                /// What was sent.
                value: i64
            } => "Value {value} for parameter MaxResults is invalid. Reason: Must be between 1 and 1000, if provided.";
            /// A token that no listing returned. `[SQS-3.4]`
            BadToken {
                /// What was sent.
                token: Box<str>
            } => "Value {token} for parameter NextToken is invalid. Reason: Invalid or expired next token.";
            /// A body and attributes that are too long. `[SQS-4.4]`
            TooLong {
                /// What the queue allows.
                max: u64
            } => "One or more parameters are invalid. Reason: Message must be shorter than {max} bytes.";
            /// The same in a batch entry. `[SQS-4.5]`
            EntryTooLong {
                /// What the queue allows.
                max: u64
            } => "One or more parameters cannot be validated. Reason: Message must be shorter than {max} bytes.";
            /// A send delay out of range. `[SQS-7.2]`
            Delay {
                /// What was sent.
                value: i64
            } => "Value {value} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.";
            /// A parameter that this type of queue does not take. `[SQS-7.4]`
            NotForThisType {
                /// What was sent.
                value: Box<str>,
                /// The parameter.
                parameter: &'static str
            } => "Value {value} for parameter {parameter} is invalid. Reason: The request includes a parameter that is not valid for this queue type.";
            /// A group or deduplication id with other characters, or too
            /// long. `[SQS-7.5]`
            BadToken128 {
                /// What was sent.
                value: Box<str>,
                /// The parameter.
                parameter: &'static str
            } => "Value {value} for parameter {parameter} is invalid. Reason: {parameter} can only include alphanumeric and punctuation characters. 1 to 128 in length.";
            /// More messages asked for than ten, or fewer than one.
            /// `[SQS-8.1]`
            MaxNumberOfMessages {
                /// What was sent.
                value: i64
            } => "Value {value} for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.";
            /// A long poll's wait out of range. `[SQS-8.1]`
            WaitTime {
                /// What was sent.
                value: i64
            } => "Value {value} for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided.";
            /// A receive's visibility timeout out of range. `[SQS-8.1]`
            ReceiveVisibility {
                /// What was sent.
                value: i64
            } => "Value {value} for parameter VisibilityTimeout is invalid. Reason: Must be >= 0 and <= 43200, if provided.";
            /// A new visibility timeout out of range. `[SQS-8A.3]`
            ChangeVisibility {
                /// What was sent.
                value: i64
            } => "Value {value} for parameter VisibilityTimeout is invalid. Reason: VisibilityTimeout must be an integer between 0 and 43200.";
            /// Twelve hours after the receive, a message cannot stay
            /// invisible. `[SQS-8A.4]`
            VisibilityBeyondLimit {
                /// What was sent.
                value: i64
            } => "Value {value} for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the message is beyond the limit [43200 seconds]";
            /// The message is gone. `[SQS-8A.5]`
            NotAvailable {
                /// The handle.
                handle: Box<str>
            } => "Value {handle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.";
            /// A FIFO queue's message is visible again, or somebody else has
            /// it. `[SQS-8A.2]` `[SQS-8A.5]`
            HandleExpired {
                /// The handle.
                handle: Box<str>
            } => "Value {handle} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.";
            /// A FIFO queue's message that nothing deduplicates. `[SQS-7.6]`
            NoDeduplication =>
                "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly";
            /// A batch entry for a FIFO queue without a group. `[SQS-7.8]`
            NoGroupInBatch => "The request must contain the parameter MessageGroupId.";
            /// A delay on a FIFO queue's message. AWS's grammar. `[SQS-7.6]`
            FifoDelay {
                /// What was sent.
                value: i64
            } => "Value {value} for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for this queue type.";
            /// Too many attributes. `[SQS-5.1]`
            TooManyAttributes {
                /// How many there were.
                count: usize
            } => "Number of message attributes [{count}] exceeds the allowed maximum [10].";
            /// An empty value. `[SQS-5.5]`
            EmptyAttribute {
                /// The attribute.
                name: Box<str>,
                /// The type that wants a value.
                data_type: &'static str
            } => "Message (user) attribute '{name}' must contain a non-empty value of type '{data_type}'.";
            /// No value at all. `[SQS-5.5]`
            NoAttributeValue {
                /// The attribute.
                name: Box<str>
            } => "The message (user) attribute '{name}' must contain a non-empty message attribute value.";
            /// No name. `[SQS-5.5]`
            NoAttributeName => "The request must contain non-empty message (user) attribute names.";
            /// Not a number. `[SQS-5.5]`
            NotANumber {
                /// The attribute.
                name: Box<str>
            } => "Can't cast the value of message (user) attribute '{name}' to a number.";
            /// Another type than the three. `[SQS-5.5]`
            AttributeType {
                /// The attribute.
                name: Box<str>
            } => "The type of message (user) attribute '{name}' is invalid. You must use only the following supported type prefixes: Binary, Number, String.";
            /// A name of other characters. AWS's text is not known.
            /// `[SQS-5.2]`
            AttributeNameCharacters {
                /// The attribute.
                name: Box<str>
            } => "Invalid attribute name: {name}. Message (user) attribute names can contain alphanumeric characters, underscores, hyphens and periods, and can't start or end with a period or contain successive periods.";
            /// A name that is too long. `[SQS-5.5]`
            AttributeNameLength => "Message (user) attribute name must be shorter than 256 bytes.";
            /// A type that is too long. `[SQS-5.5]`
            AttributeTypeLength => "Message (user) attribute type must be shorter than 256 bytes.";
            /// A reserved name. `[SQS-5.5]`
            ReservedAttributeName =>
                "You can't use message attribute names beginning with 'AWS.' or 'Amazon'. These strings are reserved for internal use.";
            /// List values. `[SQS-5.5]`
            AttributeLists => "Message attribute list values in SendMessage operation are not supported.";
            /// Another system attribute than the one. `[SQS-5.5]`
            SystemAttribute {
                /// The attribute.
                name: Box<str>
            } => "Message system attribute name '{name}' is invalid.";
            /// A control character in an attribute's value. `[SQS-5.5]`
            AttributeCharacters =>
                "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF";
            /// A redrive policy that is no JSON object. `[SQS-9.1]`
            RedriveNotJson =>
                "Invalid value for the parameter RedrivePolicy. Reason: Redrive policy is not a valid JSON map.";
            /// A permission's label that is taken. `[SQS-3.8]`
            LabelExists {
                /// The label.
                label: Box<str>
            } => "Value {label} for parameter Label is invalid. Reason: Already exists.";
            /// A permission's label that names none. `[SQS-3.8]`
            NoSuchLabel {
                /// The label.
                label: Box<str>
            } => "Value {label} for parameter Label is invalid. Reason: can't find label.";
            /// A permission for what only the owner may do. Reported by an
            /// emulator. `[SQS-3.8]`
            OwnersAction {
                /// The action.
                action: Box<str>
            } => "Value SQS:{action} for parameter ActionName is invalid. Reason: Only the queue owner is allowed to invoke this action.";
            /// A permission for nobody. Reported by an emulator. `[SQS-3.8]`
            NoPrincipal => "Value [] for parameter PrincipalId is invalid. Reason: Unable to verify.";
            /// More than 50 tags. Reported by an emulator. `[SQS-3.7]`
            TooManyTags {
                /// The queue.
                queue: Box<str>
            } => "Too many tags added for queue {queue}.";
            /// No tag keys, or one of nothing. Reported by an emulator.
            /// `[SQS-3.7]`
            TagKeys => "Tag keys must be between 1 and 128 characters in length.";
            /// Nobody's dead letters. `[SQS-9.7a]`
            NotADeadLetterQueue => "Source queue must be configured as a Dead Letter Queue.";
            /// No ARN. `[SQS-9.7c]`
            TaskArn {
                /// The parameter.
                parameter: &'static str
            } => "You must use this format to specify the {parameter}: arn:<partition>:<service>:<region>:<account-id>:<resource-id>";
            /// Messages cannot be moved to where they are. `[SQS-9.7d]`
            SameQueue => "Source queue arn and destination queue arn cannot be the same.";
            /// One is a FIFO queue, the other is not. `[SQS-9.7e]`
            OtherQueueType => "The source queue and destination queue must be of the same queue type.";
            /// A rate out of range. `[SQS-9.7f]`
            MoveRate =>
                "Value for parameter MaxNumberOfMessagesPerSecond is invalid. Reason: You must enter a number that's between 1 and 500.";
            /// One task at a time. `[SQS-9.7g]`
            TaskIsRunning =>
                "There is already a task running. Only one active task is allowed for a source queue arn at a given time.";
            /// No handle of a task. `[SQS-9.11]`
            TaskHandle => "Value for parameter TaskHandle is invalid.";
            /// A page size out of range; AWS's text is not known.
            /// `[SQS-9.10]`
            MoveTasksListed {
                /// What was sent.
                value: i64
            } => "Value {value} for parameter MaxResults is invalid. Reason: Must be between 1 and 10, if provided.";
            /// Any other fault of a redrive policy. `[SQS-9.1]`
            Redrive {
                /// The policy's text and what is wrong with it.
                fault: Box<RedriveFault>
            } => "Value {fault}";
            /// A fault of a redrive allow policy. `[SQS-9.6]`
            RedriveAllow {
                /// The policy's text and what is wrong with it.
                fault: Box<RedriveFault>
            } => "Value {fault}";
        }
        ResourceNotFoundException ("ResourceNotFoundException", 404) {
            /// An ARN of no queue. `[SQS-9.7b]` `[SQS-13.4k]`
            NoSuchResource {
                /// The parameter.
                parameter: &'static str
            } => "The resource that you specified for the {parameter} parameter doesn't exist.";
            /// A handle of no task. `[SQS-9.11]`
            NoSuchTask => "Task does not exist.";
        }
        RequestThrottled ("RequestThrottled", 403) {
            /// A quota of a FIFO queue is used up. AWS documents the code,
            /// not the text. `[SQS-7.11]` `[SQS-13.4n]`
            Throttled => "The request was denied due to request throttling.";
        }
        AccessDeniedException ("AccessDenied", 403) {
            /// The owner decided so. `[SQS-12.1]`
            AccessDenied {
                /// The owner's words.
                message: Box<str>
            } => "{message}";
        }
    }
}

const _: () = assert!(core::mem::size_of::<Error>() <= 40);

/// What is wrong with a redrive policy, and with which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedriveFault {
    /// The policy as sent.
    pub policy: Box<str>,
    /// `RedrivePolicy` or `RedriveAllowPolicy`.
    pub parameter: &'static str,
    /// AWS's sentence about it.
    pub reason: Box<str>,
}

impl core::fmt::Display for RedriveFault {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} for parameter {} is invalid. Reason: {}", self.policy, self.parameter, self.reason)
    }
}
