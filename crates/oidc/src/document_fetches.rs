//! How the fetches of the provider's documents ended: counters for metrics.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::relying_party::ProviderError;

/// How a fetch ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FetchOutcome {
    /// The document can be used.
    Success,
    /// The provider did not answer, or with a failure that may be temporary.
    Unreachable,
    /// The certificate of the provider is not trusted here.
    Untrusted,
    /// The answer cannot be used.
    Unusable,
}

impl FetchOutcome {
    /// All of them, in the order of the counters.
    pub const ALL: [Self; 4] = [Self::Success, Self::Unreachable, Self::Untrusted, Self::Unusable];

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Unreachable => "unreachable",
            Self::Untrusted => "certificate_not_trusted",
            Self::Unusable => "unusable",
        }
    }
}

/// A document of the provider, as this process has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderDocument {
    /// `discovery` or `keys`.
    pub name: &'static str,
    /// How long ago it was fetched, in seconds; `None` if it never was.
    pub age_secs: Option<i64>,
    /// The fetches since the start, by outcome.
    pub fetches: [(FetchOutcome, u64); 4],
}

/// The fetches of one document since the start.
#[derive(Default)]
pub(crate) struct DocumentFetches([AtomicU64; 4]);

impl DocumentFetches {
    /// The result of a fetch, which is counted.
    pub(crate) async fn noting<T>(
        &self,
        fetch: impl Future<Output = Result<T, ProviderError>>,
    ) -> Result<T, ProviderError> {
        let result = fetch.await;
        let outcome = match &result {
            Ok(_) => FetchOutcome::Success,
            Err(ProviderError::Unreachable { is_untrusted: true, .. }) => FetchOutcome::Untrusted,
            Err(ProviderError::Unreachable { .. }) => FetchOutcome::Unreachable,
            Err(ProviderError::Unusable { .. } | ProviderError::Algorithms(_)) => FetchOutcome::Unusable,
        };
        for (counter, counted) in self.0.iter().zip(FetchOutcome::ALL) {
            if counted == outcome {
                counter.fetch_add(1, Ordering::Relaxed);
            }
        }
        result
    }

    /// The document of that name, and its age in seconds.
    pub(crate) fn document(&self, name: &'static str, age_secs: Option<i64>) -> ProviderDocument {
        let mut fetches = FetchOutcome::ALL.map(|outcome| (outcome, 0));
        for ((_, count), counter) in fetches.iter_mut().zip(&self.0) {
            *count = counter.load(Ordering::Relaxed);
        }
        ProviderDocument { name, age_secs, fetches }
    }
}
