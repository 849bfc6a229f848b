//! Converts API responses into the content of panels: one file for each panel kind, and one arm in [`body`]. The
//! settings of a kind are in `config::kinds`, its body is in `model::panel`, its view in `components`.

mod chart;
mod findings;
mod links;
mod list;
mod next_page;
pub(super) mod pages;
pub(super) mod rows;
mod stat;
pub(super) mod table;

pub use findings::{Finding, Found};

use std::sync::Arc;

use claimcheck_model::{AppError, PanelBody, PanelError, PanelQuery};
use serde_json::Value;

use crate::{
    api::{Fetched, Freshness, ReadRequest},
    boards::{
        BoardRequest,
        cells::{Object, member},
        kinds::pages::PageContext,
        period::Period,
        request::{self, SlotValues},
        value::Style,
    },
    claims::slot_values,
    config::{Panel, PanelKind},
    locale::LocaleFormatter,
};

/// One panel of a board request, with the requests to the API that a kind may make.
pub(super) struct PanelRequest<'r> {
    pub request: &'r BoardRequest<'r>,
    pub panel: &'r Panel,
    pub query: PanelQuery,
}

impl<'r> PanelRequest<'r> {
    /// A panel with its part of the board's query.
    pub(super) fn of(request: &'r BoardRequest<'r>, panel: &'r Panel) -> Self {
        Self { request, panel, query: request.question.panel(&panel.id) }
    }
}

/// The content of a panel, and the answer it is from.
///
/// # Errors
/// As [`BoardRequest::panel`].
pub(super) async fn body(panel: &PanelRequest<'_>) -> Result<(PanelBody, Arc<Fetched>), PanelError> {
    let reader = panel.reader();
    let PanelKind::Stat(stat) = &panel.panel.kind else {
        let answer = panel.answer(Freshness::AsApiSays).await?;
        let body = match &panel.panel.kind {
            PanelKind::Stat(_) => return Err(AppError::Internal.into()),
            PanelKind::Table(table) => PanelBody::Table(table::body(table, panel, &answer).await?),
            PanelKind::Chart(chart) => PanelBody::Chart(chart::from_answer(chart, &answer.value, reader)?),
            PanelKind::List(list) => PanelBody::List(list::from_answer(list, &answer.value, reader)?),
        };
        return Ok((body, answer));
    };
    let (stat, answer) = stat::body(stat, panel).await?;
    Ok((PanelBody::Stat(stat), answer))
}

impl PanelRequest<'_> {
    /// The answer to the panel's own request.
    pub(super) async fn answer(&self, freshness: Freshness) -> Result<Arc<Fetched>, PanelError> {
        self.fetch(self.own_request()?, freshness).await
    }

    /// The panel's own request.
    fn own_request(&self) -> Result<ReadRequest, AppError> {
        let parameters = match self.panel.kind.as_table() {
            Some(setting) => table::parameters(setting, &self.query, &self.pages()?),
            None => Vec::new(),
        };
        request::filled(self.panel, &self.slot_values(self.period())?, &parameters)
    }

    /// Where the pages of a table come from.
    fn pages(&self) -> Result<PageContext<'_>, AppError> {
        let api = self.request.settings().api(&self.panel.api).ok_or(AppError::Internal)?;
        let (keyring, board) = (self.request.keyring(), self.request.board.id.as_str());
        Ok(PageContext { keyring, api, board, panel: self.panel, rows_follow: false })
    }

    /// The answer to a configured request.
    ///
    /// # Errors
    /// `ApiUnavailable` also if there is nothing: the path is configured, so that is a fault.
    async fn fetch(&self, request: ReadRequest, freshness: Freshness) -> Result<Arc<Fetched>, PanelError> {
        match self.request.fetch(self.panel, request, freshness).await {
            Err(PanelError { error: AppError::NotFound, .. }) => {
                tracing::warn!("the API has nothing at a configured path");
                Err(AppError::ApiUnavailable.into())
            }
            answer => answer,
        }
    }

    /// The same request for the preceding period.
    fn request_before(&self) -> Result<Option<ReadRequest>, AppError> {
        let Some(before) = self.period().and_then(Period::before) else { return Ok(None) };
        request::filled(self.panel, &self.slot_values(Some(before))?, &[]).map(Some)
    }

    fn period(&self) -> Option<Period> {
        self.request.period
    }

    fn reader(&self) -> &LocaleFormatter {
        self.request.reader()
    }

    /// The values for the slots of the panel's request.
    ///
    /// # Errors
    /// `Forbidden` if a claim is missing.
    fn slot_values(&self, period: Option<Period>) -> Result<SlotValues<'_>, AppError> {
        let format = self.request.board.period.as_ref().map(|setting| setting.format).unwrap_or_default();
        let (settings, record) = (self.request.settings(), &self.request.signed_in().record);
        let claims = slot_values(&settings.claim_slots, &record.claims, self.panel.read.slots())?;
        Ok(SlotValues { period, format, reader: self.reader(), claims })
    }
}

/// The value that has the currency of a row's amounts.
pub(super) fn currency<'a>(style: &Style<'_>, row: &'a Object) -> Option<&'a Value> {
    style.currency_member().map(|key| member(row, key))
}
