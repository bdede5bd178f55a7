//! Every refusal, in one table.
//!
//! Shapes and statuses are `[DDB-16.2]`. Texts that AWS words by the layer an
//! operation answers from stand in [`Fault`].

use crate::CancellationReason;
use crate::capacity::Throttle;
use crate::expr::Fault;
use crate::item::Item;
use crate::number::NumberFault;
use crate::partiql::StatementFault;
use crate::value::ValueType;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use serde_json::{Map, Value};

aws_core::aws_errors! {
    /// Every refusal of the DynamoDB engine.
    ///
    /// ```
    /// use aws_core::AwsError;
    /// use dynamo_engine::Error;
    ///
    /// let error = Error::UnknownTable;
    /// assert_eq!(error.to_string(), "Requested resource not found");
    /// assert_eq!(error.shape(), "ResourceNotFoundException");
    /// assert_eq!(error.wire_type(), "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException");
    /// ```
    pub enum Error / ErrorShape in "com.amazonaws.dynamodb.v20120810", members members {
        ValidationException ("ValidationException", 400) {
            /// Members of the request that break the API model. `[DDB-0.4]`
            Members {
                /// `N validation error(s) detected: …`
                message: Box<str>
            } => "{message}";
            /// Values, expressions and placeholders, in the words of the
            /// operation's layer. `[DDB-0.1]`
            Invalid {
                /// What is wrong.
                fault: Box<Fault>
            } => "{fault}", classic "{fault:#}";
            /// A resource policy over 20 KB. AWS's text is not known.
            PolicyTooLong => "The resource-based policy document is larger than 20 KB";
            /// A resource policy that is no JSON object. AWS's text is not
            /// known.
            BadPolicy => "The resource-based policy document is not valid JSON";
            /// A transaction on a table with strong consistency among
            /// Regions. AWS's text is not known. `[DDB-15.2]`
            StrongReplicaTransaction =>
                "Transactions are not supported on tables with strong MultiRegionConsistency";
            /// A PartiQL statement. `[DDB-12.6]`
            Statement {
                /// What is wrong.
                fault: Box<StatementFault>
            } => "{fault}";
            /// An item over 400 KB. `[DDB-2.5.2]`
            ItemSize => "Item size has exceeded the maximum allowed size";
            /// An update that makes an item over 400 KB, or weighs more
            /// itself. `[DDB-2.5.3]`
            UpdatedItemSize => "Item size to update has exceeded the maximum allowed size";
            /// An update that nests too deep. `[DDB-2.3]`
            UpdatedDepth =>
                "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit";
            /// A partition key over 2,048 bytes. `[DDB-2.6.1]`
            HashKeySize =>
                "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes";
            /// A sort key over 1,024 bytes. `[DDB-2.6.1]`
            RangeKeySize =>
                "One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit of 1024 bytes";
            /// An empty key. `[DDB-2.6.2]`
            EmptyKey {
                /// What of.
                kind: Emptiness,
                /// The key attribute.
                key: Box<str>
            } => "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty {kind} value. Key: {key}";
            /// An item without a key attribute. `[DDB-2.6.3]`
            MissingKey {
                /// The key attribute.
                key: Box<str>
            } => "One or more parameter values were invalid: Missing the key {key} in the item";
            /// A key attribute of another type. `[DDB-2.6.3]`
            KeyType {
                /// Which, and how.
                mismatch: Box<KeyMismatch>
            } => "One or more parameter values were invalid: Type mismatch for key {mismatch}";
            /// A Key that is not the table's. `[DDB-2.6.4]`
            KeySchema => "The provided key element does not match the schema";
            /// An index key attribute of another type. `[DDB-2.6.5]`
            IndexKeyType {
                /// Which, and how.
                mismatch: Box<KeyMismatch>
            } => "One or more parameter values were invalid: Type mismatch for Index Key {mismatch}";
            /// An empty index key. `[DDB-2.6.5]`
            EmptyIndexKey {
                /// What of.
                kind: Emptiness,
                /// The index.
                index: Box<str>,
                /// Its key attribute; boxed twice to keep errors small.
                key: Box<Box<str>>
            } => "One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty {kind} value. IndexName: {index}, IndexKey: {key}";
            /// An update that empties an index key. `[DDB-2.6.5]`
            UpdatedIndexKeyEmpty {
                /// What of.
                kind: Emptiness
            } => "One or more parameter values are not valid. The update expression attempted to update a secondary index key to a value that is not supported. The AttributeValue for a key attribute cannot contain an empty {kind} value.";
            /// An update that computes an index key of another type.
            /// `[DDB-2.6.5]`
            UpdatedIndexKeyType =>
                "The update expression attempted to update the secondary index key to unsupported type";
            /// An update of a key attribute. `[DDB-2.6.8]`
            UpdatesKey {
                /// The key attribute.
                key: Box<str>
            } => "One or more parameter values were invalid: Cannot update attribute {key}. This attribute is part of the key";
            /// A path into a key attribute. `[DDB-2.6.8]`
            NestedKey {
                /// `Key` or `IndexKey`.
                kind: &'static str,
                /// The key attribute.
                key: Box<str>
            } => "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: {kind}: {key}";
            /// An update that reads what is not there. `[DDB-6.6.8]`
            MissingAttribute => "The provided expression refers to an attribute that does not exist in the item";
            /// An AttributeUpdates on an attribute of another type. `[DDB-7.6]`
            AttributeUpdateType => "Type mismatch for attribute to update";
            /// An update that computes with the wrong types. `[DDB-6.6.8]`
            OperandDataType => "An operand in the update expression has an incorrect data type";
            /// An update of a part of something that is not there. `[DDB-6.6.8]`
            InvalidPath => "The document path provided in the update expression is invalid for update";
            /// A sum out of range. `[DDB-2.2.7]`
            Computed {
                /// How.
                fault: NumberFault
            } => "{fault}";
            /// An operator that a key condition cannot have. `[DDB-6.5.2]`
            KeyOperator {
                /// The operator.
                operator: &'static str
            } => "Invalid operator used in KeyConditionExpression: {operator}";
            /// `size` in a key condition. `[DDB-6.5.2]`
            NestedKeyOperation => "KeyConditionExpressions cannot contain nested operations";
            /// Two paths in one key condition. `[DDB-6.5.2]`
            ManyKeyAttributes =>
                "Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition";
            /// No path in a key condition. `[DDB-6.5.2]`
            NoKeyAttribute => "Invalid condition in KeyConditionExpression: No key attribute specified";
            /// A path that is not the first operand. `[DDB-6.5.2]`
            KeyOperandOrder {
                /// The operator.
                operator: &'static str
            } => "Invalid condition in KeyConditionExpression: {operator} operator must have the key attribute as its first operand";
            /// A key attribute without a condition. `[DDB-6.5.3]`
            KeyConditionMissed {
                /// The attribute.
                key: Box<str>
            } => "Query condition missed key schema element: {key}";
            /// A partition key of several attributes without an equality on
            /// each. AWS's text is not known but in part. `[DDB-6.5.6]`
            HashNeedsEquality {
                /// The attribute.
                key: Box<str>
            } => "HASH key attribute {key} must have an equality condition specified in the query";
            /// A gap in the conditions on a sort key of several attributes.
            /// `[DDB-6.5.6]`
            RangeNeedsEquality {
                /// Where it is.
                keys: Box<str>,
                /// The attribute after it that has a condition.
                after: Box<str>
            } => "RANGE key attributes {keys} must have equality conditions specified in the query because a condition is present on key attribute {after}";
            /// A partition key without an equality. `[DDB-6.5.3]`
            KeyConditionNotSupported => "Query key condition not supported";
            /// A value of another type than the key. `[DDB-6.5.3]`
            KeyConditionType =>
                "One or more parameter values were invalid: Condition parameter type does not match schema type";
            /// More conditions than key attributes. `[DDB-6.5.3]`
            KeyConditionCount {
                /// Conditions.
                count: usize,
                /// Key attributes.
                keys: usize
            } => "The number of query conditions ({count}) exceeds the number of key attributes defined in the schema ({keys})";
            /// KeyConditions of none or more than two. `[DDB-7.8]`
            KeyConditionsCount => "Conditions can be of length 1 or 2 only";
            /// KeyConditions that no range answers. `[DDB-7.8]`
            NotIndexable => "Attempted conditional constraint is not an indexable operation";
            /// A Query without a key condition. `[DDB-7.8]`
            NoKeyCondition =>
                "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.";
            /// A filter on a key attribute. `[DDB-6.5.7]`
            FilterOnKey {
                /// The parameter.
                filter: &'static str,
                /// The attribute.
                key: Box<str>
            } => "{filter} can only contain non-primary key attributes: Primary key attribute: {key}";
            /// No such index. `[DDB-9.9]`
            UnknownIndex {
                /// Its name.
                index: Box<str>
            } => "The table does not have the specified index: {index}";
            /// A consistent read of a GSI. `[DDB-5.5]`
            ConsistentIndexRead => "Consistent reads are not supported on global secondary indexes";
            /// All attributes of an index that has only some. `[DDB-5.8]`
            PartialIndex {
                /// The index.
                index: Box<str>
            } => "One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global secondary index {index} because its projection type is not ALL";
            /// Attributes that the index has not. `[DDB-5.8]`
            NotProjected {
                /// The index.
                index: Box<str>,
                /// The attributes.
                names: Box<str>
            } => "One or more parameter values were invalid: Global secondary index {index} does not project [{names}]";
            /// A Select that needs an index. `[DDB-9.8]`
            SelectNeedsIndex => "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName";
            /// A Select that needs a projection. `[DDB-9.8]`
            SelectNeedsProjection {
                /// The prefix that Query puts before it.
                prefix: &'static str
            } => "{prefix}Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES";
            /// A projection beside another Select. `[DDB-9.8]`
            SelectAndProjection {
                /// The parameter with the projection.
                list: &'static str,
                /// The Select.
                select: &'static str
            } => "Cannot specify the {list} when choosing to get {select}";
            /// A start key of other attributes. `[DDB-9.6]`
            StartKey => "The provided starting key is invalid";
            /// A start key of other types. `[DDB-9.6]`
            StartKeySchema =>
                "The provided starting key is invalid: The provided key element does not match the schema";
            /// A start key whose values are none. `[DDB-9.14]`
            StartKeyValue {
                /// What is wrong with the value.
                fault: Box<Fault>
            } => "The provided starting key is invalid: {fault}";
            /// A start key of another partition. `[DDB-9.6]`
            StartKeyPartition =>
                "The provided starting key is outside query boundaries based on provided conditions";
            /// A start key outside the sort condition. `[DDB-9.6]`
            StartKeyRange => "The provided starting key does not match the range key predicate";
            /// A start key where at most one item can be found. `[DDB-9.6]`
            StartKeySingle => "The query can return at most one row and cannot be restarted";
            /// A start key in a table without sort key. `[DDB-9.6]`
            StartKeyHashOnly => "The provided exclusive start key is invalid";
            /// A start key outside the segment. `[DDB-9.6]`
            StartKeySegment =>
                "The provided Exclusive start key does not map to the provided Segment and TotalSegments values.";
            /// Segment alone. `[DDB-9.11]`
            NoTotalSegments =>
                "The TotalSegments parameter is required but was not present in the request when Segment parameter is present";
            /// TotalSegments alone. `[DDB-9.11]`
            NoSegment =>
                "The Segment parameter is required but was not present in the request when parameter TotalSegments is present";
            /// A segment beyond the last. `[DDB-9.11]`
            SegmentOutOfRange {
                /// The segment.
                segment: i64,
                /// How many there are.
                total: i64
            } => "The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: {segment} is not less than TotalSegments: {total}";
            /// A batch without tables. `[DDB-0.4a]`
            EmptyBatchWrite => "The requestItems parameter is required for BatchWriteItem";
            /// Over 25 writes or 100 reads in all. `[DDB-10.1]` `[DDB-10.3]`
            BatchTooLong {
                /// The operation.
                operation: &'static str
            } => "Too many items requested for the {operation} call";
            /// One item twice in a batch. `[DDB-10.1]` `[DDB-10.3]`
            DuplicateKeys => "Provided list of item keys contains duplicates";
            /// A write request that is neither put nor delete; AWS's odd text.
            /// `[DDB-10.3]`
            NoWriteRequest =>
                "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes";
            /// Two actions of a transaction on one item. `[DDB-11.3]`
            OneItemTwice => "Transaction request cannot include multiple operations on one item";
            /// A transaction that is too large. AWS's text is not known but in
            /// part. `[DDB-11.2]`
            PayloadSize => "Transaction payload size cannot exceed 4 MB";
            /// An element of a transaction without an action. `[DDB-11.1]`
            NoAction => "Invalid Request: TransactWriteRequest should contain Delete or Put or Update request";
            /// An element of a transaction with several. AWS's text is not
            /// known. `[DDB-11.1]`
            ManyActions => "TransactItems can only contain one of Check, Put, Update or Delete";
            /// CreateTable without a name. `[DDB-4.1.4]`
            TableNameRequired => "The parameter 'TableName' is required but was not present in the request";
            /// What CreateTable refuses with the usual beginning. `[DDB-4.2]`
            BadTable {
                /// What is wrong.
                what: Box<str>
            } => "One or more parameter values were invalid: {what}";
            /// Units above 10^12. `[DDB-4.2b]`
            UnitsOutOfBounds {
                /// What was asked for.
                value: i64,
                /// The member.
                member: &'static str
            } => "Given value {value} for {member} is out of bounds";
            /// A key schema with more attributes than definitions. `[DDB-4.2c]`
            KeyWithoutDefinition => "Invalid KeySchema: Some index key attribute have no definition";
            /// One attribute as both keys. `[DDB-4.2d]`
            SameKeyTwice => "Both the Hash Key and the Range Key element in the KeySchema have the same name";
            /// A key schema that does not begin with HASH. `[DDB-4.2e]`
            FirstNotHash => "Invalid KeySchema: The first KeySchemaElement is not a HASH key type";
            /// A second key that is not RANGE. `[DDB-4.2e]`
            SecondNotRange => "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type";
            /// A definition twice. `[DDB-4.2f]`
            DuplicateDefinition {
                /// The attribute.
                name: Box<str>
            } => "Attribute Name is duplicated: {name}";
            /// A projected name twice. `[DDB-4.2i]`
            DuplicateProjection {
                /// The attribute.
                name: Box<str>
            } => "Duplicate element in NonKeyAttributes: {name}";
            /// A request about tags, in AWS's words. `[DDB-4.4.15]`
            Refused {
                /// What is wrong.
                what: Box<str>
            } => "{what}";
            /// More than 50 tags. `[DDB-4.4.15]`
            TooManyTags => "Number of Tags exceed the current limit for the provided ResourceArn";
            /// No such class. `[DDB-4.2l]`
            TableClass =>
                "Invalid table-class parameter provided. Please try again with a valid table-class value: [STANDARD, STANDARD_INFREQUENT_ACCESS].";
            /// An UpdateTable that changes nothing. `[DDB-4.4.6]`
            NothingToUpdate =>
                "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates, SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, ReplicaTransitRoleArn, MultiRegionConsistency, DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass is required";
            /// Throughput that is there already. `[DDB-4.4.6]`
            SameThroughput {
                /// Read units.
                read: u64,
                /// Write units.
                write: u64
            } => "The provisioned throughput for the table will not change. The requested value equals the current value. Current ReadCapacityUnits provisioned for the table: {read}. Requested ReadCapacityUnits: {read}. Current WriteCapacityUnits provisioned for the table: {write}. Requested WriteCapacityUnits: {write}. Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.";
            /// The same of an index. `[DDB-4.4.6]`
            SameIndexThroughput {
                /// The index.
                index: Box<str>,
                /// Read units.
                read: u64,
                /// Write units.
                write: u64
            } => "The provisioned throughput for the index {index} will not change. The requested value equals the current value. Current ReadCapacityUnits provisioned for the index: {read}. Requested ReadCapacityUnits: {read}. Current WriteCapacityUnits provisioned for the index: {write}. Requested WriteCapacityUnits: {write}. Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.";
            /// A stream that is on already. `[DDB-4.4.11]`
            StreamIsOn {
                /// The table.
                table: Box<str>
            } => "Table already has an enabled stream: TableName: {table}";
            /// A stream that is off already. `[DDB-4.4.11]`
            StreamIsOff {
                /// The table.
                table: Box<str>
            } => "Table has no stream to disable: TableName: {table}";
            /// An index that is there already. `[DDB-4.4.9]`
            IndexExists => "Attempting to create an index which already exists";
            /// A local index where only a global one will do. `[DDB-4.4.9]`
            NotGlobal {
                /// The index.
                index: Box<str>
            } => "Cannot delete an index that is not a GlobalSecondaryIndex: {index}";
            /// An index that is being filled. `[DDB-4.4.10]`
            IndexIsFilling {
                /// The index.
                index: Box<str>
            } => "Cannot read from backfilling global secondary index: {index}";
            /// Items expire by another attribute. `[DDB-14.1]`
            OtherTimeToLive {
                /// Which.
                attribute: Box<str>
            } => "TimeToLive is active on a different AttributeName: current AttributeName is {attribute}";
            /// Items expire already. `[DDB-14.1]`
            TimeToLiveIsOn => "TimeToLive is already enabled";
            /// Items do not expire anyway. `[DDB-14.1]`
            TimeToLiveIsOff => "TimeToLive is already disabled";
            /// Time to live was changed a moment ago. `[DDB-14.1]`
            TimeToLiveTooSoon => "Time to live has been modified multiple times within a fixed interval";
            /// A table that comes or goes. `[DDB-14.1]`
            TimeToLiveUnknown {
                /// Its state.
                state: &'static str
            } => "Cannot describe time to live while table is in {state} state: Current table state is {state}";
            /// A table that is protected. `[DDB-4.4.5]`
            Protected =>
                "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.";
            /// Not the ARN of a stream.
            BadStreamArn => "Invalid StreamArn";
            /// Not an iterator that this engine made.
            BadShardIterator => "Invalid ShardIterator";
            /// A sequence number where none belongs, or none where one does.
            /// `[DDB-13.6]`
            BadSequenceNumber => "Invalid SequenceNumber";
            /// A time where none belongs, none where one does, or one that is
            /// yet to come. AWS's text is not known. `[DDB-13.6]`
            BadTimestamp => "Invalid Timestamp";
        }
        ResourceNotFoundException ("ResourceNotFoundException", 400) {
            /// No such table, to the data plane. `[DDB-4.1.3]`
            UnknownTable => "Requested resource not found";
            /// No such table, to the control plane. `[DDB-4.1.3]`
            TableNotFound {
                /// Its name.
                table: Box<str>
            } => "Requested resource not found: Table: {table} not found";
            /// An ARN of no table. `[DDB-4.4.15]`
            ResourceArnNotFound {
                /// The ARN.
                arn: Box<str>
            } => "Requested resource not found: ResourcArn: {arn} not found";
            /// No such index. `[DDB-4.4.18]`
            IndexNotFound {
                /// The index.
                index: Box<str>,
                /// The table.
                table: Box<Box<str>>
            } => "Requested resource not found: Index {index} for table {table}";
            /// No such stream. `[DDB-13.9]`
            StreamNotFound {
                /// Its ARN.
                stream: Box<str>
            } => "Requested resource not found: Stream: {stream} not found";
            /// No such shard. `[DDB-13.6]`
            ShardNotFound {
                /// Its id.
                shard: Box<str>,
                /// The stream.
                stream: Box<str>
            } => "Requested resource not found: Shard does not exist: {shard} in stream: {stream}";
        }
        ResourceInUseException ("ResourceInUseException", 400) {
            /// The name is taken. `[DDB-4.2m]`
            TableExists {
                /// The name.
                table: Box<str>
            } => "Table already exists: {table}";
            /// The table is CREATING. `[DDB-4.4.16]`
            TableCreating {
                /// Its name.
                table: Box<str>
            } => "Attempt to change a resource which is still in use: Table is being created: {table}";
            /// The table is UPDATING. `[DDB-4.4.16]`
            TableUpdating {
                /// Its name.
                table: Box<str>
            } => "Attempt to change a resource which is still in use: Table: {table} is in the process of being updated.";
            /// The table is DELETING. `[DDB-4.4.16]`
            TableDeleting {
                /// Its name.
                table: Box<str>
            } => "Attempt to change a resource which is still in use: Table is being deleted: {table}";
        }
        TableNotFoundException ("TableNotFoundException", 400) {
            /// No such table, to backups. `[DDB-15.4]`
            NoTableToBackUp {
                /// Its name.
                table: Box<str>
            } => "Table not found: {table}";
        }
        BackupNotFoundException ("BackupNotFoundException", 400) {
            /// No such backup. `[DDB-15.4]`
            NoBackup {
                /// Its ARN.
                arn: Box<str>
            } => "Backup not found: {arn}";
        }
        TableInUseException ("TableInUseException", 400) {
            /// A table that cannot be backed up now. AWS's text is not known.
            TableInUse {
                /// Its name.
                table: Box<str>
            } => "Table is not in a state that can be backed up: {table}";
        }
        TableAlreadyExistsException ("TableAlreadyExistsException", 400) {
            /// The name of a restored table is taken. `[DDB-15.4]`
            RestoreTargetExists {
                /// Its name.
                table: Box<str>
            } => "Table already exists: {table}";
        }
        PointInTimeRecoveryUnavailableException ("PointInTimeRecoveryUnavailableException", 400) {
            /// The past of the table is not kept. `[DDB-15.4]`
            NoPointInTime {
                /// Its name.
                table: Box<str>
            } => "Point in time recovery is not enabled for table '{table}'";
        }
        InvalidRestoreTimeException ("InvalidRestoreTimeException", 400) {
            /// No time, two of them, or one that is not kept. AWS's text is
            /// not known. `[DDB-15.4]`
            BadRestoreTime => "The restore time must be between the earliest and the latest restorable time";
        }
        PolicyNotFoundException ("PolicyNotFoundException", 400) {
            /// No policy, or another revision.
            NoPolicy {
                /// The resource's ARN.
                arn: Box<str>
            } => "Resource-based policy not found for the provided ResourceArn: {arn}";
        }
        LimitExceededException ("LimitExceededException", 400) {
            /// Two indexes created or deleted at once. `[DDB-4.4.8]`
            OneIndexAtATime =>
                "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table";
            /// The twenty-first global index. `[DDB-4.4.17]`
            TooManyIndexes =>
                "Subscriber limit exceeded: Number of global secondary indexes exceeds per-table limit of 20";
        }
        ConditionalCheckFailedException ("ConditionalCheckFailedException", 400) {
            /// The condition was false. `[DDB-8.5]`
            ConditionFailed {
                /// The item that is there, if it was asked for; no part of
                /// the text.
                item: OldItem
            } => "The conditional request failed{item}";
        }
        DuplicateItemException ("DuplicateItemException", 400) {
            /// An INSERT of a key that is there. `[DDB-12.4]`
            DuplicateItem {
                /// The item that is there, if it was asked for; no part of
                /// the text.
                item: OldItem
            } => "Duplicate primary key exists in table{item}";
        }
        TransactionConflictException ("TransactionConflictException", 400) {
            /// A write meets a transaction that has been prepared.
            /// `[DDB-11.8]`
            TransactionConflict => "Transaction is ongoing for the item";
        }
        ReplicatedWriteConflictException ("ReplicatedWriteConflictException", 400) {
            /// Another Region writes the item of a table with strong
            /// consistency. AWS's text is not known. `[DDB-15.2]`
            ReplicatedWriteConflict =>
                "One or more items in this request are being modified by a request in another Region";
        }
        TransactionInProgressException ("TransactionInProgressException", 400) {
            /// A token whose transaction has been prepared and is not over.
            /// AWS's text is not known. `[DDB-11.9]`
            TransactionInProgress =>
                "The transaction with the given request token is already in progress.";
        }
        TransactionCanceledException ("TransactionCanceledException", 400) {
            /// A transaction was not done. `[DDB-11.7]`
            TransactionCanceled {
                /// Why, action by action.
                reasons: Box<Cancellation>
            } => "Transaction cancelled, please refer cancellation reasons for specific reasons [{reasons}]";
        }
        IdempotentParameterMismatchException ("IdempotentParameterMismatchException", 400) {
            /// A token that stands for another transaction. AWS's text is not
            /// known. `[DDB-11.9]`
            OtherParameters => "The request uses the same client token as a previous, but non-identical request.";
        }
        ProvisionedThroughputExceededException ("ProvisionedThroughputExceededException", 400, throttling) {
            /// A provisioned table, index or partition has no units left.
            /// `[CAP-5.2]`
            ThroughputExceeded {
                /// Which, and by how much.
                throttle: Box<Throttle>
            } => "{throttle}";
        }
        ThrottlingException ("ThrottlingException", 400, throttling) {
            /// A partition of an on-demand table or index has no units left.
            /// `[CAP-5.2]`
            Throttled {
                /// Which, and by how much.
                throttle: Box<Throttle>
            } => "{throttle}";
        }
        ExpiredIteratorException ("ExpiredIteratorException", 400) {
            /// The iterator is older than 15 minutes. `[DDB-13.6]`
            ExpiredIterator =>
                "Iterator expired. The iterator was created more than 15 minutes ago and can no longer be used.";
        }
        TrimmedDataAccessException ("TrimmedDataAccessException", 400) {
            /// The records are older than 24 hours. `[DDB-13.6]`
            Trimmed => "The operation attempted to read past the oldest stream record in a shard.";
        }
        AccessDeniedException ("AccessDeniedException", 400) {
            /// Permission was denied. `[DDB-16.0]`
            AccessDenied {
                /// The owner's words.
                message: Box<str>
            } => "{message}";
        }
        PreparedTransaction ("PreparedTransaction", 400) {
            /// Nothing is prepared under this name. Not AWS's.
            NotPrepared {
                /// The name.
                id: Box<str>
            } => "No transaction is prepared as {id}";
            /// Something is prepared under this name. Not AWS's.
            AlreadyPrepared {
                /// The name.
                id: Box<str>
            } => "A transaction is prepared as {id} already";
        }
        NotModelled ("NotModelled", 501) {
            /// Something that AWS does and this engine does not.
            NotModelled {
                /// What.
                what: &'static str
            } => "{what} is not modelled by this engine";
        }
    }
}

impl Error {
    /// The `__type` of the error's JSON body. Validation and throttling are
    /// answered from other namespaces than the service's own. `[DDB-1.3]`
    #[must_use]
    pub fn wire_type(&self) -> String {
        let shape = aws_core::AwsError::shape(self);
        match self.kind() {
            ErrorShape::ValidationException => format!("com.amazon.coral.validate#{shape}"),
            ErrorShape::ThrottlingException => format!("com.amazon.coral.availability#{shape}"),
            ErrorShape::AccessDeniedException => format!("com.amazon.coral.service#{shape}"),
            _ => format!("{}#{shape}", aws_core::AwsError::namespace(self)),
        }
    }
}

/// The members besides the message. `[DDB-8.5]` `[CAP-5.2]`
fn members(error: &Error) -> Map<String, Value> {
    let one = |name: &str, value: serde_json::Result<Value>| {
        value.map(|value| Map::from_iter([(String::from(name), value)])).unwrap_or_default()
    };
    match error {
        Error::ConditionFailed { item: OldItem(Some(item)) }
        | Error::DuplicateItem { item: OldItem(Some(item)) } => one("Item", serde_json::to_value(item)),
        Error::TransactionCanceled { reasons } => {
            one("CancellationReasons", serde_json::to_value(&reasons.0))
        }
        Error::ThroughputExceeded { throttle } => {
            one("ThrottlingReasons", serde_json::to_value(&throttle.reasons))
        }
        Error::Throttled { throttle } => one("throttlingReasons", serde_json::to_value(&throttle.reasons)),
        _ => Map::new(),
    }
}

/// The item that failed a condition, if the request asked for it.
#[derive(Debug, Clone, PartialEq)]
pub struct OldItem(pub Option<Item>);

impl fmt::Display for OldItem {
    /// Nothing: the item is a member of the error, not of its text.
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

/// Why a transaction was not done, action by action.
#[derive(Debug, Clone, PartialEq)]
pub struct Cancellation(pub Vec<CancellationReason>);

impl From<Vec<CancellationReason>> for Cancellation {
    fn from(reasons: Vec<CancellationReason>) -> Self {
        Self(reasons)
    }
}

impl fmt::Display for Cancellation {
    /// The codes alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, reason) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            f.write_str(&reason.code)?;
        }
        Ok(())
    }
}

/// What an empty key is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "they say it")]
pub enum Emptiness {
    String,
    Binary,
}

impl fmt::Display for Emptiness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if *self == Self::String { "string" } else { "binary" })
    }
}

/// A key attribute of the wrong type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyMismatch {
    /// The attribute.
    pub key: String,
    /// What the schema says.
    pub expected: ValueType,
    /// What was sent.
    pub actual: ValueType,
    /// The index, if it is not the table's own key.
    pub index: Option<String>,
}

impl fmt::Display for KeyMismatch {
    /// The end of AWS's text; of tables in lower case. `[DDB-2.6.3]`
    /// `[DDB-2.6.5]`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, expected, actual, index } = self;
        match index {
            None => write!(f, "{key} expected: {expected} actual: {actual}"),
            Some(index) => write!(f, "{key} Expected: {expected} Actual: {actual} IndexName: {index}"),
        }
    }
}

const _: () = assert!(size_of::<Error>() <= 40);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::{Layer, What};
    use crate::value::ValueFault;
    use alloc::string::ToString;
    use aws_core::{AwsError, Protocol, Wording};

    /// `[DDB-1.3]` `[DDB-16.2]`
    #[test]
    fn wire_types() {
        for (error, expected) in [
            (Error::ItemSize, "com.amazon.coral.validate#ValidationException"),
            (Error::AccessDenied { message: "no".into() }, "com.amazon.coral.service#AccessDeniedException"),
            (Error::ExpiredIterator, "com.amazonaws.dynamodb.v20120810#ExpiredIteratorException"),
        ] {
            assert_eq!((error.wire_type().as_str(), error.http_status()), (expected, 400));
        }
    }

    /// `[DDB-0.1]` `[DDB-0.2]`
    #[test]
    fn one_fault_in_every_layer() {
        let fault = |layer| {
            let what = What::ExpressionValue(
                ":v".into(),
                ValueFault::Number(NumberFault::NotNumeric, String::new()),
            );
            Error::Invalid { fault: Box::new(Fault { layer, what }) }
        };
        let new = "The parameter cannot be converted to a numeric value: ";
        let old = "ExpressionAttributeValues contains invalid value: The parameter cannot be converted to a numeric value for key :v";
        assert_eq!(fault(Layer::Prefixed).to_string(), format!("1 validation error detected: {new}"));
        assert_eq!(fault(Layer::Bare).to_string(), new);
        assert_eq!(fault(Layer::Classic).to_string(), old);
        assert_eq!(fault(Layer::Prefixed).message(Wording::Classic, Protocol::Json), old);
    }
}
