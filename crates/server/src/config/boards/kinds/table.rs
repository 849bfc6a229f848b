//! The settings of a table: rows, columns, single rows, search, order and pages.

use std::collections::HashSet;

use axum::http::HeaderName;
use claimcheck_model::{CellKind, ColumnLook, ColumnWidth, PanelSize, SortedBy};
use serde_json_path::JsonPath;

use crate::config::{
    LocalText,
    apis::Names,
    boards::{
        DownloadSetting, ReadSetting, Template, ValueFormat, by_name, download,
        format::{self, NUMBER_KEYS, NUMBER_RULES, WHEN_KEYS},
        kinds::{
            KindSetting,
            detail::{self, DetailSetting},
            facts::FactSetting,
            json_path,
            pages::{self, PageSetting},
            rows::{self, RowsSetting},
        },
        link_to::{self, LinkTo, TO},
        look::{LOOK_KEYS, RULE_KEYS},
        not_one_of, title,
    },
    reader::{REMOVE_IT, REMOVE_ONE, TomlTable},
    toml_key::{TomlKey, TomlKeys, flag, local, one_of as named, table, tables, text, text_or_table, whole},
};

/// The place of a column's key in the form of a descending order.
pub const KEY: &str = "{key}";

/// Rows and columns.
#[derive(Clone, Debug, PartialEq)]
pub struct TableSetting {
    pub rows: RowsSetting,
    /// Finds the total number of rows.
    pub total: Option<JsonPath>,
    /// The header with the total number of rows.
    pub total_header: Option<HeaderName>,
    /// The columns to show, in order; by default they are inferred from the rows.
    pub columns: Option<Vec<ColumnSetting>>,
    /// The member whose value is the row key, for the row's own page.
    pub key: Option<String>,
    /// What the page of a row shows; by default all of its members.
    pub detail: Option<DetailSetting>,
    /// The API's parameter that searches all rows; without it the filter applies to the rows shown.
    pub search: Option<String>,
    pub order: Option<OrderSetting>,
    /// The column by which the rows are sorted at first.
    pub sort: Option<SortedBy>,
    pub page: Option<PageSetting>,
    /// The most rows of a CSV file with all pages.
    pub csv_rows: u32,
}

/// The rows of a CSV file with all pages, without a setting and with one.
const CSV_ROWS: u32 = 50_000;
const CSV_ROWS_BOUNDS: std::ops::RangeInclusive<u32> = 1..=1_000_000;

static COLUMN: TomlKeys = TomlKeys::new(
    "column",
    &[
        &[
            text("key", "the member of the row; `customer.name` reads a nested one").required(),
            local("title", "the heading of the column").required(),
            format::KIND,
            flag("sortable", "whether the heading sorts; by default it does"),
            flag("sum", "whether the last row of the table shows the total of the rows"),
            named("width", widths, "the width of the column: `narrow`, `medium` or `wide`"),
            flag("wrap", "whether long texts continue on the next line"),
            named("hide", || vec!["phone"], "where the column is left out: on a `phone`"),
            TO,
        ],
        &LOOK_KEYS,
        &RULE_KEYS,
        &NUMBER_KEYS,
        &WHEN_KEYS,
        &download::KEYS,
    ],
)
.rules(&[&NUMBER_RULES, &download::RULES]);
static ORDER: TomlKeys = TomlKeys::new(
    "order",
    &[&[
        text("by", "the parameter for the key of the column").required(),
        text("order", "the parameter for the direction, `asc` or `desc`"),
        text(
            "descending",
            "the form of a descending order in `by`, such as `{key} desc`; by default `-{key}`",
        ),
    ]],
);

/// A declared column of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnSetting {
    /// The member of a row with its value; `customer.name` reads a nested one.
    pub key: String,
    pub title: LocalText,
    /// By default it is inferred from the values.
    pub kind: Option<CellKind>,
    pub format: ValueFormat,
    /// Its cells lead to a file of the API.
    pub download: Option<DownloadSetting>,
    /// Where its cells lead.
    pub to: Option<LinkTo>,
    pub is_sortable: bool,
    /// The table ends with the total of its values.
    pub is_summed: bool,
    pub look: ColumnLook,
}

/// The API's parameters that sort all rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderSetting {
    /// The parameter for the column's key.
    pub by: String,
    /// The parameter for `asc` or `desc`; without it, descending is a minus before the key, or `descending`.
    pub order: Option<String>,
    /// The form of descending, with [`KEY`] in it.
    pub descending: Option<String>,
}

impl TableSetting {
    /// The member with the row key, as configured: `key`, else that of the first declared column.
    pub fn name_key(&self) -> Option<&str> {
        let first = || Some(self.columns.as_ref()?.first()?.key.as_str());
        self.key.as_deref().or_else(first)
    }

    /// Whether its rows have this member, as far as the settings say: one of its columns, or the row key.
    pub fn has_member(&self, name: &str) -> bool {
        let of_columns = |columns: &Vec<ColumnSetting>| columns.iter().any(|column| column.key == name);
        self.key.as_deref() == Some(name) || self.columns.as_ref().is_none_or(of_columns)
    }

    /// The links of its columns.
    pub(in crate::config::boards) fn column_links(&self) -> impl Iterator<Item = &LinkTo> {
        self.columns.iter().flatten().filter_map(|column| column.to.as_ref())
    }

    /// The fields that the page of a row shows, if the settings choose them.
    pub(in crate::config::boards) fn detail_fields(&self) -> impl Iterator<Item = &FactSetting> {
        self.detail.iter().flat_map(|detail| detail.fields.iter().flatten())
    }

    /// The request for one row, if there is one.
    pub fn detail_path(&self) -> Option<&Template> {
        self.detail.as_ref()?.path.as_ref()
    }

    /// The names of the API's parameters that a board query fills.
    pub fn parameter_names(&self) -> impl Iterator<Item = &str> {
        self.parameters().map(|(_, name)| name)
    }

    /// The names of the slots in the paths of its detail and its downloads.
    pub(in crate::config) fn slots(&self) -> impl Iterator<Item = &str> {
        let downloads = self.columns.iter().flatten().filter_map(|column| column.download.as_ref());
        self.detail_path()
            .into_iter()
            .flat_map(Template::slots)
            .chain(downloads.flat_map(|download| download.path.slots()))
    }

    /// What is wrong with the claims in the paths of its downloads.
    pub(in crate::config::boards) fn slot_problem(&self, names: &Names) -> Option<String> {
        let mut downloads = self.columns.iter().flatten().filter_map(|column| column.download.as_ref());
        downloads.find_map(|download| download.slot_problem(names))
    }

    /// The keys and names of the API's parameters that a board query fills.
    fn parameters(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let search = self.search.as_deref().map(|name| ("search", name));
        let order = self.order.iter().flat_map(|order| {
            [Some(("order", order.by.as_str())), order.order.as_deref().map(|name| ("order", name))]
        });
        let page = self.page.iter().flat_map(|page| page.parameters().map(|name| Some(("page", name))));
        [search].into_iter().chain(order).chain(page).flatten()
    }
}

impl KindSetting for TableSetting {
    const NAME: &'static str = "table";
    const KEYS: &'static [&'static [TomlKey]] = &[&[
        rows::ROWS,
        rows::LAYOUT,
        rows::NAMES,
        text("total", "JSONPath of the total number of rows in the response"),
        text("total_header", "the header with the total number of rows, such as `X-Total-Count`"),
        tables("columns", &COLUMN, "the columns, in order; by default they are inferred from the rows"),
        text("key", "the member that identifies a row; by default that of the first column"),
        TO,
        text_or_table(
            "detail",
            &detail::KEYS,
            "what the page of a row shows: the path of the request for it, such as `/orders/{id}`, or a table",
        ),
        text("search", "the API's parameter that searches all rows"),
        text(
            "sort",
            "the column by which the rows are sorted at first, such as `name`, or `-total` for descending",
        ),
        table("order", &ORDER, "the API's parameters that sort all rows"),
        table("page", &pages::KEYS, "the API's parameters for pages"),
        whole(
            "csv_rows",
            (*CSV_ROWS_BOUNDS.start(), *CSV_ROWS_BOUNDS.end()),
            "the most rows of a CSV file with all pages",
        ),
    ]];
    const SIZE: PanelSize = PanelSize::Full;
    const TAKES_ACTIONS: bool = true;

    fn read(at: &mut TomlTable<'_, '_>, _: &str) -> Option<Self> {
        let total = at.optional("total", json_path);
        let total_header = at.optional("total_header", pages::header);
        let columns = at.list("columns", column);
        let key = at.optional("key", title);
        let detail = detail::read(at);
        let search = at.optional("search", parameter);
        let order = at.table("order", |mut at| {
            let (by, order) = (at.required("by", parameter), at.optional("order", parameter));
            let descending = at.optional("descending", descending);
            if order.is_some() && descending.is_some() {
                at.problem_with("descending", "cannot be combined with `order`: set one of them", REMOVE_ONE);
            }
            at.no_more(ORDER.parts);
            Some(OrderSetting { by: by?, order, descending })
        });
        let page = at.table("page", pages::read);
        let csv_rows = at.whole("csv_rows", CSV_ROWS_BOUNDS).unwrap_or(CSV_ROWS);
        if order.is_some() && columns.is_none() {
            at.problem("order", "needs `columns`: only declared keys are sent to the API");
        }
        let sort = at.optional("sort", |text| default_sort(text, columns.as_deref()));
        if order.is_some() && sort.as_ref().is_some_and(|sort| sort.key.starts_with('$')) {
            at.problem("sort", "is a JSONPath, which cannot be sent to the API as the order of its rows");
        }
        if at.has(TO.name) && columns.iter().flatten().next().is_some_and(|column| column.to.is_some()) {
            at.problem_with(
                TO.name,
                "cannot be combined with `to` of the first column: both are the link of its cells",
                REMOVE_ONE,
            );
        }
        if let Some(columns) = &columns {
            if columns.first().is_some_and(|column| column.look.is_hidden_on_phones) {
                at.problem("columns", "the first column cannot have `hide`: it names the row");
            }
            if columns.first().is_some_and(|column| column.is_summed) {
                at.problem("columns", "the first column cannot have `sum`: it has the name of the totals");
            }
            if columns.first().is_some_and(|column| column.kind == Some(CellKind::Image)) {
                at.problem("columns", "the first column cannot be an image: it names the row");
            }
            let mut keys = HashSet::new();
            if let Some(twice) = columns.iter().find(|column| !keys.insert(&column.key)) {
                at.problem("columns", format!("the key `{}` is used by two columns", twice.key));
            }
            if columns.first().is_some_and(|column| column.download.is_some()) {
                let message = "the first column cannot have `download`: it leads to the page of the row";
                at.problem("columns", message);
            }
        }
        let of_columns = columns.iter().flatten().flat_map(|column| {
            let of_link = column.to.iter().flat_map(LinkTo::paths);
            let keys = [column.key.as_str()].into_iter().chain(column.format.members()).chain(of_link);
            keys.map(|name| ("columns", name))
        });
        let rows = rows::read(at, of_columns.chain(key.as_deref().map(|name| ("key", name))));
        Some(Self {
            rows: rows?,
            total,
            total_header,
            columns,
            key,
            detail,
            search,
            order,
            sort,
            page,
            csv_rows,
        })
    }

    fn check(&self, read: &ReadSetting, at: &mut TomlTable<'_, '_>) {
        let mut sent: HashSet<_> = read.parameters().into_iter().collect();
        if let Some((key, name)) = self.parameters().find(|(_, name)| !sent.insert((*name).to_owned())) {
            at.problem(key, format!("sets the parameter `{name}`, which the request already has"));
        }
    }

    fn needs_extra_style(&self) -> bool {
        self.columns.iter().flatten().any(|column| {
            column.is_summed
                || column.look != ColumnLook::default()
                || !column.is_sortable
                || column.format.needs_extra_style(column.kind)
        })
    }

    fn images(&self) -> Vec<&str> {
        let columns = self.columns.iter().flatten().map(|column| (column.kind, column.key.as_str()));
        let fields = self.detail.iter().flat_map(|detail| detail.fields.iter().flatten());
        let all = columns.chain(fields.map(|fact| (fact.kind, fact.key.as_str())));
        all.filter(|(kind, _)| *kind == Some(CellKind::Image)).map(|(_, key)| key).collect()
    }

    fn rows(&self) -> Option<&RowsSetting> {
        Some(&self.rows)
    }
}

fn column(mut at: TomlTable<'_, '_>) -> Option<ColumnSetting> {
    let key = at.required("key", title);
    let name = at.required_local("title", title);
    let (kind, format) = format::read(&mut at);
    let download = download::read(&mut at);
    let to = link_to::read(&mut at);
    for (key, is_other) in [("download", download.is_some()), ("kind", kind == Some(CellKind::Link))] {
        if to.is_some() && is_other {
            at.problem_with(
                TO.name,
                format!("cannot be combined with this `{key}`, which is a link itself"),
                REMOVE_ONE,
            );
        }
    }
    let is_image = kind == Some(CellKind::Image);
    let is_sortable = at.flag("sortable").unwrap_or(!is_image);
    for key in ["sortable", "download"] {
        if is_image && at.has(key) {
            at.problem_with(key, "does not apply to the kind \"image\"", REMOVE_IT);
        }
    }
    let is_summed = at.flag("sum").unwrap_or_default();
    let width = at.optional("width", |text| by_name(text, &ColumnWidth::ALL, ColumnWidth::name));
    let wraps = at.flag("wrap");
    let hide = at.optional("hide", |text| match text {
        "phone" => Ok(()),
        _ => Err(not_one_of(text, &["phone"])),
    });
    let can_be_summed = matches!(kind, None | Some(CellKind::Number | CellKind::Bytes | CellKind::Duration));
    if is_summed && !can_be_summed {
        at.problem("sum", "applies to numbers, bytes and durations only");
    }
    at.no_more(COLUMN.parts);
    let look = ColumnLook { width, wraps, is_hidden_on_phones: hide.is_some() };
    Some(ColumnSetting { key: key?, title: name?, kind, format, download, to, is_sortable, is_summed, look })
}

fn widths() -> Vec<&'static str> {
    ColumnWidth::ALL.into_iter().map(ColumnWidth::name).collect()
}

/// Reads the order of the rows at first: the key of a column, with a minus before it for a descending order.
fn default_sort(text: &str, columns: Option<&[ColumnSetting]>) -> Result<SortedBy, String> {
    let (key, is_descending) = match text.strip_prefix('-') {
        Some(key) => (key, true),
        None => (text, false),
    };
    let key = title(key)?;
    let sortable =
        |columns: &[ColumnSetting]| columns.iter().any(|column| column.key == key && column.is_sortable);
    match columns.is_none_or(sortable) {
        true => Ok(SortedBy { key, is_descending }),
        false => Err(format!("`{key}` is not the key of a column that sorts")),
    }
}

fn descending(text: &str) -> Result<String, String> {
    match text.matches(KEY).count() == 1 && !text.chars().any(char::is_control) {
        true => Ok(text.to_owned()),
        false => Err("must contain {key} once, such as \"{key} desc\"".to_owned()),
    }
}

/// The name of an API parameter: unreserved characters (RFC 3986 2.3), brackets as in
/// `page[size]`, and those of OData and XML-like members as in `$skip`.
pub(super) fn parameter(text: &str) -> Result<String, String> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~[]$@".contains(&byte);
    if !text.is_empty() && text.bytes().all(allowed) {
        Ok(text.to_owned())
    } else {
        Err("must be the name of an API parameter, such as \"offset\"".to_owned())
    }
}
