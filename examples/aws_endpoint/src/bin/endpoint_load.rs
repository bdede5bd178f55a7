//! How many calls a second an endpoint answers: ours or anybody's who speaks
//! DynamoDB and SQS as JSON. Usage: `endpoint_load URL [SECONDS] [CONNECTIONS]`

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

type Fallible<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// One connection, kept alive.
struct Client {
    stream: TcpStream,
    host: String,
    buffer: Vec<u8>,
}

impl Client {
    async fn new(host: &str) -> Fallible<Self> {
        let stream = TcpStream::connect(host).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, host: host.into(), buffer: Vec::new() })
    }

    /// The status and body of an answer.
    async fn call(&mut self, target: &str, body: &str) -> Fallible<(u16, String)> {
        let service = if target.starts_with("AmazonSQS") { "sqs" } else { "dynamodb" };
        let request = format!(
            "POST / HTTP/1.1\r\nHost: {}\r\nContent-Type: application/x-amz-json-1.0\r\nX-Amz-Target: {target}\r\nX-Amz-Date: 20260101T000000Z\r\nAuthorization: AWS4-HMAC-SHA256 Credential=AKIDLOAD/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host;x-amz-date, Signature=00\r\nContent-Length: {}\r\n\r\n{body}",
            self.host,
            body.len()
        );
        self.stream.write_all(request.as_bytes()).await?;
        self.buffer.clear();
        loop {
            let mut part = [0; 16_384];
            let count = self.stream.read(&mut part).await?;
            if count == 0 {
                return Err("the connection was closed".into());
            }
            self.buffer.extend(part.iter().take(count));
            let text = String::from_utf8_lossy(&self.buffer);
            let Some((head, rest)) = text.split_once("\r\n\r\n") else { continue };
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
            });
            let whole = match length {
                Some(length) => rest.len() >= length,
                None => rest.ends_with("0\r\n\r\n"),
            };
            if whole {
                let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
                let answer = (status.ok_or("no status")?, rest.to_string());
                // Some servers take one call a connection.
                if head.to_ascii_lowercase().contains("connection: close") {
                    *self = Self::new(&self.host).await?;
                }
                return Ok(answer);
            }
        }
    }
}

/// How long a call may take before it counts as failed.
const PATIENCE: Duration = Duration::from_secs(10);

const DYNAMO: &str = "DynamoDB_20120810";

fn key(n: u64) -> String {
    format!(r#""id":{{"S":"key-{:08}"}}"#, n % 10_000)
}

/// A call by its name and number.
fn request(operation: &str, url: &str, n: u64) -> (String, String) {
    match operation {
        "PutItem" => {
            let fill = "x".repeat(170);
            let item = format!(r#"{{"TableName":"load","Item":{{{},"fill":{{"S":"{fill}"}}}}}}"#, key(n));
            (format!("{DYNAMO}.PutItem"), item)
        }
        "GetItem" => (format!("{DYNAMO}.GetItem"), format!(r#"{{"TableName":"load","Key":{{{}}}}}"#, key(n))),
        "SendMessage" => {
            let fill = "x".repeat(100);
            ("AmazonSQS.SendMessage".into(), format!(r#"{{"QueueUrl":"{url}","MessageBody":"{fill}"}}"#))
        }
        _ => ("AmazonSQS.ReceiveMessage".into(), format!(r#"{{"QueueUrl":"{url}","VisibilityTimeout":0}}"#)),
    }
}

/// Calls for so long over so many connections; how many, and how many failed.
async fn load(
    operation: &'static str,
    host: &str,
    url: &str,
    connections: usize,
    lasting: Duration,
) -> Fallible<()> {
    let (count, faults) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let began = Instant::now();
    let until = began + lasting;
    let mut all = Vec::new();
    for _ in 0..connections {
        let (host, url) = (host.to_string(), url.to_string());
        let (count, faults) = (count.clone(), faults.clone());
        all.push(tokio::spawn(async move {
            let Ok(mut client) = Client::new(&host).await else {
                faults.fetch_add(1, Ordering::Relaxed);
                return;
            };
            while Instant::now() < until {
                let n = count.fetch_add(1, Ordering::Relaxed);
                let (target, body) = request(operation, &url, n);
                let answer = tokio::time::timeout(PATIENCE, client.call(&target, &body)).await;
                if !matches!(answer, Ok(Ok((200, _)))) {
                    faults.fetch_add(1, Ordering::Relaxed);
                }
            }
        }));
    }
    for one in all {
        one.await?;
    }
    let (count, faults) = (count.load(Ordering::Relaxed), faults.load(Ordering::Relaxed));
    let rate = count as f64 / began.elapsed().as_secs_f64();
    println!("{operation:<15} {connections:>4} connections {rate:>9.0} calls/s, {faults} faults");
    Ok(())
}

#[tokio::main]
async fn main() -> Fallible<()> {
    let mut arguments = std::env::args().skip(1);
    let host = arguments.next().ok_or("usage: endpoint_load URL [SECONDS] [CONNECTIONS]")?;
    let host = host.trim_start_matches("http://").trim_end_matches('/').to_string();
    let lasting = Duration::from_secs(arguments.next().map_or(Ok(5), |text| text.parse())?);
    let wanted: Option<usize> = arguments.next().map(|text| text.parse()).transpose()?;
    let mut first = Client::new(&host).await?;
    let table = r#"{"TableName":"load","BillingMode":"PAY_PER_REQUEST","KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],"AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}]}"#;
    let tables = matches!(first.call(&format!("{DYNAMO}.CreateTable"), table).await, Ok((200, _)));
    tokio::time::sleep(Duration::from_secs(1)).await;
    let made = first.call("AmazonSQS.CreateQueue", r#"{"QueueName":"load"}"#).await.ok();
    let url = made.filter(|(status, _)| *status == 200).and_then(|(_, body)| {
        let (_, rest) = body.split_once("QueueUrl")?;
        Some(rest.split('"').nth(2)?.to_string())
    });
    for operation in ["PutItem", "GetItem", "SendMessage", "ReceiveMessage"] {
        let of_queue = operation.ends_with("Message");
        if (of_queue && url.is_none()) || (!of_queue && !tables) {
            println!("{operation:<15} not served");
            continue;
        }
        for connections in wanted.map_or(vec![1, 8], |wanted| vec![wanted]) {
            load(operation, &host, url.as_deref().unwrap_or_default(), connections, lasting).await?;
        }
    }
    Ok(())
}
