//! What goes in comes out: random numbers and dates of an API, in cells, files, order and actions.

use fastrand::Rng;

use super::{part, text};
use crate::support::hostile::{HostileWorld, Raw};

const BOARDS: &str = r#"
[[board]]
id = "x"
title = "Exact"

[[board.panel]]
id = "p0"
title = "Rows"
kind = "table"
get = "/rows"
rows = "$.rows[*]"
columns = [
    { key = "key", title = "Key" },
    { key = "n", title = "N", kind = "number" },
    { key = "s", title = "S", kind = "number" },
    { key = "at", title = "At", kind = "date" },
]

[[board.panel.action]]
label = "Send"
post = "/sent"
confirm = "Send {n} of {s}?"
fields = [
    { key = "n", kind = "row", value = "{n}" },
    { key = "s", kind = "row", value = "{s}" },
    { key = "at", kind = "row", value = "{at}" },
]
"#;

const ROUNDS: usize = 12;
const ROWS: usize = 40;

/// A number as an API may write it, and its value in units of 10^-12.
fn number(random: &mut Rng) -> (String, i128) {
    let digits = random.u32(1..22);
    let mut whole: i128 = 0;
    for _ in 0..digits {
        whole = whole * 10 + i128::from(random.u8(0..10));
    }
    let decimals = random.u32(0..13);
    let sign = if random.bool() { "-" } else { "" };
    let value = whole * 10_i128.pow(12 - decimals) * if sign.is_empty() { 1 } else { -1 };
    let text = match (decimals, random.u8(0..4)) {
        (0, _) => format!("{sign}{whole}"),
        (decimals, 0) => format!("{sign}{whole}E-{decimals}"),
        (decimals, _) => {
            let padded = format!("{whole:0width$}", width = decimals as usize + 1);
            let (before, after) = padded.split_at(padded.len() - decimals as usize);
            format!("{sign}{before}.{after}")
        }
    };
    (text, value)
}

/// A moment in one of the forms of serializers, and its Unix nanoseconds.
fn moment(random: &mut Rng) -> (String, i128) {
    let secs = random.i64(1_000_000_000..4_000_000_000);
    let at = jiff::Timestamp::from_second(secs).unwrap();
    let utc = at.to_zoned(jiff::tz::TimeZone::UTC);
    let ahead = jiff::tz::Offset::from_seconds(random.i32(-11..12) * 3600).unwrap();
    let local = ahead.to_datetime(at);
    let offset =
        format!("{}{:02}", if ahead.seconds() < 0 { '-' } else { '+' }, ahead.seconds().abs() / 3600);
    let text = match random.u8(0..8) {
        0 => secs.to_string(),
        1 => format!("{secs}000"),
        2 => format!("\"{}\"", utc.strftime("%Y-%m-%dT%H:%M:%SZ")),
        3 => format!("\"{}.000{offset}00\"", local.strftime("%Y-%m-%dT%H:%M:%S")),
        4 => format!("\"{}{offset}:00\"", local.strftime("%Y-%m-%d %H:%M:%S")),
        5 => format!("\"{} UTC\"", utc.strftime("%Y-%m-%d %H:%M:%S")),
        6 => format!("\"{} GMT\"", utc.strftime("%a, %d %b %Y %H:%M:%S")),
        _ => format!("\"/Date({secs}000)/\""),
    };
    (text, i128::from(secs) * 1_000_000_000)
}

/// The keys of the rows of a page, in their order.
fn keys(html: &str) -> Vec<usize> {
    let body = html.split_once("<tbody>").unwrap().1;
    let rows = body.split("<tr").skip(1);
    rows.map(|row| {
        text(row.split_once("</th>").unwrap().0.split_once('>').unwrap().1)
            .trim_start_matches('k')
            .parse()
            .unwrap()
    })
    .collect()
}

fn unquoted(text: &str) -> &str {
    text.trim_matches('"')
}

#[tokio::test]
async fn f10_r14_r07_what_goes_in_comes_out_in_cells_files_order_and_actions() {
    let world = HostileWorld::with(BOARDS).await;
    world.api.script(|script| script.answers.insert("/sent".into(), Raw::json(200, "{}")));
    let (mut browser, _) = world.signed_in("/account").await;
    let mut random = Rng::with_seed(17);
    for round in 0..ROUNDS {
        let rows: Vec<_> =
            (0..ROWS).map(|_| (number(&mut random), number(&mut random), moment(&mut random))).collect();
        let body: Vec<_> = rows
            .iter()
            .enumerate()
            .map(|(index, ((n, _), (s, _), (at, _)))| {
                format!("{{\"key\":\"k{index}\",\"n\":{n},\"s\":\"{s}\",\"at\":{at}}}")
            })
            .collect();
        let body = format!("{{\"rows\":[{}]}}", body.join(","));
        world.api.script(|script| script.answers.insert("/rows".into(), Raw::json(200, &body)));
        let file = browser.get("/boards/x/csv/p0").await.body.replace('"', "");
        for (index, ((n, _), (s, _), (at, _))) in rows.iter().enumerate() {
            let line = format!("k{index},{n},{s},{}\r\n", unquoted(at));
            assert!(file.contains(&line), "round {round}: {line} in {file}");
        }
        for (column, value) in [("n", 0), ("s", 1), ("at", 2)] {
            let page = browser.get(&format!("/boards/x?p0.sort={column}")).await;
            let shown = keys(part(&page.body, 0));
            let of = |index: usize| [rows[index].0.1, rows[index].1.1, rows[index].2.1][value];
            assert_eq!(shown.len(), ROWS);
            assert!(
                shown.windows(2).all(|pair| of(pair[0]) <= of(pair[1])),
                "round {round}, {column}: {shown:?}"
            );
        }
        let index = random.usize(0..ROWS);
        let ((n, value), (s, _), (at, _)) = &rows[index];
        let form = browser.get(&format!("/boards/x/rows/p0/actions/send?key=k{index}")).await;
        let questions = form.body.split("Send ").filter_map(|rest| Some(rest.split_once(" of ")?.0));
        let is_number = |text: &&str| text.chars().all(|c| c.is_ascii_digit() || "-,.\u{2212}".contains(c));
        let question = questions.into_iter().find(is_number).unwrap_or_else(|| panic!("{}", form.body));
        assert_eq!(units(question), *value, "{n} is shown as {question}");
        let fields = form.fields();
        let pairs: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        browser.post("/api/act", &pairs).await;
        let calls = world.api.calls();
        let sent = calls.iter().rev().find(|call| call.path == "/sent").unwrap();
        assert_eq!(sent.body, format!("{{\"n\":{n},\"s\":\"{s}\",\"at\":{at}}}"), "round {round}");
    }
}

/// A number as it is shown to a Briton, in units of 10^-12.
fn units(shown: &str) -> i128 {
    let plain = shown.replace(',', "").replace('\u{2212}', "-");
    let (sign, digits) = match plain.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, plain.as_str()),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    sign * format!("{whole}{fraction:0<12}").parse::<i128>().unwrap()
}
