//! The settings of a timeline: events under the day on which they are.

use claimcheck_model::PanelSize;

use crate::config::{
    boards::{
        MemberSetting,
        format::{MEMBER, NAME, PLACE, read_member, read_name, read_place},
        kinds::{
            KindSetting,
            rows::{self, RowsSetting},
        },
        link_to::TO,
    },
    reader::TomlTable,
    toml_key::{TomlKey, text_or_table},
};

/// Events by day.
#[derive(Clone, Debug, PartialEq)]
pub struct TimelineSetting {
    pub rows: RowsSetting,
    /// The member of a row with the day or the time of the event.
    pub at: MemberSetting,
    pub label: MemberSetting,
    pub note: Option<MemberSetting>,
    /// The member with a short status word.
    pub tag: Option<MemberSetting>,
}

impl KindSetting for TimelineSetting {
    const NAME: &'static str = "timeline";
    const KEYS: &'static [&'static [TomlKey]] = &[&[
        rows::ROWS,
        rows::LAYOUT,
        rows::NAMES,
        text_or_table("at", &PLACE, "the member with the day or the time of an event").required(),
        text_or_table("label", &NAME, "the member with the text of an event").required(),
        text_or_table("note", &NAME, "the member with a second, smaller line"),
        text_or_table("tag", &MEMBER, "the member with a short word, such as a status"),
        TO,
    ]];
    const SIZE: PanelSize = PanelSize::Half;

    fn read(at: &mut TomlTable<'_, '_>, _: &str) -> Option<Self> {
        for key in ["at", "label"] {
            if !at.has(key) {
                at.problem(key, "is missing");
            }
        }
        let when = read_place(at, "at");
        let [label, note] = ["label", "note"].map(|key| read_name(at, key));
        let tag = read_member(at, "tag");
        let parts = [("at", &when), ("label", &label), ("note", &note), ("tag", &tag)];
        let parts = parts.iter().filter_map(|(key, member)| Some((*key, (*member).as_ref()?)));
        let rows = rows::read(at, parts.flat_map(|(key, member)| member.keys().map(move |name| (key, name))));
        Some(Self { rows: rows?, at: when?, label: label?, note, tag })
    }

    fn rows(&self) -> Option<&RowsSetting> {
        Some(&self.rows)
    }
}
