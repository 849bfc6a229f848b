//! `claimcheck doctor`: the command line, the settings, and the output.

use std::{
    io::{self, Write},
    path::Path,
    sync::Arc,
};

use claimcheck_base::clock::Clock;
use clap::Args;

use crate::{
    config::{LocalKeys, Settings},
    doctor::{
        CheckFinding, CheckOutcome, Diagnosis, examine,
        sign_in::{open_link, run_sign_in},
    },
};

/// The exit codes: nothing is wrong, something is, the settings cannot be read.
const HEALTHY: u8 = 0;
const MISTAKES: u8 = 1;
const UNREADABLE: u8 = 2;

/// What the command line asks for.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct DoctorOptions {
    /// Print one JSON object per finding, each on its line.
    #[arg(long)]
    pub json: bool,
    /// Also sign in through the running server, with a link and a code, and have it read every panel.
    #[arg(long)]
    pub sign_in: bool,
    /// Check the running `claimcheck demo` that was started in this folder.
    #[arg(long)]
    pub demo: bool,
}

/// The settings to check: the built-in ones, the file, and the environment.
pub struct SettingSources<'a> {
    pub base: Option<&'a str>,
    pub file: Option<&'a Path>,
    pub environment: Vec<(String, String)>,
}

/// Checks the settings, and then everything that they name. Returns the exit code.
///
/// # Errors
/// The output cannot be written.
pub async fn run(
    options: &DoctorOptions,
    sources: SettingSources<'_>,
    out: &mut impl Write,
) -> io::Result<u8> {
    let SettingSources { base, file, environment } = sources;
    let report = Settings::check(base, file, environment.clone());
    let mut diagnosis = Diagnosis { findings: report.findings.iter().map(CheckFinding::from).collect() };
    if report.mistakes() == 0 {
        match load(base, file, environment) {
            Ok(settings) => {
                let boards =
                    if report.boards == 1 { "1 board" } else { &format!("{} boards", report.boards) };
                diagnosis.findings.push(CheckFinding::ok("settings.check", format!("valid, with {boards}")));
                let settings = Arc::new(settings);
                diagnosis.findings.extend(examine(settings.clone(), Clock::default()).await);
                if options.sign_in {
                    let (clock, mut notice) = (Clock::default(), io::stderr().lock());
                    let found = run_sign_in(&settings, clock, &mut notice, open_link).await?;
                    diagnosis.findings.extend(found);
                }
            }
            Err(finding) => diagnosis.findings.push(*finding),
        }
    }
    let text = if options.json { diagnosis.json_lines() } else { format!("{diagnosis}\n") };
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(match (report.is_readable, diagnosis.count(CheckOutcome::Mistake)) {
        (false, _) => UNREADABLE,
        (true, 0) => HEALTHY,
        (true, _) => MISTAKES,
    })
}

/// The settings with their secrets, and with the keys beside the store if they have none.
fn load(
    base: Option<&str>,
    file: Option<&Path>,
    environment: Vec<(String, String)>,
) -> Result<Settings, Box<CheckFinding>> {
    let (mut settings, _) = Settings::load(base, file, environment).map_err(|_| {
        let found = "a secret is missing, so nothing else was checked";
        let remedy = "run this command with the variables of the server";
        Box::new(CheckFinding::mistake("settings.secrets", found, remedy))
    })?;
    if settings.session_keys.is_none()
        && let Some(keys) = LocalKeys::of(&settings)
    {
        settings.session_keys = keys.read().map_err(|error| {
            let remedy = "run this command as the user of the server";
            Box::new(
                CheckFinding::mistake("settings.session_keys", error.to_string(), remedy).at("session_keys"),
            )
        })?;
    }
    Ok(settings)
}
