//! The form of an action as it works with scripts off: what is asked, what can be filled in, what is wrong with it, and the
//! one button that does it.

use leptos::prelude::*;

use crate::components::{Notice, Piece, Tone, invitation, reason, words};
use crate::model::{ActionForm, FormField, FormInput, FormState};
use crate::paths;

/// An action's form, or why there is none.
#[component]
pub fn ActionFormView(form: ActionForm) -> impl IntoView {
    let ActionForm { title, question, fields, hidden, state, ask, was_refused, back, draft } = form;
    let is_locked = matches!(state, FormState::Locked(_));
    let is_again = matches!(state, FormState::Confirmed | FormState::Unclear(_));
    let filled = is_locked && fields.iter().any(|field| !field.value.is_empty());
    let above = said(state, ask, was_refused);
    let question = question.map(|text| view! { <p class="question">{text}</p> });
    if is_locked {
        // What was filled in is kept, and shown, but there is nothing to send yet.
        let facts = filled.then(|| fields.into_iter().filter_map(fact).collect::<Vec<_>>());
        return view! {
            <div class="act perf">
                {above} {question} {facts.map(|facts| view! { <dl class="pairs">{facts}</dl> })}
                <p class="actions">
                    <a class="button" href=back data-part="close">
                        "Back to the board"
                    </a>
                </p>
            </div>
        }
        .into_any();
    }
    let carried = hidden
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
        .collect::<Vec<_>>();
    let fields = fields.into_iter().map(|field| view! { <Field field/> }).collect::<Vec<_>>();
    let label = if is_again { format!("{title} now") } else { title };
    view! {
        <form class="act perf" method="post" action=paths::ACT data-part="act-form" data-draft=draft>
            {above} {question} {carried} {fields}
            <p class="actions">
                <button class="button primary" type="submit">
                    {label}
                </button>
                <a class="button" href=back data-part="close">
                    "Cancel"
                </a>
            </p>
            <p class="trouble" data-part="act-status" role="status"></p>
        </form>
    }
    .into_any()
}

/// Why the form is there again, or why it cannot be sent.
fn said(state: FormState, ask: Option<String>, was_refused: bool) -> AnyView {
    match state {
        FormState::Open => ().into_any(),
        FormState::NotDone(why) => view! {
            <Notice tone=Tone::Bad>{why}</Notice>
        }
        .into_any(),
        FormState::Unclear(why) => view! {
            <Notice tone=Tone::Warn>
                <strong>"It is not known whether this was done. "</strong>
                {why}
                " Look at the board before you send it once more."
            </Notice>
        }
        .into_any(),
        FormState::Confirmed => view! {
            <Notice tone=Tone::Good>"Thank you. This is what you were about to do: it has not been done yet."</Notice>
        }
        .into_any(),
        FormState::Locked(error) => {
            let pieces = reason(&error, was_refused).into_iter().map(Piece::view).collect::<Vec<_>>();
            let invited = ask.zip(invitation(&error, was_refused));
            let advice = invited.as_ref().map_or(words(&error).advice, |(_, (_, advice))| advice);
            let button = invited.map(|(href, (label, _))| {
                view! {
                    <a class="button primary" href=href>
                        {label}
                    </a>
                }
            });
            view! {
                <Notice tone=Tone::Warn>
                    {pieces} " "
                    {advice}
                </Notice>
                {button}
            }
            .into_any()
        }
    }
}

/// What was filled in, to be read only.
fn fact(field: FormField) -> Option<impl IntoView> {
    let value = match field.input {
        FormInput::Choice(choices) => {
            choices.into_iter().find(|(value, _)| *value == field.value).map(|(_, title)| title)
        }
        FormInput::Tick => Some(if field.value.is_empty() { "No" } else { "Yes" }.to_owned()),
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

/// One field with its label, its hint, and what is wrong with it.
#[component]
fn Field(field: FormField) -> impl IntoView {
    let FormField { name, title, input, value, is_required, hint, problem } = field;
    let (hint_id, problem_id) = (format!("{name}-hint"), format!("{name}-problem"));
    let described = [hint.as_ref().map(|_| hint_id.clone()), problem.as_ref().map(|_| problem_id.clone())];
    let described = described.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let described = (!described.is_empty()).then_some(described);
    let invalid = problem.as_ref().map(|_| "true");
    let is_tick = input == FormInput::Tick;
    let optional = (!is_required && !is_tick).then(|| view! { <span class="optional">" (optional)"</span> });
    let label = view! {
        <label for=name.clone()>{title} {optional}</label>
    };
    let control = control(name, input, value, is_required, described, invalid);
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

fn control(
    name: String,
    input: FormInput,
    value: String,
    required: bool,
    described: Option<String>,
    invalid: Option<&'static str>,
) -> AnyView {
    let id = name.clone();
    match input {
        FormInput::Lines { max } => view! {
            <textarea id=id name=name rows="4" maxlength=max.to_string() required=required aria-describedby=described aria-invalid=invalid>
                {value}
            </textarea>
        }
        .into_any(),
        FormInput::Choice(choices) => {
            let none = (!required || value.is_empty()).then(|| view! { <option value="">"Choose"</option> });
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
                <select id=id name=name required=required aria-describedby=described aria-invalid=invalid>
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
                value="yes"
                checked=!value.is_empty()
                required=required
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
            // Of the type "number" browsers throw away what they cannot read, and with it what was typed.
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
                    autocomplete="off"
                    aria-describedby=described
                    aria-invalid=invalid
                />
            }
            .into_any()
        }
    }
}
