//! The settings of `detail`: what the page of a row shows, and the request for it.

use crate::config::{
    boards::{
        Template,
        kinds::{
            facts::{FACT, FactSetting, read_fields},
            rows::{self, RowsSetting},
        },
    },
    key_rule::KeyRule::AnyOf,
    reader::TomlTable,
    toml_key::{TomlKeys, text, texts_or_tables},
};

/// What the page of a row shows.
#[derive(Clone, Debug, PartialEq)]
pub struct DetailSetting {
    /// The request for one row; its slots are members of the row. Without it, the row of the table's answer is shown.
    pub path: Option<Template>,
    /// Where the object is in the answer.
    pub item: RowsSetting,
    /// The members to show, in order; by default all of them.
    pub fields: Option<Vec<FactSetting>>,
}

/// The keys of `detail` as a table.
pub(super) static KEYS: TomlKeys = TomlKeys::new(
    "detail",
    &[&[
        text("get", "path of the request for one row, with members of the row, such as `/orders/{id}`"),
        text("item", "JSONPath of the object in the response; by default the response itself, `$`"),
        texts_or_tables("fields", &FACT, "the members to show, in order; by default all of them"),
    ]],
)
.rules(&[&[AnyOf(&["get", "fields"])]]);

/// Reads `detail`: the path of the request, or a table.
pub(super) fn read(at: &mut TomlTable<'_, '_>) -> Option<DetailSetting> {
    if !at.is_table("detail") {
        let path = at.optional("detail", path)?;
        return Some(DetailSetting { path: Some(path), item: RowsSetting::whole(), fields: None });
    }
    at.table("detail", |mut at| {
        let path = at.optional("get", path);
        let fields = read_fields(&mut at);
        let members = fields.iter().flatten().flat_map(FactSetting::members).map(|name| ("fields", name));
        let item = rows::read_item(&mut at, members);
        if at.has("item") && !at.has("get") {
            at.problem("item", "needs `get`: it is the place of the object in that response");
        }
        if at.has("fields") && at.is_empty("fields") {
            at.problem("fields", "is missing: the members to show; leave the key out to show all of them");
        } else if !at.has("get") && !at.has("fields") {
            at.problem("get", "is missing: the request for one row, or `fields` of the row to show");
        }
        at.no_more(KEYS.parts);
        Some(DetailSetting { path, item: item?, fields })
    })
}

fn path(text: &str) -> Result<Template, String> {
    let template = Template::parse(text)?;
    let has_place = template.slots().next().is_some();
    has_place.then_some(template).ok_or("needs a placeholder for the row, such as {id}".to_owned())
}
