//! The texts of Claimcheck in every supported language. A language is one file, `locales/TAG.ftl`, in the syntax of
//! Fluent (projectfluent.org). English is the reference and the default.
//!
//! Code uses [`t!`] with a literal id, so that a test can compare ids and arguments with the files.

#![cfg_attr(
    test,
    allow(clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on should say so")
)]

mod catalogue;
mod language;
mod parts;

pub use fluent_bundle::FluentValue;
pub use language::Language;
pub use parts::Segment;

/// A text in a language: `t!(language, "sign-in")` is a `&'static str`, `t!(language, "rows", count = 3)` a `String`.
///
/// Arguments are numbers, which select plural forms, or texts. A `_` in the name of an argument is a `-` in the file.
#[macro_export]
macro_rules! t {
    ($language:expr, $id:literal) => { $language.text($id) };
    ($language:expr, $id:literal, $($name:ident = $value:expr),+ $(,)?) => {
        $language.format($id, &[$((stringify!($name), $crate::FluentValue::from($value))),+])
    };
}

/// A text whose arguments are marked up: `parts!(language, "lacks-scope", scope = code)` returns the text between the
/// arguments and the arguments themselves, in the order of the language, as a `Vec<Segment<T>>`.
#[macro_export]
macro_rules! parts {
    ($language:expr, $id:literal, $($name:ident = $value:expr),+ $(,)?) => {
        $language.parts($id, vec![$((stringify!($name), $value)),+])
    };
}
