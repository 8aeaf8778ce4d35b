use std::sync::Arc;

use tokio::task::JoinSet;

use super::account;
use super::expiry::{SHORT, outlive};
use crate::{Name, Store, StoreError};

pub(super) async fn a_counter_counts(store: &Arc<dyn Store>) {
    let (one, other) = (Name::new(account(), "calls"), Name::new(account(), "calls"));
    assert_eq!(store.count(&one, 5, None).await.unwrap(), 5);
    assert_eq!(store.count(&one, -7, None).await.unwrap(), -2);
    assert_eq!(store.count(&one, 0, None).await.unwrap(), -2);
    assert_eq!(store.count(&other, 1, None).await.unwrap(), 1, "each owner has its own");
    assert_eq!(store.count(&Name::new(one.owner, "other"), 1, None).await.unwrap(), 1);
}

pub(super) async fn a_counter_lives_as_long_as_its_first_addition_said(store: &Arc<dyn Store>) {
    let owner = account();
    let (short, endless) = (Name::new(owner, "short"), Name::new(owner, "endless"));
    assert_eq!(store.count(&endless, 1, None).await.unwrap(), 1);
    assert_eq!(store.count(&endless, 1, Some(SHORT)).await.unwrap(), 2);
    assert_eq!(store.count(&short, 1, Some(SHORT)).await.unwrap(), 1);
    outlive().await;
    assert_eq!(store.count(&short, 1, None).await.unwrap(), 1, "it began anew, and has no end");
    outlive().await;
    assert_eq!(store.count(&short, 1, None).await.unwrap(), 2);
    assert_eq!(store.count(&endless, 1, None).await.unwrap(), 3);
}

pub(super) async fn many_count_together(store: &Arc<dyn Store>) {
    let counter = Name::new(account(), "calls");
    let mut tasks = JoinSet::new();
    for _ in 0..16 {
        let (store, counter) = (store.clone(), counter.clone());
        tasks.spawn(async move {
            let mut seen = Vec::new();
            for _ in 0..10 {
                seen.push(store.count(&counter, 1, None).await.unwrap());
            }
            seen
        });
    }
    let mut seen: Vec<_> = tasks.join_all().await.concat();
    seen.sort_unstable();
    assert_eq!(seen, (1..=160).collect::<Vec<_>>());
}

pub(super) async fn a_counter_does_not_overflow(store: &Arc<dyn Store>) {
    let counter = Name::new(account(), "calls");
    store.count(&counter, i64::MAX, None).await.unwrap();
    assert!(matches!(store.count(&counter, 1, None).await, Err(StoreError::Fault(_))));
    assert_eq!(store.count(&counter, -1, None).await.unwrap(), i64::MAX - 1);
}

pub(super) async fn names_have_bounds(store: &Arc<dyn Store>) {
    let owner = account();
    let longest = "x".repeat(512);
    for name in ["a:b{c}/ä", " ", &longest] {
        assert_eq!(store.count(&Name::new(owner, name), 1, None).await.unwrap(), 1);
    }
    for name in ["", "a\nb", "a\0b", &"x".repeat(513)] {
        let name = Name::new(owner, name);
        assert!(matches!(store.count(&name, 1, None).await, Err(StoreError::Fault(_))));
        assert!(matches!(store.append(&name, Vec::new(), 1).await, Err(StoreError::Fault(_))));
        assert!(matches!(store.acquire(&name, "me", SHORT).await, Err(StoreError::Fault(_))));
    }
}
