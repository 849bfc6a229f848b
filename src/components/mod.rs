//! Server-rendered pieces without state, for pages and islands alike: no router, no server crate, no event.
//! Their looks are in `style/`; the words a person reads about a failure are in `failure.rs`.

mod chart;
mod chips;
mod claims_list;
mod facts;
mod failure;
mod frame;
mod icons;
mod notice;
mod panel_frame;
mod skeleton;
mod table_rows;
mod table_view;
mod top_bar;
mod user_menu_view;

pub use chart::ChartView;
pub use chips::Chips;
pub use claims_list::ClaimsList;
pub use facts::FactList;
pub use failure::{PanelFailure, Remedy, Words, words};
pub use frame::{Footer, MAIN, SkipLink};
pub use icons::{Icon, Logo, Mark, TagIcon, icon};
pub use notice::{Notice, Tone};
pub use panel_frame::{PanelFrame, panel_id};
pub use skeleton::PanelLoading;
pub use table_rows::TableRows;
pub use table_view::{TableView, table_href};
pub use top_bar::TopBar;
pub use user_menu_view::UserMenuView;
