use strowger_test_redis::Sentinels;

use super::{account, heard, key, number, open, persist, put, tells_of};
use crate::{Notice, Store};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_sentinels_name_another_master_the_store_goes_there() {
    let servers = tokio::task::block_in_place(Sentinels::start);
    let store = open(&servers.url()).await;
    let mut changes = store.changes();
    let owner = account();
    for n in 0..20 {
        put(&store, &key(owner, "r1"), n).await.unwrap();
    }
    // Replication is asynchronous: what the replica has by now must be there afterwards.
    assert_eq!(tokio::task::block_in_place(|| servers.master.cli(&["WAIT", "1", "5000"])), "1");
    servers.master.kill();
    persist(async || put(&store, &key(owner, "r2"), 1).await).await;
    assert_eq!((number(&store, &key(owner, "r1")).await, number(&store, &key(owner, "r2")).await), (Some(19), Some(1)));
    heard(&mut changes, |notice| *notice == Notice::Missed(None)).await;
    persist(async || put(&store, &key(owner, "r3"), 1).await).await;
    heard(&mut changes, tells_of(&key(owner, "r3"))).await;
    // The old master comes back as a replica: nobody writes to it.
    tokio::task::block_in_place(|| servers.master.restart());
    put(&store, &key(owner, "r4"), 1).await.unwrap();
    assert_eq!(number(&store, &key(owner, "r4")).await, Some(1));
    store.close().await;
}
