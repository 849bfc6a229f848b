//! What a board uses of the other settings: APIs, and the claims in its requests.

use crate::config::{
    Action, Board, Local, Panel,
    boards::{kinds::table::TableSetting, sentence::Sentence},
    claim_slots::claim_name,
};

impl Board {
    /// The actions of the board and of its panels.
    fn all_actions(&self) -> impl Iterator<Item = &Action> {
        self.panels.iter().flat_map(|panel| &panel.actions).chain(&self.actions)
    }

    /// The ids of the APIs that its panels and actions call.
    pub(in crate::config) fn apis(&self) -> impl Iterator<Item = &str> {
        let of_panels = self.panels.iter().map(|panel| panel.api.as_str());
        of_panels.chain(self.all_actions().map(|action| action.api.as_str()))
    }

    /// The names in `[claims]` of the claims that its requests and texts contain.
    pub(in crate::config) fn claims(&self) -> impl Iterator<Item = &str> {
        let of_panels = self.panels.iter().flat_map(slots_of_panel);
        of_panels.chain(self.all_actions().flat_map(slots_of_action)).filter_map(claim_name)
    }
}

fn slots_of_panel(panel: &Panel) -> impl Iterator<Item = &str> {
    let of_table = panel.kind.as_table().into_iter().flat_map(TableSetting::slots);
    panel.read.iter().flat_map(|read| read.slots()).chain(of_table)
}

fn slots_of_action(action: &Action) -> impl Iterator<Item = &str> {
    let texts = action.confirm.iter().chain(&action.done).flat_map(Local::all);
    let fields = action.fields.iter().filter_map(|field| field.value.as_ref());
    action.path.slots().chain(texts.chain(fields).flat_map(Sentence::slots))
}
