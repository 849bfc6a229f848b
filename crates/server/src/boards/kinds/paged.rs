//! Requests whose answers have pages: whether rows follow a page, and the rows of all pages up to a bound. A file of all
//! pages is made by `boards::export`, page by page.

use std::{borrow::Cow, collections::HashSet, sync::Arc, time::Duration};

use claimcheck_model::{AppError, PanelError, PanelQuery};
use futures::future::join_all;
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use crate::{
    api::{Fetched, Freshness, ReadRequest},
    boards::{
        BoardRequest,
        cells::Object,
        kinds::{
            PanelRequest,
            pages::{self, PageContext, PagePlace},
            rows::rows,
        },
    },
    config::kinds::{pages::PageSetting, rows::RowsSetting, table::TableSetting},
};

/// Pages that are requested at once, if their names are known.
const AT_ONCE: usize = 4;
/// Reading all pages ends after this time, with the pages that came.
const READ_TIME: Duration = Duration::from_secs(8);
/// For how long a page is used again when all pages are read, so that another order or filter needs no requests. A panel
/// that refreshes more often reads them as often.
const RECENT: Duration = Duration::from_secs(30);

/// Makes the request for the page of a query.
type Build<'r> = Box<dyn Fn(&PanelQuery) -> Result<ReadRequest, AppError> + Send + Sync + 'r>;
/// The total number of rows that an answer states.
type Total<'r> = Box<dyn Fn(&Fetched) -> Option<u64> + Send + Sync + 'r>;

/// A request whose answer has pages.
pub(in crate::boards) struct PagedRead<'r> {
    pub request: &'r BoardRequest<'r>,
    /// The id of the API.
    pub api: &'r str,
    pub context: PageContext<'r>,
    pub page: &'r PageSetting,
    pub rows: &'r RowsSetting,
    /// Its search and its order.
    pub query: PanelQuery,
    pub build: Build<'r>,
    pub total: Total<'r>,
    pub freshness: Freshness,
}

/// The pages that were read together.
#[derive(Default)]
pub(in crate::boards) struct AllPages {
    /// With the name of each page.
    pages: Vec<(String, Arc<Fetched>)>,
    /// There are more rows than those that are used.
    pub is_cut: bool,
    /// The total number of rows, if the API says so.
    pub total: Option<u64>,
    /// More rows are not used.
    rows_max: usize,
}

impl AllPages {
    /// The rows of all pages, in order, within the bound.
    ///
    /// # Errors
    /// As [`rows`].
    pub(in crate::boards) fn rows<'a>(
        &'a self,
        setting: &RowsSetting,
    ) -> Result<Vec<Cow<'a, Object>>, PanelError> {
        let mut all = Vec::new();
        for (_, page) in &self.pages {
            all.extend(rows(setting, &page.value)?);
        }
        all.truncate(self.rows_max);
        Ok(all)
    }

    /// What is found in the first page that has it, and the name of that page.
    ///
    /// # Errors
    /// Those of `find`.
    pub(in crate::boards) fn find<T>(
        &self,
        find: impl Fn(&Value) -> Result<Option<T>, PanelError>,
    ) -> Result<Option<(&str, T)>, PanelError> {
        for (name, page) in &self.pages {
            if let Some(found) = find(&page.value)? {
                return Ok(Some((name, found)));
            }
        }
        Ok(None)
    }
}

impl PagedRead<'_> {
    /// The pages from the first one, until there are this many rows. Ends before that if a page fails or if it takes too
    /// long. The answer for the first page is requested unless it is there.
    ///
    /// # Errors
    /// The failure of the first page; that of a further page if the user has to do something about it.
    pub(in crate::boards) async fn all(
        &self,
        rows_max: usize,
        mut first_answer: Option<Arc<Fetched>>,
    ) -> Result<AllPages, PanelError> {
        let until = Instant::now() + READ_TIME;
        let (mut all, mut came) = (AllPages { rows_max, ..AllPages::default() }, 0);
        let (mut next, mut seen) = (Some(String::new()), HashSet::new());
        while let Some(first) = next {
            let names: Vec<String> = match all.pages.is_empty() {
                true => vec![first.clone()],
                false => {
                    let pages_left = rows_max.saturating_sub(came).div_ceil(self.page.size as usize);
                    let ahead = pages_left.saturating_sub(1).min(AT_ONCE - 1);
                    let foreseen = pages::foreseen(self.page, &first, all.total, ahead);
                    std::iter::once(first.clone()).chain(foreseen).collect()
                }
            };
            next = Some(first);
            let known = first_answer.take();
            let answers = join_all(names.iter().map(|name| self.fetch(name, known.clone())));
            let answers = match all.pages.is_empty() {
                // The API client limits its time.
                true => answers.await,
                false => match timeout_at(until, answers).await {
                    Ok(answers) => answers,
                    Err(_) => return Ok(self.cut(all, "it takes too long")),
                },
            };
            for (name, answer) in names.into_iter().zip(answers) {
                if next.as_ref() != Some(&name) {
                    // The API pages in another way than was foreseen.
                    break;
                }
                let (answer, path) = match answer {
                    Ok(answer) => answer,
                    Err(failed) if all.pages.is_empty() || is_of_user(&failed.error) => return Err(failed),
                    Err(PanelError { error: AppError::NotFound, .. }) => return Ok(all),
                    Err(failed) => return Ok(self.cut(all, failed.error.reason())),
                };
                // An API without pages returns the same rows again.
                let is_repeated = all.pages.last().is_some_and(|(_, before)| before.value == answer.value);
                if is_repeated || !seen.insert(name.clone()) {
                    return Ok(all);
                }
                let shown = rows(self.rows, &answer.value)?.len();
                came += shown;
                let place = self.place(&name, (&answer, &path), shown as u64).await;
                all.total = (self.total)(&answer).or(all.total);
                all.is_cut = place.is_cut || came > rows_max || (came == rows_max && place.next.is_some());
                all.pages.push((name, answer));
                if all.is_cut {
                    return Ok(all);
                }
                next = place.next.filter(|_| shown > 0);
            }
        }
        Ok(all)
    }

    /// Whether rows follow the answer for the page of a query. `false` if the answer itself says so, or is full. If the
    /// next page cannot be requested now, rows may follow: none is left out.
    ///
    /// If the API states no total, a page that is shorter than it was asked for may be the last one, or the API returns
    /// fewer rows than it is asked for. The next page is requested to tell the two apart.
    pub(in crate::boards) async fn rows_follow(&self, page: Option<&str>, fetched: &Fetched) -> bool {
        if (self.total)(fetched).is_some() {
            return false;
        }
        let query = self.query_of(page);
        let came = rows(self.rows, &fetched.value).map(|rows| rows.len() as u64);
        let next = came.ok().and_then(|came| pages::after_short(self.page, &query, came));
        let Some(next) = next else { return false };
        match self.fetch(&next, None).await {
            // An API without pages returns the same rows again.
            Ok((next, _)) if next.value == fetched.value => false,
            Ok((next, _)) => rows(self.rows, &next.value).map_or(true, |rows| !rows.is_empty()),
            Err(failed) => failed.error != AppError::NotFound,
        }
    }

    /// The answer for the page of that name, unless it is known, and the path of its request.
    ///
    /// # Errors
    /// As [`BoardRequest::panel`].
    pub(in crate::boards) async fn fetch(
        &self,
        page: &str,
        known: Option<Arc<Fetched>>,
    ) -> Result<(Arc<Fetched>, String), PanelError> {
        let request = (self.build)(&self.query_of(Some(page)))?;
        let path = request.path.clone();
        if let Some(known) = known {
            return Ok((known, path));
        }
        Ok((self.request.fetch_from(self.api, request, self.freshness).await?, path))
    }

    fn query_of(&self, page: Option<&str>) -> PanelQuery {
        let page = page.filter(|page| !page.is_empty()).map(str::to_owned);
        PanelQuery { page, ..self.query.clone() }
    }

    async fn place(&self, name: &str, (answer, path): (&Fetched, &str), shown: u64) -> PagePlace {
        let context = PageContext { rows_follow: self.rows_follow(Some(name), answer).await, ..self.context };
        let (query, total) = (self.query_of(Some(name)), (self.total)(answer));
        pages::place(self.page, &query, answer, path, (shown, total), &context)
    }

    /// What came, without the pages after it.
    fn cut(&self, all: AllPages, reason: &str) -> AllPages {
        let (board, of) = (self.context.board, &*self.context.of.id());
        tracing::warn!(event = "not all pages", board, of, reason, "the pages that came are used");
        AllPages { is_cut: true, ..all }
    }
}

/// Whether the user has to do something about a failure, such as to sign in.
fn is_of_user(error: &AppError) -> bool {
    matches!(error, AppError::SignedOut | AppError::Forbidden(_) | AppError::StepUp(_))
}

impl<'r> PanelRequest<'r> {
    /// The pages of a table; `None` if it has none.
    ///
    /// # Errors
    /// `Forbidden` if a claim is missing.
    pub(super) fn paged<'s>(&'s self, setting: &'s TableSetting) -> Result<Option<PagedRead<'s>>, AppError> {
        let Some(page) = &setting.page else { return Ok(None) };
        Ok(Some(PagedRead {
            request: self.request,
            api: &self.panel.api,
            context: self.pages()?,
            page,
            rows: &setting.rows,
            query: self.query.clone(),
            build: Box::new(|query| {
                PanelRequest { query: query.clone(), is_one_page: true, ..*self }.own_request()
            }),
            total: Box::new(|answer| pages::total(setting, answer)),
            freshness: self.freshness(),
        }))
    }

    /// How recent the rows of the panel must be.
    pub(super) fn freshness(&self) -> Freshness {
        match self.rows_to_read() {
            Some(_) => {
                let recent = self.panel.every.map_or(RECENT, |every| every.min(RECENT));
                Freshness::Within(i64::try_from(recent.as_secs()).unwrap_or_default())
            }
            None => Freshness::AsApiSays,
        }
    }
}
