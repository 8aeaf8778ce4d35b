use strowger_test_redis::Cluster;

use super::{account, heard, key, number, open, persist, put};
use crate::{Notice, Store};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_goes_on_after_each_of_its_nodes_was_away() {
    let cluster = tokio::task::block_in_place(Cluster::start);
    let (store, other) = (open(&cluster.url()).await, open(&cluster.url()).await);
    let mut changes = other.changes();
    let keys: Vec<_> = (0..12).map(|_| key(account(), "r1")).collect();
    for (round, node) in cluster.nodes.iter().enumerate() {
        tokio::task::block_in_place(|| {
            node.restart();
            cluster.wait();
        });
        for key in &keys {
            persist(async || put(&store, key, round as u64).await).await;
            assert_eq!(number(&other, key).await, Some(round as u64));
        }
    }
    // Whichever node the other one listened to was away once.
    heard(&mut changes, |notice| *notice == Notice::Missed(None)).await;
    assert_eq!(persist(async || store.owners(None, 100).await).await.len(), keys.len());
}
