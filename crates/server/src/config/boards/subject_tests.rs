//! Subjects of boards and details of rows that are refused, each next to a valid one.

use crate::config::tests::load;

const SUBJECT: &str = "get = \"/customers/{id}\"";
const PANEL: &str = "kind = \"facts\"\nfields = [\"name\"]\n";

/// Two boards: one with this subject, more keys, and this panel, and another one.
fn boards(subject: &str, more: &str, panel: &str) -> String {
    format!(
        "[claims]\nregion = \"region\"\n[[board]]\nid = \"list\"\ntitle = \"L\"\n[[board.panel]]\ntitle = \"T\"\n\
         kind = \"text\"\ntext = \"a\"\n[[board]]\nid = \"customer\"\ntitle = \"C\"\n{more}\n[board.subject]\n{subject}\n\
         [[board.panel]]\ntitle = \"T {{subject.name}} {{id}}\"\n{panel}"
    )
}

fn errors(text: &str) -> Vec<String> {
    match load(Some(text), &[]) {
        Ok(_) => Vec::new(),
        Err(errors) => errors.0.iter().map(|error| format!("{error}")).collect(),
    }
}

#[test]
fn su_09_subjects_are_accepted_in_every_form() {
    let table = "kind = \"table\"\nrows = \"$.r[*]\"\n";
    let period = "period = { choices = [\"7d\"] }\n";
    let filter = "filter = [{ key = \"state\", title = \"S\", kind = \"choice\", from = { get = \"/states/{id}\", rows = \"$[*]\", value = \"id\" } }]\n\
                  tab = [{ title = \"A\", count = { get = \"/count?c={id}&s={state}\", value = \"$.n\" } }]\n";
    for (subject, more, panel) in [
        (SUBJECT, "", PANEL.to_owned()),
        (
            "get = \"/customers/{id}\"\nitem = \"$.data\"\ntitle = \"{first} {last}\"\nback = \"list\"\nscope = \"a b\"",
            "",
            PANEL.to_owned(),
        ),
        ("get = \"/customers/{id}\"\ntitle = { en = \"{name}\", de = \"{name}\" }", "", PANEL.to_owned()),
        (
            "get = \"/regions/{claim.region}/customers/{id}/{customer_no}?from={from}&s={state}\"",
            &format!("{period}{filter}"),
            PANEL.to_owned(),
        ),
        (SUBJECT, "", "kind = \"stat\"\nvalue = \"$.n\"\nbefore = \"$.m\"\nevery = \"1m\"\n".to_owned()),
        (SUBJECT, "", "kind = \"meter\"\nvalue = \"$.n\"\ntarget = 5\n".to_owned()),
        (SUBJECT, "", "kind = \"facts\"\nget = \"/plans/{subject.plan.id}\"\nfields = [\"a\"]\n".to_owned()),
        (
            SUBJECT,
            "",
            format!("{table}post = \"/s\"\nbody = {{ of = \"{{id}}\", plan = \"{{subject.plan.id}}\" }}\n"),
        ),
        (SUBJECT, "", format!("{table}get = \"/i?c={{id}}\"\ndetail = \"/c/{{subject.id}}/i/{{id}}\"\n")),
        (
            SUBJECT,
            "",
            format!(
                "{table}get = \"/i?c={{id}}\"\ndetail = {{ get = \"/i/{{id}}\", item = \"$.d\", fields = [\"a\", {{ key = \"b\", kind = \"day\" }}] }}\n"
            ),
        ),
        (SUBJECT, "", format!("{table}get = \"/i?c={{id}}\"\ndetail = {{ fields = [\"a\"] }}\n")),
        (SUBJECT, "", "kind = \"text\"\ntext = \"{subject.name} is {id}\"\n".to_owned()),
        (
            SUBJECT,
            "action = [{ label = \"A\", post = \"/c/{id}\", confirm = \"{subject.name}?\", fields = [{ key = \"p\", value = \"{subject.plan}\" }] }]",
            PANEL.to_owned(),
        ),
        (
            SUBJECT,
            "action = [{ label = \"A\", post = \"/c\", fields = [{ key = \"a\", from = { get = \"/a/{id}\", rows = \"$\", value = \"a\" } }] }]",
            PANEL.to_owned(),
        ),
    ] {
        let text = boards(subject, more, &panel);
        assert_eq!(errors(&text), Vec::<String>::new(), "{subject} {panel}");
    }
    // Without a subject, `subject` is a member of the row like any other.
    let mail = "[[board]]\nid = \"mail\"\ntitle = \"M\"\n[[board.panel]]\ntitle = \"T\"\nkind = \"table\"\nget = \"/m\"\nrows = \"$[*]\"\n\
                detail = \"/m/{subject.id}\"\n[[board.panel.action]]\nlabel = \"A\"\npost = \"/m/{subject.id}\"\n";
    assert_eq!(errors(mail), Vec::<String>::new());
}

#[test]
fn su_09_subjects_that_make_no_sense_are_refused_at_their_key() {
    let table = "kind = \"table\"\nget = \"/i\"\nrows = \"$.r[*]\"\n";
    for (subject, more, panel, key, why) in [
        ("item = \"$.a\"", "", PANEL, "subject.get", "is missing"),
        ("get = \"customers/{id}\"", "", PANEL, "subject.get", ""),
        ("get = \"/customers/{from}\"", "", PANEL, "subject.get", "already has a meaning"),
        ("get = \"/customers/{Customer.Id}\"", "", PANEL, "subject.get", "must be a name"),
        ("get = \"/customers/{subject.id}\"", "", PANEL, "subject.get", "finds the subject"),
        ("get = \"/customers/{claim.regoin}\"", "", PANEL, "subject.get", "did you mean `region`"),
        ("get = \"/customers/{id}\"\nitem = \"data\"", "", PANEL, "subject.item", "JSONPath"),
        ("get = \"/customers/{id}\"\ntitle = \" \"", "", PANEL, "subject.title", "must not be empty"),
        ("get = \"/customers/{id}\"\nback = \"lsit\"", "", PANEL, "subject.back", "did you mean `list`"),
        (
            "get = \"/customers/{id}\"\nback = \"customer\"",
            "",
            PANEL,
            "subject.back",
            "needs the parameter `id`",
        ),
        (
            SUBJECT,
            "",
            "kind = \"stat\"\nvalue = \"$.n\"\nto = \"/boards/list?x={$.a.b}\"\n",
            "panel[0].to",
            "a number has no row",
        ),
        ("get = \"/customers/{id}\"\napi = \"x\"", "", PANEL, "subject.api", "there is no API `x`"),
        ("get = \"/customers/{id}\"\npost = \"/x\"", "", PANEL, "subject.post", "unknown key"),
        (
            SUBJECT,
            "tab = [{ title = \"A\", filters = { id = \"7\" } }]\nfilter = [{ key = \"s\", title = \"S\", kind = \"text\" }]",
            "kind = \"facts\"\nget = \"/a?s={s}\"\nfields = [\"a\"]\n",
            "tab[0].filters",
            "no such filter",
        ),
        (SUBJECT, "", "kind = \"facts\"\nfields = [\"a\"]\napi = \"default\"\n", "panel[0].api", ""),
        (
            SUBJECT,
            "",
            "kind = \"stat\"\nvalue = \"$.a\"\nbefore = \"period\"\n",
            "panel[0].before",
            "needs the request",
        ),
        (
            SUBJECT,
            "",
            "kind = \"stat\"\nvalue = \"$.a\"\nbody = { a = 1 }\n",
            "panel[0].body",
            "belongs to `post`",
        ),
        (SUBJECT, "", "kind = \"list\"\nrows = \"$\"\nlabel = \"a\"\n", "panel[0].get", "is missing"),
        (
            SUBJECT,
            "",
            "kind = \"facts\"\nget = \"/a/{nr}\"\nfields = [\"a\"]\n",
            "panel[0].get",
            "unknown placeholder",
        ),
        (
            SUBJECT,
            "",
            &format!(
                "{table}action = [{{ label = \"A\", post = \"/c\", fields = [{{ key = \"a\", from = {{ get = \"/a/{{id}}\", rows = \"$\", value = \"a\" }} }}] }}]\n"
            ),
            "fields[0].from.get",
            "unknown placeholder {id}",
        ),
        (SUBJECT, "action = [{ label = \"A\", post = \"/c/{nr}\" }]", PANEL, "action[0].post", "from a row"),
        (SUBJECT, "", &format!("{table}detail = {{ item = \"$.a\" }}\n"), "detail", "is missing"),
        (
            SUBJECT,
            "",
            &format!("{table}detail = {{ item = \"$.a\", fields = [\"a\"] }}\n"),
            "detail.item",
            "needs `get`",
        ),
        (SUBJECT, "", &format!("{table}detail = {{ get = \"/a\" }}\n"), "detail.get", "needs a placeholder"),
        (
            SUBJECT,
            "",
            &format!("{table}detail = {{ get = \"/{{id}}\", filds = [\"a\"] }}\n"),
            "detail.filds",
            "did you mean `fields`",
        ),
    ] {
        let found = errors(&boards(subject, more, panel));
        let is_it = |error: &String| error.contains(key) && error.contains(why) && error.contains("line ");
        assert!(found.iter().any(is_it), "{subject} {more} {panel}: {found:#?}");
    }
    let own = boards("get = \"/customers/{claim.region}\"\nback = \"customer\"", "", PANEL);
    let found = errors(&own.replace(" {id}\"", "\""));
    assert!(found.len() == 1 && found[0].contains("leads to this board itself"), "{found:#?}");
    // Without a subject, a panel needs a request, and nothing fills its slots.
    let board = |panel: &str| {
        format!("[[board]]\nid = \"a\"\ntitle = \"A\"\n[[board.panel]]\ntitle = \"T\"\n{panel}")
    };
    for (panel, why) in [
        (PANEL, "needs a request"),
        ("kind = \"stat\"\nvalue = \"$.n\"\n", "needs a request"),
        ("kind = \"stat\"\nget = \"/a/{subject.id}\"\nvalue = \"$.n\"\n", "no [board.subject]"),
        ("kind = \"text\"\ntext = \"{subject.name}\"\n", "no [board.subject]"),
    ] {
        let found = errors(&board(panel));
        assert!(
            found.iter().any(|error| error.contains(why) && error.contains("line ")),
            "{panel}: {found:#?}"
        );
    }
}
