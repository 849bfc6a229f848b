//! The ids of boards, panels and actions: written in the settings, or derived from titles. Addresses and forms name them,
//! so they do not depend on the order of the settings.

use std::{collections::BTreeMap, iter};

use icu_normalizer::DecomposingNormalizerBorrowed;
use sha2::{Digest, Sha256};

use super::slug;
use crate::config::{
    LocalText,
    problem::{SettingPlace, SettingProblem, nearest},
    reader::TomlTable,
};

use claimcheck_text::Language;

/// A derived id is not longer.
const DERIVED_MAX: usize = 60;

/// The ids that the settings write, and their places.
#[derive(Default)]
pub(in crate::config) struct WrittenIds {
    places: BTreeMap<String, SettingPlace>,
    /// The ids that must exist when everything is read, each with the problem if it does not.
    references: Vec<(String, SettingProblem)>,
}

impl WrittenIds {
    /// Takes a written id; reports it if another table has it. `kind` is what the tables are called: "panel".
    pub(super) fn take(&mut self, at: &mut TomlTable<'_, '_>, kind: &str, id: &str) {
        match self.places.get(id) {
            Some(other) => {
                let where_unique = match kind {
                    "board" => "must be unique",
                    "panel" => "must be unique on a board",
                    _ => "must be unique on a panel, and among the actions of a board",
                };
                let message = format!("there is another {kind} `{id}` ({other}): ids {where_unique}");
                at.problem_with("id", message, format!("rename one of the {kind}s, or remove it"));
            }
            None => {
                self.places.insert(id.to_owned(), at.place("id"));
            }
        }
    }

    /// Notes that a key names a board, which may come later or be in another file.
    pub(super) fn refer(&mut self, at: &mut TomlTable<'_, '_>, key: &str, id: &str) {
        let problem = at.problem_of(key, format!("there is no board `{id}`"));
        self.references.push((id.to_owned(), problem));
    }

    /// The problems of references to boards that do not exist.
    pub(in crate::config) fn lost(&self) -> Vec<SettingProblem> {
        let lost = self.references.iter().filter(|(id, _)| !self.places.contains_key(id));
        let with_remedy = |(id, problem): &(String, SettingProblem)| {
            let remedy = match nearest(id, self.places.keys().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "name the id of a board".to_owned(),
            };
            problem.clone().with_remedy(remedy)
        };
        lost.map(with_remedy).collect()
    }

    /// The optional `id` of a table; empty if it has none. See [`WrittenIds::complete`].
    pub(super) fn read(&mut self, at: &mut TomlTable<'_, '_>, kind: &str) -> String {
        let id = at.optional("id", slug);
        if let Some(id) = &id {
            self.take(at, kind, id);
        }
        id.unwrap_or_default()
    }

    /// Gives an id to each of the items without one: that of its title, with a number if it is taken. Written ids are
    /// never changed. Returns the ids with a number: they depend on the order of the items.
    pub(super) fn complete<T>(
        &self,
        kind: &str,
        items: &mut [T],
        of: for<'a> fn(&'a mut T) -> (&'a mut String, &'a LocalText),
    ) -> Vec<String> {
        let (mut derived, mut numbered_ids) = (Vec::new(), Vec::new());
        for item in items {
            let (id, title) = of(item);
            if id.is_empty() {
                let base = derive(title.text(Language::default()), kind);
                let numbered = (2_u32..).map(|number| format!("{base}-{number}"));
                let is_free = |id: &String| !self.places.contains_key(id) && !derived.contains(id);
                if let Some(free) = iter::once(base.clone()).chain(numbered).find(is_free) {
                    derived.push(free.clone());
                    if free != base {
                        numbered_ids.push(free.clone());
                    }
                    *id = free;
                }
            }
        }
        numbered_ids
    }
}

/// The id of a title: its words in lower case, without accents. A title without any letter from a to z and without a digit
/// gives a hash, which also stays the same as long as the title does.
fn derive(title: &str, kind: &str) -> String {
    let mut id = String::new();
    let mut is_word = false;
    for c in DecomposingNormalizerBorrowed::new_nfkd().normalize(&title.to_lowercase()).chars() {
        let last = id.chars().last().filter(|_| is_word);
        let text = match c {
            // Two points above a letter: as in German.
            '\u{308}' if matches!(last, Some('a' | 'o' | 'u')) => "e",
            '\u{300}'..='\u{36f}' | '\'' | '\u{2019}' => continue,
            '\u{df}' => "ss",
            '\u{e6}' => "ae",
            '\u{153}' => "oe",
            '\u{f8}' => "o",
            '\u{f0}' | '\u{111}' => "d",
            '\u{fe}' => "th",
            '\u{142}' => "l",
            '\u{131}' => "i",
            c if c.is_ascii_alphanumeric() => {
                begin_word(&mut id, &mut is_word);
                id.push(c.to_ascii_lowercase());
                continue;
            }
            _ => {
                is_word = false;
                continue;
            }
        };
        begin_word(&mut id, &mut is_word);
        id.push_str(text);
    }
    if id.len() > DERIVED_MAX {
        // At the end of a word, if there is one.
        let cut = id.get(..=DERIVED_MAX).and_then(|start| start.rfind('-')).unwrap_or(DERIVED_MAX);
        id.truncate(cut);
    }
    match id.is_empty() {
        true => {
            let hash = Sha256::digest(title.trim());
            format!("{kind}-{}", hash.iter().take(4).map(|byte| format!("{byte:02x}")).collect::<String>())
        }
        false => id,
    }
}

fn begin_word(id: &mut String, is_word: &mut bool) {
    if !*is_word && !id.is_empty() {
        id.push('-');
    }
    *is_word = true;
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{PANEL, TABLE, board},
        derive,
    };
    use crate::config::tests::load;

    #[test]
    fn ac_12_an_id_is_made_of_the_words_of_a_title() {
        for (title, id) in [
            ("Orders", "orders"),
            ("  Open  orders (EU) ", "open-orders-eu"),
            ("Today's orders & returns", "todays-orders-returns"),
            ("Today\u{2019}s orders", "todays-orders"),
            ("Umsätze über 1.000 €", "umsaetze-ueber-1-000"),
            ("A\u{308}rzte", "aerzte"),
            ("STRASSE, Größe", "strasse-groesse"),
            ("Crème brûlée à São João", "creme-brulee-a-sao-joao"),
            ("Ðorđe Łódź Smørrebrød", "dorde-lodz-smorrebrod"),
            ("İstanbul ılık", "istanbul-ilik"),
            ("\u{ff2f}\u{ff52}\u{ff44}\u{ff45}\u{ff52}\u{ff53}", "orders"),
            ("注文 (Orders)", "orders"),
            ("2026", "2026"),
            ("--- a --- b ---", "a-b"),
        ] {
            assert_eq!(derive(title, "panel"), id, "{title}");
        }
    }

    #[test]
    fn ac_12_a_title_without_latin_letters_has_an_id_that_depends_on_nothing_else() {
        for title in ["注文", "Заказы", "Παραγγελίες", "طلبات", "€", "🚚"] {
            let id = derive(title, "panel");
            let hash = id.strip_prefix("panel-").unwrap();
            assert!(hash.len() == 8 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
            assert_eq!(derive(title, "panel"), id);
            assert!(super::slug(&id).is_ok());
        }
        assert_ne!(derive("注文", "panel"), derive("在庫", "panel"));
        assert_ne!(derive("注文", "panel"), derive("注文", "action"));
    }

    #[test]
    fn ac_12_a_long_title_is_cut_between_words() {
        let id = derive(&"word ".repeat(40), "panel");
        assert!(id.len() <= 60 && id.ends_with("-word"), "{id}");
        assert_eq!(derive(&"x".repeat(400), "panel").len(), 60);
    }

    fn ids(text: &str) -> Vec<String> {
        let settings = load(Some(text), &[]).unwrap().0;
        settings.boards[0].panels.iter().map(|panel| panel.id.clone()).collect()
    }

    fn panel(title: &str, more: &str) -> String {
        format!("title = \"{title}\"\n{more}\n{TABLE}")
    }

    #[test]
    fn ac_12_a_taken_id_gets_a_number_and_a_written_one_stays() {
        let of = |panels: &[(&str, &str)]| {
            let panels: Vec<_> = panels.iter().map(|(title, more)| panel(title, more)).collect();
            ids(&board(&panels.join("[[board.panel]]\n")))
        };
        assert_eq!(
            of(&[("Orders", ""), ("Orders", ""), ("orders!", "")]),
            ["orders", "orders-2", "orders-3"]
        );
        assert_eq!(of(&[("Orders", ""), ("Other", "id = \"orders\"")]), ["orders-2", "orders"]);
        assert_eq!(
            of(&[("Orders", ""), ("Orders", ""), ("Other", "id = \"orders-2\"")]),
            ["orders", "orders-3", "orders-2"]
        );
    }

    #[test]
    fn ac_12_a_number_in_the_address_of_a_panel_is_warned_about() {
        let warnings = |panels: &[(&str, &str)]| -> Vec<String> {
            let panels: Vec<_> = panels.iter().map(|(title, more)| panel(title, more)).collect();
            let found = load(Some(&board(&panels.join("[[board.panel]]\n"))), &[]).unwrap().1;
            found
                .into_iter()
                .map(|it| it.message)
                .filter(|text| text.contains("depends on the order"))
                .collect()
        };
        let found = warnings(&[("Orders", ""), ("Orders", "")]);
        assert!(matches!(found.as_slice(), [text] if text.contains("`orders-2`")), "{found:?}");
        assert_eq!(warnings(&[("Orders", ""), ("Orders", "id = \"orders-2\"")]), [""; 0]);
        assert_eq!(warnings(&[("Orders", ""), ("Other", "")]), [""; 0]);
    }

    #[test]
    fn ac_12_two_equal_written_ids_are_refused_with_both_lines() {
        let two = |first: &str, second: &str| {
            let one = format!("id = \"{first}\"");
            let other = format!("id = \"{second}\"");
            board(&format!("{}[[board.panel]]\n{}", panel("A", &one), panel("B", &other)))
        };
        assert!(load(Some(&two("a", "b")), &[]).is_ok());
        let errors = load(Some(&two("a", "a")), &[]).unwrap_err();
        assert_eq!(errors.0.len(), 1, "{errors}");
        assert_eq!(errors.0[0].key, "board[0].panel[1].id");
        let text = errors.to_string();
        assert!(
            text.contains("another panel `a` (line ") && text.contains("rename one of the panels"),
            "{text}"
        );
        for bad in ["", "A", "a b", "a/b", "ä", "a.b"] {
            let errors = load(Some(&two("x", bad)), &[]).unwrap_err();
            assert_eq!((errors.0.len(), errors.0[0].key.as_str()), (1, "board[0].panel[1].id"), "{errors}");
        }
    }

    #[test]
    fn ac_12_actions_have_ids_of_their_panel_or_board() {
        let action = |label: &str, more: &str| format!("label = \"{label}\"\npost = \"/x\"\n{more}\n");
        let of_row = |label: &str, more: &str| format!("[[board.panel.action]]\n{}", action(label, more));
        let of_board = |label: &str, more: &str| format!("[[board.action]]\n{}", action(label, more));
        let text = |row: &str, board_action: &str| board(&format!("{PANEL}\n{row}\n{board_action}"));
        let good = text(
            &format!("{}{}", of_row("Ship", ""), of_row("Ship", "")),
            &format!("{}{}", of_board("Schließen", ""), of_board("Other", "id = \"ship\"")),
        );
        let settings = load(Some(&good), &[]).unwrap().0;
        let board = &settings.boards[0];
        let names = |actions: &[crate::config::Action]| {
            actions.iter().map(|action| action.id.clone()).collect::<Vec<_>>()
        };
        assert_eq!(names(&board.panels[0].actions), ["ship", "ship-2"]);
        assert_eq!(names(&board.actions), ["schliessen", "ship"]);
        assert!(board.panel("open").is_some_and(|panel| panel.action("ship-2").is_some()));
        assert!(board.action("ship").is_some() && board.action("ship-2").is_none());
        let twice = format!("{}{}", of_row("A", "id = \"x\""), of_row("B", "id = \"x\""));
        let errors = load(Some(&text(&twice, "")), &[]).unwrap_err();
        assert_eq!(errors.0.len(), 1, "{errors}");
        assert_eq!(errors.0[0].key, "board[0].panel[0].action[1].id");
        assert!(errors.to_string().contains("rename one of the actions"), "{errors}");
    }
}
