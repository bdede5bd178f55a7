//! The logic that decisions are made in.

/// What is known of a statement about a request.
///
/// Facts that are all known give only [`No`](Self::No) and [`Yes`](Self::Yes),
/// and everything behaves as in ordinary logic; an unknown context key gives
/// [`Maybe`](Self::Maybe), which spreads only where it matters (Kleene's
/// three-valued logic). So one evaluator serves both.
///
/// ```
/// use iam_eval::Truth;
/// assert_eq!(Truth::Maybe.and(Truth::No), Truth::No);
/// assert_eq!(Truth::Maybe.or(Truth::No), Truth::Maybe);
/// assert_eq!(Truth::Maybe.not(), Truth::Maybe);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Truth {
    /// It is not so.
    No,
    /// It depends on what is not known.
    Maybe,
    /// It is so.
    Yes,
}

impl Truth {
    /// Both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.min(other)
    }

    /// At least one.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.max(other)
    }

    /// The contrary.
    #[expect(clippy::should_implement_trait, reason = "it stands beside `and` and `or`")]
    #[must_use]
    pub fn not(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Maybe => Self::Maybe,
            Self::Yes => Self::No,
        }
    }

    /// Whether all are so; nothing more is looked at after the first that is
    /// not.
    pub(crate) fn all(facts: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Self::Yes;
        for fact in facts {
            all = all.and(fact);
            if all == Self::No {
                break;
            }
        }
        all
    }

    /// Whether one is so; nothing more is looked at after the first.
    pub(crate) fn any(facts: impl IntoIterator<Item = Self>) -> Self {
        let mut any = Self::No;
        for fact in facts {
            any = any.or(fact);
            if any == Self::Yes {
                break;
            }
        }
        any
    }
}

impl From<bool> for Truth {
    fn from(fact: bool) -> Self {
        if fact { Self::Yes } else { Self::No }
    }
}

/// What decisions can be reckoned in: truth values, or formulas that still
/// hold what is not known.
pub(crate) trait Logic: Clone {
    fn yes() -> Self;
    fn no() -> Self;
    fn and(self, other: Self) -> Self;
    fn or(self, other: Self) -> Self;
}

impl Logic for Truth {
    fn yes() -> Self {
        Self::Yes
    }

    fn no() -> Self {
        Self::No
    }

    fn and(self, other: Self) -> Self {
        self.min(other)
    }

    fn or(self, other: Self) -> Self {
        self.max(other)
    }
}
