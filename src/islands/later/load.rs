//! The border between the two WebAssembly files.
#![allow(unsafe_code, reason = "the macro calls a function of another WebAssembly file")]

use leptos::wasm_split::{SplitLoaderError, wasm_split};

use super::{Missing, Work};

impl From<SplitLoaderError> for Missing {
    fn from(_: SplitLoaderError) -> Self {
        Self
    }
}

/// The only function that the first file calls in the second; waits until that is loaded. The server calls it directly.
///
/// # Errors
///
/// [`Missing`] if the file cannot be loaded. Nothing was done then.
#[wasm_split(later, fallible, wasm_split_path = leptos::wasm_split)]
pub fn second_file(work: Work) -> Result<(), Missing> {
    work.run();
    Ok(())
}
