//! `claimcheck new`: asks for what a first settings file needs, proposes boards for an OpenAPI document, and writes a
//! commented file that `claimcheck check` accepts. Nothing is started, and no secret is asked for.

mod ask;
mod command;
mod document;
mod file;
mod report;
#[cfg(test)]
mod tests;
mod text;

pub use command::{NewOptions, run_new};
