//! Operations of the session store: how many, how long they took, and how many failed.

use std::{fmt, sync::Arc, time::Duration};

use claimcheck_session::{EndReason, StoreError, StoreObserver, StoreOperation};
use prometheus_client::{
    collector::Collector,
    encoding::DescriptorEncoder,
    metrics::{MetricType, counter::Counter, family::Family, histogram::Histogram},
};

use super::{labels::Ended, series};

/// Seconds: a store in memory or in a file answers in less than one of a thousand.
const BUCKETS: [f64; 7] = [0.001, 0.005, 0.025, 0.1, 0.25, 1.0, 5.0];

/// The metrics of one operation.
#[derive(Debug)]
struct Operation {
    succeeded: Counter,
    failed: Counter,
    took: Histogram,
}

/// The metrics of all operations, in the order of [`StoreOperation::ALL`].
#[derive(Debug)]
pub(super) struct StoreOperations(Vec<Operation>);

impl Default for StoreOperations {
    fn default() -> Self {
        let new = || Operation {
            succeeded: Counter::default(),
            failed: Counter::default(),
            took: Histogram::new(BUCKETS),
        };
        Self(StoreOperation::ALL.iter().map(|_| new()).collect())
    }
}

impl StoreOperations {
    fn all(&self) -> impl Iterator<Item = (StoreOperation, &Operation)> {
        StoreOperation::ALL.iter().copied().zip(&self.0)
    }
}

impl Collector for StoreOperations {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let (name, help) =
            ("claimcheck_store_operations", "Operations of the session store, by operation and outcome.");
        let mut to = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
        for (operation, of) in self.all() {
            for (outcome, count) in [("success", &of.succeeded), ("failure", &of.failed)] {
                series(&mut to, &[("operation", operation.as_str()), ("outcome", outcome)], count)?;
            }
        }
        let name = "claimcheck_store_operation_duration_seconds";
        let help = "How long operations of the session store took.";
        let mut to = encoder.encode_descriptor(name, help, None, MetricType::Histogram)?;
        self.all()
            .try_for_each(|(operation, of)| series(&mut to, &[("operation", operation.as_str())], &of.took))
    }
}

/// Hears of the operations of a store.
pub(super) struct Observer {
    pub operations: Arc<StoreOperations>,
    pub ended: Family<Ended, Counter>,
}

impl StoreObserver for Observer {
    fn operated(&self, operation: StoreOperation, took: Duration, failed: Option<&StoreError>) {
        // The variants are in the order of `ALL`.
        let Some(of) = self.operations.0.get(operation as usize) else { return };
        let count = if failed.is_some() { &of.failed } else { &of.succeeded };
        count.inc();
        of.took.observe(took.as_secs_f64());
    }

    fn ended(&self, why: EndReason, count: usize) {
        self.ended.get_or_create(&Ended::of(why)).inc_by(count as u64);
    }
}
