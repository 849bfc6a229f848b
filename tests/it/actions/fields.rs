//! Form input: refused field by field, nothing lost, and accepted the second time.

use super::*;

#[tokio::test]
async fn what_cannot_be_sent_is_said_at_its_field_and_what_was_typed_stays() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    for (bad, good, words) in [
        (("field-carrier", ""), ("field-carrier", "PO"), "This field is required."),
        (("field-carrier", "Zeppelin"), ("field-carrier", "DHL"), "Choose one of the options."),
        (("field-parcels", "0"), ("field-parcels", "1"), "Enter a number from 1 to 9."),
        (("field-parcels", "2.5"), ("field-parcels", "2"), "Enter a whole number."),
        (
            ("field-note", "abcdefghijklmnopqrstu"),
            ("field-note", "abcdefghijklmnopqrst"),
            "21 characters long",
        ),
        (("field-note", "a\u{1}b"), ("field-note", "a\tb"), "contains a character that isn’t allowed"),
    ] {
        let before = changes(&world).len();
        let others = [("field-carrier", "DHL"), ("field-note", "so"), ("field-parcels", "3")];
        let with =
            |(name, value)| others.map(|(other, text)| (other, if other == name { value } else { text }));
        let fields = filled(&browser.get(SHIP).await, &with(bad));
        let again = send_and_follow(&mut browser, &fields).await;
        assert!(again.path().contains("kept="), "{}", again.path());
        assert!(
            again.body.contains(words) && again.body.contains("aria-invalid=\"true\""),
            "{bad:?}: {}",
            again.body
        );
        for (name, value) in with(bad).iter().filter(|(name, _)| *name != "field-carrier" && *name != bad.0) {
            assert!(again.body.contains(value), "{name} is still there: {}", again.body);
        }
        assert_eq!(changes(&world).len(), before, "{bad:?}");
        let landed = send_and_follow(&mut browser, &filled(&again, &with(good))).await;
        assert!(landed.body.contains(SHIPPED), "{good:?}: {}", landed.body);
        assert_eq!(changes(&world).len(), before + 1, "{good:?}");
    }
}

#[tokio::test]
async fn numbers_and_days_are_what_they_look_like() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    for (amount, on, sent) in [
        ("1e3", "", None),
        ("inf", "", None),
        ("1.000,50", "", None),
        ("1,500", "", None),
        ("1.250", "", None),
        ("1,000.50", "", None),
        ("0.5", "", None),
        ("1000.01", "", None),
        ("12", "2026-02-30", None),
        ("12", "tomorrow", None),
        ("12", "2026-02-28", Some("{\"amount\":12,\"on\":\"2026-02-28\",\"to\":\"Mei\",\"urgent\":false}")),
        ("12,5", "", Some("{\"amount\":12.5,\"to\":\"Mei\",\"urgent\":false}")),
        (" 7.25 ", "", Some("{\"amount\":7.25,\"to\":\"Mei\",\"urgent\":false}")),
    ] {
        let before = changes(&world).len();
        let form = browser.get(PAYOUT).await;
        let fields = filled(&form, &[("field-to", "Mei"), ("field-amount", amount), ("field-on", on)]);
        send_and_follow(&mut browser, &fields).await;
        let body = changes(&world)
            .get(before)
            .map(|call| serde_json::from_str::<serde_json::Value>(&call.body).unwrap());
        assert_eq!(body, sent.map(|text| serde_json::from_str(text).unwrap()), "{amount} {on}");
    }
}

#[tokio::test]
async fn ac_02_what_is_not_declared_is_not_sent_and_the_rows_own_is_not_the_browsers() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let mut more = SHIP_FIELDS.to_vec();
    more.extend([("field-buyer", "Eve"), ("field-discount", "100"), ("discount", "100")]);
    let form = browser.get(SHIP).await;
    send_and_follow(&mut browser, &filled(&form, &more)).await;
    let body = &changes(&world)[0].body;
    assert!(
        body.contains("Customer of p-ada") && !body.contains("Eve") && !body.contains("discount"),
        "{body}"
    );
}
