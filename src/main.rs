//! The command line: serve | demo.
fn main() {}
