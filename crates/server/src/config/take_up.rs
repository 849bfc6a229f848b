//! What a running program takes up from changed files: boards and `notice`. Everything else stays as it was at the start, so boards
//! that need something else of the new files are refused.

use std::path::Path;

use crate::config::{
    Api, Board, Settings,
    files::SettingFiles,
    keys::{ALLOW, API, CLAIMS},
    problem::SettingPlace,
    report::{SettingFinding, Severity},
};

const ROLE_CLAIMS: &str = "role_claims";
const ACCESS_TOKEN_ROLES: &str = "access_token_roles";
const RESTART: &str = "restart the server, which takes up everything";

/// The result of reading the files again.
pub struct Reread {
    /// The running settings with the boards and the notice of the files, and the keys of settings that only a restart takes up;
    /// or every mistake.
    pub outcome: Result<(Box<Settings>, Vec<String>), Vec<SettingFinding>>,
    pub warnings: Vec<SettingFinding>,
    /// Where boards are read from now.
    pub files: SettingFiles,
}

impl Settings {
    /// Reads the files again, as [`Settings::load`] does, for a program that runs with these settings.
    pub fn reread(
        &self,
        base: Option<&str>,
        file: Option<&Path>,
        env: impl IntoIterator<Item = (String, String)>,
    ) -> Reread {
        let read = Self::read(base, file, env);
        let warnings = read.warnings.iter().map(SettingFinding::of_warning).collect();
        let outcome = match read.settings.filter(|_| read.problems.is_empty()) {
            Some(new) => {
                self.with_boards_of(&new).map(|taken| (Box::new(taken), self.keys_for_restart(&new)))
            }
            None => Err(read.problems.iter().map(SettingFinding::of_mistake).collect()),
        };
        Reread { outcome, warnings, files: read.files }
    }

    /// These settings with the boards and the notice of others.
    ///
    /// # Errors
    /// New or changed boards use an API or a claim that differs in the others, or the rules about access differ: the boards
    /// would do something else, or be shown to others, than what is written.
    fn with_boards_of(&self, new: &Self) -> Result<Self, Vec<SettingFinding>> {
        let is_new = |board: &&Board| self.board(&board.id) != Some(*board);
        let found: Vec<_> = match new.boards.iter().any(|board| is_new(&board)) {
            true => {
                let of_boards = new.boards.iter().filter(is_new).flat_map(|board| self.conflicts(new, board));
                self.access_conflicts(new).chain(of_boards).collect()
            }
            false => Vec::new(),
        };
        if !found.is_empty() {
            return Err(found);
        }
        let (boards, notice, files) = (new.boards.clone(), new.notice.clone(), new.files.clone());
        Ok(Self { boards, notice, files, ..self.clone() })
    }

    /// The settings that decide who sees which board, and that only a restart takes up.
    fn access_conflicts(&self, new: &Self) -> impl Iterator<Item = SettingFinding> {
        let all = [
            (ALLOW, self.allow != new.allow),
            (ROLE_CLAIMS, self.role_claims != new.role_claims),
            (ACCESS_TOKEN_ROLES, self.access_token_roles != new.access_token_roles),
        ];
        let place = new.settings_place();
        all.into_iter().filter(|(_, is_other)| *is_other).map(move |(key, _)| {
            let message = format!(
                "boards are new or changed, and `{key}` differs from the running server: the boards might be shown to others \
                 than what is written"
            );
            SettingFinding::new(
                Severity::Mistake,
                place.as_ref(),
                key.to_owned(),
                message,
                RESTART.to_owned(),
            )
        })
    }

    fn settings_place(&self) -> Option<SettingPlace> {
        self.files.settings.as_ref().map(|path| SettingPlace::File(path.display().to_string()))
    }

    /// What a board uses of settings that only a restart takes up.
    fn conflicts(&self, new: &Self, board: &Board) -> Vec<SettingFinding> {
        let is_other_api = |id: &&str| match (self.api(id), new.api(id)) {
            (Some(running), Some(written)) => !is_called_the_same(running, written),
            (running, _) => running.is_none(),
        };
        let is_other_claim = |name: &&str| self.claim_slots.path(name) != new.claim_slots.path(name);
        let of = |key: &str, what: &str, name: &str| {
            let message = format!(
                "board `{}` uses {what} `{name}`, which is new or changed in the file: the running server does not have it",
                board.id
            );
            let place = new.settings_place();
            SettingFinding::new(
                Severity::Mistake,
                place.as_ref(),
                key.to_owned(),
                message,
                RESTART.to_owned(),
            )
        };
        let (mut apis, mut claims): (Vec<_>, Vec<_>) =
            (board.apis().filter(is_other_api).collect(), board.claims().filter(is_other_claim).collect());
        for names in [&mut apis, &mut claims] {
            names.sort_unstable();
            names.dedup();
        }
        let apis = apis.into_iter().map(|id| of(API, "the API", id));
        apis.chain(claims.into_iter().map(|name| of(CLAIMS, "the claim", name))).collect()
    }
}

/// Whether a request to one is the same request to the other. Scopes may differ: missing ones are requested when they are needed.
fn is_called_the_same(one: &Api, other: &Api) -> bool {
    let of = |api: &Api| (api.url.clone(), api.auth, api.token, api.audience.clone(), api.resource.clone());
    of(one) == of(other) && one.headers == other.headers
}
