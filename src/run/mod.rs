//! One invocation: flags and keys are checked as a whole, then targets are brought to their ends and reported.

mod early;
mod scheduler;
mod completions;
mod identity;
mod keys;
mod offline;
mod concurrency;
mod signals;
mod targets;
mod trace;
mod region;

use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::Arc;

use anstream::ColorChoice;
use clap::Parser as _;
use clap::error::ErrorKind as ClapKind;

use self::targets::Target;
use crate::cli::{self, Cli, Color, Output};
use crate::error::{Error, ErrorKind};
use crate::import::{Mode, Outcome};
use crate::io::clock::SystemClock;
use crate::io::http::{Network, Settings};
use crate::io::rlimit;
use crate::io::terminal::Terminal;
use crate::plan;
use crate::report::{self, Document, Record, Table};

/// What keeps more threads from helping: handshakes of a thousand targets take less than a second of one core.
const MOST_THREADS: usize = 4;

/// Runs the program with these arguments, the first of which is its name, and returns its exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    if let Some(error) = early::key_in_arguments(&arguments) {
        return refuse(&error, &arguments);
    }
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) => return unread(&error, &arguments),
    };
    let terminal = Arc::new(terminal(cli.color));
    let code = invoke(&cli, &terminal).unwrap_or_else(|EarlyError { error, code }| {
        if cli.output == Output::Json {
            terminal.results(&Document::new(Vec::new(), Some(&error), code).line());
        }
        terminal.message(&report::error("", &error));
        code
    });
    ended(&terminal, code)
}

fn terminal(color: Color) -> Terminal {
    Terminal::new(match color {
        Color::Auto => ColorChoice::Auto,
        Color::Always => ColorChoice::Always,
        Color::Never => ColorChoice::Never,
    })
}

/// Returns the exit code of a run, unless its results could not be written.
fn ended(terminal: &Terminal, code: u8) -> ExitCode {
    match terminal.take_failure() {
        None => ExitCode::from(code),
        Some(failure) => {
            let error = Error::new(ErrorKind::Unexpected, "the results could not be written")
                .caused_by(failure)
                .hinted("the run itself is complete; running again changes nothing");
            terminal.message(&report::error("", &error));
            ExitCode::from(if code == 0 { 1 } else { code })
        }
    }
}

/// Ends a run whose flags make no sense, or that only asked for help.
fn unread(error: &clap::Error, arguments: &[OsString]) -> ExitCode {
    let terminal = terminal(early::color(arguments));
    match error.kind() {
        ClapKind::DisplayHelp | ClapKind::DisplayVersion => {
            terminal.results(&error.render().ansi().to_string());
            ended(&terminal, 0)
        }
        ClapKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            terminal.message(&error.render().ansi().to_string());
            ExitCode::from(ErrorKind::Usage.exit_code())
        }
        _ => refuse(&cli::explain(error), arguments),
    }
}

/// Ends a run whose arguments cannot be used.
fn refuse(error: &Error, arguments: &[OsString]) -> ExitCode {
    let terminal = terminal(early::color(arguments));
    let code = error.kind().exit_code();
    if early::wants_json(arguments) {
        terminal.results(&Document::new(Vec::new(), Some(error), code).line());
    }
    terminal.message(&report::error("", error));
    ExitCode::from(code)
}

/// A run that ended before it had targets.
struct EarlyError {
    error: Error,
    code: u8,
}

impl From<Error> for EarlyError {
    fn from(error: Error) -> Self {
        let code = error.kind().exit_code();
        Self { error, code }
    }
}

fn invoke(cli: &Cli, terminal: &Arc<Terminal>) -> Result<u8, EarlyError> {
    if let Some(what) = cli.generate {
        terminal.results(&completions::generate(what));
        return Ok(0);
    }
    let selections = plan::selections(cli)?;
    let options = plan::options(cli)?;
    if selections.is_empty() && !cli.offline {
        return Err(Error::new(ErrorKind::Usage, "no cloud is named")
            .hinted("name one with `--provider`, or several with `--to`")
            .into());
    }
    let keys = keys::keys(cli, terminal)?;
    if cli.offline {
        let text = offline::describe(cli, terminal, &selections, &keys, &options)?;
        terminal.results(&text);
        return Ok(0);
    }
    let many = cli.jobs > 1 && (keys.len() > 1 || plan::has_many_targets(&selections));
    let runtime = runtime(many).map_err(|error| {
        Error::new(ErrorKind::Unexpected, "the run cannot be started").caused_by(error)
    })?;
    let code = runtime.block_on(online(cli, terminal, selections, &keys, &options));
    // Look-ups of names that nobody waits for any longer do not hold the process.
    runtime.shutdown_background();
    code
}

fn runtime(many: bool) -> std::io::Result<tokio::runtime::Runtime> {
    let mut builder = if many {
        tokio::runtime::Builder::new_multi_thread()
    } else {
        tokio::runtime::Builder::new_current_thread()
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    builder.worker_threads(cores.min(MOST_THREADS)).enable_all().build()
}

async fn online(
    cli: &Cli,
    terminal: &Arc<Terminal>,
    selections: Vec<plan::Selection>,
    keys: &[plan::NamedKey],
    options: &crate::provider::ImportOptions,
) -> Result<u8, EarlyError> {
    rlimit::prepare();
    let clock = Arc::new(SystemClock::default());
    let signal = signals::listen(Arc::clone(&clock)).map_err(|error| {
        Error::new(ErrorKind::Unexpected, "signals cannot be heard").caused_by(error)
    })?;
    let network = Arc::new(Network::new(Settings {
        connect_timeout: cli.connect_timeout,
        ca_file: cli.ca_file.clone(),
    }));
    let prepared = targets::prepare(cli, terminal, selections, keys, options, &network, &clock)
        .await
        .map_err(|error| {
            let failed = EarlyError::from(error);
            EarlyError { code: signal.code().unwrap_or(failed.code), ..failed }
        })?;
    let targets = &prepared.targets;
    let outcomes = scheduler::run(cli, terminal, targets, &network, &clock).await;
    let mut code = signal.code().unwrap_or_else(|| report::exit_code(&outcomes));
    if let Some(failure) = prepared.sandbox_failure() {
        terminal.message(&report::error("sandbox", &failure));
        code = if code == 0 { failure.kind().exit_code() } else { code };
    }
    finish(cli, terminal, targets, &outcomes, code);
    Ok(code)
}

/// Reports what is reported at the end.
fn finish(cli: &Cli, terminal: &Terminal, targets: &[Target], outcomes: &[Outcome], code: u8) {
    let pairs = || targets.iter().zip(outcomes);
    match cli.output {
        Output::Json => {
            let records = pairs()
                .map(|(target, outcome)| Record::new(target.id(), &target.job, outcome))
                .collect();
            terminal.results(&Document::new(records, None, code).line());
        }
        Output::Text if terminal.is_interactive() => {
            let table =
                Table::aligned(targets.iter().map(|target| (target.id(), target.job.as_ref())));
            for (target, outcome) in pairs() {
                terminal.results(&table.line(target.id(), &target.job, outcome));
            }
        }
        Output::Text | Output::Jsonl => {}
    }
    if targets.len() > 1 && !cli.quiet {
        terminal.message(&report::summary(outcomes));
    }
}

/// Returns what the flags ask to do with each target.
fn mode(cli: &Cli) -> Mode {
    match (cli.dry_run, cli.check) {
        (true, _) => Mode::DryRun,
        (false, true) => Mode::Check,
        (false, false) => Mode::Import,
    }
}

/// Prints warnings, each once.
fn warn(cli: &Cli, terminal: &Terminal, warnings: &[String]) {
    if cli.quiet {
        return;
    }
    for (index, text) in warnings.iter().enumerate() {
        if !warnings.iter().take(index).any(|other| other == text) {
            terminal.message(&report::warning(text));
        }
    }
}
