//! Invalid boards files, each next to a valid one; every error names line and key.

use std::time::Duration;

use claimcheck_model::{CellKind, PanelSize};

use crate::config::{boards::PanelKind, tests::load};

pub(super) fn board(panel: &str) -> String {
    format!("[[board]]\nid = \"orders\"\ntitle = \"Orders\"\n[[board.panel]]\n{panel}")
}

/// A board with periods; the panel's title is included.
fn with_period(panel: &str) -> String {
    format!(
        "[[board]]\nid = \"orders\"\ntitle = \"Orders\"\n[board.period]\nchoices = [\"7d\"]\n[[board.panel]]\ntitle = \"T\"\n{panel}"
    )
}

/// The file is refused for one reason: at this key, in the line of the key's first part, or in the line of the table
/// that lacks it.
fn refuses(text: &str, key: &str, table: &str) {
    let errors = load(Some(text), &[]).expect_err(text);
    assert_eq!(errors.0.len(), 1, "{text}\n{errors}");
    let found = &errors.0[0].key;
    assert_eq!(found, key, "{text}\n{errors}");
    let of_table = found.rsplit_once("panel[0].").or(found.rsplit_once("period.")).map_or("", |(_, key)| key);
    let first = of_table.split(['.', '[']).next().unwrap();
    let place = |begin: &str| text.lines().position(|line| line.starts_with(begin));
    let line = place(&format!("{first} =")).or(place(table)).unwrap() + 1;
    assert!(errors.to_string().contains(&format!("line {line} of")), "{text}\n{errors}");
}

/// Each panel is refused at its key, and accepted in its corrected form.
pub(super) fn pairs(cases: &[(&str, &str, &str)]) {
    for (key, bad, good) in cases {
        load(Some(&with_period(good)), &[]).unwrap_or_else(|errors| panic!("{good}\n{errors}"));
        refuses(&with_period(bad), &format!("board[0].panel[0].{key}"), "[[board.panel]]");
    }
}

pub(super) const PANEL: &str =
    "title = \"Open\"\nkind = \"table\"\nget = \"/orders?open=1\"\nrows = \"$.orders[*]\"\n";

#[test]
fn op_10_a_board_is_read_whole() {
    let text = board(PANEL)
        + "total = \"$.total\"\nevery = \"2m\"\nscope = \"read:orders\"\n\
           columns = [{ key = \"id\", title = \"Order\" }, { key = \"at\", title = \"When\", kind = \"date\" }]\n";
    let (settings, warnings) = load(Some(&text), &[]).unwrap();
    assert!(warnings.is_empty(), "{warnings:?}");
    let panel = &settings.board("orders").unwrap().panels[0];
    assert_eq!(
        (
            panel.title.text(claimcheck_text::Language::default()),
            panel.read.as_ref().unwrap().path.fill(|_| None).unwrap()
        ),
        ("Open", "/orders?open=1".into())
    );
    assert_eq!(panel.every, Some(Duration::from_secs(120)));
    let PanelKind::Table(table) = &panel.kind else { panic!("{panel:?}") };
    assert_eq!(table.columns.as_ref().unwrap()[1].kind, Some(CellKind::Date));
    assert!(table.total.is_some() && panel.needs.scopes == ["read:orders"]);
    assert!(settings.board("other").is_none());
}

#[test]
fn op_10_a_bad_board_is_refused_with_line_and_key() {
    load(Some(&board(PANEL)), &[]).unwrap();
    for (key, good, bad) in [
        ("kind", "\"table\"", "\"pie\""),
        ("rows", "\"$.orders[*]\"", "\"orders[\""),
        ("title", "\"Open\"", "\" \""),
        ("get", "\"/orders?open=1\"", "5"),
    ] {
        let text = board(&PANEL.replace(good, bad));
        let errors = load(Some(&text), &[]).expect_err(bad);
        assert_eq!(errors.0.len(), 1, "{errors}");
        assert_eq!(errors.0[0].key, format!("board[0].panel[0].{key}"), "{errors}");
        let line = text.lines().position(|line| line.contains(bad)).unwrap() + 1;
        assert!(errors.to_string().contains(&format!("line {line} of")), "{errors}");
    }
    for more in [
        "every = \"0s\"",
        "every = \"5\"",
        "scope = \" \"",
        "colums = []",
        "columns = 1",
        "columns = [{ key = \"a\", title = \"A\" }, { key = \"a\", title = \"B\" }]",
        "columns = [{ key = \"a\", title = \"A\", knd = \"date\" }]",
        "total = \"total\"",
    ] {
        assert_eq!(load(Some(&(board(PANEL) + more)), &[]).expect_err(more).0.len(), 1, "{more}");
    }
    for bad in [
        board(PANEL) + &board(PANEL),
        "board = 1".to_owned(),
        "[[board]]\nid = \"a\"\ntitle = \"A\"".to_owned(),
    ] {
        assert_eq!(load(Some(&bad), &[]).expect_err(&bad).0.len(), 1);
    }
}

#[test]
fn op_10_a_panel_cannot_leave_the_api() {
    for bad in [
        "orders",
        "//evil",
        "/a//b",
        "/../admin",
        "/a/..",
        "/a/./b",
        "/%2e%2E/admin",
        "/a/.%2e/b",
        "/\\\\evil",
        "https://evil/",
        "/a#b",
        "/a b",
        "/a\\tb",
        "/é",
    ] {
        let text = board(&PANEL.replace("/orders?open=1", bad));
        let errors = load(Some(&text), &[]).expect_err(bad);
        assert_eq!(errors.0[0].key, "board[0].panel[0].get", "{bad}");
    }
    for good in ["/", "/orders", "/orders/a%20b", "/orders?at=1..5&url=http://x/", "/a.b/@c"] {
        load(Some(&board(&PANEL.replace("/orders?open=1", good))), &[]).unwrap();
    }
}

const STAT: &str = "kind = \"stat\"\nget = \"/n?from={from}&to={to}\"\nvalue = \"$.n\"\n";
pub(super) const TABLE: &str = "kind = \"table\"\nget = \"/o\"\nrows = \"$.o[*]\"\n";
const CHART: &str = "kind = \"line\"\nget = \"/o\"\nrows = \"$.o[*]\"\nx = \"day\"\n";
const LIST: &str = "kind = \"list\"\nget = \"/o\"\nrows = \"$.o[*]\"\n";

#[test]
fn op_10_each_kind_has_its_keys_and_no_other_kinds() {
    for (base, bad, good) in [
        (STAT, "rows = \"$.o[*]\"", "unit = \"€\""),
        (STAT, "columns = []", "decimals = 0"),
        (STAT, "x = \"day\"", "better = \"less\""),
        (TABLE, "value = \"$.n\"", "total = \"$.n\""),
        (TABLE, "y = [\"n\"]", "key = \"id\""),
        (TABLE, "label = \"name\"", "search = \"q\""),
        (CHART, "y = [\"n\"]\nsearch = \"q\"", "y = [\"n\"]\nunit = \"€\""),
        (CHART, "y = [\"n\"]\ndecimals = 2", "y = [\"n\"]"),
        (LIST, "label = \"name\"\nbefore = \"$.n\"", "label = \"name\"\nnote = \"sku\""),
        (LIST, "label = \"name\"\ndetail = \"/o/{id}\"", "label = \"name\"\ntag = \"state\""),
    ] {
        let key = bad.lines().last().unwrap().split(' ').next().unwrap();
        pairs(&[(key, &format!("{base}{bad}\n"), &format!("{base}{good}\n"))]);
    }
}

#[test]
fn op_10_what_a_kind_cannot_do_without_is_named() {
    pairs(&[
        ("kind", "get = \"/n\"\nrows = \"$\"\n", TABLE),
        ("kind", "kind = \"pie\"\nget = \"/n\"\nrows = \"$\"\n", TABLE),
        ("get", "kind = \"table\"\nrows = \"$.o[*]\"\n", TABLE),
        ("rows", "kind = \"table\"\nget = \"/o\"\n", TABLE),
        ("value", "kind = \"stat\"\nget = \"/n\"\n", STAT),
        ("value", "kind = \"stat\"\nget = \"/n\"\nvalue = \"n\"\n", STAT),
        ("label", LIST, &format!("{LIST}label = \"name\"\n")),
        ("label", &format!("{LIST}label = \" \"\n"), &format!("{LIST}label = \"name\"\n")),
        ("x", "kind = \"bar\"\nget = \"/o\"\nrows = \"$\"\ny = [\"n\"]\n", &format!("{CHART}y = [\"n\"]\n")),
        ("y", CHART, &format!("{CHART}y = [\"n\"]\n")),
        ("y", &format!("{CHART}y = []\n"), &format!("{CHART}y = [\"n\"]\n")),
        ("y", &format!("{CHART}y = \"n\"\n"), &format!("{CHART}y = [\"n\"]\n")),
        (
            "y",
            &format!(
                "{CHART}y = [\"a\", \"b\", \"c\", \"d\", \"e\", \"f\", \"g\", \"h\", \"i\", \"j\", \"k\", \"l\", \"m\"]\n"
            ),
            &format!(
                "{CHART}y = [\"a\", \"b\", \"c\", \"d\", \"e\", \"f\", \"g\", \"h\", \"i\", \"j\", \"k\", \"l\"]\n"
            ),
        ),
        ("y", &format!("{CHART}y = [\"a\", \"a\"]\n"), &format!("{CHART}y = [\"a\", \"b\"]\n")),
        (
            "y[0].title",
            &format!("{CHART}y = [{{ key = \"a\" }}]\n"),
            &format!("{CHART}y = [{{ key = \"a\", title = \"A\" }}]\n"),
        ),
        ("y[1]", &format!("{CHART}y = [\"a\", 1]\n"), &format!("{CHART}y = [\"a\", \"1\"]\n")),
    ]);
}

#[test]
fn op_10_words_and_numbers_of_panels_are_those_there_are() {
    let of = |base: &str, more: &str| format!("{base}{more}\n");
    for (base, key, bad, good) in [
        (TABLE, "size", "size = \"huge\"", "size = \"two-thirds\""),
        (TABLE, "size", "size = 3", "size = \"quarter\""),
        (TABLE, "every", "every = \"25h\"", "every = \"24h\""),
        (TABLE, "scope", "scope = \"a\\\"b\"", "scope = \"orders:read\""),
        (STAT, "better", "better = \"up\"", "better = \"more\""),
        (STAT, "before", "before = \"yesterday\"", "before = \"$.before\""),
        (STAT, "decimals", "decimals = 7", "decimals = 6"),
        (STAT, "decimals", "decimals = -1", "decimals = 0"),
        (STAT, "decimals", "decimals = \"2\"", "decimals = 0x2"),
        (STAT, "unit", "unit = \"\"", "unit = \"kg\""),
        (
            TABLE,
            "columns[0].kind",
            "columns = [{ key = \"a\", title = \"A\", kind = \"money\" }]",
            "columns = [{ key = \"a\", title = \"A\", kind = \"percent\" }]",
        ),
        (
            TABLE,
            "columns[0].decimals",
            "columns = [{ key = \"a\", title = \"A\", kind = \"tag\", decimals = 1 }]",
            "columns = [{ key = \"a\", title = \"A\", kind = \"number\", decimals = 1 }]",
        ),
        (
            TABLE,
            "columns[0].title",
            "columns = [{ key = \"a\" }]",
            "columns = [{ key = \"a.b\", title = \"A\" }]",
        ),
    ] {
        pairs(&[(key, &of(base, bad), &of(base, good))]);
    }
}

#[test]
fn ac_02_only_declared_columns_and_well_named_parameters_reach_the_api() {
    const COLUMNS: &str = "columns = [{ key = \"id\", title = \"Id\" }]\n";
    let of = |more: &str| format!("{TABLE}{COLUMNS}{more}\n");
    pairs(&[("order", &format!("{TABLE}order = {{ by = \"sort\" }}\n"), &of("order = { by = \"sort\" }"))]);
    for (key, bad, good) in [
        ("order.by", "order = {}", "order = { by = \"sort\", order = \"dir\" }"),
        ("order.by", "order = { by = \"a=b\" }", "order = { by = \"sort[by]\" }"),
        ("order.order", "order = { by = \"a\", order = \"b&c\" }", "order = { by = \"a\", order = \"b-c\" }"),
        ("order.desc", "order = { by = \"a\", desc = \"b\" }", "order = { by = \"a\" }"),
        ("order", "order = \"sort\"", "order = { by = \"sort\" }"),
        ("search", "search = \"\"", "search = \"q\""),
        ("search", "search = \"q r\"", "search = \"q.r\""),
        ("search", "search = \"q#\"", "search = \"filter[q]\""),
        ("page.offset", "page = { offset = \"o/p\" }", "page = { offset = \"o_p\" }"),
        (
            "page.limit",
            "page = { offset = \"o\", limit = \"?\" }",
            "page = { offset = \"o\", limit = \"n\" }",
        ),
        ("page.size", "page = { offset = \"o\", size = 0 }", "page = { offset = \"o\", size = 1 }"),
        ("page.size", "page = { offset = \"o\", size = 1001 }", "page = { offset = \"o\", size = 1_000 }"),
        ("page.offset", "page = { size = 50 }", "page = { size = 50, page = \"p\" }"),
        ("page.offset", "page = { offset = \"o\", page = \"p\" }", "page = { offset = \"o\" }"),
        (
            "page.offset",
            "page = { page = \"p\", cursor = \"c\", next = \"$.n\" }",
            "page = { cursor = \"c\", next = \"$.n\" }",
        ),
        ("page.next", "page = { cursor = \"c\" }", "page = { cursor = \"c\", next = \"$.next\" }"),
        (
            "page.next",
            "page = { cursor = \"c\", next = \"next\" }",
            "page = { cursor = \"c\", next = \"$['next']\" }",
        ),
        ("page.next", "page = { offset = \"o\", next = \"$.next\" }", "page = { offset = \"o\" }"),
        ("page.first", "page = { offset = \"o\", first = 0 }", "page = { page = \"p\", first = 0 }"),
        ("page.first", "page = { page = \"p\", first = 2 }", "page = { page = \"p\", first = 1 }"),
        ("page.start", "page = { page = \"p\", start = 0 }", "page = { page = \"p\" }"),
        ("page", "page = { page = \"p\", limit = \"p\" }", "page = { page = \"p\", limit = \"n\" }"),
        ("page", "search = \"p\"\npage = { page = \"p\" }", "search = \"q\"\npage = { page = \"p\" }"),
        ("order", "order = { by = \"a\", order = \"a\" }", "order = { by = \"a\", order = \"b\" }"),
    ] {
        pairs(&[(key, &of(bad), &of(good))]);
    }
    let with_limit = TABLE.replace("\"/o\"", "\"/o?limit=7&limit=8\"");
    let of = |limit: &str| format!("{with_limit}page = {{ offset = \"o\", limit = \"{limit}\" }}\n");
    pairs(&[("page", &of("limit"), &of("count"))]);
}

#[test]
fn op_10_places_of_paths_have_values() {
    for (key, bad, good) in [
        ("get", STAT.replace("{from}", "{since}"), STAT.replace("{from}", "{until}")),
        ("get", STAT.replace("{from}", "{id}"), STAT.replace("{from}", "{to}")),
        ("get", STAT.replace("{from}", "{from"), STAT.to_owned()),
        (
            "before",
            STAT.replace("?from={from}&to={to}", "") + "before = \"period\"\n",
            format!("{STAT}before = \"period\"\n"),
        ),
        (
            "before",
            STAT.replace("&to={to}", "") + "before = \"period\"\n",
            STAT.replace("{to}", "{until}") + "before = \"period\"\n",
        ),
        ("detail", format!("{TABLE}detail = \"/o\"\n"), format!("{TABLE}detail = \"/o/{{id}}\"\n")),
        (
            "detail",
            format!("{TABLE}detail = \"//{{id}}\"\n"),
            format!("{TABLE}detail = \"/{{a.b}}/{{id}}\"\n"),
        ),
        ("detail", format!("{TABLE}detail = \"/o/{{}}\"\n"), format!("{TABLE}detail = \"/o?id={{id}}\"\n")),
        (
            "detail",
            format!("{TABLE}detail = \"http://evil/{{id}}\"\n"),
            format!("{TABLE}detail = \"/http:/{{id}}\"\n"),
        ),
    ] {
        pairs(&[(key, &bad, &good)]);
    }
    let without = board(&format!("title = \"T\"\n{STAT}"));
    refuses(&without, "board[0].panel[0].get", "[[board.panel]]");
    load(Some(&with_period(STAT)), &[]).unwrap();
}

#[test]
fn op_10_a_period_has_choices_and_its_default_is_one_of_them() {
    let of = |period: &str| {
        let board = with_period(STAT);
        board.replace("choices = [\"7d\"]", period)
    };
    for (key, bad, good) in [
        ("choices", "", "choices = [\"1d\"]"),
        ("choices", "choices = []", "choices = [\"month\"]"),
        ("choices", "choices = \"7d\"", "choices = [\"7d\"]"),
        ("choices", "choices = [\"7d\", \"7h\"]", "choices = [\"7d\", \"7w\"]"),
        ("choices", "choices = [\"0d\"]", "choices = [\"3650d\"]"),
        ("choices", "choices = [\"121m\"]", "choices = [\"120m\"]"),
        ("choices", "choices = [\"-7d\"]", "choices = [\"year\"]"),
        ("choices", "choices = [\"7d\", \"7d\"]", "choices = [\"7d\", \"1w\"]"),
        ("choices[0]", "choices = [7]", "choices = [\"7d\"]"),
        (
            "default",
            "choices = [\"7d\"]\ndefault = \"30d\"",
            "choices = [\"7d\", \"30d\"]\ndefault = \"30d\"",
        ),
        ("default", "choices = [\"7d\"]\ndefault = 7", "choices = [\"7d\"]\ndefault = \"7d\""),
        ("format", "choices = [\"7d\"]\nformat = \"iso\"", "choices = [\"7d\"]\nformat = \"unix\""),
        ("from", "choices = [\"7d\"]\nfrom = \"x\"", "choices = [\"7d\"]\nformat = \"time\""),
    ] {
        load(Some(&of(good)), &[]).unwrap_or_else(|errors| panic!("{good}\n{errors}"));
        refuses(&of(bad), &format!("board[0].period.{key}"), "[board.period]");
    }
    let settings = load(Some(&of("choices = [\"7d\", \"30d\"]")), &[]).unwrap().0;
    let board = settings.board("orders").unwrap();
    assert_eq!(board.period.as_ref().unwrap().default.code(), "7d", "the first, where none is said");
    assert_eq!(board.panels[0].size, PanelSize::Quarter, "a stat is small, where it does not say");
}
