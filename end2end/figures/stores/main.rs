//! The session stores alone, without the program around them: how fast each executes the operations of a request, and
//! rows to fill one with. Stores are named as in `CLAIMCHECK_STORE`.

use std::{env, error::Error, sync::Arc};

use claimcheck_session::{Backend, STORES, SessionStore, StoreSetting, open_store};

/// Realistic sessions with made-up content.
mod made_up;
/// The speed comparison.
mod race;

type Failure = Box<dyn Error + Send + Sync>;

const USAGE: &str = "usage: stores kinds | race ROUNDS SPELL_MS STORE... | fill SESSIONS STORE";

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["kinds"] => {
            for kind in STORES {
                let backend = match kind.backend {
                    Backend::Memory(_) => "memory",
                    Backend::File(_) => "file",
                    Backend::Server(_) => "server",
                };
                println!("{}\t{backend}", kind.name);
            }
            Ok(())
        }
        ["race", rounds, spell_ms, stores @ ..] => {
            race::race(rounds.parse()?, spell_ms.parse()?, stores).await
        }
        ["fill", sessions, store] => {
            made_up::fill(open(store).await?, sessions.parse()?).await?;
            Ok(())
        }
        _ => Err(USAGE.into()),
    }
}

/// Opens the store of that setting.
async fn open(store: &str) -> Result<Arc<dyn SessionStore>, Failure> {
    Ok(open_store(&StoreSetting::parse(store)?).await?)
}
