//! Operators, keys and values that do not go together.

use super::{Lint, Severity, without};
use crate::catalogue::KeyType;
use crate::condition::{Base, Comparison, Decimal, Instant, Net, Operator, Qualifier};
use crate::context::holds_list;
use crate::document::{ConditionEntry, Effect, Statement, Text};
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::net::IpAddr;

impl Lint<'_, '_> {
    pub(super) fn condition(&mut self, statement: &Statement, entry: &ConditionEntry) {
        let (name, key) = (&*entry.operator.value, &*entry.key.value);
        // Others are not read at all.
        let Some(operator) = Operator::read(name, false) else { return };
        if entry.values.is_empty() {
            let code = match (operator.qualifier, operator.if_exists) {
                (Some(Qualifier::ForAllValues), _) => "EMPTY_ARRAY_CONDITION_FORALLVALUES",
                (Some(Qualifier::ForAnyValue), _) => "EMPTY_ARRAY_CONDITION_FORANYVALUE",
                (None, true) => "EMPTY_ARRAY_CONDITION_IFEXISTS",
                (None, false) => "EMPTY_ARRAY_CONDITION",
            };
            self.tell(Severity::Suggestion, code, entry.span, format!("no value is given for {key}"));
        }
        self.condition_key(statement, entry, operator);
        match operator.base {
            Base::String { like, .. } => self.texts(entry, like),
            Base::Numeric(_) => {
                self.each(entry, "TYPE_MISMATCH_NUMBER", "number", |text| Decimal::parse(text).is_some());
                if entry.values.len() > 1 {
                    let message = format!("of several numbers for {key} one is enough, or a range is meant");
                    self.tell(Severity::Suggestion, "REDUNDANT_CONDITION_VALUE_NUM", entry.span, message);
                }
            }
            Base::Date(_) => {
                self.each(entry, "INVALID_DATE_VALUE", "date", |text| Instant::parse(text).is_some());
            }
            Base::Bool | Base::Null => {
                let is_bool = |text: &str| matches!(text.to_ascii_lowercase().as_str(), "true" | "false");
                self.each(entry, "TYPE_MISMATCH_BOOLEAN", "truth value", is_bool);
                if entry.values.len() > 1 {
                    let message = format!("{key} is true or false; several values are no condition");
                    self.tell(Severity::Error, "INVALID_CONDITION_MULTIPLE_BOOLEAN", entry.span, message);
                }
                if operator.base == Base::Null && operator.qualifier.is_some() {
                    let message = format!("{name}: Null is about the key, not its values");
                    self.tell(Severity::Suggestion, "NULL_WITH_QUALIFIER", entry.operator.span, message);
                    self.mend(entry.operator.span, "\"Null\"");
                }
            }
            Base::Ip { negated } => self.addresses(entry, negated),
            Base::Arn { .. } | Base::Binary => {}
        }
        self.repeated(entry);
    }

    /// Values of which another says the same.
    fn repeated(&mut self, entry: &ConditionEntry) {
        for (at, value) in entry.values.iter().enumerate() {
            if entry.values.iter().take(at).any(|other| other.value == value.value) {
                let message = format!("{} is there twice", value.value);
                self.tell(Severity::Suggestion, "REDUNDANT_CONDITION_VALUE", value.span, message);
                let gap = without(self.policy.source(), value.span);
                self.mend(gap, "");
            }
        }
    }

    fn each(&mut self, entry: &ConditionEntry, code: &'static str, what: &str, fits: impl Fn(&str) -> bool) {
        for value in entry.values.iter().filter(|value| !value.value.contains("${")) {
            if !fits(&value.value) {
                let message = format!("{} is no {what}", value.value);
                self.tell(Severity::Warning, code, value.span, message);
            }
        }
    }

    fn condition_key(&mut self, statement: &Statement, entry: &ConditionEntry, operator: Operator) {
        let key = &*entry.key.value;
        let Some((prefix, rest)) = key.split_once(':') else {
            let message = format!("{key} is no condition key: prefix:name is wanted");
            self.tell(Severity::Error, "INVALID_CONDITION_KEY_FORMAT", entry.key.span, message);
            return;
        };
        let tag = |name: &str| rest.len() == name.len() && rest.eq_ignore_ascii_case(name);
        if ["RequestTag/", "ResourceTag/", "PrincipalTag/"].into_iter().any(tag) {
            let message = format!("{key} names no tag");
            self.tell(Severity::Error, "MISSING_TAG_KEY_IN_CONDITION", entry.key.span, message);
            return;
        }
        let folded = key.to_ascii_lowercase();
        let known = self.catalogue.and_then(|catalogue| catalogue.key_type(key));
        if let Some(catalogue) = self.catalogue
            && known.is_none()
            // Keys of services that only name their own, and of identity providers.
            && !prefix.contains('.')
        {
            if prefix.eq_ignore_ascii_case("aws") {
                let message = format!("there is no global condition key {key}");
                self.tell(Severity::Error, "INVALID_GLOBAL_CONDITION_KEY", entry.key.span, message);
            } else if catalogue.service(prefix).is_some() {
                let message = format!("{prefix} has no condition key {key}");
                self.tell(Severity::Error, "INVALID_SERVICE_CONDITION_KEY", entry.key.span, message);
            }
        }
        let is_list = known.map_or_else(|| holds_list(&folded), KeyType::is_list);
        let is_single = known.is_some_and(|known| !known.is_list());
        match operator.qualifier {
            None if is_list && operator.base != Base::Null => {
                let message = format!("{key} holds a list: ForAnyValue or ForAllValues is wanted");
                self.tell(Severity::Error, "MISSING_QUALIFIER", entry.operator.span, message);
                self.mend(entry.operator.span, format!("\"ForAnyValue:{}\"", entry.operator.value));
            }
            Some(Qualifier::ForAllValues) if is_single && statement.effect == Effect::Allow => {
                let message = format!(
                    "{key} has one value; ForAllValues also holds where the key is missing altogether"
                );
                let code = "FORALLVALUES_WITH_SINGLE_VALUED_KEY";
                self.tell(Severity::SecurityWarning, code, entry.operator.span, message);
            }
            _ => {}
        }
        if let Some(known) = known {
            let fits = matches!(
                (known, operator.base),
                (_, Base::Null | Base::Binary)
                    | (KeyType::Bool | KeyType::BoolList, Base::Bool | Base::String { .. })
                    | (
                        KeyType::String | KeyType::StringList,
                        Base::String { .. } | Base::Bool | Base::Arn { .. }
                    )
                    | (KeyType::Arn | KeyType::ArnList, Base::Arn { .. } | Base::String { .. })
                    | (KeyType::Numeric, Base::Numeric(_))
                    | (KeyType::Date, Base::Date(_) | Base::Numeric(_))
                    | (KeyType::IpAddress, Base::Ip { .. })
            );
            if !fits {
                let message = format!("{key} and {} are of different types", entry.operator.value);
                self.tell(Severity::Error, "INVALID_CONDITION_DATA_TYPE", entry.operator.span, message);
            }
        }
    }

    fn texts(&mut self, entry: &ConditionEntry, like: Comparison) {
        let folded = entry.key.value.to_ascii_lowercase();
        let mut first = true;
        for value in &entry.values {
            // `${*}` stands for a star.
            let plain = value.value.replace("${*}", "").replace("${?}", "");
            if like != Comparison::Like && plain.contains(['*', '?']) {
                let message =
                    format!("wildcards mean nothing to {}; StringLike is meant", entry.operator.value);
                self.tell(Severity::Warning, "WILDCARD_WITHOUT_LIKE_OPERATOR", value.span, message);
                // One change for all values.
                if like == Comparison::Equals && first {
                    let better = entry.operator.value.replace("Equals", "Like");
                    self.mend(entry.operator.span, format!("\"{better}\""));
                    first = false;
                }
            }
            let form = match folded.as_str() {
                "aws:sourcevpc" => Some(("vpc-", "INVALID_VPC_FORMAT")),
                "aws:sourcevpce" => Some(("vpce-", "INVALID_VPCE_FORMAT")),
                _ => None,
            };
            if let Some((form, code)) = form
                && !value.value.starts_with(form)
                && !value.value.contains(['*', '?', '$'])
            {
                let message = format!("{} does not begin with {form}", value.value);
                self.tell(Severity::Error, code, value.span, message);
            }
        }
    }

    fn addresses(&mut self, entry: &ConditionEntry, negated: bool) {
        let nets: Vec<(&Text, Option<Net>)> = entry
            .values
            .iter()
            .filter(|value| !value.value.contains("${"))
            .map(|value| (value, Net::parse(&value.value)))
            .collect();
        for (value, net) in &nets {
            match net {
                None => {
                    let message = format!("{} is no address and no range of them", value.value);
                    self.tell(Severity::Warning, "TYPE_MISMATCH_IP_RANGE", value.span, message);
                }
                Some(net) => self.improve(value, *net),
            }
        }
        if !entry.key.value.eq_ignore_ascii_case("aws:SourceIp") {
            return;
        }
        let private = |net: &Option<Net>| net.is_some_and(|net| is_private(net.first()));
        let count = nets.iter().filter(|(_, net)| private(net)).count();
        let (all, some) = if negated {
            ("PRIVATE_NOTIPADDRESS", "PRIVATE_NOTIPADDRESS_SUBSET")
        } else {
            ("PRIVATE_IP_ADDRESS", "PRIVATE_IP_ADDRESS_SUBSET")
        };
        let message = "aws:SourceIp is never a private address; aws:VpcSourceIp is meant";
        match count {
            0 => {}
            _ if count == nets.len() => {
                self.tell(Severity::Error, all, entry.span, message);
                self.mend(entry.key.span, "\"aws:VpcSourceIp\"");
            }
            _ => self.tell(Severity::Suggestion, some, entry.span, message),
        }
    }

    /// Bits beyond the mask say nothing.
    fn improve(&mut self, value: &Text, net: Net) {
        let Some((address, length)) = value.value.split_once('/') else { return };
        let first = net.first();
        if address.parse::<IpAddr>().is_ok_and(|address| address != first) {
            let better = format!("{first}/{length}");
            let message = format!("{} is the range {better}", value.value);
            self.tell(Severity::Suggestion, "IMPROVE_IP_RANGE", value.span, message);
            self.mend(value.span, format!("{:?}", better.to_string()));
        }
    }
}

fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_private(),
        IpAddr::V6(address) => address.is_unique_local(),
    }
}
