//! The form of an action as it works with scripts off: the question, the fields, their problems, and the submit button.

use claimcheck_model::{ActionForm, AppError, FormField, FormInput, FormState, TICKED, functions, part};
use claimcheck_text::{Language, t};
use leptos::prelude::*;

use crate::components::{
    FormTexts, Notice, TextPart, Tone, failure_text, failure_title, invitation, language, reason,
};

const QUESTION: &str = "act-question";

/// An action's form, or why it is not available.
#[component]
pub fn ActionFormView(form: ActionForm) -> impl IntoView {
    let ActionForm {
        title,
        row,
        submit,
        question,
        fields,
        hidden,
        state,
        ask,
        was_refused,
        back,
        draft,
        is_dangerous,
    } = form;
    let language = language();
    // Without fields, the button takes the focus.
    let is_all = fields.is_empty() && state == FormState::Open;
    let described = question.as_ref().map(|_| QUESTION);
    let row = row.map(|name| view! { <p class="act-row num">{name}</p> });
    let question = question.map(|text| {
        view! {
            <p class="question" id=QUESTION tabindex=is_all.then_some("-1") autofocus=is_all>
                {text}
            </p>
        }
    });
    if let FormState::Locked(error) = &state {
        // The values are kept and shown, but cannot be sent yet.
        let filled = fields.iter().any(|field| !field.value.is_empty());
        let facts =
            filled.then(|| fields.into_iter().filter_map(|field| fact(language, field)).collect::<Vec<_>>());
        let invited = ask.zip(invitation(language, error, was_refused));
        let advice = invited.as_ref().map_or(failure_text(language, error).advice, |(_, (_, advice))| advice);
        let ask = invited.map(|(href, (label, _))| {
            view! {
                <a class="button primary" href=href>
                    {label}
                </a>
            }
        });
        return view! {
            <div class="act perf" data-state=name(&state)>
                {row} {locked(language, error, was_refused, advice)} {question} {facts.map(|facts| view! { <dl class="pairs">{facts}</dl> })}
                <p class="actions">
                    {ask} <a class="button" href=back data-part=part::CLOSE>
                        {t!(language, "back-to-board")}
                    </a>
                </p>
            </div>
        }
        .into_any();
    }
    let label = match state {
        FormState::Confirmed => t!(language, "act-now", title = title),
        FormState::Unclear(_) => t!(language, "act-again", title = title),
        _ => submit,
    };
    // The element with the focus: the first invalid field, or the reason why the form is shown again, or the first
    // field.
    let wrong = fields.iter().position(|field| field.problem.is_some());
    let first = wrong.or((state == FormState::Open).then_some(0));
    let fields = fields
        .into_iter()
        .enumerate()
        .map(|(index, field)| view! { <Field field is_first={first == Some(index)}/> })
        .collect::<Vec<_>>();
    let carried = hidden
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
        .collect::<Vec<_>>();
    let state_name = name(&state);
    view! {
        <form
            class="act perf"
            data-question=is_all.then_some("")
            method="post"
            action=functions::ACT.path.href()
            data-part=part::ACT_FORM
            data-state=state_name
            data-draft=draft
            // Values that a browser restores by itself may have been sent already.
            autocomplete="off"
            aria-describedby=described
        >
            {row} {state_notice(language, state, wrong.is_none())}
            <p class="draft" data-part="draft" hidden>
                {t!(language, "act-draft-restored")} " "
                <button class="button" type="button" data-part="anew">
                    {t!(language, "act-draft-discard")}
                </button>
            </p>
            {question} {carried} {fields}
            <p class="actions">
                <button class=if is_dangerous { "button primary danger" } else { "button primary" } type="submit" data-part=part::ACT_SEND data-label=label.clone()>
                    {label.clone()}
                </button>
                <a class="button" href=back data-part=part::CLOSE>
                    {t!(language, "cancel")}
                </a>
            </p>
            <FormTexts/>
            <p class="visually-hidden" data-part="act-doing" role="status"></p>
            <p class="status" data-part="act-status" role="status"></p>
        </form>
    }
    .into_any()
}

/// The name of a form's state, for its island and `style/`.
fn name(state: &FormState) -> &'static str {
    match state {
        FormState::Open => "open",
        FormState::NotDone(_) => "not-done",
        FormState::Unclear(_) => "unclear",
        FormState::Locked(_) => "locked",
        FormState::Confirmed => "confirmed",
    }
}

/// The reason why the form is shown again; if `is_first`, it takes the focus.
fn state_notice(language: Language, state: FormState, is_first: bool) -> AnyView {
    let notice = match state {
        FormState::Open | FormState::Locked(_) => return ().into_any(),
        FormState::NotDone(why) => view! {
            <Notice tone=Tone::Bad>
                <strong>{t!(language, "act-not-done")}</strong>
                " "
                {why}
            </Notice>
        }
        .into_any(),
        FormState::Unclear(why) => view! {
            <Notice tone=Tone::Warn>
                <strong>{t!(language, "act-unclear")}</strong>
                " "
                {why}
                " "
                {t!(language, "act-unclear-advice")}
            </Notice>
        }
        .into_any(),
        FormState::Confirmed => view! {
            <Notice tone=Tone::Good>
                <strong>{t!(language, "act-confirmed")}</strong>
                " "
                {t!(language, "act-confirmed-advice")}
            </Notice>
        }
        .into_any(),
    };
    view! {
        <div class="why" tabindex="-1" autofocus=is_first>
            {notice}
        </div>
    }
    .into_any()
}

/// The reason why nothing can be sent.
fn locked(
    language: Language,
    error: &AppError,
    was_refused: bool,
    advice: &'static str,
) -> impl IntoView + use<> {
    let title = match error {
        AppError::Forbidden(_) => t!(language, "act-locked-title"),
        error => failure_title(language, error),
    };
    let why = reason(language, error, was_refused).into_iter().map(TextPart::view).collect::<Vec<_>>();
    view! {
        <div class="why" tabindex="-1" autofocus>
            <Notice tone=Tone::Warn>
                <strong>{title} ". "</strong>
                {why}
                " "
                {advice}
            </Notice>
        </div>
    }
}

/// A submitted value, read-only.
fn fact(language: Language, field: FormField) -> Option<impl IntoView> {
    let value = match field.input {
        FormInput::Choice(choices) => {
            choices.into_iter().find(|(value, _)| *value == field.value).map(|(_, title)| title)
        }
        FormInput::Tick => {
            let text =
                if field.value.is_empty() { t!(language, "value-no") } else { t!(language, "value-yes") };
            Some(text.to_owned())
        }
        _ => Some(field.value),
    };
    let value = value.filter(|value| !value.is_empty())?;
    Some(view! {
        <div>
            <dt>{field.title}</dt>
            <dd>{value}</dd>
        </div>
    })
}

/// One field with its label, hint and problem.
#[component]
fn Field(
    field: FormField,
    /// It takes the focus.
    is_first: bool,
) -> impl IntoView {
    let language = language();
    let FormField { name, title, input, value, is_required, hint, problem } = field;
    let (hint_id, problem_id) = (format!("{name}-hint"), format!("{name}-problem"));
    let described = [hint.as_ref().map(|_| hint_id.clone()), problem.as_ref().map(|_| problem_id.clone())];
    let described = described.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let described = (!described.is_empty()).then_some(described);
    let invalid = problem.as_ref().map(|_| "true");
    let is_tick = input == FormInput::Tick;
    let optional = (!is_required && !is_tick)
        .then(|| view! { <span class="optional">" " {t!(language, "act-optional")}</span> });
    let label = view! {
        <label for=name.clone()>{title} {optional}</label>
    };
    let marks = Marks { required: is_required, is_first, described, invalid };
    let control = control(language, name, input, value, marks);
    let hint = hint.map(|text| {
        view! {
            <p class="hint" id=hint_id>
                {text}
            </p>
        }
    });
    let problem = problem.map(|text| {
        view! {
            <p class="trouble" id=problem_id>
                {text}
            </p>
        }
    });
    match is_tick {
        true => view! { <div class="entry tick">{control} {label} {hint} {problem}</div> }.into_any(),
        false => view! { <div class="entry">{label} {hint} {control} {problem}</div> }.into_any(),
    }
}

/// The texts that describe a control.
struct Marks {
    required: bool,
    is_first: bool,
    /// The ids of its hint and its problem.
    described: Option<String>,
    invalid: Option<&'static str>,
}

fn control(language: Language, name: String, input: FormInput, value: String, marks: Marks) -> AnyView {
    let Marks { required, is_first, described, invalid } = marks;
    let id = name.clone();
    match input {
        FormInput::Lines { max } => view! {
            <textarea
                id=id
                name=name
                rows="4"
                maxlength=max.to_string()
                required=required
                autofocus=is_first
                aria-describedby=described
                aria-invalid=invalid
            >
                {value}
            </textarea>
        }
        .into_any(),
        FormInput::Choice(choices) => {
            // Without it, a browser would show the first choice in place of one that no longer exists.
            let is_known = choices.iter().any(|(each, _)| *each == value);
            let none = (!required || !is_known)
                .then(|| view! { <option value="">{t!(language, "act-choose")}</option> });
            let choices = choices
                .into_iter()
                .map(|(each, title)| {
                    let is_chosen = each == value;
                    view! {
                        <option value=each selected=is_chosen>
                            {title}
                        </option>
                    }
                })
                .collect::<Vec<_>>();
            view! {
                <select
                id=id
                name=name
                required=required
                autofocus=is_first
                aria-describedby=described
                aria-invalid=invalid
            >
                    {none} {choices}
                </select>
            }
            .into_any()
        }
        FormInput::Tick => view! {
            <input
                id=id
                name=name
                type="checkbox"
                value=TICKED
                checked=!value.is_empty()
                required=required
                autofocus=is_first
                aria-describedby=described
                aria-invalid=invalid
            />
        }
        .into_any(),
        input => {
            let kind = if input == FormInput::Date { "date" } else { "text" };
            let max = match input {
                FormInput::Text { max } => Some(max.to_string()),
                _ => None,
            };
            // For the type "number", browsers discard input that they cannot parse, and the user's text with it.
            let keyboard = match input {
                FormInput::Number { is_whole: true, .. } => Some("numeric"),
                FormInput::Number { .. } => Some("decimal"),
                _ => None,
            };
            view! {
                <input
                    id=id
                    name=name
                    type=kind
                    value=value
                    maxlength=max
                    inputmode=keyboard
                    required=required
                    autofocus=is_first
                    autocomplete="off"
                    aria-describedby=described
                    aria-invalid=invalid
                />
            }
            .into_any()
        }
    }
}
