//! Many targets at once: fair across clouds, slower where a cloud asks for it, each reported as it ends.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio::task::JoinSet;

use super::concurrency::ConcurrencyLimit;
use super::mode;
use super::targets::{Target, limits};
use super::trace::{TargetObserver, Tracer};
use crate::cli::{Cli, Output};
use crate::client::Ports;
use crate::error::{Error, ErrorKind};
use crate::import::{self, Outcome};
use crate::io::clock::SystemClock;
use crate::io::http::{Host, Network};
use crate::io::rlimit::most_targets;
use crate::io::terminal::Terminal;
use crate::ports::Clock as _;
use crate::report::{self, Record, Table};
use crate::wire::Origin;

/// The targets of one cloud that were not started yet, and how many of it may run at once.
struct Queue {
    cloud: &'static str,
    waiting: VecDeque<usize>,
    running: usize,
    concurrency: Arc<ConcurrencyLimit>,
}

/// Brings every target to its end and returns the outcomes in the order of the targets.
pub(super) async fn run(
    cli: &Cli,
    terminal: &Arc<Terminal>,
    targets: &[Target],
    network: &Arc<Network>,
    clock: &Arc<SystemClock>,
) -> Vec<Outcome> {
    let jobs = usize::from(cli.jobs).min(most_targets());
    let mut queues = queues(targets, jobs);
    let mut outcomes: Vec<Option<Outcome>> = targets.iter().map(|_| None).collect();
    let live = Progress::new(cli, terminal, targets.len());
    let mut tasks: JoinSet<(usize, Outcome)> = JoinSet::new();
    let mut started = HashMap::new();
    let mut hosts = Hosts::new(targets);
    let mut turn = 0;
    let mut failed = false;
    loop {
        let may_start = clock.shutdown_deadline().is_none() && !(failed && cli.fail_fast);
        while may_start && tasks.len() < jobs {
            let Some(index) = next(&mut queues, &mut turn) else { break };
            let Some(target) = targets.get(index) else { break };
            let concurrency =
                queue_of(&mut queues, target.id()).map(|queue| Arc::clone(&queue.concurrency));
            let host = hosts.open(network, &target.job.endpoint.origin);
            let label = (targets.len() > 1).then(|| target.label());
            let trace = Tracer { terminal: Arc::clone(terminal), label };
            // It is large, and every hand that it goes through would copy it.
            let task = Box::pin(run_target(cli, trace, target.clone(), concurrency, host, clock));
            let handle = tasks.spawn(async move { (index, task.await) });
            started.insert(handle.id(), index);
        }
        let Some(ended) = tasks.join_next_with_id().await else { break };
        let (index, outcome) = match ended {
            Ok((_, ended)) => ended,
            Err(crash) => match started.get(&crash.id()) {
                Some(index) => (*index, task_failed()),
                None => continue,
            },
        };
        let Some(target) = targets.get(index) else { continue };
        if let Some(queue) = queue_of(&mut queues, target.id()) {
            queue.running = queue.running.saturating_sub(1);
        }
        hosts.close(&target.job.endpoint.origin);
        failed |= !outcome.status.is_as_wanted();
        live.show(target, &outcome);
        if let Some(slot) = outcomes.get_mut(index) {
            *slot = Some(outcome);
        }
    }
    let outcomes: Vec<Outcome> = outcomes
        .into_iter()
        .zip(targets)
        .map(|(outcome, target)| outcome.unwrap_or_else(|| live.skip(target)))
        .collect();
    live.end();
    outcomes
}

/// Keeps the connections of a host while targets of it are to come, and no longer: a run over a thousand hosts
/// holds as many connections as imports are under way.
struct Hosts<'a> {
    left: HashMap<&'a Origin, usize>,
    held: HashMap<&'a Origin, Arc<Host>>,
}

impl<'a> Hosts<'a> {
    fn new(targets: &'a [Target]) -> Self {
        let mut left = HashMap::new();
        for target in targets {
            *left.entry(&target.job.endpoint.origin).or_default() += 1;
        }
        Self { left, held: HashMap::new() }
    }

    fn open(&mut self, network: &Network, origin: &'a Origin) -> Result<Arc<Host>, Error> {
        let host = network.host(origin)?;
        if self.left.get(origin).is_some_and(|left| *left > 1) {
            self.held.insert(origin, Arc::clone(&host));
        }
        Ok(host)
    }

    fn close(&mut self, origin: &Origin) {
        let Some(left) = self.left.get_mut(origin) else { return };
        *left = left.saturating_sub(1);
        if *left == 0 {
            self.held.remove(origin);
        }
    }
}

/// Makes one queue for each cloud.
fn queues(targets: &[Target], jobs: usize) -> Vec<Queue> {
    let mut queues: Vec<Queue> = Vec::new();
    for (index, target) in targets.iter().enumerate() {
        match queue_of(&mut queues, target.id()) {
            Some(queue) => queue.waiting.push_back(index),
            None => queues.push(Queue {
                cloud: target.id(),
                waiting: VecDeque::from([index]),
                running: 0,
                concurrency: Arc::new(ConcurrencyLimit::new(jobs)),
            }),
        }
    }
    queues
}

fn queue_of<'a>(queues: &'a mut [Queue], cloud: &str) -> Option<&'a mut Queue> {
    queues.iter_mut().find(|queue| queue.cloud == cloud)
}

/// Takes the next target, one cloud after the other; a cloud that runs its share is passed over.
fn next(queues: &mut [Queue], turn: &mut usize) -> Option<usize> {
    for _ in 0..queues.len() {
        let queue_at = *turn % queues.len();
        *turn = queue_at + 1;
        let queue = queues.get_mut(queue_at)?;
        if queue.running < queue.concurrency.limit()
            && let Some(index) = queue.waiting.pop_front()
        {
            queue.running += 1;
            return Some(index);
        }
    }
    None
}

/// Runs one target.
fn run_target(
    cli: &Cli,
    tracer: Tracer,
    target: Target,
    concurrency: Option<Arc<ConcurrencyLimit>>,
    host: Result<Arc<Host>, Error>,
    clock: &Arc<SystemClock>,
) -> impl Future<Output = Outcome> + Send + use<> {
    let (mode, limits) = (mode(cli), limits(cli));
    let tracer = (cli.verbose > 1).then_some(tracer);
    let clock = Arc::clone(clock);
    async move {
        let host = match host {
            Ok(host) => host,
            Err(error) => return Outcome::failed(error),
        };
        let observer = TargetObserver { tracer, concurrency };
        let ports = Ports { transport: &*host, clock: &*clock, observer: &observer };
        let identity = &*target.identity;
        import::run(mode, target.cloud, &target.job, limits, identity, ports).await
    }
}

/// A target whose task broke off: what it had sent is not known.
fn task_failed() -> Outcome {
    Outcome::failed(
        Error::new(ErrorKind::OutcomeUnknown, "the import broke off inside the program")
            .hinted("run again to settle it, and report this as a fault of the program"),
    )
}

/// Shows targets as they end.
struct Progress<'a> {
    cli: &'a Cli,
    terminal: &'a Terminal,
    table: Option<Table>,
    bar: Option<ProgressBar>,
}

impl<'a> Progress<'a> {
    fn new(cli: &'a Cli, terminal: &'a Terminal, count: usize) -> Self {
        let table = (cli.output == Output::Text && !terminal.is_interactive()).then(Table::tabbed);
        let animates = count > 1 && !cli.quiet && cli.verbose < 2 && terminal.can_animate();
        let bar = animates.then(|| {
            let style = ProgressStyle::with_template("{bar:24} {pos}/{len} targets, {elapsed}");
            let length = u64::try_from(count).unwrap_or(u64::MAX);
            let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr());
            match style {
                Ok(style) => bar.with_style(style),
                Err(_) => bar,
            }
        });
        Self { cli, terminal, table, bar }
    }

    fn show(&self, target: &Target, outcome: &Outcome) {
        self.without_bar(|| {
            if let Some(table) = &self.table {
                self.terminal.results(&table.line(target.id(), &target.job, outcome));
            }
            if self.cli.output == Output::Jsonl {
                let record = Record::new(target.id(), &target.job, outcome);
                self.terminal.results(&record.line());
            }
            if let Some(error) = &outcome.error {
                self.terminal.message(&report::error(&target.label(), error));
            }
            for warning in outcome.warnings.iter().filter(|_| !self.cli.quiet) {
                let text = format!("{}: {warning}", target.label());
                self.terminal.message(&report::warning(&text));
            }
        });
        if let Some(bar) = &self.bar {
            bar.inc(1);
        }
    }

    fn skip(&self, target: &Target) -> Outcome {
        let outcome = Outcome::skipped();
        self.show(target, &outcome);
        outcome
    }

    fn without_bar(&self, print: impl FnOnce()) {
        match &self.bar {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }

    fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
