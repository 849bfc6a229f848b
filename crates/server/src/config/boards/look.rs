//! How values look beyond their text: tags with titles and tones, rules that give a tone, words for yes and no, what a bar
//! of progress is a part of, and texts made from several members.

use claimcheck_model::{CellKind, ValueTone};

use super::{
    Condition, by_name,
    image::{self, ImageSetting},
    sentence::Sentence,
    template, title,
};
use crate::{
    config::{
        LocalText,
        reader::{REMOVE_IT, REMOVE_ONE, TomlTable},
        toml_key::{TomlKey, TomlKeys, decimal, local, named_texts_or_tables, one_of as named, tables, text},
    },
    decimal::Decimal,
};

const RULES_MAX: usize = 20;
const TAGS_MAX: usize = 100;

/// The keys of rules, which apply to all numbers and cells.
pub(super) static RULE_KEYS: [TomlKey; 1] =
    [tables("rules", &RULE, "the tone of a value by conditions; the first one that holds counts")];
/// The keys of cells.
pub(super) static LOOK_KEYS: [TomlKey; 8] = [
    named_texts_or_tables(
        "tags",
        &TAG,
        "titles and tones of the values of a tag: a tone such as `draft = \"quiet\"`, or `{ title, tone }`",
    ),
    local("yes", "the word for `true`"),
    local("no", "the word for `false`"),
    decimal("of", "the whole of a bar of progress: a number, or a member of the row such as `{limit}`"),
    text("template", "a text with members of the row, such as `{address.city}, {address.country}`"),
    image::ALT,
    image::SIZE,
    image::ROUND,
];
static RULE: TomlKeys = TomlKeys::new(
    "rule",
    &[&[
        text("when", "the condition, such as `> 1000` or `due < today and paid empty`").required(),
        named("tone", tone_names, "the tone: `good`, `info`, `warn`, `bad` or `quiet`").required(),
    ]],
);
static TAG: TomlKeys = TomlKeys::new(
    "tag",
    &[&[
        named("tone", tone_names, "the tone: `good`, `info`, `warn`, `bad` or `quiet`"),
        local("title", "the text in place of the value"),
    ]],
);

fn tone_names() -> Vec<&'static str> {
    ValueTone::ALL.into_iter().map(ValueTone::name).collect()
}

fn tone(text: &str) -> Result<ValueTone, String> {
    by_name(text, &ValueTone::ALL, ValueTone::name)
}

/// How the values of a member look.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LookSetting {
    pub tags: Vec<TagSetting>,
    pub rules: Vec<RuleSetting>,
    /// The words for `true` and `false`.
    pub yes: Option<LocalText>,
    pub no: Option<LocalText>,
    /// What progress is a part of.
    pub whole: Option<Whole>,
    /// The text of the cell, made from members of the row.
    pub template: Option<Sentence>,
    /// A time is shown by its distance from now.
    pub is_relative: bool,
    pub image: ImageSetting,
}

/// The look of one value of a tag.
#[derive(Clone, Debug, PartialEq)]
pub struct TagSetting {
    pub value: String,
    pub title: Option<LocalText>,
    pub tone: Option<ValueTone>,
}

/// A tone for values under a condition.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleSetting {
    pub when: Condition,
    pub tone: ValueTone,
}

/// What progress is a part of.
#[derive(Clone, Debug, PartialEq)]
pub enum Whole {
    Number(Decimal),
    /// A member of the row.
    Member(String),
}

impl LookSetting {
    /// Whether cells with it need the second stylesheet.
    pub(super) fn needs_extra_style(&self) -> bool {
        self.whole.is_some()
    }

    /// The members of the row that it needs.
    pub(super) fn members(&self) -> impl Iterator<Item = &str> {
        let whole = match &self.whole {
            Some(Whole::Member(key)) => Some(key.as_str()),
            _ => None,
        };
        let of_rules = self.rules.iter().flat_map(|rule| rule.when.members());
        let texts = self.template.iter().chain(&self.image.alt);
        whole.into_iter().chain(of_rules).chain(texts.flat_map(Sentence::slots))
    }

    /// The kind that these settings imply.
    pub(super) fn kind(&self) -> Option<CellKind> {
        match () {
            () if self.template.is_some() => Some(CellKind::Text),
            () if self.whole.is_some() => Some(CellKind::Progress),
            () if self.yes.is_some() || self.no.is_some() => Some(CellKind::YesNo),
            () if !self.tags.is_empty() => Some(CellKind::Tag),
            () if self.image.is_set => Some(CellKind::Image),
            () => None,
        }
    }
}

/// Reads the keys of a cell. `kind` is the declared one.
pub(super) fn read(at: &mut TomlTable<'_, '_>, kind: Option<CellKind>) -> LookSetting {
    let tags = at.named("tags", tag, tag_table).unwrap_or_default();
    if tags.len() > TAGS_MAX {
        at.problem("tags", format!("must have at most {TAGS_MAX} entries"));
    }
    let rules = read_rules(at);
    let (yes, no) = (at.optional_local("yes", title), at.optional_local("no", title));
    let whole = whole(at);
    let template = at.optional("template", Sentence::parse);
    if template.as_ref().is_some_and(|template| template.slots().next().is_none()) {
        at.problem("template", "needs a member of the row, such as {city}");
    }
    for (key, kinds, of) in [
        ("tags", &[CellKind::Tag, CellKind::Chips][..], "\"tag\" and \"chips\""),
        ("yes", &[CellKind::YesNo], "\"yes-no\""),
        ("no", &[CellKind::YesNo], "\"yes-no\""),
        ("of", &[CellKind::Progress], "\"progress\""),
        ("template", &[CellKind::Text], "\"text\""),
        ("alt", &[CellKind::Image], "\"image\""),
        ("size", &[CellKind::Image], "\"image\""),
        ("round", &[CellKind::Image], "\"image\""),
    ] {
        if at.has(key) && kind.is_some_and(|kind| !kinds.contains(&kind)) {
            at.problem_with(key, format!("applies to the kind {of} only"), REMOVE_IT);
        }
    }
    let kinds = [
        ("tags", "yes"),
        ("tags", "of"),
        ("tags", "template"),
        ("yes", "of"),
        ("of", "template"),
        ("of", "percent"),
    ];
    let of_images = image::NAMES
        .into_iter()
        .flat_map(|key| ["tags", "yes", "no", "of", "template", "rules"].map(|other| (key, other)));
    for (key, other) in kinds.into_iter().chain(of_images) {
        if at.has(key) && at.has(other) {
            at.problem_with(key, format!("cannot be combined with `{other}`"), REMOVE_ONE);
        }
    }
    if kind == Some(CellKind::Image) && at.has("rules") {
        at.problem_with("rules", "does not apply to the kind \"image\"", REMOVE_IT);
    }
    let image = image::read(at);
    LookSetting { tags, rules, yes, no, whole, template, is_relative: false, image }
}

/// Reads `rules`.
pub(super) fn read_rules(at: &mut TomlTable<'_, '_>) -> Vec<RuleSetting> {
    let rules = at.list("rules", |mut at| {
        let when = at.required("when", |text| Condition::parse(text, true));
        let tone = at.required("tone", tone);
        at.no_more(RULE.parts);
        Some(RuleSetting { when: when?, tone: tone? })
    });
    let rules = rules.unwrap_or_default();
    if rules.len() > RULES_MAX {
        at.problem("rules", format!("must have at most {RULES_MAX} entries"));
    }
    rules
}

fn tag(value: &str, text: &str) -> Result<TagSetting, String> {
    let tone = tone(text)?;
    Ok(TagSetting { value: value.to_owned(), title: None, tone: Some(tone) })
}

fn tag_table(value: &str, mut at: TomlTable<'_, '_>) -> Option<TagSetting> {
    let (tone, name) = (at.optional("tone", tone), at.optional_local("title", title));
    at.no_more(TAG.parts);
    Some(TagSetting { value: value.to_owned(), title: name, tone })
}

fn whole(at: &mut TomlTable<'_, '_>) -> Option<Whole> {
    let has_slot = at.value("of").and_then(|value| value.as_str()).is_some_and(|text| text.contains('{'));
    if !has_slot {
        let number = at.decimal("of")?;
        if number.is_zero() || number.is_negative() {
            at.problem("of", "must be greater than zero");
        }
        return Some(Whole::Number(number));
    }
    at.optional("of", |text| {
        let pieces = template::pieces(text)?;
        let mut slots = template::slots(&pieces);
        match (slots.next(), slots.next()) {
            (Some(name), None) if text == format!("{{{name}}}") => Ok(Whole::Member(name.to_owned())),
            _ => Err("must be a number, or a member of the row such as \"{limit}\"".to_owned()),
        }
    })
}
