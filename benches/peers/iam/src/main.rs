//! What the rivals of iam-eval decide, and how fast.

mod speed;
mod traps;

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("speed") => speed::print(),
        Some("traps") => traps::print(),
        _ => {
            eprintln!("usage: iam-peers speed|traps; expected one of the two words");
            std::process::exit(2);
        }
    }
}
