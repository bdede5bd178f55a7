//! Signature version 4: reading it, and checking it.

use aws_core::wire::parse_form;
use aws_core::{Span, Timestamp};
use axum::http::request::Parts;
use hmac::{Hmac, KeyInit as _, Mac as _};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// What a request says of its signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The access key id.
    pub access_key: String,
    /// The day, Region, service and `aws4_request`.
    pub scope: [String; 4],
    /// The names of the signed headers, as they are listed.
    signed_headers: Vec<String>,
    /// The signature itself, in hex.
    signature: String,
    /// When it was made, as it says.
    date: String,
    /// How long it holds, if it came in the query.
    expires: Option<i64>,
    in_query: bool,
}

/// What is wrong with a signature.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// There is none.
    #[error("Request is missing Authentication Token")]
    Missing,
    /// Something of it is not there or cannot be read.
    #[error("{0}")]
    Incomplete(String),
    /// It is too old, from the future, or not by the owner of the key.
    #[error("{0}")]
    Invalid(String),
}

impl Signature {
    /// The Region that was signed for.
    pub fn region(&self) -> &str {
        &self.scope[1]
    }

    /// The service that was signed for.
    pub fn service(&self) -> &str {
        &self.scope[2]
    }

    /// Reads the signature of a request, from its header or its query.
    ///
    /// # Errors
    /// There is none, or part of it is missing.
    pub fn of(parts: &Parts) -> Result<Self, Fault> {
        let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
        if let Some(text) = header("authorization") {
            let date = header("x-amz-date").or_else(|| header("date")).unwrap_or_default();
            return Self::from_header(text, date);
        }
        let query = parse_form(parts.uri.query().unwrap_or_default()).unwrap_or_default();
        let member = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let (Some(credential), Some(signature)) = (member("X-Amz-Credential"), member("X-Amz-Signature"))
        else {
            return Err(Fault::Missing);
        };
        let (access_key, scope) = credential_of(credential)?;
        Ok(Self {
            access_key,
            scope,
            signed_headers: headers_of(member("X-Amz-SignedHeaders").unwrap_or("host")),
            signature: signature.into(),
            date: member("X-Amz-Date").unwrap_or_default().into(),
            expires: member("X-Amz-Expires").and_then(|text| text.parse().ok()),
            in_query: true,
        })
    }

    fn from_header(text: &str, date: &str) -> Result<Self, Fault> {
        let Some(rest) = text.strip_prefix("AWS4-HMAC-SHA256") else {
            return Err(Fault::Incomplete(format!(
                "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization={text}"
            )));
        };
        let part = |name: &str| {
            rest.split([',', ' ']).find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='))
        };
        let mut missing = String::new();
        for name in ["Credential", "Signature", "SignedHeaders"] {
            if part(name).is_none() {
                _ = write!(missing, "Authorization header requires '{name}' parameter. ");
            }
        }
        if date.is_empty() {
            missing.push_str(
                "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ",
            );
        }
        let (Some(credential), Some(headers), Some(signature), true) =
            (part("Credential"), part("SignedHeaders"), part("Signature"), missing.is_empty())
        else {
            return Err(Fault::Incomplete(format!("{missing}Authorization={text}")));
        };
        let (access_key, scope) = credential_of(credential)?;
        Ok(Self {
            access_key,
            scope,
            signed_headers: headers_of(headers),
            signature: signature.into(),
            date: date.into(),
            expires: None,
            in_query: false,
        })
    }

    /// Whether it is of this time: fifteen minutes either way.
    ///
    /// # Errors
    /// It is not; the text says by how much.
    pub fn check_time(&self, now: Timestamp) -> Result<(), Fault> {
        let Some(signed) = parse_date(&self.date) else {
            return Err(Fault::Incomplete(format!(
                "Date must be in ISO-8601 'basic format'. Got '{}'.",
                self.date
            )));
        };
        let skew = Span::from_minutes(15);
        let lasts = self.expires.map_or(skew, Span::from_seconds);
        let (date, printed) = (&self.date, print_date(now));
        if signed + lasts < now {
            let limit = print_date(now - lasts);
            return Err(Fault::Invalid(format!(
                "Signature expired: {date} is now earlier than {limit} ({printed} - 15 min.)"
            )));
        }
        if signed > now + skew {
            let limit = print_date(now + skew);
            return Err(Fault::Invalid(format!(
                "Signature not yet current: {date} is still later than {limit} ({printed} + 15 min.)"
            )));
        }
        Ok(())
    }

    /// Whether the owner of the secret signed this request. The comparison
    /// takes the same time wherever it fails.
    ///
    /// # Errors
    /// Somebody else did, or nobody.
    pub fn check(&self, parts: &Parts, body: &[u8], secret: &str) -> Result<(), Fault> {
        let mismatch = || {
            Fault::Invalid(
                "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.".into(),
            )
        };
        let claimed = unhex(&self.signature).ok_or_else(mismatch)?;
        let [day, region, service, terminal] = &self.scope;
        let mut key = mac(format!("AWS4{secret}").as_bytes(), day.as_bytes());
        for part in [region, service, terminal] {
            key = mac(&key, part.as_bytes());
        }
        let scope = self.scope.join("/");
        let request = hex(&Sha256::digest(self.canonical(parts, body)));
        let text = format!("AWS4-HMAC-SHA256\n{}\n{scope}\n{request}", self.date);
        let Ok(mut own) = Hmac::<Sha256>::new_from_slice(&key) else { return Err(mismatch()) };
        own.update(text.as_bytes());
        own.verify_slice(&claimed).map_err(|_| mismatch())
    }

    /// The canonical request.
    fn canonical(&self, parts: &Parts, body: &[u8]) -> String {
        let mut text = format!("{}\n{}\n", parts.method, canonical_path(parts.uri.path()));
        let mut query: Vec<(String, String)> = parts
            .uri
            .query()
            .unwrap_or_default()
            .split('&')
            .filter(|part| !part.is_empty())
            .map(|part| {
                let (key, value) = part.split_once('=').unwrap_or((part, ""));
                (recode(key), recode(value))
            })
            .filter(|(key, _)| !(self.in_query && key == "X-Amz-Signature"))
            .collect();
        query.sort();
        let query: Vec<_> = query.iter().map(|(key, value)| format!("{key}={value}")).collect();
        text += &query.join("&");
        text.push('\n');
        for name in &self.signed_headers {
            let values: Vec<String> = parts
                .headers
                .get_all(name)
                .iter()
                .map(|value| {
                    String::from_utf8_lossy(value.as_bytes()).split_whitespace().collect::<Vec<_>>().join(" ")
                })
                .collect();
            _ = writeln!(text, "{name}:{}", values.join(","));
        }
        let stated = parts.headers.get("x-amz-content-sha256").and_then(|value| value.to_str().ok());
        let payload = match stated {
            Some("UNSIGNED-PAYLOAD") => "UNSIGNED-PAYLOAD".to_string(),
            // A digest that was signed but is not the body's must not pass.
            _ => hex(&Sha256::digest(body)),
        };
        _ = write!(text, "\n{}\n{payload}", self.signed_headers.join(";"));
        text
    }
}

fn headers_of(list: &str) -> Vec<String> {
    list.split(';').map(|name| name.trim().to_ascii_lowercase()).collect()
}

fn credential_of(text: &str) -> Result<(String, [String; 4]), Fault> {
    let bad = || {
        Fault::Incomplete(format!(
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '{text}'"
        ))
    };
    let mut parts = text.rsplitn(5, '/').map(String::from);
    let mut next = || parts.next().ok_or_else(bad);
    let (terminal, service, region, day) = (next()?, next()?, next()?, next()?);
    Ok((next()?, [day, region, service, terminal]))
}

/// What is left as it is.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

fn recode(text: &str) -> String {
    let plain: Vec<u8> = percent_decode_str(text).collect();
    percent_encoding::percent_encode(&plain, KEPT).to_string()
}

/// The path without `.`, `..` and doubled slashes, encoded once more.
fn canonical_path(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => _ = parts.pop(),
            part => parts.push(part),
        }
    }
    let mut text = String::new();
    for part in &parts {
        _ = write!(text, "/{}", utf8_percent_encode(part, KEPT));
    }
    if parts.is_empty() || path.ends_with('/') {
        text.push('/');
    }
    text
}

fn mac(key: &[u8], text: &[u8]) -> Vec<u8> {
    // HMAC takes keys of every length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    mac.update(text);
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        _ = write!(text, "{byte:02x}");
        text
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    Some(digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |byte, digit| byte * 16 + digit)).collect())
}

/// `20150830T123600Z`.
fn parse_date(text: &str) -> Option<Timestamp> {
    let parsed = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", text).ok()?;
    let at = jiff::tz::TimeZone::UTC.to_timestamp(parsed).ok()?;
    Some(Timestamp::from_millis(at.as_millisecond()))
}

fn print_date(at: Timestamp) -> String {
    let at = jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or_default();
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}
