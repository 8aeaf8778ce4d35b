//! A Redis Cluster of three masters.

use std::time::{Duration, Instant};

use crate::{Redis, RedisOptions, ports};

/// The last slot that each node has.
const LAST_SLOTS: [u16; 3] = [5_460, 10_922, 16_383];

/// How long the nodes may take to agree.
const AGREEING: Duration = Duration::from_secs(20);

/// Three masters that share the slots.
#[derive(Debug)]
pub struct Cluster {
    /// The nodes.
    pub nodes: Vec<Redis>,
}

impl Cluster {
    /// Starts three nodes and joins them; returns when all slots are served.
    #[must_use]
    pub fn start() -> Self {
        let nodes: Vec<Redis> = LAST_SLOTS.iter().map(|_| node()).collect();
        let mut first_slot = 0;
        for (node, last_slot) in nodes.iter().zip(LAST_SLOTS) {
            let _ = node.cli(&["CLUSTER", "ADDSLOTSRANGE", &first_slot.to_string(), &last_slot.to_string()]);
            first_slot = last_slot + 1;
        }
        if let [first, others @ ..] = &*nodes {
            for other in others {
                let (port, bus) = (other.port.to_string(), bus_port(other));
                let _ = first.cli(&["CLUSTER", "MEET", "127.0.0.1", &port, &bus]);
            }
        }
        let cluster = Self { nodes };
        cluster.wait();
        cluster
    }

    /// Where it is, for `RedisConfig::parse`.
    #[must_use]
    pub fn url(&self) -> String {
        let nodes: Vec<String> = self.nodes.iter().map(|node| format!("127.0.0.1:{}", node.port)).collect();
        format!("redis+cluster://{}", nodes.join(","))
    }

    /// Returns when every node serves.
    ///
    /// # Panics
    /// Where that takes too long.
    pub fn wait(&self) {
        let start = Instant::now();
        let serves = |node: &Redis| {
            let info = node.cli(&["CLUSTER", "INFO"]);
            info.contains("cluster_state:ok") && info.contains("cluster_known_nodes:3")
        };
        while !self.nodes.iter().all(serves) {
            assert!(start.elapsed() < AGREEING, "the nodes of the cluster do not agree");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

fn node() -> Redis {
    let lines = vec![
        "cluster-enabled yes".to_owned(),
        "cluster-node-timeout 2000".to_owned(),
        format!("cluster-port {}", ports::free()),
    ];
    Redis::start_with(&RedisOptions { lines, ..RedisOptions::default() })
}

fn bus_port(node: &Redis) -> String {
    let answer = node.cli(&["CONFIG", "GET", "cluster-port"]);
    answer.lines().last().expect("a port").to_owned()
}
