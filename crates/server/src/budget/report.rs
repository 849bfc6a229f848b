//! What operators see of the budget: one line at start, warnings, and the details of the admin listener's
//! `/health/ready`.

use serde_json::{Map, Value, json};

use super::{Budget, Pool, limits::FEW_CONNECTIONS};

impl Budget {
    /// Every bounded resource.
    fn pools(&self) -> Vec<&Pool> {
        let connections = self.connections.pools().into_iter().chain(self.admin.pools());
        let open = [&self.streams, &self.files, &self.exports, &self.images].map(|open| open.pool());
        connections
            .chain(open)
            .chain([&self.requests, &self.bodies, &self.body_bytes, &self.logout_tokens])
            .chain(self.apis.all())
            .collect()
    }

    /// Name, limit, use and refusals since the start of each resource, for metrics.
    pub fn readings(&self) -> impl Iterator<Item = (&'static str, usize, usize, u64)> {
        self.pools().into_iter().map(|pool| (pool.name(), pool.total(), pool.used(), pool.refused()))
    }

    /// Logs the limits in one line, and warns if they are low.
    pub fn announce(&self) {
        let limits: Vec<_> =
            self.pools().iter().map(|pool| format!("{}={}", pool.name(), pool.total())).collect();
        let (open_files, memory) = (self.machine.open_files, self.machine.memory);
        tracing::info!(
            event = "limits",
            open_files,
            memory,
            limits = limits.join(" "),
            "limits of this process"
        );
        for warning in self.warnings() {
            tracing::warn!("{warning}");
        }
    }

    /// What an operator should change.
    pub fn warnings(&self) -> Vec<String> {
        let connections = self.connections.pools()[0].total();
        if connections >= FEW_CONNECTIONS {
            return Vec::new();
        }
        let (files, memory) = (self.machine.open_files, self.machine.memory >> 20);
        vec![format!(
            "only {connections} connections, from {files} open files and {memory} MiB of memory: raise the limit of \
             open files (LimitNOFILE=65536 in a systemd unit, ulimit -Hn elsewhere), or give the process more memory"
        )]
    }

    /// Limit, use and refusals since the start of each resource.
    pub fn report(&self) -> Value {
        let mut limits = Map::new();
        limits.insert("open_files".to_owned(), json!({ "limit": self.machine.open_files }));
        limits.insert("memory_bytes".to_owned(), json!({ "limit": self.machine.memory }));
        for pool in self.pools() {
            let row = json!({ "limit": pool.total(), "used": pool.used(), "refused": pool.refused() });
            limits.insert(pool.name().to_owned(), row);
        }
        Value::Object(limits)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Budget, Machine};

    #[test]
    fn f02_few_connections_are_warned_about_and_many_are_not() {
        let of = |open_files, memory| Budget::of(Machine { open_files, memory }).warnings();
        assert_eq!(of(65_536, 4 << 30), Vec::<String>::new());
        assert_eq!(of(4096, 4 << 30), Vec::<String>::new());
        for (open_files, memory) in [(1024, 4 << 30), (65_536, 128 << 20)] {
            let warnings = of(open_files, memory);
            assert!(warnings.len() == 1 && warnings[0].contains("LimitNOFILE=65536"), "{warnings:?}");
            assert!(warnings[0].contains(&open_files.to_string()), "{warnings:?}");
        }
    }

    #[test]
    fn f02_the_report_has_limit_use_and_refusals_of_everything() {
        let budget = Budget::of(Machine { open_files: 1024, memory: 1 << 30 });
        let _request = budget.request([203, 0, 113, 7].into());
        let report = budget.report();
        assert_eq!(report["requests"], serde_json::json!({ "limit": 512, "used": 1, "refused": 0 }));
        for name in
            ["connections", "reserve", "admin_connections", "event_streams", "files", "bodies", "body_bytes"]
        {
            assert!(report[name]["limit"].as_u64().is_some_and(|limit| limit > 0), "{name}");
        }
        assert_eq!(report["open_files"]["limit"], 1024);
    }
}
