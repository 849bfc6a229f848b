//! Names and places of pages.

use super::*;

fn setting(by: PageBy) -> PageSetting {
    PageSetting { size: 200, limit: Some("limit".into()), by, all: None }
}

fn offset() -> PageBy {
    PageBy::Offset("offset".into())
}

fn query(page: &str) -> PanelQuery {
    let page = (!page.is_empty()).then(|| page.to_owned());
    PanelQuery { page, ..PanelQuery::default() }
}

fn place(page: &str, shown: u64, total: Option<u64>) -> (Option<u64>, Option<String>, Option<String>) {
    let place = counted(&setting(offset()), &query(page), (shown, total), false, ("orders", "lines"));
    (place.first, place.previous, place.next)
}

#[test]
fn pages_lead_on_as_far_as_there_are_rows() {
    let own = |text: &str| Some(text.to_owned());
    for (page, shown, total, expected) in [
        ("", 200, None, (Some(1), None, own("2"))),
        ("3", 10, None, (Some(401), own("2"), None)),
        ("2", 200, Some(500), (Some(201), own(""), own("3"))),
        ("2", 200, Some(400), (Some(201), own(""), None)),
        ("900", 0, Some(500), (Some(179_801), own("3"), None)),
        ("1", 5, Some(5), (Some(1), None, None)),
    ] {
        assert_eq!(place(page, shown, total), expected, "{page}");
    }
    for strange in ["0", "-1", "x", "99999999999999999999", "1e9", "2~0", "2~201", "~", "2~", "1~1~1"] {
        let first = place(strange, 200, None).0;
        assert!(first == Some(1) || strange == "2~" && first == Some(201), "{strange}");
    }
}

#[test]
fn f35_no_row_is_left_out_if_an_api_returns_fewer_than_it_was_asked_for() {
    for (cap, total) in [(100, 812), (7, 100), (199, 1000), (200, 812), (1, 5), (3, 3), (50, 49)] {
        for by in [offset(), PageBy::Number { parameter: "page".into(), first: 1 }] {
            for has_total in [true, false] {
                let setting = setting(by.clone());
                // An API that counts pages counts those of its own size.
                let rows = |page: &str| {
                    let asked = Counted::of(&query(page), &setting);
                    let start = match setting.by {
                        PageBy::Offset(_) => asked.offset() as usize,
                        _ => (asked.number as usize - 1) * cap,
                    };
                    start.min(total)..(start + cap).min(total)
                };
                let (mut page, mut seen, mut requests) = (String::new(), vec![false; total], 0);
                loop {
                    requests += 1;
                    assert!(requests <= total.div_ceil(cap) + 1, "it ends");
                    let range = rows(&page);
                    let shown = range.len() as u64;
                    seen[range].fill(true);
                    let told = has_total.then_some(total as u64);
                    // What asking for the next page finds.
                    let next = after_short(&setting, &query(&page), shown).filter(|_| !has_total);
                    let follow = next.is_some_and(|next| !rows(&next).is_empty());
                    match counted(&setting, &query(&page), (shown, told), follow, ("orders", "lines")).next {
                        Some(next) => page = next,
                        None => break,
                    }
                }
                assert!(seen.iter().all(|is| *is), "{cap} of {total}, {:?}, {has_total}", setting.by);
            }
        }
    }
}
