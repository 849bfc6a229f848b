//! Boards: turns a user's query into requests to the API, and the responses into the content of panels. `server::api`
//! sends the requests; `components` has the markup.

/// Formatting of values.
pub mod cells;
/// Whether conditions of the settings hold.
pub mod condition;
/// CSV files.
mod csv;
/// CSV files of all pages.
mod export;
/// Files of the API that belong to rows.
mod files;
/// The values of a board's filters, and what a page shows of them.
mod filters;
/// The addresses of images.
mod image_address;
/// Images of panels.
mod images;
/// The exchanges of a panel, for people who may see them.
mod inspect;
/// The state of jobs.
pub mod job;
/// The conversion for each panel kind.
mod kinds;
/// Links of panels.
mod link;
/// How cells look.
pub mod look;
/// Lists and objects as text.
mod nested;
/// Paths that match nothing.
mod nothing;
/// Actions offered, and their results.
pub mod offer;
/// Several panels that fail for one reason.
mod outage;
/// Periods, and their form in a request.
mod period;
/// Answers that an API prepares.
mod reports;
/// Request paths.
mod request;
/// What the page of a row shows.
mod row;
/// The request for a single row.
mod row_request;
/// What a board is about.
mod subject;
/// The tones of usual words.
mod tones;
/// Panels tried for operators.
mod trial;
/// Why a path finds nothing.
mod unmatched;
/// How values are shown.
pub mod value;

#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use claimcheck_base::clock::{Clock, UnixSecs};
use claimcheck_model::{AppError, AsOf, BoardQuery, PanelBody, PanelData, PanelError, PanelState};
use claimcheck_session::{DEFAULT_API, Keyring, Sessions, SignedIn};

pub(crate) use crate::boards::filters::KnownChoices;
use crate::{
    api::{ApiClient, Fetched, Freshness, ReadRequest},
    boards::{filters::Filters, kinds::PanelRequest, outage::Outages, reports::Reports, subject::Subject},
    config::{Board, Panel, Settings, SlotValue, find_filter, kinds::table::TableSetting},
    locale::LocaleFormatter,
    metrics::{RequestSource, RequestSources},
    rights,
};

pub use crate::boards::{
    cells::name_of, csv::CsvFormat, export::BrokenExport, files::RowFile, images::PanelImage, period::Period,
};
pub use crate::boards::{
    inspect::{Inspection, Seen, TokenUse},
    kinds::{Finding, Found},
    outage::{Outage, OutageCause, panels_of},
    subject::{AddressGap, SubjectState},
    trial::{PagesTrial, PanelTrial, PathFound, PathTrial, RequestTrial},
    unmatched::WhyNothing,
};
pub use crate::boards::{link::may_see, nothing::LoggedPaths};

/// How long a page waits for one of its panels.
pub const RENDER_BUDGET: Duration = Duration::from_millis(800);

/// The service for boards: makes board requests.
#[derive(Clone)]
pub struct Boards {
    settings: Arc<Settings>,
    clock: Clock,
    api: ApiClient,
    sessions: Sessions,
    /// The paths that match nothing and have been logged.
    logged: LoggedPaths,
    outages: Outages,
    reports: Reports,
    /// What its requests come from, for metrics.
    sources: Arc<RequestSources>,
}

impl Boards {
    /// The configured boards, with data from these APIs. Their keyring seals the pages that APIs link to.
    pub fn new(settings: Arc<Settings>, clock: Clock, api: ApiClient, sessions: Sessions) -> Self {
        let sources = api.metrics().take_up(&settings);
        Self {
            sources,
            settings,
            clock,
            api,
            sessions,
            logged: LoggedPaths::default(),
            outages: Outages::default(),
            reports: Reports::default(),
        }
    }

    /// The boards of these settings, with what the APIs have answered so far.
    #[must_use]
    pub fn with_settings(&self, settings: &Arc<Settings>) -> Self {
        let (api, logged) = (self.api.with_settings(settings), LoggedPaths::default());
        let sources = api.metrics().take_up(settings);
        Self { api, settings: settings.clone(), logged, sources, ..self.clone() }
    }

    /// What requests of a panel come from, or without one those of the board, for metrics.
    pub fn source(&self, board: &str, panel: Option<&str>) -> RequestSource {
        match panel {
            Some(panel) => self.sources.of_panel(board, panel),
            None => self.sources.of_board(board),
        }
    }

    /// The query of a board in a query string: its filters, and the parameters of panels that it has.
    pub fn question(&self, board: &str, query: &str) -> BoardQuery {
        let Some(board) = self.settings.board(board) else { return BoardQuery::default() };
        let is_own = |name: &str| find_filter(&board.filters, name).is_some() || board.is_parameter(name);
        BoardQuery::read_with(url::form_urlencoded::parse(query.as_bytes()).into_owned(), is_own)
            .with_subject(|name| board.is_parameter(name))
            .of_panels(|panel| board.panel(panel).is_some())
    }

    /// What the query of a board lacks to name what the board is about.
    pub fn address_gap(&self, board: &str, question: &BoardQuery) -> Option<AddressGap> {
        AddressGap::of(self.settings.board(board)?, question)
    }

    /// The time on the clock of the boards.
    pub fn now(&self) -> UnixSecs {
        self.clock.now()
    }

    /// A signed-in user's request for a board.
    ///
    /// # Errors
    /// `NotFound` if no such board is configured, or if the query does not name its subject.
    pub fn request<'a>(
        &'a self,
        signed_in: &'a SignedIn,
        reader: &'a LocaleFormatter,
        board: &str,
        question: BoardQuery,
    ) -> Result<BoardRequest<'a>, AppError> {
        let board = self.settings.board(board).ok_or(AppError::NotFound)?;
        let question = question.of_panels(|panel| board.panel(panel).is_some());
        if AddressGap::of(board, &question).is_some() {
            return Err(AppError::NotFound);
        }
        let today = reader.today(self.clock.now());
        let setting = board.period.as_ref();
        let requested = setting.and_then(|setting| Period::requested(setting, &question.period, today));
        let period = requested.or_else(|| Period::of(setting?.default, today));
        let is_period_refused = setting.is_some() && requested.is_none();
        let filters = Filters::of(&board.filters);
        Ok(BoardRequest {
            boards: self,
            signed_in,
            reader,
            board,
            question,
            period,
            is_period_refused,
            filters,
            subject: Subject::default(),
            waits: true,
        })
    }
}

/// One request for a board: the user, their locale and their query.
pub struct BoardRequest<'a> {
    boards: &'a Boards,
    signed_in: &'a SignedIn,
    reader: &'a LocaleFormatter,
    pub board: &'a Board,
    pub question: BoardQuery,
    /// The period, if the board has one.
    pub period: Option<Period>,
    /// The requested period is invalid, and `period` is the default.
    pub is_period_refused: bool,
    /// The filters whose values are known.
    filters: Filters,
    /// What the board is about, once something needs it.
    subject: Subject,
    /// It waits for answers that an API prepares.
    waits: bool,
}

impl<'a> BoardRequest<'a> {
    /// A panel's data if it arrives within the render budget; the fetches continue after that.
    pub async fn panel_in_budget(&mut self, id: &str) -> PanelState {
        self.waits = false;
        match tokio::time::timeout(self.budget_of(id).await, self.panel(id)).await {
            Ok(Ok(data)) => PanelState::Ready(Box::new(data)),
            Ok(Err(error)) => PanelState::Failed(error),
            Err(_) => PanelState::Loading,
        }
    }

    /// A panel's data, waiting up to the API's timeout.
    ///
    /// # Errors
    /// `NotFound` if no such panel is configured, `SignedOut`, `Forbidden`, `ApiUnavailable`, or as `tokens` returns.
    pub async fn panel(&self, id: &str) -> Result<PanelData, PanelError> {
        let read = self.read_panel(id).await;
        self.boards.outages.note(&self.board.id, id, read.as_ref().err(), self.now());
        read
    }

    async fn read_panel(&self, id: &str) -> Result<PanelData, PanelError> {
        let panel = self.find(id)?;
        self.resolve_slots(panel).await?;
        let request = PanelRequest::of(self, panel);
        let (mut body, answer) = kinds::body(&request).await?;
        let unmatched = match &answer {
            Some(answer) if nothing::may_be_unmatched(&panel.kind, &body) => {
                request.unmatched(&answer.value, &self.boards.logged)
            }
            _ => Vec::new(),
        };
        self.finish_images(panel, &mut body);
        let waits_until = answer.as_ref().and_then(|answer| answer.waits_until);
        let asked_again_at = waits_until.map(|until| self.reader.time_of_day(until));
        let as_of = answer.map(|answer| AsOf {
            time: self.reader.time_of_day(answer.at),
            at: answer.at,
            is_shown: false,
        });
        Ok(PanelData { body, as_of, asked_again_at, unmatched })
    }

    /// The settings that configure the board.
    pub fn settings(&self) -> &'a Settings {
        &self.boards.settings
    }

    /// The user.
    pub fn signed_in(&self) -> &'a SignedIn {
        self.signed_in
    }

    /// What requests of a panel come from, or without one those of the board.
    fn source(&self, panel: Option<&Panel>) -> RequestSource {
        self.boards.source(&self.board.id, panel.map(|panel| panel.id.as_str()))
    }

    fn keyring(&self) -> &'a Keyring {
        self.boards.sessions.keyring()
    }

    /// The time of the request.
    pub fn now(&self) -> UnixSecs {
        self.boards.clock.now()
    }

    /// The user's locale.
    pub fn reader(&self) -> &'a LocaleFormatter {
        self.reader
    }

    /// The rows of a table as shown, as CSV (RFC 4180), and their number.
    ///
    /// # Errors
    /// `NotFound` if there is no such table, else as [`BoardRequest::panel`].
    pub async fn csv(&self, panel: &str, format: CsvFormat) -> Result<(Vec<u8>, usize), AppError> {
        self.table(panel)?;
        let PanelBody::Table(data) = self.panel(panel).await?.body else { return Err(AppError::NotFound) };
        let data = kinds::table::matching(data, &self.question.panel(panel).filter);
        let head = csv::head(&data.columns, format)?;
        Ok(([head, csv::rows(&data, format)?].concat(), data.rows.len()))
    }

    /// The configured panel, if the user has the access that it and its board need. Otherwise the API is not called,
    /// and the error names what is missing.
    fn find(&self, panel: &str) -> Result<&'a Panel, AppError> {
        let panel = self.board.panel(panel).ok_or(AppError::NotFound)?;
        let needs = [(DEFAULT_API, &self.board.needs), (panel.api.as_str(), &panel.needs)];
        match rights::missing_access_of_all(self.settings(), self.signed_in, &needs) {
            Some(lack) => Err(AppError::Forbidden(lack)),
            None => Ok(panel),
        }
    }

    fn table(&self, panel: &str) -> Result<(&'a Panel, &'a TableSetting), AppError> {
        let panel = self.find(panel)?;
        panel.kind.as_table().map(|table| (panel, table)).ok_or(AppError::NotFound)
    }

    /// The answer of the panel's API.
    ///
    /// # Errors
    /// As [`ApiClient::fetch`].
    async fn fetch(
        &self,
        panel: &Panel,
        request: ReadRequest,
        freshness: Freshness,
    ) -> Result<Arc<Fetched>, PanelError> {
        self.fetch_from(&panel.api, request, freshness).await
    }

    /// The answer of an API, by its id.
    ///
    /// # Errors
    /// As [`ApiClient::fetch`].
    async fn fetch_from(
        &self,
        api: &str,
        request: ReadRequest,
        freshness: Freshness,
    ) -> Result<Arc<Fetched>, PanelError> {
        let fetched = self.answer_of(api, request, freshness).await;
        fetched.map_err(|failed| self.explained(failed))
    }

    /// The value of a slot of the period, if the board has one.
    fn period_slot(&self, slot: &str) -> Option<SlotValue> {
        let format = self.board.period.as_ref().map(|setting| setting.format).unwrap_or_default();
        self.period?.slot(slot, format, self.reader).map(SlotValue::Plain)
    }
}
