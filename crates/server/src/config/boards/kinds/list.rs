//! The settings of a list: entries with a label, a note and a value.

use claimcheck_model::PanelSize;

use crate::config::{
    boards::{
        MemberSetting,
        format::{read_member, read_numbers},
        kinds::{
            KindSetting,
            rows::{self, RowsSetting},
        },
    },
    reader::TomlTable,
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
}

impl KindSetting for ListSetting {
    const NAME: &'static str = "list";
    const KEYS: &'static [&'static str] = &[
        "rows", "layout", "names", "label", "note", "value", "tag", "unit", "decimals", "scale", "prefix",
        "currency", "minor", "percent",
    ];
    const SIZE: PanelSize = PanelSize::Third;

    fn read(at: &mut TomlTable<'_, '_>, _: &str) -> Option<Self> {
        if !at.has("label") {
            at.problem("label", "is missing");
        }
        let [label, note, value, tag] = ["label", "note", "value", "tag"].map(|key| read_member(at, key));
        // The panel's own keys are those of its value.
        let format = read_numbers(at, true);
        let value = value.map(|value| value.or_format(format));
        let parts = [("label", &label), ("note", &note), ("value", &value), ("tag", &tag)];
        let parts = parts.iter().filter_map(|(key, member)| Some((*key, (*member).as_ref()?)));
        let rows = rows::read(at, parts.flat_map(|(key, member)| member.keys().map(move |name| (key, name))));
        Some(Self { rows: rows?, label: label?, note, value, tag })
    }
}
