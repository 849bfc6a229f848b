//! Shared code of the fuzz targets. Each target is a file that defines the input and the checks of the result; the
//! setup is here. Any panic is a finding, even one that the program would contain.

/// Requests as browsers send them, and the checks for every response.
pub mod browser;
/// JSON from bytes, almost valid.
pub mod json;
/// A provider and an API with scripted responses.
pub mod upstream;
/// The program itself.
pub mod world;

/// Added after every `<` and `"` in input. If it follows one of them in markup, something was not escaped.
pub const MARK: &str = "Zq7";
/// A secret that must never be revealed.
pub const CANARY: &str = "Canary-7-Secret";
