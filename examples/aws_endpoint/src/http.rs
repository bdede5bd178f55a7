//! From HTTP to a call and back.

use crate::encoding::{self, Encoding};
use crate::hosted::Hosted as _;
use crate::json::{self, Answer};
use crate::query::{self, Faulty, Form};
use crate::sigv4::{Fault, Signature};
use crate::sts;
use crate::world::{Refusal, World};
use aws_core::wire::split_target;
use aws_core::{AwsError as _, Caller, Home, Protocol, Span, Wording};
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use serde::Deserialize;
use std::sync::Arc;

/// What a body may measure. DynamoDB's limit; the others' engines have their
/// own, which are smaller.
const BODY_MAX: usize = 16 * 1_024 * 1_024;

/// What all headers together may measure.
const HEADERS_MAX: usize = 16 * 1_024;

/// Answers a request.
pub async fn serve(State(world): State<Arc<World>>, request: Request<Body>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let mut response = answer(&world, &parts, body).await;
    share(&parts, response.headers_mut());
    response
}

/// Lets pages of other origins read the answer, as AWS does.
fn share(parts: &Parts, headers: &mut HeaderMap) {
    if !parts.headers.contains_key("origin") {
        return;
    }
    headers.insert("access-control-allow-origin", HeaderValue::from_static("*"));
    headers.insert(
        "access-control-expose-headers",
        HeaderValue::from_static("x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date"),
    );
    if parts.method == Method::OPTIONS {
        headers.insert("access-control-max-age", HeaderValue::from_static("172800"));
        for (allowed, asked) in [
            ("access-control-allow-methods", "access-control-request-method"),
            ("access-control-allow-headers", "access-control-request-headers"),
        ] {
            headers.extend(
                parts.headers.get(asked).map(|asked| (HeaderName::from_static(allowed), asked.clone())),
            );
        }
    }
}

async fn answer(world: &World, parts: &Parts, body: Body) -> Response<Body> {
    let headers = parts.headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum::<usize>();
    if headers > HEADERS_MAX {
        return plain(StatusCode::BAD_REQUEST, "");
    }
    let Ok(raw) = to_bytes(body, BODY_MAX).await else {
        return plain(StatusCode::PAYLOAD_TOO_LARGE, "");
    };
    if let Some(response) = control(world, parts, &raw) {
        return response;
    }
    let encoded = header(parts, "content-encoding").unwrap_or_default();
    let target = header(parts, "x-amz-target").and_then(target);
    let body = if encoded.is_empty() {
        raw.to_vec()
    } else {
        match encoding::decompress(encoded, &raw, BODY_MAX) {
            Ok(body) if body.len() > BODY_MAX => return plain(StatusCode::PAYLOAD_TOO_LARGE, ""),
            Ok(body) => body,
            // It is no fault of the server's, but AWS says it is.
            Err(_) => {
                let call = Incoming { world, parts, raw: &raw, body: b"" };
                return call.send(target.map_or(Service::Dynamo, |(service, _)| service), Answer::failed());
            }
        }
    };
    let call = Incoming { world, parts, raw: &raw, body: &body };
    if let Some((service, operation)) = target {
        return call.json(service, operation).await;
    }
    let posted = if parts.method == Method::POST { body.as_slice() } else { b"" };
    let Ok(form) = form(parts, posted) else {
        return plain(StatusCode::BAD_REQUEST, "<MalformedQueryString/>\n");
    };
    match form.get("Action").cloned() {
        Some(action) => call.query(&action, &form).await,
        None if header(parts, "x-amz-target").is_some() => {
            let answer = Answer::refused("com.amazon.coral.service#", "UnknownOperationException", None);
            call.send(Service::Dynamo, answer)
        }
        None if parts.method == Method::OPTIONS => plain(StatusCode::OK, ""),
        None if parts.method == Method::GET && parts.uri.path() == "/" => {
            plain(StatusCode::OK, &format!("healthy: {} ", header(parts, "host").unwrap_or_default()))
        }
        None => plain(StatusCode::NOT_FOUND, "<UnknownOperationException/>\n"),
    }
}

/// The parameters of a request in the Query protocol.
fn form(parts: &Parts, posted: &[u8]) -> Result<Form, Box<dyn std::error::Error>> {
    let mut form = query::form(parts.uri.query().unwrap_or_default())?;
    form.extend(query::form(std::str::from_utf8(posted)?)?);
    Ok(form)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Service {
    Dynamo,
    Streams,
    Sqs,
    Kms,
}

/// The service and operation of an `X-Amz-Target`.
fn target(text: &str) -> Option<(Service, &str)> {
    let (prefix, operation) = split_target(text)?;
    let service = match prefix {
        "DynamoDB_20120810" => Service::Dynamo,
        "DynamoDBStreams_20120810" => Service::Streams,
        "AmazonSQS" => Service::Sqs,
        "TrentService" => Service::Kms,
        _ => return None,
    };
    Some((service, operation))
}

impl Service {
    fn name(self) -> &'static str {
        match self {
            Self::Dynamo | Self::Streams => "dynamodb",
            Self::Sqs => "sqs",
            Self::Kms => "kms",
        }
    }

    /// The streams have four operations of their own.
    fn has(self, operation: &str) -> bool {
        let of_streams =
            matches!(operation, "DescribeStream" | "GetRecords" | "GetShardIterator" | "ListStreams");
        match self {
            Self::Dynamo => !of_streams,
            Self::Streams => of_streams,
            Self::Sqs | Self::Kms => true,
        }
    }
}

fn header<'p>(parts: &'p Parts, name: &str) -> Option<&'p str> {
    parts.headers.get(name).and_then(|value| value.to_str().ok())
}

fn plain(status: StatusCode, text: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(text.to_string()));
    *response.status_mut() = status;
    response
}

/// The routes that are not AWS's: forget everything, move the clock.
fn control(world: &World, parts: &Parts, body: &[u8]) -> Option<Response<Body>> {
    match (parts.uri.path(), &parts.method) {
        ("/moto-api/reset", &Method::POST) => {
            world.reset();
            Some(plain(StatusCode::OK, "{\"status\": \"ok\"}"))
        }
        ("/_control/clock", &Method::POST) => {
            #[derive(Deserialize)]
            #[serde(deny_unknown_fields)]
            struct Advance {
                advance_seconds: i64,
            }
            let asked = serde_json::from_slice(body);
            Some(match asked {
                Ok(Advance { advance_seconds })
                    if world.clock.advance(Span::from_seconds(advance_seconds)) =>
                {
                    plain(StatusCode::OK, &world.clock.now().as_millis().to_string())
                }
                Ok(_) => {
                    plain(StatusCode::CONFLICT, "the clock is the system's: start with --clock virtual\n")
                }
                Err(error) => plain(
                    StatusCode::BAD_REQUEST,
                    &format!("{error}; expected {{\"advance_seconds\": 60}}\n"),
                ),
            })
        }
        _ => None,
    }
}

/// Who called, and where.
struct Signed {
    caller: Caller,
    home: Home,
}

/// What of a request names somebody's resource.
#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct Named {
    queue_url: Option<serde_json::Value>,
    queue_owner_a_w_s_account_id: Option<serde_json::Value>,
    key_id: Option<serde_json::Value>,
    table_name: Option<serde_json::Value>,
}

struct Incoming<'c> {
    world: &'c World,
    parts: &'c Parts,
    /// The body as it was sent, and signed.
    raw: &'c [u8],
    body: &'c [u8],
}

impl Incoming<'_> {
    /// Who signed it. A key that is known must have signed; others are taken
    /// at their word, unless keys are strict.
    fn signed(&self) -> Result<Signed, Fault> {
        let unknown = || Fault::Invalid("The security token included in the request is invalid.".into());
        let signature = match Signature::of(self.parts) {
            Ok(signature) => signature,
            Err(fault) => {
                let caller = self.world.credentials.stranger("", self.world.home.account);
                let (Fault::Missing, Some(caller)) = (&fault, caller) else { return Err(fault) };
                return Ok(self.placed(caller, None));
            }
        };
        let known = self.world.credentials.get(&signature.access_key);
        let caller = match known {
            Some(credential) => {
                let now = self.world.clock.now();
                signature.check_time(now)?;
                let token = header(self.parts, "x-amz-security-token");
                if credential.token.as_deref() != token {
                    return Err(unknown());
                }
                if credential.expires.is_some_and(|at| at <= now) {
                    return Err(Fault::Invalid(
                        "The security token included in the request is expired".into(),
                    ));
                }
                signature.check(self.parts, self.raw, &credential.secret)?;
                credential.caller
            }
            None => {
                let stranger =
                    self.world.credentials.stranger(&signature.access_key, self.world.home.account);
                stranger.ok_or_else(unknown)?
            }
        };
        Ok(self.placed(caller, Some(signature.region())))
    }

    fn placed(&self, caller: Caller, region: Option<&str>) -> Signed {
        let Home { region: default, account } = self.world.home.clone();
        let account = caller.account().unwrap_or(account);
        let region = region.and_then(|region| region.parse().ok()).unwrap_or(default);
        Signed { caller, home: Home { region, account } }
    }

    /// Where the resource is that the request names: another account's queue,
    /// key or table may be meant.
    fn owner(&self, signed: &Signed, service: Service) -> Home {
        let named: Named = match service {
            Service::Streams => Named::default(),
            _ => serde_json::from_slice(self.body).unwrap_or_default(),
        };
        let text = |value: &Option<serde_json::Value>| {
            value.as_ref().and_then(|value| value.as_str().map(String::from))
        };
        let of_url = text(&named.queue_url).and_then(|url| {
            let mut parts = url.rsplit('/');
            parts.next()?;
            parts.next()?.parse().ok()
        });
        let of_arn = [&named.key_id, &named.table_name]
            .into_iter()
            .find_map(|value| text(value)?.strip_prefix("arn:")?.split(':').nth(3)?.parse().ok());
        let stated = text(&named.queue_owner_a_w_s_account_id).and_then(|id| id.parse().ok());
        Home {
            account: stated.or(of_url).or(of_arn).unwrap_or(signed.home.account),
            region: signed.home.region.clone(),
        }
    }

    async fn json(&self, service: Service, operation: &str) -> Response<Body> {
        let namespace = json::coral(service.name());
        let signed = match self.signed() {
            Ok(signed) => signed,
            Err(Fault::Invalid(message)) if message.starts_with("The security token") => {
                let answer = Answer::refused(namespace, "UnrecognizedClientException", Some(&message));
                return self.send(service, answer);
            }
            Err(fault) => return self.send(service, Answer::unsigned(namespace, &fault)),
        };
        if !service.has(operation) {
            return self.send(service, Answer::refused(namespace, "UnknownOperationException", None));
        }
        let home = self.owner(&signed, service);
        let (world, caller) = (self.world, &signed.caller);
        let answer = match service {
            Service::Dynamo | Service::Streams => {
                json::answer::<dynamo_engine::Engine>(world, &home, caller, operation, self.body).await
            }
            Service::Sqs => {
                json::answer::<sqs_engine::Engine>(world, &home, caller, operation, self.body).await
            }
            Service::Kms => {
                json::answer::<kms_envelope::Engine>(world, &home, caller, operation, self.body).await
            }
        };
        self.send(service, answer)
    }

    /// The answer as it goes over the wire.
    fn send(&self, service: Service, answer: Answer) -> Response<Body> {
        let asked = header(self.parts, "content-type").unwrap_or_default();
        let kind = match (service, asked) {
            (Service::Kms, _) => "application/x-amz-json-1.1",
            (_, "application/json") => "application/json",
            _ => "application/x-amz-json-1.0",
        };
        let mut response = Response::new(Body::empty());
        *response.status_mut() =
            StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut body = answer.body;
        let mut set = |name: &'static str, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                response.headers_mut().insert(name, value);
            }
        };
        set("content-type", kind);
        set("x-amzn-requestid", &self.request_id(service));
        if let Some(code) = answer.query_error.filter(|_| service == Service::Sqs) {
            set("x-amzn-query-error", &code);
        }
        if let Some(why) = answer.explanation {
            set("x-endpoint-explanation", &one_line(&why));
        }
        if service.name() == "dynamodb" {
            set("server", "Server");
            let accepted = header(self.parts, "accept-encoding").and_then(Encoding::accepted);
            if let Some((encoding, smaller)) =
                accepted.and_then(|encoding| Some((encoding, encoding.compress(&body)?)))
            {
                set("content-encoding", encoding.name());
                body = smaller;
            }
            set("x-amz-crc32", &crc32fast::hash(&body).to_string());
        }
        *response.body_mut() = Body::from(body);
        response
    }

    /// DynamoDB's ids are 52 letters and digits, the others' are UUIDs.
    fn request_id(&self, service: Service) -> String {
        let mut random = self.world.next_seed().expand(b"request id");
        if service.name() != "dynamodb" {
            return random.uuid();
        }
        let bytes: [u8; 52] = random.bytes();
        bytes
            .iter()
            .map(|byte| char::from_digit(u32::from(byte % 32), 32).unwrap_or('0').to_ascii_uppercase())
            .collect()
    }

    async fn query(&self, action: &str, form: &Form) -> Response<Body> {
        let of_sts = form.get("Version").is_some_and(|version| version.starts_with("2011"))
            || Signature::of(self.parts).is_ok_and(|signature| signature.service() == "sts");
        let request_id = self.world.next_seed().expand(b"request id").uuid();
        let namespace = if of_sts { sts::NAMESPACE } else { query::sqs::NAMESPACE };
        let xml = match self.signed() {
            Err(fault) => Err(unsigned(&fault)),
            Ok(signed) if of_sts => sts::call(self.world, &signed.home, &signed.caller, action, form)
                .map(|xml| xml.reply(action, namespace, &request_id)),
            Ok(signed) => {
                self.sqs(&signed, action, form).await.map(|xml| xml.reply(action, namespace, &request_id))
            }
        };
        let (status, text, explanation) = match xml {
            Ok(text) => (200, text, None),
            Err(faulty) => (faulty.status, faulty.to_xml(namespace, &request_id), faulty.explanation),
        };
        let mut response =
            plain(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), &text);
        response.headers_mut().insert("content-type", HeaderValue::from_static("text/xml"));
        for (name, value) in [
            ("x-amzn-requestid", Some(request_id)),
            ("x-endpoint-explanation", explanation.map(|why| one_line(&why))),
        ] {
            if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }

    /// A call of SQS in the Query protocol. The queue may be named by the
    /// path it is sent to.
    async fn sqs(&self, signed: &Signed, action: &str, form: &Form) -> Result<query::Xml, Faulty> {
        let path = self.parts.uri.path();
        let at_queue = path.trim_matches('/').split('/').count() == 2;
        let invalid = || Faulty {
            code: "InvalidAction".into(),
            status: 400,
            message: format!("The action {action} is not valid for this endpoint."),
            explanation: None,
        };
        if !sqs_engine::Engine::has(action) || (at_queue && matches!(action, "CreateQueue" | "ListQueues")) {
            return Err(invalid());
        }
        let mut form = form.clone();
        if at_queue {
            form.entry("QueueUrl".into()).or_insert_with(|| path.into());
        }
        let faulty = |code: &str, message: String| Faulty {
            code: code.into(),
            status: 400,
            message,
            explanation: None,
        };
        let request = query::sqs::request(action, &form)
            .map_err(|error| faulty("InvalidParameterValue", error.to_string()))?;
        let home = Home {
            account: form
                .get("QueueUrl")
                .and_then(|url| url.rsplit('/').nth(1)?.parse().ok())
                .or_else(|| form.get("QueueOwnerAWSAccountId")?.parse().ok())
                .unwrap_or(signed.home.account),
            region: signed.home.region.clone(),
        };
        let request =
            serde_json::from_value(request).map_err(|error| faulty("MalformedInput", error.to_string()))?;
        let reply = self.world.call::<sqs_engine::Engine>(&home, &signed.caller, request).await;
        match reply {
            Ok(response) => {
                let value = serde_json::to_value(&response).unwrap_or_default();
                Ok(query::sqs::reply(action, &value))
            }
            Err(Refusal { error, explanation }) => Err(Faulty {
                code: error.query_code().into(),
                status: error.http_status(),
                message: error.message(Wording::Current, Protocol::Query),
                explanation,
            }),
        }
    }
}

/// What the Query protocol says of a signature.
fn unsigned(fault: &Fault) -> Faulty {
    let code = match fault {
        Fault::Missing => "MissingAuthenticationToken",
        Fault::Incomplete(_) => "IncompleteSignature",
        Fault::Invalid(message) if message.starts_with("The security token") => "InvalidClientTokenId",
        Fault::Invalid(_) => "SignatureDoesNotMatch",
    };
    Faulty { code: code.into(), status: 403, message: fault.to_string(), explanation: None }
}

/// A header has one line.
fn one_line(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" | ")
}
