//! `SIGHUP`: the request to read the files again. It never ends the program.

use std::sync::mpsc;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// `SIGHUP`, from the moment of creation on. Where it cannot be handled, it keeps its default action, which ends the process.
pub struct Hangups(Option<Signal>);

impl Hangups {
    /// Listens for the signal.
    pub fn listen() -> Self {
        let signal = signal(SignalKind::hangup());
        Self(signal.inspect_err(|error| tracing::warn!(%error, "cannot listen for SIGHUP")).ok())
    }

    /// A message for each signal from now on, as long as the runtime runs.
    pub fn forward(self) -> mpsc::Receiver<()> {
        let (sender, receiver) = mpsc::channel();
        tokio::spawn(async move {
            if let Self(Some(mut signal)) = self {
                while signal.recv().await.is_some() && sender.send(()).is_ok() {}
            }
            // The files are watched as long as there is a sender, also without signals.
            std::future::pending::<()>().await;
            drop(sender);
        });
        receiver
    }
}
