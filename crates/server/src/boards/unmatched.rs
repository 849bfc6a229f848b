//! Why a JSONPath finds nothing: where it ends, and what is there.

use claimcheck_model::ValueShape;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json_path::JsonPath;

use crate::boards::kinds::rows::of_one;

/// Why there is nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WhyNothing {
    /// The API had no content.
    NoContent,
    /// The path leads to a list or an object without elements.
    Empty(ValueShape),
    /// The path leads to `null`.
    Null,
    /// The path matched nothing. This beginning of it leads to a value of this type, which is not empty.
    Unmatched { until: String, there: ValueShape },
}

impl WhyNothing {
    /// The path is wrong, as far as one answer tells.
    pub fn is_unmatched(&self) -> bool {
        matches!(self, Self::Unmatched { .. })
    }
}

/// What a path finds; nothing if the text is no path.
pub(super) fn at_path<'a>(path: &str, answer: &'a Value) -> Vec<&'a Value> {
    JsonPath::parse(path).map(|path| path.query(answer).all()).unwrap_or_default()
}

/// Why a path finds nothing, or nothing but an empty list.
pub(super) fn why_nothing(path: &str, answer: &Value) -> WhyNothing {
    if answer.is_null() {
        return WhyNothing::NoContent;
    }
    let mut last = ("$", vec![answer]);
    for begin in beginnings(path) {
        let found = at_path(begin, answer);
        if found.is_empty() {
            break;
        }
        last = (begin, found);
    }
    let (until, found) = last;
    let all = |is: fn(&Value) -> bool| found.iter().all(|value| is(value));
    if all(Value::is_null) {
        WhyNothing::Null
    } else if all(|value| value.as_array().is_some_and(Vec::is_empty)) {
        WhyNothing::Empty(ValueShape::List)
    } else if all(|value| value.as_object().is_some_and(serde_json::Map::is_empty)) {
        WhyNothing::Empty(ValueShape::Object)
    } else {
        let there = found.first().map_or(ValueShape::Nothing, |value| of_one(value));
        WhyNothing::Unmatched { until: until.to_owned(), there }
    }
}

/// The paths that a path begins with, the shortest first: `$`, `$.a` and `$.a[*]` for the last of them.
fn beginnings(path: &str) -> Vec<&str> {
    let (mut ends, mut depth, mut quote, mut previous) = (Vec::new(), 0_usize, None, ' ');
    for (at, c) in path.char_indices().skip(1) {
        match (quote, c) {
            (Some(_), _) if previous == '\\' => {
                // The escaped character ends nothing, and escapes nothing.
                previous = ' ';
                continue;
            }
            (Some(end), c) if c == end => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '[') => {
                if depth == 0 && previous != '.' {
                    ends.push(at);
                }
                depth += 1;
            }
            (None, ']') => depth = depth.saturating_sub(1),
            (None, '.') if depth == 0 && previous != '.' => ends.push(at),
            (None, _) => {}
        }
        previous = c;
    }
    ends.into_iter().filter_map(|end| path.get(..end)).chain([path]).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn dr_05_a_path_that_matches_nothing_is_told_from_an_empty_list() {
        let answer = json!({
            "orders": [], "none": null, "map": {}, "text": "x", "rows": [{ "items": [] }, { "items": [] }],
        });
        let unmatched = |until: &str, there| WhyNothing::Unmatched { until: until.to_owned(), there };
        for (path, why) in [
            ("$.orders[*]", WhyNothing::Empty(ValueShape::List)),
            ("$.orders", WhyNothing::Empty(ValueShape::List)),
            ("$['orders'][*]", WhyNothing::Empty(ValueShape::List)),
            ("$.map.*", WhyNothing::Empty(ValueShape::Object)),
            ("$.none[*]", WhyNothing::Null),
            ("$.rows[*].items[*]", WhyNothing::Empty(ValueShape::List)),
            ("$.rows[*].itmes[*]", unmatched("$.rows[*]", ValueShape::Object)),
            ("$.order[*]", unmatched("$", ValueShape::Object)),
            ("$['a.b[\\'c'][*]", unmatched("$", ValueShape::Object)),
            ("$.text[*]", unmatched("$.text", ValueShape::Text)),
            ("$.rows[?@.open == 'a.b'].x", unmatched("$.rows", ValueShape::List)),
            ("$..nothing", unmatched("$", ValueShape::Object)),
        ] {
            assert_eq!(why_nothing(path, &answer), why, "{path}");
        }
        assert_eq!(why_nothing("$.orders[*]", &Value::Null), WhyNothing::NoContent);
        assert_eq!(why_nothing("$[*]", &json!([])), WhyNothing::Empty(ValueShape::List));
    }
}
