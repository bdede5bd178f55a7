//! The tokens of a statement, with their positions. `[DDB-12.2]`

use super::fault::{Position, Reading, malformed};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// A token.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// A bare word: a keyword or a name.
    Word(String),
    /// A name in double quotes.
    Name(String),
    /// A text in single quotes.
    Text(String),
    /// A number as written, without a sign.
    Number(String),
    /// A sign or bracket.
    Sign(&'static str),
    End,
}

/// The signs, longer ones first.
const SIGNS: [&str; 23] = [
    "<<", ">>", "<=", ">=", "<>", "!=", "=", "<", ">", "(", ")", "[", "]", "{", "}", ",", ".", ":", "*", "?",
    "+", "-", ";",
];

/// A statement cut into tokens, and how far it has been read.
pub(super) struct Tokens {
    tokens: Vec<(Token, Position)>,
    at: usize,
}

impl Tokens {
    /// # Errors
    /// What is no token: an unknown sign, an open quotation or comment.
    pub(super) fn new(source: &str) -> Reading<Self> {
        let mut scan = Scan { rest: source, line: 1, column: 1 };
        let mut tokens = Vec::new();
        loop {
            scan.skip_space()?;
            let (line, column) = (scan.line, scan.column);
            let before = scan.rest;
            let token = scan.token()?;
            let end = token == Token::End;
            let taken = before.len() - scan.rest.len();
            let length = before.get(..taken).map_or(0, |text| text.chars().count());
            tokens.push((token, Position { line, column, length }));
            if end {
                return Ok(Self { tokens, at: 0 });
            }
        }
    }

    pub(super) fn peek(&self) -> &Token {
        self.tokens.get(self.at).map_or(&Token::End, |(token, _)| token)
    }

    /// The token after the next.
    pub(super) fn second(&self) -> &Token {
        self.tokens.get(self.at + 1).map_or(&Token::End, |(token, _)| token)
    }

    pub(super) fn position(&self) -> Position {
        self.tokens.get(self.at).map_or(Position { line: 1, column: 1, length: 0 }, |(_, position)| *position)
    }

    pub(super) fn next(&mut self) -> Token {
        let token = self.peek().clone();
        self.at += 1;
        token
    }

    /// Whether the next token is this keyword, in any case.
    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Token::Word(text) if text.eq_ignore_ascii_case(word))
    }

    pub(super) fn take_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        self.at += usize::from(found);
        found
    }

    pub(super) fn take(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Token::Sign(text) if *text == sign);
        self.at += usize::from(found);
        found
    }

    pub(super) fn want(&mut self, sign: &str) -> Reading<()> {
        if self.take(sign) { Ok(()) } else { malformed(format!("Expected '{sign}'")) }
    }

    pub(super) fn want_word(&mut self, word: &str) -> Reading<()> {
        if self.take_word(word) { Ok(()) } else { malformed(format!("Expected {word}")) }
    }
}

struct Scan<'s> {
    rest: &'s str,
    line: usize,
    column: usize,
}

/// What cannot be read has no further text. `[DDB-12.6]`
fn unreadable<T>() -> Reading<T> {
    malformed("")
}

impl Scan<'_> {
    fn bump(&mut self, bytes: usize) {
        let (taken, rest) = self.rest.split_at_checked(bytes).unwrap_or((self.rest, ""));
        for character in taken.chars() {
            if character == '\n' {
                (self.line, self.column) = (self.line + 1, 1);
            } else {
                self.column += 1;
            }
        }
        self.rest = rest;
    }

    fn skip_space(&mut self) -> Reading<()> {
        loop {
            let trimmed = self.rest.trim_start();
            self.bump(self.rest.len() - trimmed.len());
            let length = if self.rest.starts_with("--") {
                self.rest.find('\n').unwrap_or(self.rest.len())
            } else if self.rest.starts_with("/*") {
                match self.rest.find("*/") {
                    Some(end) => end + 2,
                    None => return unreadable(),
                }
            } else {
                return Ok(());
            };
            self.bump(length);
        }
    }

    fn token(&mut self) -> Reading<Token> {
        let Some(first) = self.rest.chars().next() else { return Ok(Token::End) };
        if first == '\'' || first == '"' {
            let text = self.quoted(first)?;
            return Ok(if first == '"' { Token::Name(text) } else { Token::Text(text) });
        }
        if first.is_alphabetic() || first == '_' || first == '$' {
            let word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
            return Ok(Token::Word(self.while_holds(word)));
        }
        let second = self.rest.chars().nth(1);
        if first.is_ascii_digit() || (first == '.' && second.is_some_and(|c| c.is_ascii_digit())) {
            return self.number();
        }
        match SIGNS.into_iter().find(|sign| self.rest.starts_with(sign)) {
            Some(sign) => {
                self.bump(sign.len());
                Ok(Token::Sign(sign))
            }
            None => unreadable(),
        }
    }

    fn while_holds(&mut self, holds: impl Fn(char) -> bool) -> String {
        let end = self.rest.find(|c: char| !holds(c)).unwrap_or(self.rest.len());
        let text = self.rest.get(..end).unwrap_or_default().into();
        self.bump(end);
        text
    }

    /// Digits, a point, digits, an exponent.
    fn number(&mut self) -> Reading<Token> {
        let mut text = self.while_holds(|c| c.is_ascii_digit());
        if self.rest.starts_with('.') {
            self.bump(1);
            text.push('.');
            text.push_str(&self.while_holds(|c| c.is_ascii_digit()));
        }
        if self.rest.starts_with(['e', 'E']) {
            self.bump(1);
            text.push('e');
            if let Some(sign) = self.rest.chars().next().filter(|c| matches!(c, '+' | '-')) {
                self.bump(1);
                text.push(sign);
            }
            let digits = self.while_holds(|c| c.is_ascii_digit());
            if digits.is_empty() {
                return unreadable();
            }
            text.push_str(&digits);
        }
        if self.rest.starts_with(|c: char| c.is_alphanumeric() || c == '_') {
            return unreadable();
        }
        Ok(Token::Number(text))
    }

    /// What is between quotes; two of them are one.
    fn quoted(&mut self, quote: char) -> Reading<String> {
        let mut text = String::new();
        let mut rest = self.rest.char_indices().skip(1).peekable();
        while let Some((at, character)) = rest.next() {
            if character != quote {
                text.push(character);
            } else if rest.peek().is_some_and(|(_, next)| *next == quote) {
                text.push(quote);
                rest.next();
            } else {
                self.bump(at + 1);
                return Ok(text);
            }
        }
        unreadable()
    }
}
