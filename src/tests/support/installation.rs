//! The app itself under test: its router, its clock and its folder, whatever provider and API stand behind it.
//! What knows of a provider is in `mod.rs` (the demo's) and in `hostile/`.

use std::path::PathBuf;

use axum::Router;
use base64::{Engine, prelude::BASE64_STANDARD};

use super::{APP, Browser};
use crate::server::{Context, clock::Clock, config::Settings, random, router};

/// The app on settings of its own; its folder goes away with it.
pub struct Installation {
    pub context: Context,
    pub app: Router,
    pub clock: Clock,
    settings: String,
    folder: PathBuf,
}

impl Drop for Installation {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A folder for one test.
pub fn new_folder() -> PathBuf {
    let folder = std::env::temp_dir().join(format!("claimcheck-test-{}", random::text::<12>().unwrap()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// A session key as the settings want it.
pub fn new_key() -> String {
    BASE64_STANDARD.encode(random::bytes::<32>().unwrap())
}

impl Installation {
    /// On these settings (TOML), in which `FOLDER` stands for the folder, over what every test has: the public URL, this
    /// client, a store in memory and fresh keys, as far as the settings do not say otherwise.
    pub async fn start(settings: &str, clock: Clock, folder: PathBuf) -> Self {
        let key = new_key();
        let defaults = [
            ("public_url", APP),
            ("client_id", "app"),
            ("client_secret", "s:e%c&r+et"),
            ("scopes", "openid profile email offline_access orders:read orders:ship reports:read"),
            ("id_token_algs", "ES256"),
            ("store", "memory:"),
            ("session_keys", &key),
        ];
        let missing = |name: &str| !settings.lines().any(|line| line.starts_with(&format!("{name} =")));
        let mut all: String = defaults
            .iter()
            .filter(|(name, _)| missing(name))
            .map(|(name, value)| format!("{name} = \"{value}\"\n"))
            .collect();
        all.push_str(&settings.replace("FOLDER", &folder.display().to_string()));
        let (context, app) = assemble(&all, &clock).await;
        Self { context, app, clock, settings: all, folder }
    }

    /// A new process on the same store.
    pub async fn restart(&mut self) {
        (self.context, self.app) = assemble(&self.settings, &self.clock).await;
    }

    /// A new process on the same store with these session keys.
    pub async fn restart_with_keys(&mut self, keys: &[&str]) {
        let line = format!("session_keys = \"{}\"", keys.join(","));
        let changed = |old| if str::starts_with(old, "session_keys =") { &line } else { old };
        self.settings = self.settings.lines().map(changed).collect::<Vec<_>>().join("\n");
        self.restart().await;
    }

    pub fn browser(&self) -> Browser<'_> {
        Browser::new(&self.app)
    }

    /// The file of a store that was asked for as `sqlite:FOLDER/sessions.db`.
    pub fn database(&self) -> PathBuf {
        self.folder.join("sessions.db")
    }

    /// Every byte of every file of that store.
    pub fn stored_bytes(&self) -> Vec<u8> {
        let files = std::fs::read_dir(&self.folder).unwrap().map(|entry| entry.unwrap().path());
        files.filter(|path| path.is_file()).flat_map(|path| std::fs::read(path).unwrap()).collect()
    }
}

async fn assemble(settings: &str, clock: &Clock) -> (Context, Router) {
    let (settings, _) = Settings::load(Some(settings), None, []).unwrap();
    let context = router::context(settings, clock.clone()).await.unwrap();
    (context.clone(), router::router(context))
}
