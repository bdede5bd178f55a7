//! One policy for each finding; fixes mend and change no decision.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use iam_eval::{Finding, Policy, PolicyKind, Severity, apply};

fn lint(text: &str, kind: PolicyKind) -> Vec<Finding> {
    let policy = Policy::stored(text, kind).unwrap();
    #[cfg(feature = "catalogue")]
    let findings = policy.lint(Some(&iam_eval::Catalogue::bundled()));
    #[cfg(not(feature = "catalogue"))]
    let findings = policy.lint(None);
    findings
}

/// A document of one statement.
fn one(statement: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":{{{statement}}}}}"#)
}

/// An allowing statement with a condition.
fn when(condition: &str) -> String {
    one(&format!(
        r#""Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Condition":{condition}"#
    ))
}

fn on(action: &str, resource: &str) -> String {
    one(&format!(r#""Effect":"Allow","Action":{action},"Resource":{resource}"#))
}

/// Policy, kind, the code, and the text it is found at.
fn cases() -> Vec<(String, PolicyKind, &'static str, &'static str)> {
    use PolicyKind::{Identity, Resource, Trust};
    let granted = |principal: &str, more: &str| {
        one(&format!(
            r#""Effect":"Allow",{principal},"Action":"sqs:SendMessage","Resource":"arn:aws:sqs:us-east-1:111122223333:q"{more}"#
        ))
    };
    let trusts = |principal: &str, condition: &str| {
        one(&format!(
            r#""Effect":"Allow","Principal":{principal},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{condition}"#
        ))
    };
    let twice = r#"{"Version":"2012-10-17","Statement":[
        {"Sid":"A","Effect":"Allow","Action":"s3:Get*","Resource":"*"},
        {"Sid":"A","Effect":"Deny","Action":"s3:Put*","Resource":"*"}]}"#;
    let covered = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":"s3:Get*","Resource":"*"},
        {"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}]}"#;
    let github =
        r#"{"Federated":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}"#;
    let other = r#"{"Federated":"arn:aws:iam::111122223333:oidc-provider/oidc.example.com"}"#;
    Vec::from([
        (r#"{"Statement":[]}"#.into(), Identity, "MISSING_VERSION", "{"),
        (twice.into(), Identity, "UNIQUE_SIDS_REQUIRED", r#""A""#),
        (covered.into(), Identity, "REDUNDANT_STATEMENT", r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}"#),
        (one(r#""Sid":"","Effect":"Allow","Action":"s3:Get*","Resource":"*""#), Identity, "EMPTY_SID_VALUE", r#""""#),
        (one(r#""Effect":"Allow","Resource":"*""#), Identity, "MISSING_ACTION", r#"{"Effect":"Allow","Resource":"*"}"#),
        (one(r#""Effect":"Allow","Action":"s3:Get*""#), Identity, "MISSING_RESOURCE", r#"{"Effect":"Allow","Action":"s3:Get*"}"#),
        (on("[]", r#""*""#), Identity, "EMPTY_ARRAY_ACTION", r#""Action":[]"#),
        (on(r#""s3:Get*""#, "[]"), Identity, "EMPTY_ARRAY_RESOURCE", r#""Resource":[]"#),
        (on(r#""GetObject""#, r#""*""#), Identity, "INVALID_ACTION", r#""GetObject""#),
        (on(r#""s*:Get""#, r#""*""#), Identity, "WILDCARD_IN_SERVICE_NAME", r#""s*:Get""#),
        (on(r#"["s3:GetObject","s3:Get*"]"#, r#""*""#), Identity, "REDUNDANT_ACTION", r#""s3:GetObject""#),
        (on(r#""s3:Get*""#, r#"["arn:aws:s3:::b/*","arn:aws:s3:::b/c"]"#), Identity, "REDUNDANT_RESOURCE", r#""arn:aws:s3:::b/c""#),
        (on(r#""iam:PassRole""#, r#""*""#), Identity, "PASS_ROLE_WITH_STAR_IN_RESOURCE", r#""iam:PassRole""#),
        (on(r#""iam:*""#, r#""*""#), Identity, "PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE", r#""iam:*""#),
        (on(r#""iam:*""#, r#""*""#), Identity, "CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE", r#""iam:*""#),
        (one(r#""Effect":"Allow","NotAction":"s3:*","Resource":"*""#), Identity, "PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOTACTION", r#""NotAction":"s3:*""#),
        (one(r#""Effect":"Allow","Action":"iam:PassRole","NotResource":"arn:aws:iam::*:role/a""#), Identity, "PASS_ROLE_WITH_NOTRESOURCE", r#""iam:PassRole""#),
        (on(r#""s3:Get*""#, r#""bucket""#), Identity, "INVALID_ARN_PREFIX", r#""bucket""#),
        (on(r#""s3:Get*""#, r#""arn:aws:s3:::""#), Identity, "INVALID_ARN_RESOURCE", r#""arn:aws:s3:::""#),
        (on(r#""sqs:Get*""#, r#""arn:aws:sqs:us-east-1:q""#), Identity, "MISSING_ARN_FIELD", r#""arn:aws:sqs:us-east-1:q""#),
        (on(r#""sqs:Get*""#, r#""arn:amazon:sqs:us-east-1:111122223333:q""#), Identity, "INVALID_PARTITION", r#""arn:amazon:sqs:us-east-1:111122223333:q""#),
        (on(r#""sqs:Get*""#, r#""arn:aws:SQS:us-east-1:111122223333:q""#), Identity, "INVALID_ARN_SERVICE_CASE", r#""arn:aws:SQS:us-east-1:111122223333:q""#),
        (on(r#""sqs:Get*""#, r#""arn:aws:sqs:virginia:111122223333:q""#), Identity, "INVALID_ARN_REGION", r#""arn:aws:sqs:virginia:111122223333:q""#),
        (on(r#""sqs:Get*""#, r#""arn:aws:sqs:us-east-1:1111:q""#), Identity, "INVALID_ARN_ACCOUNT", r#""arn:aws:sqs:us-east-1:1111:q""#),
        (on(r#""iam:GetRole""#, r#""arn:aws:iam:us-east-1:111122223333:role/r""#), Identity, "ARN_REGION_NOT_ALLOWED", r#""arn:aws:iam:us-east-1:111122223333:role/r""#),
        (on(r#""s3:GetObject""#, r#""arn:aws:s3::111122223333:b/*""#), Identity, "ARN_ACCOUNT_NOT_ALLOWED", r#""arn:aws:s3::111122223333:b/*""#),
        (on(r#""s3:${aws:username}""#, r#""*""#), Identity, "VARIABLE_UNSUPPORTED_IN_ELEMENT", r#""s3:${aws:username}""#),
        (on(r#""s3:Get*""#, r#""arn:aws:s3:::b/${aws:username""#), Identity, "MISSING_BRACE_IN_VARIABLE", r#""arn:aws:s3:::b/${aws:username""#),
        (on(r#""s3:Get*""#, r#""arn:aws:s3:::b/${}""#), Identity, "EMPTY_VARIABLE", r#""arn:aws:s3:::b/${}""#),
        (on(r#""s3:Get*""#, r#""arn:aws:s3:::b/${aws: username}""#), Identity, "UNSUPPORTED_SPACE_IN_VARIABLE", r#""arn:aws:s3:::b/${aws: username}""#),
        (on(r#""s3:Get*""#, r#""arn:aws:s3:::b/${aws:username, none}""#), Identity, "MISSING_QUOTE_IN_VARIABLE", r#""arn:aws:s3:::b/${aws:username, none}""#),
        (r#"{"Version":"2008-10-17","Statement":{"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::b/${aws:username}"}}"#.into(), Identity, "VARIABLE_UNSUPPORTED_IN_VERSION", r#""arn:aws:s3:::b/${aws:username}""#),
        (when(r#"{"ForAnyValue:Null":{"aws:TagKeys":"true"}}"#), Identity, "NULL_WITH_QUALIFIER", r#""ForAnyValue:Null""#),
        (when(r#"{"StringEquals":{"aws:username":[]}}"#), Identity, "EMPTY_ARRAY_CONDITION", r#""aws:username":[]"#),
        (when(r#"{"ForAllValues:StringEquals":{"aws:TagKeys":[]}}"#), Identity, "EMPTY_ARRAY_CONDITION_FORALLVALUES", r#""aws:TagKeys":[]"#),
        (when(r#"{"ForAnyValue:StringEquals":{"aws:TagKeys":[]}}"#), Identity, "EMPTY_ARRAY_CONDITION_FORANYVALUE", r#""aws:TagKeys":[]"#),
        (when(r#"{"StringEqualsIfExists":{"aws:username":[]}}"#), Identity, "EMPTY_ARRAY_CONDITION_IFEXISTS", r#""aws:username":[]"#),
        (when(r#"{"StringEquals":{"username":"a"}}"#), Identity, "INVALID_CONDITION_KEY_FORMAT", r#""username""#),
        (when(r#"{"StringEquals":{"aws:RequestTag/":"a"}}"#), Identity, "MISSING_TAG_KEY_IN_CONDITION", r#""aws:RequestTag/""#),
        (when(r#"{"StringEquals":{"aws:TagKeys":"a"}}"#), Identity, "MISSING_QUALIFIER", r#""StringEquals""#),
        (when(r#"{"StringEquals":{"aws:username":"a*"}}"#), Identity, "WILDCARD_WITHOUT_LIKE_OPERATOR", r#""a*""#),
        (when(r#"{"StringEquals":{"aws:username":["a","a"]}}"#), Identity, "REDUNDANT_CONDITION_VALUE", r#""a""#),
        (when(r#"{"StringEquals":{"aws:SourceVpc":"myvpc"}}"#), Identity, "INVALID_VPC_FORMAT", r#""myvpc""#),
        (when(r#"{"StringEquals":{"aws:SourceVpce":"vpc-1"}}"#), Identity, "INVALID_VPCE_FORMAT", r#""vpc-1""#),
        (when(r#"{"NumericLessThan":{"s3:max-keys":"ten"}}"#), Identity, "TYPE_MISMATCH_NUMBER", r#""ten""#),
        (when(r#"{"NumericLessThan":{"s3:max-keys":["10","20"]}}"#), Identity, "REDUNDANT_CONDITION_VALUE_NUM", r#""s3:max-keys":["10","20"]"#),
        (when(r#"{"DateLessThan":{"aws:CurrentTime":"tomorrow"}}"#), Identity, "INVALID_DATE_VALUE", r#""tomorrow""#),
        (when(r#"{"Bool":{"aws:SecureTransport":"yes"}}"#), Identity, "TYPE_MISMATCH_BOOLEAN", r#""yes""#),
        (when(r#"{"Bool":{"aws:SecureTransport":["true","false"]}}"#), Identity, "INVALID_CONDITION_MULTIPLE_BOOLEAN", r#""aws:SecureTransport":["true","false"]"#),
        (when(r#"{"IpAddress":{"aws:SourceIp":"here"}}"#), Identity, "TYPE_MISMATCH_IP_RANGE", r#""here""#),
        (when(r#"{"IpAddress":{"aws:SourceIp":"203.0.113.9/24"}}"#), Identity, "IMPROVE_IP_RANGE", r#""203.0.113.9/24""#),
        (when(r#"{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#), Identity, "PRIVATE_IP_ADDRESS", r#""aws:SourceIp":"10.0.0.0/8""#),
        (when(r#"{"IpAddress":{"aws:SourceIp":["10.0.0.0/8","203.0.113.0/24"]}}"#), Identity, "PRIVATE_IP_ADDRESS_SUBSET", r#""aws:SourceIp":["10.0.0.0/8","203.0.113.0/24"]"#),
        (when(r#"{"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#), Identity, "PRIVATE_NOTIPADDRESS", r#""aws:SourceIp":"10.0.0.0/8""#),
        (when(r#"{"NotIpAddress":{"aws:SourceIp":["10.0.0.0/8","203.0.113.0/24"]}}"#), Identity, "PRIVATE_NOTIPADDRESS_SUBSET", r#""aws:SourceIp":["10.0.0.0/8","203.0.113.0/24"]"#),
        (one(r#""Effect":"Allow","Principal":"*","Action":"s3:Get*","Resource":"*""#), Identity, "UNSUPPORTED_PRINCIPAL", r#""Principal":"*""#),
        (on(r#""s3:Get*""#, r#""*""#), Resource, "MISSING_PRINCIPAL", r#"{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}"#),
        (granted(r#""Principal":{"AWS":[]}"#, ""), Resource, "EMPTY_ARRAY_PRINCIPAL", r#""Principal":{"AWS":[]}"#),
        (granted(r#""NotPrincipal":{"AWS":"111122223333"}"#, ""), Resource, "ALLOW_WITH_NOTPRINCIPAL", r#""NotPrincipal":{"AWS":"111122223333"}"#),
        (granted(r#""Principal":{"AWS":"arn:aws:iam::111122223333:role/*"}"#, ""), Resource, "UNSUPPORTED_WILDCARD_IN_PRINCIPAL", r#""arn:aws:iam::111122223333:role/*""#),
        (granted(r#""Principal":{"Service":"sns.amazonaws.com"}"#, ""), Resource, "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL", r#""sns.amazonaws.com""#),
        (granted(r#""Principal":{"Service":"sns"}"#, ""), Resource, "INVALID_SERVICE_PRINCIPAL_FORMAT", r#""sns""#),
        (twice.replace(r#""Effect""#, r#""Principal":"*","Effect""#), Resource, "UNIQUE_SIDS_RECOMMENDED", r#""A""#),
        (trusts(github, r#"{"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"}}"#), Trust, "MISSING_GITHUB_REPO_CONDITION_KEY", r#""arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com""#),
        (trusts(other, "{}"), Trust, "MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL", r#""arn:aws:iam::111122223333:oidc-provider/oidc.example.com""#),
        (one(r#""Effect":"Allow","NotPrincipal":{"AWS":"111122223333"},"Action":"sts:AssumeRole""#), Trust, "ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL", r#""NotPrincipal":{"AWS":"111122223333"}"#),
        (one(r#""Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole","Resource":"*""#), Trust, "ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE", r#""Resource":"*""#),
    ])
}

/// `[IAM-11.1]`
#[test]
fn every_finding_is_found_in_its_place() {
    for (text, kind, code, place) in cases() {
        let findings = lint(&text, kind);
        let found = findings.iter().find(|finding| finding.code == code);
        let found = found.unwrap_or_else(|| panic!("{code} is not found in {text}: {findings:?}"));
        assert_eq!(found.span.text(&text), place, "{code}");
        assert!(!found.message.is_empty());
    }
}

/// A fixed text has not the finding any more, and is a policy.
#[test]
fn fixes_mend() {
    let mut fixed = 0;
    for (text, kind, code, _) in cases() {
        let findings = lint(&text, kind);
        if findings.iter().any(|finding| finding.code == code && finding.fix.is_some()) {
            let better = apply(&text, &findings);
            assert!(!lint(&better, kind).iter().any(|finding| finding.code == code), "{better}");
            fixed += 1;
        }
    }
    assert_eq!(fixed, 16);
}

/// What is right has no findings.
#[test]
fn a_good_policy_is_passed() {
    let text = r#"{"Version":"2012-10-17","Statement":[
        {"Sid":"Own","Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::b/${aws:username, 'nobody'}/${*}"},
        {"Sid":"Pass","Effect":"Allow","Action":"iam:PassRole","Resource":"*","Condition":{"StringEquals":{"iam:PassedToService":"ec2.amazonaws.com"}}},
        {"Sid":"Tags","Effect":"Allow","Action":"sqs:TagQueue","Resource":"arn:aws:sqs:*:*:q","Condition":{
            "ForAllValues:StringEquals":{"aws:TagKeys":["team"]},"StringLike":{"aws:RequestTag/team":"t-*"}}}]}"#;
    assert_eq!(lint(text, PolicyKind::Identity), []);
    assert!(Severity::Error < Severity::Suggestion);
}

/// What only the catalogue knows. `[IAM-13.2]` `[IAM-11.5]`
#[cfg(feature = "catalogue")]
mod catalogue {
    use super::*;
    use iam_eval::{AccessLevel, Catalogue, KeyType};

    #[test]
    fn findings() {
        for (text, code, place) in [
            (on(r#""s3:GetObjekt""#, r#""*""#), "INVALID_ACTION", r#""s3:GetObjekt""#),
            (on(r#""s4:GetObject""#, r#""*""#), "INVALID_SERVICE_IN_ACTION", r#""s4:GetObject""#),
            (
                when(r#"{"StringEquals":{"aws:UserName2":"a"}}"#),
                "INVALID_GLOBAL_CONDITION_KEY",
                r#""aws:UserName2""#,
            ),
            (
                when(r#"{"StringEquals":{"s3:prefixes":"a"}}"#),
                "INVALID_SERVICE_CONDITION_KEY",
                r#""s3:prefixes""#,
            ),
            (
                when(r#"{"NumericEquals":{"aws:SourceIp":"1"}}"#),
                "INVALID_CONDITION_DATA_TYPE",
                r#""NumericEquals""#,
            ),
            (
                when(r#"{"ForAllValues:StringEquals":{"aws:username":"a"}}"#),
                "FORALLVALUES_WITH_SINGLE_VALUED_KEY",
                r#""ForAllValues:StringEquals""#,
            ),
        ] {
            let findings = lint(&text, PolicyKind::Identity);
            let found = findings.iter().find(|finding| finding.code == code);
            assert_eq!(found.map(|found| found.span.text(&text)), Some(place), "{code}: {findings:?}");
        }
    }

    /// Every line is of the format, and everything is there.
    #[test]
    fn the_bundled_one() {
        let text = include_str!("../catalogue/catalogue.txt");
        let catalogue = Catalogue::read(text).unwrap();
        let actions: usize = catalogue.services().map(|service| service.actions().count()).sum();
        let resources: usize = catalogue.services().map(|service| service.resources().len()).sum();
        assert_eq!((catalogue.services().count(), actions, resources), (456, 22_091, 2_334));
        let controlled = |service: &str| catalogue.service(service).unwrap().is_resource_controlled();
        for service in catalogue.services() {
            assert_eq!(
                service.is_resource_controlled(),
                iam_eval::supports_resource_control(service.prefix()),
                "{}",
                service.prefix()
            );
        }
        assert!(controlled("kms") && !controlled("ec2"));
        let run = catalogue.action("ec2:RunInstances").unwrap();
        assert_eq!(run.level(), AccessLevel::Write);
        assert!(run.resources().iter().any(|resource| resource.name == "instance" && resource.required));
        assert!(run.has_key("ec2:InstanceType") && run.has_key("aws:RequestTag/team"));
        assert!(!run.has_key("sqs:nothing"));
        assert_eq!(catalogue.key_type("aws:requesttag/Team"), Some(KeyType::String));
        assert_eq!(catalogue.key_type("aws:nonsense"), None);
        assert!(catalogue.is_global("AWS:SourceIp"));
        let broken = text.replacen("\naW", "\naX", 1);
        assert_eq!(Catalogue::read(&broken).unwrap_err().text.get(..2), Some("aX"));
    }

    /// Minimised actions expand to the same ones, for every service.
    #[test]
    fn minimised_actions_are_the_same() {
        let catalogue = Catalogue::bundled();
        for service in catalogue.services() {
            for level in [AccessLevel::Read, AccessLevel::List, AccessLevel::Write] {
                let of_level = service.actions().filter(|action| action.level() == level);
                let mut names: Vec<String> = of_level.map(|action| action.full_name()).collect();
                names.sort_unstable();
                let few = catalogue.minimise(names.iter().map(String::as_str));
                let mut again: Vec<String> =
                    few.iter().flat_map(|pattern| catalogue.matching(pattern)).collect();
                again.sort_unstable();
                again.dedup();
                assert_eq!(again, names, "{few:?}");
                assert!(few.len() <= names.len());
            }
        }
    }
}
