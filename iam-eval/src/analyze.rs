//! Questions about policies that no single request asks.

use crate::PolicySet;

pub(crate) fn is_public(_: &PolicySet) -> bool {
    false
}
