//! The command line: serve | demo | sessions | health | check | doctor | new | settings | schema | completions | man. Reads the settings, starts the services, and
//! serves until it is stopped.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use claimcheck::{
    assets,
    reload::{self, Routers},
    router,
};
use claimcheck_base::clock::Clock;
use claimcheck_demo as demo;
use claimcheck_server::{
    audit::audit_schema,
    budget::{Budget, Machine},
    config::{
        Listeners, LocalKeys, LocalKeysError, Settings, USUAL_FILE, environment, json_schema, settings_help,
    },
    doctor::{self, DoctorOptions, SettingSources},
    http_server::{self, Door, Listener},
    operator, ops,
    reload::{Hangups, Origin},
    starter::{NewOptions, run_new},
    tokens,
    traces::Traces,
};
use clap::{CommandFactory, Parser, Subcommand};
use clap_complete::Shell;

/// A signed-in dashboard for your API.
#[derive(Parser)]
#[command(
    name = "claimcheck",
    version,
    after_help = "`claimcheck settings` prints all settings, `claimcheck schema` describes the settings file for editors.",
    after_long_help = settings_help()
)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// Settings file (TOML), `claimcheck.toml` in this folder if there is one; environment variables override it.
    #[arg(long, global = true, env = "CLAIMCHECK_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Subcommand, Clone)]
enum Command {
    /// Serve the dashboard (default).
    Serve {
        /// Show mistakes in the files with boards on every page, and reload open pages when the files change. Not for production.
        #[arg(long)]
        author: bool,
    },
    /// Serve the dashboard with a demo provider and a demo API.
    Demo {
        /// Run only these parts, without the dashboard: provider, api.
        #[arg(long, value_delimiter = ',', value_name = "PARTS")]
        only: Vec<demo::StandIn>,
        /// Show the boards of this file in place of the demo's, reload open pages when it changes, and show its mistakes there.
        #[arg(long, value_name = "FILE", conflicts_with = "only")]
        boards: Option<PathBuf>,
    },
    /// List and end sessions of a running server; requires the server's settings.
    Sessions {
        #[command(subcommand)]
        command: operator::Command,
        /// Use the running `claimcheck demo` that was started in this folder.
        #[arg(long, global = true)]
        demo: bool,
    },
    /// Ask the running server with these settings whether it is ready. Exit codes: 0 ready, 1 not ready or not there.
    Health {
        /// Ask whether it runs, not whether it is ready.
        #[arg(long)]
        live: bool,
    },
    /// Check settings and boards without starting anything. Exit codes: 0 no mistakes, 1 mistakes, 2 not readable.
    Check {
        /// Print one JSON object per finding, each on its line.
        #[arg(long)]
        json: bool,
    },
    /// Check that provider, store, public URL and APIs work with the settings. Exit codes as for `check`.
    Doctor(DoctorOptions),
    /// Write a first settings file, with boards proposed for an OpenAPI document.
    New(NewOptions),
    /// Print all settings, with defaults and variables.
    Settings,
    /// Print the JSON Schema of the settings file, for editors.
    Schema {
        /// Print that of a line of the audit log instead.
        #[arg(long)]
        audit: bool,
    },
    /// Print a completion script for a shell.
    Completions {
        #[arg(value_name = "SHELL")]
        shell: Shell,
    },
    /// Print the manual page, in roff.
    Man,
}

/// The exit code if the settings file cannot be read; also that of a wrong command line.
const UNREADABLE: u8 = 2;

/// Said next to the mistakes if only the environment was read.
const NO_FILE: &str = "No settings file was read: there is no claimcheck.toml in this folder, and --config names none. \
                       `claimcheck new` writes a first one; `claimcheck demo` needs none.";

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type BoxError = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let file = || cli.config.clone().or_else(usual_file);
    let exit = |is_done: bool| if is_done { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    let done = match cli.command.unwrap_or(Command::Serve { author: false }) {
        Command::Serve { author } => serve(None, file(), author).await.map(|()| ExitCode::SUCCESS),
        // The file of another installation does not change the demo.
        Command::Demo { only, boards } => {
            run_demo(only, cli.config, boards).await.map(|()| ExitCode::SUCCESS)
        }
        Command::Sessions { command, demo: false } => sessions(command, false, file()).await.map(exit),
        Command::Sessions { command, demo: true } => sessions(command, true, cli.config).await.map(exit),
        Command::Health { live } => health(file(), live).await,
        Command::Check { json } => check(file(), json),
        Command::Doctor(options) if options.demo => run_doctor(options, cli.config).await,
        Command::Doctor(options) => run_doctor(options, file()).await,
        Command::New(options) => write_new(&options, cli.config).await,
        Command::Settings => print(format!("{}\n", settings_help()).as_bytes()),
        Command::Schema { audit: false } => print(format!("{:#}\n", json_schema()).as_bytes()),
        Command::Schema { audit: true } => print(format!("{:#}\n", audit_schema()).as_bytes()),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "claimcheck", &mut script);
            print(&script)
        }
        Command::Man => {
            let mut page = Vec::new();
            clap_mangen::Man::new(Cli::command())
                .render(&mut page)
                .map_err(BoxError::from)
                .and_then(|()| print(&page))
        }
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("claimcheck: {error}");
            ExitCode::FAILURE
        }
    }
}

/// `claimcheck.toml`, if it is in the current folder.
fn usual_file() -> Option<PathBuf> {
    Some(PathBuf::from(USUAL_FILE)).filter(|file| file.exists())
}

/// Writes to the standard output. A closed pipe is not an error.
fn print(bytes: &[u8]) -> Result<ExitCode, BoxError> {
    match io::stdout().lock().write_all(bytes) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(ExitCode::SUCCESS),
    }
}

/// Prints the state of the running server. Only the addresses of the settings matter.
async fn health(file: Option<PathBuf>, is_live: bool) -> Result<ExitCode, BoxError> {
    let listeners = Listeners::read(file.as_deref(), environment())?;
    print(format!("{}\n", operator::ask_health(&listeners, is_live).await?).as_bytes())
}

/// Reports every mistake in the settings.
fn check(file: Option<PathBuf>, is_json: bool) -> Result<ExitCode, BoxError> {
    let report = Settings::check(None, file.as_deref(), environment());
    let text = if is_json { report.json_lines() } else { format!("{report}\n") };
    print(text.as_bytes())?;
    if file.is_none() && !is_json && report.mistakes() > 0 {
        print(format!("{NO_FILE}\n").as_bytes())?;
    }
    Ok(match (report.is_readable, report.mistakes()) {
        (false, _) => ExitCode::from(UNREADABLE),
        (true, 0) => ExitCode::SUCCESS,
        (true, _) => ExitCode::FAILURE,
    })
}

/// Reports everything that does not work with the settings.
async fn run_doctor(options: DoctorOptions, file: Option<PathBuf>) -> Result<ExitCode, BoxError> {
    let base = demo_settings(options.demo)?;
    let environment = environment().collect();
    let sources = SettingSources { base: base.as_deref(), file: file.as_deref(), environment };
    match doctor::run(&options, sources, &mut io::stdout().lock()).await {
        // The reader has closed the pipe.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
        code => Ok(ExitCode::from(code?)),
    }
}

/// Writes a first settings file.
async fn write_new(options: &NewOptions, file: Option<PathBuf>) -> Result<ExitCode, BoxError> {
    let code = run_new(options, file, environment().collect(), &mut io::stdout().lock()).await?;
    Ok(ExitCode::from(code))
}

/// The settings of the running demo, if a command is about it.
fn demo_settings(is_of_demo: bool) -> Result<Option<String>, BoxError> {
    match is_of_demo {
        true => Ok(Some(demo::Demo::find(environment())?.dashboard_settings())),
        false => Ok(None),
    }
}

/// Adds the session keys beside the store, if the settings need and allow them.
fn keep_local_keys(settings: &mut Settings) -> Result<(), BoxError> {
    let Some(keys) = LocalKeys::of(settings) else { return Ok(()) };
    match keys.read_or_create() {
        Ok(found) => {
            settings.session_keys = Some(found);
            tracing::info!("session keys are kept in {}, because none are set", keys.path().display());
        }
        // As without a place to keep them: the next start has other keys.
        Err(error @ LocalKeysError::Unwritable { .. }) => tracing::warn!("{error}"),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

/// Runs the dashboard until a signal arrives. `is_author`: the people who use it write its boards.
async fn serve(base: Option<String>, file: Option<PathBuf>, is_author: bool) -> Result<(), BoxError> {
    let hangups = Hangups::listen();
    let (mut settings, warnings) = match Settings::load(base.as_deref(), file.as_deref(), environment()) {
        // The pages show the mistakes; until they are corrected, there are no boards.
        Err(_) if is_author && base.is_some() => Settings::load(base.as_deref(), None, environment())?,
        Err(errors) if file.is_none() && base.is_none() => return Err(format!("{errors}\n{NO_FILE}").into()),
        read => read?,
    };
    let (traces, layer) = Traces::start(&settings)?.unzip();
    ops::log::init(&settings.log, layer)?;
    if is_author {
        let reason = "pages show mistakes in the files with boards to everyone who is signed in";
        tracing::warn!(event = "author mode", reason, "not for production");
    }
    for warning in warnings {
        tracing::warn!(key = warning.key, remedy = warning.remedy, "{warning}");
    }
    if file.as_deref() == Some(Path::new(USUAL_FILE)) {
        tracing::info!("settings are read from {USUAL_FILE} in the current folder");
    }
    keep_local_keys(&mut settings)?;
    if !assets::is_built() {
        tracing::warn!(
            "this binary was built without the site: pages have no styles and no scripts; build it with `make build`"
        );
    }
    let (listen, admin_listen, public_url) =
        (settings.listen.clone(), settings.admin_listen.clone(), settings.home());
    let budget = Budget::of(Machine::raise_and_read());
    budget.announce();
    let door = Door {
        connections: budget.connections.clone(),
        trusted_proxies: settings.trusted_proxies.as_slice().into(),
    };
    let admin_connections = budget.admin.clone();
    let state = router::services_within(budget, settings, Clock::default()).await?;
    if is_author {
        state.reload.show_on_pages(state.clock.now());
    }
    let purge = tokio::spawn(ops::purge::regularly(state.sessions.clone()));
    let listener =
        Listener::bind(&listen).await.map_err(|error| format!("cannot listen on {listen}: {error}"))?;
    // Bound second, so that its default never takes a configured address.
    let admin_listener = operator::bind(admin_listen).await?;
    // Fetched before the first user arrives, so that a slow provider does not delay sign-ins and refreshes.
    let relying_party = state.relying_party.clone();
    tokio::spawn(async move { relying_party.fetch_until_usable().await });
    // From here on, a signal ends the program in order.
    let (signals, shutdown_delay) = (ops::Signals::listen(), state.settings.shutdown_delay);
    tracing::info!("serving {public_url} on {listen}");
    let (tasks, stopping, draining) = (state.tasks.clone(), state.stopping.clone(), state.draining.clone());
    let audit = state.audit.clone();
    let longest = tokens::longest(state.settings.outgoing.provider_timeout);
    let routers = Routers::of(&state);
    let origin = Origin { base, file, env: || environment().collect() };
    reload::follow(origin, hangups, state, routers.clone())?;
    audit.started();
    let admin = operator::serve(admin_listener, routers.admin, stopping.clone(), admin_connections);
    let stop = async move {
        ops::shutdown::delayed(signals, &draining, shutdown_delay).await;
        stopping.cancel();
    };
    let limits = http_server::Limits::default();
    let public = http_server::serve(listener, routers.public, stop, limits, door);
    let ((), ended) = tokio::join!(public, admin);
    ended?;
    tasks.close();
    if tokio::time::timeout(longest, tasks.wait()).await.is_err() {
        tracing::warn!("stopped while tokens were being refreshed: some users may have to sign in again");
    }
    purge.abort();
    audit.stopped().await;
    if let Some(traces) = traces {
        traces.shut_down().await;
    }
    Ok(())
}

/// Runs the demo provider and the demo API, and unless `only` is set, a dashboard that uses them, with the boards of a file if
/// one is named.
async fn run_demo(
    only: Vec<demo::StandIn>,
    file: Option<PathBuf>,
    boards: Option<PathBuf>,
) -> Result<(), BoxError> {
    if let Some(boards) = boards.as_ref().filter(|boards| !boards.is_file()) {
        return Err(format!("--boards: there is no file {}; write it first", boards.display()).into());
    }
    if boards.is_some() && file.is_some() {
        let remedy = "remove --config and unset CLAIMCHECK_CONFIG, or name that file with --boards";
        return Err(format!("--boards: the demo reads one file; {remedy}").into());
    }
    let demo = demo::Demo::prepare(environment())?;
    if !only.is_empty() {
        ops::log::init("info", None)?;
        return Ok(demo.run(&only, ops::shutdown::requested()).await?);
    }
    let base = match &boards {
        Some(_) => demo.settings_without_boards(),
        None => demo.dashboard_settings(),
    };
    eprintln!("{}", demo.welcome());
    if let Some(boards) = &boards {
        eprintln!("The boards are those of {}. Save it, and open pages follow.", boards.display());
    }
    eprintln!("The demo's data is in the folder {}; delete it to start over.", demo.data_dir().display());
    // The demo services stop last, because a stopping dashboard may still be waiting for them.
    let (dashboard_runs, dashboard_ended) = tokio::sync::oneshot::channel::<()>();
    let stand_ins = async {
        demo.run(&demo::StandIn::ALL, async { drop(dashboard_ended.await) }).await.map_err(BoxError::from)
    };
    let dashboard = async {
        let is_author = boards.is_some();
        let ended = serve(Some(base), boards.or(file), is_author).await;
        drop(dashboard_runs);
        ended
    };
    tokio::try_join!(stand_ins, dashboard).map(|_| ())
}

/// Runs a command on the server with the same settings. `false` if a named session does not exist.
async fn sessions(
    command: operator::Command,
    of_demo: bool,
    file: Option<PathBuf>,
) -> Result<bool, BoxError> {
    let base = demo_settings(of_demo)?;
    let (mut settings, _) = Settings::load(base.as_deref(), file.as_deref(), environment())?;
    if let Some(keys) = LocalKeys::of(&settings) {
        settings.session_keys = keys.read()?;
    }
    let client = operator::Client::new(&settings, Clock::default())?;
    match operator::run(command, &client, &mut io::stdout().lock()).await {
        // The reader has closed the pipe.
        Err(operator::OperatorError::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(true),
        done => Ok(done?),
    }
}
