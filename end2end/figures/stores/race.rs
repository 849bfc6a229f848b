//! The store operations of a request: find the session of a cookie, record activity, replace the tokens. The stores
//! take turns in one run. Prints a line for each store, operation and concurrency, with values separated by tabs:
//! operations per second (the median of the rounds), median and 99th percentile of one operation in microseconds.

use std::{
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use claimcheck_base::clock::Clock;
use claimcheck_session::{SessionStore, Swap};
use tokio::task::JoinSet;

use crate::{
    Failure,
    made_up::{self, Known},
    open,
};

/// Rows of each store: more than fit in a page, few enough to be created quickly.
const ROWS: usize = 1_000;
const AT_ONCE: [usize; 2] = [1, 16];

#[derive(Clone, Copy, Debug)]
enum Act {
    Load,
    Touch,
    Swap,
}

impl Act {
    const ALL: [Self; 3] = [Self::Load, Self::Touch, Self::Swap];

    const fn name(self) -> &'static str {
        match self {
            Self::Load => "load",
            Self::Touch => "touch",
            Self::Swap => "swap tokens",
        }
    }
}

struct Contestant {
    name: String,
    store: Arc<dyn SessionStore>,
    rows: Vec<Known>,
    began_at: i64,
    tokens: Vec<u8>,
}

impl Contestant {
    async fn act(&self, act: Act, row: &Known) -> Result<(), Failure> {
        let is_done = match act {
            Act::Load => self.store.find(row.cookie_hash, self.began_at).await?.is_some(),
            Act::Touch => {
                // Never beyond the end of the session: a store in memory is called millions of times.
                let passed = row.passed.fetch_add(1, Ordering::Relaxed) % (made_up::IDLE_SECS / 2);
                let at = self.began_at + passed;
                self.store.touch(&row.key, at, at + made_up::IDLE_SECS).await?
            }
            Act::Swap => {
                let expected = row.version.load(Ordering::Relaxed);
                match self.store.save_tokens(&row.key, expected, self.tokens.clone()).await? {
                    Swap::Swapped { version } => {
                        row.version.store(version, Ordering::Relaxed);
                        true
                    }
                    Swap::Stale | Swap::Gone => false,
                }
            }
        };
        if is_done { Ok(()) } else { Err(format!("{}: {} did nothing", self.name, act.name()).into()) }
    }
}

/// The times of one operation at this concurrency, in microseconds, and the operations per second in each round.
#[derive(Default)]
struct Measured {
    took: Vec<u128>,
    per_second: Vec<u128>,
}

/// Runs all operations on all stores.
pub(crate) async fn race(rounds: usize, spell_ms: u64, stores: &[&str]) -> Result<(), Failure> {
    let mut contestants = Vec::new();
    for name in stores {
        let store = open(name).await?;
        contestants.push(Arc::new(Contestant {
            name: name.split(':').next().unwrap_or_default().to_owned(),
            rows: made_up::fill(store.clone(), ROWS).await?,
            store,
            began_at: Clock::default().now(),
            tokens: made_up::noise(made_up::TOKENS)?,
        }));
    }
    let spell = Duration::from_millis(spell_ms);
    for act in Act::ALL {
        for at_once in AT_ONCE {
            let mut all: Vec<Measured> = contestants.iter().map(|_| Measured::default()).collect();
            // Round 0 is a warm-up. Each round starts with another one, so that other load affects all equally.
            for round in 0..=rounds {
                for turn in 0..contestants.len() {
                    let who = (turn + round) % contestants.len();
                    let (Some(contestant), Some(measured)) = (contestants.get(who), all.get_mut(who)) else {
                        continue;
                    };
                    let began = Instant::now();
                    let took = run(contestant, act, at_once, spell).await?;
                    if round > 0 {
                        measured
                            .per_second
                            .push(took.len() as u128 * 1_000_000 / began.elapsed().as_micros());
                        measured.took.extend(took);
                    }
                }
            }
            for (contestant, measured) in contestants.iter().zip(&mut all) {
                let per_second = quantile(&mut measured.per_second, 50);
                let (median, worst) = (quantile(&mut measured.took, 50), quantile(&mut measured.took, 99));
                println!("{}\t{}\t{at_once}\t{per_second}\t{median}\t{worst}", contestant.name, act.name());
            }
        }
    }
    Ok(())
}

/// Repeats it for that long; each worker has its own rows.
async fn run(
    contestant: &Arc<Contestant>,
    act: Act,
    at_once: usize,
    spell: Duration,
) -> Result<Vec<u128>, Failure> {
    let mut workers = JoinSet::new();
    let until = Instant::now() + spell;
    for worker in 0..at_once {
        let contestant = contestant.clone();
        workers.spawn(async move {
            let mut took = Vec::new();
            for row in contestant.rows.iter().skip(worker).step_by(at_once).cycle() {
                let began = Instant::now();
                if began >= until {
                    break;
                }
                contestant.act(act, row).await?;
                took.push(began.elapsed().as_micros());
            }
            Ok::<_, Failure>(took)
        });
    }
    let mut all = Vec::new();
    while let Some(took) = workers.join_next().await {
        all.extend(took??);
    }
    Ok(all)
}

/// The value that this percentage does not exceed.
fn quantile(values: &mut [u128], of_hundred: usize) -> u128 {
    values.sort_unstable();
    let index = (values.len() * of_hundred).div_ceil(100).saturating_sub(1);
    values.get(index).copied().unwrap_or_default()
}
