//! A master, a replica, and three sentinels that watch over them.

use std::time::{Duration, Instant};

use crate::{Redis, RedisOptions};

/// The name that the sentinels know the master by.
pub const MASTER: &str = "main";

/// How long they may take to find each other.
const FINDING: Duration = Duration::from_secs(20);

/// Master, replica and sentinels.
#[derive(Debug)]
pub struct Sentinels {
    /// The first master.
    pub master: Redis,
    /// Its replica.
    pub replica: Redis,
    /// Who decides.
    pub sentinels: Vec<Redis>,
}

impl Sentinels {
    /// Starts all of them; returns when the replica follows and the sentinels know it and each other.
    ///
    /// # Panics
    /// Where that takes too long.
    #[must_use]
    pub fn start() -> Self {
        let master = Redis::start_with(&with(vec!["repl-diskless-sync-delay 0".into()]));
        let replica = Redis::start_with(&with(vec![format!("replicaof 127.0.0.1 {}", master.port)]));
        let sentinels = (0..3).map(|_| sentinel(master.port)).collect();
        let all = Self { master, replica, sentinels };
        let start = Instant::now();
        while !all.is_ready() {
            assert!(start.elapsed() < FINDING, "the sentinels do not find each other");
            std::thread::sleep(Duration::from_millis(50));
        }
        all
    }

    /// Where it is, for `RedisConfig::parse`.
    #[must_use]
    pub fn url(&self) -> String {
        let nodes: Vec<String> = self.sentinels.iter().map(|node| format!("127.0.0.1:{}", node.port)).collect();
        format!("redis+sentinel://{}/{MASTER}", nodes.join(","))
    }

    fn is_ready(&self) -> bool {
        let follows = self.replica.cli(&["INFO", "replication"]).contains("master_link_status:up");
        follows
            && self.sentinels.iter().all(|sentinel| {
                let known = sentinel.cli(&["SENTINEL", "MASTER", MASTER]);
                let field = |name: &str| {
                    let mut lines = known.lines().skip_while(|line| *line != name);
                    lines.nth(1).and_then(|value| value.parse::<u32>().ok())
                };
                field("num-slaves") == Some(1) && field("num-other-sentinels") == Some(2)
            })
    }
}

fn with(lines: Vec<String>) -> RedisOptions {
    RedisOptions { lines, ..RedisOptions::default() }
}

fn sentinel(master: u16) -> Redis {
    let lines = vec![
        format!("sentinel monitor {MASTER} 127.0.0.1 {master} 2"),
        format!("sentinel down-after-milliseconds {MASTER} 500"),
        format!("sentinel failover-timeout {MASTER} 2000"),
    ];
    Redis::start_as(&with(lines), true)
}
