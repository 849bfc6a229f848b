//! Whether rows follow a page that is shorter than it was asked for. If the API states no total, such a page may be the
//! last one, or the API returns fewer rows than it is asked for. The next page is requested to tell the two apart.

use claimcheck_model::{AppError, PanelQuery};

use crate::{
    api::{Fetched, Freshness},
    boards::kinds::{PanelRequest, pages, rows::rows},
    config::kinds::table::TableSetting,
};

impl PanelRequest<'_> {
    /// Whether rows follow this answer to the panel's own request. `false` if the answer itself says so, or is full. If
    /// the next page cannot be requested now, rows may follow: none is left out.
    pub(super) async fn rows_follow(&self, setting: &TableSetting, fetched: &Fetched) -> bool {
        let Some(page) = setting.page.as_ref().filter(|_| pages::total(setting, fetched).is_none()) else {
            return false;
        };
        let came = rows(&setting.rows, &fetched.value).map(|rows| rows.len() as u64);
        let next = came.ok().and_then(|came| pages::after_short(page, &self.query, came));
        let Some(next) = next else { return false };
        let query = PanelQuery { page: Some(next), ..self.query.clone() };
        let next = PanelRequest { query, ..*self };
        let found = async {
            let request = next.own_request()?;
            self.request.fetch(self.panel, request, Freshness::AsApiSays).await
        };
        match found.await {
            // An API without pages returns the same rows again.
            Ok(next) if next.value == fetched.value => false,
            Ok(next) => rows(&setting.rows, &next.value).map_or(true, |rows| !rows.is_empty()),
            Err(failed) => failed.error != AppError::NotFound,
        }
    }
}
