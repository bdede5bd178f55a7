//! Texts that some patterns match and others do not.
//!
//! A pattern is a row of units; reading a text moves a set of places along
//! the row, held as bits. All patterns are run side by side, lazily, over the
//! characters that occur in them and one that does not, breadth first: the
//! first text that is wanted is a shortest one. The number of combined places
//! is bounded, and running out of them is said.

use alloc::collections::{BTreeSet, VecDeque};
use alloc::string::String;
use alloc::vec::Vec;

/// One step of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Unit {
    /// This character, in any case if so wished.
    Char { c: char, fold: bool },
    /// Any one, perhaps no colon.
    One { colon: bool },
    /// Any number of any, perhaps no colons.
    Star { colon: bool },
}

/// A pattern.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Pattern(pub(super) Vec<Unit>);

impl Pattern {
    /// From a text with wildcards.
    pub(super) fn wild(text: &str, fold: bool, colon: bool) -> Self {
        let unit = |c| match c {
            '*' => Unit::Star { colon },
            '?' => Unit::One { colon },
            c => Unit::Char { c, fold },
        };
        Self(text.chars().map(unit).collect())
    }

    /// A text that stands for itself.
    pub(super) fn exact(text: &str, fold: bool) -> Self {
        Self(text.chars().map(|c| Unit::Char { c, fold }).collect())
    }

    pub(super) fn then(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    pub(super) fn anything() -> Self {
        Self(Vec::from([Unit::Star { colon: true }]))
    }
}

/// Places of all patterns side by side, a bit each; after the units of a
/// pattern comes its end.
type Places = Vec<u64>;

/// The patterns as moves of bits.
struct Automaton {
    words: usize,
    start: Places,
    stars: Places,
    /// The bit of each pattern's end.
    ends: Vec<usize>,
    /// Each character, the places it moves on, and those where it may stay.
    moves: Vec<(char, Places, Places)>,
}

fn set(places: &mut Places, bit: usize) {
    if let Some(word) = places.get_mut(bit / 64) {
        *word |= 1 << (bit % 64);
    }
}

fn has(places: &Places, bit: usize) -> bool {
    places.get(bit / 64).is_some_and(|word| word >> (bit % 64) & 1 == 1)
}

impl Automaton {
    fn new(patterns: &[Pattern], characters: &BTreeSet<char>) -> Self {
        let words = patterns.iter().map(|pattern| pattern.0.len() + 1).sum::<usize>().div_ceil(64);
        let none: Places = core::iter::repeat_n(0, words).collect();
        let (mut start, mut stars, mut ends) = (none.clone(), none.clone(), Vec::new());
        let mut moves: Vec<(char, Places, Places)> =
            characters.iter().map(|c| (*c, none.clone(), none.clone())).collect();
        // Of texts of one length the one that reads best.
        moves.sort_by_key(|(c, ..)| (!c.is_ascii_lowercase(), !c.is_ascii_digit(), *c));
        let mut bit = 0;
        for pattern in patterns {
            set(&mut start, bit);
            for unit in &pattern.0 {
                for (read, on, stay) in &mut moves {
                    match unit {
                        Unit::Char { c, fold } if c == read || *fold && c.eq_ignore_ascii_case(read) => {
                            set(on, bit);
                        }
                        Unit::One { colon } if *colon || *read != ':' => set(on, bit),
                        Unit::Star { colon } if *colon || *read != ':' => set(stay, bit),
                        _ => {}
                    }
                }
                if matches!(unit, Unit::Star { .. }) {
                    set(&mut stars, bit);
                }
                bit += 1;
            }
            ends.push(bit);
            bit += 1;
        }
        let mut automaton = Self { words, start: none, stars, ends, moves };
        automaton.close(&mut start);
        automaton.start = start;
        automaton
    }

    /// A star may also be left at once.
    fn close(&self, places: &mut Places) {
        loop {
            let mut carry = 0;
            let mut changed = false;
            for (word, stars) in places.iter_mut().zip(&self.stars) {
                let leaving = *word & stars;
                let added = *word | leaving << 1 | carry;
                carry = leaving >> 63;
                changed |= added != *word;
                *word = added;
            }
            if !changed {
                return;
            }
        }
    }

    fn step(&self, places: &Places, on: &Places, stay: &Places) -> Places {
        let mut next = Vec::with_capacity(self.words);
        let mut carry = 0;
        for ((word, on), stay) in places.iter().zip(on).zip(stay) {
            let moved = word & on;
            next.push(moved << 1 | carry | word & stay);
            carry = moved >> 63;
        }
        self.close(&mut next);
        next
    }
}

/// So many words of combined places are held in one search, and looked at in
/// all searches of one question.
const AT_ONCE: usize = 1 << 19;
pub(super) const IN_ALL: usize = 1 << 22;

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    Text(String),
    Nothing,
    /// The search was given up.
    TooMuch,
}

/// A shortest text for which `wanted` is true of which patterns match it.
/// `alphabet` says which characters may occur at all; `budget` is how many
/// words of combined places may still be looked at.
pub(super) fn shortest(
    patterns: &[Pattern],
    alphabet: impl Fn(char) -> bool,
    budget: &mut usize,
    wanted: impl Fn(&[bool]) -> bool,
) -> Found {
    let mut characters: BTreeSet<char> = BTreeSet::from([':', 'x']);
    for unit in patterns.iter().flat_map(|pattern| &pattern.0) {
        if let Unit::Char { c, fold } = unit {
            characters.insert(*c);
            if *fold {
                characters.insert(c.to_ascii_lowercase());
            }
        }
    }
    // One that is in no pattern stands for all of them.
    let other = ('a'..='z').chain('0'..='9').find(|c| !characters.contains(c));
    characters.extend(other);
    characters.retain(|c| alphabet(*c));

    let automaton = Automaton::new(patterns, &characters);
    let mut seen = BTreeSet::from([automaton.start.clone()]);
    // Each state with the state it came from and the character read.
    let mut trail: Vec<(usize, char)> = Vec::from([(0, ' ')]);
    let mut queue = VecDeque::from([(automaton.start.clone(), 0usize)]);
    let mut matched = Vec::with_capacity(patterns.len());
    while let Some((state, at)) = queue.pop_front() {
        matched.clear();
        matched.extend(automaton.ends.iter().map(|end| has(&state, *end)));
        if wanted(&matched) {
            return Found::Text(spell(&trail, at));
        }
        for (c, on, stay) in &automaton.moves {
            let next = automaton.step(&state, on, stay);
            if seen.contains(&next) {
                continue;
            }
            let Some(left) = budget.checked_sub(automaton.words) else { return Found::TooMuch };
            *budget = left;
            if seen.len() * automaton.words > AT_ONCE {
                return Found::TooMuch;
            }
            seen.insert(next.clone());
            trail.push((at, *c));
            queue.push_back((next, trail.len() - 1));
        }
    }
    Found::Nothing
}

fn spell(trail: &[(usize, char)], mut at: usize) -> String {
    let mut letters = Vec::new();
    while at != 0 {
        let Some((before, c)) = trail.get(at) else { break };
        letters.push(*c);
        at = *before;
    }
    letters.into_iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use aws_core::Wildcard;
    use proptest::prelude::*;

    #[test]
    fn between_two_patterns() {
        let inside = |one: &str, not: &str| {
            let patterns = [Pattern::wild(one, false, true), Pattern::wild(not, false, true)];
            shortest(&patterns, |_| true, &mut 1000, |ends| matches!(ends, [true, false]))
        };
        assert_eq!(inside("s3:Get*", "s3:*"), Found::Nothing);
        assert_eq!(inside("s3:*", "s3:Get*"), Found::Text("s3:".into()));
        assert_eq!(inside("a?c", "abc"), Found::Text("aac".into()));
        assert_eq!(inside("*a*", "*a*"), Found::Nothing);
        assert_eq!(inside("*a*b*", "*b*a*"), Found::Text("ab".into()));
    }

    proptest! {
        /// What is found is wanted; where nothing is found, no short text is.
        #[test]
        fn as_by_trying(patterns in prop::collection::vec("[ab*?]{0,4}", 1..4), wish in prop::collection::vec(any::<bool>(), 4)) {
            let wanted = |ends: &[bool]| ends.iter().zip(&wish).all(|(end, wish)| end == wish);
            let compiled: Vec<Pattern> = patterns.iter().map(|text| Pattern::wild(text, false, true)).collect();
            let truth = |text: &str| -> Vec<bool> { patterns.iter().map(|pattern| Wildcard::new(pattern).matches(text)).collect() };
            match shortest(&compiled, |c| matches!(c, 'a' | 'b' | 'x'), &mut 100_000, wanted) {
                Found::Text(text) => prop_assert!(wanted(&truth(&text)), "{}", text),
                Found::TooMuch => prop_assert!(false),
                Found::Nothing => {
                    let mut texts = alloc::vec![String::new()];
                    for _ in 0..6 {
                        for text in texts.clone() {
                            for c in ['a', 'b', 'x'] {
                                texts.push(format!("{text}{c}"));
                            }
                        }
                        texts.sort();
                        texts.dedup();
                    }
                    for text in texts {
                        prop_assert!(!wanted(&truth(&text)), "{}", text);
                    }
                }
            }
        }
    }
}
