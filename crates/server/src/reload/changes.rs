//! What a reload changes, for the log.

use crate::{
    config::{Board, Settings},
    reload::Cause,
};

/// The differences between running and new settings.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BoardChanges {
    /// Ids of boards.
    added: Vec<String>,
    removed: Vec<String>,
    changed: Vec<String>,
    /// The boards that are in both have another order.
    is_reordered: bool,
    is_other_notice: bool,
}

impl BoardChanges {
    pub(super) fn between(running: &Settings, new: &Settings) -> Self {
        let ids = |boards: Vec<&Board>| boards.into_iter().map(|board| board.id.clone()).collect();
        let added = new.boards.iter().filter(|board| running.board(&board.id).is_none()).collect();
        let removed = running.boards.iter().filter(|board| new.board(&board.id).is_none()).collect();
        let is_changed = |board: &&Board| running.board(&board.id).is_some_and(|running| running != *board);
        let changed = new.boards.iter().filter(is_changed).collect();
        let in_both = |of: &Settings, other: &Settings| -> Vec<String> {
            ids(of.boards.iter().filter(|board| other.board(&board.id).is_some()).collect())
        };
        Self {
            added: ids(added),
            removed: ids(removed),
            changed: ids(changed),
            is_reordered: in_both(running, new) != in_both(new, running),
            is_other_notice: running.notice != new.notice,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        let lists = [&self.added, &self.removed, &self.changed];
        lists.iter().all(|list| list.is_empty()) && !self.is_reordered && !self.is_other_notice
    }

    /// Logs that `settings` are taken up.
    pub(super) fn log(&self, cause: Cause, settings: &Settings) {
        let reason = match cause {
            Cause::Signal => "SIGHUP",
            Cause::Start | Cause::Change => "the files have changed",
        };
        let list = |ids: &Vec<String>| (!ids.is_empty()).then(|| ids.join(", "));
        let (added, removed, changed) = (list(&self.added), list(&self.removed), list(&self.changed));
        let panels: usize = settings.boards.iter().map(|board| board.panels.len()).sum();
        let notice =
            self.is_other_notice.then_some(if settings.notice.is_some() { "changed" } else { "removed" });
        tracing::info!(
            event = "boards taken up",
            reason,
            boards = settings.boards.len(),
            panels,
            added,
            removed,
            changed,
            order = self.is_reordered.then_some("changed"),
            notice,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::BoardChanges;
    use crate::config::{Settings, testing::accepts};

    fn board(id: &str, title: &str) -> String {
        format!(
            "[[board]]\nid = \"{id}\"\ntitle = \"{title}\"\n[[board.panel]]\ntitle = \"A\"\nkind = \"table\"\n\
             get = \"/a\"\nrows = \"$[*]\"\n"
        )
    }

    fn settings(boards: &[(&str, &str)]) -> Settings {
        let text: String = boards.iter().map(|(id, title)| board(id, title)).collect();
        let settings = toml_settings(&text);
        Settings { boards: settings.boards, ..accepts(&[]) }
    }

    fn toml_settings(text: &str) -> Settings {
        let env = [
            ("PUBLIC_URL", "http://localhost:3000"),
            ("ISSUER", "https://login.example.com"),
            ("CLIENT_ID", "a"),
            ("CLIENT_SECRET", "b"),
            ("API_URL", "https://api.example.com"),
        ];
        let env = env.map(|(name, value)| (format!("CLAIMCHECK_{name}"), value.to_owned()));
        Settings::load(Some(text), None, env).unwrap().0
    }

    #[test]
    fn reload_names_what_is_added_removed_changed_and_in_another_order() {
        let running = settings(&[("a", "A"), ("b", "B"), ("c", "C")]);
        assert!(BoardChanges::between(&running, &running).is_empty());
        let found = BoardChanges::between(&running, &settings(&[("d", "D"), ("b", "Other"), ("a", "A")]));
        let texts = |list: &[&str]| -> Vec<String> { list.iter().map(|id| (*id).to_owned()).collect() };
        assert_eq!(found.added, texts(&["d"]));
        assert_eq!(found.removed, texts(&["c"]));
        assert_eq!(found.changed, texts(&["b"]));
        assert!(found.is_reordered && !found.is_other_notice);
    }
}
