//! One row of the settings table: its data for the reader of settings and for users (`--help`, the documentation), and
//! how its value becomes one text or a list.

use crate::config::{
    keys::ALL_ROWS,
    problem::{file_key, variable},
};

/// A setting with one value: a key of the file, and an environment variable.
#[derive(Clone, Copy, Debug)]
pub struct SettingRow {
    /// The key in the file, such as `public_url`.
    pub key: &'static str,
    /// What applies if it is not set.
    pub need: Requirement,
    /// Whether the value is secret. Then `…_FILE` can name a file with the value instead.
    pub is_secret: bool,
    /// The only accepted values, if it is one of a few words.
    pub values: &'static [&'static str],
    /// Whether it is one text or a list.
    pub shape: Shape,
    /// Its meaning, in one line for users. Code is in backticks.
    pub about: &'static str,
    /// An accepted value; empty if every value depends on the machine.
    pub example: &'static str,
}

impl SettingRow {
    /// The key as written in the file: settings of the brand are in the table `[brand]`.
    pub fn file_key(&self) -> String {
        file_key(self.key)
    }

    /// The environment variable, such as `CLAIMCHECK_PUBLIC_URL`.
    pub fn variable(&self) -> String {
        variable(self.key)
    }

    /// The variable that names a file with the value, if the setting is a secret.
    pub fn file_variable(&self) -> Option<String> {
        self.is_secret.then(|| format!("{}_FILE", self.variable()))
    }

    /// Its meaning, with the separator of a list.
    pub fn meaning(&self) -> String {
        match self.shape {
            Shape::Text => self.about.to_owned(),
            Shape::Local => {
                format!("{}; in the file also one per language: `{{ en = \"…\", de = \"…\" }}`", self.about)
            }
            Shape::List(Separator::Commas) => {
                format!("{}; comma-separated, or a list in the file", self.about)
            }
            Shape::List(_) => format!("{}; separated by spaces, or a list in the file", self.about),
        }
    }
}

/// What applies if a setting is not set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Requirement {
    /// The program does not start; the text describes the setting in the error.
    Required(&'static str),
    /// This text is used instead. It may be empty, for an empty list.
    Default(&'static str),
    /// The program runs without it; the text says what that means, if anything.
    Optional(&'static str),
}

/// Whether a setting is one text or a list. In an environment variable a list is one text with separators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One text.
    Text,
    /// One text, or in the file one per language.
    Local,
    /// A list: an array in the file, or one text.
    List(Separator),
}

/// What separates the items of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Separator {
    /// Spaces: no item can contain one, so the items of an array are split as well.
    Spaces,
    /// Commas: no item can contain one, so the items of an array are split as well.
    Commas,
    /// Spaces in a text only: the items of an array may contain spaces and are not split.
    SpacesOfText,
}

/// The value of a setting before parsing, without surrounding white space. An empty one counts as not set. Not `Debug`:
/// it may contain a secret.
pub(super) enum RawContent {
    Text(String),
    List(Vec<String>),
    /// By tag.
    PerLanguage(Vec<(String, String)>),
}

impl RawContent {
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Text(text) => text.is_empty(),
            Self::List(items) => items.is_empty(),
            Self::PerLanguage(texts) => texts.is_empty(),
        }
    }
}

impl Shape {
    /// The content of a text.
    pub(super) fn content_of_text(self, text: &str) -> RawContent {
        match self {
            Self::Text | Self::Local => RawContent::Text(text.trim().to_owned()),
            Self::List(Separator::SpacesOfText) => {
                RawContent::List(text.split_whitespace().map(str::to_owned).collect())
            }
            Self::List(separator) => RawContent::List(separator.split_items(&[text])),
        }
    }
}

impl Separator {
    /// The items of an array, each split if the separator requires it.
    pub(super) fn split_items(self, items: &[&str]) -> Vec<String> {
        let items = items.iter().map(|item| item.trim());
        let parts: Vec<&str> = match self {
            Self::Spaces => items.flat_map(str::split_ascii_whitespace).collect(),
            Self::SpacesOfText => items.filter(|item| !item.is_empty()).collect(),
            Self::Commas => items.flat_map(|item| item.split(',')).map(str::trim).collect(),
        };
        match parts.as_slice() {
            // An empty text. Between commas, an empty item is refused by its parser.
            [""] => Vec::new(),
            parts => parts.iter().map(|part| (*part).to_owned()).collect(),
        }
    }
}

/// Every setting with one value, in the order of the table.
pub fn reference() -> &'static [SettingRow] {
    &ALL_ROWS
}

/// The settings as a section of `claimcheck --help`, in plain text.
pub fn settings_help() -> String {
    let mut help = "Settings, as environment variables. Each is also a key of the settings file:\n\
                    CLAIMCHECK_PUBLIC_URL is public_url."
        .to_owned();
    for row in &ALL_ROWS {
        let without = match row.need {
            Requirement::Required(_) => " [required]".to_owned(),
            Requirement::Default("") | Requirement::Optional("") => String::new(),
            Requirement::Default(text) => format!(" [default: {text}]"),
            Requirement::Optional(text) => format!(" [if not set: {text}]"),
        };
        let file = row.file_variable().map(|name| format!(" [from a file: {name}]")).unwrap_or_default();
        let text = format!("{}{without}{file}", row.meaning()).replace('`', "");
        help.push_str(&format!("\n  {}{}", row.variable(), indented(&text)));
    }
    help
}

/// A text on indented lines of at most 100 characters.
fn indented(text: &str) -> String {
    const INDENT: &str = "\n          ";
    let (mut lines, mut length) = (String::new(), usize::MAX);
    for word in text.split(' ') {
        length = length.saturating_add(1 + word.chars().count());
        if length > 100 {
            lines.push_str(INDENT);
            length = INDENT.len() - 1 + word.chars().count();
        } else {
            lines.push(' ');
        }
        lines.push_str(word);
    }
    lines
}

#[cfg(test)]
mod tests {
    use crate::config::{
        ClaimPath,
        testing::{KEY, OTHER_KEY, load},
    };
    use claimcheck_oidc::Alg;

    #[test]
    fn op_10_items_of_an_array_are_taken_whole_where_they_may_hold_spaces() {
        let paths = |file: &str| {
            load(Some(file), &[]).unwrap_or_else(|error| panic!("{file}: {error}")).0.role_claims
        };
        let path = |text: &str| ClaimPath::parse(text).unwrap();
        let expected = [path("$.teams[?@.app == 'my app'].name"), path("my roles")];
        let array =
            "role_claims = [\"$.teams[?@.app == 'my app'].name\", \" my roles \", \"\", \"my roles\"]";
        assert_eq!(paths(array), expected);
        assert_eq!(paths("role_claims = \"my roles\""), [path("my"), path("roles")], "a text is split");
        assert_eq!(paths("role_claims = []"), [path("roles")], "an empty array is not set");
        let said = load(Some("role_claims = [\"$.teams[ 0\"]"), &[]).unwrap_err().to_string();
        assert!(said.contains("line 1") && !said.contains("spaces separate"), "{said}");
    }

    #[test]
    fn op_10_items_of_other_arrays_may_hold_several_values() {
        let file = format!(
            "scopes = [\"openid  a\", \"\", \"b\"]\nid_token_algs = [\"RS256 ES256\"]\n\
             session_keys = [\"{KEY}, {OTHER_KEY}\"]\ntrusted_proxies = [\"10.0.0.0/8, ::1\", \"192.0.2.1\"]"
        );
        let (settings, _) = load(Some(&file), &[]).unwrap();
        assert_eq!(settings.scopes, ["openid", "a", "b"]);
        assert_eq!(settings.id_token_algs, Some(vec![Alg::Rs256, Alg::Es256]));
        assert_eq!(settings.session_keys.unwrap().expose().len(), 2);
        assert_eq!(settings.trusted_proxies.len(), 3);
        for bad in
            ["trusted_proxies = [\"10.0.0.0/8\", \"\"]", "scopes = [\"openid\", 1]", "listen = [\"[::]:80\"]"]
        {
            assert!(load(Some(bad), &[]).unwrap_err().to_string().contains("line 1"), "{bad}");
        }
    }
}
