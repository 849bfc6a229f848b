//! Where drafts of forms are: in this tab's storage, by user. What the first page needs of them; `later::draft` fills
//! them in.

use claimcheck_model::storage;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

/// The reasons for an end that the user wanted: drafts are deleted then.
const BY_PERSON: [&str; 2] = ["signed-out", "elsewhere"];

// Each call fails if the browser offers no storage or no space.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = sessionStorage, js_name = getItem)]
    pub fn read(key: &str) -> Result<Option<String>, JsValue>;
    #[wasm_bindgen(catch, js_namespace = sessionStorage, js_name = setItem)]
    pub fn write(key: &str, value: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(catch, js_namespace = sessionStorage, js_name = removeItem)]
    pub fn remove(key: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(catch, js_namespace = sessionStorage, js_name = key)]
    fn key_at(index: u32) -> Result<Option<String>, JsValue>;
}

/// Whether drafts are deleted if the session ends for this reason.
pub fn goes_with(why: &str) -> bool {
    BY_PERSON.contains(&why)
}

/// The key of the draft that this user left for a sign-in; the start of all keys of the user. After it, a key has the place
/// of its draft: the URL of the form.
pub fn of(person: &str) -> String {
    [&storage::drafts(), person, ":"].concat()
}

/// The URL of the form that was left, with its board's query. Returned once.
pub fn left(person: &str) -> Option<String> {
    let key = of(person);
    let place = read(&key).ok().flatten()?;
    let _ = remove(&key);
    Some(place)
}

/// Deletes drafts of other users. Returns whether this user has some.
pub fn forget_others(person: &str) -> bool {
    let own = of(person);
    remove_all(&own)
}

/// The user signs out, or has signed out.
pub fn forget_all() {
    remove_all("-");
}

/// Deletes all drafts, except those whose keys begin with `own`. Returns whether there are any of these.
fn remove_all(own: &str) -> bool {
    let (all, mut index, mut has_own) = (storage::drafts(), 0, false);
    while let Ok(Some(key)) = key_at(index) {
        let is_own = key.starts_with(own);
        has_own |= is_own;
        if !is_own && key.starts_with(&all) && remove(&key).is_ok() {
            continue;
        }
        index += 1;
    }
    has_own
}
