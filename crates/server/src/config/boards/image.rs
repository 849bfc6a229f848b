//! How the images of a member look: the text in place of the image, the size of its box, and its shape.

use claimcheck_model::ImageSize;

use super::{by_name, sentence::Sentence};
use crate::config::{
    reader::TomlTable,
    toml_key::{TomlKey, flag, one_of as named, text},
};

/// The keys of images.
pub(super) const ALT: TomlKey = text(
    "alt",
    "what an image shows, as text with members of the row, such as `Photo of {name}`; by default the name of the row",
);
pub(super) const SIZE: TomlKey = named("size", sizes, "the size of images: `small` or `medium`");
pub(super) const ROUND: TomlKey = flag("round", "whether images are round, as portraits are");
/// Their names.
pub(super) const NAMES: [&str; 3] = [ALT.name, SIZE.name, ROUND.name];

fn sizes() -> Vec<&'static str> {
    ImageSize::ALL.into_iter().map(ImageSize::name).collect()
}

/// How the images of a member look.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImageSetting {
    /// What an image shows; without it, the name of its row.
    pub alt: Option<Sentence>,
    pub size: ImageSize,
    pub is_round: bool,
    /// One of its keys is set, which makes the member one of images.
    pub is_set: bool,
}

/// Reads the keys of images.
pub(super) fn read(at: &mut TomlTable<'_, '_>) -> ImageSetting {
    let alt = at.optional("alt", Sentence::parse);
    let size = at.optional("size", |text| by_name(text, &ImageSize::ALL, ImageSize::name));
    ImageSetting {
        alt,
        size: size.unwrap_or_default(),
        is_round: at.flag("round").unwrap_or_default(),
        is_set: NAMES.iter().any(|key| at.has(key)),
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{boards::tests::pairs, testing};

    #[test]
    fn im_06_keys_of_images_without_effect_are_refused_at_their_place() {
        let with = |begin: &str, more: &str| format!("{begin}{more}");
        let table = "kind = \"table\"\nget = \"/c\"\nrows = \"$.r[*]\"\n";
        let column = |more: &str| {
            with(table, &format!("columns = [\"N\", {{ key = \"a\", title = \"A\", {more} }}]"))
                .replace("\"N\"", "{ key = \"n\", title = \"N\" }")
        };
        let list = "kind = \"list\"\nget = \"/c\"\nrows = \"$.r[*]\"\nlabel = \"n\"\n";
        let facts = "kind = \"facts\"\nget = \"/c\"\n";
        let right = || column("kind = \"image\", size = \"medium\", round = true, alt = \"Photo of {n}\"");
        let cases = [
            ("columns[1].size", column("kind = \"image\", size = \"huge\""), right()),
            ("columns[1].alt", column("kind = \"image\", alt = \"Photo of {n\""), right()),
            ("columns[1].round", column("kind = \"image\", round = \"yes\""), right()),
            ("columns[1].round", column("kind = \"tag\", round = true"), column("round = true")),
            (
                "columns[1].size",
                column("size = \"small\", tags = { a = \"good\" }"),
                column("size = \"small\""),
            ),
            ("columns[1].alt", column("alt = \"A\", template = \"{n}\""), column("alt = \"A\"")),
            ("columns[1].decimals", column("kind = \"image\", decimals = 2"), right()),
            ("columns[1].unit", column("round = true, unit = \"px\""), right()),
            ("columns[1].zone", column("round = true, zone = \"UTC\""), right()),
            ("columns[1].sortable", column("kind = \"image\", sortable = true"), right()),
            ("columns[1].download", column("kind = \"image\", download = \"/c/{a}\""), right()),
            (
                "columns[1].rules",
                column("kind = \"image\", rules = [{ when = \"= x\", tone = \"bad\" }]"),
                right(),
            ),
            ("columns[1].sum", column("kind = \"image\", sum = true"), right()),
            ("columns", with(table, "columns = [{ key = \"a\", title = \"A\", kind = \"image\" }]"), right()),
            ("sort", with(&right(), "\nsort = \"a\""), with(&right(), "\nsort = \"n\"")),
            (
                "image.kind",
                with(list, "image = { key = \"a\", kind = \"tag\" }"),
                with(list, "image = \"a\""),
            ),
            (
                "label.kind",
                list.replace("\"n\"", "{ key = \"n\", kind = \"image\" }"),
                with(list, "image = { key = \"a\", round = true }"),
            ),
            ("value.key", with(list, "value = { key = \"a\", round = true }"), with(list, "value = \"a\"")),
            (
                "fields[0].tags",
                with(facts, "fields = [{ key = \"a\", kind = \"image\", tags = { a = \"good\" } }]"),
                with(facts, "fields = [{ key = \"a\", kind = \"image\" }]"),
            ),
        ];
        let cases: Vec<_> =
            cases.iter().map(|(key, bad, good)| (*key, bad.as_str(), good.as_str())).collect();
        pairs(&cases);
    }

    #[test]
    fn im_06_image_hosts_are_names() {
        testing::accepts(&[("CLAIMCHECK_IMAGE_HOSTS", "images.example.com cdn.example.com:8443")]);
        for hosts in ["10.0.0.5", "https://images.example.com", "*.example.com", "localhost"] {
            let message = testing::refuses(&[("CLAIMCHECK_IMAGE_HOSTS", hosts)]);
            assert!(message.contains("image_hosts") && message.contains(hosts), "{message}");
        }
    }
}
