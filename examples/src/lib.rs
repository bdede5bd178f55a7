//! Home of the example programs: see the folders beside `src`.
