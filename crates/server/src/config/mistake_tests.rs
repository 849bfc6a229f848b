//! Usual mistakes in a first boards file, and their messages.

use crate::config::testing::load;

#[test]
fn wb_04_a_mistake_says_what_to_write() {
    let board = "[[board]]\nid = \"a\"\ntitle = \"A\"\n";
    let panel = "[[board.panel]]\ntitle = \"T\"\nkind = \"table\"\nget = \"/x\"\nrows = \"$.data[*]\"\n";
    let said = |file: &str| load(Some(file), &[]).expect_err("it has a mistake").to_string();
    for (file, expected) in [
        (panel.to_owned(), "must be a list of tables: begin each with `[[board]]`"),
        ("[board]\nid = \"a\"\n".to_owned(), "must be a list of tables: begin each with `[[board]]`"),
        (board.replace("[[board]]", "[[boards]]"), "must be a list of strings; did you mean `[[board]]`?"),
        (
            format!("{board}{panel}columns = {{ key = \"a\", title = \"A\" }}\n"),
            "must be a list of tables: begin each with `[[board.panel.columns]]`",
        ),
        (
            format!("{board}{panel}columns = [\"a\"]\n"),
            "must be a list of tables, each in braces, but is a text",
        ),
        (format!("{board}{panel}link = \"/x\"\n"), "did you mean `to`?"),
        (format!("{board}{panel}kind = \"list\"\n"), "duplicate key `kind`"),
        (
            format!("{board}{}", panel.replace("$.data[*]", "data[*]")),
            "is not a valid JSONPath: it must begin with `$`, such as \"$.data[*]\"",
        ),
        (format!("{board}{}", panel.replace("table", "pie")), "did you mean \"share\"?"),
        (
            format!("{board}{}x = \"a\"\ny = \"b\"\n", panel.replace("table", "line")),
            "must be a list of strings or of { key, title }; write `[\"b\"]`",
        ),
    ] {
        let said = said(&file);
        assert!(said.contains(expected), "{expected} is not in {said}");
    }
    // Without a kind, the keys of all kinds are known, each once.
    let said = said(&format!("{board}{}frobnicate = 1\n", panel.replace("table", "frobnicate")));
    let known = said.split("known keys here: ").nth(1).unwrap_or_default();
    let keys: Vec<_> = known.lines().next().unwrap_or_default().split(", ").collect();
    assert!(keys.contains(&"rows") && keys.iter().filter(|key| **key == "rows").count() == 1, "{said}");
    // What is right has none of them.
    load(Some(&format!("{board}{panel}columns = [{{ key = \"a\", title = \"A\" }}]\n")), &[]).unwrap();
}
