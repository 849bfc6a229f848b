//! Parses the JSON of an API. A number keeps the text that the API wrote: money and long ids never become binary floats.
//! `NaN` and infinities, which Python's serializer writes, are gaps.

use std::fmt;

use jiter::{Jiter, JiterError, JiterErrorType, JsonErrorType, Peek};
use serde_json::{Map, Number, Value};

/// Deeper answers are refused, as by serde_json.
const DEPTH_MAX: usize = 128;
/// Some servers write it, although a text in UTF-8 needs none (RFC 8259 8.1 allows readers to skip it).
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

type Object = Map<String, Value>;

/// Why a body is not JSON, and where.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NotJson {
    /// The byte at which it stops being JSON, from zero.
    pub at: usize,
    pub cause: String,
}

impl fmt::Display for NotJson {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "not JSON at byte {}: {}", self.at, self.cause)
    }
}

/// The value of a body.
///
/// # Errors
/// If it is not JSON, or nested more than [`DEPTH_MAX`] levels deep.
pub(crate) fn parse(body: &[u8]) -> Result<Value, NotJson> {
    let text = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body);
    let skipped = body.len() - text.len();
    let mut parser = Jiter::new(text).with_allow_inf_nan();
    let parsed = parser.peek().and_then(|first| value(&mut parser, first, 0, &mut None)).and_then(|value| {
        parser.finish()?;
        Ok(value)
    });
    parsed.map_err(|error| {
        let cause = match &error.error_type {
            JiterErrorType::JsonError(error) => error.to_string(),
            JiterErrorType::WrongType { .. } => "unexpected value".to_owned(),
        };
        NotJson { at: error.index + skipped, cause }
    })
}

/// The bytes of memory that the value of a body will take, roughly and rather too many: a body with many small numbers
/// takes a hundred times its size.
pub(crate) fn memory_of(body: &[u8]) -> usize {
    /// A value, the room that its list has grown into, and its text.
    const VALUE: usize = size_of::<Value>() * 3 / 2 + 16;
    /// The name of a member, its hash and its index.
    const NAME: usize = size_of::<String>() * 3 / 2 + 32;
    // Each value but the first follows a comma or an opening bracket, and each name precedes a colon. Those in texts are
    // counted, too.
    let (mut values, mut names) = (1, 0);
    // Counts of one byte are added up many at a time; parts of 255 bytes cannot exceed them.
    for part in body.chunks(usize::from(u8::MAX)) {
        let (mut of_values, mut of_names) = (0u8, 0u8);
        for byte in part {
            of_values += u8::from(matches!(byte, b',' | b'[' | b'{'));
            of_names += u8::from(*byte == b':');
        }
        values += usize::from(of_values);
        names += usize::from(of_names);
    }
    body.len() + values * VALUE + names * NAME
}

/// The next value; if it is an object, it probably has the names of `like`.
fn value(
    parser: &mut Jiter<'_>,
    first: Peek,
    depth: usize,
    like: &mut Option<Object>,
) -> Result<Value, JiterError> {
    if depth > DEPTH_MAX {
        let error_type = JiterErrorType::JsonError(JsonErrorType::RecursionLimitExceeded);
        return Err(JiterError { error_type, index: parser.current_index() });
    }
    Ok(match first {
        Peek::Null => {
            parser.known_null()?;
            Value::Null
        }
        Peek::True | Peek::False => Value::Bool(parser.known_bool(first)?),
        Peek::String => Value::String(parser.known_str()?.to_owned()),
        Peek::Array => {
            let (mut items, mut like) = (Vec::new(), None);
            let mut next = parser.known_array()?;
            while let Some(first) = next {
                if let [Value::Object(row)] = items.as_slice() {
                    like = Some(row.keys().map(|name| (name.clone(), Value::Null)).collect());
                }
                items.push(value(parser, first, depth + 1, &mut like)?);
                next = parser.array_step()?;
            }
            Value::Array(items)
        }
        Peek::Object => Value::Object(object(parser, depth, like)?),
        _ => number(parser.known_number_bytes(first)?),
    })
}

/// The members of an object. Nearly all rows of a list have the same names in the same order: their maps begin as a copy
/// of `like`, which takes half the time of finding a place for each name. After the first row with other names, the rest
/// of the list does without it.
fn object(parser: &mut Jiter<'_>, depth: usize, like: &mut Option<Object>) -> Result<Object, JiterError> {
    let mut members = like.clone().unwrap_or_default();
    let mut filled = 0;
    let mut expected = members.iter_mut();
    let mut next = parser.known_object()?;
    while let (Some(name), Some((own, place))) = (next, expected.next()) {
        if own != name {
            break;
        }
        let first = parser.peek()?;
        *place = value(parser, first, depth + 1, &mut None)?;
        filled += 1;
        next = parser.next_key()?;
    }
    let mut next = next.map(str::to_owned);
    if filled < members.len() || next.is_some() {
        *like = None;
        members = members.into_iter().take(filled).collect();
    }
    while let Some(name) = next {
        let first = parser.peek()?;
        members.insert(name, value(parser, first, depth + 1, &mut None)?);
        next = parser.next_key()?.map(str::to_owned);
    }
    Ok(members)
}

/// The parser has checked that these bytes are a number, or one of the words for none.
fn number(text: &[u8]) -> Value {
    match String::from_utf8(text.to_vec()) {
        Ok(text) if text.ends_with(|c: char| c.is_ascii_digit()) => {
            // `Number::from_str` would write the exponent of `1E5` in another way.
            Value::Number(Number::from_string_unchecked(text))
        }
        _ => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn f10_a_number_keeps_the_text_that_the_api_wrote() {
        for text in [
            "0",
            "-0",
            "-0.0",
            "7",
            "12.50",
            "1745678901234567891",
            "9007199254740993",
            "123456789012345678901234567890.123456789012345678901234567890",
            "0.1000000000000000055",
            "1e5",
            "1E5",
            "1.20E+003",
            "-1e-400",
            "1e999999999999",
        ] {
            for body in [text.to_owned(), format!("[{text}]"), format!("{{\"a\":{text}}}")] {
                assert_eq!(parse(body.as_bytes()).unwrap().to_string(), body);
            }
        }
    }

    #[test]
    fn everything_else_is_read_as_by_serde_json() {
        for body in [
            r#"{"a":[1,2,{"b":null}],"c":"é\u0041\n\"","d":true,"e":false,"a":7}"#,
            "[]",
            "{}",
            " [ 1 , [ ] , { } ] ",
            r#""text""#,
            "null",
            r#"{"$serde_json::private::Number_":"7"}"#,
            // Rows with the same names, and with others.
            r#"[{"a":1,"b":2},{"a":3,"b":{"a":[{"c":1},{"c":2}]}},{"a":5,"b":6}]"#,
            r#"[{"a":1,"b":2},{"b":4,"a":3},{"a":5,"b":6}]"#,
            r#"[{"a":1,"b":2},{"a":3},{"a":5,"b":6},{}]"#,
            r#"[{"a":1,"b":2},{"a":3,"b":4,"c":5},{"a":6,"b":7}]"#,
            r#"[{"a":1,"b":2},{"a":3,"a":4},{"a":5,"b":6,"a":7}]"#,
            r#"[{"a":1},{},{"b":2},7,{"a":3}]"#,
            "[{},{},{\"a\":1}]",
        ] {
            let (read, wanted) =
                (parse(body.as_bytes()).unwrap(), serde_json::from_str::<Value>(body).unwrap());
            assert_eq!(read, wanted, "{body}");
            assert_eq!(read.to_string(), wanted.to_string(), "the order of members");
        }
        // serde_json would take this for the number 7.
        let strange = parse(br#"{"$serde_json::private::Number":"7"}"#).unwrap();
        assert!(strange.is_object());
        assert_eq!(parse(b"\xef\xbb\xbf{\"a\":1}").unwrap(), json!({ "a": 1 }));
        for body in [
            "",
            " ",
            "{",
            "[1,]",
            "{\"a\":1,}",
            "{'a':1}",
            "[01]",
            "[1.]",
            "[.5]",
            "[+1]",
            "[1e]",
            "nul",
            "1 2",
            "[1]x",
            "\"a\nb\"",
            "\"\\x\"",
            "<html>",
            "undefined",
            "[-]",
            "[--1]",
        ] {
            assert!(
                serde_json::from_str::<Value>(body).is_err() && parse(body.as_bytes()).is_err(),
                "{body}"
            );
        }
        assert!(parse(b"\"\xff\"").is_err());
        assert!(parse("[".repeat(100_000).as_bytes()).is_err());
    }

    /// The memory of a value and all below it, at the least.
    fn memory(value: &Value) -> usize {
        let below = match value {
            Value::Null | Value::Bool(_) => 0,
            Value::Number(number) => number.as_str().len(),
            Value::String(text) => text.capacity(),
            Value::Array(items) => {
                (items.capacity() - items.len()) * size_of::<Value>()
                    + items.iter().map(memory).sum::<usize>()
            }
            Value::Object(members) => {
                let each = |(name, value): (&String, &Value)| {
                    size_of::<String>() + name.capacity() + 16 + memory(value)
                };
                members.iter().map(each).sum()
            }
        };
        size_of::<Value>() + below
    }

    #[test]
    fn f27_the_memory_of_an_answer_is_estimated_and_rather_too_high() {
        let row =
            r#"{"id":"ORD-4711","customer":"Customer of p-ada","total":1234.5,"open":true,"tags":["a","b"]}"#;
        for (body, most) in [
            (format!("[{}0]", "0,".repeat(100_000)), 2.5),
            (format!("[{}0]", "[],".repeat(100_000)), 4.0),
            (format!("[{row}{}]", format!(",{row}").repeat(10_000)), 3.0),
            (format!("\"{}\"", "x".repeat(1_000_000)), 2.5),
            (r#"{"a":1}"#.to_owned(), 4.0),
        ] {
            let (estimate, least) = (memory_of(body.as_bytes()), memory(&parse(body.as_bytes()).unwrap()));
            assert!(estimate >= least, "{:.40}: {estimate} of {least}", body);
            assert!((estimate as f64) < least as f64 * most, "{:.40}: {estimate} of {least}", body);
        }
    }

    #[test]
    fn words_for_no_number_are_gaps_and_a_fault_has_its_place() {
        let body = r#"{"rows":[{"a":1},{"a":NaN},{"a":-Infinity},{"a":Infinity}]}"#;
        let rows = json!({ "rows": [{ "a": 1 }, { "a": null }, { "a": null }, { "a": null }] });
        assert_eq!(parse(body.as_bytes()).unwrap(), rows);
        let error = parse(br#"{"rows":[{"a":1},{"a":<b>}]}"#).unwrap_err();
        assert!(error.to_string().starts_with("not JSON at byte 22: "), "{error}");
    }
}
