//! JSON generated from bytes: almost valid, because anything else is refused by the first check. As text, so that
//! members can occur twice.

use arbitrary::{Result, Unstructured};
use serde_json::{Value, json};

/// Members, valid or not, as the text of an object; and whether all of them are valid.
///
/// `others` are invalid values close to valid ones, by name.
pub fn near(
    u: &mut Unstructured<'_>,
    right: &[(&str, Value)],
    others: &[(&str, Value)],
) -> Result<(String, bool)> {
    let mut members: Vec<(String, String)> = Vec::new();
    let mut is_right = true;
    for (name, value) in right {
        match u.int_in_range(0u8..=15)? {
            15 => {}
            14 => members.push(((*name).to_owned(), wrong(u, value)?)),
            13 => {
                let mut near = others.iter().filter(|(of, _)| of == name);
                let skip = u.int_in_range(0..=7usize)?;
                let text = match near.clone().nth(skip).or_else(|| near.next()) {
                    Some((_, value)) => value.to_string(),
                    None => wrong(u, value)?,
                };
                members.push(((*name).to_owned(), text));
            }
            _ => {
                members.push(((*name).to_owned(), value.to_string()));
                continue;
            }
        }
        is_right = false;
    }
    // Further members, or the same ones again.
    while members.len() < 40 && seldom(u, 8)? {
        is_right = false;
        let extra = u.int_in_range(0..=right.len() + others.len())?;
        let (name, value) = match (right.iter().chain(others)).nth(extra) {
            Some((name, value)) => {
                ((*name).to_owned(), if u.arbitrary()? { value.to_string() } else { wrong(u, value)? })
            }
            None => (text(u)?, value_of(u, &[], 3)?.to_string()),
        };
        let at = u.int_in_range(0..=members.len())?;
        members.insert(at, (name, value));
    }
    let members: Vec<_> = members.iter().map(|(name, value)| format!("{}:{value}", json!(name))).collect();
    Ok((format!("{{{}}}", members.join(",")), is_right))
}

/// True once in this many times, and never at the end of the bytes, so that short input is valid.
pub fn seldom(u: &mut Unstructured<'_>, times: u8) -> Result<bool> {
    Ok(u.int_in_range(1..=times)? == times)
}

/// A replacement for a value.
fn wrong(u: &mut Unstructured<'_>, right: &Value) -> Result<String> {
    Ok(match u.int_in_range(0u8..=13)? {
        0 => "null".to_owned(),
        1 => "\"\"".to_owned(),
        2 => json!([right]).to_string(),
        3 => json!([right, right]).to_string(),
        4 => json!([right, "other"]).to_string(),
        5 => json!({ "a": right }).to_string(),
        6 => "[]".to_owned(),
        7 => "{}".to_owned(),
        8 => json!(right.to_string()).to_string(),
        9 => match right.as_i64() {
            Some(number) => number.saturating_add(u.int_in_range(-10_000..=10_000)?).to_string(),
            None => json!(format!("{}/", right.as_str().unwrap_or_default())).to_string(),
        },
        10 => match right.as_i64() {
            Some(number) => format!("{number}.5"),
            None => json!(right.as_str().unwrap_or_default().to_uppercase()).to_string(),
        },
        11 => number(u)?.to_string(),
        12 => json!("x".repeat(u.int_in_range(0..=1200)?)).to_string(),
        _ => value_of(u, &[], 2)?.to_string(),
    })
}

/// Any value, biased towards these names of members.
pub fn value_of(u: &mut Unstructured<'_>, names: &[&str], depth: u8) -> Result<Value> {
    let most = if depth == 0 { 5 } else { 9 };
    Ok(match u.int_in_range(0..=most)? {
        0 => Value::Null,
        1 => Value::Bool(u.arbitrary()?),
        2 | 3 => number(u)?,
        4 | 5 => Value::String(text(u)?),
        6 | 7 => {
            let count = u.int_in_range(0..=8usize)?;
            (0..count).map(|_| value_of(u, names, depth - 1)).collect::<Result<Vec<_>>>()?.into()
        }
        _ => object_of(u, names, depth)?,
    })
}

/// An object, biased towards these names of members.
pub fn object_of(u: &mut Unstructured<'_>, names: &[&str], depth: u8) -> Result<Value> {
    let count = u.int_in_range(0..=8usize)?;
    let mut members = serde_json::Map::new();
    for _ in 0..count {
        let name = match !names.is_empty() && !seldom(u, 8)? {
            true => (*u.choose(names)?).to_owned(),
            false => text(u)?,
        };
        members.insert(name, value_of(u, names, depth.saturating_sub(1))?);
    }
    Ok(Value::Object(members))
}

/// A number, often an edge case.
fn number(u: &mut Unstructured<'_>) -> Result<Value> {
    const EDGES: [&str; 16] = [
        "0",
        "-0.0",
        "1",
        "-1",
        "0.5",
        "1e308",
        "-1e308",
        "5e-324",
        "9007199254740993",
        "9223372036854775807",
        "-9223372036854775808",
        "18446744073709551615",
        "1e15",
        "1e16",
        "253402300800",
        "1e-7",
    ];
    Ok(match u.int_in_range(0u8..=3)? {
        0 => json!(u.arbitrary::<i16>()?),
        1 => json!(u.arbitrary::<i64>()?),
        2 => json!(u.arbitrary::<f64>()?),
        _ => serde_json::from_str(u.choose(&EDGES)?).unwrap(),
    })
}

/// A text, often one with a special meaning.
pub fn text(u: &mut Unstructured<'_>) -> Result<String> {
    const TEXTS: [&str; 40] = [
        "",
        " ",
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "\u{ff1d}1",
        "<b>",
        "</script>",
        "\"",
        "\" onload=\"",
        "javascript:alert(1)",
        "https://a.example/?b=1&c=2",
        "http://user:pass@a.example/",
        "//evil.example",
        "\u{0}",
        "\u{202e}abc",
        "\u{feff}",
        "2026-01-01",
        "2026-02-30",
        "2026-01",
        "2026-01-01T23:30:00Z",
        "2026-01-01T23:30:00.123456789+14:00",
        "9999-12-31T23:59:59Z",
        "-009999-01-01T00:00:00Z",
        "0000-00-00",
        "open",
        "NaN",
        "inf",
        "1e5",
        "+5",
        "1,5",
        "..",
        "%2e%2e",
        "a/b?c#d",
        "é",
        "\u{1f512}",
    ];
    Ok(match u.int_in_range(0u8..=2)? {
        0 => u.arbitrary::<&str>()?.chars().take(64).collect(),
        1 => "x".repeat(u.int_in_range(0..=600)?),
        _ => (*u.choose(&TEXTS)?).to_owned(),
    })
}
