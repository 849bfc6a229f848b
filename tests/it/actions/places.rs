//! Where actions are offered, and how dangerous ones look.

use crate::{actions::*, support::hostile::HostileWorld};

const ROW: &str = "/boards/desk/rows/orders?key=ORD-1";
const DRAWER: &str = "/api/row?board=desk&panel=orders&query=key%3DORD-1";

#[tokio::test]
async fn dw_03_a_row_has_its_actions_and_the_title_of_its_first_column() {
    let titled = BOARDS.replacen(
        "{ key = \"id\", title = \"Order\" },\n    { key = \"customer\"",
        "{ key = \"customer\"",
        1,
    );
    assert_ne!(titled, BOARDS);
    let titled = titled.replacen("kind = \"table\"\n", "kind = \"table\"\nkey = \"id\"\n", 1);
    for (boards, title) in [(BOARDS, "ORD-1"), (&titled, "Customer of p-ada")] {
        let world = HostileWorld::with(boards).await;
        let (mut browser, _) = world.signed_in(BOARD).await;
        let page = browser.open(ROW).await;
        assert!(page.body.contains(&format!("<h1>{title}</h1>")), "{}", page.body);
        for body in [page.body, browser.fetch(DRAWER).await.body] {
            assert!(body.contains(&format!("<h2>{title}</h2>")), "{body}");
            for action in ["ship", "delete", "audit"] {
                assert!(body.contains(&format!("{DESK}/actions/{action}?key=ORD-1")), "{action}: {body}");
            }
            assert!(!body.contains("/actions/return?"), "it is for other rows: {body}");
            assert!(!body.contains("id=\"act-"), "these ids are in the table behind the drawer: {body}");
            let own = format!("href=\"{DESK}?key=ORD-1\"");
            assert!(body.contains(&own), "the page of the row: {body}");
        }
    }
}

const DESK: &str = "/boards/desk/rows/orders";

#[tokio::test]
async fn ch_09_a_form_names_its_row_and_has_its_own_text_on_the_button() {
    let unasked = BOARDS.replacen("confirm = \"Ship order {id} to {customer} for {total}?\"", "", 1);
    let saved = unasked.replacen("label = \"Ship\"", "label = \"Ship\"\nsubmit = \"Save changes\"", 1);
    for (boards, place, heading, button, is_named) in [
        (BOARDS, SHIP, "Ship", "Ship", false),
        (&unasked, SHIP, "Ship", "Ship", true),
        (&saved, SHIP, "Ship", "Save changes", true),
        (&saved, PAYOUT, "New payout", "New payout", false),
    ] {
        let world = HostileWorld::with(boards).await;
        let (mut browser, _) = world.signed_in(BOARD).await;
        let form = browser.open(place).await;
        assert!(form.body.contains(&format!("<h1>{heading}</h1>")), "{place}: {}", form.body);
        let is_button = |part: &str| {
            part.starts_with(&format!("data-label=\"{button}\""))
                && part.contains(&format!(">{button}</button>"))
        };
        assert!(form.body.split("data-part=\"act-send\" ").any(is_button), "{}", form.body);
        let row = form.body.contains("<p class=\"act-row num\">ORD-");
        assert_eq!(row, is_named, "unless the question names it: {}", form.body);
    }
}

#[tokio::test]
async fn dw_04_what_destroys_has_a_red_button_and_no_fields_make_a_question() {
    let (red, plain) = ("class=\"button primary danger\"", "class=\"button primary\"");
    let harmless =
        BOARDS.replacen("delete = \"/orders/{id}\"", "delete = \"/orders/{id}\"\ndanger = false", 1);
    let shipping =
        BOARDS.replacen("post = \"/orders/{id}/ship\"", "post = \"/orders/{id}/ship\"\ndanger = true", 1);
    for (boards, place, button, is_question) in [
        (BOARDS, DELETE, red, true),
        (&harmless, DELETE, plain, true),
        (BOARDS, SHIP, plain, false),
        (&shipping, SHIP, red, false),
        (BOARDS, PAYOUT, plain, false),
    ] {
        let world = HostileWorld::with(boards).await;
        let (mut browser, _) = world.signed_in(BOARD).await;
        let form = browser.open(place).await;
        assert!(form.body.contains(button), "{place}: {}", form.body);
        assert_eq!(form.body.contains("data-question"), is_question, "{place}: {}", form.body);
    }
}
