//! The app under test: its router, its clock and its folder, with any provider and API. The code for a provider is in
//! `mod.rs` (the demo's) and in `hostile/`.

use std::{path::PathBuf, time::Duration};

use axum::Router;
use base64::{Engine, prelude::BASE64_STANDARD};
use claimcheck::{handlers::state::AppState, router};
use claimcheck_base::{clock::Clock, random};
use claimcheck_server::{
    budget::{Budget, BudgetLimits, Machine},
    config::Settings,
};

use crate::support::{APP, Browser, Following};

/// What APIs of tests demand, and no board names.
const STEP_UP_SCOPES: &str =
    "stock:read stock:write <b>stock</b> pay refunds more:read orders:all orders:send";

/// The app with its own settings; its folder is removed with it.
pub struct Installation {
    pub services: AppState,
    pub app: Router,
    pub clock: Clock,
    settings: String,
    /// The current session keys, the encrypting one first.
    keys: Vec<String>,
    folder: PathBuf,
}

/// One of several processes on one store.
pub struct Process {
    pub services: AppState,
    pub app: Router,
    pub clock: Clock,
}

impl Process {
    pub fn browser(&self) -> Browser<'_> {
        Browser::new(&self.app)
    }

    /// Waits for background work, as at shutdown.
    pub async fn drained(&self) {
        drained(&self.services).await;
    }
}

async fn drained(services: &AppState) {
    services.tasks.close();
    tokio::time::timeout(Duration::from_secs(40), services.tasks.wait()).await.unwrap();
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

/// A session key in the format of the settings.
pub fn new_key() -> String {
    BASE64_STANDARD.encode(random::bytes::<32>().unwrap())
}

impl Installation {
    /// With these settings (TOML), in which `FOLDER` is replaced by the folder, and the defaults of all tests: the
    /// public URL, this client, a store in memory and new keys, unless the settings override them.
    pub async fn start(settings: &str, clock: Clock, folder: PathBuf) -> Self {
        let defaults = [
            ("public_url", APP),
            ("client_id", "app"),
            ("client_secret", "s:e%c&r+et"),
            ("scopes", "openid profile email offline_access orders:read orders:ship reports:read"),
            ("id_token_algs", "ES256"),
            ("step_up_scopes", STEP_UP_SCOPES),
            ("store", "memory:"),
        ];
        let missing = |name: &str| !settings.lines().any(|line| line.starts_with(&format!("{name} =")));
        let mut all: String = defaults
            .iter()
            .filter(|(name, _)| missing(name))
            .map(|(name, value)| format!("{name} = \"{value}\"\n"))
            .collect();
        all.push_str(&settings.replace("FOLDER", &folder.display().to_string()));
        let keys = settings.lines().find_map(|line| line.strip_prefix("session_keys = "));
        let keys = keys.map_or_else(new_key, |keys| keys.trim_matches('"').to_owned());
        let keys: Vec<_> = keys.split(',').map(str::to_owned).collect();
        let (services, app) = assemble(&all, &keys, &clock).await;
        Self { services, app, clock, settings: all, keys, folder }
    }

    /// The time of the app's clock.
    pub fn now(&self) -> i64 {
        self.clock.now()
    }

    /// Waits for background work, as at shutdown.
    pub async fn drained(&self) {
        drained(&self.services).await;
    }

    /// Another process on the same store.
    pub async fn another(&self) -> (AppState, Router) {
        assemble(&self.settings, &self.keys, &self.clock).await
    }

    /// Another process on the same store, with these texts in its settings replaced.
    pub async fn another_with(&self, changes: &[(&str, &str)]) -> Process {
        let mut settings = self.settings.clone();
        for (text, instead) in changes {
            assert!(settings.contains(text), "{text}");
            settings = settings.replace(text, instead);
        }
        let (services, app) = assemble(&settings, &self.keys, &self.clock).await;
        Process { services, app, clock: self.clock.clone() }
    }

    /// A new process on the same store.
    pub async fn restart(&mut self) {
        (self.services, self.app) = assemble(&self.settings, &self.keys, &self.clock).await;
    }

    /// A new process on the same store, with one text in the settings replaced.
    pub async fn restart_with(&mut self, text: &str, instead: &str) {
        self.settings = self.settings.replace(text, instead);
        self.restart().await;
    }

    /// A new process on the same store with these session keys.
    pub async fn restart_with_keys(&mut self, keys: &[&str]) {
        self.keys = keys.iter().map(|key| (*key).to_owned()).collect();
        self.restart().await;
    }

    /// The same with a new session key before the others, or instead of them.
    pub async fn roll_key(&mut self, keeps_old: bool) {
        if !keeps_old {
            self.keys.clear();
        }
        self.keys.insert(0, new_key());
        self.restart().await;
    }

    /// A new process that reads its settings from a file, and follows changes of it when the test says so.
    pub async fn follow(&mut self) -> Following {
        self.follow_with("", &[]).await
    }

    /// The same with more settings, and these files beside the settings file.
    pub async fn follow_with(&mut self, more: &str, files: &[(&str, &str)]) -> Following {
        let file = self.folder.join("claimcheck.toml");
        let text = format!("{more}{}", with_keys(&self.settings, &self.keys));
        for (name, text) in files.iter().chain(&[("claimcheck.toml", text.as_str())]) {
            let path = self.folder.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let (following, services, app) = Following::start(file, &self.clock).await;
        (self.services, self.app) = (services, app);
        following
    }

    pub fn browser(&self) -> Browser<'_> {
        Browser::new(&self.app)
    }

    /// Another process on the same store, with the same settings and keys, and this clock.
    pub async fn process(&self, clock: Clock) -> Process {
        let (services, app) = assemble(&self.settings, &self.keys, &clock).await;
        Process { services, app, clock }
    }

    /// A process with these settings and these limits.
    pub async fn process_within(&self, limits: BudgetLimits) -> Process {
        let budget = Budget::new(Machine::read(), limits);
        let clock = self.clock.clone();
        let (services, app) = assemble_within(budget, &self.settings, &self.keys, &clock).await;
        Process { services, app, clock }
    }

    /// A process with these settings on this machine.
    pub async fn process_on(&self, machine: Machine) -> Process {
        let (budget, clock) = (Budget::of(machine), self.clock.clone());
        let (services, app) = assemble_within(budget, &self.settings, &self.keys, &clock).await;
        Process { services, app, clock }
    }

    /// The file of a store configured as `sqlite:FOLDER/sessions.db`.
    pub fn database(&self) -> PathBuf {
        self.folder.join("sessions.db")
    }

    /// Every byte of every file of that store.
    pub fn stored_bytes(&self) -> Vec<u8> {
        let files = std::fs::read_dir(&self.folder).unwrap().map(|entry| entry.unwrap().path());
        files.filter(|path| path.is_file()).flat_map(|path| std::fs::read(path).unwrap()).collect()
    }
}

async fn assemble(settings: &str, keys: &[String], clock: &Clock) -> (AppState, Router) {
    assemble_within(Budget::of(Machine::read()), settings, keys, clock).await
}

async fn assemble_within(
    budget: Budget,
    settings: &str,
    keys: &[String],
    clock: &Clock,
) -> (AppState, Router) {
    let (settings, _) = Settings::load(Some(&with_keys(settings, keys)), None, []).unwrap();
    let services = router::services_within(budget, settings, clock.clone()).await.unwrap();
    (services.clone(), router::router(services))
}

/// The settings with these keys; those in the text are the initial ones.
fn with_keys(settings: &str, keys: &[String]) -> String {
    let others = settings.lines().filter(|line| !line.starts_with("session_keys ="));
    format!("session_keys = \"{}\"\n{}", keys.join(","), others.collect::<Vec<_>>().join("\n"))
}
