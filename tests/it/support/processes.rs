//! A world of several processes on one store, in which each request can go to any of them, as behind a load balancer.

use std::ops::{Deref, DerefMut};

use claimcheck::handlers::state::AppState;
use claimcheck_base::clock::Clock;

use crate::support::{Browser, Process, World};

/// The world's own process and further ones, whose clocks differ from its own by this many seconds each.
pub struct Processes {
    world: World,
    skews: Vec<i64>,
    others: Vec<Process>,
    /// Seconds that have passed.
    passed: i64,
}

impl Deref for Processes {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}

impl DerefMut for Processes {
    fn deref_mut(&mut self) -> &mut World {
        &mut self.world
    }
}

impl Processes {
    /// One further process for each skew, on the configured store.
    pub async fn start(settings: &str, skews: &[i64]) -> Self {
        let world = World::with(settings).await;
        let mut all = Self { world, skews: skews.to_vec(), others: Vec::new(), passed: 0 };
        all.start_others().await;
        all
    }

    pub fn count(&self) -> usize {
        1 + self.others.len()
    }

    /// A browser whose requests go to this process.
    pub fn browser_at(&self, process: usize) -> Browser<'_> {
        match process {
            0 => self.world.browser(),
            other => self.others[other - 1].browser(),
        }
    }

    pub fn services_of(&self, process: usize) -> &AppState {
        match process {
            0 => &self.world.services,
            other => &self.others[other - 1].services,
        }
    }

    /// Moves the time for everyone.
    pub fn advance(&mut self, secs: i64) {
        self.passed += secs;
        self.world.advance(secs);
        self.others.iter().for_each(|process| process.clock.advance(secs));
    }

    /// Waits for background work in every process.
    pub async fn drained(&self) {
        self.world.drained().await;
        for process in &self.others {
            process.drained().await;
        }
    }

    /// A new process in place of this one.
    pub async fn restart(&mut self, process: usize) {
        match process {
            0 => self.world.restart().await,
            other => self.others[other - 1] = self.start_one(self.skews[other - 1]).await,
        }
    }

    /// Restarts all of them, with a new session key before the others or instead of them.
    pub async fn roll_key(&mut self, keeps_old: bool) {
        self.world.roll_key(keeps_old).await;
        self.start_others().await;
    }

    async fn start_others(&mut self) {
        self.others.clear();
        for skew in self.skews.clone() {
            let process = self.start_one(skew).await;
            self.others.push(process);
        }
    }

    async fn start_one(&self, skew: i64) -> Process {
        let clock = Clock::default();
        clock.advance(skew + self.passed);
        let process = self.world.process(clock).await;
        // As at the start of a program. If the provider is down now, it is asked again when it is needed.
        let _ = process.services.relying_party.keys().await;
        process
    }
}
