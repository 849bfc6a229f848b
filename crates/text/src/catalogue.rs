//! The parsed files of all languages.

use std::{borrow::Cow, sync::OnceLock};

use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};
use fluent_syntax::ast::Entry;
use rust_embed::RustEmbed;
use rustc_hash::FxHashMap;
use unic_langid::LanguageIdentifier;

/// The tag of the reference language, which has every text.
const REFERENCE: &str = "en";

#[derive(RustEmbed)]
#[folder = "locales"]
struct Files;

/// The texts of one language.
pub(crate) struct Catalogue {
    tag: &'static str,
    bundle: FluentBundle<FluentResource>,
    messages: FxHashMap<String, Message>,
}

/// A text.
pub(crate) enum Message {
    /// Without arguments, formatted once.
    Plain(&'static str),
    /// With arguments, by its id in the bundle.
    Pattern(String),
}

/// Every language, English first, the others by tag.
pub(crate) fn catalogues() -> &'static [Catalogue] {
    static ALL: OnceLock<Vec<Catalogue>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut all: Vec<_> = Files::iter().filter_map(|file| Catalogue::read(&file)).collect();
        all.sort_by_key(|catalogue| (catalogue.tag != REFERENCE, catalogue.tag));
        all
    })
}

impl Catalogue {
    /// English.
    pub(crate) fn reference() -> &'static Self {
        static EMPTY: OnceLock<Catalogue> = OnceLock::new();
        catalogues().first().unwrap_or_else(|| {
            EMPTY.get_or_init(|| Self {
                tag: REFERENCE,
                bundle: FluentBundle::new_concurrent(Vec::new()),
                messages: FxHashMap::default(),
            })
        })
    }

    /// Reads a file of the folder. Errors in it are reported by a test of this crate; here, faulty entries are skipped.
    fn read(file: &str) -> Option<Self> {
        let tag: &'static str = file.strip_suffix(".ftl")?.to_owned().leak();
        let text = match Files::get(file)?.data {
            Cow::Borrowed(bytes) => String::from_utf8(bytes.to_vec()).ok()?,
            Cow::Owned(bytes) => String::from_utf8(bytes).ok()?,
        };
        let resource = FluentResource::try_new(text).unwrap_or_else(|(resource, _)| resource);
        let ids = ids(&resource);
        let locale: LanguageIdentifier = tag.parse().ok()?;
        let mut bundle = FluentBundle::new_concurrent(vec![locale]);
        // All our languages are written from left to right, and arguments from others are sanitized before they are
        // shown.
        bundle.set_use_isolating(false);
        let _ = bundle.add_resource(resource);
        let messages = ids.into_iter().map(|id| (id.clone(), Message::of(&bundle, id))).collect();
        Some(Self { tag, bundle, messages })
    }

    pub(crate) fn tag(&self) -> &'static str {
        self.tag
    }

    /// A text in this language.
    pub(crate) fn message(&'static self, id: &str) -> Option<&'static Message> {
        self.messages.get(id)
    }

    pub(crate) fn format(&self, message: &Message, arguments: &FluentArgs<'_>) -> String {
        match message {
            Message::Plain(text) => (*text).to_owned(),
            Message::Pattern(id) => {
                let pattern = self.bundle.get_message(id).and_then(|message| message.value());
                let text = pattern
                    .map(|pattern| self.bundle.format_pattern(pattern, Some(arguments), &mut Vec::new()));
                text.map_or_else(|| id.clone(), Cow::into_owned)
            }
        }
    }
}

impl Message {
    fn of(bundle: &FluentBundle<FluentResource>, id: String) -> Self {
        let Some(pattern) = bundle.get_message(&id).and_then(|message| message.value()) else {
            return Self::Pattern(id);
        };
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, None, &mut errors).into_owned();
        // A text with arguments cannot be formatted without them.
        if errors.is_empty() { Self::Plain(text.leak()) } else { Self::Pattern(id) }
    }
}

/// The ids of the messages of a file.
fn ids(resource: &FluentResource) -> Vec<String> {
    let id = |entry: &Entry<&str>| match entry {
        Entry::Message(message) => Some(message.id.name.to_owned()),
        _ => None,
    };
    resource.entries().filter_map(id).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use fluent_syntax::ast::{Expression, InlineExpression, Pattern, PatternElement};

    use super::*;

    /// The variables of each message of a file.
    fn messages(resource: &FluentResource) -> BTreeMap<String, BTreeSet<String>> {
        let mut found = BTreeMap::new();
        for entry in resource.entries() {
            if let Entry::Message(message) = entry {
                let mut names = BTreeSet::new();
                message.value.iter().for_each(|pattern| variables(pattern, &mut names));
                let earlier = found.insert(message.id.name.to_owned(), names);
                assert!(earlier.is_none(), "{} is there twice", message.id.name);
            }
        }
        found
    }

    fn variables(pattern: &Pattern<&str>, found: &mut BTreeSet<String>) {
        for element in &pattern.elements {
            let PatternElement::Placeable { expression } = element else { continue };
            let inline = match expression {
                Expression::Inline(inline) => inline,
                Expression::Select { selector, variants } => {
                    variants.iter().for_each(|variant| variables(&variant.value, found));
                    selector
                }
            };
            if let InlineExpression::VariableReference { id } = inline {
                found.insert(id.name.to_owned());
            }
        }
    }

    fn resources() -> BTreeMap<String, FluentResource> {
        let read = |file: Cow<'static, str>| {
            let text = String::from_utf8(Files::get(&file).unwrap().data.to_vec()).unwrap();
            assert!(!text.contains(['\u{e000}', '\u{e001}']), "{file}: private use characters");
            let resource = FluentResource::try_new(text);
            (file.to_string(), resource.unwrap_or_else(|(_, errors)| panic!("{file}: {errors:?}")))
        };
        Files::iter().map(read).collect()
    }

    #[test]
    fn every_language_has_every_text_with_the_same_arguments() {
        let all = resources();
        assert!(all.len() >= 2, "the files were found");
        let reference = messages(&all["en.ftl"]);
        for (file, resource) in &all {
            let own = messages(resource);
            for (id, names) in &reference {
                assert_eq!(own.get(id), Some(names), "{file}: {id}");
            }
            for id in own.keys() {
                assert!(reference.contains_key(id), "{file}: {id} is in no other file");
            }
        }
    }

    #[test]
    fn a_text_without_arguments_is_formatted_once() {
        for catalogue in catalogues() {
            assert!(matches!(catalogue.message("language-name"), Some(Message::Plain(_))));
            assert!(matches!(catalogue.message("row-count"), Some(Message::Pattern(_))));
            assert!(catalogue.message("no-such-text").is_none());
        }
    }
}
