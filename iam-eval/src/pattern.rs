//! Patterns of policies: wildcards, and variables that stand for what the
//! context holds.

use crate::Truth;
use crate::context::{Context, Fact};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use aws_core::Wildcard;

/// How a text of a policy is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reading {
    /// Whether `${…}` is a variable. `[IAM-1.3.2]` `[IAM-6.12.1]`
    pub(crate) variables: bool,
    /// Whether `*` and `?` stand for others.
    pub(crate) wildcards: bool,
}

/// A compiled text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Pattern {
    /// One text only.
    Exact(Box<str>),
    /// Wildcards.
    Wild(Wildcard),
    /// Variables, or escaped wildcards beside others.
    Template(Vec<Piece>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    Literal(Box<str>),
    Star,
    One,
    Variable(Variable),
}

/// `${key}` or `${key, 'default'}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Variable {
    /// In lower case. `[IAM-6.12.3]`
    pub(crate) key: Box<str>,
    pub(crate) default: Option<Box<str>>,
}

impl Pattern {
    pub(crate) fn new(text: &str, reading: Reading) -> Self {
        if !(reading.variables && text.contains("${")) {
            return if reading.wildcards && text.contains(['*', '?']) {
                Self::Wild(Wildcard::new(text))
            } else {
                Self::Exact(text.into())
            };
        }
        let pieces = pieces(text, reading.wildcards);
        match pieces.as_slice() {
            [] => Self::Exact("".into()),
            [Piece::Literal(text)] => Self::Exact(text.clone()),
            _ => Self::Template(pieces),
        }
    }

    /// Whether the text matches. A variable without value and default matches
    /// nothing `[IAM-6.12.4]` `[IAM-5.2.8]`; what replaces one is literal
    /// `[IAM-6.12.7]` `[IAM-5.2.9]` and is not read for variables again
    /// `[IAM-6.12.6]`.
    pub(crate) fn matches(&self, text: &str, context: &Context) -> Truth {
        match self {
            Self::Exact(exact) => (**exact == *text).into(),
            Self::Wild(wildcard) => wildcard.matches(text).into(),
            Self::Template(pieces) => match resolve(pieces, context) {
                Some((tokens, known)) => {
                    let matched = glob(&tokens, text.as_bytes());
                    if known { matched.into() } else { if_known(matched) }
                }
                None => Truth::No,
            },
        }
    }

    /// As [`matches`](Self::matches), for equality in which case does not
    /// matter. `[IAM-6.4]`
    pub(crate) fn equals_ignoring_case(&self, text: &str, context: &Context) -> Truth {
        match self {
            Self::Exact(exact) => same_ignoring_case(exact, text).into(),
            Self::Wild(wildcard) => same_ignoring_case(wildcard.as_str(), text).into(),
            Self::Template(pieces) => {
                let mut whole = String::new();
                for piece in pieces {
                    match piece {
                        Piece::Literal(text) => whole.push_str(text),
                        Piece::Star => whole.push('*'),
                        Piece::One => whole.push('?'),
                        Piece::Variable(variable) => match variable.value(context) {
                            Known::Text(value) => whole.push_str(value),
                            Known::Nothing => return Truth::No,
                            Known::Unknown => return Truth::Maybe,
                        },
                    }
                }
                same_ignoring_case(&whole, text).into()
            }
        }
    }

    pub(crate) fn variables(&self) -> impl Iterator<Item = &Variable> {
        let pieces = match self {
            Self::Template(pieces) => pieces.as_slice(),
            _ => &[],
        };
        pieces.iter().filter_map(|piece| match piece {
            Piece::Variable(variable) => Some(variable),
            _ => None,
        })
    }
}

/// A match that rests on an unknown value.
fn if_known(matched: bool) -> Truth {
    if matched { Truth::Maybe } else { Truth::No }
}

/// Letters of every script fold one by one; nothing becomes two letters, so
/// `ß` is not `ss`. `[IAM-6.4]`
fn same_ignoring_case(a: &str, b: &str) -> bool {
    fn folded(text: &str) -> impl Iterator<Item = char> + '_ {
        text.chars().map(|c| {
            let mut lower = c.to_lowercase();
            match (lower.next(), lower.next()) {
                (Some(one), None) => one,
                _ => c,
            }
        })
    }
    a.eq_ignore_ascii_case(b) || folded(a).eq(folded(b))
}

enum Known<'a> {
    Text(&'a str),
    Nothing,
    Unknown,
}

impl Variable {
    /// Only keys with one value can be variables. `[IAM-6.3.5]`
    /// `[IAM-6.12.5]`
    fn value<'a>(&'a self, context: &'a Context) -> Known<'a> {
        match (context.fact(&self.key), &self.default) {
            (Fact::One(value), _) => Known::Text(value),
            (Fact::Unknown, _) => Known::Unknown,
            (_, Some(default)) => Known::Text(default),
            (Fact::Absent | Fact::Many(_), None) => Known::Nothing,
        }
    }
}

/// A text of a policy in pieces. `[IAM-6.12.2]`
fn pieces(text: &str, wildcards: bool) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut rest = text;
    let flush = |literal: &mut String, pieces: &mut Vec<Piece>| {
        if !literal.is_empty() {
            pieces.push(Piece::Literal(core::mem::take(literal).into()));
        }
    };
    while let Some(c) = rest.chars().next() {
        // An unterminated variable is text.
        if let Some((inside, after)) = rest.strip_prefix("${").and_then(split_variable) {
            match inside {
                "*" | "?" | "$" => literal.push_str(inside),
                _ => {
                    flush(&mut literal, &mut pieces);
                    pieces.push(Piece::Variable(variable(inside)));
                }
            }
            rest = after;
            continue;
        }
        match c {
            '*' | '?' if wildcards => {
                flush(&mut literal, &mut pieces);
                pieces.push(if c == '*' { Piece::Star } else { Piece::One });
            }
            c => literal.push(c),
        }
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
    flush(&mut literal, &mut pieces);
    pieces
}

/// What is inside the braces, and what follows them. A quoted default may
/// hold a brace.
fn split_variable(rest: &str) -> Option<(&str, &str)> {
    let mut quoted = false;
    for (at, byte) in rest.bytes().enumerate() {
        match byte {
            b'\'' => quoted = !quoted,
            b'}' if !quoted => return Some((rest.get(..at)?, rest.get(at + 1..)?)),
            _ => {}
        }
    }
    rest.split_once('}')
}

fn variable(inside: &str) -> Variable {
    let (key, default) = match inside.split_once(',') {
        Some((key, default)) => {
            let default = default.strip_prefix(' ').unwrap_or(default);
            (key, default.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')))
        }
        None => (inside, None),
    };
    Variable { key: key.to_ascii_lowercase().into(), default: default.map(Into::into) }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Byte(u8),
    One,
    Star,
}

/// The pieces with their variables replaced, and whether all were known. An
/// unknown one may be anything; one that has no value makes it nothing.
fn resolve(pieces: &[Piece], context: &Context) -> Option<(Vec<Token>, bool)> {
    let mut tokens = Vec::new();
    let mut known = true;
    for piece in pieces {
        match piece {
            Piece::Literal(text) => tokens.extend(text.bytes().map(Token::Byte)),
            Piece::Star => tokens.push(Token::Star),
            Piece::One => tokens.push(Token::One),
            Piece::Variable(variable) => match variable.value(context) {
                Known::Text(value) => tokens.extend(value.bytes().map(Token::Byte)),
                Known::Nothing => return None,
                Known::Unknown => {
                    known = false;
                    tokens.push(Token::Star);
                }
            },
        }
    }
    Some((tokens, known))
}

/// Two cursors and one place to come back to, as [`Wildcard`] does it.
fn glob(pattern: &[Token], text: &[u8]) -> bool {
    let first_of = |byte: u8| !(0x80..0xc0).contains(&byte);
    // `?` is one character, so it takes the bytes that continue one with it.
    let next = |at: usize| {
        let mut end = at + 1;
        while text.get(end).is_some_and(|byte| !first_of(*byte)) {
            end += 1;
        }
        end
    };
    let (mut p, mut t) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while let Some(byte) = text.get(t) {
        match pattern.get(p) {
            Some(Token::Star) => {
                p += 1;
                back = Some((p, t));
                continue;
            }
            Some(Token::One) => {
                p += 1;
                t = next(t);
                continue;
            }
            Some(Token::Byte(wanted)) if wanted == byte => {
                p += 1;
                t += 1;
                continue;
            }
            _ => {}
        }
        let Some((after_star, from)) = back else { return false };
        let from = next(from);
        (p, t, back) = (after_star, from, Some((after_star, from)));
    }
    pattern.get(p..).unwrap_or_default().iter().all(|token| *token == Token::Star)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIKE: Reading = Reading { variables: true, wildcards: true };

    /// [IAM-6.12.2] [IAM-6.12.3] [IAM-6.12.6]
    #[test]
    fn variables_defaults_and_escapes() {
        let context = Context::new().with("aws:PrincipalTag/My team", "${aws:userid}*").with("k", "");
        let matches = |pattern: &str, text: &str| Pattern::new(pattern, LIKE).matches(text, &context);
        assert_eq!(matches("${AWS:principaltag/my team}", "${aws:userid}*"), Truth::Yes);
        assert_eq!(matches("${aws:PrincipalTag/My team}", "${aws:userid}x"), Truth::No);
        assert_eq!(matches("a${nothing, 'b}c'}d", "ab}cd"), Truth::Yes);
        assert_eq!(matches("a${nothing,'b'}", "ab"), Truth::Yes);
        assert_eq!(matches("a${k, 'b'}", "a"), Truth::Yes);
        assert_eq!(matches("a${nothing}*", "a"), Truth::No);
        assert_eq!(matches("${*}${?}${$}*", "*?$x"), Truth::Yes);
        assert_eq!(matches("${*}", "x"), Truth::No);
        assert_eq!(matches("${open", "${open"), Truth::Yes);
        assert_eq!(matches("?${k}?", "é\u{1f600}"), Truth::Yes);
        let plain = Reading { variables: false, wildcards: true };
        assert_eq!(Pattern::new("${k}", plain).matches("${k}", &context), Truth::Yes);
    }

    #[test]
    fn an_unknown_variable_may_be_anything_but_the_rest_must_fit() {
        let context = Context::new().partial();
        let matches = |pattern: &str, text: &str| Pattern::new(pattern, LIKE).matches(text, &context);
        assert_eq!(matches("home/${aws:username}/*", "home/bob/x"), Truth::Maybe);
        assert_eq!(matches("home/${aws:username}/*", "house/bob/x"), Truth::No);
    }

    /// [IAM-6.4]
    #[test]
    fn case_folds_letter_by_letter() {
        for (a, b, same) in
            [("ÄB", "äb", true), ("ß", "ss", false), ("é", "e\u{301}", false), ("İ", "i", false)]
        {
            assert_eq!(same_ignoring_case(a, b), same, "{a} {b}");
        }
    }
}
