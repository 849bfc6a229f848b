//! Converts API responses into the content of panels: one file for each panel kind, and one arm in [`body`]. The
//! settings of a kind are in `config::kinds`, its body is in `model::panel`, its view in `components`.

mod chart;
pub(super) mod columns;
mod facts;
mod findings;
mod links;
mod list;
mod meter;
mod next_page;
mod order;
pub(super) mod pages;
mod pivot;
mod preceding;
pub(super) mod rows;
mod settings;
mod share;
mod stat;
mod sums;
pub(super) mod table;
mod timeline;
mod trend;

pub use findings::{Finding, Found};

use std::sync::Arc;

use claimcheck_model::{AppError, PanelBody, PanelError, PanelQuery, SortOrder};
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
    config::{Panel, PanelKind, kinds::stat::Before},
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
        Self { request, panel, query: query(panel, request.question.panel(&panel.id)) }
    }
}

/// The content of a panel, and the answer it is from, unless it has no request.
///
/// # Errors
/// As [`BoardRequest::panel`].
pub(super) async fn body(panel: &PanelRequest<'_>) -> Result<(PanelBody, Option<Arc<Fetched>>), PanelError> {
    let reader = panel.reader();
    if panel.panel.read.is_none() {
        let body = match &panel.panel.kind {
            PanelKind::Text(text) => PanelBody::Text(settings::text(text, panel)?),
            PanelKind::Links(links) => PanelBody::Links(settings::links(links, reader.language())),
            _ => return Err(AppError::Internal.into()),
        };
        return Ok((body, None));
    }
    let (answer, before) = panel.answer_and_before().await?;
    let (value, before) = (&answer.value, before.as_ref().map(|before| &*before.value));
    let body = match &panel.panel.kind {
        PanelKind::Stat(stat) => {
            PanelBody::Stat(stat::from_answers(stat, value, before, panel.period(), reader))
        }
        PanelKind::Table(table) => PanelBody::Table(table::body(table, panel, &answer).await?),
        PanelKind::Chart(chart) => {
            PanelBody::Chart(chart::from_answers(chart, value, before, panel.period(), reader)?)
        }
        PanelKind::List(list) => PanelBody::List(list::from_answer(list, value, reader)?),
        PanelKind::Facts(facts) => PanelBody::Facts(facts::from_answer(facts, value, reader)?),
        PanelKind::Meter(meter) => PanelBody::Meter(meter::from_answer(meter, value, reader)),
        PanelKind::Share(share) => PanelBody::Share(share::from_answer(share, value, reader)?),
        PanelKind::Timeline(timeline) => PanelBody::Timeline(timeline::from_answer(timeline, value, reader)?),
        PanelKind::Text(_) | PanelKind::Links(_) => return Err(AppError::Internal.into()),
    };
    Ok((body, Some(answer)))
}

impl PanelRequest<'_> {
    /// The answer to the panel's own request.
    pub(super) async fn answer(&self, freshness: Freshness) -> Result<Arc<Fetched>, PanelError> {
        self.fetch(self.own_request()?, freshness).await
    }

    /// The answer to the panel's own request, and that for the preceding period if the panel compares with it.
    async fn answer_and_before(&self) -> Result<(Arc<Fetched>, Option<Arc<Fetched>>), PanelError> {
        let before = if self.has_before() { self.request_before()? } else { None };
        let (answer, before) = futures::join!(self.answer(Freshness::AsApiSays), async {
            match before {
                Some(request) => self.fetch(request, Freshness::AsApiSays).await.map(Some),
                None => Ok(None),
            }
        });
        // Without the previous numbers, the panel is still worth showing.
        Ok((answer?, before.unwrap_or_default()))
    }

    /// Whether the panel compares with the preceding period.
    fn has_before(&self) -> bool {
        match &self.panel.kind {
            PanelKind::Stat(stat) => stat.before == Before::Period,
            PanelKind::Chart(chart) => chart.has_before,
            _ => false,
        }
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
            Err(PanelError { error: AppError::NotFound, problem }) => {
                tracing::warn!("the API has nothing at a configured path");
                Err(PanelError { error: AppError::ApiUnavailable, problem })
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
        let slots = self.panel.read.iter().flat_map(|read| read.slots()).chain(self.panel.kind.text_slots());
        let claims = slot_values(&settings.claim_slots, &record.claims, slots)?;
        Ok(SlotValues { period, format, board: self.request, claims })
    }
}

/// The query of a panel; a table that the user has not sorted is sorted as its settings say.
pub(super) fn query(panel: &Panel, mut query: PanelQuery) -> PanelQuery {
    let sort = panel.kind.as_table().and_then(|table| table.sort.as_ref());
    if let Some(sort) = sort.filter(|_| query.sort.is_none()) {
        query.sort = Some(sort.key.clone());
        query.order = if sort.is_descending { SortOrder::Descending } else { SortOrder::Ascending };
    }
    query
}

/// The value that has the currency of a row's amounts.
pub(super) fn currency<'a>(style: &Style<'_>, row: &'a Object) -> Option<&'a Value> {
    style.currency_member().map(|key| member(row, key))
}

#[cfg(test)]
mod tests;
