//! The settings of a table: rows, columns, single rows, search, order and pages.

use std::collections::HashSet;

use claimcheck_model::{CellKind, PanelSize};
use serde_json_path::JsonPath;

use crate::config::{
    LocalText,
    boards::{
        Template, by_name,
        kinds::{KindSetting, decimals, json_path},
        title,
    },
    reader::TomlTable,
};

/// Rows and columns.
#[derive(Clone, Debug, PartialEq)]
pub struct TableSetting {
    /// Finds the rows in the answer (RFC 9535).
    pub rows: JsonPath,
    /// Finds the total number of rows.
    pub total: Option<JsonPath>,
    /// The columns to show, in order; by default they are inferred from the rows.
    pub columns: Option<Vec<ColumnSetting>>,
    /// The member whose value is the row key, for the row's own page.
    pub key: Option<String>,
    /// The request for one row; its slots are members of the row.
    pub detail: Option<Template>,
    /// The API's parameter that searches all rows; without it the filter applies to the rows shown.
    pub search: Option<String>,
    pub order: Option<OrderSetting>,
    pub page: Option<PageSetting>,
}

/// A declared column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnSetting {
    /// The member of a row with its value; `customer.name` reads a nested one.
    pub key: String,
    pub title: LocalText,
    /// By default it is inferred from the values.
    pub kind: Option<CellKind>,
    pub decimals: Option<usize>,
}

/// The API's parameters that sort all rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderSetting {
    /// The parameter for the column's key.
    pub by: String,
    /// The parameter for `asc` or `desc`; without it, descending is a minus before the key.
    pub order: Option<String>,
}

/// The API's paging parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct PageSetting {
    /// Rows per page.
    pub size: u32,
    /// The parameter for the size.
    pub limit: Option<String>,
    pub by: PageBy,
}

/// How an API counts its pages.
#[derive(Clone, Debug, PartialEq)]
pub enum PageBy {
    /// A parameter takes the number of rows to skip.
    Offset(String),
    /// A parameter takes the page's number, which begins with `first`.
    Number { parameter: String, first: u32 },
    /// A parameter takes the value at `next` of the previous answer.
    Cursor { parameter: String, next: JsonPath },
}

impl TableSetting {
    /// The member with the row key, as configured: `key`, else that of the first declared column.
    pub fn name_key(&self) -> Option<&str> {
        let first = || Some(self.columns.as_ref()?.first()?.key.as_str());
        self.key.as_deref().or_else(first)
    }

    /// The keys and names of the API's parameters that a board query fills.
    fn parameters(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let search = self.search.as_deref().map(|name| ("search", name));
        let order = self.order.iter().flat_map(|order| {
            [Some(("order", order.by.as_str())), order.order.as_deref().map(|name| ("order", name))]
        });
        let page = self.page.iter().flat_map(|page| {
            let (PageBy::Offset(by)
            | PageBy::Number { parameter: by, .. }
            | PageBy::Cursor { parameter: by, .. }) = &page.by;
            [page.limit.as_deref().map(|name| ("page", name)), Some(("page", by.as_str()))]
        });
        [search].into_iter().chain(order).chain(page).flatten()
    }
}

impl KindSetting for TableSetting {
    const NAME: &'static str = "table";
    const KEYS: &'static [&'static str] =
        &["rows", "total", "columns", "key", "detail", "search", "order", "page"];
    const SIZE: PanelSize = PanelSize::Full;
    const TAKES_ACTIONS: bool = true;

    fn read(at: &mut TomlTable<'_, '_>, _: &str) -> Option<Self> {
        let rows = at.required("rows", json_path);
        let total = at.optional("total", json_path);
        let columns = at.list("columns", column);
        let key = at.optional("key", title);
        let detail = at.optional("detail", |text| {
            let has_place = |template: &Template| template.slots().next().is_some();
            Template::parse(text).and_then(|template| {
                has_place(&template)
                    .then_some(template)
                    .ok_or("needs a placeholder for the row, such as {id}".to_owned())
            })
        });
        let search = at.optional("search", parameter);
        let order = at.table("order", |mut at| {
            let (by, order) = (at.required("by", parameter), at.optional("order", parameter));
            at.no_more(&["by", "order"]);
            Some(OrderSetting { by: by?, order })
        });
        let page = at.table("page", page);
        if order.is_some() && columns.is_none() {
            at.problem("order", "needs `columns`: only declared keys are sent to the API");
        }
        if let Some(columns) = &columns {
            let mut keys = HashSet::new();
            if let Some(twice) = columns.iter().find(|column| !keys.insert(&column.key)) {
                at.problem("columns", format!("the key `{}` is used by two columns", twice.key));
            }
        }
        Some(Self { rows: rows?, total, columns, key, detail, search, order, page })
    }

    fn check(&self, get: &Template, at: &mut TomlTable<'_, '_>) {
        let mut sent: HashSet<_> = get.parameters().into_iter().collect();
        if let Some((key, name)) = self.parameters().find(|(_, name)| !sent.insert((*name).to_owned())) {
            at.problem(key, format!("sets the parameter `{name}`, which the request already has"));
        }
    }
}

fn column(mut at: TomlTable<'_, '_>) -> Option<ColumnSetting> {
    let key = at.required("key", title);
    let name = at.required_local("title", title);
    let kind = at.optional("kind", |text| by_name(text, &CellKind::ALL, CellKind::name));
    let decimals = decimals(&mut at);
    if decimals.is_some() && !matches!(kind, None | Some(CellKind::Number | CellKind::Percent)) {
        at.problem("decimals", "applies to numbers only, but this column is of another kind");
    }
    at.no_more(&["key", "title", "kind", "decimals"]);
    Some(ColumnSetting { key: key?, title: name?, kind, decimals })
}

fn page(mut at: TomlTable<'_, '_>) -> Option<PageSetting> {
    let size = at.whole("size", 1..=1000).unwrap_or(50);
    let limit = at.optional("limit", parameter);
    let offset = at.optional("offset", parameter);
    let number = at.optional("page", parameter);
    let first = at.whole("first", 0..=1).unwrap_or(1);
    let cursor = at.optional("cursor", parameter);
    let next = at.optional("next", json_path);
    at.no_more(&["size", "limit", "offset", "page", "first", "cursor", "next"]);
    let named: Vec<_> = ["offset", "page", "cursor"].into_iter().filter(|key| at.has(key)).collect();
    let [way] = named[..] else {
        at.problem("offset", "set exactly one of `offset`, `page` and `cursor` to the API's parameter");
        return None;
    };
    for (key, of) in [("next", "cursor"), ("first", "page")] {
        if at.has(key) && way != of {
            at.problem(key, format!("belongs to `{of}`, but this table uses `{way}`"));
        }
    }
    if way == "cursor" && !at.has("next") {
        at.problem("next", "is missing: the path of the next cursor in the response, such as \"$.next\"");
    }
    let by = match way {
        "offset" => PageBy::Offset(offset?),
        "page" => PageBy::Number { parameter: number?, first },
        _ => PageBy::Cursor { parameter: cursor?, next: next? },
    };
    Some(PageSetting { size, limit, by })
}

/// The name of an API parameter: unreserved characters (RFC 3986 2.3) and brackets, as in `page[size]`.
fn parameter(text: &str) -> Result<String, String> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~[]".contains(&byte);
    if !text.is_empty() && text.bytes().all(allowed) {
        Ok(text.to_owned())
    } else {
        Err("must be the name of an API parameter, such as \"offset\"".to_owned())
    }
}
