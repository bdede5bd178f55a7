//! Signatures: AWS's own suite, and every way to spoil one.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use aws_core::Timestamp;
use aws_endpoint::sigv4::{Fault, Signature};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Request};
use serde::Deserialize;

#[derive(Deserialize, Clone)]
struct Case {
    name: String,
    kind: String,
    secret: String,
    method: String,
    uri: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Case {
    fn parts(&self) -> Parts {
        let mut request =
            Request::builder().method(self.method.as_str()).uri(self.uri.as_str()).body(()).unwrap();
        for (name, value) in &self.headers {
            let name: HeaderName = name.parse().unwrap();
            request.headers_mut().append(name, HeaderValue::from_str(value).unwrap());
        }
        request.into_parts().0
    }

    fn check(&self) -> Result<(), Fault> {
        let parts = self.parts();
        Signature::of(&parts)?.check(&parts, self.body.as_bytes(), &self.secret)
    }
}

fn suite() -> Vec<Case> {
    let text = include_str!("data/signing-suite.jsonl");
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn every_request_of_the_suite_is_by_its_owner() {
    let mut faults = Vec::new();
    for case in suite() {
        if let Err(fault) = case.check() {
            faults.push(format!("{} ({}): {fault}", case.name, case.kind));
        }
    }
    assert!(suite().len() >= 40, "{}", suite().len());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn whoever_changes_anything_is_found_out() {
    for case in suite() {
        let mut other = case.clone();
        other.secret.push('x');
        assert!(other.check().is_err(), "{}: another secret", case.name);
        let mut other = case.clone();
        other.body.push('x');
        assert!(other.check().is_err(), "{}: another body", case.name);
        let mut other = case.clone();
        other.method = if case.method == "GET" { "POST" } else { "GET" }.into();
        assert!(other.check().is_err(), "{}: another method", case.name);
        let mut other = case.clone();
        let host = other.headers.iter_mut().find(|(name, _)| name.eq_ignore_ascii_case("host")).unwrap();
        host.1.push('x');
        assert!(other.check().is_err(), "{}: another host", case.name);
    }
}

#[test]
fn time_counts() {
    let case = suite().into_iter().find(|case| case.name == "get-vanilla" && case.kind == "header").unwrap();
    let signature = Signature::of(&case.parts()).unwrap();
    let made = 1_440_938_160;
    let at = |seconds: i64| signature.check_time(Timestamp::from_seconds(seconds));
    assert_eq!((at(made), at(made + 900), at(made - 900)), (Ok(()), Ok(()), Ok(())));
    assert_eq!(
        at(made + 901).unwrap_err().to_string(),
        "Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z (20150830T125101Z - 15 min.)"
    );
    assert_eq!(
        at(made - 901).unwrap_err().to_string(),
        "Signature not yet current: 20150830T123600Z is still later than 20150830T123559Z (20150830T122059Z + 15 min.)"
    );
}

#[test]
fn what_is_missing_is_named() {
    let request = |authorization: &str| {
        let headers = vec![("authorization".to_string(), authorization.to_string())];
        let case = Case { headers, ..suite().remove(0) };
        Signature::of(&case.parts()).unwrap_err().to_string()
    };
    let text = request("AWS4-HMAC-SHA256 Credential=A/20150830/us-east-1/s/aws4_request");
    assert!(text.starts_with("Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a 'X-Amz-Date'"), "{text}");
    assert!(request("Basic abc").starts_with("Authorization header requires 'Credential' parameter."));
    let unsigned = Case { headers: Vec::new(), uri: "/".into(), ..suite().remove(0) };
    assert_eq!(Signature::of(&unsigned.parts()).unwrap_err(), Fault::Missing);
}
