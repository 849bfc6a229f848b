//! The path of a member in the body of an action's request: `amount`, `address.city`, `items.0.price`.

use std::collections::BTreeSet;

/// Deeper members are refused.
const STEPS_MAX: usize = 6;
/// The most entries of a list.
const ENTRIES_MAX: usize = 20;
const NAME_MAX: usize = 64;

/// A path: from the body to the member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberPath(Vec<Step>);

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// A member of an object.
    Member(String),
    /// An entry of a list, counted from 0.
    Entry(usize),
}

/// Two paths that cannot be in one body.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Clash {
    pub message: String,
    pub remedy: String,
}

impl MemberPath {
    /// Parses a path. The body is an object, so the first step is always a member.
    ///
    /// # Errors
    /// Describes what would be right.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let steps: Vec<Step> =
            text.split('.').enumerate().map(|(index, name)| step(index, name)).collect::<Result<_, _>>()?;
        match steps.len() {
            ..=STEPS_MAX => Ok(Self(steps)),
            _ => Err(format!("must have at most {STEPS_MAX} parts between dots")),
        }
    }

    /// The path as a label: entries are counted from 1.
    pub(super) fn words(&self) -> String {
        let word = |step: &Step| match step {
            Step::Member(name) => name.clone(),
            Step::Entry(position) => (position + 1).to_string(),
        };
        self.0.iter().map(word).collect::<Vec<_>>().join(" ")
    }

    /// The steps, at least one.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }
}

fn step(index: usize, name: &str) -> Result<Step, String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let is_position = index > 0 && !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
    match name {
        _ if is_position => match name.parse::<usize>() {
            Ok(position) if position < ENTRIES_MAX && position.to_string() == name => {
                Ok(Step::Entry(position))
            }
            _ => Err(format!("has the list position {name}; positions are 0 to {}", ENTRIES_MAX - 1)),
        },
        "" if index > 0 => Err("has an empty part; a member of an object looks like address.city".to_owned()),
        name if !name.is_empty() && name.len() <= NAME_MAX && name.chars().all(allowed) => {
            Ok(Step::Member(name.to_owned()))
        }
        _ => Err(format!(
            "must be a member name of up to {NAME_MAX} characters that consists of a-z, A-Z, 0-9, _ and -, or several \
             with dots between them"
        )),
    }
}

/// The paths that cannot be in one body with those before them, by their positions.
pub(super) fn clashes(paths: &[&MemberPath]) -> Vec<(usize, Clash)> {
    let mut found = Vec::new();
    for (index, path) in paths.iter().enumerate() {
        let before = paths.get(..index).unwrap_or_default();
        if let Some(clash) = before.iter().find_map(|other| clash(other, path)) {
            found.push((index, clash));
        }
    }
    if found.is_empty() { gaps(paths) } else { found }
}

fn clash(one: &MemberPath, other: &MemberPath) -> Option<Clash> {
    let common = one.0.iter().zip(&other.0).take_while(|(one, other)| one == other).count();
    let (one_text, other_text) = (written(&one.0), written(&other.0));
    let (message, remedy) = match (one.0.get(common), other.0.get(common)) {
        (None, None) => (format!("the key `{other_text}` is used twice"), "remove one of the two fields"),
        (None, _) | (_, None) => (
            format!("the keys `{one_text}` and `{other_text}` cannot both be sent: one is in the other"),
            "remove one of the two fields",
        ),
        (Some(Step::Entry(_)), Some(Step::Member(_))) | (Some(Step::Member(_)), Some(Step::Entry(_))) => {
            let place = written(one.0.get(..common).unwrap_or_default());
            (
                format!("the keys `{one_text}` and `{other_text}` make `{place}` a list and an object"),
                "use names or positions there, not both",
            )
        }
        _ => return None,
    };
    Some(Clash { message, remedy: remedy.to_owned() })
}

/// The entries of lists whose entries before them are missing.
fn gaps(paths: &[&MemberPath]) -> Vec<(usize, Clash)> {
    let entries: BTreeSet<&[Step]> = paths
        .iter()
        .flat_map(|path| (1..=path.0.len()).filter_map(|length| path.0.get(..length)))
        .filter(|steps| matches!(steps.last(), Some(Step::Entry(_))))
        .collect();
    let gap = |path: &&MemberPath| {
        (1..=path.0.len()).filter_map(|length| path.0.get(..length)).find_map(|steps| {
            let (Step::Entry(position), list) = (steps.last()?, steps.get(..steps.len() - 1)?) else {
                return None;
            };
            let before = position.checked_sub(1)?;
            let needed = [list, &[Step::Entry(before)]].concat();
            (!entries.contains(needed.as_slice())).then(|| Clash {
                message: format!(
                    "`{}` has no entry before it: `{}` is missing",
                    written(steps),
                    written(&needed)
                ),
                remedy: "count the entries of a list from 0, without a gap".to_owned(),
            })
        })
    };
    let mut found: Vec<(usize, Clash)> =
        paths.iter().enumerate().filter_map(|(index, path)| Some((index, gap(path)?))).collect();
    // Several members of one entry have the same gap.
    found.dedup_by(|(_, one), (_, other)| one == other);
    found
}

fn written(steps: &[Step]) -> String {
    let step = |step: &Step| match step {
        Step::Member(name) => name.clone(),
        Step::Entry(position) => position.to_string(),
    };
    steps.iter().map(step).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(keys: &[&str]) -> Vec<(usize, String)> {
        let paths: Vec<MemberPath> = keys.iter().map(|key| MemberPath::parse(key).unwrap()).collect();
        let found = clashes(&paths.iter().collect::<Vec<_>>());
        found.into_iter().map(|(index, clash)| (index, clash.message)).collect()
    }

    #[test]
    fn ac_16_a_key_is_a_path_of_bounded_depth_and_length() {
        for key in ["amount", "0", "007", "a-b_C", "address.city", "items.0", "items.19.price", "a.b.c.d.e.f"]
        {
            let path = MemberPath::parse(key).unwrap();
            assert_eq!(written(path.steps()), key);
        }
        for key in [
            "",
            ".",
            "a.",
            ".a",
            "a..b",
            "items.20",
            "items.00",
            "items.01.x",
            "items.99999999999999999999",
            "a.b.c.d.e.f.g",
            "a b",
            "a.b[0]",
            "$.a",
            "städte",
            "a/b",
            "a.-1 ",
        ] {
            assert!(MemberPath::parse(key).is_err(), "{key}");
        }
        assert!(MemberPath::parse(&"x".repeat(65)).is_err() && MemberPath::parse(&"x".repeat(64)).is_ok());
    }

    #[test]
    fn ac_16_keys_that_cannot_be_in_one_body_are_found() {
        for keys in [
            &["a", "b", "a.b.c"][..1],
            &["address.city", "address.street", "address2"],
            &["items.1.price", "items.0.price", "items.0.name"],
            &["items.0", "items.1"],
            &["m.0.0", "m.0.1", "m.1.0"],
            &["0", "1.0"],
        ] {
            assert_eq!(found(keys), [], "{keys:?}");
        }
        for (keys, index, words) in [
            (&["a", "a"][..], 1, "used twice"),
            (&["address", "address.city"], 1, "cannot both be sent"),
            (&["address.city", "address"], 1, "cannot both be sent"),
            (&["items.0", "items.0.price"], 1, "cannot both be sent"),
            (&["items.0", "items.first"], 1, "a list and an object"),
            (&["x.items.size", "x.items.0.price"], 1, "make `x.items` a list and an object"),
            (&["items.0", "items.2"], 1, "`items.1` is missing"),
            (&["items.1.price", "items.1.name"], 0, "`items.0` is missing"),
            (&["m.0.0", "m.0.2"], 1, "`m.0.1` is missing"),
        ] {
            let found = found(keys);
            assert_eq!(found.len(), 1, "{keys:?}: {found:?}");
            assert!(found[0].0 == index && found[0].1.contains(words), "{keys:?}: {found:?}");
        }
    }
}
