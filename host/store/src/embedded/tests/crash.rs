//! kill -9. This test binary runs itself as the process that dies.

use std::io::{BufRead, BufReader, Write as _};
use std::process::{Command, Stdio};

use serde_json::json;

use super::{folder, key};
use crate::embedded::RedbStore;
use crate::{Expect, Store, StoreExt, Write};

const FILE: &str = "STROWGER_STORE_CRASH_FILE";
const PAIRS: usize = 40;

fn pair(n: usize) -> [String; 2] {
    [format!("{n:06}-a"), format!("{n:06}-b")]
}

/// The process that dies: writes pairs for as long as it lives, and prints the number of each once it is acknowledged.
#[tokio::test]
async fn the_one_that_dies() {
    let Ok(file) = std::env::var(FILE) else { return };
    let store = RedbStore::open(file).unwrap();
    for n in 0.. {
        let writes = pair(n).map(|id| Write::put(key(&id), json!({"n": n}), Expect::Absent)).to_vec();
        store.commit(writes).await.unwrap();
        let mut out = std::io::stdout().lock();
        writeln!(out, "acknowledged {n}").unwrap();
        out.flush().unwrap();
    }
}

#[tokio::test]
async fn every_acknowledged_write_survives_a_kill() {
    let folder = folder();
    let file = folder.path().join("store.redb");
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "embedded::tests::crash::the_one_that_dies", "--nocapture"])
        .env(FILE, &file)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let numbers = lines.map_while(Result::ok).filter_map(|line| line.split_once("acknowledged ")?.1.parse().ok());
    let acknowledged: Vec<usize> = numbers.take(PAIRS).collect();
    // SIGKILL, while it goes on writing.
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(acknowledged.len(), PAIRS);

    let store = RedbStore::open(&file).unwrap();
    for id in acknowledged.into_iter().flat_map(pair) {
        assert!(store.get(&key(&id)).await.unwrap().is_some(), "{id}");
    }
    let written = store.all(strowger_model::Owner::System, crate::Kind::Setting).await.unwrap();
    assert_eq!(written.len() % 2, 0, "a batch is there as a whole or not at all");
}
