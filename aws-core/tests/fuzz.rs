//! The fuzzer's body on inputs that any toolchain can make.
#![cfg(feature = "proptest")]

#[path = "../fuzz/body.rs"]
mod body;

use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn no_text_breaks_a_reader(text in "\\PC{0,60}|[abckv0-9.=&%*?\n]{0,60}|arn:[a-z:/*]{0,40}") {
        body::text(text.as_bytes());
    }

    #[test]
    fn no_bytes_break_a_reader(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
        body::text(&bytes);
    }
}
