//! What a board uses of the other settings: APIs, and the claims in its requests.

use crate::config::{
    Action, Board, ChoicesSetting, FieldKind, FilterChoices, FilterDefault, FilterSetting, IfMatch, LinkTo,
    Local, Panel, Template,
    boards::{kinds::table::TableSetting, sentence::Sentence},
    claim_slots::claim_name,
};

impl Board {
    /// The actions of the board and of its panels.
    pub(super) fn all_actions(&self) -> impl Iterator<Item = &Action> {
        self.panels.iter().flat_map(|panel| &panel.actions).chain(&self.actions)
    }

    /// The ids of the APIs that its panels, its actions and its filters call.
    pub(in crate::config) fn apis(&self) -> impl Iterator<Item = &str> {
        let of_panels = self.panels.iter().map(|panel| panel.api.as_str());
        let of_subject = self.subject.iter().map(|subject| subject.api.as_str());
        let of_actions = self.all_actions().map(|action| action.api.as_str());
        let of_fields = self.all_actions().flat_map(choices_of).map(|from| from.api.as_str());
        of_panels.chain(of_subject).chain(of_actions).chain(of_fields).chain(self.filter_apis())
    }

    /// The names in `[claims]` of the claims that its requests and texts contain.
    pub(in crate::config) fn claims(&self) -> impl Iterator<Item = &str> {
        let of_panels = self.panels.iter().flat_map(slots_of_panel);
        let of_subject = self.subject.iter().flat_map(|subject| subject.path.slots());
        let of_filters = self.filters.iter().flat_map(slots_of_filter);
        let of_tabs = self.tabs.iter().filter_map(|tab| tab.count.as_ref());
        let of_tabs = of_tabs.flat_map(|count| count.path.slots());
        let of_actions = self.all_actions().flat_map(slots_of_action);
        let all = of_panels.chain(of_subject).chain(of_filters).chain(of_tabs).chain(of_actions);
        all.filter_map(claim_name)
    }
}

fn slots_of_panel(panel: &Panel) -> impl Iterator<Item = &str> {
    let of_table = panel.kind.as_table().into_iter().flat_map(TableSetting::slots);
    let of_links = panel.links().flat_map(LinkTo::slots);
    let of_texts = panel.kind.text_slots();
    panel.read.iter().flat_map(|read| read.slots()).chain(of_table).chain(of_links).chain(of_texts)
}

fn slots_of_filter(filter: &FilterSetting) -> impl Iterator<Item = &str> {
    let of_default = match &filter.default {
        FilterDefault::Claim(slot) => Some(slot.as_str()),
        _ => None,
    };
    let of_choices = match filter.choices() {
        Some(FilterChoices::Api(from)) => Some(&from.path),
        _ => None,
    };
    of_default.into_iter().chain(of_choices.into_iter().flat_map(Template::slots))
}

fn slots_of_action(action: &Action) -> impl Iterator<Item = &str> {
    let texts = action.confirm.iter().chain(&action.done).flat_map(Local::all);
    let fields = action.fields.iter().filter_map(|field| field.value.as_ref());
    let of_choices = choices_of(action).flat_map(|from| from.path.slots());
    let of_texts = texts.chain(fields).flat_map(Sentence::slots);
    let of_version = action.if_match.iter().flat_map(IfMatch::slots);
    action.path.slots().chain(of_texts).chain(of_choices).chain(of_version).chain(action.after.slots())
}

/// The requests for choices of its fields.
fn choices_of(action: &Action) -> impl Iterator<Item = &ChoicesSetting> {
    action.fields.iter().filter_map(|field| match &field.kind {
        FieldKind::ChoiceOf(from) => Some(&**from),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use crate::config::tests::load;

    #[test]
    fn a_board_uses_the_claims_and_apis_of_its_filters_tabs_and_texts() {
        let text = r#"
            [claims]
            a = "a"
            b = "b"
            c = "c"
            d = "d"
            [[api]]
            id = "other"
            title = "Other"
            audience = "other"
            url = "https://other.example.com"
            [[board]]
            id = "x"
            title = "X"
            [[board.filter]]
            key = "team"
            title = "Team"
            kind = "choice"
            default = { claim = "a" }
            from = { get = "/teams/{claim.b}", api = "other", rows = "$[*]", value = "id" }
            [[board.tab]]
            title = "All"
            count = { get = "/count?of={claim.c}&team={team}", value = "$.n" }
            [[board.panel]]
            title = "T"
            kind = "text"
            text = "{claim.d}"
        "#;
        let (settings, _) = load(Some(text), &[]).unwrap();
        let board = settings.board("x").unwrap();
        let mut claims: Vec<_> = board.claims().collect();
        claims.sort_unstable();
        assert_eq!(claims, ["a", "b", "c", "d"]);
        assert!(board.apis().any(|api| api == "other"));
    }
}
