//! Any JSON from an API, in every kind of panel, in the detail of a row and as a file: shown or refused, never markup,
//! never a formula, and never much larger than the input.
#![no_main]

use std::cell::RefCell;

use axum::body::Body;
use claimcheck_fuzz::{
    browser::{self, Page},
    json,
    upstream::Canned,
    world::{SESSION, World},
};
use libfuzzer_sys::{
    arbitrary::{Result, Unstructured},
    fuzz_target,
};
use serde_json::{Value, json};

const BOARDS: &str = include_str!("api_answer.toml");
const PANELS: usize = 12;
/// The panels that are tables.
const TABLES: [usize; 4] = [0, 1, 2, 3];
const NAMES: [&str; 28] = [
    "rows",
    "days",
    "total",
    "next",
    "value",
    "before",
    "id",
    "name",
    "customer",
    "customer_name",
    "placed_at",
    "day",
    "month",
    "status",
    "state",
    "items",
    "revenue",
    "orders",
    "share",
    "site",
    "url",
    "made",
    "at",
    "note",
    "sku",
    "stock",
    "city",
    "is_new",
];
const READERS: [&str; 5] = ["", "de-DE,de;q=0.9", "ar-EG", "hi-IN-u-nu-deva", "fa-IR"];

thread_local!(static WORLD: RefCell<(World, String)> = RefCell::new({
    let world = World::with(BOARDS);
    let session = world.sign_in();
    (world, session)
}));

fuzz_target!(|data: &[u8]| {
    WORLD.with_borrow_mut(|(world, session)| {
        if world.wears() {
            *session = world.sign_in();
        }
        let _ = answer(world, session, &mut Unstructured::new(data));
    });
});

fn answer(world: &World, session: &str, u: &mut Unstructured<'_>) -> Result<()> {
    let what = u.int_in_range(0..=5u8)?;
    let panel = u.int_in_range(0..=PANELS - 1)?;
    let table = *u.choose(&TABLES)?;
    let reader = *u.choose(&READERS)?;
    let asked = if json::seldom(u, 4)? { json::text(u)? } else { "x0".to_owned() };
    let query = url::form_urlencoded::byte_serialize(asked.as_bytes()).collect::<String>();
    let body = match json::seldom(u, 8)? {
        true => String::from_utf8_lossy(u.bytes(u.len())?).replace('<', "<Zq7"),
        false => mark(body(u)?).to_string(),
    };
    let size = body.len();
    world.upstream.set_api(Canned::json(body));
    let path = match what {
        0 | 1 => format!("/api/panel_when_ready?board=all&panel=p{panel}&query=p{panel}.sort%3D{query}"),
        2 => format!("/api/row?board=all&panel=p{table}&query=key%3D{query}"),
        3 => format!("/boards/all/rows/p{table}?key={query}"),
        4 => format!("/boards/all/csv/p{table}?p{table}.q={query}"),
        _ => format!("/boards/all?p{table}.q={query}&p{table}.sort={query}"),
    };
    let mut request = if what < 3 { browser::fetch(&path) } else { browser::navigation(&path) };
    request = request.header("cookie", format!("{SESSION}={session}"));
    if !reader.is_empty() {
        request = request.header("accept-language", reader);
    }
    let page = world.ask(request.body(Body::empty()).unwrap());
    page.check("");
    assert!(matches!(page.status, 200 | 404 | 502), "{path} {page:?}");
    let most = 200_000 + 400 * size;
    assert!(page.body.len() < most, "{} bytes of {size}", page.body.len());
    if page.header("content-type").starts_with("text/csv") {
        check_csv(&page);
    } else if page.header("content-type").starts_with("text/plain") {
        browser::check_markup(&page.body);
    }
    Ok(())
}

/// Roughly the format that boards expect.
fn body(u: &mut Unstructured<'_>) -> Result<Value> {
    if json::seldom(u, 6)? {
        return json::value_of(u, &NAMES, 5);
    }
    let mut members = json::object_of(u, &NAMES, 3)?;
    // Rows with the same members; the last one may be anything.
    let pattern = json::object_of(u, &NAMES, 3)?;
    let mut rows = vec![pattern; u.int_in_range(1..=20usize)?];
    for (number, row) in rows.iter_mut().enumerate() {
        let row = row.as_object_mut().unwrap();
        for name in ["id", "name", "customer_name"] {
            row.insert(name.to_owned(), json!(format!("x{number}")));
        }
        for _ in 0..u.int_in_range(0..=3u8)? {
            row.insert((*u.choose(&NAMES)?).to_owned(), json::value_of(u, &NAMES, 2)?);
        }
    }
    if json::seldom(u, 4)? {
        rows.push(json::value_of(u, &NAMES, 3)?);
    }
    members["rows"] = json!(rows);
    Ok(members)
}

/// Adds the mark to every text and name.
fn mark(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(browser::marked(&text)),
        Value::Array(items) => items.into_iter().map(mark).collect(),
        Value::Object(members) => {
            members.into_iter().map(|(name, value)| (browser::marked(&name), mark(value))).collect()
        }
        other => other,
    }
}

/// RFC 4180, and no field that a spreadsheet would run: one that starts like a formula is a plain number or a date.
fn check_csv(page: &Page) {
    let text = page.body.strip_prefix('\u{feff}').unwrap();
    let separator = separator(text);
    let mut width = None;
    for record in records(text, separator) {
        assert_eq!(*width.get_or_insert(record.len()), record.len(), "records of different lengths: {text}");
        for field in record {
            let begins = field.starts_with([
                '=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
            ]);
            let is_value = field
                .chars()
                .all(|c| c.is_ascii_digit() || "+-.:eETZ".contains(c) || (c == ',' && separator == ';'))
                && !field.starts_with(['=', '@']);
            assert!(!begins || is_value, "a formula: {field:?}");
        }
    }
}

/// A semicolon where decimals have a comma, else a comma: the first of them that is outside quotes.
fn separator(text: &str) -> char {
    let mut is_quoted = false;
    let mut outside = text.chars().filter(|c| {
        is_quoted ^= *c == '"';
        !is_quoted
    });
    outside.find(|c| matches!(c, ',' | ';')).unwrap_or(',')
}

fn records(text: &str, separator: char) -> Vec<Vec<String>> {
    let mut all = vec![vec![String::new()]];
    let mut chars = text.chars().peekable();
    let mut is_quoted = false;
    while let Some(c) = chars.next() {
        let field = all.last_mut().unwrap().last_mut().unwrap();
        match c {
            '"' if is_quoted && chars.peek() == Some(&'"') => field.push(chars.next().unwrap()),
            '"' if is_quoted => is_quoted = false,
            '"' if field.is_empty() => is_quoted = true,
            c if c == separator && !is_quoted => all.last_mut().unwrap().push(String::new()),
            '\r' if !is_quoted && chars.peek() == Some(&'\n') => {
                chars.next();
                all.push(vec![String::new()]);
            }
            c => field.push(c),
        }
    }
    assert!(!is_quoted, "a quotation that does not end: {text}");
    assert_eq!(all.pop(), Some(vec![String::new()]), "the last record does not end: {text}");
    all
}
