//! Converts API responses into the content of panels: one file for each panel kind, and one arm in [`body`]. The
//! settings of a kind are in `config::kinds`, its body is in `model::panel`, its view in `components`.

mod chart;
mod list;
mod stat;
pub(super) mod table;

use std::sync::Arc;

use claimcheck_model::{AppError, PanelBody, PanelQuery};
use serde_json::Value;
use serde_json_path::JsonPath;

use crate::{
    boards::{
        BoardRequest,
        cells::Object,
        period::Period,
        request::{self, PeriodParams},
    },
    config::{Panel, PanelKind, Unfit},
    locale::LocaleFormatter,
};

/// One panel of a board request, with the requests to the API that a kind may make.
pub(super) struct PanelRequest<'r> {
    pub request: &'r BoardRequest<'r>,
    pub panel: &'r Panel,
    pub index: usize,
    pub query: PanelQuery,
}

/// The content of a panel.
///
/// # Errors
/// As [`BoardRequest::panel`].
pub(super) async fn body(panel: &PanelRequest<'_>) -> Result<PanelBody, AppError> {
    let reader = panel.reader();
    Ok(match &panel.panel.kind {
        PanelKind::Stat(stat) => PanelBody::Stat(stat::body(stat, panel).await?),
        PanelKind::Table(table) => PanelBody::Table(table::body(table, panel).await?),
        PanelKind::Chart(chart) => {
            PanelBody::Chart(chart::from_answer(chart, &*panel.answer().await?, reader)?)
        }
        PanelKind::List(list) => PanelBody::List(list::from_answer(list, &*panel.answer().await?, reader)?),
    })
}

impl PanelRequest<'_> {
    /// The response to the panel's own request.
    pub(super) async fn answer(&self) -> Result<Arc<Value>, AppError> {
        let path = request::path(self.panel, &self.period_params(self.period()), &self.query);
        self.fetch(path.map_err(unfit)?).await
    }

    /// The response at a configured path.
    ///
    /// # Errors
    /// `ApiUnavailable` also if there is nothing: the path is configured, so that is a fault.
    async fn fetch(&self, path: String) -> Result<Arc<Value>, AppError> {
        match self.request.fetch(self.panel, path).await {
            Err(AppError::NotFound) => {
                tracing::warn!("the API has nothing at a configured path");
                Err(AppError::ApiUnavailable)
            }
            answer => answer,
        }
    }

    /// The path of the same request for the preceding period.
    fn path_before(&self) -> Result<Option<String>, AppError> {
        let Some(before) = self.period().and_then(Period::before) else { return Ok(None) };
        self.period_params(Some(before)).fill(&self.panel.get).map(Some).map_err(unfit)
    }

    fn period(&self) -> Option<Period> {
        self.request.period
    }

    fn reader(&self) -> &LocaleFormatter {
        self.request.reader()
    }

    fn period_params(&self, period: Option<Period>) -> PeriodParams<'_> {
        let format = self.request.board.period.as_ref().map(|setting| setting.format).unwrap_or_default();
        PeriodParams { period, format, reader: self.reader() }
    }
}

/// The period fills every slot that the settings allow, so this is an internal error.
fn unfit(unfit: Unfit) -> AppError {
    tracing::error!(%unfit, "a request could not be built from the settings");
    AppError::Internal
}

/// The rows of a response that `path` selects.
///
/// # Errors
/// `ApiUnavailable` if it selects anything other than objects.
fn rows<'a>(path: &JsonPath, answer: &'a Value) -> Result<Vec<&'a Object>, AppError> {
    let found = path.query(answer).all();
    let rows: Vec<&Object> = found.iter().filter_map(|row| row.as_object()).collect();
    if rows.is_empty() && !found.is_empty() {
        tracing::warn!("the rows in the API's response are not objects");
        return Err(AppError::ApiUnavailable);
    }
    Ok(rows)
}
