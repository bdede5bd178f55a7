//! Home of the benches: see the folder `benches`.
