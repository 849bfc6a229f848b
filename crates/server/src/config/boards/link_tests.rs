//! Addresses of links: what is accepted, what is checked against the boards, and what values of an API can do to them.

use url::Url;

use super::{
    link_to::{BoardPart, LinkTo},
    slot::SlotValue,
    tests::pairs,
};
use crate::config::tests::load;

fn filled(to: &str, value: &str) -> Option<String> {
    let link = LinkTo::parse(to).unwrap_or_else(|message| panic!("{to} {message}"));
    link.href(&|_| Some(SlotValue::Plain(value.to_owned())), &[])
}

#[test]
fn lk_03_scheme_host_and_paths_of_boards_are_literal() {
    for good in [
        "https://crm.example.com/c/{id}",
        "https://crm.example.com",
        "https://crm.example.com?id={id}",
        "https://crm.example.com/#/c/{id}",
        "http://localhost:3000/{a}/{b}?q={c}",
        "/boards/customer?id={customer.id}",
        "/boards/customer?id={id}#panel-invoices",
        "/boards/invoices?status=open&customer=c-{id}",
        "/boards/invoices/rows/open?key={id}",
        "/boards/invoices/actions/create",
        "/boards/invoices/rows/open/actions/void?key={id}",
        "/boards/invoices/csv/open?rows=all",
        "/account",
        "/",
    ] {
        assert!(LinkTo::parse(good).is_ok(), "{good}");
    }
    for bad in [
        "",
        "orders",
        "{url}",
        "{scheme}://crm.example.com/",
        "https://{host}/",
        "https://{tenant}.example.com/",
        "https://crm.example.com{id}",
        "https://crm.example.com:{port}/",
        "https://user:pw@crm.example.com/",
        "https://{user}@crm.example.com/",
        "https://@crm.example.com/",
        "https:///x",
        "https://",
        "HTTPS://crm.example.com/",
        "ftp://crm.example.com/",
        "javascript:alert(1)",
        "javascript:{id}",
        "data:text/html,{id}",
        "mailto:{id}",
        "//crm.example.com/{id}",
        "/\\crm.example.com/",
        "https://crm.example.com\\@evil.example/",
        "https://crm.example.com/a b",
        "https://crm.example.com/ä",
        "https://crm.example.com/<{id}>",
        "/accou\"nt",
        "/boards/orders?status=ge\u{e4}ndert",
        "https://crm.example.com/../{id}",
        "/boards/{board}",
        "/boards/../account",
        "/boards",
        "/boards/",
        "/boards/orders/inspect/p0",
        "/boards/orders/rows/{panel}?key=1",
        "/boards/orders?{name}=1",
        "/boards/orders?a{name}=1",
        "/account?x={id}",
        "/auth/sign-in?return_to={id}",
        "/boards/orders?id={",
        "/boards/orders?id={}",
    ] {
        assert!(LinkTo::parse(bad).is_err(), "{bad}");
    }
    assert!(LinkTo::parse("/boards/orders?status=ge%C3%A4ndert&at=%22").is_ok(), "percent-encoded");
    let page = LinkTo::parse("/boards/b/rows/p/actions/a?key={id}&x=1%2B2#panel-p").unwrap().page.unwrap();
    assert_eq!(page.part, BoardPart::Action(Some("p".to_owned()), "a".to_owned()));
    assert_eq!(page.parameters, [("key".to_owned(), None), ("x".to_owned(), Some("1+2".to_owned()))]);
    assert_eq!(page.at_panel.as_deref(), Some("p"));
}

#[test]
fn lk_02_a_value_stays_in_its_segment_or_parameter() {
    for (value, path, query) in [
        ("42", "https://x.example/c/42/e", "/boards/b?id=42"),
        ("a/b", "https://x.example/c/a%2Fb/e", "/boards/b?id=a%2Fb"),
        ("a b&c=d#e", "https://x.example/c/a%20b%26c%3Dd%23e/e", "/boards/b?id=a%20b%26c%3Dd%23e"),
        (
            "javascript:alert(1)",
            "https://x.example/c/javascript%3Aalert%281%29/e",
            "/boards/b?id=javascript%3Aalert%281%29",
        ),
        ("\"><script>", "https://x.example/c/%22%3E%3Cscript%3E/e", "/boards/b?id=%22%3E%3Cscript%3E"),
        ("//evil.example", "https://x.example/c/%2F%2Fevil.example/e", "/boards/b?id=%2F%2Fevil.example"),
    ] {
        assert_eq!(filled("https://x.example/c/{id}/e", value).as_deref(), Some(path));
        assert_eq!(filled("/boards/b?id={id}", value).as_deref(), Some(query));
    }
    for no_segment in ["..", ".", "../x", "%2e%2e", "..\\x", "..;a", "\u{ff0e}\u{ff0e}"] {
        assert_eq!(filled("https://x.example/c/{id}", no_segment), None, "{no_segment}");
        assert_eq!(filled("https://x.example/#/c/{id}", no_segment), None, "{no_segment}");
        assert!(
            filled("/boards/b?id={id}", no_segment).is_some(),
            "{no_segment} is a text like others there"
        );
    }
    for none in ["", "a\nb", "a\u{0}b", "\u{7f}", &*"x".repeat(257)] {
        assert_eq!(filled("https://x.example/?q={id}", none), None, "{none:?}");
        assert_eq!(filled("/boards/b?id={id}", none), None, "{none:?}");
    }
    assert_eq!(filled("https://x.example/{a}{b}", "."), None, "two values are one segment");
}

/// Whatever the values are, a link has the scheme, the host, the number of segments and the parameters of its settings.
#[test]
fn lk_02_no_value_changes_where_a_link_leads() {
    const PIECES: [&str; 26] = [
        "a",
        "7",
        ".",
        "..",
        "/",
        "\\",
        "%",
        "%2e",
        "%2f",
        "%5c",
        "?",
        "#",
        "&",
        "=",
        "@",
        ":",
        "//",
        "javascript:",
        "\t",
        "\n",
        "\u{0}",
        " ",
        "\u{202e}",
        "\u{ff0f}",
        "é",
        "evil.example",
    ];
    let web = "https://crm.example.com:8443/c/{id}/x-{id}?q={id}&z=1#/t/{id}";
    let own = "/boards/b?id={id}&status=open#panel-p";
    let mut random = fastrand::Rng::with_seed(20);
    let (mut links, mut none) = (0, 0);
    for _ in 0..20_000 {
        let value: String = (0..random.usize(0..6))
            .filter_map(|_| PIECES.get(random.usize(0..PIECES.len())))
            .copied()
            .collect();
        let base = Url::parse("https://claimcheck.example.com/boards/a?x=1").unwrap();
        for (to, host, segments, names) in [
            (web, "crm.example.com", 3, vec!["q", "z"]),
            (own, "claimcheck.example.com", 2, vec!["id", "status"]),
        ] {
            let Some(href) = filled(to, &value) else {
                none += 1;
                continue;
            };
            links += 1;
            assert!(
                href.bytes().all(|byte| (0x21..0x7f).contains(&byte) && byte != b'\\'),
                "{value:?}: {href}"
            );
            let url = base.join(&href).unwrap();
            assert_eq!((url.scheme(), url.host_str()), ("https", Some(host)), "{value:?}: {href}");
            assert_eq!(url.path_segments().unwrap().count(), segments, "{value:?}: {href}");
            let found: Vec<_> = url.query_pairs().map(|(name, _)| name.into_owned()).collect();
            assert_eq!(found, names, "{value:?}: {href}");
            assert_eq!(href.matches('#').count(), 1, "{value:?}: {href}");
            if to == own {
                assert_eq!(url.query_pairs().next().unwrap().1, value, "it arrives as it was");
            }
        }
    }
    assert!(links > 5000 && none > 5000, "{links} {none}");
}

const BOARDS: &str = r##"
[claims]
team = "team"

[[board]]
id = "invoices"
title = "Invoices"
period = { choices = ["7d"] }
[[board.filter]]
key = "status"
title = "Status"
kind = "choice"
choices = ["open", "paid"]
[[board.filter]]
key = "customer"
title = "Customer"
kind = "text"
[[board.panel]]
id = "list"
title = "Invoices"
kind = "table"
get = "/invoices?status={status}&customer={customer}&from={from}"
rows = "$.invoices[*]"
[[board.panel.action]]
id = "void"
label = "Void"
post = "/invoices/{id}/void"
[[board.panel]]
id = "sum"
title = "Sum"
kind = "stat"
get = "/sum"
value = "$.sum"

[[board]]
id = "customer"
title = "Customer"
[board.subject]
get = "/customers/{id}"
[[board.panel]]
title = "About"
kind = "facts"
fields = ["name"]

[[board]]
id = "customers"
title = "Customers"
[[board.panel]]
title = "Customers"
kind = "table"
get = "/customers"
rows = "$.customers[*]"
to = "TO"
"##;

#[test]
fn lk_03_pages_of_boards_exist_with_their_parameters() {
    let found = |to: &str| match load(Some(&BOARDS.replace("TO", to)), &[]) {
        Ok(_) => String::new(),
        Err(errors) => {
            assert_eq!(errors.0.len(), 1, "{to}: {errors}");
            assert_eq!(errors.0[0].key, "board[2].panel[0].to", "{to}: {errors}");
            let line = BOARDS.lines().position(|line| line.starts_with("to =")).unwrap() + 1;
            assert!(errors.to_string().contains(&format!("line {line} of")), "{errors}");
            errors.to_string()
        }
    };
    for good in [
        "/boards/customer?id={id}",
        "/boards/invoices?status=open&customer={id}&period=7d",
        "/boards/invoices?status=&from=2026-09-01&to=2026-09-30",
        "/boards/invoices?list.q={name}&list.sort=total&list.order=desc#panel-sum",
        "/boards/invoices/rows/list?key={last_invoice}",
        "/boards/invoices/rows/list/actions/void?key={last_invoice}",
        "/boards/invoices/csv/list?rows=all&customer={id}",
        "/boards/customers",
        "https://crm.example.com/{claim.team}/{id}",
    ] {
        assert_eq!(found(good), "", "{good}");
    }
    for (bad, words) in [
        ("/boards/custommer?id={id}", "did you mean `customer`?"),
        ("/boards/customer", "lacks the parameter `id`"),
        ("/boards/customer?ids={id}", "did you mean `id`?"),
        (
            "/boards/customer?id={id}&name={name}",
            "the parameter `name`, which the board `customer` does not have",
        ),
        ("/boards/invoices?state=open", "the parameter `state`"),
        ("/boards/invoices?status=opne", "sets the filter `status`, but its value is \"opne\""),
        ("/boards/customers?period=7d", "the parameter `period`"),
        ("/boards/invoices?sum.q=a", "the parameter `sum.q`"),
        ("/boards/invoices?list.page2=a", "the parameter `list.page2`"),
        ("/boards/invoices/rows/lst?key={id}", "did you mean `list`?"),
        ("/boards/invoices/rows/sum?key={id}", "leads to the table `sum`"),
        ("/boards/invoices/rows/list", "names no row"),
        ("/boards/invoices/rows/list/actions/vod?key={id}", "did you mean `void`?"),
        ("/boards/invoices/actions/void", "leads to the action `void`"),
        ("/boards/invoices/csv/sum", "leads to the table `sum`"),
        ("/boards/invoices#panel-lists", "did you mean `list`?"),
        ("https://crm.example.com/{claim.tean}", "did you mean `team`?"),
        ("https://{id}.example.com/", "scheme and host are literal"),
        ("javascript:alert({id})", "must begin with https://"),
        ("https://crm.example.com/{subject.id}", "has no [board.subject]"),
    ] {
        let said = found(bad);
        assert!(said.contains(words), "{bad}: {said}");
    }
}

#[test]
fn lk_03_links_are_refused_where_there_is_another_link_or_nothing_to_link() {
    let table = "kind = \"table\"\nget = \"/c\"\nrows = \"$.r[*]\"\n";
    let column = |more: &str| {
        format!(
            "{table}columns = [{{ key = \"id\", title = \"Id\" }}, {{ key = \"a\", title = \"A\", {more} }}]"
        )
    };
    let links = "kind = \"links\"\nlinks = [{ title = \"A\", to = ";
    let cases = [
        (
            "columns[1].to",
            column("kind = \"link\", to = \"https://x.example/{a}\""),
            column("to = \"https://x.example/{a}\""),
        ),
        (
            "columns[1].to",
            column("download = \"/f/{id}\", to = \"https://x.example/{a}\""),
            column("download = \"/f/{id}\""),
        ),
        (
            "to",
            format!(
                "{table}to = \"https://x.example/{{a}}\"\ncolumns = [{{ key = \"a\", title = \"A\", to = \"https://x.example/\" }}]"
            ),
            format!("{table}to = \"https://x.example/{{a}}\"\ncolumns = [{{ key = \"a\", title = \"A\" }}]"),
        ),
        (
            "to",
            "kind = \"text\"\ntext = \"a\"\nto = \"https://x.example/\"".to_owned(),
            "kind = \"text\"\ntext = \"a\"".to_owned(),
        ),
        (
            "to",
            format!("{table}to = \"https://x.example/{{$.a[}}\""),
            format!("{table}to = \"https://x.example/{{$.a[0]}}\""),
        ),
        (
            "links[0].to",
            format!("{links}\"https://x.example/{{id}}\" }}]"),
            format!("{links}\"https://x.example/{{from}}\" }}]"),
        ),
        (
            "text",
            "kind = \"text\"\ntext = \"[a](//x.example/)\"".to_owned(),
            "kind = \"text\"\ntext = \"[a](https://x.example/)\"".to_owned(),
        ),
        (
            "text",
            "kind = \"text\"\ntext = \"[a](/boards/order)\"".to_owned(),
            "kind = \"text\"\ntext = \"[a](/boards/orders)\"".to_owned(),
        ),
    ];
    let cases: Vec<_> = cases.iter().map(|(key, bad, good)| (*key, bad.as_str(), good.as_str())).collect();
    pairs(&cases);
}
