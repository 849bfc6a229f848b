//! A process that follows changes of its files, step by step: the test says when it looks at them.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::Request,
};
use claimcheck::{handlers::state::AppState, reload::Routers, router};
use claimcheck_base::clock::Clock;
use claimcheck_server::{
    budget::{Budget, Machine},
    config::Settings,
    http_server::CurrentRouter,
    reload::{Origin, Reload},
};
use serde_json::Value;
use tower::ServiceExt;

/// The process, and its settings file.
pub struct Following {
    pub file: PathBuf,
    reload: Reload,
    routers: Routers,
    services: AppState,
    begun: Instant,
}

impl Following {
    /// A process with the settings of this file, its services, and a router that is always the current one.
    pub async fn start(file: PathBuf, clock: &Clock) -> (Self, AppState, Router) {
        let (settings, _) = Settings::load(None, Some(&file), []).unwrap();
        let budget = Budget::of(Machine::read());
        let services = router::services_within(budget, settings, clock.clone()).await.unwrap();
        let routers = Routers::of(&services);
        let app = forwarding(routers.public.clone());
        let origin = Origin { base: None, file: Some(file.clone()), env: Vec::new };
        let reload = Reload::new(origin, services.settings.clone(), services.reload.clone(), clock.clone());
        let reload = reload.with_audit(services.audit.clone());
        let following = Self { file, reload, routers, services: services.clone(), begun: Instant::now() };
        (following, services, app)
    }

    /// The text of the settings file.
    pub fn text(&self) -> String {
        fs::read_to_string(&self.file).unwrap()
    }

    /// Replaces a text in the settings file.
    pub fn change(&self, text: &str, instead: &str) {
        let before = self.text();
        assert!(before.contains(text), "{text} is not in {before}");
        self.write("claimcheck.toml", &before.replace(text, instead));
    }

    /// Writes a file beside it.
    pub fn write(&self, name: &str, text: &str) {
        let path = self.folder().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn folder(&self) -> &Path {
        self.file.parent().unwrap()
    }

    /// `SIGHUP`: whether something was taken up.
    pub fn hang_up(&mut self) -> bool {
        self.turn(true, Instant::now())
    }

    /// A look at the files this long after the start: whether something was taken up.
    pub fn look_at(&mut self, millis: u64) -> bool {
        self.turn(false, self.begun + Duration::from_millis(millis))
    }

    fn turn(&mut self, is_asked: bool, now: Instant) -> bool {
        let mut is_taken = false;
        self.reload.turn(is_asked, now, |settings| {
            self.routers.take_up(&self.services, settings);
            is_taken = true;
        });
        is_taken
    }

    /// The details of the health check on the admin listener.
    pub async fn health(&self) -> Value {
        let request = Request::get("/health/ready").header("host", "localhost").body(Body::empty()).unwrap();
        let answer = self.routers.admin.now().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), 200);
        serde_json::from_slice(&to_bytes(answer.into_body(), usize::MAX).await.unwrap()).unwrap()
    }
}

fn forwarding(current: CurrentRouter) -> Router {
    Router::new().fallback(async move |request: Request| {
        let Ok(answer) = current.now().oneshot(request).await;
        answer
    })
}
