//! Mistakes in the panel kinds that show one thing, and in sections, groups and icons, each next to a valid form.

use claimcheck_model::ValueTone;

use super::{Condition, LookSetting, MemberSetting, RuleSetting, ValueFormat, tests::pairs};
use crate::config::tests::load;

#[test]
fn mistakes_in_kinds_are_refused_at_their_key() {
    let facts = "kind = \"facts\"\nget = \"/c\"\n";
    let meter = "kind = \"meter\"\nget = \"/c\"\nvalue = \"$.n\"\n";
    let share = "kind = \"share\"\nget = \"/c\"\nrows = \"$.r[*]\"\nlabel = \"a\"\nvalue = \"b\"\n";
    let timeline = "kind = \"timeline\"\nget = \"/c\"\nrows = \"$.r[*]\"\nat = \"t\"\n";
    let bar = "kind = \"bar\"\nget = \"/c\"\nrows = \"$.r[*]\"\nx = \"a\"\n";
    let line = "kind = \"line\"\nget = \"/c?a={from}&b={to}\"\nrows = \"$.r[*]\"\nx = \"a\"\ny = [\"b\"]\n";
    let stat = "kind = \"stat\"\nget = \"/c\"\nvalue = \"$.n\"\n";
    let table = "kind = \"table\"\nget = \"/c\"\nrows = \"$.r[*]\"\n";
    let ordered = "kind = \"table\"\nget = \"/c\"\nrows = \"$.r[*]\"\norder = { by = \"o\" }\n\
        columns = [{ key = \"$.a.b\", title = \"A\" }, { key = \"b\", title = \"B\" }]\n";
    let text = "kind = \"text\"\n";
    let links = "kind = \"links\"\n";
    let many = |count: usize| format!("{:?}", (0..count).map(|n| format!("m{n}")).collect::<Vec<_>>());
    let with = |begin: &str, more: &str| format!("{begin}{more}");
    let cases = [
        ("fields", with(facts, ""), with(facts, "fields = [\"a\"]")),
        ("fields", with(facts, "fields = []"), with(facts, "fields = [{ key = \"a\", title = \"A\" }]")),
        (
            "item",
            with(facts, "fields = [\"a\"]\nitem = \"data\""),
            with(facts, "fields = [\"a\"]\nitem = \"$.data\""),
        ),
        ("fields", with(facts, "fields = [\"$.a[\"]"), with(facts, "fields = [\"$.a[*]\"]")),
        (
            "fields[0].kind",
            with(facts, "fields = [{ key = \"a\", kind = \"money\" }]"),
            with(facts, "fields = [{ key = \"a\", kind = \"day\" }]"),
        ),
        ("target", with(meter, ""), with(meter, "target = 5.5")),
        ("target", with(meter, "target = \"many\""), with(meter, "target = \"$.most\"")),
        (
            "better",
            with(meter, "target = 5\nbetter = \"equal\""),
            with(meter, "target = 5\nbetter = \"less\""),
        ),
        ("shape", with(share, "shape = \"cake\""), with(share, "shape = \"donut\"")),
        ("label", with(timeline, ""), with(timeline, "label = \"a\"")),
        ("stacked", with(line, "stacked = true"), with(bar, "y = [\"b\", \"c\"]\nstacked = true")),
        ("before", with(bar, "y = [\"b\"]\nbefore = \"period\""), with(line, "before = \"period\"")),
        ("before", with(line, "before = \"$.x\""), with(line, "before = \"period\"")),
        ("series", with(bar, "y = [\"b\", \"c\"]\nseries = \"r\""), with(bar, "y = [\"b\"]\nseries = \"r\"")),
        (
            "series",
            with(bar, "y = [{ key = \"b\", title = \"B\", currency = \"{c}\" }]\nseries = \"r\""),
            with(bar, "y = [{ key = \"b\", title = \"B\", currency = \"EUR\" }]\nseries = \"r\""),
        ),
        (
            "series",
            with(
                bar,
                "y = [{ key = \"b\", title = \"B\", rules = [{ when = \"c > 1\", tone = \"bad\" }] }]\nseries = \"r\"",
            ),
            with(
                bar,
                "y = [{ key = \"b\", title = \"B\", rules = [{ when = \"> 1\", tone = \"bad\" }] }]\nseries = \"r\"",
            ),
        ),
        (
            "label.rules",
            with(timeline, "label = { key = \"a\", rules = [{ when = \"= x\", tone = \"bad\" }] }"),
            with(
                timeline,
                "label = \"a\"\ntag = { key = \"a\", rules = [{ when = \"= x\", tone = \"bad\" }] }",
            ),
        ),
        (
            "series.rules",
            with(bar, "y = [\"b\"]\nseries = { key = \"r\", rules = [{ when = \"= x\", tone = \"bad\" }] }"),
            with(bar, "y = [\"b\"]\nseries = { key = \"r\", tags = { x = \"bad\" } }"),
        ),
        (
            "x.rules",
            with(bar, "x = { key = \"a\", rules = [] }\ny = [\"b\"]").replacen("x = \"a\"\n", "", 1),
            with(bar, "y = [\"b\"]"),
        ),
        (
            "value",
            with(share, "").replace("value = \"b\"", "value = { key = \"b\", kind = \"bytes\" }"),
            with(share, "").replace("value = \"b\"", "value = { key = \"b\", kind = \"percent\" }"),
        ),
        (
            "columns",
            with(table, "columns = [{ key = \"a\", title = \"A\", hide = \"phone\" }]"),
            with(
                table,
                "columns = [{ key = \"a\", title = \"A\" }, { key = \"b\", title = \"B\", hide = \"phone\" }]",
            ),
        ),
        ("sort", with(ordered, "sort = \"-$.a.b\""), with(ordered, "sort = \"-b\"")),
        (
            "target",
            with(bar, "y = [\"b\"]\nhorizontal = true\ntarget = 5"),
            with(bar, "y = [\"b\"]\ntarget = 5"),
        ),
        (
            "y",
            with(line, "").replace("[\"b\"]", "[{ key = \"b\", title = \"B\", axis = \"right\" }]"),
            with(line, "").replace("[\"b\"]", "[\"c\", { key = \"b\", title = \"B\", axis = \"right\" }]"),
        ),
        (
            "y[0].axis",
            with(bar, "y = [{ key = \"b\", title = \"B\", axis = \"top\" }]"),
            with(bar, "y = [{ key = \"b\", title = \"B\", axis = \"left\" }]"),
        ),
        (
            "y",
            with(bar, "stacked = true\ny = [\"b\", { key = \"c\", title = \"C\", axis = \"right\" }]"),
            with(
                bar,
                "stacked = true\ny = [\"b\", { key = \"c\", title = \"C\", axis = \"right\", kind = \"line\" }]",
            ),
        ),
        (
            "y",
            with(bar, "horizontal = true\ny = [\"b\", { key = \"c\", title = \"C\", axis = \"right\" }]"),
            with(bar, "y = [\"b\", { key = \"c\", title = \"C\", axis = \"right\" }]"),
        ),
        (
            "y",
            with(bar, "horizontal = true\ny = [\"b\", { key = \"c\", title = \"C\", kind = \"line\" }]"),
            with(bar, "horizontal = true\ny = [\"b\", { key = \"c\", title = \"C\", kind = \"bar\" }]"),
        ),
        (
            "y",
            with(bar, "y = [{ key = \"b\", title = \"B\", kind = \"line\" }]"),
            with(bar, "y = [\"a\", { key = \"b\", title = \"B\", kind = \"line\" }]"),
        ),
        (
            "y[0].kind",
            with(line, "").replace("[\"b\"]", "[{ key = \"b\", title = \"B\", kind = \"line\" }]"),
            with(line, ""),
        ),
        (
            "y[1].kind",
            with(bar, "y = [\"a\", { key = \"b\", title = \"B\", kind = \"area\" }]"),
            with(bar, "y = [\"a\", { key = \"b\", title = \"B\", kind = \"bar\" }]"),
        ),
        ("y", with(bar, &format!("y = {}", many(13))), with(bar, &format!("y = {}", many(12)))),
        ("trend", with(stat, "trend = \"days\""), with(stat, "trend = \"$.days[*]\"")),
        ("text", with(text, ""), with(text, "text = \"a\"")),
        ("text", with(text, "text = \"<b>a</b>\""), with(text, "text = \"**a**\"")),
        (
            "text",
            with(text, "text = \"![a](https://a.example/b.png)\""),
            with(text, "text = \"[a](https://a.example/b.png)\""),
        ),
        ("text", with(text, "text = \"{claim.team}\""), with(text, "text = \"{from}\"")),
        ("text", with(text, "text = \"{nothing}\""), with(text, "text = \"nothing\"")),
        ("get", with(text, "text = \"a\"\nget = \"/a\""), with(text, "text = \"a\"")),
        ("every", with(text, "text = \"a\"\nevery = \"1m\""), with(text, "text = \"a\"\nsize = \"half\"")),
        ("links", with(links, ""), with(links, "links = [{ title = \"A\", to = \"/boards/orders\" }]")),
        (
            "links[0].to",
            with(links, "links = [{ title = \"A\", to = \"javascript:x\" }]"),
            with(links, "links = [{ title = \"A\", to = \"https://a.example/\" }]"),
        ),
        (
            "links[0].to",
            with(links, "links = [{ title = \"A\", to = \"//a.example/\" }]"),
            with(links, "links = [{ title = \"A\", to = \"/a\" }]"),
        ),
        (
            "links[0].to",
            with(links, "links = [{ title = \"A\", to = \"/\\\\a.example/\" }]"),
            with(links, "links = [{ title = \"A\", to = \"/a\" }]"),
        ),
        (
            "links[0].to",
            with(links, "links = [{ title = \"A\", to = \"https://{h}/\" }]"),
            with(links, "links = [{ title = \"A\", to = \"http://a.example/\" }]"),
        ),
        (
            "links[0].to",
            with(links, "links = [{ title = \"A\", to = \"https://u:p@a.example/\" }]"),
            with(links, "links = [{ title = \"A\", to = \"https://a.example/\" }]"),
        ),
        ("section", with(text, "text = \"a\"\nsection = \" \""), with(text, "text = \"a\"\nsection = \"S\"")),
        (
            "hint",
            with(text, "text = \"a\"\nhint = 1"),
            with(text, "text = \"a\"\nhint = { en = \"H\", de = \"H\" }"),
        ),
    ];
    let cases: Vec<_> = cases.iter().map(|(key, bad, good)| (*key, bad.as_str(), good.as_str())).collect();
    pairs(&cases);
}

#[test]
fn an_unknown_icon_of_a_board_is_refused_with_the_known_ones() {
    let board = |more: &str| {
        format!(
            "[[board]]\nid = \"a\"\ntitle = \"A\"\n{more}\n[[board.panel]]\ntitle = \"T\"\nkind = \"text\"\ntext = \"a\""
        )
    };
    let (settings, _) = load(Some(&board("icon = \"truck\"\ngroup = \"G\"")), &[]).unwrap();
    assert!(settings.boards[0].icon.is_some() && settings.boards[0].group.is_some());
    let errors = load(Some(&board("icon = \"lorry\"")), &[]).unwrap_err().to_string();
    assert!(errors.contains("board[0].icon") && errors.contains("\"truck\""), "{errors}");
}

#[test]
fn a_format_of_the_panel_leaves_the_rules_of_its_value() {
    let when = Condition::parse("> 1", true).unwrap();
    let look =
        LookSetting { rules: vec![RuleSetting { when, tone: ValueTone::Bad }], ..LookSetting::default() };
    let format = ValueFormat { look, ..ValueFormat::default() };
    let value = MemberSetting { key: "total".to_owned(), kind: None, format };
    let of_panel = ValueFormat { decimals: Some(2), ..ValueFormat::default() };
    let both = value.or_format(of_panel);
    assert_eq!((both.format.decimals, both.format.look.rules.len()), (Some(2), 1));
}
