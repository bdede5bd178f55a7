//! What time it is, and waiting for it.

use aws_core::{Span, Timestamp};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::Notify;

/// The system's time, or one that moves only when it is told to.
pub enum Clock {
    /// Real time.
    System,
    /// Moved by [`advance`](Self::advance) alone.
    Virtual {
        /// Milliseconds since the epoch.
        millis: AtomicI64,
        /// Rung at each move.
        moved: Notify,
    },
}

impl Clock {
    /// A clock that stands at the given time.
    pub fn standing(at: Timestamp) -> Self {
        Self::Virtual { millis: AtomicI64::new(at.as_millis()), moved: Notify::new() }
    }

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
            }
            Self::Virtual { millis, .. } => Timestamp::from_millis(millis.load(Ordering::SeqCst)),
        }
    }

    /// Moves a virtual clock; `false` if it is the system's.
    pub fn advance(&self, by: Span) -> bool {
        match self {
            Self::System => false,
            Self::Virtual { millis, moved } => {
                millis.fetch_add(by.as_millis().max(0), Ordering::SeqCst);
                moved.notify_waiters();
                true
            }
        }
    }

    /// Comes back when it is `at` or later.
    pub async fn wait_until(&self, at: Timestamp) {
        match self {
            Self::System => {
                let left = u64::try_from(at.since(self.now()).as_millis()).unwrap_or_default();
                tokio::time::sleep(Duration::from_millis(left)).await;
            }
            Self::Virtual { moved, .. } => loop {
                let move_ = moved.notified();
                if self.now() >= at {
                    return;
                }
                move_.await;
            },
        }
    }
}
