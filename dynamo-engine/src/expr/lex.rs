//! Tokens, and the part of the grammar that all expressions share.

use super::fault::ExpressionFault;
use super::path::{RawPath, RawStep};
use crate::value::DEPTH;
use alloc::vec::Vec;

/// Bytes of an expression. `[DDB-6.1.6]`
const LONGEST: usize = 4_096;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// A bare word: letter first, then letters, digits, underscores.
    Word,
    Digits,
    /// `#name`.
    Name,
    /// `:value`.
    Value,
    /// Punctuation, or a character that has no place anywhere.
    Sign,
    End,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Token<'e> {
    pub(crate) kind: TokenKind,
    pub(crate) text: &'e str,
    at: usize,
}

impl Token<'_> {
    pub(crate) fn is(&self, sign: &str) -> bool {
        self.kind == TokenKind::Sign && self.text == sign
    }

    pub(crate) fn is_word(&self, word: &str) -> bool {
        self.kind == TokenKind::Word && self.text.eq_ignore_ascii_case(word)
    }
}

/// The tokens of an expression and how far they have been read.
#[derive(Debug)]
pub(crate) struct Tokens<'e> {
    source: &'e str,
    tokens: Vec<Token<'e>>,
    place: usize,
}

impl<'e> Tokens<'e> {
    /// Cuts an expression into tokens. `[DDB-6.1.1]` `[DDB-6.1.2]`
    pub(crate) fn new(source: &'e str) -> Result<Self, ExpressionFault> {
        if source.is_empty() {
            return Err(ExpressionFault::Empty);
        }
        if source.len() > LONGEST {
            return Err(ExpressionFault::TooLong(source.len()));
        }
        let mut tokens = Vec::new();
        let mut rest = source;
        loop {
            rest = rest.trim_start_matches([' ', '\t', '\r', '\n']);
            let at = source.len() - rest.len();
            let Some(first) = rest.chars().next() else {
                tokens.push(Token { kind: TokenKind::End, text: "<EOF>", at });
                return Ok(Self { source, tokens, place: 0 });
            };
            let run = |from: usize, take: fn(u8) -> bool| {
                from + rest.bytes().skip(from).take_while(|byte| take(*byte)).count()
            };
            let in_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
            let (kind, length) = match first {
                'a'..='z' | 'A'..='Z' => (TokenKind::Word, run(1, in_word)),
                '0'..='9' => (TokenKind::Digits, run(1, |byte| byte.is_ascii_digit())),
                '#' if run(1, in_word) > 1 => (TokenKind::Name, run(1, in_word)),
                ':' if run(1, in_word) > 1 => (TokenKind::Value, run(1, in_word)),
                '<' if rest.starts_with("<=") || rest.starts_with("<>") => (TokenKind::Sign, 2),
                '>' if rest.starts_with(">=") => (TokenKind::Sign, 2),
                other => (TokenKind::Sign, other.len_utf8()),
            };
            let (text, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
            tokens.push(Token { kind, text, at });
            rest = after;
        }
    }

    fn at(&self, place: usize) -> Token<'e> {
        let end = Token { kind: TokenKind::End, text: "<EOF>", at: self.source.len() };
        self.tokens.get(place).copied().unwrap_or(end)
    }

    pub(crate) fn peek(&self) -> Token<'e> {
        self.at(self.place)
    }

    /// The token after the next.
    pub(crate) fn second(&self) -> Token<'e> {
        self.at(self.place + 1)
    }

    pub(crate) fn next(&mut self) -> Token<'e> {
        let token = self.peek();
        self.place += 1;
        token
    }

    /// The number of the next token.
    pub(crate) fn place(&self) -> usize {
        self.place
    }

    /// Takes the sign if it is next.
    pub(crate) fn take(&mut self, sign: &str) -> bool {
        let found = self.peek().is(sign);
        self.place += usize::from(found);
        found
    }

    /// The next token cannot stand here. `[DDB-6.1.9]`
    pub(crate) fn unexpected(&self) -> ExpressionFault {
        let (before, token, after) = (self.place.checked_sub(1), self.peek(), self.second());
        let end = |token: Token<'_>| {
            if token.kind == TokenKind::End { None } else { Some(token.at + token.text.len()) }
        };
        let from = before.map_or(token.at, |before| self.at(before).at);
        let last_before = before.and_then(|before| end(self.at(before)));
        let to = match end(token) {
            Some(own) => end(after).unwrap_or(own),
            None => last_before.unwrap_or(from),
        };
        let near = self.source.get(from..to).unwrap_or_default();
        ExpressionFault::Syntax(token.text.into(), near.into())
    }

    /// `name ( '.' name | '[' digits ']' )*` `[DDB-6.1.4]`
    pub(crate) fn path(&mut self) -> Result<RawPath<'e>, ExpressionFault> {
        let mut path = RawPath { name: self.name()?, steps: Vec::new() };
        loop {
            if self.take(".") {
                path.steps.push(RawStep::Name(self.name()?));
            } else if self.take("[") {
                if self.peek().kind != TokenKind::Digits {
                    return Err(self.unexpected());
                }
                let text = self.next().text;
                let index = text.parse().map_err(|_| ExpressionFault::BadIndex(text.into()))?;
                path.steps.push(RawStep::Index(index));
                if !self.take("]") {
                    return Err(self.unexpected());
                }
            } else if path.steps.len() >= DEPTH {
                return Err(ExpressionFault::DeepPath(path.steps.len() + 1));
            } else {
                return Ok(path);
            }
        }
    }

    fn name(&mut self) -> Result<&'e str, ExpressionFault> {
        match self.peek().kind {
            TokenKind::Word | TokenKind::Name => Ok(self.next().text),
            _ => Err(self.unexpected()),
        }
    }

    /// Nothing may follow.
    pub(crate) fn end(&self) -> Result<(), ExpressionFault> {
        if self.peek().kind == TokenKind::End { Ok(()) } else { Err(self.unexpected()) }
    }
}

/// Sees two pairs of parentheses directly round one thing. `[DDB-6.3.2]`
#[derive(Debug, Default)]
pub(crate) struct Parentheses {
    last: Option<(usize, usize)>,
    pub(crate) redundant: bool,
}

impl Parentheses {
    /// A pair was closed; the places are those of its tokens.
    pub(crate) fn closed(&mut self, open: usize, close: usize) {
        self.redundant |= self.last == Some((open + 1, close.wrapping_sub(1)));
        self.last = Some((open, close));
    }
}
