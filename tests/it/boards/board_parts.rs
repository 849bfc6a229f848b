//! Groups and icons of boards, texts with filters, and hostile values in the panel kinds that show one thing.

use claimcheck_model::paths;
use serde_json::json;

use super::{answer, panel, part, text};
use crate::support::hostile::HostileWorld;

/// Would end attributes and elements of any kind if it were not escaped.
const HOSTILE: &str = "\"'></td></svg></textarea><xmp data-x=\"1\" onload='x'>&lt;&{{7*7}}";

/// A board with one panel of each kind, whose texts are hostile, too.
const EVERY_KIND: &str = r#"
[[board]]
id = "hostile"
title = "Board HOSTILE"
group = "Group HOSTILE"

[[board.panel]]
id = "p0"
title = "Facts HOSTILE"
kind = "facts"
get = "/n"
fields = ["word", { key = "word", title = "Title HOSTILE", kind = "tag" }]
section = "Section HOSTILE"
hint = "Hint HOSTILE"

[[board.panel]]
id = "p1"
title = "Meter HOSTILE"
kind = "meter"
get = "/n"
value = "$.n"
target = "$.n"
unit = "HOSTILE"

[[board.panel]]
id = "p2"
title = "Share HOSTILE"
kind = "share"
get = "/n"
rows = "$.rows[*]"
label = "word"
value = "n"
unit = "HOSTILE"

[[board.panel]]
id = "p3"
title = "Timeline HOSTILE"
kind = "timeline"
get = "/n"
rows = "$.rows[*]"
at = "word"
label = "word"
note = "word"
tag = "word"

[[board.panel]]
id = "p4"
title = "Links HOSTILE"
kind = "links"
links = [{ title = "Link HOSTILE", to = "/account?a='%22%3E%3Cxmp%3E", hint = "HOSTILE" }]

[[board.panel]]
id = "p5"
title = "Bars HOSTILE"
kind = "bar"
horizontal = true
get = "/n"
rows = "$.rows[*]"
x = "word"
y = ["n"]
series = "word"

[[board.panel]]
id = "p6"
title = "Stacked HOSTILE"
kind = "bar"
stacked = true
target = 7
unit = "HOSTILE"
get = "/n"
rows = "$.rows[*]"
x = "word"
y = ["n"]
series = "word"
"#;

#[tokio::test]
async fn values_in_the_further_kinds_are_text_wherever_they_are() {
    let in_toml = HOSTILE.replace('\\', "\\\\").replace('"', "\\\"");
    let world = HostileWorld::with(&EVERY_KIND.replace("HOSTILE", &in_toml)).await;
    let row = json!({ "word": HOSTILE, "n": 5 });
    answer(&world, "/n", &json!({ "word": HOSTILE, "n": 5, "rows": [row, row] }));
    let (mut browser, page) = world.signed_in("/boards/hostile").await;
    let mut bodies = vec![page.body];
    for index in 0..7 {
        bodies.push(panel(&mut browser, "hostile", index, "").await.body);
    }
    for body in bodies {
        assert!(!body.contains("<xmp") && !body.contains("style="), "{body}");
        assert!(!body.contains("onload='x'>"), "{body}");
    }
}

#[tokio::test]
async fn groups_and_icons_of_boards_are_in_the_navigation_of_every_page() {
    let board = |id: &str, more: &str| {
        format!(
            "[[board]]\nid = \"{id}\"\ntitle = \"{id}\"\n{more}\n[[board.panel]]\ntitle = \"T\"\nkind = \"text\"\ntext = \"Hello\"\n"
        )
    };
    let boards = [
        board("one", "icon = \"home\""),
        board("two", "group = \"Money <b>\"\nicon = \"invoice\""),
        board("three", ""),
        board("four", "group = \"Money <b>\""),
    ];
    let world = HostileWorld::with(&boards.concat()).await;
    let (_, page) = world.signed_in(paths::ACCOUNT.path()).await;
    let nav =
        page.body.split_once("<nav").unwrap().1.split_once('>').unwrap().1.split_once("</nav>").unwrap().0;
    assert_eq!(text(nav).replace("&lt;", "<").replace("&gt;", ">"), "one Money <b> two four three", "{nav}");
    assert_eq!(nav.matches("nav-icon").count(), 2, "{nav}");
    assert!(page.body.contains("/pkg/extra/"), "its look is in the second stylesheet");
}

#[tokio::test]
async fn a_text_names_the_chosen_values_of_filters() {
    let boards = r#"
[[board]]
id = "chosen"
title = "Chosen"

[[board.filter]]
key = "status"
title = "Status"
kind = "choice"
choices = [{ value = "open", title = "Open *<b>*" }, "paid"]

[[board.panel]]
id = "p0"
title = "Which"
kind = "text"
text = "Only **{status}**."
"#;
    let world = HostileWorld::with(boards).await;
    let (mut browser, page) = world.signed_in("/boards/chosen?status=open").await;
    assert!(part(&page.body, 0).contains("<strong>Open *&lt;b&gt;*</strong>"), "{}", part(&page.body, 0));
    let other = browser.open("/boards/chosen?status=%3Cscript%3E").await;
    assert!(!part(&other.body, 0).contains("script"), "a value that is no choice is dropped");
}
