//! What the targets share. Each target is a file that says what comes from outside and what must hold of the answer; what
//! it takes to ask is here. A panic anywhere, also one that the program would contain, is a finding.

/// Requests as browsers make them, and what must hold of every answer.
pub mod browser;
/// JSON from bytes, near to what is right.
pub mod json;
/// A provider and an API that answer what they are told.
pub mod upstream;
/// The program itself, between the two.
pub mod world;

/// Put behind every `<` and `"` that comes from outside: where it stands behind one of them in markup, something was not
/// escaped.
pub const MARK: &str = "Zq7";
/// What must not be told to anybody.
pub const CANARY: &str = "Canary-7-Secret";
