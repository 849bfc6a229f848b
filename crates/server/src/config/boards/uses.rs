//! What a board uses of the other settings: APIs, and the claims in its requests.

use crate::config::{
    Action, Board, ChoicesSetting, FieldKind, LinkTo, Local, Panel,
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
        let of_subject = self.subject.iter().map(|subject| subject.api.as_str());
        let of_actions = self.all_actions().map(|action| action.api.as_str());
        let of_fields = self.all_actions().flat_map(choices_of).map(|from| from.api.as_str());
        of_panels.chain(of_subject).chain(of_actions).chain(of_fields)
    }

    /// The names in `[claims]` of the claims that its requests and texts contain.
    pub(in crate::config) fn claims(&self) -> impl Iterator<Item = &str> {
        let of_panels = self.panels.iter().flat_map(slots_of_panel);
        let of_subject = self.subject.iter().flat_map(|subject| subject.path.slots());
        of_panels.chain(of_subject).chain(self.all_actions().flat_map(slots_of_action)).filter_map(claim_name)
    }
}

fn slots_of_panel(panel: &Panel) -> impl Iterator<Item = &str> {
    let of_table = panel.kind.as_table().into_iter().flat_map(TableSetting::slots);
    let of_links = panel.links().flat_map(LinkTo::slots);
    panel.read.iter().flat_map(|read| read.slots()).chain(of_table).chain(of_links)
}

fn slots_of_action(action: &Action) -> impl Iterator<Item = &str> {
    let texts = action.confirm.iter().chain(&action.done).flat_map(Local::all);
    let fields = action.fields.iter().filter_map(|field| field.value.as_ref());
    let of_choices = choices_of(action).flat_map(|from| from.path.slots());
    action.path.slots().chain(texts.chain(fields).flat_map(Sentence::slots)).chain(of_choices)
}

/// The requests for choices of its fields.
fn choices_of(action: &Action) -> impl Iterator<Item = &ChoicesSetting> {
    action.fields.iter().filter_map(|field| match &field.kind {
        FieldKind::ChoiceOf(from) => Some(&**from),
        _ => None,
    })
}
