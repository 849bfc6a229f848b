//! The actions of a board: one request to the API that changes something, and the fields of its form. `server::actions`
//! carries it out; `needs` has the access that it requires.

use std::collections::HashSet;

use axum::http::Method;

use crate::config::{
    Local, LocalText,
    apis::Names,
    boards::{
        ChoicesSetting, Condition, FilterChoices, Needs, Template, condition,
        filter_choices::{self, FROM},
        ids::WrittenIds,
        needs,
        sentence::Sentence,
        subject::BoardSlots,
        title,
    },
    claim_slots::claim_name,
    key_rule::{
        Condition::{Has, HasNot, Is},
        KeyRule::{AnyOf, If, NoneOf},
    },
    reader::{Entry, REMOVE_IT, TomlTable},
    toml_key::{TomlKeys, flag, local, one_of, table, tables, text, text_or_table, texts_or_tables, whole},
};

/// An action on a row of a table, or on a board as a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    /// Its name in addresses and forms: `[a-z0-9-]+`, unique among the actions of its panel or board.
    pub id: String,
    /// The text of the button: "Ship".
    pub label: LocalText,
    /// The text of the submit button, if it is not the label: "Save changes".
    pub submit: Option<LocalText>,
    pub method: Method,
    /// The id of the API.
    pub api: String,
    /// The path of the request; its slots are members of the row.
    pub path: Template,
    /// The question to confirm.
    pub confirm: Option<Local<Sentence>>,
    /// The message when it is done.
    pub done: Option<Local<Sentence>>,
    /// It destroys something, so its button is red.
    pub is_dangerous: bool,
    pub needs: Needs,
    /// The rows that it is offered for; all by default.
    pub when: Option<Condition>,
    pub fields: Vec<FieldSetting>,
}

/// A member of the request's body.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldSetting {
    /// The member's name.
    pub key: String,
    /// Its label.
    pub title: LocalText,
    pub kind: FieldKind,
    pub required: bool,
    /// The initial value.
    pub value: Option<Sentence>,
    /// Help for filling it in.
    pub hint: Option<LocalText>,
}

/// The kind of input.
#[derive(Clone, Debug, PartialEq)]
pub enum FieldKind {
    /// One line with a maximum number of characters.
    Text { max: u32 },
    /// Several lines.
    Lines { max: u32 },
    /// A number with decimals.
    Number { min: Option<u32>, max: Option<u32> },
    /// A whole number.
    Whole { min: Option<u32>, max: Option<u32> },
    /// A day.
    Date,
    /// One of these.
    Choice(Vec<Choice>),
    /// One of the choices of an API.
    ChoiceOf(Box<ChoicesSetting>),
    /// A box to tick.
    Tick,
    /// No input: the server takes the value from the row, whatever a browser sends.
    Row,
}

/// A choice: its value and its label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub title: LocalText,
}

const METHODS: [(&str, Method); 4] =
    [("post", Method::POST), ("put", Method::PUT), ("patch", Method::PATCH), ("delete", Method::DELETE)];
/// The keys of an action.
pub(super) static KEYS: TomlKeys = TomlKeys::new(
    "action",
    &[
        &[
            local("label", "the text of the button and the heading of the form").required(),
            local("submit", "the text of the submit button, such as `Save changes`; by default the label"),
            text("id", "the action's name in addresses: a-z, 0-9 and -; by default it is made from `label`"),
            text("post", "the path of a `POST`, below the API's base URL, such as `/orders/{id}/ship`"),
            text("put", "the path of a `PUT`"),
            text("patch", "the path of a `PATCH`"),
            text("delete", "the path of a `DELETE`"),
            text("api", "the id of an `[[api]]`; by default that of the panel"),
            local("confirm", "the question above the form, such as `Ship order {id}?`"),
            local("done", "the message after success"),
            flag("danger", "whether the action destroys something, so that its button is red; by default only for `delete`"),
            text_or_table(
                "when",
                &condition::KEYS,
                "the rows for which the action is offered, such as `status in open, packed`",
            ),
            tables("fields", &FIELD, "the fields of the form, at most 20"),
        ],
        &needs::KEYS,
    ],
)
.exactly_one(&[&["post", "put", "patch", "delete"]]);
static FIELD: TomlKeys = TomlKeys::new(
    "field",
    &[&[
        text("key", "the name of the member in the body of the request").required(),
        local("title", "the label of the field; by default it is made from `key`"),
        one_of(
            "kind",
            || KINDS.to_vec(),
            "the kind of input; by default `text`, or `choice` if there are `choices` or `from`",
        ),
        flag("required", "whether the field must be filled in"),
        text("value", "the initial value, with members of the row such as `{items}`"),
        local("hint", "help for filling in the field"),
        whole("min", (0, u32::MAX), "the smallest number"),
        whole("max", (0, u32::MAX), "the largest number, or the most characters of a text"),
        texts_or_tables("choices", &CHOICE, "the choices: texts, or `{ value, title }`"),
        table("from", &FROM, "a request for the choices, in place of `choices`"),
    ]],
)
.rules(&[&[
    If(Is("kind", "choice"), &[AnyOf(&["choices", "from"]), NoneOf(&["min", "max"])]),
    If(Is("kind", "row"), &[AnyOf(&["value"]), NoneOf(&["required", "min", "max", "choices", "from"])]),
    If(Is("kind", "text"), &[NoneOf(&["min", "choices", "from"])]),
    If(Is("kind", "lines"), &[NoneOf(&["min", "choices", "from"])]),
    If(Is("kind", "number"), &[NoneOf(&["choices", "from"])]),
    If(Is("kind", "whole"), &[NoneOf(&["choices", "from"])]),
    If(Is("kind", "date"), &[NoneOf(&["min", "max", "choices", "from"])]),
    If(Is("kind", "tick"), &[NoneOf(&["min", "max", "choices", "from"])]),
    If(Has("from"), &[NoneOf(&["choices"])]),
    If(
        HasNot("kind"),
        &[NoneOf(&["min"]), If(Has("choices"), &[NoneOf(&["max"])]), If(Has("from"), &[NoneOf(&["max"])])],
    ),
]]);
pub(super) static CHOICE: TomlKeys = TomlKeys::new(
    "choice",
    &[&[
        text("value", "the value that is sent").required(),
        local("title", "the text that users see").required(),
    ]],
);
const KINDS: [&str; 8] = ["text", "lines", "number", "whole", "date", "choice", "tick", "row"];
const FIELDS_MAX: usize = 20;
const TEXT_MAX: u32 = 200;
const LINES_MAX: u32 = 2000;
const CHARS_MAX: u32 = 10_000;

/// Reads the actions of a table's rows, or of a board, which has no row to take values from. The API is `usual_api` unless
/// an action names another.
pub(super) fn read(
    at: &mut TomlTable<'_, '_>,
    has_row: bool,
    of_board: &BoardSlots,
    apis: &Names,
    usual_api: &str,
) -> Vec<Action> {
    let mut ids = WrittenIds::default();
    let mut actions = at
        .list("action", |at| action(at, (has_row, of_board), apis, usual_api, &mut ids))
        .unwrap_or_default();
    // A form is safe with such an id: its fingerprint names the action.
    let _ = ids.complete("action", &mut actions, |action| (&mut action.id, &action.label));
    actions
}

fn action(
    mut at: TomlTable<'_, '_>,
    (has_row, of_board): (bool, &BoardSlots),
    apis: &Names,
    usual_api: &str,
    ids: &mut WrittenIds,
) -> Option<Action> {
    let id = ids.read(&mut at, "action");
    let label = at.required_local("label", title);
    let submit = at.optional_local("submit", title);
    let api = at.optional("api", |id| apis.find(id)).unwrap_or_else(|| usual_api.to_owned());
    let named: Vec<_> = METHODS.iter().filter(|(key, _)| at.has(key)).collect();
    let [(key, method)] = named[..] else {
        at.problem(
            "post",
            "set exactly one of `post`, `put`, `patch` and `delete` to the path of the request",
        );
        return None;
    };
    let path = at.optional(key, Template::parse);
    let confirm = at.optional_local("confirm", Sentence::parse);
    let done = at.optional_local("done", Sentence::parse);
    let is_dangerous = at.flag("danger").unwrap_or(*method == Method::DELETE);
    let needs = needs::read(&mut at);
    let when = condition::read_of_row(&mut at);
    let fields = at.list("fields", |at| field(at, has_row, (of_board, apis))).unwrap_or_default();
    if !has_row {
        let is_of_row = |slot: &str| is_of_row(slot, of_board);
        let has_slots_of_row = |text: &Sentence| text.slots().any(is_of_row);
        let sentences = [("confirm", &confirm), ("done", &done)];
        let in_sentence =
            sentences.into_iter().find(|(_, text)| text.iter().flat_map(Local::all).any(has_slots_of_row));
        let in_path = path.as_ref().filter(|path| path.slots().any(is_of_row)).map(|_| *key);
        if let Some(key) = in_path.or(in_sentence.map(|(key, _)| key)).or(when.as_ref().map(|_| "when")) {
            at.problem(key, "has a value from a row, but only actions of a table have rows");
        }
    }
    let unknown = {
        let texts = confirm.iter().chain(&done).flat_map(Local::all);
        let values = fields.iter().filter_map(|field: &FieldSetting| field.value.as_ref());
        let of_texts = texts.chain(values).flat_map(Sentence::slots);
        let mut slots = path.iter().flat_map(Template::slots).chain(of_texts);
        slots.find_map(|slot| apis.claims().check(slot).err())
    };
    if let Some(message) = unknown {
        at.problem(key, message);
    }
    let mut keys = HashSet::new();
    if let Some(twice) = fields.iter().find(|field| !keys.insert(&field.key)) {
        at.problem("fields", format!("the key `{}` is used twice", twice.key));
    }
    if fields.len() > FIELDS_MAX {
        at.problem("fields", format!("must have at most {FIELDS_MAX} entries"));
    }
    at.no_more(KEYS.parts);
    Some(Action {
        id,
        label: label?,
        submit,
        method: method.clone(),
        api,
        path: path?,
        confirm,
        done,
        is_dangerous,
        needs,
        when,
        fields,
    })
}

/// Whether an action of a board would take a slot from a row, which it does not have.
fn is_of_row(slot: &str, of_board: &BoardSlots) -> bool {
    claim_name(slot).is_none() && !of_board.is_of_subject(slot)
}

fn field(
    mut at: TomlTable<'_, '_>,
    has_row: bool,
    (of_board, apis): (&BoardSlots, &Names),
) -> Option<FieldSetting> {
    let key = at.required("key", member);
    let name = at.optional_local("title", title);
    let kind = at.optional("kind", |text| match KINDS.iter().find(|kind| **kind == text) {
        Some(kind) => Ok(*kind),
        None => Err(format!("must be one of {}", KINDS.map(|kind| format!("\"{kind}\"")).join(", "))),
    });
    let required = at.flag("required").unwrap_or_default();
    let value = at.optional("value", Sentence::parse);
    let hint = at.optional_local("hint", title);
    let has_choices = at.has("choices") || at.has("from");
    let is = kind.unwrap_or(if has_choices { "choice" } else { "text" });
    let is_number = matches!(is, "number" | "whole");
    let min = at.whole("min", 0..=u32::MAX);
    let max = at.whole("max", if is_number { 0..=u32::MAX } else { 1..=CHARS_MAX });
    // In an action of rows, a slot with the name of a parameter is a member of the row, which choices do not have.
    let no_parameters = BoardSlots::default();
    let of_choices = if has_row { &no_parameters } else { of_board };
    let choices = match is {
        "choice" => filter_choices::choices(&mut at, (apis, of_choices), &[], &mut Vec::new()),
        _ => None,
    };
    for (key, belongs) in [
        ("min", is_number),
        ("max", is_number || matches!(is, "text" | "lines")),
        ("choices", is == "choice"),
        ("from", is == "choice"),
        ("required", !matches!(is, "row")),
    ] {
        if at.has(key) && !belongs {
            at.problem_with(key, format!("does not apply to a field of the kind \"{is}\""), REMOVE_IT);
        }
    }
    if min.zip(max).is_some_and(|(min, max)| min > max) {
        at.problem("min", "is greater than `max`");
    }
    if value.iter().flat_map(Sentence::slots).any(|slot| is_of_row(slot, of_board)) && !has_row {
        at.problem("value", "has a value from a row, but only actions of a table have rows");
    }
    if is == "row" && value.is_none() {
        at.problem("value", "is missing: the value of the row to send, such as \"{customer.id}\"");
    }
    let kind = match is {
        "lines" => FieldKind::Lines { max: max.unwrap_or(LINES_MAX) },
        "number" => FieldKind::Number { min, max },
        "whole" => FieldKind::Whole { min, max },
        "date" => FieldKind::Date,
        "choice" => match choices {
            Some(FilterChoices::Api(from)) => FieldKind::ChoiceOf(from),
            Some(FilterChoices::Fixed(choices)) => FieldKind::Choice(choices),
            None => FieldKind::Choice(Vec::new()),
        },
        "tick" => FieldKind::Tick,
        "row" => FieldKind::Row,
        _ => FieldKind::Text { max: max.unwrap_or(TEXT_MAX) },
    };
    at.no_more(FIELD.parts);
    let key = key?;
    Some(FieldSetting {
        title: name.unwrap_or_else(|| LocalText::plain(super::title_from_key(&key))),
        key,
        kind,
        required,
        value,
        hint,
    })
}

/// A choice: a text, or a table with the value and its title.
pub(super) fn choice(entry: Entry<'_, '_>) -> Option<Option<Choice>> {
    match entry {
        Entry::Text(text) => Some(Some(Choice { value: text.to_owned(), title: LocalText::plain(text) })),
        Entry::Table(mut at) => {
            let (value, name) = (at.required("value", title), at.required_local("title", title));
            at.no_more(CHOICE.parts);
            Some(value.zip(name).map(|(value, title)| Choice { value, title }))
        }
    }
}

/// The name of a member of the body, which is also that of the form field.
fn member(text: &str) -> Result<String, String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !text.is_empty() && text.len() <= 64 && text.chars().all(allowed) {
        Ok(text.to_owned())
    } else {
        Err("must be a member name that consists of a-z, A-Z, 0-9, _ and -".to_owned())
    }
}
