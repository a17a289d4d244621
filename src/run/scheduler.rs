//! Many targets at once: fair across clouds, slower where a cloud throttles, each reported as it ends.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use tokio::task::JoinSet;

use super::console::Console;
use super::observer::{ConcurrencyLimit, TargetObserver};
use super::options::Options;
use super::progress::{Rank, Wait};
use super::results::Results;
use super::targets::Target;
use crate::error::{Error, ErrorKind};
use crate::import::{self, Outcome};
use crate::io::clock::{GRACE_PERIOD, SystemClock};
use crate::io::http::{HostPool, Network};
use crate::io::rlimit::most_targets;
use crate::phrase::phrase;
use crate::ports::{Clock as _, Ports};
use crate::report::waiting;
use crate::wire::Origin;

/// The targets of one cloud that were not started yet, and how many of it may run at once.
struct Queue {
    cloud: &'static str,
    /// Indexes in the list of all targets.
    waiting: VecDeque<usize>,
    running: usize,
    concurrency: Arc<ConcurrencyLimit>,
}

/// Brings every target to its end and returns the outcomes in the order of the targets.
pub(super) async fn run(
    options: &Options,
    console: &Console,
    targets: &[Target],
    network: &Network,
    clock: &Arc<SystemClock>,
    results: &mut Results<'_>,
) -> Vec<Outcome> {
    let jobs = jobs(options.jobs, targets.len(), console);
    let mut queues = queues(targets, jobs);
    let mut pools = Pools::new(targets);
    let mut tasks: JoinSet<(usize, Outcome)> = JoinSet::new();
    let mut outcomes: HashMap<usize, Outcome> = HashMap::new();
    if targets.len() > 1 {
        console.progress.count(targets.len());
    }
    let rank = if targets.len() > 1 { Rank::Target } else { Rank::Step };
    let mut stopping: Option<Wait> = None;
    let mut failed = false;
    loop {
        let may_start = clock.shutdown_deadline().is_none() && !(failed && options.fail_fast);
        while may_start
            && tasks.len() < jobs
            && let Some((index, concurrency)) = next(&mut queues)
            && let Some(target) = targets.get(index)
        {
            let label = (targets.len() > 1).then(|| target.label());
            let observer =
                TargetObserver::new(console, target.cloud, label).with_limit(concurrency);
            let pool = pools.open(network, &target.job.endpoint.origin);
            // A task of its own, so that a panic in it is an outcome too.
            let import = tokio::spawn(run_target(options, target, pool, observer, clock));
            let wait = console.wait(rank, &target.waiting(options.mode));
            tasks.spawn(async move {
                let outcome = import.await.unwrap_or_else(|_| task_failed());
                drop(wait);
                (index, outcome)
            });
        }
        let ended = tokio::select! {
            ended = tasks.join_next() => ended,
            () = clock.shutdown_requested(), if stopping.is_none() && !tasks.is_empty() => {
                let text = waiting::stopping(tasks.len(), GRACE_PERIOD);
                stopping = Some(console.wait(Rank::Now, &text));
                continue;
            }
        };
        let Some(Ok((index, outcome))) = ended else { break };
        let Some(target) = targets.get(index) else { break };
        if let Some(queue) = queues.iter_mut().find(|queue| queue.cloud == target.id()) {
            queue.running -= 1;
        }
        pools.close(&target.job.endpoint.origin);
        // A key that `--check` did not find is no failure.
        let is_failure = outcome.error.is_some();
        failed |= !outcome.status.is_as_wanted();
        console.progress.ended(is_failure);
        if stopping.is_some() && console.progress.is_live() {
            let text = waiting::stopping(tasks.len(), GRACE_PERIOD);
            stopping = (!tasks.is_empty()).then(|| console.wait(Rank::Now, &text));
        }
        outcomes.insert(index, outcome);
        results.ended(index, &outcomes);
    }
    for index in 0..targets.len() {
        if let Entry::Vacant(entry) = outcomes.entry(index) {
            entry.insert(Outcome::skipped());
            results.ended(index, &outcomes);
        }
    }
    let in_order = |index| outcomes.remove(&index).unwrap_or_else(Outcome::skipped);
    (0..targets.len()).map(in_order).collect()
}

/// Returns how many targets run at once, and warns where that is fewer than the user asked for.
fn jobs(wanted: usize, targets: usize, console: &Console) -> usize {
    let most = most_targets();
    if most < wanted.min(targets) {
        console.warn(&[phrase!(
            "only {} targets run at once: the limit on open files (`ulimit -n`) allows no more",
            most
        )]);
    }
    wanted.min(most)
}

/// Keeps the connections of a host as long as targets of it are left, so that a run over a thousand hosts holds
/// no more connections than there are imports in flight.
struct Pools<'a> {
    left: HashMap<&'a Origin, usize>,
    held: HashMap<&'a Origin, Arc<HostPool>>,
}

impl<'a> Pools<'a> {
    fn new(targets: &'a [Target]) -> Self {
        let mut left = HashMap::new();
        for target in targets {
            *left.entry(&target.job.endpoint.origin).or_default() += 1;
        }
        Self { left, held: HashMap::new() }
    }

    fn open(&mut self, network: &Network, origin: &'a Origin) -> Result<Arc<HostPool>, Error> {
        let pool = network.pool(origin)?;
        self.held.insert(origin, Arc::clone(&pool));
        Ok(pool)
    }

    fn close(&mut self, origin: &Origin) {
        let Some(left) = self.left.get_mut(origin) else { return };
        *left = left.saturating_sub(1);
        if *left == 0 {
            self.held.remove(origin);
        }
    }
}

fn queues(targets: &[Target], jobs: usize) -> VecDeque<Queue> {
    let mut queues: VecDeque<Queue> = VecDeque::new();
    for (index, target) in targets.iter().enumerate() {
        match queues.iter_mut().find(|queue| queue.cloud == target.id()) {
            Some(queue) => queue.waiting.push_back(index),
            None => queues.push_back(Queue {
                cloud: target.id(),
                waiting: VecDeque::from([index]),
                running: 0,
                concurrency: Arc::new(ConcurrencyLimit::new(jobs)),
            }),
        }
    }
    queues
}

/// Takes the next target, one cloud after the other; a cloud at its concurrency limit is passed over.
fn next(queues: &mut VecDeque<Queue>) -> Option<(usize, Arc<ConcurrencyLimit>)> {
    for _ in 0..queues.len() {
        queues.rotate_left(1);
        let queue = queues.back_mut()?;
        if queue.running < queue.concurrency.limit()
            && let Some(index) = queue.waiting.pop_front()
        {
            queue.running += 1;
            return Some((index, Arc::clone(&queue.concurrency)));
        }
    }
    None
}

fn run_target(
    options: &Options,
    target: &Target,
    pool: Result<Arc<HostPool>, Error>,
    observer: TargetObserver,
    clock: &Arc<SystemClock>,
) -> impl Future<Output = Outcome> + Send + use<> {
    let (mode, limits) = (options.mode, options.limits);
    let (target, clock) = (target.clone(), Arc::clone(clock));
    // The future is several KiB: boxed, it is not copied when it is spawned.
    Box::pin(async move {
        let pool = match pool {
            Ok(pool) => pool,
            Err(error) => return Outcome::failed(error),
        };
        let ports = Ports { transport: &*pool, clock: &*clock, observer: &observer };
        let (cloud, credentials) = (target.cloud, &*target.credentials);
        let outcome = import::run(mode, cloud, &target.job, limits, credentials, ports).await;
        target.with_region_hint(outcome)
    })
}

/// The outcome of a target whose task panicked: what it sent is unknown.
fn task_failed() -> Outcome {
    Outcome::failed(
        Error::new(ErrorKind::OutcomeUnknown, "internal error: the import task failed")
            .hinted("run again to settle it, and report this as a bug"),
    )
}
