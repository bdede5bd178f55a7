//! JSON that remembers where everything stood, and which members came twice.

use crate::document::SourceSpan;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

/// Policies nest six deep; nothing deeper than this is read, so that no text
/// can exhaust the stack.
const DEPTH: usize = 32;

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Value {
    pub(crate) span: SourceSpan,
    pub(crate) kind: Kind,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    Null,
    Bool(bool),
    /// As it was written.
    Number(Box<str>),
    String(Box<str>),
    Array(Vec<Value>),
    /// In the order of the text, doubles included.
    Object(Vec<Member>),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Member {
    pub(crate) key: Box<str>,
    pub(crate) key_span: SourceSpan,
    pub(crate) value: Value,
}

/// What is wrong with a text that is no JSON, and at which byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotJson {
    pub(crate) offset: usize,
    pub(crate) what: &'static str,
}

impl Value {
    pub(crate) fn object(&self) -> Option<&[Member]> {
        match &self.kind {
            Kind::Object(members) => Some(members),
            _ => None,
        }
    }

    pub(crate) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::String(text) => Some(text),
            _ => None,
        }
    }

    /// The members of a list, or the value itself as its only member.
    /// `[IAM-1.2.5]`
    pub(crate) fn items(&self) -> &[Self] {
        match &self.kind {
            Kind::Array(items) => items,
            _ => core::slice::from_ref(self),
        }
    }

    /// The last member of that name.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        self.object()?.iter().rev().find(|member| &*member.key == name).map(|member| &member.value)
    }

    /// The first member whose name came before in the same object.
    /// `[IAM-1.2.6]`
    pub(crate) fn duplicate(&self) -> Option<&Member> {
        match &self.kind {
            Kind::Object(members) => {
                let twice = members
                    .iter()
                    .enumerate()
                    .find(|(at, member)| members.iter().take(*at).any(|other| other.key == member.key))
                    .map(|(_, member)| member);
                twice.or_else(|| members.iter().find_map(|member| member.value.duplicate()))
            }
            Kind::Array(items) => items.iter().find_map(Self::duplicate),
            _ => None,
        }
    }
}

/// Reads exactly one JSON value. `[IAM-1.2.9]`
pub(crate) fn read(source: &str) -> Result<Value, NotJson> {
    let mut reader = Reader { source, at: 0 };
    reader.blank();
    let value = reader.value(0)?;
    reader.blank();
    if reader.peek().is_some() {
        return Err(reader.fault("text after the document"));
    }
    Ok(value)
}

struct Reader<'a> {
    source: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.source.as_bytes().get(self.at).copied()
    }

    fn fault(&self, what: &'static str) -> NotJson {
        NotJson { offset: self.at, what }
    }

    fn blank(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn expect(&mut self, byte: u8, what: &'static str) -> Result<(), NotJson> {
        if self.peek() != Some(byte) {
            return Err(self.fault(what));
        }
        self.at += 1;
        Ok(())
    }

    fn value(&mut self, depth: usize) -> Result<Value, NotJson> {
        if depth > DEPTH {
            return Err(self.fault("nested too deep"));
        }
        let start = self.at;
        let kind = match self.peek() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.array(depth)?,
            Some(b'"') => Kind::String(self.string()?),
            Some(b't') => self.word("true", Kind::Bool(true))?,
            Some(b'f') => self.word("false", Kind::Bool(false))?,
            Some(b'n') => self.word("null", Kind::Null)?,
            Some(b'-' | b'0'..=b'9') => self.number()?,
            _ => return Err(self.fault("expected a JSON value")),
        };
        Ok(Value { span: SourceSpan { start, end: self.at }, kind })
    }

    fn word(&mut self, word: &str, kind: Kind) -> Result<Kind, NotJson> {
        if !self.source.get(self.at..).is_some_and(|rest| rest.starts_with(word)) {
            return Err(self.fault("expected a JSON value"));
        }
        self.at += word.len();
        Ok(kind)
    }

    fn digits(&mut self) -> Result<(), NotJson> {
        if !self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            return Err(self.fault("expected a digit"));
        }
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        Ok(())
    }

    fn number(&mut self) -> Result<Kind, NotJson> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(Kind::Number(self.source.get(start..self.at).unwrap_or_default().into()))
    }

    fn array(&mut self, depth: usize) -> Result<Kind, NotJson> {
        self.at += 1;
        let mut items = Vec::new();
        self.blank();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Kind::Array(items));
        }
        loop {
            self.blank();
            items.push(self.value(depth + 1)?);
            self.blank();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(Kind::Array(items));
                }
                _ => return Err(self.fault("expected `,` or `]`")),
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Kind, NotJson> {
        self.at += 1;
        let mut members = Vec::new();
        self.blank();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Kind::Object(members));
        }
        loop {
            self.blank();
            let start = self.at;
            if self.peek() != Some(b'"') {
                return Err(self.fault("expected a member's name"));
            }
            let key = self.string()?;
            let key_span = SourceSpan { start, end: self.at };
            self.blank();
            self.expect(b':', "expected `:`")?;
            self.blank();
            members.push(Member { key, key_span, value: self.value(depth + 1)? });
            self.blank();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(Kind::Object(members));
                }
                _ => return Err(self.fault("expected `,` or `}`")),
            }
        }
    }

    fn string(&mut self) -> Result<Box<str>, NotJson> {
        self.at += 1;
        let mut text = String::new();
        loop {
            let start = self.at;
            while !matches!(self.peek(), None | Some(b'"' | b'\\' | 0..=0x1f)) {
                self.at += 1;
            }
            text.push_str(self.source.get(start..self.at).unwrap_or_default());
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text.into());
                }
                Some(b'\\') => {
                    self.at += 1;
                    text.push(self.escape()?);
                }
                Some(_) => return Err(self.fault("a control character in a string")),
                None => return Err(self.fault("the string does not end")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, NotJson> {
        let plain = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                return self.unicode();
            }
            _ => return Err(self.fault("no such escape")),
        };
        self.at += 1;
        Ok(plain)
    }

    fn unicode(&mut self) -> Result<char, NotJson> {
        let first = self.four()?;
        let code = if (0xd800..0xdc00).contains(&first) {
            self.expect(b'\\', "half of a surrogate pair")?;
            self.expect(b'u', "half of a surrogate pair")?;
            let second = self.four()?;
            if !(0xdc00..0xe000).contains(&second) {
                return Err(self.fault("half of a surrogate pair"));
            }
            0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00)
        } else {
            first
        };
        char::from_u32(code).ok_or_else(|| self.fault("half of a surrogate pair"))
    }

    fn four(&mut self) -> Result<u32, NotJson> {
        let digits = self.source.get(self.at..self.at + 4);
        let code = digits
            .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .and_then(|digits| u32::from_str_radix(digits, 16).ok());
        match code {
            Some(code) => {
                self.at += 4;
                Ok(code)
            }
            None => Err(self.fault("expected four hexadecimal digits")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn spans_cover_what_was_read() {
        let source = r#" {"a": [1, "\u00e9\ud83d\ude00"], "b": -1.5e+3} "#;
        let value = read(source).unwrap();
        assert_eq!(value.span.text(source), source.trim());
        let list = value.get("a").unwrap();
        assert_eq!(list.span.text(source), r#"[1, "\u00e9\ud83d\ude00"]"#);
        assert_eq!(list.items()[1].text(), Some("é😀"));
        assert_eq!(value.get("b").unwrap().kind, Kind::Number("-1.5e+3".into()));
    }

    /// [IAM-1.2.6] [IAM-1.2.9]
    #[test]
    fn faults_and_doubles() {
        for (source, offset, what) in [
            ("", 0, "expected a JSON value"),
            ("{} x", 3, "text after the document"),
            ("{\"a\" 1}", 5, "expected `:`"),
            ("[1,]", 3, "expected a JSON value"),
            ("[01]", 2, "expected `,` or `]`"),
            ("\"a", 2, "the string does not end"),
            ("\"\\ud800x\"", 7, "half of a surrogate pair"),
            ("\"\\x\"", 2, "no such escape"),
            ("\"\\u00g0\"", 3, "expected four hexadecimal digits"),
            ("{1:2}", 1, "expected a member's name"),
        ] {
            assert_eq!(read(source), Err(NotJson { offset, what }), "{source}");
        }
        let deep = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));
        assert_eq!(read(&deep).unwrap_err().what, "nested too deep");
        let twice = read(r#"[{"a":1,"b":{"c":1,"c":2}}]"#).unwrap();
        assert_eq!(&*twice.duplicate().unwrap().key, "c");
        assert_eq!(read(r#"[{"a":1},{"a":1}]"#).unwrap().duplicate(), None);
    }
}
