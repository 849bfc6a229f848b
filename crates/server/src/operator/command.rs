//! `claimcheck sessions list | end | forget`: the commands and their output.

use std::{collections::HashSet, io::Write};

use clap::{ArgGroup, Subcommand};

use crate::operator::{Client, Forget, KEYS_AT_ONCE, OperatorError, Order, Which, table};

/// Operator commands for sessions.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// List running sessions, one per line; times are in UTC.
    List {
        /// Only sessions of this user: the subject at the provider (`sub`).
        #[arg(long, value_name = "SUB")]
        sub: Option<String>,
        /// Print one JSON object per line, with more details.
        #[arg(long)]
        json: bool,
    },
    /// End sessions at once, in all processes on the same store, and revoke their tokens.
    #[command(group(ArgGroup::new("which").required(true).args(["keys", "sub", "all"])))]
    End {
        /// Session keys, as shown by `list`; put `--` before a key that begins with a dash.
        #[arg(value_name = "KEY")]
        keys: Vec<String>,
        /// All sessions of this user: the subject at the provider (`sub`).
        #[arg(long, value_name = "SUB")]
        sub: Option<String>,
        /// Everyone's sessions; requires --yes.
        #[arg(long, requires = "yes")]
        all: bool,
        /// Confirm that everyone is signed out.
        #[arg(long, requires = "all")]
        yes: bool,
    },
    /// Forget what the store keeps of a user's activity, which their sessions page shows. Ends no session.
    Forget {
        /// The user: the subject at the provider (`sub`).
        #[arg(long, value_name = "SUB")]
        sub: String,
    },
}

/// Runs the command and prints the result. `false` if a named session or user has no running session.
///
/// # Errors
/// Any failure. Work done before it stays done, and has been reported.
pub async fn run(command: Command, client: &Client, out: &mut impl Write) -> Result<bool, OperatorError> {
    match command {
        Command::List { sub, json } => list(client, sub.as_deref(), json, out).await.map(|()| true),
        Command::End { sub: Some(sub), .. } => {
            let count = end_all(client, Which::Sub(sub.clone()), out).await?;
            let whose = format!(" of {}", table::harmless(&sub));
            said(out, count, &whose)?;
            Ok(count > 0)
        }
        Command::End { all: true, .. } => {
            let count = end_all(client, Which::All, out).await?;
            said(out, count, "")?;
            // No session was named, so none is missing.
            Ok(true)
        }
        Command::End { keys, .. } => end_keys(client, &keys, out).await,
        Command::Forget { sub } => forget(client, sub, out).await,
    }
}

async fn forget(client: &Client, sub: String, out: &mut impl Write) -> Result<bool, OperatorError> {
    let whose = table::harmless(&sub);
    let lines = client.forget(&Forget { sub }).await?.lines;
    match lines {
        0 => writeln!(out, "No activity of {whose}: nothing to forget.")?,
        1 => writeln!(out, "Forgot 1 line of activity of {whose}.")?,
        _ => writeln!(out, "Forgot {lines} lines of activity of {whose}.")?,
    }
    out.flush()?;
    Ok(lines > 0)
}

async fn list(
    client: &Client,
    sub: Option<&str>,
    json: bool,
    out: &mut impl Write,
) -> Result<(), OperatorError> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = client.list(sub, after.as_deref()).await?;
        if json {
            for line in &page.sessions {
                writeln!(out, "{}", serde_json::to_string(line)?)?;
            }
        } else {
            all.extend(page.sessions);
        }
        let Some(next) = page.next else { break };
        after = Some(next);
    }
    if !json {
        table::write(out, &all)?;
    }
    Ok(out.flush()?)
}

/// Ends page after page until there are no more. Returns the number.
async fn end_all(client: &Client, which: Which, out: &mut impl Write) -> Result<usize, OperatorError> {
    let (mut count, mut order) = (0, Order { which, after: None });
    loop {
        let done = match client.end(&order).await {
            Ok(done) => done,
            Err(failure) => {
                if count > 0 {
                    said(out, count, " before it failed")?;
                }
                return Err(failure);
            }
        };
        count += done.ended.len();
        if done.next.is_none() {
            return Ok(count);
        }
        order.after = done.next;
    }
}

async fn end_keys(client: &Client, keys: &[String], out: &mut impl Write) -> Result<bool, OperatorError> {
    let mut missing = false;
    for some in keys.chunks(KEYS_AT_ONCE) {
        let done = client.end(&Order { which: Which::Keys(some.to_vec()), after: None }).await?;
        let ended: HashSet<_> = done.ended.iter().collect();
        for key in some {
            if ended.contains(key) {
                writeln!(out, "Ended {key}.")?;
            } else {
                missing = true;
                writeln!(out, "No running session has the key {}: nothing to end.", table::harmless(key))?;
            }
        }
    }
    out.flush()?;
    Ok(!missing)
}

fn said(out: &mut impl Write, count: usize, rest: &str) -> Result<(), OperatorError> {
    match count {
        0 => writeln!(out, "No running session{rest}: nothing to end.")?,
        1 => writeln!(out, "Ended 1 session{rest}.")?,
        _ => writeln!(out, "Ended {count} sessions{rest}.")?,
    }
    Ok(out.flush()?)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::Command;

    #[derive(Parser)]
    struct Cli {
        #[command(subcommand)]
        command: Command,
    }

    fn parse(line: &str) -> Result<Command, String> {
        let words = ["sessions"].into_iter().chain(line.split(' '));
        Cli::try_parse_from(words).map(|cli| cli.command).map_err(|error| error.to_string())
    }

    #[test]
    fn what_to_end_is_said_in_one_way_and_everybody_twice() {
        for right in [
            "list",
            "list --sub ada --json",
            "end a b",
            "end --sub ada",
            "end --all --yes",
            "end -- -a_key b",
            "forget --sub ada",
        ] {
            parse(right).unwrap_or_else(|error| panic!("{right}: {error}"));
        }
        for (wrong, named) in [
            ("end", "--sub"),
            ("end --all", "--yes"),
            ("end --yes", "--all"),
            ("end --all --yes --sub ada", "cannot be used"),
            ("end a --sub ada", "cannot be used"),
            ("end -a_key", "unexpected argument"),
            ("end a --all --yes", "cannot be used"),
            ("forget", "--sub"),
            ("forget ada", "unexpected argument"),
        ] {
            let said = parse(wrong).expect_err(wrong);
            assert!(said.contains(named), "{wrong}: {said}");
        }
        let Ok(Command::End { keys, all: false, .. }) = parse("end -- -a_key b") else {
            panic!("not its keys")
        };
        assert_eq!(keys, ["-a_key", "b"]);
    }
}
