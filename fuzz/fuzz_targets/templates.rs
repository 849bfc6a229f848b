//! Addresses, texts, Markdown and conditions of the settings, filled with values of users and APIs: a value stays in its
//! segment, its parameter or its text, and never becomes an address or markup of its own.
//!
//! The first character chooses what is tried; after the first line of dashes come the values of the placeholders, each in
//! a line.
#![no_main]

use std::collections::BTreeMap;

use claimcheck_fuzz::browser::{check_markup, marked};
use claimcheck_model::CellMore;
use claimcheck_server::{
    boards::{
        condition::{OwnValue, RowFacts},
        look,
        value::Style,
    },
    config::{Board, LinkTo, PanelKind, Settings, SlotValue, Template, kinds::table::ColumnSetting},
    locale::LocaleFormatter,
};
use claimcheck_text::Language;
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value, json};
use url::{Position, Url};

const RIGHT: [(&str, &str); 6] = [
    ("CLAIMCHECK_PUBLIC_URL", "http://localhost:3000"),
    ("CLAIMCHECK_ISSUER", "http://127.0.0.1:1"),
    ("CLAIMCHECK_CLIENT_ID", "app"),
    ("CLAIMCHECK_CLIENT_SECRET", "a secret of some length"),
    ("CLAIMCHECK_API_URL", "http://127.0.0.1:2/v1"),
    ("CLAIMCHECK_STORE", "memory:"),
];
/// The text of a cell, and the sign that something was left out.
const CELL_MAX_CHARS: usize = 401;
/// The elements of Markdown.
const ELEMENTS: [&str; 17] = [
    "p",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "li",
    "blockquote",
    "pre",
    "code",
    "em",
    "strong",
    "a",
    "br",
    "hr",
    "span",
];

fuzz_target!(|text: &str| {
    let mut chars = text.chars();
    let Some(what) = chars.next() else { return };
    let (template, values) = chars.as_str().split_once("\n---\n").unwrap_or((chars.as_str(), ""));
    let values: Vec<&str> = values.split('\n').collect();
    match what {
        'd' => path(template, &values),
        'l' => link(template, &values),
        'm' => markdown(template, &values),
        'w' => condition(template, &values),
        _ => sentence(template, &values),
    }
});

/// The board of these settings, if they are accepted.
fn board(toml: &str) -> Option<Board> {
    let variables = RIGHT.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let (settings, _) = Settings::load(Some(toml), None, variables).ok()?;
    settings.boards.into_iter().next()
}

/// A board with a table that has these settings.
fn table(more: &str) -> String {
    format!(
        "[[board]]\nid = \"a\"\ntitle = \"A\"\n[[board.panel]]\ntitle = \"A\"\nkind = \"table\"\nget = \"/a\"\n\
         rows = \"$.a[*]\"\n{more}\n"
    )
}

/// A value for each placeholder, in their order.
fn assigned<'t>(slots: impl Iterator<Item = &'t str>, values: &[&str]) -> BTreeMap<String, String> {
    let mut assigned = BTreeMap::new();
    for slot in slots {
        let next = values.get(assigned.len()).map(|value| (*value).to_owned());
        if let (false, Some(value)) = (assigned.contains_key(slot), next) {
            assigned.insert(slot.to_owned(), value);
        }
    }
    assigned
}

/// The request for a row.
fn path(text: &str, values: &[&str]) {
    let Some(board) = board(&table(&format!("detail = {}", json!(text)))) else { return };
    let template: &Template = board.panels[0].kind.as_table().unwrap().detail_path().unwrap();
    let values = assigned(template.slots(), values);
    let sample = template.fill(|_| Some("x".to_owned())).unwrap();
    let Ok(path) = template.fill(|slot| values.get(slot).cloned()) else { return };
    has_shape(&path, &sample);
    let base = "https://api.example.com/v1";
    let url = Url::parse(&format!("{base}{path}")).unwrap();
    assert_eq!(&url[..Position::BeforePath], "https://api.example.com");
    assert_eq!(&url[Position::BeforePath..], format!("/v1{path}"), "written otherwise than it is read");
}

/// An address has the characters, segments and parameters of the sample.
fn has_shape(address: &str, sample: &str) {
    assert!(address.is_ascii() && !address.contains(['\\', '"', '<', '>']), "{address:?}");
    assert!(!address.bytes().any(|byte| byte <= b' ' || byte == 0x7f), "{address:?}");
    for sign in ['/', '?', '&', '=', '#', ':', '@'] {
        assert_eq!(
            address.matches(sign).count(),
            sample.matches(sign).count(),
            "{sign} in {address:?} of {sample:?}"
        );
    }
}

/// A link of a column.
fn link(text: &str, values: &[&str]) {
    let column = format!("columns = [{{ key = \"a\", title = \"A\", to = {} }}]", json!(text));
    let Some(board) = board(&table(&column)) else { return };
    let columns: &Vec<ColumnSetting> = board.panels[0].kind.as_table().unwrap().columns.as_ref().unwrap();
    let link: &LinkTo = columns[0].to.as_ref().unwrap();
    let values = assigned(link.slots(), values);
    let sample = link.href(&|_| Some(SlotValue::Plain("x".to_owned())), &[]).unwrap();
    let Some(href) = link.href(&|slot| values.get(slot).cloned().map(SlotValue::Plain), &[]) else { return };
    has_shape(&href, &sample);
    let here = Url::parse("http://localhost:3000/boards/a").unwrap();
    let (there, expected) = (here.join(&href).unwrap(), here.join(&sample).unwrap());
    assert_eq!(there.origin(), expected.origin(), "{href:?}");
    assert!(there.username().is_empty() && there.password().is_none(), "{href:?}");
    assert!(matches!(there.scheme(), "http" | "https"), "{href:?}");
    assert_eq!(there.path().matches('/').count(), expected.path().matches('/').count(), "{href:?}");
    if !link.is_outside() {
        assert!(href.starts_with('/') && !href.starts_with("//"), "{href:?}");
        assert_eq!(there.path(), expected.path(), "another page: {href:?}");
    }
}

/// A panel with Markdown, whose placeholders are filters.
fn markdown(text: &str, values: &[&str]) {
    let filter = |key: &str| format!("[[board.filter]]\nkey = \"{key}\"\ntitle = \"F\"\nkind = \"text\"\n");
    let filters: String =
        ["a", "b"].into_iter().filter(|key| text.contains(&format!("{{{key}}}"))).map(filter).collect();
    let toml = format!(
        "[[board]]\nid = \"a\"\ntitle = \"A\"\n{filters}[[board.panel]]\ntitle = \"A\"\nkind = \"text\"\ntext = {}\n",
        json!(text)
    );
    let Some(board) = board(&toml) else { return };
    let PanelKind::Text(setting) = &board.panels[0].kind else { return };
    let markdown = setting.text.of(Language::default());
    let values = assigned(markdown.slots(), values);
    for may_see in [true, false] {
        let html =
            markdown.html(&|slot| values.get(slot).map(|value| marked(value)), &|_| may_see, "(elsewhere)");
        check_markup(&html);
        for tag in html.split('<').skip(1) {
            let name = tag.trim_start_matches('/').split([' ', '>', '/']).next().unwrap_or_default();
            assert!(ELEMENTS.contains(&name), "an element {name}: {html}");
        }
        for address in html.split("href=\"").skip(1) {
            let is_web = address.starts_with("https://") || address.starts_with("http://");
            assert!(is_web || (address.starts_with('/') && !address.starts_with("//")), "{html}");
        }
    }
}

/// The row of these values: JSON where it is some.
fn row(values: &[&str]) -> Map<String, Value> {
    let value =
        |text: &&str| serde_json::from_str(text).unwrap_or_else(|_| Value::String((*text).to_owned()));
    ["a", "b", "c", "d"].into_iter().map(str::to_owned).zip(values.iter().map(value)).collect()
}

/// A rule of a column.
fn condition(text: &str, values: &[&str]) {
    let column = format!(
        "columns = [{{ key = \"a\", title = \"A\", rules = [{{ when = {}, tone = \"bad\" }}] }}]",
        json!(text)
    );
    let Some(board) = board(&table(&column)) else { return };
    let columns = board.panels[0].kind.as_table().unwrap().columns.as_ref().unwrap();
    let (row, reader) = (row(values), LocaleFormatter::default());
    let (facts, value) =
        (RowFacts { row: &row, columns, reader: &reader }, row.get("a").unwrap_or(&Value::Null));
    let style = Style::of("a", columns[0].kind, &columns[0].format, &[value]);
    let own = OwnValue { value, style: &style, currency: None };
    let tone = look::tone(&columns[0].format.look.rules, &facts, own);
    assert_eq!(look::cell(value, &style, &facts).0.tone, tone);
}

/// The text of a column, or of its images, that is made of members of the row.
fn sentence(text: &str, values: &[&str]) {
    for key in ["template", "alt"] {
        let column = format!(
            "columns = [\n{{ key = \"n\", title = \"N\" }},\n{{ key = \"a\", title = \"A\", {key} = {} }}]",
            json!(text)
        );
        let Some(board) = board(&table(&column)) else { continue };
        let columns = board.panels[0].kind.as_table().unwrap().columns.as_ref().unwrap();
        let (row, reader) = (row(values), LocaleFormatter::default());
        let (facts, value) =
            (RowFacts { row: &row, columns, reader: &reader }, row.get("a").unwrap_or(&Value::Null));
        let style = Style::of("a", columns[1].kind, &columns[1].format, &[value]);
        let (cell, _) = look::cell(value, &style, &facts);
        assert!(cell.text.chars().count() <= CELL_MAX_CHARS, "{cell:?}");
        if let Some(CellMore::Image(image)) = cell.more.as_deref() {
            assert!(image.src.is_none() && image.alt.chars().count() <= CELL_MAX_CHARS, "{image:?}");
        }
    }
}
