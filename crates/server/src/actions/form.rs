//! The form of an action as shown: for the first time, or again with the submitted values and the reason.

use std::time::Duration;

use axum::http::Method;
use claimcheck_model::{
    ActionForm, AppError, FormField, FormInput, FormState, TICKED,
    paths::{self, FIELD},
};
use claimcheck_session::{ActionPlace, KeptForm, MissingAccess, Outcome, SignedIn};
use claimcheck_text::{Language, t};

use crate::{
    actions::{
        Actions,
        choices::FieldChoices,
        fingerprint,
        once::{SubmissionId, is_doubtful},
        row_values::{RowValues, Version},
        stored::{access_denied, step_up_challenge},
        submitted::{ACTION, BOARD, DEFINITION, ONCE, PANEL, PERSON, QUERY, ROW, SEEN},
    },
    boards::{
        BoardRequest,
        cells::shortened,
        offer::{find, missing_access},
    },
    config::{Action, Choice, FieldKind, FieldSetting, Sentence},
    locale::LocaleFormatter,
    rights,
    sanitize::visible,
    tokens::may_have,
};

/// How long a form that is shown again waits for its row.
const ROW_WAIT: Duration = Duration::from_secs(2);

/// The form of that action, or the kept form of that name. `step_up_link` returns the link that requests missing access
/// from the provider and then returns to a path, if requesting it may help.
///
/// # Errors
/// `NotFound` if there is no such action or row, else as [`BoardRequest::row`].
pub(super) async fn open(
    actions: &Actions,
    signed_in: &SignedIn,
    look: &BoardRequest<'_>,
    place: &ActionPlace,
    kept: Option<&str>,
    step_up_link: impl Fn(&str, &AppError, &str) -> Option<String>,
) -> Result<ActionForm, AppError> {
    let found = find(&actions.settings, place)?;
    let now = actions.clock.now();
    let kept = match kept {
        Some(once) => signed_in.record.kept_form(once, now).filter(|kept| kept.place == *place),
        None => signed_in.record.doubtful_form(place, now, is_doubtful),
    };
    let definition = fingerprint::of(&actions.settings, found)?;
    let is_changed = kept.is_some_and(|kept| kept.definition != definition);
    let once = match kept {
        Some(kept) => kept.once.clone(),
        None => SubmissionId::fresh().map_err(|_| AppError::Internal)?,
    };
    let locked = missing_access(&actions.settings, signed_in, found).map(AppError::Forbidden);
    let wants_row = locked.is_none() && is_of_row(found.action);
    let values = RowValues::of(look, found, place, wants_row);
    // A form that is shown again does not depend on what the API returns for the row now.
    let (values, has_row) = match kept {
        None => (values.await?, true),
        Some(_) => match tokio::time::timeout(ROW_WAIT, values).await {
            Ok(Ok(values)) => (values, true),
            _ => (RowValues::name_only(found, place), false),
        },
    };
    let state = match locked {
        Some(error) => FormState::Locked(error),
        None => {
            let language = look.reader().language();
            let state = kept.map(|kept| (kept, state(language, kept, signed_in, &found.action.api, now)));
            match state {
                Some((kept, state)) if is_changed => changed(language, kept, state),
                Some((_, state)) => state,
                None if matches!(values.version(found.action), Version::Unknown) => {
                    note_no_version(place);
                    FormState::NotDone(t!(language, "act-no-version").to_owned())
                }
                None => FormState::Open,
            }
        }
    };
    let (ask, was_refused) = match &state {
        FormState::Locked(error) => {
            let here = page(look, place, Some(&once));
            let was_refused = rights::was_refused(signed_in, error);
            (step_up_link(&found.action.api, error, &here), was_refused)
        }
        _ => (None, false),
    };
    let choices = match (&state, kept) {
        (FormState::Locked(_), _) => FieldChoices::default(),
        (_, None) => FieldChoices::of(look, found.action).await?,
        (_, Some(_)) => {
            let choices = tokio::time::timeout(ROW_WAIT, FieldChoices::of(look, found.action));
            choices.await.ok().and_then(Result::ok).unwrap_or_default()
        }
    };
    let problems = kept.and_then(|kept| match &kept.outcome {
        // The problems of fields that may be others now are not theirs.
        Outcome::NotDone { fields, .. } if !is_changed => Some(fields),
        _ => None,
    });
    // The row is another one than when the form was sent: what it has now is said at the fields.
    let digest = values.digest(found.action);
    let is_moved = kept.is_some_and(|kept| has_row && kept.seen != digest);
    let shown = found.action.fields.iter().filter(|field| field.kind.is_input());
    let fields = shown.map(|setting| {
        let filled = kept.map(|kept| kept.values.get(&setting.key).cloned().unwrap_or_default());
        // A text that was typed before the field became a box does not tick it.
        let is_fit = |value: &String| setting.kind != FieldKind::Tick || value == TICKED;
        let filled = filled.map(|value| Some(value).filter(is_fit).unwrap_or_default());
        let now = begins_with(setting, &values, look.reader());
        let is_other = is_moved
            && setting.value.is_some()
            && filled.as_ref().is_some_and(|value| value.replace("\r\n", "\n") != now);
        let value = filled.unwrap_or_else(|| now.clone());
        let problem = problems.and_then(|problems| problems.get(&setting.key)).cloned();
        let field = field(look.reader(), setting, value, problem, &choices);
        if is_other { with_value_now(look.reader().language(), field, &now) } else { field }
    });
    // Without the row, the form keeps the digest of what was confirmed before.
    let seen = kept.filter(|_| !has_row).map(|kept| kept.seen.clone());
    let seen = seen.unwrap_or(digest);
    let language = look.reader().language();
    let can_ask = |text: &&Sentence| has_row || text.slots().all(|slot| values.raw(slot).is_some());
    let question = found.action.confirm.as_ref().map(|text| text.of(language)).filter(can_ask);
    let question = question.map(|text| values.fill(text, look.reader()));
    // The question usually names the row already.
    let is_named = |row: &String| question.as_ref().is_some_and(|question| question.contains(row));
    let row = values.title(look.reader()).filter(|row| !is_named(row));
    Ok(ActionForm {
        title: found.action.label.text(language).to_owned(),
        row,
        submit: found.action.submit.as_ref().unwrap_or(&found.action.label).text(language).to_owned(),
        question,
        fields: fields.collect(),
        hidden: hidden(signed_in, look, place, (once, seen, definition)),
        state,
        ask,
        was_refused,
        back: back(look, place),
        draft: draft(place),
        is_dangerous: found.action.is_dangerous,
    })
}

/// The message when it is done.
pub(super) fn done(action: &Action, values: &RowValues<'_>, reader: &LocaleFormatter) -> String {
    match &action.done {
        Some(text) => values.fill(text.of(reader.language()), reader),
        None => {
            let (language, label) = (reader.language(), action.label.text(reader.language()));
            match action.method == Method::DELETE && label == t!(language, "act-delete") {
                true => t!(language, "act-deleted").to_owned(),
                false => t!(language, "act-done", action = label),
            }
        }
    }
}

/// The URL of the board at the panel, with the query from when the form was opened.
pub fn back(look: &BoardRequest<'_>, place: &ActionPlace) -> String {
    match &place.panel {
        Some(panel) => look.question.href(&place.board, panel),
        None => look.question.at(&paths::board(&place.board)),
    }
}

/// The URL of the form, with the board's query from when it was opened, and the name of a kept form if there is one.
pub fn page(look: &BoardRequest<'_>, place: &ActionPlace, kept: Option<&str>) -> String {
    let page = paths::action(&place.board, place.panel.as_deref(), &place.action, place.row.as_deref());
    let page = paths::with_query(&page, &[(paths::KEPT, kept.unwrap_or_default())]);
    look.question.at(&page)
}

/// The state of a kept form whose action has changed since: the user checks the form as it is now before it is sent.
fn changed(language: Language, kept: &KeptForm, state: FormState) -> FormState {
    let why = t!(language, "act-changed");
    match state {
        FormState::Open | FormState::NotDone(_) | FormState::Confirmed if is_doubtful(&kept.once) => {
            FormState::NotDone(t!(language, "act-doubtful", why = why))
        }
        FormState::Open | FormState::NotDone(_) | FormState::Confirmed => FormState::NotDone(why.to_owned()),
        FormState::Unclear(why) => FormState::Unclear(t!(language, "act-changed-unclear", why = why)),
        FormState::Locked(error) => FormState::Locked(error),
    }
}

/// Whether the form shows more of the row than its key.
fn is_of_row(action: &Action) -> bool {
    action.confirm.is_some() || action.fields.iter().any(|field| field.value.is_some())
}

fn state(language: Language, kept: &KeptForm, signed_in: &SignedIn, api: &str, now: i64) -> FormState {
    match &kept.outcome {
        Outcome::Done { said, .. } => FormState::NotDone(said.clone()),
        Outcome::NotDone { why, .. } if is_doubtful(&kept.once) => {
            FormState::NotDone(t!(language, "act-doubtful", why = why.as_str()))
        }
        Outcome::NotDone { why, .. } => FormState::NotDone(why.clone()),
        Outcome::Unclear { why } => FormState::Unclear(why.clone()),
        Outcome::Lacking(MissingAccess::Scope(scopes))
            if scopes.split(' ').all(|scope| may_have(signed_in, api, scope)) =>
        {
            FormState::Confirmed
        }
        Outcome::Lacking(missing) => FormState::Locked(AppError::Forbidden(access_denied(missing.clone()))),
        Outcome::StepUp(required)
            if signed_in.record.meets(&required.acr_values, required.max_age_secs, now) =>
        {
            FormState::Confirmed
        }
        Outcome::StepUp(required) => FormState::Locked(AppError::StepUp(step_up_challenge(required.clone()))),
    }
}

fn begins_with(setting: &FieldSetting, values: &RowValues<'_>, reader: &LocaleFormatter) -> String {
    if let FieldKind::Number { .. } | FieldKind::Whole { .. } = setting.kind
        && let Some((_, text)) = values.number(setting, reader)
    {
        return text;
    }
    let text = setting.value.as_ref().map(|text| text.fill(|slot| values.raw(slot))).unwrap_or_default();
    match setting.kind {
        FieldKind::Tick => Some(TICKED).filter(|_| !is_no(&text)).unwrap_or_default().to_owned(),
        _ => text,
    }
}

/// Whether a value of a row says that a box is not ticked.
fn is_no(text: &str) -> bool {
    ["", "false", "0", "no"].iter().any(|no| text.trim().eq_ignore_ascii_case(no))
}

/// The field with what the row has now in its hint.
fn with_value_now(language: Language, field: FormField, now: &str) -> FormField {
    let text = match &field.input {
        FormInput::Choice(choices) => {
            choices.iter().find(|(value, _)| value == now).map_or(now, |(_, title)| title)
        }
        FormInput::Tick if now.is_empty() => t!(language, "value-no"),
        FormInput::Tick => t!(language, "value-yes"),
        _ => now,
    };
    let text = if text.is_empty() { "–" } else { text };
    let now = t!(language, "field-now", value = visible(&shortened(text)).as_ref());
    let hint = field.hint.map_or_else(|| now.clone(), |hint| format!("{hint} {now}"));
    FormField { hint: Some(hint), ..field }
}

/// Says in the log that an action cannot be carried out safely.
pub(super) fn note_no_version(place: &ActionPlace) {
    let ActionPlace { board, panel, action, .. } = place;
    tracing::warn!(
        event = "version unknown",
        board,
        panel,
        action,
        "the API's answer has no version for `if_match` of this action; nothing is sent"
    );
}

fn field(
    reader: &LocaleFormatter,
    setting: &FieldSetting,
    value: String,
    problem: Option<String>,
    choices: &FieldChoices,
) -> FormField {
    let language = reader.language();
    let is_lost = matches!(setting.kind, FieldKind::ChoiceOf(_)) && choices.find(&setting.key).is_none();
    let problem = problem.or_else(|| is_lost.then(|| t!(language, "field-choices-failed").to_owned()));
    let input = match &setting.kind {
        FieldKind::Text { max } => FormInput::Text { max: *max },
        FieldKind::Lines { max } => FormInput::Lines { max: *max },
        FieldKind::Number { min, max } => FormInput::Number { is_whole: false, min: *min, max: *max },
        FieldKind::Whole { min, max } => FormInput::Number { is_whole: true, min: *min, max: *max },
        FieldKind::Date => FormInput::Date,
        FieldKind::Choice(choices) => {
            let choice = |choice: &Choice| (choice.value.clone(), choice.title.text(language).to_owned());
            FormInput::Choice(choices.iter().map(choice).collect())
        }
        FieldKind::ChoiceOf(_) => FormInput::Choice(choices.shown(&setting.key, &value)),
        FieldKind::Tick | FieldKind::Row | FieldKind::Fixed(_) => FormInput::Tick,
    };
    FormField {
        name: format!("{FIELD}{}", setting.key),
        title: setting.title.text(language).to_owned(),
        input,
        value,
        is_required: setting.required,
        hint: hint(reader, setting, choices),
        problem,
    }
}

/// The hint of the settings, and that there are more choices than these.
fn hint(reader: &LocaleFormatter, setting: &FieldSetting, choices: &FieldChoices) -> Option<String> {
    let of_settings = setting.hint.as_ref().map(|hint| hint.text(reader.language()).to_owned());
    let Some(count) = choices.cut_at(&setting.key) else { return of_settings };
    let cut = t!(reader.language(), "filter-cut", count = reader.number(count as f64, 0));
    Some(of_settings.map_or_else(|| cut.clone(), |hint| format!("{hint} {cut}")))
}

fn hidden(
    signed_in: &SignedIn,
    look: &BoardRequest<'_>,
    place: &ActionPlace,
    (once, seen, definition): (String, String, String),
) -> Vec<(String, String)> {
    let query = look.question.at("");
    let pairs = [
        (BOARD, place.board.clone()),
        (PANEL, place.panel.clone().unwrap_or_default()),
        (ACTION, place.action.clone()),
        (ROW, place.row.clone().unwrap_or_default()),
        (QUERY, query.trim_start_matches('?').to_owned()),
        (ONCE, once),
        (SEEN, seen),
        (DEFINITION, definition),
        (PERSON, signed_in.owner.person()),
    ];
    let there = pairs.into_iter().filter(|(_, value)| !value.is_empty());
    there.map(|(name, value)| (name.to_owned(), value)).collect()
}

fn draft(place: &ActionPlace) -> String {
    let page = paths::action(&place.board, place.panel.as_deref(), &place.action, place.row.as_deref());
    match &place.subject {
        Some(subject) => format!("{page}{}{subject}", if page.contains('?') { '&' } else { '?' }),
        None => page,
    }
}
