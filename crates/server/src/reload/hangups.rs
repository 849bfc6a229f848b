//! `SIGHUP`: the request to read the files again. It never ends the program.

use std::{io, sync::mpsc};

use tokio::signal::unix::{Signal, SignalKind, signal};

/// `SIGHUP`, from the moment of creation on. Where it cannot be handled, it keeps its default action, which ends the process.
pub struct Hangups(io::Result<Signal>);

impl Hangups {
    /// Listens for the signal.
    pub fn listen() -> Self {
        // An error is logged later, because there is no log yet.
        Self(signal(SignalKind::hangup()))
    }

    /// A message for each signal from now on, as long as the runtime runs, after a call of `at_each`.
    pub fn forward(self, at_each: impl Fn() + Send + 'static) -> mpsc::Receiver<()> {
        let (sender, receiver) = mpsc::channel();
        tokio::spawn(async move {
            match self.0 {
                Ok(mut signal) => {
                    while signal.recv().await.is_some() {
                        at_each();
                        // Without a receiver, no file is read again.
                        let _ = sender.send(());
                    }
                }
                Err(error) => tracing::warn!(%error, "cannot listen for SIGHUP"),
            }
            // The files are watched as long as there is a sender, also without signals.
            std::future::pending::<()>().await;
            drop(sender);
        });
        receiver
    }
}
