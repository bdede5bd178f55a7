//! Where in its text a thing stands.

use core::fmt;
use serde::Serialize;

/// A piece of a document: byte offsets, the end exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SourceSpan {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset after the last byte.
    pub end: usize,
}

impl SourceSpan {
    /// The piece of `source` it covers.
    ///
    /// ```
    /// use iam_eval::SourceSpan;
    /// assert_eq!(SourceSpan { start: 1, end: 3 }.text("abcd"), "bc");
    /// assert_eq!(SourceSpan { start: 9, end: 12 }.text("abcd"), "");
    /// ```
    #[must_use]
    pub fn text(self, source: &str) -> &str {
        source.get(self.start..self.end).unwrap_or_default()
    }

    /// Where it begins.
    #[must_use]
    pub fn position(self, source: &str) -> Position {
        Position::of(source, self.start)
    }
}

/// A line and a column, both counted from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Position {
    /// The line; only `\n` ends one.
    pub line: usize,
    /// The character in the line.
    pub column: usize,
}

impl Position {
    /// Of a byte offset.
    ///
    /// ```
    /// use iam_eval::Position;
    /// assert_eq!(Position::of("{\n  \"é\": 1}", 8), Position { line: 2, column: 6 });
    /// ```
    #[must_use]
    pub fn of(source: &str, offset: usize) -> Self {
        let (mut line, mut column) = (1, 1);
        for (at, c) in source.char_indices() {
            if at >= offset {
                break;
            }
            if c == '\n' {
                (line, column) = (line + 1, 1);
            } else {
                column += 1;
            }
        }
        Self { line, column }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}
