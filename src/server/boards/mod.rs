//! Boards: from what a person asks to requests to the API, and from its answers to what a panel shows.
//! The calls themselves are `server::api`'s; how things look is `components`'.

/// Values as a person reads them.
pub mod cells;
/// Rows as a file.
mod csv;
/// What each panel kind makes of an answer.
mod kinds;
/// Actions offered, and their results.
pub mod offer;
/// From days to what the API hears of them.
mod period;
/// From a question to a path.
mod request;
/// One row, whole.
mod row;

#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use serde_json::Value;

use self::kinds::PanelRequest;
pub use self::{cells::name_of, period::Period};

use crate::{
    model::{AppError, BoardQuery, PanelBody, PanelData, PanelState, RowDetail},
    server::{
        Context, api,
        config::{Board, DEFAULT_API, Panel, Settings, Template, kinds::table::TableSetting},
        locale::LocaleFormatter,
        rights,
        session::SignedIn,
    },
};
use claimcheck_base::clock::UnixSecs;

/// How long a page waits for one of its panels.
pub const RENDER_BUDGET: Duration = Duration::from_millis(800);

/// One look at a board: who looks, how they read, what they ask.
pub struct BoardRequest<'a> {
    context: &'a Context,
    signed_in: &'a SignedIn,
    reader: &'a LocaleFormatter,
    pub board: &'a Board,
    pub question: BoardQuery,
    /// The days that are asked for, where the board has a choice of them.
    pub period: Option<Period>,
    /// The period that was asked for makes no sense: this is the usual one instead.
    pub is_period_refused: bool,
}

impl<'a> BoardRequest<'a> {
    /// # Errors
    /// `NotFound` when no such board is configured.
    pub fn at(
        context: &'a Context,
        signed_in: &'a SignedIn,
        reader: &'a LocaleFormatter,
        board: &str,
        question: BoardQuery,
    ) -> Result<Self, AppError> {
        let board = context.settings.board(board).ok_or(AppError::NotFound)?;
        let today = reader.today(context.clock.now());
        let setting = board.period.as_ref();
        let asked = setting.and_then(|setting| Period::asked(setting, &question.period, today));
        let period = asked.or_else(|| Period::of(setting?.default, today));
        let is_period_refused = setting.is_some() && asked.is_none();
        Ok(Self { context, signed_in, reader, board, question, period, is_period_refused })
    }

    /// A panel's data, as far as it comes within the render budget; its fetches go on after that.
    pub async fn panel_in_budget(&self, index: usize) -> PanelState {
        match tokio::time::timeout(RENDER_BUDGET, self.panel(index)).await {
            Ok(Ok(data)) => PanelState::Ready(Box::new(data)),
            Ok(Err(error)) => PanelState::Failed(error),
            Err(_) => PanelState::Loading,
        }
    }

    /// A panel's data, however long the API takes (within its timeout).
    ///
    /// # Errors
    /// `NotFound` when no such panel is configured, `SignedOut`, `Forbidden`, `ApiUnavailable`, or as `tokens` says.
    pub async fn panel(&self, index: usize) -> Result<PanelData, AppError> {
        let panel = self.find(index)?;
        let query = self.question.panel(index);
        let body = kinds::body(&PanelRequest { request: self, panel, index, query }).await?;
        Ok(PanelData { body, as_of: self.reader.time_of_day(self.context.clock.now()) })
    }

    /// All that the API says of the row of that name: what the settings say to ask for it, else the row itself.
    ///
    /// # Errors
    /// `NotFound` when there is no such panel or row, else as [`BoardRequest::panel`].
    pub async fn row(&self, index: usize, name: &str) -> Result<RowDetail, AppError> {
        let (_, table) = self.table(index)?;
        let row = self.row_object(index, name).await?;
        Ok(row::detail(table, name, &row, self.reader))
    }

    /// The same as the API wrote it.
    ///
    /// # Errors
    /// As [`BoardRequest::row`].
    pub async fn row_object(&self, index: usize, name: &str) -> Result<cells::Object, AppError> {
        let (panel, table) = self.table(index)?;
        let rows = PanelRequest { request: self, panel, index, query: self.question.panel(index) };
        let found = |answer: &Value| -> Result<_, AppError> {
            kinds::table::find(table, answer, name)?.cloned().ok_or(AppError::NotFound)
        };
        match &table.detail {
            Some(template) if is_only_of_key(template, table) => {
                let path = template.fill(|_| Some(name.to_owned())).map_err(|_| AppError::NotFound)?;
                whole(&*self.fetch(panel, path).await?)
            }
            Some(template) => {
                let row = found(&*rows.answer().await?)?;
                let value = |slot: &str| match cells::member(&row, slot) {
                    Value::Bool(is) => Some(is.to_string()),
                    value => cells::name_of(value),
                };
                let path = template.fill(value).map_err(|_| AppError::NotFound)?;
                whole(&*self.fetch(panel, path).await?)
            }
            None => found(&*rows.answer().await?),
        }
    }

    /// The settings that configure the board.
    pub fn settings(&self) -> &'a Settings {
        &self.context.settings
    }

    /// Who looks.
    pub fn signed_in(&self) -> &'a SignedIn {
        self.signed_in
    }

    /// When.
    pub fn now(&self) -> UnixSecs {
        self.context.clock.now()
    }

    /// How the person reads.
    pub fn reader(&self) -> &'a LocaleFormatter {
        self.reader
    }

    /// The rows of a table as they are shown, as CSV (RFC 4180).
    ///
    /// # Errors
    /// `NotFound` when there is no such table, else as [`BoardRequest::panel`].
    pub async fn csv(&self, index: usize) -> Result<Vec<u8>, AppError> {
        self.table(index)?;
        let PanelBody::Table(data) = self.panel(index).await?.body else { return Err(AppError::NotFound) };
        csv::write(&kinds::table::matching(data, &self.question.panel(index).filter))
    }

    /// The configured panel, when the person has what it and its board need: what they lack is not asked of the API, the
    /// panel says so instead.
    fn find(&self, index: usize) -> Result<&'a Panel, AppError> {
        let panel = self.board.panels.get(index).ok_or(AppError::NotFound)?;
        let needs = [(DEFAULT_API, &self.board.needs), (panel.api.as_str(), &panel.needs)];
        match rights::missing_access_of_all(&self.context.settings, self.signed_in, &needs) {
            Some(lack) => Err(AppError::Forbidden(lack)),
            None => Ok(panel),
        }
    }

    fn table(&self, index: usize) -> Result<(&'a Panel, &'a TableSetting), AppError> {
        let panel = self.find(index)?;
        panel.kind.as_table().map(|table| (panel, table)).ok_or(AppError::NotFound)
    }

    /// The API's answer at a path of the panel's API.
    ///
    /// # Errors
    /// `NotFound` if there is nothing, else as `api::fetch`.
    async fn fetch(&self, panel: &Panel, path: String) -> Result<Arc<Value>, AppError> {
        let api = self.context.settings.api(&panel.api).ok_or(AppError::Internal)?;
        api::fetch(self.context, self.signed_in, api, path).await
    }
}

/// Whether a detail's path has places for the row's name only: then the row itself need not be fetched.
fn is_only_of_key(template: &Template, table: &TableSetting) -> bool {
    template.slots().all(|slot| Some(slot) == table.name_key())
}

fn whole(answer: &Value) -> Result<cells::Object, AppError> {
    answer.as_object().cloned().ok_or_else(|| {
        tracing::warn!("the API's answer about a row is no object");
        AppError::ApiUnavailable
    })
}
