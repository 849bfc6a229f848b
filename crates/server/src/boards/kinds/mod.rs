//! Converts API responses into the content of panels: one file for each panel kind, and one arm in [`body`]. The
//! settings of a kind are in `config::kinds`, its body is in `model::panel`, its view in `components`.

mod arranged;
mod chart;
pub(super) mod columns;
mod facts;
mod findings;
mod links;
mod list;
mod meter;
mod order;
pub(super) mod paged;
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

use claimcheck_model::{AppError, Meter, PanelBody, PanelError, PanelQuery, SortOrder, Stat};
use serde_json::Value;

use crate::{
    api::{Fetched, Freshness, ReadRequest},
    boards::{
        BoardRequest,
        cells::{Object, member},
        kinds::pages::{PageContext, PagesOf},
        link::RowLink,
        period::Period,
        request::{self, SlotValues},
        value::Style,
    },
    claims::slot_values,
    config::{LinkTo, Panel, PanelKind, kinds::stat::Before},
    locale::LocaleFormatter,
};

/// In place of a name that an answer does not have.
pub(super) const NO_NAME: &str = "\u{2013}";

/// One panel of a board request, with the requests to the API that a kind may make.
pub(super) struct PanelRequest<'r> {
    pub request: &'r BoardRequest<'r>,
    pub panel: &'r Panel,
    pub query: PanelQuery,
    /// One page of the API is read, as it is: for files, and to read several pages.
    pub is_one_page: bool,
}

impl<'r> PanelRequest<'r> {
    /// A panel with its part of the board's query.
    pub(super) fn of(request: &'r BoardRequest<'r>, panel: &'r Panel) -> Self {
        let query = query(panel, request.question.panel(&panel.id));
        Self { request, panel, query, is_one_page: false }
    }
}

/// The content of a panel, and the answer it is from, unless it has no request.
///
/// # Errors
/// As [`BoardRequest::panel`].
pub(super) async fn body(panel: &PanelRequest<'_>) -> Result<(PanelBody, Option<Arc<Fetched>>), PanelError> {
    let reader = panel.reader();
    if panel.panel.is_static() {
        let body = match &panel.panel.kind {
            PanelKind::Text(text) => PanelBody::Text(settings::text(text, panel)?),
            PanelKind::Links(links) => PanelBody::Links(settings::links(links, panel)),
            _ => return Err(AppError::Internal.into()),
        };
        return Ok((body, None));
    }
    let subject = if panel.panel.shows_subject { Some(panel.request.subject().await?) } else { None };
    let (answer, before) = match &subject {
        Some(subject) => (subject.fetched.clone(), None),
        None => panel.answer_and_before().await?,
    };
    let value = subject.as_ref().map_or(&*answer.value, |subject| &subject.object);
    let before = before.as_ref().map(|before| &*before.value);
    let ready = panel.request.row_link(panel.panel);
    let link: RowLink<'_> = &|row: &Object| ready.as_ref()?.of_row(row);
    let of_fact = |to: &LinkTo, row: &Object| panel.request.ready_link(&panel.panel.kind, to)?.of_row(row);
    let body = match &panel.panel.kind {
        PanelKind::Stat(stat) => {
            let shown = stat::from_answers(stat, value, before, panel.period(), reader);
            let to = shown.value.as_ref().and_then(|_| link(value.as_object().unwrap_or(&stat::EMPTY)));
            PanelBody::Stat(Stat { to, ..shown })
        }
        PanelKind::Table(table) => PanelBody::Table(table::body(table, panel, &answer).await?),
        PanelKind::Chart(chart) => {
            PanelBody::Chart(chart::from_answers(chart, value, before, panel.period(), link, reader)?)
        }
        PanelKind::List(list) => PanelBody::List(list::from_answer(list, value, link, reader)?),
        PanelKind::Facts(facts) => PanelBody::Facts(facts::from_answer(facts, value, &of_fact, reader)?),
        PanelKind::Meter(meter) => {
            let shown = meter::from_answer(meter, value, reader);
            let to = shown.value.as_ref().and_then(|_| link(value.as_object().unwrap_or(&stat::EMPTY)));
            PanelBody::Meter(Meter { to, ..shown })
        }
        PanelKind::Share(share) => PanelBody::Share(share::from_answer(share, value, link, reader)?),
        PanelKind::Timeline(timeline) => {
            PanelBody::Timeline(timeline::from_answer(timeline, value, link, reader)?)
        }
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
        let (answer, before) = futures::join!(self.answer(self.freshness()), async {
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
        if self.panel.shows_subject {
            return self.request.subject_request();
        }
        let parameters = match self.panel.kind.as_table() {
            // The page of the query is one that is made here.
            Some(setting) if self.is_arranged() => {
                let query = PanelQuery { page: None, ..self.query.clone() };
                table::parameters(setting, &query, &self.pages()?)
            }
            Some(setting) => table::parameters(setting, &self.query, &self.pages()?),
            None => Vec::new(),
        };
        request::filled(self.panel, &self.slot_values(self.period())?, &parameters)
    }

    /// Where the pages of a table come from.
    fn pages(&self) -> Result<PageContext<'_>, AppError> {
        let api = self.request.settings().api(&self.panel.api).ok_or(AppError::Internal)?;
        let (keyring, board) = (self.request.keyring(), self.request.board.id.as_str());
        Ok(PageContext { keyring, api, board, of: PagesOf::Panel(self.panel), rows_follow: false })
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
