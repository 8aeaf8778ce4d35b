//! kill -9, two hundred times over one file. This test binary runs itself as the process that dies.

mod checker;
mod script;

use std::io::{BufRead, BufReader, Read, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use super::folder;
use crate::embedded::RedbStore;
use crate::{Name, Store};
use checker::Checker;
use script::{TASKS, batch, owner};

const FILE: &str = "STROWGER_STORE_CRASH_FILE";
const ROUND: &str = "STROWGER_STORE_CRASH_ROUND";
const ROUNDS: usize = 200;

/// How many steps of each task were acknowledged.
type Steps = [usize; TASKS];

/// What the process that died had seen acknowledged.
#[derive(Debug, Clone, Copy, Default)]
struct Acknowledged {
    round: usize,
    batches: Steps,
    counts: Steps,
}

/// The process that dies: each of its tasks takes one step after the other and prints what was acknowledged.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_one_that_dies() {
    let (Ok(file), Ok(round)) = (std::env::var(FILE), std::env::var(ROUND)) else { return };
    let (store, round) = (RedbStore::open(file).unwrap(), round.parse().unwrap());
    let mut tasks = tokio::task::JoinSet::new();
    for task in 0..TASKS {
        tasks.spawn(write(store.clone(), round, task));
    }
    tasks.join_all().await;
}

async fn write(store: Arc<RedbStore>, round: usize, task: usize) {
    for step in 0.. {
        store.apply(batch(round, task, step)).await.unwrap();
        say(&format!("batch {task} {step}"));
        store.count(&counter(round, task), 1, None).await.unwrap();
        say(&format!("count {task} {step}"));
    }
}

/// The final stop tells a whole line from a part of one.
fn say(what: &str) {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("acknowledged {what} .\n").as_bytes()).unwrap();
    out.flush().unwrap();
}

fn counter(round: usize, task: usize) -> Name {
    Name::new(owner(), format!("{round}-{task}"))
}

#[tokio::test]
async fn every_acknowledged_write_survives_every_kill() {
    let folder = folder();
    let file = folder.path().join("store.redb");
    let mut checker = Checker::default();
    for round in 0..ROUNDS {
        checker.dies(die(&file, round));
        // In between, a process that died is followed by one that dies.
        if round % 2 == 1 {
            checker.check(&*RedbStore::open(&file).unwrap()).await;
        }
    }
    assert!(checker.steps() > ROUNDS, "{} steps were checked", checker.steps());
}

#[tokio::test]
async fn a_file_whose_maker_was_killed_opens() {
    for round in 0..40 {
        let folder = folder();
        let file = folder.path().join("store.redb");
        let mut checker = Checker::default();
        // Every eighth round ends while the file is made.
        checker.dies(die(&file, round * 8));
        checker.check(&*RedbStore::open(&file).unwrap()).await;
    }
}

/// Starts the process and kills it: mostly after some steps, at times while it still opens the file.
fn die(file: &Path, round: usize) -> Acknowledged {
    let mut child = start(file, round);
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let mut acknowledged = Acknowledged { round, ..Acknowledged::default() };
    if round.is_multiple_of(8) {
        std::thread::sleep(Duration::from_millis(rand::random_range(0..15)));
    } else {
        for _ in 0..rand::random_range(0..60) {
            acknowledged.hear(&mut lines);
        }
        std::thread::sleep(Duration::from_micros(rand::random_range(0..3_000)));
    }
    // SIGKILL, while it goes on writing.
    child.kill().unwrap();
    child.wait().unwrap();
    while acknowledged.hear(&mut lines) {}
    acknowledged
}

fn start(file: &Path, round: usize) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "embedded::tests::crash::the_one_that_dies", "--nocapture"])
        .env(FILE, file)
        .env(ROUND, round.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

impl Acknowledged {
    /// Reads one line; false at the end.
    fn hear(&mut self, lines: &mut BufReader<ChildStdout>) -> bool {
        let mut line = String::new();
        if lines.by_ref().read_line(&mut line).unwrap() == 0 {
            return false;
        }
        let Some((_, said)) = line.split_once("acknowledged ") else { return true };
        if let [what, task, step, ".\n"] = *said.split(' ').collect::<Vec<_>>() {
            let steps = if what == "batch" { &mut self.batches } else { &mut self.counts };
            steps[task.parse::<usize>().unwrap()] = step.parse::<usize>().unwrap() + 1;
        }
        true
    }
}
