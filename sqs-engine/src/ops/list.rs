//! ListQueues, ListDeadLetterSourceQueues.

use super::billed;
use crate::engine::Target;
use crate::queue::Queue;
use crate::{
    Engine, Error, Event, ListDeadLetterSourceQueuesRequest, ListDeadLetterSourceQueuesResult,
    ListQueuesRequest, ListQueuesResult, limits,
};
use alloc::string::String;
use alloc::vec::Vec;
use aws_core::{AuthzRequest, Caller, Cx, Operation, Sink};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// How much of a listing is asked for. `[SQS-3.4]`
struct Page {
    /// The first name to look at.
    from: String,
    most: usize,
    /// Without a page size there is never a token.
    tokens: bool,
}

impl Page {
    fn new(max_results: Option<i64>, token: Option<&str>) -> Result<Self, Error> {
        let most = limits::LIST_RESULTS_MAX;
        if let Some(value) = max_results.filter(|value| !(1..=most.as_i64()).contains(value)) {
            return Err(Error::MaxResults { value });
        }
        let from = match token {
            None => String::new(),
            Some(token) => URL_SAFE_NO_PAD
                .decode(token)
                .ok()
                .and_then(|name| String::from_utf8(name).ok())
                .ok_or_else(|| Error::BadToken { token: token.into() })?,
        };
        let asked = max_results.and_then(|value| usize::try_from(value).ok());
        Ok(Self { from, most: asked.unwrap_or(most.as_usize()), tokens: max_results.is_some() })
    }

    /// The URLs on this page, and the token of the next one.
    fn cut<'q>(&self, mut queues: impl Iterator<Item = &'q Queue>) -> (Vec<String>, Option<String>) {
        let urls = queues.by_ref().take(self.most).map(|queue| String::from(&*queue.url)).collect();
        let next = if self.tokens { queues.next() } else { None };
        (urls, next.map(|queue| URL_SAFE_NO_PAD.encode(&*queue.name)))
    }
}

impl Operation<Engine> for ListQueuesRequest {
    type Output = ListQueuesResult;
    type Target = ();

    fn resolve(&self, _engine: &Engine, _caller: &Caller) -> Result<(), Error> {
        Ok(())
    }

    fn needs(&self, _engine: &Engine, (): &(), _caller: &Caller) -> Vec<AuthzRequest> {
        Vec::from([AuthzRequest::new("sqs:ListQueues", "*")])
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        (): (),
        mut cx: Cx<'_, S>,
    ) -> Result<ListQueuesResult, Error> {
        cx.sink.usage(billed(0));
        let page = Page::new(self.max_results, self.next_token.as_deref())?;
        let prefix = self.queue_name_prefix.unwrap_or_default();
        let from = if page.from > prefix { &page.from } else { &prefix };
        let queues = engine.queues_from(from).take_while(|queue| queue.name.starts_with(&*prefix));
        let (queue_urls, next_token) = page.cut(queues);
        Ok(ListQueuesResult { queue_urls, next_token })
    }
}

impl Operation<Engine> for ListDeadLetterSourceQueuesRequest {
    type Output = ListDeadLetterSourceQueuesResult;
    type Target = Target;

    fn resolve(&self, engine: &Engine, caller: &Caller) -> Result<Target, Error> {
        Target::find(engine, &self.queue_url, caller)
    }

    fn needs(&self, engine: &Engine, target: &Target, _caller: &Caller) -> Vec<AuthzRequest> {
        target.needs(engine, "ListDeadLetterSourceQueues")
    }

    fn perform<S: Sink<Event>>(
        self,
        engine: &mut Engine,
        target: Target,
        mut cx: Cx<'_, S>,
    ) -> Result<ListDeadLetterSourceQueuesResult, Error> {
        cx.sink.usage(billed(0));
        let arn = engine.queue(target.place()?)?.arn.clone();
        let page = Page::new(self.max_results, self.next_token.as_deref())?;
        // [SQS-3.5] Those whose redrive policy names this queue now.
        let sources = engine.queues_from(&page.from).filter(|queue| {
            queue.attributes.redrive.as_ref().is_some_and(|redrive| redrive.target_arn == arn)
        });
        let (queue_urls, next_token) = page.cut(sources);
        Ok(ListDeadLetterSourceQueuesResult { queue_urls, next_token })
    }
}
