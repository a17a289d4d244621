//! One invocation: flags and keys are checked as a whole, then every target is brought to its end and reported.

mod early;
mod progress;
mod console;
mod options;
mod keys;
mod preparation;
mod observer;
mod discovery;
mod regions;
mod targets;
mod results;
mod scheduler;

use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::Arc;

use clap::error::ErrorKind as ClapKind;

pub use self::early::key_in_arguments;
pub use self::options::Options;

use self::console::{Console, Failures, Verbosity};
use self::preparation::Preparation;
use self::results::Results;
use crate::cli::{self, Cli};
use crate::error::{Error, ErrorKind};
use crate::io::clock::SystemClock;
use crate::io::file;
use crate::io::http::Network;
use crate::io::rlimit;
use crate::io::signals;
use crate::io::system::OsSystem;
use crate::plan;
use crate::ports::Clock as _;
use crate::report::exit;

/// The most worker threads: the handshakes of a thousand targets take less than a second of one core.
const MOST_THREADS: usize = 4;

/// Runs the program with these arguments, the first of which is its name, and returns its exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    rlimit::apply();
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let texts = early::language(&arguments).texts();
    let early_console = || {
        let color = early::flag(&arguments, "color").unwrap_or_default();
        Console::new(color, early::flag(&arguments, "output"), Verbosity::Normal, texts)
    };
    if let Some(error) = key_in_arguments(&arguments) {
        let console = early_console();
        return console.finish(console.early_errors(&[error], None));
    }
    if let Some(words) = cli::words_to_complete(&arguments) {
        let console = early_console();
        console.results(&cli::candidates(words, &OsSystem));
        return console.finish(0);
    }
    let cli = match cli::parse(&arguments, texts) {
        Ok(cli) => cli,
        Err(error) => {
            let console = early_console();
            return console.finish(report_unparsed(&error, &console));
        }
    };
    let verbosity = match (cli.quiet, cli.verbose) {
        (true, _) => Verbosity::Quiet,
        (false, 0) => Verbosity::Normal,
        (false, 1) => Verbosity::Verbose,
        (false, _) => Verbosity::Trace,
    };
    let console = Console::new(cli.color, cli.output, verbosity, texts);
    let code = if let Some(what) = cli.generate {
        console.results(&what.text());
        0
    } else {
        invoke(cli, &console)
            .unwrap_or_else(|failed| console.early_errors(&failed.0, signals::received()))
    };
    console.finish(code)
}

/// Reports arguments that clap does not accept, or shows the help that was asked for, and returns the exit code.
fn report_unparsed(error: &clap::Error, console: &Console) -> u8 {
    let text = || error.render().ansi().to_string();
    match error.kind() {
        ClapKind::DisplayHelp | ClapKind::DisplayVersion => {
            console.results(&text());
            0
        }
        ClapKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            console.message(Verbosity::Quiet, &text());
            ErrorKind::Usage.exit_code()
        }
        _ => console.early_errors(&[cli::explain(error)], None),
    }
}

fn invoke(cli: Cli, console: &Console) -> Result<u8, Failures> {
    let mut options = Options::new(cli)?;
    file::limit_pipes(options.limits.timeout);
    // The sandbox has addresses of its own.
    if options.sandbox.is_none() {
        let notes = plan::configure_endpoints(&mut options.selections, &OsSystem)?;
        for note in &notes {
            console.detail(note);
        }
    }
    let clock = Arc::new(SystemClock::default());
    signals::listen(Arc::clone(&clock)).map_err(|error| {
        Error::new(ErrorKind::Unexpected, "cannot install signal handlers").caused_by(error)
    })?;
    if options.list_regions {
        return list_regions(&options, console, &clock);
    }
    let preparation = Preparation::new(&options, console)?;
    if options.offline {
        console.results(&preparation.describe(clock.time())?);
        return Ok(signals::received().unwrap_or(0));
    }
    let is_single_target =
        preparation.batch.keys.len() == 1 && !plan::has_many_targets(&options.selections);
    block_on(options.jobs > 1 && !is_single_target, console, &clock, online(&preparation, &clock))?
}

fn list_regions(
    options: &Options,
    console: &Console,
    clock: &Arc<SystemClock>,
) -> Result<u8, Failures> {
    let rows = if options.offline {
        regions::known(&options.selections)
    } else {
        let network = Arc::new(Network::new(options.network.clone(), Arc::clone(clock)));
        block_on(false, console, clock, regions::ask(options, console, &network, clock))??
    };
    console.results(&console.format.regions(&rows));
    Ok(signals::received().unwrap_or(0))
}

/// Runs a future to its end, and shows what it waits for.
fn block_on<T>(
    is_multi_thread: bool,
    console: &Console,
    clock: &Arc<SystemClock>,
    future: impl Future<Output = T>,
) -> Result<T, Error> {
    let mut builder = if is_multi_thread {
        tokio::runtime::Builder::new_multi_thread()
    } else {
        tokio::runtime::Builder::new_current_thread()
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    builder.worker_threads(cores.min(MOST_THREADS)).enable_all();
    let runtime = builder.build().map_err(|error| {
        Error::new(ErrorKind::Unexpected, "cannot start the async runtime").caused_by(error)
    })?;
    runtime.spawn(Arc::clone(&console.progress).show_soon(Arc::clone(clock)));
    let result = runtime.block_on(future);
    console.progress.end();
    // Does not wait for DNS look-ups that were given up.
    runtime.shutdown_background();
    Ok(result)
}

async fn online(preparation: &Preparation<'_>, clock: &Arc<SystemClock>) -> Result<u8, Failures> {
    let (options, console) = (preparation.options, preparation.console);
    let network = Arc::new(Network::new(options.network.clone(), Arc::clone(clock)));
    let targets = targets::find(preparation, &network, clock).await?;
    let mut results = Results::new(console, &preparation.batch.keys, &targets.list);
    let outcomes =
        scheduler::run(options, console, &targets.list, &network, clock, &mut results).await;
    console.progress.end();
    let sandbox_failure = targets.sandbox_failure();
    if let Some(failure) = &sandbox_failure {
        console.error("sandbox", failure);
    }
    let code = exit::of_run(&outcomes, signals::received(), sandbox_failure.as_ref());
    results.end(&outcomes, code);
    Ok(code)
}
