use serde_json::json;
use strowger_test_redis::Redis;

use super::proxy::Proxy;
use super::{account, key, number, open};
use crate::{Author, Batch, Direction, Expect, Name, Store, StoreExt, Write};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_whose_answer_is_lost_is_made_once_and_acknowledged() {
    let redis = Redis::start();
    let proxy = Proxy::start(redis.port).await;
    let store = open(&proxy.url()).await;
    let owner = account();
    let key = key(owner, "r1");
    let stream = Name::new(owner, "audit");
    let first = store.put(key.clone(), json!({"n": 1}), Expect::Absent).await.unwrap();
    for round in 1..=5 {
        proxy.lose_an_answer();
        let before = if round == 1 { first.clone() } else { store.get(&key).await.unwrap().unwrap().revision };
        let author = Author { stream: stream.clone(), by: json!("me") };
        let write = Write::put(key.clone(), json!({"n": round}), Expect::Revision(before));
        let revisions = store.apply(Batch::of(vec![write]).by(Some(author))).await.unwrap();
        assert_eq!(proxy.lost(), round, "the answer was lost");
        let stored = store.get(&key).await.unwrap().unwrap();
        assert_eq!(revisions, [Some(stored.revision.clone())], "and yet it is the right one");
        assert!(stored.revision.0.starts_with(&format!("{}-", round + 1)), "{}", stored.revision);
    }
    assert_eq!(number(&store, &key).await, Some(5));
    assert_eq!(store.read(&stream, None, Direction::Ascending, 10).await.unwrap().len(), 5);
    assert_eq!(store.history(owner, None, 10).await.unwrap().position, 6);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn additions_and_entries_whose_answers_are_lost_count_once() {
    let redis = Redis::start();
    let proxy = Proxy::start(redis.port).await;
    let store = open(&proxy.url()).await;
    let name = Name::new(account(), "n");
    assert_eq!(store.count(&name, 1, None).await.unwrap(), 1);
    proxy.lose_an_answer();
    assert_eq!(store.count(&name, 1, None).await.unwrap(), 2);
    proxy.lose_an_answer();
    let positions = store.append(&name, vec![json!(1), json!(2)], 10).await.unwrap();
    let entries = store.read(&name, None, Direction::Ascending, 10).await.unwrap();
    assert_eq!(entries.iter().map(|entry| entry.position).collect::<Vec<_>>(), positions);
    assert_eq!(proxy.lost(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_is_sent_again_arrives_once() {
    let redis = Redis::start();
    let proxy = Proxy::start(redis.port).await;
    let (sender, receiver) = (open(&proxy.url()).await, open(&redis.url()).await);
    let mut mailbox = receiver.mailbox("node:1").await.unwrap();
    proxy.lose_an_answer();
    sender.post("node:1", "a".into()).await.unwrap();
    sender.post("node:1", "b".into()).await.unwrap();
    assert_eq!(proxy.lost(), 1);
    assert_eq!([mailbox.next().await.unwrap(), mailbox.next().await.unwrap()], ["a", "b"]);
}
