//! `*` and `?` patterns.

use alloc::boxed::Box;
use core::fmt;

/// A pattern in which `*` stands for any characters, also none, and `?` for
/// exactly one.
///
/// There is no escape: a text with `*` or `?` to be taken literally is
/// compared, not matched. Matching allocates nothing and looks at most at
/// every character of the text once for each character of the pattern,
/// whatever the pattern; common forms (no wildcard, a literal beginning or
/// end) are decided by comparing bytes.
///
/// ```
/// use aws_core::Wildcard;
///
/// assert!(Wildcard::new("s3:Get*").matches("s3:GetObject"));
/// assert!(!Wildcard::new("s3:Get*").matches("s3:getobject"));
/// assert!(Wildcard::ignoring_ascii_case("s3:Get*").matches("S3:getobject"));
/// assert!(Wildcard::new("caf?").matches("café")); // one character, two bytes
/// assert!(!Wildcard::new("a?").matches("a"));
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Wildcard {
    text: Box<str>,
    case_matters: bool,
    /// Bytes before the first wildcard, and after the last.
    prefix: usize,
    suffix: usize,
    form: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Form {
    /// No wildcard.
    Literal,
    /// One run of `*` between a beginning and an end.
    OneStar,
    /// Anything else.
    General,
}

impl Wildcard {
    /// A pattern in which letters match only themselves.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self::compile(text, true)
    }

    /// A pattern in which ASCII letters match in both cases.
    #[must_use]
    pub fn ignoring_ascii_case(text: &str) -> Self {
        Self::compile(text, false)
    }

    fn compile(text: &str, case_matters: bool) -> Self {
        let wild = |c: char| matches!(c, '*' | '?');
        let (prefix, suffix, form) = match (text.find(wild), text.rfind(wild)) {
            (Some(first), Some(last)) => {
                let between = text.get(first..=last).unwrap_or_default();
                let form =
                    if between.bytes().all(|byte| byte == b'*') { Form::OneStar } else { Form::General };
                (first, text.len() - last - 1, form)
            }
            _ => (text.len(), 0, Form::Literal),
        };
        Self { text: text.into(), case_matters, prefix, suffix, form }
    }

    /// The pattern as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it has no wildcard, so that it matches one text only.
    #[must_use]
    pub fn is_literal(&self) -> bool {
        self.form == Form::Literal
    }

    /// What every matching text begins with.
    ///
    /// ```
    /// use aws_core::Wildcard;
    /// assert_eq!(Wildcard::new("iam:*Role").literal_prefix(), "iam:");
    /// ```
    #[must_use]
    pub fn literal_prefix(&self) -> &str {
        self.text.get(..self.prefix).unwrap_or_default()
    }

    /// Whether the whole text matches.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        let (pattern, bytes) = (self.text.as_bytes(), text.as_bytes());
        if self.form == Form::Literal {
            return self.same(pattern, bytes);
        }
        // The beginning and the end are literal, so they decide most.
        let (Some((head, rest)), true) =
            (bytes.split_at_checked(self.prefix), bytes.len() >= self.prefix + self.suffix)
        else {
            return false;
        };
        let Some((middle, tail)) = rest.split_at_checked(rest.len() - self.suffix) else { return false };
        let Some((pattern_head, pattern_rest)) = pattern.split_at_checked(self.prefix) else { return false };
        let Some((wild, pattern_tail)) = pattern_rest.split_at_checked(pattern_rest.len() - self.suffix)
        else {
            return false;
        };
        if !self.same(pattern_head, head) || !self.same(pattern_tail, tail) {
            return false;
        }
        self.form == Form::OneStar || self.general(wild, middle)
    }

    fn same(&self, one: &[u8], other: &[u8]) -> bool {
        if self.case_matters { one == other } else { one.eq_ignore_ascii_case(other) }
    }

    /// Two cursors and one place to come back to: after a mismatch the last
    /// `*` takes one character more. Earlier ones never have to, because
    /// whatever follows them was found at its first place.
    fn general(&self, pattern: &[u8], text: &[u8]) -> bool {
        let (mut p, mut t) = (0, 0);
        let mut back: Option<(usize, usize)> = None;
        while let Some(byte) = text.get(t) {
            match pattern.get(p) {
                Some(b'*') => {
                    p += 1;
                    back = Some((p, t));
                    // Nothing can match before the next literal's first byte.
                    if let Some(next) =
                        pattern.get(p).filter(|next| self.case_matters && !matches!(next, b'*' | b'?'))
                    {
                        match text.get(t..).and_then(|rest| memchr::memchr(*next, rest)) {
                            Some(skip) => {
                                t += skip;
                                back = Some((p, t));
                            }
                            None => return false,
                        }
                    }
                    continue;
                }
                Some(b'?') => {
                    p += 1;
                    t += character(*byte);
                    continue;
                }
                Some(wanted) if self.same(&[*wanted], &[*byte]) => {
                    p += 1;
                    t += 1;
                    continue;
                }
                _ => {}
            }
            let Some((after_star, from)) = back else { return false };
            let from = from + text.get(from).map_or(1, |byte| character(*byte));
            (p, t, back) = (after_star, from, Some((after_star, from)));
        }
        pattern.get(p..).unwrap_or_default().iter().all(|byte| *byte == b'*')
    }
}

/// How many bytes the character that begins with this byte has.
fn character(first: u8) -> usize {
    match first {
        0x00..=0xbf => 1,
        0xc0..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xff => 4,
    }
}

impl fmt::Debug for Wildcard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Wildcard({:?}{})", self.text, if self.case_matters { "" } else { ", ignoring case" })
    }
}

impl fmt::Display for Wildcard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;
    use alloc::vec;
    use alloc::vec::Vec;

    /// Every pair of prefixes, filled in from the start: slow and plain.
    fn plain(pattern: &str, text: &str, case_matters: bool) -> bool {
        let fold = |c: char| if case_matters { c } else { c.to_ascii_lowercase() };
        let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
        let mut table = vec![vec![false; text.len() + 1]; pattern.len() + 1];
        table[0][0] = true;
        for p in 1..=pattern.len() {
            for t in 0..=text.len() {
                table[p][t] = match pattern[p - 1] {
                    '*' => table[p - 1][t] || (t > 0 && table[p][t - 1]),
                    '?' => t > 0 && table[p - 1][t - 1],
                    c => t > 0 && fold(c) == fold(text[t - 1]) && table[p - 1][t - 1],
                };
            }
        }
        table[pattern.len()][text.len()]
    }

    #[test]
    fn every_short_pattern_against_every_short_text() {
        fn words(letters: &[char], longest: usize) -> Vec<String> {
            let mut all = vec![String::new()];
            let mut last = all.clone();
            for _ in 0..longest {
                last = last
                    .iter()
                    .flat_map(|word| letters.iter().map(move |c| alloc::format!("{word}{c}")))
                    .collect();
                all.extend(last.iter().cloned());
            }
            all
        }
        let texts = words(&['a', 'B', 'é'], 4);
        for pattern in words(&['a', 'b', '*', '?'], 5) {
            for text in &texts {
                for case_matters in [true, false] {
                    let expected = plain(&pattern, text, case_matters);
                    let compiled = Wildcard::compile(&pattern, case_matters);
                    assert_eq!(compiled.matches(text), expected, "{compiled:?} on {text:?}");
                }
            }
        }
    }

    #[test]
    fn hostile_patterns_end() {
        let text = "a".repeat(2_000);
        let pattern = "*a".repeat(200) + "b*";
        assert!(!Wildcard::new(&pattern).matches(&text));
        assert!(!Wildcard::ignoring_ascii_case(&pattern).matches(&text));
    }

    #[test]
    fn prefixes_do_not_overlap_suffixes() {
        assert!(!Wildcard::new("aba*ba").matches("aba"));
        assert!(Wildcard::new("aba*ba").matches("ababa"));
        assert!(Wildcard::new("").matches(""));
        assert!(!Wildcard::new("").matches("x"));
        assert!(Wildcard::new("**").matches(""));
    }
}
