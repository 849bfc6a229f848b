//! Code that runs in the browser. All islands share one wasm file, so each one adds to the size of every visit.

mod action;
mod address;
mod chart;
mod claims;
mod content;
mod dom;
mod draft;
mod drawer;
mod live_panel;
mod session_clock;
mod session_link;
mod session_notice;
mod session_view;
mod table;
mod texts;
mod user_menu;

pub use action::Actions;
pub use claims::Claims;
pub use live_panel::LivePanel;
pub use session_notice::SessionNotice;
pub use user_menu::UserMenu;
