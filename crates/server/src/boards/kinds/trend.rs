//! The small line beside a stat: where the numbers are.

use claimcheck_model::{PLACE_MAX, Place};
use serde_json::Value;
use serde_json_path::JsonPath;

use crate::boards::cells::as_decimal;

/// The last of more numbers are drawn.
const POINTS_MAX: usize = 120;

/// The places of the numbers at a path, from the left and from the top; none if there are fewer than two. Values that are
/// no numbers are left out. A path to one list has its items.
pub(super) fn trend(path: &JsonPath, answer: &Value) -> Vec<(Place, Place)> {
    let found = path.query(answer).all();
    let found: Vec<&Value> = match found.as_slice() {
        [Value::Array(items)] => items.iter().collect(),
        found => found.to_vec(),
    };
    let skipped = found.len().saturating_sub(POINTS_MAX);
    let numbers: Vec<f64> = found
        .into_iter()
        .skip(skipped)
        .filter_map(|value| Some(as_decimal(value)?.to_f64()))
        .filter(|number| number.is_finite())
        .collect();
    let (low, high) = numbers.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), number| {
        (low.min(*number), high.max(*number))
    });
    let last = numbers.len().saturating_sub(1);
    if last == 0 {
        return Vec::new();
    }
    let place = |share: f64| (share.clamp(0.0, 1.0) * f64::from(PLACE_MAX)).round() as Place;
    let height = |number: f64| match high > low {
        true => (high - number) / (high - low),
        // A line of equal numbers is in the middle.
        false => 0.5,
    };
    let point = |(index, number): (usize, &f64)| (place(index as f64 / last as f64), place(height(*number)));
    numbers.iter().enumerate().map(point).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_trend_has_the_places_of_its_numbers() {
        let at = |path: &str, answer: &Value| trend(&JsonPath::parse(path).unwrap(), answer);
        let answer = json!({ "days": [{ "n": 1 }, { "n": "3.0" }, { "n": null }, { "n": 2 }], "list": [5, 5], "one": [1] });
        assert_eq!(at("$.days[*].n", &answer), [(0, 10_000), (5000, 0), (10_000, 5000)]);
        assert_eq!(at("$.list", &answer), [(0, 5000), (10_000, 5000)]);
        for none in ["$.one", "$.days", "$.nothing", "$.days[0].n"] {
            assert!(at(none, &answer).is_empty(), "{none}");
        }
        let many: Vec<_> = (0..1000).collect();
        assert_eq!(at("$", &json!(many)).len(), POINTS_MAX);
    }
}
