//! All drawings of the program, as paths: small icons, pictures on a coat tag, and the logo. They are decorative; the
//! text is beside them, so all are hidden from screen readers.

use leptos::prelude::*;
use maud::{Markup, html};

use crate::components::cell::inert;

/// The drawings for an [`Icon`] (24 by 24) or a [`TagIcon`] (the upper part of a tag).
pub mod icon {
    pub const SEARCH: &str = "M16.5 10.5a6 6 0 1 1-12 0 6 6 0 0 1 12 0zM15 15l5 5";
    pub const FILTER: &str = "M4 6h16M7 12h10M10 18h4";
    pub const RELOAD: &str = "M19.5 12a7.5 7.5 0 1 1-2.2-5.3L20 9.4M20 4.5v4.9h-4.9";
    pub const DOWNLOAD: &str = "M12 4v11M7.5 11l4.5 4.5 4.5-4.5M5 20h14";
    pub const BACK: &str = "M11 6l-6 6 6 6M5.5 12H19";
    pub const CLOSE: &str = "m6 6 12 12M18 6 6 18";
    pub const CALENDAR: &str = "M4.5 6.5h15v13h-15zM4.5 10.5h15M8.5 4v4M15.5 4v4";
    pub const UP: &str = "m6.5 14.5 5.5-5.5 5.5 5.5";
    pub const CHEVRON: &str = "m6.5 9.5 5.5 5.5 5.5-5.5";
    pub const PERSON: &str = "M16 8a4 4 0 1 1-8 0 4 4 0 0 1 8 0zM4.5 20.5c.8-4 3.8-6 7.5-6s6.7 2 7.5 6";
    pub const SCREEN: &str = "M4.5 5.5h15v10h-15zM2.5 19h19";
    pub const PHONE: &str =
        "M8 3.5h8a1 1 0 0 1 1 1v15a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1v-15a1 1 0 0 1 1-1zM11 17.5h2";
    pub const PROGRAM: &str = "M4.5 5h15v14h-15zM8 9.5l3 2.5-3 2.5M13 15h3.5";
    pub const LEAVE: &str = "M10 4H5v16h5M15 8l4 4-4 4M19 12H9.5";
    pub const OUTSIDE: &str = "M13 5h6v6M19 5l-8.5 8.5M16 13.5V19H5V8h5.5";
    pub const HINT: &str = "M20 12a8 8 0 1 1-16 0 8 8 0 0 1 16 0zM12 11.2V16M12 8.1v.1";
    pub const MORE: &str =
        "M5 12h.1M12 12h.1M19 12h.1M5 11.5v1M12 11.5v1M19 11.5v1M4.5 12h1M11.5 12h1M18.5 12h1";
    pub const FOLD: &str = "M4.5 5.5h15v13h-15zM9.5 5.5v13M15.5 9.5 13 12l2.5 2.5";
    pub const LOCK: &str = "M6.5 11h11v8.5h-11zM9 11V8a3 3 0 0 1 6 0v3";
    pub const DONE: &str = "m5 12.5 4.5 4.5L19 7";
    pub const WARNING: &str = "M12 4 2.8 20h18.4zM12 10v4.5M12 17.3v.1";

    pub const TAG_HANGER: &str = "M12 10V8.6c2-.3 2.3-3.6 0-3.6-1.1 0-1.8.8-1.8 1.7M12 10l-5.5 5h11z";
    pub const TAG_LOCK: &str = "M8 10.5h8V16H8zM9.5 10.5v-2a2.5 2.5 0 0 1 5 0v2";
    pub const TAG_SILENT: &str = "M12 6v6M12 15v.2";
    pub const TAG_GONE: &str = "m8.5 7.5 7 7M15.5 7.5l-7 7";
}

/// Outline of a coat tag, 24 by 30, with a notch at either end of its perforation.
const TAG: &str = "M5 1h14a3 3 0 0 1 3 3v13.5a2.5 2.5 0 0 0 0 5V26a3 3 0 0 1-3 3H5a3 3 0 0 1-3-3v-3.5a2.5 2.5 0 0 0 0-5V4a3 3 0 0 1 3-3z";
/// The check mark whose upstroke bends into a coat hook.
const HOOK: &str = "M7 10.3l3.7 4 5.2-6.3c1.7-2.4-1.3-4.8-3.3-2.6";

/// A small icon, as high as its line.
#[component]
pub fn Icon(
    /// One of the constants in [`icon`].
    d: &'static str,
    #[prop(default = "icon")] class: &'static str,
) -> impl IntoView {
    inert(drawn(class, d))
}

/// The same in a template.
pub fn icon_markup(d: &'static str) -> Markup {
    drawn("icon", d)
}

/// The same with another class.
pub fn drawn(class: &'static str, d: &'static str) -> Markup {
    html! { svg class=(class) viewBox="0 0 24 24" aria-hidden="true" { path d=(d) {} } }
}

/// A picture for an empty panel: a coat tag with a drawing on it.
#[component]
pub fn TagIcon(
    /// One of the `TAG_` constants in [`icon`].
    d: &'static str,
) -> impl IntoView {
    inert(tag_icon(d))
}

/// The same in a template.
pub fn tag_icon(d: &'static str) -> Markup {
    html! { svg.icon viewBox="0 0 24 30" aria-hidden="true" { (tag()) path d=(d) {} } }
}

/// The outline of a tag, and its perforation.
fn tag() -> Markup {
    html! { path d=(TAG) {} path d="M5.5 20h13" stroke-dasharray="0 2.6" {} }
}

/// The logo: a claim check.
pub fn logo() -> Markup {
    html! { svg.logo viewBox="0 0 24 30" aria-hidden="true" { (tag()) path d=(HOOK) stroke-width="2.4" {} } }
}

/// The mark alone, in the text colour.
#[component]
pub fn Mark() -> impl IntoView {
    inert(html! { svg.mark viewBox="6 3 12 13" aria-hidden="true" { path d=(HOOK) {} } })
}
