//! The rows of all pages of a table as a CSV file, page by page: one page is in memory at a time, and the next one is
//! requested when the client has taken it.

use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use claimcheck_model::{AnswerProblem, AppError, BoardQuery, Column, PanelError, PanelQuery, TableData};
use claimcheck_session::SignedIn;
use claimcheck_text::t;
use futures::{Stream, stream};

use crate::{
    boards::{
        BoardRequest, Boards,
        csv::{self, CsvFormat},
        filters::Filters,
        kinds::{PanelRequest, table},
        subject::Subject,
    },
    locale::LocaleFormatter,
};

/// More pages are not requested, whatever their size.
const PAGES_MAX: usize = 10_000;
/// How often a page is requested again if the API asks for fewer requests, and how long to wait before.
const WAITS_MAX: u32 = 6;
const WAIT: Duration = Duration::from_secs(10);

/// A file ended before it was complete. The log has the reason.
#[derive(Debug, thiserror::Error)]
#[error("the file is not complete")]
pub struct BrokenExport;

/// A file of all pages, with its first page.
pub struct Export {
    boards: Boards,
    signed_in: SignedIn,
    reader: LocaleFormatter,
    board: String,
    panel: String,
    question: BoardQuery,
    format: CsvFormat,
    rows_max: u64,
    /// The columns of the first page, which are those of the file.
    columns: Vec<Column>,
    page: Step,
    /// The names of the pages so far.
    seen: HashSet<String>,
    written: u64,
    /// The same, for others.
    told: Arc<AtomicU64>,
    /// The total number of rows according to the API.
    total: Option<u64>,
    /// The values of filters, as checked for the first page.
    filters: Filters,
    /// The subject of the board, as requested for the first page.
    subject: Subject,
}

/// What comes next in a file.
enum Step {
    /// These rows.
    Rows(Box<TableData>),
    /// The page of that name.
    Page(String),
    End,
}

impl Boards {
    /// The rows of all pages of a table, filtered as the query says, in the order of the API.
    ///
    /// # Errors
    /// As [`BoardRequest::csv`], for the first page.
    pub async fn export(
        &self,
        signed_in: &SignedIn,
        reader: &LocaleFormatter,
        (board, panel): (&str, &str),
        question: BoardQuery,
        format: CsvFormat,
    ) -> Result<Export, AppError> {
        let query = PanelQuery { page: None, ..question.panel(panel) };
        let question = question.with_panel(panel, query);
        let request = self.request(signed_in, reader, board, question.clone())?;
        let (_, setting) = request.table(panel)?;
        let rows_max = u64::from(setting.csv_rows);
        let first = rows_of(&request, panel).await?;
        let (filters, subject) = (request.filters.clone(), request.subject.clone());
        if first.is_cut {
            tracing::warn!("a file of all pages is not possible: the next page cannot be requested");
            return Err(AppError::ApiUnavailable);
        }
        Ok(Export {
            boards: self.clone(),
            signed_in: signed_in.clone(),
            reader: reader.clone(),
            board: board.to_owned(),
            panel: panel.to_owned(),
            question,
            format,
            rows_max,
            columns: first.columns.clone(),
            total: first.total,
            page: Step::Rows(Box::new(first)),
            seen: HashSet::new(),
            written: 0,
            told: Arc::default(),
            filters,
            subject,
        })
    }
}

/// A page with as many rows as a file can have.
async fn rows_of(request: &BoardRequest<'_>, panel: &str) -> Result<TableData, PanelError> {
    let (panel, setting) = request.table(panel)?;
    request.resolve_slots(panel).await?;
    let panel = PanelRequest::of(request, panel);
    table::page_for_file(setting, &panel, setting.csv_rows as usize + 1).await
}

impl Export {
    /// What its name says about its rows: the bound, if it may apply.
    pub fn name_suffix(&self) -> String {
        let filter = self.question.panel(&self.panel).filter;
        let (of_first_page, is_filtered_here) = match &self.page {
            Step::Rows(first) => (
                first.next.is_none().then_some(first.rows.len() as u64),
                first.is_selected || (!filter.trim().is_empty() && !first.is_searched_by_server),
            ),
            _ => (None, false),
        };
        match self.total.or(of_first_page) {
            Some(total) if total <= self.rows_max => "-all".to_owned(),
            Some(_) if !is_filtered_here => format!("-first-{}-rows", self.rows_max),
            _ => format!("-at-most-{}-rows", self.rows_max),
        }
    }

    /// The number of rows that were taken out so far, at any time.
    pub fn rows(&self) -> Arc<AtomicU64> {
        self.told.clone()
    }

    /// Its content. It ends with an error if a page fails.
    pub fn into_stream(self) -> impl Stream<Item = Result<Bytes, BrokenExport>> + Send + 'static {
        let begin = csv::head(&self.columns, self.format).map(Bytes::from).map_err(|_| BrokenExport);
        let pages = stream::try_unfold(self, |mut export| async move {
            match export.next().await {
                Ok(None) => Ok(None),
                Ok(Some(bytes)) => Ok(Some((Bytes::from(bytes), export))),
                Err(error) => {
                    let (board, panel, rows) = (&export.board, &export.panel, export.written);
                    let reason = error.error.reason();
                    tracing::warn!(
                        event = "export broken off",
                        board,
                        panel,
                        rows,
                        reason,
                        "a file is not complete"
                    );
                    Err(BrokenExport)
                }
            }
        });
        stream::StreamExt::chain(stream::iter([begin]), pages)
    }

    /// The lines of the next page; `None` at the end.
    async fn next(&mut self) -> Result<Option<Vec<u8>>, PanelError> {
        let data = match std::mem::replace(&mut self.page, Step::End) {
            Step::End => return Ok(None),
            Step::Rows(data) => *data,
            Step::Page(name) => self.fetch(name).await?,
        };
        if data.is_cut {
            tracing::warn!("the next page cannot be requested");
            return Err(AppError::ApiUnavailable.into());
        }
        let next = data.next.clone();
        let has_other_columns =
            data.columns.iter().any(|column| self.columns.iter().all(|own| own.key != column.key));
        let filter = self.question.panel(&self.panel).filter;
        let mut data = table::matching(self.arranged(data), &filter);
        let room = usize::try_from(self.rows_max - self.written).unwrap_or(usize::MAX);
        let is_full = data.rows.len() > room;
        data.rows.truncate(room);
        self.written += data.rows.len() as u64;
        self.told.store(self.written, Ordering::Relaxed);
        let mut lines = csv::rows(&data, self.format)?;
        let language = self.reader.language();
        let is_full = is_full || (self.written >= self.rows_max && next.is_some());
        if is_full || self.seen.len() >= PAGES_MAX {
            let rows = self.reader.number(self.written as f64, 0);
            lines.extend(csv::note(&t!(language, "csv-cut", rows = rows), self.format)?);
        } else if has_other_columns {
            // Without declared columns, the first page decides on them.
            tracing::warn!(
                board = self.board,
                panel = self.panel,
                "a later page has other columns than the first one"
            );
            return Err(AppError::ApiUnavailable.into());
        } else if let Some(next) = next {
            self.page = Step::Page(next);
        }
        Ok(Some(lines))
    }

    /// The rows of a page, with the columns of the file.
    fn arranged(&self, mut data: TableData) -> TableData {
        let places: Vec<Option<usize>> = self
            .columns
            .iter()
            .map(|own| data.columns.iter().position(|column| column.key == own.key))
            .collect();
        let kinds: Vec<Column> = self
            .columns
            .iter()
            .zip(&places)
            .map(|(own, place)| place.and_then(|place| data.columns.get(place)).unwrap_or(own).clone())
            .collect();
        for row in &mut data.rows {
            let cell = |place: &Option<usize>| place.and_then(|place| row.cells.get(place)).cloned();
            row.cells = places.iter().map(|place| cell(place).unwrap_or_default()).collect();
        }
        data.columns = kinds;
        data
    }

    /// The page of that name. Waits if the API asks for fewer requests.
    async fn fetch(&mut self, name: String) -> Result<TableData, PanelError> {
        if !self.seen.insert(name.clone()) {
            tracing::warn!("the API's pages lead back to an earlier one");
            return Err(AppError::ApiUnavailable.into());
        }
        let query = PanelQuery { page: Some(name), ..self.question.panel(&self.panel) };
        let question = self.question.with_panel(&self.panel, query);
        let request = self.boards.request(&self.signed_in, &self.reader, &self.board, question)?;
        // The choices of filters and the subject were requested for the first page.
        let request =
            BoardRequest { filters: self.filters.clone(), subject: self.subject.clone(), ..request };
        let mut waits = 0;
        loop {
            match rows_of(&request, &self.panel).await {
                Err(PanelError { problem: Some(AnswerProblem::Later { .. }), .. }) if waits < WAITS_MAX => {
                    waits += 1;
                    tokio::time::sleep(WAIT).await;
                }
                found => return found,
            }
        }
    }
}
