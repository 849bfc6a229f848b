//! The settings of a list: entries with a label, a note and a value.

use claimcheck_model::PanelSize;

use crate::config::{
    boards::{
        MemberSetting,
        format::{IMAGE, MEMBER, NAME, NUMBER_KEYS, read_image, read_member, read_name, read_numbers},
        kinds::{
            KindSetting,
            rows::{self, RowsSetting},
        },
        link_to::TO,
    },
    reader::TomlTable,
    toml_key::{TomlKey, text_or_table},
};

/// A list of entries.
#[derive(Clone, Debug, PartialEq)]
pub struct ListSetting {
    pub rows: RowsSetting,
    /// The members of a row that an entry shows.
    pub label: MemberSetting,
    pub note: Option<MemberSetting>,
    pub value: Option<MemberSetting>,
    /// The member with a short status word.
    pub tag: Option<MemberSetting>,
    /// The member with the address of an image.
    pub image: Option<MemberSetting>,
}

impl KindSetting for ListSetting {
    const NAME: &'static str = "list";
    const KEYS: &'static [&'static [TomlKey]] = &[
        &[
            rows::ROWS,
            rows::LAYOUT,
            rows::NAMES,
            text_or_table("label", &NAME, "the member with the name of the entry").required(),
            text_or_table("note", &NAME, "the member with a second, smaller line"),
            text_or_table("value", &MEMBER, "the member with a number, a date or a text"),
            text_or_table("tag", &MEMBER, "the member with a short word, such as a status"),
            TO,
            text_or_table("image", &IMAGE, "the member with the address of an image"),
        ],
        &NUMBER_KEYS,
    ];
    const SIZE: PanelSize = PanelSize::Third;

    fn read(at: &mut TomlTable<'_, '_>, _: &str) -> Option<Self> {
        if !at.has("label") {
            at.problem("label", "is missing");
        }
        let [label, note] = ["label", "note"].map(|key| read_name(at, key));
        let [value, tag] = ["value", "tag"].map(|key| read_member(at, key));
        // The panel's own keys are those of its value.
        let format = read_numbers(at, true);
        let value = value.map(|value| value.or_format(format));
        let image = read_image(at, "image");
        let parts = [("label", &label), ("note", &note), ("value", &value), ("tag", &tag), ("image", &image)];
        let parts = parts.iter().filter_map(|(key, member)| Some((*key, (*member).as_ref()?)));
        let rows = rows::read(at, parts.flat_map(|(key, member)| member.keys().map(move |name| (key, name))));
        Some(Self { rows: rows?, label: label?, note, value, tag, image })
    }

    fn needs_extra_style(&self) -> bool {
        let optional = [&self.note, &self.value, &self.tag, &self.image].map(Option::as_ref);
        [Some(&self.label)]
            .into_iter()
            .chain(optional)
            .flatten()
            .any(|part| part.format.needs_extra_style(part.kind))
    }

    fn images(&self) -> Vec<&str> {
        self.image.iter().map(|image| image.key.as_str()).collect()
    }

    fn rows(&self) -> Option<&RowsSetting> {
        Some(&self.rows)
    }
}
