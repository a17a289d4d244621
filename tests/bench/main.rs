//! How long, with how much, runs over many targets take: `cargo bench`.
//!
//! The release binary imports one key into N regions of Alibaba Cloud, each a host of its own, over TLS 1.3. The clouds
//! are the sandbox behind a proxy on loopback that holds every chunk for half a round trip each way and every new
//! connection for a whole one. The floor of a run is three round trips: TCP, TLS, request.
//! Client, proxy and server share the machine, so the figures of many targets show its cores more than the network.

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a benchmark fails by panicking and reads clock and files"
)]

mod network;

use std::fs;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use keyimport::sandbox;

const ROUND_TRIP: Duration = Duration::from_millis(40);
const RUNS: usize = 5;

fn main() {
    // `cargo test --benches` asks for a quick look; anything else measures.
    let quick = std::env::args().any(|argument| argument == "--test");
    let (sizes, runs): (&[(usize, usize)], usize) = if quick {
        (&[(3, 64)], 1)
    } else {
        (&[(1, 64), (10, 64), (30, 64), (300, 64), (300, 256), (1000, 64), (1000, 256)], RUNS)
    };
    let machine = machine();
    println!(
        "{machine}; {} ms round trip; median of {runs} runs (least to most)\n",
        ROUND_TRIP.as_millis()
    );
    println!(
        "| targets | in flight | wall ms | x floor | cpu ms | peak memory MB | most threads | most files | connections |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for (targets, jobs) in sizes {
        let mut measured: Vec<Run> = (0..runs).map(|_| measure(*targets, *jobs)).collect();
        measured.sort_by_key(|run| run.wall);
        let median = &measured[measured.len() / 2];
        let floor = ROUND_TRIP.as_secs_f64() * 3.0;
        println!(
            "| {targets} | {jobs} | {} ({} to {}) | {:.2} | {} | {:.1} | {} | {} | {} |",
            median.wall.as_millis(),
            measured[0].wall.as_millis(),
            measured[measured.len() - 1].wall.as_millis(),
            median.wall.as_secs_f64() / floor,
            median.usage.cpu.as_millis(),
            median.usage.memory as f64 / 1024.0,
            measured.iter().map(|run| run.usage.threads).max().unwrap(),
            measured.iter().map(|run| run.usage.files).max().unwrap(),
            median.connections,
        );
    }
}

struct Run {
    wall: Duration,
    usage: Usage,
    connections: usize,
}

/// What a process used, as `/proc` showed it while it ran.
#[derive(Default)]
struct Usage {
    cpu: Duration,
    /// KiB
    memory: u64,
    threads: u64,
    files: usize,
}

fn measure(targets: usize, jobs: usize) -> Run {
    let network = network::start(ROUND_TRIP);
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    fs::write(&ca, &network.ca).unwrap();
    let regions: Vec<String> = (0..targets).map(|number| format!("r{number}")).collect();
    let endpoint = format!("https://ecs.{{region}}.aliyuncs.com.localhost:{}", network.addr.port());
    let key = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/keys/taken/rsa-2048.pub");
    let owner = sandbox::owner("aliyun").unwrap();
    let started = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_keyimport"))
        .env_clear()
        .env("ALIBABA_CLOUD_ACCESS_KEY_ID", &*owner.id)
        .env("ALIBABA_CLOUD_ACCESS_KEY_SECRET", &*owner.secret)
        .args(["-q", "-p", "aliyun", "-r", &regions.join(","), "-j", &jobs.to_string()])
        .args(["--endpoint", &endpoint, "--ca-file", ca.to_str().unwrap(), key])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let (status, usage) = watch(&mut child);
    let wall = started.elapsed();
    assert!(status.success(), "{targets} targets: {status}");
    assert_eq!(network.requests(), targets, "one request for each target");
    Run { wall, usage, connections: network.connections() }
}

/// Waits for a process and looks at it every few milliseconds.
fn watch(child: &mut Child) -> (std::process::ExitStatus, Usage) {
    let mut usage = Usage::default();
    loop {
        look(child.id(), &mut usage);
        if let Some(status) = child.try_wait().unwrap() {
            return (status, usage);
        }
        thread::sleep(Duration::from_millis(2));
    }
}

fn look(process: u32, usage: &mut Usage) {
    let proc = format!("/proc/{process}");
    let status = fs::read_to_string(format!("{proc}/status")).unwrap_or_default();
    let field = |name: &str| -> u64 {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        line.split_whitespace().nth(1).and_then(|value| value.parse().ok()).unwrap_or_default()
    };
    usage.memory = usage.memory.max(field("VmHWM:"));
    usage.threads = usage.threads.max(field("Threads:"));
    usage.files = usage.files.max(fs::read_dir(format!("{proc}/fd")).map_or(0, Iterator::count));
    let stat = fs::read_to_string(format!("{proc}/stat")).unwrap_or_default();
    // User and system time are fields 14 and 15, in hundredths of a second; the name before may hold blanks.
    let ticks: u64 = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse::<u64>().ok())
        .sum();
    usage.cpu = usage.cpu.max(Duration::from_millis(ticks * 10));
}

fn machine() -> String {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let model = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name =
        model.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or(": unknown");
    format!(
        "{cores} cores ({}), {}",
        name.trim_start_matches(['\t', ':', ' ']),
        std::env::consts::OS
    )
}
