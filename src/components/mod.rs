//! Server-rendered pieces without state, for pages and islands alike: no router, no server crate, no event.
//! Their looks are in `style/`; the words a person reads about a failure are in `failure.rs`.

mod chart;
mod chips;
mod claims_list;
mod detail_view;
mod facts;
mod failure;
mod frame;
mod here;
mod icons;
mod list_view;
mod notice;
mod pager;
mod panel_frame;
mod period_chooser;
mod reason;
mod session_notice;
mod skeleton;
mod stat_view;
mod table_rows;
mod table_view;
mod top_bar;
mod user_menu_view;

pub use chart::ChartView;
pub use chips::Chips;
pub use claims_list::ClaimsList;
pub use detail_view::DetailView;
pub use facts::FactList;
pub use failure::{PanelFailure, Remedy, Words, words};
pub use frame::{Footer, MAIN, SkipLink};
pub use here::Here;
pub use icons::{Icon, Logo, Mark, TagIcon, icon};
pub use list_view::ListView;
pub use notice::{Notice, Tone};
pub use pager::PagerView;
pub use panel_frame::{PanelFrame, PanelHead};
pub use period_chooser::{Choices, PeriodChooser};
pub use reason::{Piece, reason};
pub use session_notice::SessionNoticeView;
pub use skeleton::PanelLoading;
pub use stat_view::StatView;
pub use table_rows::{TableRows, cell_content, kind_class};
pub use table_view::TableView;
pub use top_bar::{BoardLink, TopBar};
pub use user_menu_view::UserMenuView;
