//! How an API pages the rows of a table: by offset, by number, by cursor, or by the URL of the next page.

use axum::http::HeaderName;
use serde_json_path::JsonPath;

use crate::config::{
    boards::kinds::{json_path, table::parameter},
    key_rule::{
        Condition::Has,
        KeyRule::{self, AnyOf, If, NoneOf},
    },
    reader::{REMOVE_IT, REMOVE_ONE, TomlTable},
    toml_key::{TomlKey, TomlKeys, text, whole},
};

/// The keys of `page` of a table.
pub(super) static KEYS: TomlKeys = TomlKeys::new("page", &[&WAYS_KEYS, &[ALL]]).rules(&[&WAYS_RULES]);
/// The keys of `page` of choices, which are always read as a whole.
pub(in crate::config::boards) static CHOICES_KEYS: TomlKeys =
    TomlKeys::new("choices-page", &[&WAYS_KEYS]).rules(&[&WAYS_RULES]);
const WAYS_KEYS: [TomlKey; 8] = [
    whole("size", (SIZES.0, SIZES.1), "rows per page; 50 by default"),
    text("limit", "the API's parameter for the number of rows"),
    whole("first", (0, 1), "the number of the first page: 0 or 1"),
    text("offset", "the API's parameter for the number of rows to skip"),
    text("page", "the API's parameter for the number of the page"),
    text("cursor", "the API's parameter for the cursor of the page"),
    text("next", "JSONPath of the next cursor or of the next page's URL in the response"),
    text("next_header", "the header with the next cursor or the next page's URL, such as `Link`"),
];
const ALL: TomlKey = whole(
    "all",
    (*ALL_BOUNDS.start(), *ALL_BOUNDS.end()),
    "the most rows of all pages that are read for a total, and for a search, a filter or an order that the API does not \
     apply; without it, these cover one page",
);
const ALL_BOUNDS: std::ops::RangeInclusive<u32> = 1..=5000;
const WAYS_RULES: [KeyRule; 6] = [
    AnyOf(&["offset", "page", "cursor", "next", "next_header"]),
    If(Has("offset"), &[NoneOf(&["page", "cursor", "next", "next_header"])]),
    If(Has("page"), &[NoneOf(&["cursor", "next", "next_header"])]),
    If(Has("cursor"), &[AnyOf(&NEXT)]),
    If(Has("next"), &[NoneOf(&["next_header"])]),
    If(Has("first"), &[AnyOf(&["page"])]),
];
const SIZES: (u32, u32) = (1, 1000);

/// The API's paging parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct PageSetting {
    /// Rows per page.
    pub size: u32,
    /// The parameter for the size.
    pub limit: Option<String>,
    pub by: PageBy,
    /// The most rows of all pages that are read for what the API does not do itself; `None` if that covers one page.
    pub all: Option<u32>,
}

/// How an API counts its pages.
#[derive(Clone, Debug, PartialEq)]
pub enum PageBy {
    /// A parameter takes the number of rows to skip.
    Offset(String),
    /// A parameter takes the page's number, which begins with `first`.
    Number { parameter: String, first: u32 },
    /// A parameter takes the value at `next` of the previous answer, or this parameter of a URL there.
    Cursor { parameter: String, next: NextFrom },
    /// The URL of the next page is at this place of the previous answer; its parameters are sent.
    Link(NextFrom),
}

/// Where an answer says how to get the next page.
#[derive(Clone, Debug, PartialEq)]
pub enum NextFrom {
    Body(JsonPath),
    /// A header: `Link` (RFC 8288), or one with the value itself.
    Header(HeaderName),
}

impl PageSetting {
    /// The parameters that a page fills.
    pub(in crate::config::boards) fn parameters(&self) -> impl Iterator<Item = &str> {
        let by = match &self.by {
            PageBy::Offset(by)
            | PageBy::Number { parameter: by, .. }
            | PageBy::Cursor { parameter: by, .. } => Some(by.as_str()),
            PageBy::Link(_) => None,
        };
        self.limit.as_deref().into_iter().chain(by)
    }
}

/// The keys that name the way of paging, and those of cursors and links.
const WAYS: [&str; 3] = ["offset", "page", "cursor"];
const NEXT: [&str; 2] = ["next", "next_header"];

/// Reads the pages of a table.
pub(super) fn read(mut at: TomlTable<'_, '_>) -> Option<PageSetting> {
    let all = at.whole("all", ALL_BOUNDS);
    Some(PageSetting { all, ..read_ways(at, &KEYS)? })
}

/// Reads the pages of choices.
pub(in crate::config::boards) fn read_of_choices(at: TomlTable<'_, '_>) -> Option<PageSetting> {
    read_ways(at, &CHOICES_KEYS)
}

fn read_ways(mut at: TomlTable<'_, '_>, keys: &'static TomlKeys) -> Option<PageSetting> {
    let size = at.whole("size", SIZES.0..=SIZES.1).unwrap_or(50);
    let limit = at.optional("limit", parameter);
    let offset = at.optional("offset", parameter);
    let number = at.optional("page", parameter);
    let first = at.whole("first", 0..=1).unwrap_or(1);
    let cursor = at.optional("cursor", parameter);
    let path = at.optional("next", json_path).map(NextFrom::Body);
    let header = at.optional("next_header", header).map(NextFrom::Header);
    at.no_more(keys.parts);
    let named: Vec<_> = WAYS.into_iter().filter(|key| at.has(key)).collect();
    let nexts: Vec<_> = NEXT.into_iter().filter(|key| at.has(key)).collect();
    let way = match named[..] {
        [way] => way,
        [] if !nexts.is_empty() => "link",
        _ => {
            at.problem(
                "offset",
                "set exactly one of `offset`, `page` and `cursor` to the API's parameter; or only `next` or \
                 `next_header`, if the API sends the URL of the next page",
            );
            return None;
        }
    };
    if at.has("first") && way != "page" {
        at.problem_with("first", format!("belongs to `page`, but this table uses `{way}`"), REMOVE_IT);
    }
    match (way, &nexts[..]) {
        ("offset" | "page", [key, ..]) => {
            at.problem_with(key, format!("belongs to `cursor`, but this table uses `{way}`"), REMOVE_IT);
        }
        ("cursor", []) => {
            at.problem("next", "is missing: the path of the next cursor in the response, such as \"$.next\"");
        }
        (_, [_, _]) => {
            at.problem_with("next_header", "cannot be combined with `next`: set one of them", REMOVE_ONE)
        }
        _ => {}
    }
    let next = path.or(header);
    let by = match way {
        "offset" => PageBy::Offset(offset?),
        "page" => PageBy::Number { parameter: number?, first },
        "cursor" => PageBy::Cursor { parameter: cursor?, next: next? },
        _ => PageBy::Link(next?),
    };
    Some(PageSetting { size, limit, by, all: None })
}

/// The name of a header of an answer.
pub(super) fn header(text: &str) -> Result<HeaderName, String> {
    text.parse().map_err(|_| "must be the name of a header, such as \"X-Total-Count\"".to_owned())
}
