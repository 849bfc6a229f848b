//! Code that runs in the browser. Islands share one WebAssembly file, so each one adds to every first visit; what a page
//! does not need before its user does something is in [`later`], in a second file.

mod action;
mod base_path;
mod claims;
mod dom;
mod drafts;
pub mod later;
mod live_panel;
mod session_clock;
mod session_link;
mod session_notice;
mod session_view;
mod shortcuts;
mod texts;
mod user_menu;

pub use action::Actions;
pub use base_path::read_base_path;
pub use claims::Claims;
pub use live_panel::LivePanel;
pub use session_notice::SessionNotice;
pub use user_menu::UserMenu;
