//! What a board is about: the parameters of the address that name it, the request that reads it, and its members in slots.
//! One answer serves all panels of a request for a board.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use claimcheck_model::{AnswerProblem, AppError, BoardQuery, FILTER_TEXT_MAX_CHARS, PanelError};
use claimcheck_session::DEFAULT_API;
use serde_json::Value;
use tokio::sync::OnceCell;

use crate::{
    api::{Fetched, Freshness, ReadRequest},
    boards::{
        BoardRequest, RENDER_BUDGET,
        cells::{Object, member, shortened, shown, slot_text},
        kinds::rows::one_object,
        request,
        value::{Style, UNDECLARED},
    },
    claims::slot_values,
    config::{
        Board, FilterSlot, Panel, SlotForm, SlotValue, SubjectSetting, find_filter, is_path_value,
        is_slot_value, title_from_key,
    },
    rights,
    sanitize::visible,
};

/// The members that usually name an object, the best one first.
const NAMES: [&str; 6] = ["name", "title", "display_name", "label", "number", "id"];

/// The subject of one request, once something needs it.
#[derive(Clone, Default)]
pub(super) struct Subject(OnceCell<Result<Arc<SubjectAnswer>, PanelError>>);

/// The answer of the API about the subject.
pub(super) struct SubjectAnswer {
    pub fetched: Arc<Fetched>,
    /// The object in it.
    pub object: Value,
}

/// How long a page waits for the subject: twice as long as for a panel, because its name is the heading and the title of
/// the page, which scripts alone can change later.
const NAME_BUDGET: Duration = RENDER_BUDGET.saturating_mul(2);
/// What a panel that needs the subject has after it, at least.
const AFTER_NAME: Duration = Duration::from_millis(200);

/// What a page shows of the subject.
pub enum SubjectState {
    /// Its name.
    Known(String),
    /// The API has not responded in time; the request continues.
    Late,
    Failed(PanelError),
}

/// What is wrong with the parameters of an address that name the subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressGap {
    /// One is not there.
    Missing,
    /// One has a value that must not be in a request.
    Invalid,
}

impl AddressGap {
    /// What the query of a board lacks to name its subject; nothing for a board without one.
    pub fn of(board: &Board, question: &BoardQuery) -> Option<Self> {
        let subject = board.subject.as_ref()?;
        subject.parameters.iter().find_map(|name| match question.subject.get(name) {
            None => Some(Self::Missing),
            Some(value) => (!is_value(subject, name, value)).then_some(Self::Invalid),
        })
    }

    /// The reason for the log.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Missing => "a parameter is missing",
            Self::Invalid => "the value of a parameter is not valid",
        }
    }
}

/// Whether a value may be sent for a parameter: a text of that length, and one segment if a path has it.
fn is_value(subject: &SubjectSetting, name: &str, value: &str) -> bool {
    value.chars().count() <= FILTER_TEXT_MAX_CHARS
        && !value.trim().is_empty()
        && !value.chars().any(char::is_control)
        && (!subject.in_paths.contains(name) || is_path_value(value))
}

impl SubjectAnswer {
    fn members(&self) -> Option<&Object> {
        self.object.as_object()
    }
}

impl BoardRequest<'_> {
    /// What a page shows of the subject, if the board has one.
    pub async fn subject_in_budget(&self) -> Option<SubjectState> {
        self.board.subject.as_ref()?;
        Some(match tokio::time::timeout(NAME_BUDGET, self.subject()).await {
            Ok(Ok(_)) => SubjectState::Known(self.subject_name().unwrap_or_default()),
            Ok(Err(error)) => SubjectState::Failed(error),
            Err(_) => SubjectState::Late,
        })
    }

    /// The time that a page has for a panel. If the panel needs the subject, the page waits for that anyway.
    pub(super) async fn budget_of(&self, panel: &str) -> Duration {
        if !self.board.panel(panel).is_some_and(|panel| panel.uses_subject) {
            return RENDER_BUDGET;
        }
        let start = Instant::now();
        // If it is late, so is the panel.
        let _ = tokio::time::timeout(NAME_BUDGET, self.subject()).await;
        RENDER_BUDGET.saturating_sub(start.elapsed()).max(AFTER_NAME)
    }

    /// The name of the subject for a page that was sent without it, with one of the panels that wait for the subject; with
    /// any panel if none does. `None` for a board without a subject.
    pub async fn name_with(&self, panel: &Panel) -> Option<String> {
        self.board.subject.as_ref()?;
        if !panel.uses_subject && self.board.panels.iter().any(|other| other.uses_subject) {
            return None;
        }
        self.subject().await.ok()?;
        self.subject_name()
    }

    /// The subject, requested once.
    ///
    /// # Errors
    /// `NotFound` if there is none, else as [`BoardRequest::panel`].
    pub(super) async fn subject(&self) -> Result<Arc<SubjectAnswer>, PanelError> {
        self.subject.0.get_or_init(|| self.read_subject(Freshness::AsApiSays)).await.clone()
    }

    /// The subject as the API has it now, because an action depends on it.
    ///
    /// # Errors
    /// As [`BoardRequest::subject`].
    pub async fn subject_now(&self) -> Result<Object, PanelError> {
        let answer = self.read_subject(Freshness::Now).await?;
        answer.members().cloned().ok_or_else(|| AppError::NotFound.into())
    }

    /// The same with the `ETag` of the answer.
    ///
    /// # Errors
    /// As [`BoardRequest::subject`].
    pub async fn tagged_subject(&self) -> Result<(Object, Option<String>), PanelError> {
        let answer = self.request_subject(Freshness::Now, true).await?;
        let object = answer.members().cloned().ok_or(AppError::NotFound)?;
        Ok((object, answer.fetched.tag()))
    }

    async fn read_subject(&self, freshness: Freshness) -> Result<Arc<SubjectAnswer>, PanelError> {
        self.request_subject(freshness, false).await
    }

    /// With `is_exact`, the answer is not compressed, because servers give a compressed one another `ETag`.
    async fn request_subject(
        &self,
        freshness: Freshness,
        is_exact: bool,
    ) -> Result<Arc<SubjectAnswer>, PanelError> {
        let setting = self.board.subject.as_ref().ok_or(AppError::NotFound)?;
        let needs = [(DEFAULT_API, &self.board.needs), (setting.api.as_str(), &setting.needs)];
        if let Some(lack) = rights::missing_access_of_all(self.settings(), self.signed_in(), &needs) {
            return Err(AppError::Forbidden(lack).into());
        }
        self.resolve_positions(&setting.filters).await?;
        self.check_set(setting.path.path_slots().into_iter())?;
        let request = ReadRequest { is_exact, ..self.subject_request()? };
        let fetched = self.fetch_from(&setting.api, request, freshness).await?;
        let object = object_in(setting, &fetched.value)?.ok_or(AppError::NotFound)?;
        Ok(Arc::new(SubjectAnswer { object: Value::Object(object), fetched }))
    }

    /// The request for the subject. Its filters have been resolved.
    ///
    /// # Errors
    /// `Forbidden` if a claim may not be in it, `Invalid` if another value may not.
    pub(super) fn subject_request(&self) -> Result<ReadRequest, AppError> {
        let setting = self.board.subject.as_ref().ok_or(AppError::NotFound)?;
        let (settings, record) = (self.settings(), &self.signed_in().record);
        let claims = slot_values(&settings.claim_slots, &record.claims, setting.path.slots())?;
        request::of_slots(self.source(None), &setting.path, &claims, &|slot| {
            self.filter_slot(slot).or_else(|| self.period_slot(slot))
        })
    }

    /// The object of the subject in an answer.
    ///
    /// # Errors
    /// The shapes that came and were expected, if it is none; `NotFound` if there is nothing.
    pub(super) fn subject_object(&self, answer: &Value) -> Result<Value, PanelError> {
        let setting = self.board.subject.as_ref().ok_or(AppError::NotFound)?;
        Ok(Value::Object(object_in(setting, answer)?.ok_or(AppError::NotFound)?))
    }

    /// Resolves the subject if a panel needs it, and checks that it has what the requests of the panel need.
    ///
    /// # Errors
    /// As [`BoardRequest::subject`]; `Invalid` if a member has no value that can be in the request.
    pub(super) async fn resolve_subject(&self, panel: &Panel) -> Result<(), PanelError> {
        if !panel.uses_subject {
            return Ok(());
        }
        let subject = self.subject().await?;
        let Some(read) = &panel.read else { return Ok(()) };
        let in_path = read.path.path_slots();
        let is_unfit = |slot: &&str| {
            let Some(key) = self.board.subject_member(slot) else { return false };
            let value = subject.members().and_then(|object| slot_text(member(object, key)));
            let is_fit = |value: &String| match in_path.iter().any(|known| known == slot) {
                true => is_path_value(value),
                false => is_slot_value(value),
            };
            !value.as_ref().is_some_and(is_fit)
        };
        match read.slots().find(is_unfit).and_then(|slot| self.board.subject_member(slot)) {
            None => Ok(()),
            Some(key) => {
                let (board, panel) = (&self.board.id, &panel.id);
                tracing::info!(
                    event = "subject lacks a member",
                    board,
                    panel,
                    member = key,
                    "nothing is sent"
                );
                let problem = Some(AnswerProblem::Lacks(title_from_key(key)));
                Err(PanelError { error: AppError::Invalid, problem })
            }
        }
    }

    /// The value of a slot for a parameter or a member of the subject, which has been resolved.
    pub(super) fn subject_slot(&self, slot: &str) -> Option<SlotValue> {
        let (text, form) = match self.parameter(slot) {
            Some(value) => (value.to_owned(), SlotForm::Text),
            None => {
                let value = self.subject_value(slot)?;
                let form = match value {
                    Value::Number(_) => SlotForm::Number,
                    Value::Bool(_) => SlotForm::Flag,
                    _ => SlotForm::Text,
                };
                (slot_text(value)?, form)
            }
        };
        // As the value of a filter, it is one segment of a path in any reading.
        Some(SlotValue::Filter(FilterSlot { values: vec![text], form }))
    }

    /// The same as users read it.
    pub(super) fn subject_words(&self, slot: &str) -> Option<String> {
        let value = match self.parameter(slot) {
            Some(value) => value.to_owned(),
            None => shown(self.subject_value(slot)?, self.reader().language()),
        };
        Some(visible(&shortened(&value)).into_owned())
    }

    /// The value of a parameter of the address that names the subject.
    pub fn parameter(&self, slot: &str) -> Option<&str> {
        self.question.subject.get(slot).filter(|_| self.board.is_parameter(slot)).map(String::as_str)
    }

    /// The member of the subject that a slot is for.
    fn subject_value(&self, slot: &str) -> Option<&Value> {
        let key = self.board.subject_member(slot)?;
        let subject = self.subject.0.get()?.as_ref().ok()?;
        Some(member(subject.members()?, key)).filter(|value| !value.is_null())
    }

    /// The name of the subject: as its settings say, else the member that names it.
    fn subject_name(&self) -> Option<String> {
        let (setting, reader) = (self.board.subject.as_ref()?, self.reader());
        let subject = self.subject.0.get()?.as_ref().ok()?;
        let object = subject.members()?;
        let text = |key: &str| {
            let value = member(object, key);
            Style::of_name(key, None, &UNDECLARED, value).text(value, None, reader)
        };
        let by_settings = setting.title.as_ref().map(|title| title.of(reader.language()).fill_joined(text));
        let is_plain = |key: &&&str| matches!(member(object, key), Value::String(_) | Value::Number(_));
        let usual =
            || NAMES.iter().filter(is_plain).find_map(|key| text(key).filter(|name| !name.trim().is_empty()));
        let of_address =
            || setting.parameters.first().and_then(|name| self.parameter(name)).map(str::to_owned);
        let named = by_settings.filter(|name| !name.trim().is_empty());
        let name = named.or_else(usual).or_else(of_address)?;
        Some(visible(&shortened(name.trim())).into_owned())
    }

    /// Whether a slot of the settings is for a filter, a parameter or a member of the subject.
    pub(super) fn is_own_slot(&self, slot: &str) -> bool {
        find_filter(&self.board.filters, slot).is_some()
            || self.board.is_parameter(slot)
            || self.board.subject_member(slot).is_some()
    }
}

/// The object in an answer; `None` if there is nothing.
fn object_in(setting: &SubjectSetting, answer: &Value) -> Result<Option<Object>, PanelError> {
    one_object(&setting.item, answer).map(|found| found.map(std::borrow::Cow::into_owned))
}
