//! One invocation: flags and keys are checked as a whole, then every target is brought to its end and reported.

mod early;
mod options;
mod console;
mod keys;
mod preparation;
mod observer;
mod targets;
mod scheduler;

use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::Arc;

use anstream::ColorChoice;
use clap::Parser as _;
use clap::error::ErrorKind as ClapKind;

pub use self::early::key_in_arguments;
pub use self::options::{Options, Verbosity};

use self::console::Console;
use self::preparation::Preparation;
use self::targets::Targets;
use crate::cli::{self, Cli, Color, Output};
use crate::error::{Error, ErrorKind};
use crate::import::Outcome;
use crate::io::clock::SystemClock;
use crate::io::http::Network;
use crate::io::rlimit;
use crate::io::signals;
use crate::io::terminal::Terminal;
use crate::plan;
use crate::report::{self, Format, Row, exit};

/// The most worker threads: the handshakes of a thousand targets take less than a second of one core.
const MOST_THREADS: usize = 4;

/// Runs the program with these arguments, the first of which is its name, and returns its exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    if let Some(error) = key_in_arguments(&arguments) {
        return refuse(&error, &arguments);
    }
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) => return unparsed(&error, &arguments),
    };
    let terminal = Arc::new(terminal(cli.color));
    if let Some(what) = cli.generate {
        terminal.results(&what.text());
        return finish(&terminal, 0);
    }
    let output = cli.output;
    let code = invoke(cli, &terminal).unwrap_or_else(|EarlyError { error, signal }| {
        early_error(&error, exit::of_error(&error, signal), output, &terminal)
    });
    finish(&terminal, code)
}

fn terminal(color: Color) -> Terminal {
    Terminal::new(match color {
        Color::Auto => ColorChoice::Auto,
        Color::Always => ColorChoice::Always,
        Color::Never => ColorChoice::Never,
    })
}

/// Returns the exit code of a run, unless its results could not be written.
fn finish(terminal: &Terminal, code: u8) -> ExitCode {
    let Some(failure) = terminal.take_failure() else { return ExitCode::from(code) };
    let error = Error::new(ErrorKind::Unexpected, "the results could not be written")
        .caused_by(failure)
        .hinted("the run itself is complete; running again changes nothing");
    terminal.message(&report::error("", &error));
    ExitCode::from(exit::of_unwritten(code))
}

/// Ends a run whose arguments clap does not accept, or that only asked for help.
fn unparsed(error: &clap::Error, arguments: &[OsString]) -> ExitCode {
    let text = || error.render().ansi().to_string();
    match error.kind() {
        ClapKind::DisplayHelp | ClapKind::DisplayVersion => {
            let terminal = terminal(early::flag(arguments, "color"));
            terminal.results(&text());
            finish(&terminal, 0)
        }
        ClapKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            terminal(early::flag(arguments, "color")).message(&text());
            ExitCode::from(ErrorKind::Usage.exit_code())
        }
        _ => refuse(&cli::explain(error), arguments),
    }
}

/// Ends a run whose arguments cannot be used.
fn refuse(error: &Error, arguments: &[OsString]) -> ExitCode {
    let terminal = terminal(early::flag(arguments, "color"));
    let (code, output) = (exit::of_error(error, None), early::flag(arguments, "output"));
    finish(&terminal, early_error(error, code, output, &terminal))
}

/// Reports an error that ended the run before it had targets.
fn early_error(error: &Error, code: u8, output: Output, terminal: &Terminal) -> u8 {
    let format = Format::new(output, terminal.is_interactive());
    if let Some(document) = format.early_error(error, code) {
        terminal.results(&document);
    }
    terminal.message(&report::error("", error));
    code
}

/// The error of a run that ended before it had targets, and the exit code of a signal that arrived.
struct EarlyError {
    error: Error,
    signal: Option<u8>,
}

impl From<Error> for EarlyError {
    fn from(error: Error) -> Self {
        Self { error, signal: None }
    }
}

fn invoke(cli: Cli, terminal: &Arc<Terminal>) -> Result<u8, EarlyError> {
    let options = Options::new(cli)?;
    let console = Console::new(terminal, &options);
    let preparation = Preparation::new(&options, &console)?;
    if options.offline {
        console.results(Some(preparation.describe()?));
        return Ok(0);
    }
    let is_one = preparation.keys().len() == 1 && !plan::has_many_targets(&options.selections);
    let runtime = runtime(options.jobs > 1 && !is_one).map_err(|error| {
        Error::new(ErrorKind::Unexpected, "cannot start the async runtime").caused_by(error)
    })?;
    let code = runtime.block_on(online(&preparation));
    // Does not wait for DNS look-ups that were given up.
    runtime.shutdown_background();
    code
}

fn runtime(is_multi_thread: bool) -> std::io::Result<tokio::runtime::Runtime> {
    let mut builder = if is_multi_thread {
        tokio::runtime::Builder::new_multi_thread()
    } else {
        tokio::runtime::Builder::new_current_thread()
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    builder.worker_threads(cores.min(MOST_THREADS)).enable_all().build()
}

async fn online(preparation: &Preparation<'_>) -> Result<u8, EarlyError> {
    let (options, console) = (preparation.options, preparation.console);
    rlimit::prepare();
    let clock = Arc::new(SystemClock::default());
    let signal = signals::listen(Arc::clone(&clock)).map_err(|error| {
        Error::new(ErrorKind::Unexpected, "cannot install signal handlers").caused_by(error)
    })?;
    let network = Arc::new(Network::new(options.network.clone()));
    let targets = targets::find(preparation, &network, &clock)
        .await
        .map_err(|error| EarlyError { error, signal: signal.code() })?;
    let outcomes = scheduler::run(options, console, &targets.list, &network, &clock).await;
    let sandbox_failure = targets.sandbox_failure();
    if let Some(failure) = &sandbox_failure {
        console.error("sandbox", failure);
    }
    let code = exit::of_run(&outcomes, signal.code(), sandbox_failure.as_ref());
    report_end(console, &targets, &outcomes, code);
    Ok(code)
}

/// Reports what is reported once all targets have ended.
fn report_end(console: &Console, targets: &Targets, outcomes: &[Outcome], code: u8) {
    let pairs = targets.list.iter().zip(outcomes);
    let rows: Vec<Row<'_>> = pairs.map(|(target, outcome)| target.row(outcome)).collect();
    console.results(console.format.end(&rows, code));
    if rows.len() > 1 {
        console.message(Verbosity::Normal, &report::summary(outcomes));
    }
}
