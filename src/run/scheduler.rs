//! Many targets at once: fair across clouds, slower where a cloud throttles, each reported as it ends.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use tokio::task::JoinSet;

use super::concurrency::ConcurrencyLimit;
use super::console::Console;
use super::options::Options;
use super::targets::Target;
use super::trace::TargetObserver;
use crate::client::{Limits, Ports};
use crate::error::{Error, ErrorKind};
use crate::import::{self, Mode, Outcome};
use crate::io::clock::SystemClock;
use crate::io::http::{Host, Network};
use crate::io::rlimit::most_targets;
use crate::ports::Clock as _;
use crate::report::Progress;
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
    mode: Mode,
    options: &Options,
    console: &Console,
    targets: &[Target],
    network: &Arc<Network>,
    clock: &Arc<SystemClock>,
) -> Vec<Outcome> {
    let jobs = jobs(options.jobs, targets.len(), console);
    let mut queues = queues(targets, jobs);
    let mut outcomes: Vec<Option<Outcome>> = targets.iter().map(|_| None).collect();
    let progress = console.progress(targets.len());
    let mut tasks: JoinSet<(usize, Outcome)> = JoinSet::new();
    let mut started = HashMap::new();
    let mut hosts = Hosts::new(targets);
    let mut turn = 0;
    let mut failed = false;
    loop {
        let may_start = clock.shutdown_deadline().is_none() && !(failed && options.fail_fast);
        while may_start && tasks.len() < jobs {
            let Some(index) = next(&mut queues, &mut turn) else { break };
            let Some(target) = targets.get(index) else { break };
            let queue = queue_of(&mut queues, target.id());
            let host = hosts.open(network, &target.job.endpoint.origin);
            let observer = TargetObserver {
                console: console.clone(),
                label: (targets.len() > 1).then(|| target.label()),
                concurrency: queue.map(|queue| Arc::clone(&queue.concurrency)),
            };
            let import = run_target(mode, options.limits, target, host, observer, clock);
            // The future is several KiB: boxed, it is not copied when it is spawned.
            let task = Box::pin(import);
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
        show(console, &progress, target, &outcome);
        if let Some(slot) = outcomes.get_mut(index) {
            *slot = Some(outcome);
        }
    }
    let skip = |target| {
        let outcome = Outcome::skipped();
        show(console, &progress, target, &outcome);
        outcome
    };
    let outcomes = outcomes.into_iter().zip(targets);
    let outcomes = outcomes.map(|(outcome, target)| outcome.unwrap_or_else(|| skip(target)));
    let outcomes = outcomes.collect();
    progress.finish();
    outcomes
}

/// Returns how many targets run at once, and warns where that is fewer than the user asked for.
fn jobs(wanted: usize, targets: usize, console: &Console) -> usize {
    let most = most_targets();
    if most < wanted.min(targets) {
        console.warn(&[format!(
            "only {most} targets run at once: the limit on open files (`ulimit -n`) allows no more"
        )]);
    }
    wanted.min(most)
}

/// Keeps the connections of a host as long as targets of it are left, so that a run over a thousand hosts holds
/// no more connections than there are imports in flight.
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

/// Takes the next target, one cloud after the other; a cloud at its concurrency limit is passed over.
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
    mode: Mode,
    limits: Limits,
    target: &Target,
    host: Result<Arc<Host>, Error>,
    observer: TargetObserver,
    clock: &Arc<SystemClock>,
) -> impl Future<Output = Outcome> + Send + use<> {
    let (target, clock) = (target.clone(), Arc::clone(clock));
    async move {
        let host = match host {
            Ok(host) => host,
            Err(error) => return Outcome::failed(error),
        };
        let ports = Ports { transport: &*host, clock: &*clock, observer: &observer };
        import::run(mode, target.cloud, &target.job, limits, &*target.credentials, ports).await
    }
}

/// The outcome of a target whose task panicked: what it sent is unknown.
fn task_failed() -> Outcome {
    Outcome::failed(
        Error::new(ErrorKind::OutcomeUnknown, "internal error: the import task failed")
            .hinted("run again to settle it, and report this as a bug"),
    )
}

/// Reports a target as it ends.
fn show(console: &Console, progress: &Progress, target: &Target, outcome: &Outcome) {
    progress.advance(|| {
        console.results(console.format.each(target.row(outcome)));
        let label = target.label();
        if let Some(error) = &outcome.error {
            console.error(&label, error);
        }
        let warnings = outcome.warnings.iter().map(|warning| format!("{label}: {warning}"));
        console.warn(&warnings.collect::<Vec<_>>());
    });
}
