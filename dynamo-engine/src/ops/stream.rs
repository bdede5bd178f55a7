//! DescribeStream, GetShardIterator, GetRecords, ListStreams.

use super::members;
use crate::api::{
    DescribeStreamRequest, DescribeStreamResult, GetRecordsRequest, GetRecordsResult,
    GetShardIteratorRequest, GetShardIteratorResult, ListStreamsRequest, ListStreamsResult, ShardFilter,
    StreamDescription, StreamSummary,
};
use crate::table::describe::{key_schema, seconds};
use crate::table::stream::{Stream, number};
use crate::{Engine, Error, Event};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use aws_core::{
    AuthzRequest, Caller, Constraint, Cx, Operation, Sink, Span, Timestamp, Unit, Usage, Violations,
};
use md5::{Digest, Md5};

/// How long an iterator can be used. `[DDB-13.6]`
const ITERATOR: Span = Span::from_minutes(15);
/// Bytes and records of one GetRecords. `[DDB-13.7]`
const PAGE: u64 = 1_048_576;
const RECORDS: i64 = 1_000;

impl Engine {
    /// [DDB-13.9]
    fn stream(&self, arn: &str) -> Result<&Stream, Error> {
        self.streams()
            .find(|stream| &*stream.arn == arn)
            .ok_or_else(|| Error::StreamNotFound { stream: arn.into() })
    }
}

fn limit(value: Option<i64>, most: i64) -> Result<usize, Error> {
    let mut faults = Violations::new();
    let value = value.unwrap_or(most);
    if value < 1 {
        faults.echoed("limit", value, Constraint::MinValue(1));
    }
    if value > most {
        faults.echoed("limit", value, Constraint::MaxValue(most));
    }
    members::check(faults)?;
    Ok(usize::try_from(value).unwrap_or_default())
}

/// [DDB-13.8]
fn check_filter(filter: Option<&ShardFilter>) -> Result<(), Error> {
    let Some(filter) = filter else { return Ok(()) };
    let mut faults = Violations::new();
    match filter.kind.as_deref() {
        None => faults.null("shardFilter.type"),
        kind => members::one_of(&mut faults, "shardFilter.type", kind, &["CHILD_SHARDS"]),
    }
    match filter.shard_id.as_deref() {
        None => faults.null("shardFilter.shardId"),
        Some(id) if id.len() < 28 => faults.echoed("shardFilter.shardId", id, Constraint::MinLength(28)),
        Some(id) if id.len() > 65 => faults.echoed("shardFilter.shardId", id, Constraint::MaxLength(65)),
        Some(_) => {}
    }
    members::check(faults)
}

fn check_arn(arn: &str) -> Result<(), Error> {
    if arn.starts_with("arn:") && arn.contains("/stream/") { Ok(()) } else { Err(Error::BadStreamArn) }
}

/// Where in a shard to read: the text of a ShardIterator. AWS's is opaque;
/// this one is readable, and a changed one is recognised.
struct Iterator<'t> {
    arn: &'t str,
    shard: usize,
    next: u64,
    made: Timestamp,
}

impl Iterator<'_> {
    fn seal(&self) -> String {
        let body = format!("{}|1|{}|{}|{}", self.arn, self.shard, self.next, self.made.as_millis());
        format!("{body}|{}", digest(&body))
    }
}

fn digest(body: &str) -> String {
    Md5::digest(body.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

fn open(text: &str) -> Option<Iterator<'_>> {
    let (body, seal) = text.rsplit_once('|')?;
    if digest(body) != seal {
        return None;
    }
    let mut parts = body.rsplitn(5, '|');
    let made = Timestamp::from_millis(parts.next()?.parse().ok()?);
    let next = parts.next()?.parse().ok()?;
    let shard = parts.next()?.parse().ok()?;
    let _version = parts.next()?;
    Some(Iterator { arn: parts.next()?, shard, next, made })
}

impl Operation<Engine> for DescribeStreamRequest {
    type Output = DescribeStreamResult;
    type Target = ();

    fn resolve(&self, _engine: &Engine, _caller: &Caller) -> Result<(), Error> {
        check_arn(&self.stream_arn)
    }

    fn needs(&self, _engine: &Engine, (): &(), _caller: &Caller) -> Vec<AuthzRequest> {
        Vec::from([AuthzRequest::new("dynamodb:DescribeStream", self.stream_arn.as_str())])
    }

    /// [DDB-13.8]
    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        (): (),
        _cx: Cx<'_, S>,
    ) -> Result<DescribeStreamResult, Error> {
        let limit = limit(self.limit, 100)?;
        check_filter(self.shard_filter.as_ref())?;
        let stream = engine.stream(&self.stream_arn)?;
        let parent = self.shard_filter.and_then(|filter| filter.shard_id);
        let after = self.exclusive_start_shard_id.as_deref();
        let mut shards =
            stream.shards.iter().filter(|shard| after.is_none_or(|after| shard.id.as_str() > after));
        // Shards live as long as their stream, so that none has children.
        let mut shards = shards.by_ref().filter(|_| parent.is_none());
        let closed = stream.closed.is_some();
        let page: Vec<_> = shards.by_ref().take(limit).map(|shard| shard.describe(closed)).collect();
        let more = shards.next().is_some();
        let schema = engine.tables().get(&stream.table).map(|table| &table.definition.schema);
        Ok(DescribeStreamResult {
            stream_description: StreamDescription {
                stream_arn: stream.arn.to_string(),
                stream_label: stream.label.clone(),
                stream_status: if closed { "DISABLED" } else { "ENABLED" }.into(),
                stream_view_type: stream.view.name().into(),
                creation_request_date_time: seconds(stream.created),
                table_name: stream.table.to_string(),
                key_schema: schema.map(key_schema).unwrap_or_default(),
                last_evaluated_shard_id: page.last().filter(|_| more).map(|shard| shard.shard_id.clone()),
                shards: page,
            },
        })
    }
}

impl Operation<Engine> for GetShardIteratorRequest {
    type Output = GetShardIteratorResult;
    type Target = ();

    fn resolve(&self, _engine: &Engine, _caller: &Caller) -> Result<(), Error> {
        check_arn(&self.stream_arn)
    }

    fn needs(&self, _engine: &Engine, (): &(), _caller: &Caller) -> Vec<AuthzRequest> {
        Vec::from([AuthzRequest::new("dynamodb:GetShardIterator", self.stream_arn.as_str())])
    }

    /// [DDB-13.6]
    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        (): (),
        cx: Cx<'_, S>,
    ) -> Result<GetShardIteratorResult, Error> {
        const KINDS: &[&str] =
            &["AFTER_SEQUENCE_NUMBER", "LATEST", "AT_SEQUENCE_NUMBER", "TRIM_HORIZON", "AT_TIMESTAMP"];
        let mut faults = Violations::new();
        members::one_of(&mut faults, "shardIteratorType", Some(&self.shard_iterator_type), KINDS);
        members::check(faults)?;
        let kind = self.shard_iterator_type.as_str();
        let by_number = kind.ends_with("SEQUENCE_NUMBER");
        if by_number != self.sequence_number.is_some() {
            return Err(Error::BadSequenceNumber);
        }
        let now = seconds(cx.now);
        if (kind == "AT_TIMESTAMP") != self.timestamp.is_some() || self.timestamp.is_some_and(|at| at > now) {
            return Err(Error::BadTimestamp);
        }
        let stream = engine.stream(&self.stream_arn)?;
        let missing = || Error::ShardNotFound {
            shard: self.shard_id.as_str().into(),
            stream: self.stream_arn.as_str().into(),
        };
        let shard = stream.shards.iter().position(|shard| shard.id == self.shard_id).ok_or_else(missing)?;
        let log = stream.shards.get(shard).ok_or_else(missing)?;
        let next = match &self.sequence_number {
            Some(text) => {
                let at = number(text).filter(|at| *at <= stream.next).ok_or(Error::BadSequenceNumber)?;
                if kind.starts_with("AFTER") { at + 1 } else { at }
            }
            None if kind == "LATEST" => stream.next,
            None => log.horizon(cx.now, stream.next, self.timestamp),
        };
        // [DDB-13.6] What is asked for by number may have been trimmed.
        if by_number && log.from(next, cx.now).is_none() {
            return Err(Error::Trimmed);
        }
        let iterator = Iterator { arn: &stream.arn, shard, next, made: cx.now };
        Ok(GetShardIteratorResult { shard_iterator: iterator.seal() })
    }
}

impl Operation<Engine> for GetRecordsRequest {
    type Output = GetRecordsResult;
    type Target = ();

    fn resolve(&self, _engine: &Engine, _caller: &Caller) -> Result<(), Error> {
        open(&self.shard_iterator).map(|_| ()).ok_or(Error::BadShardIterator)
    }

    fn needs(&self, _engine: &Engine, (): &(), _caller: &Caller) -> Vec<AuthzRequest> {
        let arn = open(&self.shard_iterator).map_or("*", |iterator| iterator.arn);
        Vec::from([AuthzRequest::new("dynamodb:GetRecords", arn)])
    }

    /// [DDB-13.7]
    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        (): (),
        mut cx: Cx<'_, S>,
    ) -> Result<GetRecordsResult, Error> {
        let limit = limit(self.limit, RECORDS)?;
        let iterator = open(&self.shard_iterator).ok_or(Error::BadShardIterator)?;
        if cx.now.since(iterator.made) > ITERATOR {
            return Err(Error::ExpiredIterator);
        }
        let stream = engine.stream(iterator.arn)?;
        let log = stream.shards.get(iterator.shard).ok_or(Error::BadShardIterator)?;
        let found = log.from(iterator.next, cx.now).ok_or(Error::Trimmed)?;
        // [CAP-48]
        cx.sink.usage(Usage::new(Unit::StreamReads, 1));
        let (mut records, mut next, mut bytes) = (Vec::new(), iterator.next, 0);
        let mut end = true;
        for (number, record) in found {
            if records.len() >= limit || bytes >= PAGE {
                end = false;
                break;
            }
            bytes += record.dynamodb.size_bytes;
            next = number + 1;
            records.push(record.clone());
        }
        let over = end && stream.closed.is_some();
        let following = Iterator { next, made: cx.now, ..iterator };
        Ok(GetRecordsResult { records, next_shard_iterator: (!over).then(|| following.seal()) })
    }
}

impl Operation<Engine> for ListStreamsRequest {
    type Output = ListStreamsResult;
    type Target = ();

    fn resolve(&self, _engine: &Engine, _caller: &Caller) -> Result<(), Error> {
        limit(self.limit, 100)?;
        self.exclusive_start_stream_arn.as_deref().map_or(Ok(()), check_arn)
    }

    fn needs(&self, _engine: &Engine, (): &(), _caller: &Caller) -> Vec<AuthzRequest> {
        Vec::from([AuthzRequest::new("dynamodb:ListStreams", "*")])
    }

    /// [DDB-13.8]
    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        (): (),
        _cx: Cx<'_, S>,
    ) -> Result<ListStreamsResult, Error> {
        let limit = limit(self.limit, 100)?;
        let wanted = |stream: &&Stream| self.table_name.as_deref().is_none_or(|name| &*stream.table == name);
        let mut all: Vec<_> = engine.streams().filter(wanted).collect();
        all.sort_by(|a, b| a.arn.cmp(&b.arn));
        let after = self.exclusive_start_stream_arn.as_deref();
        let streams: Vec<_> = all
            .into_iter()
            .filter(|stream| after.is_none_or(|after| &*stream.arn > after))
            .take(limit)
            .map(|stream| StreamSummary {
                stream_arn: stream.arn.to_string(),
                table_name: stream.table.to_string(),
                stream_label: stream.label.clone(),
            })
            .collect();
        let full = streams.len() == limit;
        let last_evaluated_stream_arn =
            streams.last().filter(|_| full).map(|stream| stream.stream_arn.clone());
        Ok(ListStreamsResult { streams, last_evaluated_stream_arn })
    }
}
