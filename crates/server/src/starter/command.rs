//! The command line, and what it does from the first question to the report.

use std::{
    fs::{self, OpenOptions},
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
};

use claimcheck_base::clock::Clock;
use claimcheck_openapi::Proposal;
use clap::Args;

use crate::{
    config::{Report, Settings},
    doctor::{KnownProvider, recognize},
    starter::{
        ask::{Answers, Missing, Question},
        document,
        text::{self, Basics},
    },
};

/// The exit codes: written, not written, a flag is missing.
const WRITTEN: u8 = 0;
const NOT_WRITTEN: u8 = 1;
const INCOMPLETE: u8 = 2;
/// The file that other commands find by themselves.
const USUAL_FILE: &str = "claimcheck.toml";
/// The public URL while boards are written.
const LOCAL: &str = "http://localhost:3000";
/// Secrets that make settings complete, so that they can be used before the real ones are known. Nothing is sealed with them,
/// and nothing is sent with them.
const STAND_INS: [(&str, &str); 2] = [
    ("CLAIMCHECK_CLIENT_SECRET", "not-known-yet"),
    ("CLAIMCHECK_SESSION_KEYS", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="),
];

/// What the command line asks for.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct NewOptions {
    /// The file to write [default: claimcheck.toml].
    pub file: Option<PathBuf>,
    /// The provider's issuer, as in its discovery document.
    #[arg(long, value_name = "URL")]
    pub issuer: Option<String>,
    /// The client ID at the provider.
    #[arg(long, value_name = "ID")]
    pub client_id: Option<String>,
    /// The base URL of the API [default: the first server of the OpenAPI document].
    #[arg(long, value_name = "URL")]
    pub api: Option<String>,
    /// An OpenAPI 3 document to propose boards for, JSON or YAML.
    #[arg(long, value_name = "FILE|URL")]
    pub openapi: Option<String>,
    /// The public origin of the dashboard [default: http://localhost:3000].
    #[arg(long, value_name = "URL")]
    pub public_url: Option<String>,
    /// Ask nothing: take the defaults, and fail if something has none.
    #[arg(long, short)]
    pub yes: bool,
    /// Overwrite the file if it exists.
    #[arg(long)]
    pub force: bool,
}

/// Writes a settings file. Questions and progress go to the standard error, the report to `out`. Returns the exit code.
///
/// # Errors
/// The output cannot be written, or the terminal is gone.
pub async fn run_new(
    options: &NewOptions,
    config: Option<PathBuf>,
    environment: Vec<(String, String)>,
    out: &mut impl Write,
) -> io::Result<u8> {
    let path = options.file.clone().or(config).unwrap_or_else(|| PathBuf::from(USUAL_FILE));
    let mut notes = io::stderr();
    if path.exists() && !options.force {
        let name = path.display();
        writeln!(notes, "claimcheck: {name} exists; name another file, or add --force to overwrite it")?;
        return Ok(NOT_WRITTEN);
    }
    let (stdin, is_asked) =
        (io::stdin(), !options.yes && io::stdin().is_terminal() && io::stderr().is_terminal());
    let (mut input, mut questions) = (stdin.lock(), io::stderr());
    let mut answers = match is_asked {
        true => Answers::Terminal(&mut input, &mut questions),
        false => Answers::Usual,
    };
    let mut missing = Missing::default();
    let source = answers.to(
        Question {
            flag: "--openapi",
            text: "OpenAPI document of the API, file or URL (empty for none)",
            given: options.openapi.as_deref(),
            usual: None,
            is_required: false,
        },
        &mut missing,
    )?;
    let proposal = match source.is_empty() {
        true => None,
        false => match propose(&source, &environment).await {
            Ok(proposal) => Some(proposal),
            Err(message) => {
                writeln!(notes, "claimcheck: {source}: {message}")?;
                return Ok(NOT_WRITTEN);
            }
        },
    };
    let basics = ask_basics(options, proposal.as_ref(), &mut answers, &mut missing)?;
    if !missing.0.is_empty() {
        let flags = missing.0.join(", ");
        writeln!(notes, "claimcheck: nothing was written: {flags} is missing; see claimcheck new --help")?;
        return Ok(INCOMPLETE);
    }
    finish(&path, options.force, basics, proposal, environment, out).await
}

/// Asks for the settings without which nothing starts.
fn ask_basics(
    options: &NewOptions,
    proposal: Option<&Proposal>,
    answers: &mut Answers<'_>,
    missing: &mut Missing,
) -> io::Result<Basics> {
    let server = proposal.and_then(|proposal| proposal.servers.first().cloned());
    let mut ask = |flag, text, given: &Option<String>, usual| {
        answers.to(Question { flag, text, given: given.as_deref(), usual, is_required: true }, missing)
    };
    Ok(Basics {
        issuer: ask(
            "--issuer",
            "Issuer of the provider, such as https://login.example.com/",
            &options.issuer,
            None,
        )?,
        client_id: ask("--client-id", "Client ID at the provider", &options.client_id, None)?,
        api_url: ask("--api", "Base URL of the API", &options.api, server)?,
        public_url: ask(
            "--public-url",
            "Public URL of the dashboard",
            &options.public_url,
            Some(LOCAL.to_owned()),
        )?,
    })
}

/// Proposes boards for a document.
async fn propose(source: &str, environment: &[(String, String)]) -> Result<Proposal, String> {
    let basics = Basics {
        public_url: LOCAL.to_owned(),
        issuer: LOCAL.to_owned(),
        client_id: "new".to_owned(),
        api_url: LOCAL.to_owned(),
    };
    // The environment may name a proxy and certificate authorities.
    let http = load(&basics.required(), environment).map_err(|report| report.to_string())?.http();
    let loaded = document::load(source, &http).await?;
    let proposal = tokio::task::spawn_blocking(move || {
        claimcheck_openapi::propose(&loaded.bytes, loaded.address.as_deref())
    });
    proposal.await.map_err(|error| error.to_string())?.map_err(|error| error.to_string())
}

/// Settings with stand-ins for secrets that are not set.
fn load(text: &str, environment: &[(String, String)]) -> Result<Settings, Report> {
    let mut variables = environment.to_vec();
    for (name, value) in STAND_INS {
        let has_it = variables.iter().any(|(known, _)| known == name || *known == format!("{name}_FILE"));
        if !has_it {
            variables.push((name.to_owned(), value.to_owned()));
        }
    }
    let loaded = Settings::load(Some(text), None, variables);
    loaded.map(|(settings, _)| settings).map_err(|_| Settings::check(Some(text), None, environment.to_vec()))
}

/// Recognizes the provider, writes the file and reports.
async fn finish(
    path: &Path,
    is_forced: bool,
    mut basics: Basics,
    proposal: Option<Proposal>,
    environment: Vec<(String, String)>,
    out: &mut impl Write,
) -> io::Result<u8> {
    let settings = match load(&basics.required(), &environment) {
        Ok(settings) => settings,
        Err(report) => {
            writeln!(out, "{report}\nNothing was written.")?;
            return Ok(NOT_WRITTEN);
        }
    };
    let provider = recognize(&settings, Clock::default()).await;
    write_provider(&provider, &mut basics, out)?;
    let config = match path == Path::new(USUAL_FILE) {
        true => String::new(),
        // The name is written into a comment, too.
        false => format!(" --config {}", claimcheck_openapi::comment_text(&path.display().to_string())),
    };
    let text = text::file(&basics, &provider, proposal.as_ref(), &config);
    if let Err(error) = write_file(path, is_forced, &text) {
        writeln!(out, "{} cannot be written: {error}", path.display())?;
        return Ok(NOT_WRITTEN);
    }
    writeln!(out, "{} has been written.", path.display())?;
    if let Some(proposal) = &proposal {
        writeln!(out, "{}", proposed(proposal))?;
    }
    let report = Settings::check(None, Some(path), environment);
    writeln!(out, "\n{report}\n")?;
    write_steps(&basics, &provider, &config, out)?;
    Ok(if report.mistakes() == 0 { WRITTEN } else { NOT_WRITTEN })
}

/// Says which provider it is. An issuer that differs in a slash only is corrected.
fn write_provider(provider: &KnownProvider, basics: &mut Basics, out: &mut impl Write) -> io::Result<()> {
    let of = if provider.name.is_empty() { String::new() } else { format!(" It is {}.", provider.name) };
    let page = provider.page;
    match &provider.issuer {
        Ok(issuer) if *issuer == basics.issuer => {
            writeln!(out, "The issuer answers.{of} See docs/{page}.")
        }
        Ok(issuer) if issuer.trim_end_matches('/') == basics.issuer.trim_end_matches('/') => {
            basics.issuer.clone_from(issuer);
            writeln!(out, "The issuer answers, and is written {issuer}.{of} See docs/{page}.")
        }
        Ok(issuer) => writeln!(
            out,
            "The issuer answers, but its document names another issuer: {}. Use that one if it is yours.",
            claimcheck_openapi::comment_text(issuer)
        ),
        Err(error) => writeln!(
            out,
            "The issuer cannot be reached now ({}). `claimcheck doctor` tries again.",
            claimcheck_openapi::comment_text(error)
        ),
    }
}

/// Creates the file; or replaces it in one step, so that a running server never reads a part of it.
fn write_file(path: &Path, is_forced: bool, text: &str) -> io::Result<()> {
    if !is_forced {
        let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
        return file.write_all(text.as_bytes());
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    fs::write(&beside, text)?;
    fs::rename(&beside, path)
}

fn proposed(proposal: &Proposal) -> String {
    let count =
        |count: usize, one: &str| if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") };
    let boards = format!(
        "Proposed: {}, {}, {}, {} commented out.",
        count(proposal.boards, "board"),
        count(proposal.panels, "panel"),
        count(proposal.actions, "action"),
        proposal.commented,
    );
    let of = count(proposal.operations, "operation");
    match proposal.left_out {
        0 => format!("{boards} They use all of {of}."),
        left_out => format!("{boards} {left_out} of {of} were left out; the end of the file says why."),
    }
}

/// What is left to do.
fn write_steps(
    basics: &Basics,
    provider: &KnownProvider,
    config: &str,
    out: &mut impl Write,
) -> io::Result<()> {
    let at = |words: &str| {
        if words.is_empty() || provider.name.is_empty() { String::new() } else { format!(" ({words})") }
    };
    writeln!(out, "Next:")?;
    writeln!(out, "  1. Register at the provider, as docs/{} describes:", provider.page)?;
    writeln!(out, "       redirect URI              {}{}", basics.redirect_uri(), at(&provider.callback))?;
    writeln!(out, "       post-logout redirect URI  {}{}", basics.signed_out_uri(), at(&provider.sign_out))?;
    writeln!(out, "  2. Set CLAIMCHECK_CLIENT_SECRET, or CLAIMCHECK_CLIENT_SECRET_FILE.")?;
    writeln!(out, "  3. claimcheck doctor{config}    tries provider, store and API")?;
    writeln!(out, "  4. claimcheck serve{config}     starts the server on {}", basics.public_url)?;
    writeln!(out, "Check the file after each change: claimcheck check{config}")
}
