//! Links that the settings define (`to`): of rows, cells, numbers, charts and fields, to boards and to other sites.

use serde_json::json;

use super::{
    answer, function,
    link_boards::{world, world_of},
    named, panel, part, text,
};

/// The addresses of all links in a piece of markup, decoded.
fn hrefs(html: &str) -> Vec<String> {
    let found = html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    found.map(|href| href.replace("&amp;", "&")).collect()
}

fn has(html: &str, href: &str) -> bool {
    hrefs(html).iter().any(|found| found == href)
}

#[tokio::test]
async fn lk_01_rows_cells_entries_numbers_and_fields_are_links() {
    let world = world().await;
    let (_, page) = world.signed_in("/boards/sales?region=apac&period=30d").await;
    let rows = part(&page.body, 0);
    let first = rows.split("<tr").find(|row| row.contains("R-C%201")).unwrap();
    assert!(first.starts_with(" data-to"), "the whole row leads there: {first}");
    assert_eq!(
        hrefs(first),
        [
            "/boards/customer?id=C%201",
            // The day is that of the period.
            &*hrefs(first)[1],
            "/boards/invoices?status=past%20due&customer=C%201",
            "/boards/invoices?customer=C%201",
            "/boards/invoices/rows/p0?key=R-C%201",
        ]
    );
    let crm = &hrefs(first)[1];
    assert!(
        crm.starts_with("https://crm.example.com/north/c/7?from=20") && crm.ends_with("#/C%201"),
        "{crm}"
    );
    let head = first.split("<th").nth(1).unwrap().split("</th>").next().unwrap();
    assert!(!head.contains("data-part"), "the browser follows it, no drawer opens: {head}");
    let looks = text(first);
    assert!(
        looks.contains("past due") && first.matches("class=\"tag\"").count() == 3 && looks.contains("€5.00"),
        "{first}"
    );
    assert!(
        part(&page.body, 1)
            .contains("<a href=\"/boards/invoices?customer=C%201&amp;region=apac\">Name C 1</a>")
    );
    assert!(has(part(&page.body, 2), "https://tickets.example.com/t/9"));
    let stat = part(&page.body, 3);
    assert!(stat.contains("<a href=\"/boards/invoices?status=open\">12"), "{stat}");
    let facts = part(&page.body, 10);
    assert!(has(facts, "https://people.example.com/3") && text(facts).contains("Mei"), "{facts}");
    let links = part(&page.body, 11);
    assert!(
        has(links, "/boards/invoices?region=apac") && has(links, "https://wiki.example.com/north"),
        "{links}"
    );
}

#[tokio::test]
async fn lk_01_charts_and_their_tables_have_the_same_links() {
    let world = world().await;
    let (_, page) = world.signed_in("/boards/sales").await;
    for (number, drawing_end, in_drawing, in_table) in
        [(5, "<details", 4, 2), (7, "<details", 2, 2), (8, "<table", 2, 2), (6, "<details", 2, 2)]
    {
        let chart = part(&page.body, number);
        let (drawing, table) = chart.split_once(drawing_end).unwrap();
        let links = |html: &str| hrefs(html).into_iter().filter(|href| href.contains("m-0")).count();
        assert_eq!((links(drawing), links(table)), (in_drawing, in_table), "{number}: {chart}");
        let mut of_drawing = hrefs(drawing);
        of_drawing.retain(|href| href.contains("m-0"));
        assert!(of_drawing.iter().all(|href| hrefs(table).contains(href)), "{number}: {chart}");
    }
    let bars = part(&page.body, 5);
    assert!(bars.contains("aria-label=\"m-01: Open 3\""), "each bar has a name: {bars}");
    assert!(!bars.contains("data-part=\"drawing\" aria-hidden"), "its links can be reached: {bars}");
    assert!(has(part(&page.body, 6), "https://bi.example.com/us/m-01"), "{}", part(&page.body, 6));
    let horizontal = part(&page.body, 9);
    assert!(
        horizontal.contains("<th scope=\"row\"><a href=\"/boards/invoices?month=m-01\">m-01</a>"),
        "{horizontal}"
    );
    // Rows that lead to different pages are one bar without a link.
    let long = |region: &str, n: i64| json!({ "month": "m-01", "region": region, "n": n });
    let mut rows = vec![long("us", 2)];
    rows.extend((0..2).map(|n| json!({ "month": "m-01", "region": "eu", "n": n, "x": n })));
    answer(&world, "/months", &json!({ "months": [], "long": rows }));
    let (mut browser, _) = world.signed_in("/account").await;
    let many: Vec<_> = (0..60).map(|n| json!({ "month": format!("m{n}"), "open": n, "paid": n })).collect();
    answer(&world, "/months", &json!({ "months": many, "long": [] }));
    let many = panel(&mut browser, "sales", 5, "").await.body;
    assert!(many.contains("aria-hidden=\"true\"") && many.contains("tabindex=\"-1\""), "only the table then");
    assert!(has(many.split_once("<details").unwrap().1, "/boards/invoices?month=m59"));
}

#[tokio::test]
async fn lk_02_a_row_without_a_value_has_its_text_only() {
    let world = world().await;
    let (mut browser, page) = world.signed_in("/boards/sales").await;
    let rows = part(&page.body, 0);
    let row = |id: &str| rows.split("<tr").find(|row| row.contains(id)).unwrap();
    assert!(
        has(row("R-C%262"), "https://crm.example.com/north/c/a%2Fb?from=")
            || row("R-C%262").contains("/c/a%2Fb?from=")
    );
    assert_eq!(row("R-C3").matches("crm.example.com").count(), 0, "no value, no link");
    assert!(!part(&page.body, 2).contains("/t/..") && text(part(&page.body, 2)).contains("Closed"));
    answer(&world, "/numbers", &json!({ "open": 12, "state": "" }));
    let stat = panel(&mut browser, "sales", 3, "").await.body;
    assert!(
        text(&stat).contains("12") && hrefs(&stat).iter().all(|href| !href.contains("status=")),
        "{stat}"
    );
    answer(
        &world,
        "/customers",
        &json!({ "customers": [{ "id": { "a": 1 }, "name": ["x"], "crm": [1] }, { "id": "", "name": "y" }, "z"] }),
    );
    let odd = panel(&mut browser, "sales", 0, "").await.body;
    assert!(!odd.contains("data-to") && !odd.contains("crm.example.com"), "{odd}");
}

#[tokio::test]
async fn lk_02_no_answer_of_an_api_makes_an_unsafe_link() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let known = |href: &str| {
        ["/boards/", "https://crm.example.com/north/c/", "https://crm.example.com/c/"]
            .iter()
            .any(|begin| href.starts_with(begin))
    };
    for value in [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "..",
        "../..",
        "%2e%2e/",
        "..%2f",
        "a\nb",
        "a\u{0}b",
        "\u{202e}b",
        "\"onclick=\"x",
        "'><script>",
        "&#106;",
        "?x=1",
        "#x",
        "@evil.example",
        ":8443",
        ".evil.example",
        " ",
        "{id}",
    ] {
        let customers = [
            json!({ "id": value, "crm": value, "name": value, "state": value, "tags": [value], "sum": 1, "last": { "id": value } }),
        ];
        answer(&world, "/customers", &json!({ "customers": customers }));
        for number in [0, 1, 13] {
            let body = panel(&mut browser, "sales", number, "").await.body;
            for href in hrefs(&body) {
                assert!(known(&href) && !href.contains(['\n', '\\', '\0', '<', '\'']), "{value:?}: {href}");
                let url = url::Url::parse("https://claimcheck.test/").unwrap().join(&href).unwrap();
                assert!(
                    ["claimcheck.test", "crm.example.com"].contains(&url.host_str().unwrap()),
                    "{value:?}: {href}"
                );
                if url.host_str() == Some("crm.example.com") {
                    let segments = url.path_segments().unwrap().count();
                    assert_eq!(segments, if number == 0 { 3 } else { 2 }, "{value:?}: {href}");
                }
            }
            assert!(!body.contains("<script>"), "{value:?}: {body}");
        }
    }
}

#[tokio::test]
async fn lk_04_links_to_other_sites_say_so_and_send_no_referrer() {
    let world = world().await;
    let (mut browser, page) = world.signed_in("/boards/sales").await;
    let mut count = 0;
    for number in [0, 2, 6, 10, 11, 13] {
        for link in part(&page.body, number).split("<a ").skip(1) {
            let (attributes, rest) = link.split_once('>').unwrap();
            let content = rest.split("</a>").next().unwrap();
            let is_outside = attributes.contains("href=\"https://");
            assert_eq!(attributes.contains("rel=\"noopener noreferrer\""), is_outside, "{attributes}");
            assert_eq!(attributes.contains("target=\"_blank\""), is_outside, "{attributes}");
            let says_so = content.contains("opens in a new tab") && content.contains("class=\"outside\"");
            // A shape of a drawing has its name; the mark is in the table.
            let is_shape = content.contains("<rect");
            assert!(says_so == is_outside || is_shape, "{attributes} {content}");
            count += usize::from(is_outside);
        }
    }
    assert!(count >= 8, "{count}");
    assert_eq!(page.header("referrer-policy"), "same-origin", "no page sends one to another site");
    // In a file, cells are as without links.
    let csv = browser.get("/boards/sales/csv/p13").await;
    assert!(csv.body.contains("\"C 1\",\"7\"") && !csv.body.contains("crm.example.com"), "{}", csv.body);
}

#[tokio::test]
async fn lk_05_a_link_to_a_board_that_the_user_may_not_see_is_text() {
    let world = world().await;
    let (mut browser, page) = world.signed_in("/boards/sales").await;
    for (number, words) in [(4, "12"), (10, "Yes"), (11, "Secret"), (12, "the secret")] {
        let shown = part(&page.body, number);
        assert!(text(shown).contains(words) && !shown.contains("/boards/secret"), "{number}: {shown}");
    }
    assert!(has(part(&page.body, 12), "/boards/invoices"));
    assert!(
        has(part(&page.body, 10), "/boards/asked"),
        "access that can be requested is no obstacle: the page offers it"
    );
    for number in [4, 10, 11, 12] {
        assert!(!panel(&mut browser, "sales", number, "").await.body.contains("/boards/secret"), "{number}");
    }
    let world = world_of(&["auditor"]).await;
    let (_, page) = world.signed_in("/boards/sales").await;
    for number in [4, 10, 11, 12] {
        let shown = part(&page.body, number);
        assert!(has(shown, "/boards/secret"), "{number}: {shown}");
    }
}

#[tokio::test]
async fn lk_06_a_link_keeps_the_period_if_the_other_board_has_it() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    for (query, expected) in [
        ("", "/boards/invoices?month=m-01"),
        // The other board has no such choice.
        ("period=7d", "/boards/invoices?month=m-01"),
        // Its default needs no parameter.
        ("period=30d", "/boards/invoices?month=m-01"),
        ("from=2020-01-05&to=2020-01-31", "/boards/invoices?month=m-01&from=2020-01-05&to=2020-01-31"),
        ("from=2020-01-31&to=2020-01-05", "/boards/invoices?month=m-01"),
    ] {
        let shown = panel(&mut browser, "sales", 5, query).await.body;
        assert!(has(&shown, expected), "{query}: {shown}");
    }
}

#[tokio::test]
async fn lk_01_a_row_keeps_its_page_and_its_links_there() {
    let world = world().await;
    let (mut browser, page) = world.signed_in("/boards/sales").await;
    let rows = part(&page.body, 13);
    let first = rows.split("<tr").find(|row| row.contains("C%201")).unwrap();
    assert!(
        first.contains("data-part=\"row\"") && first.contains("/boards/sales/rows/p13?key=C%201"),
        "{first}"
    );
    assert!(!first.contains("data-to"), "{first}");
    let row = browser.open("/boards/sales/rows/p13?key=C%201").await;
    assert!(has(&row.body, "https://crm.example.com/c/7"), "{}", row.body);
    let drawer = function(&mut browser, "row", "sales", 13, "key=C%201").await.body;
    assert!(has(&drawer, "https://crm.example.com/c/7"), "{drawer}");
    // A table with `to` has its row's own page, too, for actions and for links from elsewhere.
    let other = browser.open("/boards/sales/rows/p0?key=C%201").await;
    assert!(has(&other.body, "/boards/invoices?customer=C%201"), "{}", other.body);
}

#[tokio::test]
async fn lk_01_a_board_about_one_thing_fills_links_with_it() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let page = browser.open("/boards/customer?id=C3").await;
    assert!(has(part(&page.body, 1), "https://site.example.com/ash?c=C3"), "{}", part(&page.body, 1));
    let rows = part(&page.body, 0);
    assert!(has(rows, "/boards/customer?id=I-1"), "the row's own id, not that of the customer: {rows}");
    let named = named(&mut browser, "panel_when_ready", "customer", "p1", "id=C3").await;
    assert!(has(&named.body, "https://site.example.com/ash?c=C3"), "{}", named.body);
}

#[tokio::test]
async fn lk_03_inspection_says_whether_rows_have_the_members_of_an_address() {
    let world = world_of(&["auditor"]).await;
    let (mut browser, _) = world.signed_in("/account").await;
    let read = text(&browser.open("/boards/sales/inspect/p0?region=apac").await.body);
    for found in [
        "to = crm filled in 2 of 3",
        "to = id filled in 3 of 3",
        "to = last.id filled in 3 of 3",
        "to = state",
    ] {
        assert!(read.contains(found), "{found}: {read}");
    }
    for of_board in ["to = from", "to = claim.team", "to = region"] {
        assert!(!read.contains(of_board), "{of_board}: {read}");
    }
    let list = text(&browser.open("/boards/sales/inspect/p2").await.body);
    assert!(list.contains("to = ticket filled in 2 of 2"), "{list}");
}
