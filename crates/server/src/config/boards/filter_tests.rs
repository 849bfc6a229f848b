//! Filters and tabs that are refused, each next to a valid one.

use crate::config::tests::load;

const GOOD: &str = r#"key = "status", title = "Status", kind = "choice", choices = ["open", "paid"]"#;

/// A board with these filters and tabs, and this request.
fn board(filters: &str, rest: &str, get: &str) -> String {
    format!(
        "[claims]\nregion = \"region\"\n[[board]]\nid = \"orders\"\ntitle = \"Orders\"\nfilter = [{filters}]\n{rest}\n\
         period = {{ choices = [\"7d\"] }}\n[[board.panel]]\ntitle = \"T\"\nkind = \"table\"\nget = \"{get}\"\nrows = \"$[*]\"\n"
    )
}

fn errors(text: &str) -> Vec<String> {
    match load(Some(text), &[]) {
        Ok(_) => Vec::new(),
        Err(errors) => errors.0.iter().map(|error| format!("{error}")).collect(),
    }
}

#[test]
fn filters_are_accepted_in_every_kind() {
    for filter in [
        GOOD,
        r#"key = "status", title = { en = "Status", de = "Status" }, kind = "choices", choices = [{ value = "a", title = "A" }], default = ["a"], join = ",""#,
        r#"key = "status", title = "S", kind = "choice", from = { get = "/s?r={claim.region}", rows = "$[*]", value = "id", title = "name" }"#,
        r#"key = "status", title = "S", kind = "text", default = "x", all = "Anything""#,
        r#"key = "status", title = "S", kind = "number", default = "12.5", member = "total""#,
        r#"key = "status", title = "S", kind = "number", default = 12"#,
        r#"key = "status", title = "S", kind = "toggle", default = true"#,
        r#"key = "status", title = "S", kind = "date", default = "2026-02-28""#,
        r#"key = "status", title = "S", kind = "month""#,
        r#"key = "status", title = "S", kind = "toggle", default = "true""#,
        r#"key = "status", title = "S", kind = "text", default = { claim = "region" }"#,
    ] {
        let text = board(&format!("{{ {filter} }}"), "", "/orders?s={status}&from={from}");
        assert_eq!(errors(&text), Vec::<String>::new(), "{filter}");
    }
}

#[test]
fn filters_that_make_no_sense_are_refused_at_their_key() {
    for (filter, key, why) in [
        (r#"title = "S", kind = "text""#, "key", "is missing"),
        (r#"key = "from", title = "S", kind = "text""#, "key", "already has a meaning"),
        (r#"key = "page", title = "S", kind = "text""#, "key", "already has a meaning"),
        (r#"key = "a.b", title = "S", kind = "text""#, "key", "must be a name"),
        (r#"key = "q-2", title = "S", kind = "text""#, "key", "must be a name"),
        (r#"key = "status", kind = "text""#, "title", "is missing"),
        (r#"key = "status", title = "S", kind = "list""#, "kind", "must be"),
        (r#"key = "status", title = "S", kind = "choice""#, "choices", "is missing"),
        (r#"key = "status", title = "S", kind = "choice", choices = []"#, "choices", "is missing"),
        (r#"key = "status", title = "S", kind = "choice", choices = ["a", "a"]"#, "choices", "twice"),
        (r#"key = "status", title = "S", kind = "text", choices = ["a"]"#, "choices", "does not apply"),
        (
            r#"key = "status", title = "S", kind = "choice", choices = ["a"], join = ",""#,
            "join",
            "does not apply",
        ),
        (
            r#"key = "status", title = "S", kind = "choice", choices = ["a"], default = "b""#,
            "default",
            "must be",
        ),
        (
            r#"key = "status", title = "S", kind = "choice", choices = ["a", "b"], default = ["a", "b"]"#,
            "default",
            "no value that fits",
        ),
        (r#"key = "status", title = "S", kind = "toggle", default = false"#, "default", "no value that fits"),
        (
            r#"key = "status", title = "S", kind = "choices", choices = ["a,b"], join = ",""#,
            "join",
            "from two values",
        ),
        (r#"key = "status", title = "S", kind = "number", default = "many""#, "default", "must be a number"),
        (r#"key = "status", title = "S", kind = "date", default = "2026-02-30""#, "default", "must be a day"),
        (r#"key = "status", title = "S", kind = "month", default = "2026-2""#, "default", "must be a month"),
        (
            r#"key = "status", title = "S", kind = "text", default = { claim = "regoin" }"#,
            "default.claim",
            "did you mean",
        ),
        (
            r#"key = "status", title = "S", kind = "choice", from = { get = "/s", rows = "$[*]" }"#,
            "from.value",
            "is missing",
        ),
        (
            r#"key = "status", title = "S", kind = "choice", from = { get = "/s/{x}", rows = "$[*]", value = "a" }"#,
            "from.get",
            "unknown placeholder",
        ),
        (
            r#"key = "status", title = "S", kind = "choice", from = { get = "/s/{status}", rows = "$[*]", value = "a" }"#,
            "from.get",
            "unknown placeholder",
        ),
        (r#"key = "status", title = "S", kind = "text", colour = "red""#, "colour", "unknown key"),
    ] {
        let text = board(&format!("{{ {filter} }}"), "", "/orders?s={status}");
        let found = errors(&text);
        let place = format!("board[0].filter[0].{key}");
        assert!(
            found.iter().any(|error| error.contains(&place) && error.contains(why)),
            "{filter}\n{found:#?}"
        );
    }
}

#[test]
fn filters_are_refused_where_their_value_cannot_be() {
    let several = r#"key = "status", title = "S", kind = "choices", choices = ["open"]"#;
    for (filter, get, why) in [
        (GOOD, "/orders", "is not used"),
        (GOOD, "/orders?s={stauts}", "unknown placeholder"),
        (GOOD, "/orders?s={status}{from}", "another placeholder"),
        (GOOD, "/orders?q=tenant:{claim.region}+status:{status}", "another placeholder"),
        (GOOD, "/orders?{status}=1", "name of a parameter"),
        (several, "/orders/{status}", "several values"),
        (
            r#"key = "status", title = "S", kind = "choice", choices = ["a/b"]"#,
            "/orders/{status}",
            "cannot be in a path",
        ),
        (
            r#"key = "status", title = "S", kind = "text", default = "..""#,
            "/orders/{status}",
            "cannot be in a path",
        ),
    ] {
        let found = errors(&board(&format!("{{ {filter} }}"), "", get));
        assert!(found.iter().any(|error| error.contains(why)), "{get}\n{found:#?}");
    }
    // A member selects rows only if a table has it.
    let member = |name: &str, columns: &str| {
        let text = board(&format!("{{ {GOOD}, member = \"{name}\" }}"), "", "/orders?s={status}");
        errors(&format!("{text}{columns}"))
    };
    let columns = "columns = [{ key = \"address.country\", title = \"Country\" }]\nkey = \"id\"\n";
    for (name, columns, is_good) in [
        ("address.country", columns, true),
        ("id", columns, true),
        ("anything", "", true),
        ("address.contry", columns, false),
    ] {
        let found = member(name, columns);
        assert_eq!(found.is_empty(), is_good, "{found:#?}");
        assert!(is_good || found.iter().any(|error| error.contains("no table has a column or key")));
    }
    let two = format!("{{ {GOOD} }}, {{ {GOOD} }}");
    assert!(errors(&board(&two, "", "/orders?s={status}")).iter().any(|error| error.contains("two filters")));
    let title = board(&format!("{{ {GOOD} }}"), "", "/orders?s={status}").replace("\"T\"", "\"T {region}\"");
    assert!(errors(&title).iter().any(|error| error.contains("no such filter")), "{:?}", errors(&title));
    assert_eq!(errors(&title.replace("{region}", "{status}")), Vec::<String>::new());
}

#[test]
fn tabs_name_filters_and_values_that_exist() {
    let good = r#"title = "Open", filters = { status = "open" }, count = { get = "/count?s={status}&f={from}", value = "$.n" }"#;
    for (tab, why) in [
        (good, ""),
        (r#"title = "All""#, ""),
        (r#"filters = { status = "open" }"#, "is missing"),
        (r#"title = "Open", filters = { stauts = "open" }"#, "did you mean `status`"),
        (r#"title = "Open", filters = { status = "opened" }"#, "must be"),
        (r#"title = "Open", filters = { status = ["open", "paid"] }"#, "no value"),
        (r#"title = "Open", filters = "open""#, "must be a table"),
        (r#"title = "Open", count = { value = "$.n" }"#, "is missing"),
        (r#"title = "Open", count = { get = "/count?x={x}", value = "$.n" }"#, "unknown placeholder"),
        (r#"title = "Open", count = { get = "/count", value = "n" }"#, "JSONPath"),
    ] {
        let found =
            errors(&board(&format!("{{ {GOOD} }}"), &format!("tab = [{{ {tab} }}]"), "/orders?s={status}"));
        match why {
            "" => assert_eq!(found, Vec::<String>::new(), "{tab}"),
            why => assert!(found.iter().any(|error| error.contains(why)), "{tab}\n{found:#?}"),
        }
    }
}

#[test]
fn pg_09_keys_of_pages_that_are_wrong_or_have_no_effect_are_refused_at_their_place() {
    let table = |page: &str, more: &str| {
        format!(
            "[[board]]\nid = \"orders\"\ntitle = \"Orders\"\n[[board.panel]]\nid = \"t\"\ntitle = \"T\"\nkind = \"table\"\n\
             get = \"/orders\"\nrows = \"$[*]\"\npage = {{ offset = \"o\", {page} }}\n{more}\n"
        )
    };
    let columns =
        "columns = [{ key = \"a\", title = \"A\" }, { key = \"b\", title = \"B\", kind = \"number\" }]";
    let by_api = format!("search = \"q\"\norder = {{ by = \"sort\" }}\n{columns}");
    let summed = by_api.replace("kind = \"number\"", "kind = \"number\", sum = true");
    let choices = |page: &str| {
        let from = format!(r#"get = "/s?limit=1", rows = "$[*]", value = "id", page = {{ {page} }}"#);
        board(
            &format!(r#"{{ key = "status", title = "S", kind = "choice", from = {{ {from} }} }}"#),
            "",
            "/orders?s={status}",
        )
    };
    for (mistake, key, good) in [
        (table("all = 0", ""), "page.all", table("all = 1", "")),
        (table("all = 5001", ""), "page.all", table("all = 5000", "")),
        (table("all = 100", &by_api), "board[0].panel", table("all = 100", &summed)),
        (choices("offset = \"o\", all = 10"), "from.page.all", choices("offset = \"o\"")),
        (choices("size = 10"), "from.page", choices("size = 10, page = \"p\"")),
        (choices("limit = \"limit\", offset = \"o\""), "from.page", choices("limit = \"n\", offset = \"o\"")),
    ] {
        assert_eq!(errors(&good), Vec::<String>::new(), "{good}");
        let found = errors(&mistake);
        assert!(found.len() == 1 && found[0].contains(key), "{key}: {found:?}");
    }
}

#[test]
fn one_mistake_is_reported_once_in_the_order_of_the_file_and_with_the_word_that_was_meant() {
    let filter =
        r#"{ key = "status", titel = "Status", kind = "choises", choices = ["open"], default = "open" }"#;
    let tab = r#"tab = [{ title = "Open", filters = { status = "open" } }]"#;
    let text = board(filter, tab, "/orders?s={status}&from={from}");
    let found = errors(&text);
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(found.iter().any(|error| error.contains("titel") && error.contains("did you mean `title`?")));
    let kind = found.iter().find(|error| error.contains("filter[0].kind")).unwrap();
    assert!(kind.contains("did you mean \"choices\"?"), "{kind}");
    assert_eq!(kind.matches("\"toggle\"").count(), 1, "the words are listed once: {kind}");
    // The same made right.
    let right =
        filter.replace("titel", "title").replace("choises", "choices").replace("\"open\" }", "[\"open\"] }");
    assert_eq!(errors(&board(&right, tab, "/orders?s={status}&from={from}")), Vec::<String>::new());

    let text = board("", "icon = \"rocket\"", "orders").replace("id = \"orders\"", "id = \"Orders\"");
    let lines: Vec<Option<usize>> = match load(Some(&text), &[]) {
        Ok(_) => Vec::new(),
        Err(errors) => errors.0.iter().map(|error| error.place.as_ref()?.line()).collect(),
    };
    assert!(lines.len() == 3 && lines.is_sorted(), "{lines:?}");
}
