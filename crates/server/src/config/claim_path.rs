//! The place of a value in a user's claims, and the texts found there: roles, groups, a department. Handles every form
//! in which providers send such claims, independent of their use.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use serde_json_path::JsonPath;

use super::{boards::title_from_key, people::RoleSeparators, values::Parsed};

const PATH_MAX_CHARS: usize = 256;
/// Limits for the number and length of roles. A longer role is dropped: if it were cut off, it could match another one.
const VALUES_MAX: usize = 1000;
const VALUE_MAX_CHARS: usize = 256;

/// The claim with exactly that name (`roles`, `https://example.com/roles`); else nested names, joined by dots
/// (`realm_access.roles`); or a JSONPath into the claims (RFC 9535) if it starts with `$`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimPath {
    pub(super) text: String,
    json_path: Option<JsonPath>,
}

/// A text, and its form.
type ClaimValue = (String, Form);

/// Where a text was found.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// The whole claim: it may contain several values.
    Text,
    /// An item of a list: one value even if it contains spaces.
    Item,
    /// The name of a member of an object: one value.
    Name,
}

impl ClaimPath {
    /// # Errors
    /// Describes the format of a path.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() || text.chars().count() > PATH_MAX_CHARS || text.chars().any(char::is_control) {
            return Err(format!(
                "must be the name of a claim or a path of at most {PATH_MAX_CHARS} characters, such as roles, \
                 realm_access.roles or $.roles[*]"
            ));
        }
        if text.starts_with('$') {
            let path = JsonPath::parse(text).map_err(|error| {
                format!("`{text}` is not a valid JSONPath ({error}). Example: $.roles[*]")
            })?;
            return Ok(Self { text: text.to_owned(), json_path: Some(path) });
        }
        if text.starts_with('.') || text.ends_with('.') || text.contains("..") {
            return Err(format!(
                "`{text}` has an empty name before or after a dot. Example: realm_access.roles"
            ));
        }
        Ok(Self { text: text.to_owned(), json_path: None })
    }

    /// The values at the path, in order, each once: the texts of an array; the names in an object, unless their value is
    /// `false` or `null`; a text as a whole and in its parts, as the separators divide it, or the items of the array that
    /// it contains. A number or a boolean counts as its text, anything else is ignored.
    pub fn values(&self, claims: &Map<String, Value>, separators: &RoleSeparators) -> Vec<String> {
        let mut seen = BTreeSet::new();
        let mut values = Vec::new();
        for (text, form) in self.found(claims) {
            let mut all = vec![text.trim().to_owned()];
            match (form, unpacked(&text)) {
                (Form::Name, _) => {}
                (_, Some(items)) => all.extend(items),
                (_, None) => {
                    let parts = separators.divide(&text, form == Form::Item);
                    all.extend(parts.into_iter().map(str::to_owned));
                }
            }
            for value in all.into_iter().filter(|value| is_value(value)) {
                if values.len() == VALUES_MAX {
                    return values;
                }
                if seen.insert(value.clone()) {
                    values.push(value);
                }
            }
        }
        values
    }

    /// Whether one of these is at the path: as the whole text, a whole text in the array, or a name in the object.
    pub fn is_one_of(&self, claims: &Map<String, Value>, wanted: &[String]) -> bool {
        self.found(claims).iter().any(|(text, _)| wanted.contains(text))
    }

    /// Whether there is anything at the path, of whatever kind.
    pub fn is_there(&self, claims: &Map<String, Value>) -> bool {
        !self.nodes(claims).is_empty()
    }

    /// Everything at the path, of whatever kind.
    pub(super) fn nodes(&self, claims: &Map<String, Value>) -> Vec<Value> {
        match &self.json_path {
            Some(path) => path.query(&Value::Object(claims.clone())).iter().copied().cloned().collect(),
            None => at(claims, &self.text).cloned().into_iter().collect(),
        }
    }

    /// Whether the path may lead into the claim of that name.
    pub fn begins_with(&self, claim: &str) -> bool {
        let path = self.text.trim_start_matches(['$', '.', '[', '\'', '"']);
        path.strip_prefix(claim)
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    }

    /// The claims in which the path finds something.
    pub fn claims(&self, claims: &Map<String, Value>) -> Vec<String> {
        match &self.json_path {
            Some(path) => {
                let all = Value::Object(claims.clone());
                let found = path.query_located(&all);
                let names = found.locations().filter_map(|at| at.first()?.as_name().map(str::to_owned));
                names.collect()
            }
            None => vec![self.text.clone()],
        }
    }

    /// The label of the value at the path: "Department", or "Cost centre" for `https://example.com/cost_centre`.
    pub fn in_words(&self) -> String {
        let mut names = self.text.rsplit(|c: char| !(c.is_alphanumeric() || "_-".contains(c)));
        let name = names.find(|name| name.contains(char::is_alphabetic));
        title_from_key(name.unwrap_or(&self.text))
    }

    fn found(&self, claims: &Map<String, Value>) -> Vec<ClaimValue> {
        let mut found = Vec::new();
        match &self.json_path {
            Some(path) => {
                let all = Value::Object(claims.clone());
                for node in path.query_located(&all).iter() {
                    let is_listed = node.location().iter().any(|step| step.is_index());
                    let form = if is_listed { Form::Item } else { Form::Text };
                    take(node.node(), form, &mut found);
                }
            }
            None => at(claims, &self.text).into_iter().for_each(|value| take(value, Form::Text, &mut found)),
        }
        found
    }
}

/// The member of that name, else a nested one. Names may contain dots themselves, so the longest match counts.
fn at<'a>(object: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    object.get(path).or_else(|| {
        let mut dots = path.rmatch_indices('.');
        dots.find_map(|(dot, _)| at(object.get(&path[..dot])?.as_object()?, &path[dot + 1..]))
    })
}

fn take(value: &Value, form: Form, found: &mut Vec<ClaimValue>) {
    match value {
        Value::Array(items) => {
            found.extend(items.iter().take(VALUES_MAX).filter_map(text).map(|text| (text, Form::Item)));
        }
        // Zitadel: `{ "admin": { "2231": "example.com" } }`.
        Value::Object(members) => {
            let holds = |value: &Value| !matches!(value, Value::Null | Value::Bool(false));
            let names = members.iter().filter(|(_, value)| holds(value)).map(|(name, _)| name);
            found.extend(names.take(VALUES_MAX).map(|name| (name.clone(), Form::Name)));
        }
        value => found.extend(text(value).map(|text| (text, form))),
    }
}

/// The items of an array that was written into a text: as JSON, or in brackets without quotes, as Cognito writes
/// attributes with several values.
fn unpacked(text: &str) -> Option<Vec<String>> {
    let inner = text.trim().strip_prefix('[')?.strip_suffix(']')?;
    if let Ok(items) = serde_json::from_str::<Vec<Value>>(text.trim()) {
        return Some(items.iter().filter_map(self::text).collect());
    }
    Some(inner.split(',').map(|item| item.trim().to_owned()).collect())
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(is) => Some(is.to_string()),
        Value::Array(_) | Value::Object(_) | Value::Null => None,
    }
}

/// Whether this can be a role, or the value that a claim must have.
pub(super) fn is_value(text: &str) -> bool {
    !text.trim().is_empty()
        && !text.chars().any(char::is_control)
        && text.chars().nth(VALUE_MAX_CHARS).is_none()
}

/// A list of paths, each once.
pub(super) fn parse_paths(texts: &[String]) -> Parsed<Vec<ClaimPath>> {
    let mut paths = Vec::new();
    for text in texts {
        let path = ClaimPath::parse(text).map_err(|error| match text.contains(char::is_whitespace) {
            true => error,
            // Perhaps part of a path that was split at its spaces.
            false => {
                format!("{error} (spaces separate paths: a JSONPath with spaces must be an item of a list)")
            }
        })?;
        if !paths.contains(&path) {
            paths.push(path);
        }
    }
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn values(path: &str, claims: &Value) -> Vec<String> {
        let separators = RoleSeparators::white_space();
        ClaimPath::parse(path).unwrap().values(claims.as_object().unwrap(), &separators)
    }

    #[test]
    fn roles_are_found_where_providers_put_them() {
        for (what, path, claims, roles) in [
            (
                "Auth0",
                "https://example.com/roles",
                json!({ "https://example.com/roles": ["a", "b c"] }),
                "a|b c",
            ),
            (
                "Auth0, metadata",
                "https://example.com/app.roles",
                json!({ "https://example.com/app": { "roles": ["a"] } }),
                "a",
            ),
            (
                "Keycloak, realm",
                "realm_access.roles",
                json!({ "realm_access": { "roles": ["a", "b"] } }),
                "a|b",
            ),
            (
                "Keycloak, client",
                "resource_access.my-client.roles",
                json!({ "resource_access": { "my-client": { "roles": ["a"] }, "account": { "roles": ["x"] } } }),
                "a",
            ),
            (
                "Keycloak, a client with dots",
                "resource_access.app.example.com.roles",
                json!({ "resource_access": { "app": { "roles": ["x"] }, "app.example.com": { "roles": ["a"] } } }),
                "a",
            ),
            ("Entra", "roles", json!({ "roles": ["Task.Write"], "groups": ["5c1f"] }), "Task.Write"),
            ("Okta", "groups", json!({ "groups": ["Everyone", "Night shift"] }), "Everyone|Night shift"),
            ("words", "roles", json!({ "roles": " a  b a " }), "a  b a|a|b"),
            ("the exact name wins", "a.b", json!({ "a.b": "exact", "a": { "b": "within" } }), "exact"),
            (
                "JSONPath",
                "$.teams[?@.app=='x'].name",
                json!({ "teams": [
                { "app": "x", "name": "Team lead" }, { "app": "y", "name": "no" }, { "app": "x", "name": "b" },
            ] }),
                "Team lead|b",
            ),
            ("JSONPath to an array", "$.a.roles", json!({ "a": { "roles": ["a b", "c"] } }), "a b|c"),
            ("JSONPath to a text", "$.a.roles", json!({ "a": { "roles": "a b" } }), "a b|a|b"),
            (
                "JSONPath by name",
                "$['https://x.example/r'][*]",
                json!({ "https://x.example/r": ["a", "b"] }),
                "a|b",
            ),
            ("numbers and booleans", "ids", json!({ "ids": [7, true, "x", 1.5] }), "7|true|x|1.5"),
            ("one number", "level", json!({ "level": 3 }), "3"),
        ] {
            assert_eq!(values(path, &claims).join("|"), roles, "{what}");
        }
    }

    #[test]
    fn what_is_no_role_is_none() {
        let long = "x".repeat(VALUE_MAX_CHARS + 1);
        for claims in [
            json!({}),
            json!({ "roles": null }),
            json!({ "roles": {} }),
            json!({ "roles": { "admin": false, "user": null } }),
            json!({ "roles": [null, {}, ["admin"], "", " ", "a\u{0}b", long] }),
            json!({ "roles": long }),
            json!({ "roles": " \n " }),
            json!({ "Roles": ["admin"] }),
            json!({ "a": { "roles": ["admin"] } }),
        ] {
            assert_eq!(values("roles", &claims), [""; 0], "{claims}");
        }
        let just = "x".repeat(VALUE_MAX_CHARS);
        assert_eq!(values("roles", &json!({ "roles": [just] })), [just]);
        for claims in
            [json!({ "a": "b" }), json!({ "a": ["b"] }), json!({ "a": { "c": 1 } }), json!({ "a": null })]
        {
            assert_eq!(values("a.b", &claims), [""; 0], "{claims}");
            assert_eq!(values("$.a.b", &claims), [""; 0], "{claims}");
        }
        let many: Vec<_> = (0..5000).map(|n| format!("r{n}")).collect();
        assert_eq!(values("roles", &json!({ "roles": many })).len(), VALUES_MAX);
        assert_eq!(values("roles", &json!({ "roles": many.join(" ") })).len(), VALUES_MAX);
        assert_eq!(values("$.roles[*]", &json!({ "roles": many })).len(), VALUES_MAX);
    }

    #[test]
    fn r23_the_keys_of_an_object_are_roles_unless_their_value_denies_them() {
        let zitadel = "urn:zitadel:iam:org:project:roles";
        for (path, claims, roles) in [
            (zitadel, json!({ zitadel: { "admin": { "2231": "example.com" }, "Admin": {} } }), "Admin|admin"),
            ("roles", json!({ "roles": { "a": true, "b": false, "c": null, "d": 0, "e": "" } }), "a|d|e"),
            ("app.roles", json!({ "app": { "roles": { "a,b": 1 } } }), "a,b"),
            ("$.a[*].r", json!({ "a": [{ "r": { "a": 1 } }, { "r": { "b": {} } }] }), "a|b"),
            ("roles", json!({ "roles": [{ "admin": true }] }), ""),
        ] {
            // The order of an object's members has no meaning.
            let mut found = values(path, &claims);
            found.sort();
            assert_eq!(found.join("|"), roles, "{path} {claims}");
        }
        let claims = json!({ "roles": { "admin": {}, "user": false } });
        let is = |wanted: &str| {
            let path = ClaimPath::parse("roles").unwrap();
            path.is_one_of(claims.as_object().unwrap(), &[wanted.to_owned()])
        };
        assert!(is("admin") && !is("user"));
    }

    #[test]
    fn r24_a_text_counts_as_a_whole_and_in_the_parts_that_the_separators_make() {
        let separators = |texts: &[&str]| {
            RoleSeparators::parse(&texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>()).unwrap()
        };
        for (set, groups, roles) in [
            (&["space"][..], json!("Domain Users"), "Domain Users|Domain|Users"),
            (&["space"], json!(["Domain Users"]), "Domain Users"),
            (&["space"], json!("CN=Admins,OU=Groups,DC=x"), "CN=Admins,OU=Groups,DC=x"),
            (&["space"], json!("[\"a b\",\"c\"]"), "[\"a b\",\"c\"]|a b|c"),
            (&["space"], json!("[a b, c]"), "[a b, c]|a b|c"),
            (&["none"], json!("Domain Users"), "Domain Users"),
            (&[","], json!("Domain Users, b,"), "Domain Users, b,|Domain Users|b"),
            (&[",", ";", "space"], json!("a b;c,d"), "a b;c,d|a|b|c|d"),
            (&["|"], json!("a|b"), "a|b/a/b"),
            (&[","], json!(["a,b", "c d"]), "a,b|a|b|c d"),
        ] {
            let claims = json!({ "groups": groups });
            let found =
                ClaimPath::parse("groups").unwrap().values(claims.as_object().unwrap(), &separators(set));
            assert_eq!(found.join("|"), roles.replace('/', "|"), "{set:?} {groups}");
        }
    }

    #[test]
    fn a_claim_is_what_it_says_as_a_whole() {
        let claims = json!({ "department": "Human Resources", "groups": ["Night shift", "b"], "level": 3 });
        let is = |path: &str, wanted: &str| {
            let path = ClaimPath::parse(path).unwrap();
            path.is_one_of(claims.as_object().unwrap(), &["other".to_owned(), wanted.to_owned()])
        };
        assert!(is("department", "Human Resources") && is("groups", "b") && is("level", "3"));
        assert!(is("$.groups[0]", "Night shift"));
        for (path, wanted) in [
            ("department", "Resources"),
            ("department", "human resources"),
            ("groups", "Night"),
            ("none", ""),
        ] {
            assert!(!is(path, wanted), "{path} {wanted}");
        }
    }

    #[test]
    fn a_path_has_a_name_that_people_read() {
        for (path, name) in [
            ("department", "Department"),
            ("https://example.com/cost_centre", "Cost centre"),
            ("realm_access.roles", "Roles"),
            ("$.teams[0].name", "Name"),
            ("$['job title'][0]", "Title"),
            ("42", "42"),
        ] {
            assert_eq!(ClaimPath::parse(path).unwrap().in_words(), name, "{path}");
        }
    }
}
