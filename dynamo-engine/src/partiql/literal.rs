//! Literals and parameters: values as a statement writes them.

use super::fault::{Reading, StatementFault, malformed};
use super::lex::Token;
use super::parse::Parser;
use crate::item::Attributes;
use crate::number::Number;
use crate::value::{AttributeValue, DEPTH, Value, ValueFault, ValueType};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use aws_core::Blob;

impl Parser {
    /// Whether a literal or a parameter comes next.
    pub(super) fn at_literal(&self) -> bool {
        match self.tokens.peek() {
            Token::Text(_) | Token::Number(_) => true,
            Token::Sign(sign) => match *sign {
                "?" | "[" | "{" | "<<" => true,
                "-" | "+" => matches!(self.tokens.second(), Token::Number(_)),
                _ => false,
            },
            Token::Word(word) => ["true", "false", "null"].iter().any(|name| word.eq_ignore_ascii_case(name)),
            _ => false,
        }
    }

    /// A value; `place` is where it stands in the value that it is part of.
    pub(super) fn literal(&mut self, place: &str, depth: usize) -> Reading<Value> {
        if depth > DEPTH {
            return Err(StatementFault::Value(ValueFault::TooDeep));
        }
        match self.tokens.next() {
            Token::Text(text) => Ok(Value::S(text)),
            Token::Number(text) => number(&text, place),
            Token::Word(word) if word.eq_ignore_ascii_case("true") => Ok(Value::Bool(true)),
            Token::Word(word) if word.eq_ignore_ascii_case("false") => Ok(Value::Bool(false)),
            Token::Word(word) if word.eq_ignore_ascii_case("null") => Ok(Value::Null),
            Token::Sign("?") => self.parameter(),
            Token::Sign(sign @ ("-" | "+")) => match self.tokens.next() {
                Token::Number(text) if sign == "-" => number(&format!("-{text}"), place),
                Token::Number(text) => number(&text, place),
                _ => malformed("Expected a number"),
            },
            Token::Sign("[") => {
                let mut list = Vec::new();
                while !self.tokens.take("]") {
                    if !list.is_empty() {
                        self.tokens.want(",")?;
                    }
                    list.push(self.literal(&format!("{place}[{}]", list.len()), depth + 1)?);
                }
                Ok(Value::L(list))
            }
            Token::Sign("{") => Ok(Value::M(self.tuple(place, depth, false)?)),
            Token::Sign("<<") => self.bag(place, depth),
            _ => malformed("Expected a value"),
        }
    }

    /// What is between braces. The attributes of an item each begin a place
    /// of their own. `[DDB-X128]`
    pub(super) fn tuple(&mut self, place: &str, depth: usize, item: bool) -> Reading<Attributes> {
        let mut entries = Vec::new();
        while !self.tokens.take("}") {
            if !entries.is_empty() {
                self.tokens.want(",")?;
            }
            let name = match self.tokens.next() {
                Token::Text(name) | Token::Name(name) | Token::Word(name) => name,
                _ => return malformed("Expected an attribute name"),
            };
            crate::item::check_name(&name).map_err(StatementFault::Value)?;
            self.tokens.want(":")?;
            let below = if item { String::new() } else { format!("{place}.{name}") };
            let value = self.literal(&below, depth + 1)?;
            entries.push((name, value));
        }
        Ok(entries.into_iter().collect())
    }

    /// A set.
    fn bag(&mut self, place: &str, depth: usize) -> Reading<Value> {
        let mut members: Vec<Value> = Vec::new();
        while !self.tokens.take(">>") {
            if !members.is_empty() {
                self.tokens.want(",")?;
            }
            members.push(self.literal(&format!("{place}[{}]", members.len()), depth + 1)?);
        }
        let Some(first) = members.first().map(Value::kind) else { return Err(StatementFault::EmptyBag) };
        if members.iter().any(|member| member.kind() != first) {
            return Err(StatementFault::MixedBag);
        }
        let text = |member: &Value| match member {
            Value::S(text) => text.clone(),
            Value::N(number) => number.to_string(),
            _ => String::new(),
        };
        let texts = || members.iter().map(text).collect::<Vec<_>>();
        let sent = match first {
            ValueType::S => AttributeValue::Ss(texts()),
            ValueType::N => AttributeValue::Ns(texts()),
            ValueType::B => {
                let bytes = |member: &Value| match member {
                    Value::B(bytes) => bytes.clone(),
                    _ => Blob::from(Vec::new()),
                };
                AttributeValue::Bs(members.iter().map(bytes).collect())
            }
            _ => return Err(StatementFault::MixedBag),
        };
        sent.check().map_err(StatementFault::Value)
    }

    /// The next parameter.
    fn parameter(&mut self) -> Reading<Value> {
        let place = self.used;
        self.used += 1;
        // How many there must be is known at the end.
        let Some(sent) = self.parameters.get(place).cloned() else { return Ok(Value::Null) };
        let checked = if sent.deeper_than(DEPTH) { Err(ValueFault::TooDeep) } else { sent.check() };
        checked.map_err(StatementFault::Value)
    }
}

fn number(text: &str, place: &str) -> Reading<Value> {
    let number = text.parse::<Number>();
    number.map(Value::N).map_err(|fault| StatementFault::Number(fault, place.into()))
}
