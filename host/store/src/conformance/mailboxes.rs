use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use strowger_model::Sid;

use super::listener::PATIENCE;
use crate::{MAX_MESSAGE, Mailbox, Store, StoreError};

async fn next(mailbox: &mut Mailbox) -> Bytes {
    tokio::time::timeout(PATIENCE, mailbox.next()).await.unwrap().unwrap()
}

fn message(n: u32) -> Bytes {
    n.to_string().into()
}

pub(super) async fn messages_arrive_in_the_mailbox_of_that_name(store: &Arc<dyn Store>) {
    let (one, other) = (format!("node:{}", Sid::random()), format!("node:{}", Sid::random()));
    store.post(&one, message(0)).await.unwrap();
    let mut mine = store.mailbox(&one).await.unwrap();
    let mut theirs = store.mailbox(&other).await.unwrap();
    for n in 1..=50 {
        store.post(&one, message(n)).await.unwrap();
    }
    store.post(&other, message(99)).await.unwrap();
    for n in 1..=50 {
        assert_eq!(next(&mut mine).await, message(n), "what was sent before it was open is lost, the rest in order");
    }
    assert_eq!(next(&mut theirs).await, message(99));
    let largest = Bytes::from(vec![0xff; MAX_MESSAGE]);
    store.post(&one, largest.clone()).await.unwrap();
    assert_eq!(next(&mut mine).await, largest);
}

pub(super) async fn a_closed_mailbox_can_be_opened_again(store: &Arc<dyn Store>) {
    let name = format!("node:{}", Sid::random());
    drop(store.mailbox(&name).await.unwrap());
    store.post(&name, message(1)).await.unwrap();
    let mut again = store.mailbox(&name).await.unwrap();
    store.post(&name, message(2)).await.unwrap();
    assert_eq!(next(&mut again).await, message(2));
}

pub(super) async fn a_mailbox_that_nobody_reads_does_not_grow(store: &Arc<dyn Store>) {
    let (name, other) = (format!("node:{}", Sid::random()), format!("node:{}", Sid::random()));
    let mut full = store.mailbox(&name).await.unwrap();
    let mut read = store.mailbox(&other).await.unwrap();
    for n in 0..3_000 {
        store.post(&name, message(n)).await.unwrap();
    }
    store.post(&other, message(1)).await.unwrap();
    assert_eq!(next(&mut read).await, message(1), "the other ones go on");
    assert_eq!(next(&mut full).await, message(0));
    let mut waiting = 1;
    while let Ok(Some(_)) = tokio::time::timeout(Duration::from_millis(200), full.next()).await {
        waiting += 1;
    }
    assert!(waiting < 3_000, "{waiting}");
    store.post(&name, message(7)).await.unwrap();
    assert_eq!(next(&mut full).await, message(7));
}

pub(super) async fn a_message_has_bounds(store: &Arc<dyn Store>) {
    let too_large = store.post("node:1", vec![0; MAX_MESSAGE + 1].into()).await;
    assert!(matches!(too_large, Err(StoreError::Fault(_))), "{too_large:?}");
    assert!(matches!(store.mailbox("").await, Err(StoreError::Fault(_))));
    assert!(matches!(store.post("a\nb", Bytes::new()).await, Err(StoreError::Fault(_))));
}
