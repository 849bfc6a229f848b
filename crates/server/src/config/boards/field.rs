//! The fields of an action's form: the members of the request's body, and how each is filled in.

use serde_json::Value;
use toml::de::DeValue;

use crate::config::{
    LocalText,
    apis::Names,
    boards::{
        ChoicesSetting, FilterChoices,
        action::is_of_row,
        body::json_of,
        filter_choices::{self, FROM},
        member_path::MemberPath,
        sentence::Sentence,
        subject::BoardSlots,
        template::{pieces, slots},
        title,
    },
    key_rule::{
        Condition::{Has, HasNot, Is},
        KeyRule::{AnyOf, If, NoneOf},
    },
    problem::SettingProblem,
    reader::{Entry, REMOVE_IT, TomlTable},
    toml_key::{TomlKeys, flag, local, one_of, plain, table, text, texts_or_tables, whole},
};

/// A member of the request's body.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldSetting {
    /// The path of the member, as written: `amount`, or `address.city`. It is also the name of the field in forms.
    pub key: String,
    /// The same, read.
    pub path: MemberPath,
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
    /// No input: the server takes the value from the row and ignores what a browser sends.
    Row,
    /// No input: always this value, which is a text, a number, or true or false.
    Fixed(Value),
}

impl FieldKind {
    /// Whether the form has an input for it.
    pub fn is_input(&self) -> bool {
        !matches!(self, Self::Row | Self::Fixed(_))
    }

    /// Whether it is the same in every request.
    pub fn is_fixed(&self) -> bool {
        matches!(self, Self::Fixed(_))
    }
}

/// A choice: its value and its label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub title: LocalText,
}

/// The keys of a field.
pub(super) static KEYS: TomlKeys = TomlKeys::new(
    "field",
    &[&[
        text(
            "key",
            "the name of the member in the body of the request; dots lead into objects and lists, such as \
             `address.city` and `items.0.price`",
        )
        .required(),
        local("title", "the label of the field; by default it is made from `key`"),
        one_of(
            "kind",
            || KINDS.to_vec(),
            "the kind of input; by default `text`, or `choice` if there are `choices` or `from`",
        ),
        flag("required", "whether the field must be filled in"),
        plain(
            "value",
            "the initial value, with members of the row such as `{items}`; with the kind `fixed`, what is always sent",
        ),
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
    If(
        Is("kind", "fixed"),
        &[
            AnyOf(&["value"]),
            NoneOf(&["title", "hint", "required", "min", "max", "choices", "from"]),
        ],
    ),
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
const KINDS: [&str; 9] = ["text", "lines", "number", "whole", "date", "choice", "tick", "row", "fixed"];
const TEXT_MAX: u32 = 200;
const LINES_MAX: u32 = 2000;
const CHARS_MAX: u32 = 10_000;

/// Reads a field, and where its key is written. Without a row there are no values of one.
pub(super) fn read(
    mut at: TomlTable<'_, '_>,
    has_row: bool,
    (of_board, apis): (&BoardSlots, &Names),
) -> Option<(SettingProblem, FieldSetting)> {
    let place = at.problem_of("key", "");
    let key = at.required("key", |text| MemberPath::parse(text).map(|path| (text.to_owned(), path)));
    let name = at.optional_local("title", title);
    let kind = at.optional("kind", |text| match KINDS.iter().find(|kind| **kind == text) {
        Some(kind) => Ok(*kind),
        None => Err(format!("must be one of {}", KINDS.map(|kind| format!("\"{kind}\"")).join(", "))),
    });
    let required = at.flag("required").unwrap_or_default();
    let hint = at.optional_local("hint", title);
    let has_choices = at.has("choices") || at.has("from");
    let is = kind.unwrap_or(if has_choices { "choice" } else { "text" });
    let (value, fixed) = match is {
        "fixed" => (None, fixed(&mut at)),
        _ => (initial(&mut at, is), None),
    };
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
        ("required", !matches!(is, "row" | "fixed")),
        ("title", is != "fixed"),
        ("hint", is != "fixed"),
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
    if is == "row" && !at.has("value") {
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
        "fixed" => FieldKind::Fixed(fixed.unwrap_or_default()),
        _ => FieldKind::Text { max: max.unwrap_or(TEXT_MAX) },
    };
    at.no_more(KEYS.parts);
    let (key, path) = key?;
    let field = FieldSetting {
        title: name.unwrap_or_else(|| LocalText::plain(super::title_from_key(&path.words()))),
        key,
        path,
        kind,
        required,
        value,
        hint,
    };
    Some((place, field))
}

/// The initial value: a text with slots, or a number or `true` for a field that takes one.
fn initial(at: &mut TomlTable<'_, '_>, is: &str) -> Option<Sentence> {
    let text = match at.value("value")? {
        DeValue::Integer(_) | DeValue::Float(_) if matches!(is, "number" | "whole") => {
            scalar(at)?.to_string()
        }
        // A box that is not ticked begins without a value.
        DeValue::Boolean(is_ticked) if is == "tick" => is_ticked.then(|| "true".to_owned())?,
        _ => return at.optional("value", Sentence::parse),
    };
    Sentence::parse(&text).ok()
}

/// The value that is always sent.
fn fixed(at: &mut TomlTable<'_, '_>) -> Option<Value> {
    if !at.has("value") {
        at.problem("value", "is missing: what is always sent, such as \"EUR\", 30 or true");
        return None;
    }
    let value = scalar(at)?;
    let slot = value.as_str().and_then(|text| Some(slots(&pieces(text).ok()?).next()?.to_owned()));
    if let Some(slot) = slot {
        let message = format!(
            "has the placeholder {{{slot}}}, but a field of the kind \"fixed\" sends what is written"
        );
        at.problem_with("value", message, "use kind = \"row\" for a value of the row");
        return None;
    }
    Some(value)
}

/// A text, a number, or true or false, as JSON with all its digits.
fn scalar(at: &mut TomlTable<'_, '_>) -> Option<Value> {
    let value = at.value("value")?;
    let json = match value {
        DeValue::String(_) | DeValue::Boolean(_) | DeValue::Integer(_) | DeValue::Float(_) => json_of(value),
        _ => Err("must be a text in quotes, a number, true or false".to_owned()),
    };
    json.map_err(|message| at.problem("value", message)).ok()
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
