//! The command line, and what it does from the first question to the report.

use std::{
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
};

use claimcheck_base::clock::Clock;
use claimcheck_openapi::Proposal;
use clap::Args;

use crate::{
    config::{Report, Settings, USUAL_FILE},
    doctor::recognize,
    starter::{
        ask::{Answers, Missing, Question},
        document, file, report,
        text::{self, Basics},
    },
};

/// The exit codes: written, not written, a flag is missing.
const WRITTEN: u8 = 0;
const NOT_WRITTEN: u8 = 1;
const INCOMPLETE: u8 = 2;
/// The public URL while boards are written.
const LOCAL: &str = "http://localhost:3000";
/// Secrets that make settings complete, so that they can be used before the real ones are known. Nothing is sealed with them,
/// and nothing is sent with them.
const STAND_INS: [(&str, &str); 2] = [
    ("CLAIMCHECK_CLIENT_SECRET", "not-known-yet"),
    ("CLAIMCHECK_SESSION_KEYS", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="),
];
/// Variables of what the file says. They are not used here, because the file is about other values.
const OVERRIDES: [&str; 7] = [
    "CLAIMCHECK_PUBLIC_URL",
    "CLAIMCHECK_ISSUER",
    "CLAIMCHECK_CLIENT_ID",
    "CLAIMCHECK_API_URL",
    "CLAIMCHECK_BOARDS",
    "CLAIMCHECK_SCOPES",
    "CLAIMCHECK_AUTHORIZE_PARAMS",
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
        writeln!(notes, "claimcheck: nothing was written; missing: {flags}; see claimcheck new --help")?;
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

/// The environment without the variables that would override the file.
fn without_overrides(environment: &[(String, String)]) -> Vec<(String, String)> {
    let others = environment.iter().filter(|(name, _)| !OVERRIDES.contains(&name.as_str()));
    others.cloned().collect()
}

/// Settings with stand-ins for secrets that are not set.
fn load(text: &str, environment: &[(String, String)]) -> Result<Settings, Report> {
    let environment = without_overrides(environment);
    let mut variables = environment.clone();
    for (name, value) in STAND_INS {
        let has_it = variables.iter().any(|(known, _)| known == name || *known == format!("{name}_FILE"));
        if !has_it {
            variables.push((name.to_owned(), value.to_owned()));
        }
    }
    let loaded = Settings::load(Some(text), None, variables);
    loaded.map(|(settings, _)| settings).map_err(|_| Settings::check(Some(text), None, environment))
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
    report::write_provider(&provider, &mut basics, out)?;
    let config = match path == Path::new(USUAL_FILE) {
        true => String::new(),
        // The name is written into a comment, too.
        false => format!(" --config {}", claimcheck_openapi::comment_text(&path.display().to_string())),
    };
    let text = text::file(&basics, &provider, proposal.as_ref(), &config);
    let checked = Settings::check(Some(&text), None, without_overrides(&environment));
    if checked.mistakes() > 0 {
        writeln!(out, "{checked}\nNothing was written.")?;
        return Ok(NOT_WRITTEN);
    }
    if let Err(error) = file::write(path, is_forced, &text) {
        writeln!(out, "{} cannot be written: {error}", path.display())?;
        return Ok(NOT_WRITTEN);
    }
    writeln!(out, "{} has been written.", path.display())?;
    if let Some(proposal) = &proposal {
        writeln!(out, "{}", report::proposed(proposal))?;
    }
    let is_set = |name: &&str| environment.iter().any(|(known, value)| known == name && !value.is_empty());
    let overrides: Vec<_> = OVERRIDES.iter().copied().filter(is_set).collect();
    if !overrides.is_empty() {
        writeln!(out, "These variables are set and override the file: {}.", overrides.join(", "))?;
    }
    writeln!(out, "\n{}\n", Settings::check(None, Some(path), environment))?;
    report::write_steps(&basics, &provider, &config, out)?;
    Ok(WRITTEN)
}
