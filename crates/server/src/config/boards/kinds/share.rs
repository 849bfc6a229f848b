//! The settings of a share: the parts of a whole, as a donut or as one stacked bar.

use claimcheck_model::{CellKind, PanelSize, ShareShape};

use crate::config::{
    boards::{
        MemberSetting, by_name,
        format::{NAME, NUMBER_KEYS, PLACE, read_name, read_numbers, read_place},
        kinds::{
            KindSetting,
            rows::{self, RowsSetting},
        },
        link_to::TO,
    },
    reader::TomlTable,
    toml_key::{TomlKey, one_of, text_or_table},
};

/// The parts of a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct ShareSetting {
    pub shape: ShareShape,
    pub rows: RowsSetting,
    /// The members of a row with the name and the number of a part.
    pub label: MemberSetting,
    pub value: MemberSetting,
}

impl KindSetting for ShareSetting {
    const NAME: &'static str = "share";
    const KEYS: &'static [&'static [TomlKey]] = &[
        &[
            rows::ROWS,
            rows::LAYOUT,
            rows::NAMES,
            text_or_table("label", &NAME, "the member with the name of a part").required(),
            text_or_table("value", &PLACE, "the member with the number of a part").required(),
            TO,
            one_of(
                "shape",
                || ShareShape::ALL.into_iter().map(ShareShape::name).collect(),
                "how the parts are drawn: as a `donut`, or as one stacked `bar`",
            ),
        ],
        &NUMBER_KEYS,
    ];
    const SIZE: PanelSize = PanelSize::Third;

    fn read(at: &mut TomlTable<'_, '_>, _: &str) -> Option<Self> {
        for key in ["label", "value"] {
            if !at.has(key) {
                at.problem(key, "is missing");
            }
        }
        let (label, value) = (read_name(at, "label"), read_place(at, "value"));
        let kind = value.as_ref().and_then(|value| value.kind);
        if !matches!(kind, None | Some(CellKind::Number | CellKind::Percent)) {
            at.problem("value", "must be of the kind \"number\" or \"percent\"");
        }
        let shape = at.optional("shape", |text| by_name(text, &ShareShape::ALL, ShareShape::name));
        // The panel's own keys are those of its value.
        let format = read_numbers(at, true);
        let value = value.map(|value| value.or_format(format));
        let parts = [("label", &label), ("value", &value)];
        let parts = parts.iter().filter_map(|(key, member)| Some((*key, (*member).as_ref()?)));
        let rows = rows::read(at, parts.flat_map(|(key, member)| member.keys().map(move |name| (key, name))));
        Some(Self { shape: shape.unwrap_or_default(), rows: rows?, label: label?, value: value? })
    }

    fn rows(&self) -> Option<&RowsSetting> {
        Some(&self.rows)
    }
}
