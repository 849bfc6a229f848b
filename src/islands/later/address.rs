//! The URL of the page, which contains the query of its panels: read for every fetch, and updated when the user changes
//! the query, so that a reload or a bookmark shows the same.

use leptos::prelude::{document, window};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlAnchorElement, UrlSearchParams};

use crate::islands::dom;

/// The query of this page, without its question mark.
pub fn query() -> String {
    let search = window().location().search().unwrap_or_default();
    search.strip_prefix('?').unwrap_or_default().to_owned()
}

/// The value of a parameter in the URL.
pub fn value(name: &str) -> Option<String> {
    UrlSearchParams::new_with_str(&query()).ok()?.get(name)
}

/// The URL of the page with another value of a parameter; without it, if the value is empty.
pub fn url_with(name: &str, value: &str) -> Option<String> {
    let params = UrlSearchParams::new_with_str(&query()).ok()?;
    set_in(&params, [(name, value)].into_iter());
    Some(with(&window().location().pathname().ok()?, &params))
}

/// The query of one panel in the URL. A response is outdated if this has changed.
pub fn asked_of(panel: &str) -> String {
    let own = claimcheck_model::parameter("", panel);
    let query = query();
    let concerns = |pair: &&str| {
        let name = pair.split('=').next().unwrap_or_default();
        ["period", "from", "to"].contains(&name) || name.starts_with(&own)
    };
    query.split('&').filter(concerns).collect()
}

/// Writes these parameters into the URL; empty ones are removed. Updates everything else with the query: links with
/// `data-follow`, which keep their own parameters, and the hidden fields of forms with it.
pub fn set(pairs: &[(&str, &str)]) {
    let Ok(params) = UrlSearchParams::new_with_str(&query()) else { return };
    set_in(&params, pairs.iter().copied());
    let path = window().location().pathname().unwrap_or_default();
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&with(&path, &params)));
    }
    let Ok(links) = document().query_selector_all("a[data-follow]") else { return };
    for link in
        (0..links.length()).filter_map(|index| links.item(index)?.dyn_into::<HtmlAnchorElement>().ok())
    {
        // Its own parameters come before the common ones.
        let own = link.get_attribute("data-follow").unwrap_or_default();
        if let Ok(params) = UrlSearchParams::new_with_str(&query()) {
            set_in(&params, own.split('&').filter_map(|pair| pair.split_once('=')));
            link.set_href(&with(&link.pathname(), &params));
        }
    }
    // Another period or filter has other rows, so it starts at the first pages.
    let Some(page) = document().document_element() else { return };
    for form in dom::all(&page, "form[data-follow]") {
        for (name, value) in pairs.iter().filter(|(name, _)| !name.ends_with("page")) {
            let old = form.query_selector(&format!("input[name=\"{name}\"]")).ok().flatten();
            let field = old.or_else(|| {
                let field = document().create_element("input").ok()?;
                field.set_attribute("type", "hidden").ok()?;
                field.set_attribute("name", name).ok()?;
                form.append_child(&field).ok()?;
                Some(field)
            });
            if let Some(field) = field {
                let _ = field.set_attribute("value", value);
            }
        }
    }
}

fn set_in<'a>(params: &UrlSearchParams, pairs: impl Iterator<Item = (&'a str, &'a str)>) {
    for (name, value) in pairs {
        if value.is_empty() {
            params.delete(name);
        } else {
            params.set(name, value);
        }
    }
}

fn with(path: &str, params: &UrlSearchParams) -> String {
    let query = String::from(params.to_string());
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}
