use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use super::expiry::{SHORT, outlive};
use super::{account, body, key, numbered};
use crate::{Batch, Expect, Lease, Name, Store, StoreError, Write};

const LONG: Duration = Duration::from_secs(600);

async fn acquire(store: &Arc<dyn Store>, name: &Name, holder: &str, lifetime: Duration) -> Option<Lease> {
    store.acquire(name, holder, lifetime).await.unwrap()
}

pub(super) async fn one_holds_a_lease_at_a_time(store: &Arc<dyn Store>) {
    let name = Name::new(account(), "job");
    assert_eq!(store.held(&name).await.unwrap(), None);
    let lease = acquire(store, &name, "a", LONG).await.unwrap();
    assert_eq!((&lease.name, lease.holder.as_str()), (&name, "a"));
    assert_eq!(acquire(store, &name, "b", LONG).await, None);
    assert_eq!(acquire(store, &name, "a", LONG).await, Some(lease.clone()), "its holder keeps it and its token");
    assert_eq!(store.held(&name).await.unwrap(), Some(lease.clone()));
    assert!(store.renew(&lease, LONG).await.unwrap());
    store.release(&lease).await.unwrap();
    assert_eq!(store.held(&name).await.unwrap(), None);
    assert!(!store.renew(&lease, LONG).await.unwrap(), "what was given back is lost");
    let next = acquire(store, &name, "b", LONG).await.unwrap();
    assert!(next.token > lease.token);
    store.release(&lease).await.unwrap();
    assert_eq!(store.held(&name).await.unwrap(), Some(next), "a former holder gives nothing back");
}

pub(super) async fn a_lease_lapses(store: &Arc<dyn Store>) {
    let name = Name::new(account(), "job");
    let lease = acquire(store, &name, "a", SHORT).await.unwrap();
    outlive().await;
    assert_eq!(store.held(&name).await.unwrap(), None);
    assert!(!store.renew(&lease, LONG).await.unwrap());
    let again = acquire(store, &name, "a", LONG).await.unwrap();
    assert!(again.token > lease.token, "it was lost in between");
    assert!(store.renew(&again, SHORT).await.unwrap());
    outlive().await;
    assert_eq!(store.held(&name).await.unwrap(), None, "a renewal counts from when it was made");
}

pub(super) async fn a_renewed_lease_outlives_its_first_term(store: &Arc<dyn Store>) {
    const TERM: Duration = Duration::from_secs(2);
    let (renewed, again) = (Name::new(account(), "renewed"), Name::new(account(), "acquired again"));
    let lease = acquire(store, &renewed, "a", TERM).await.unwrap();
    assert!(store.renew(&lease, LONG).await.unwrap());
    let first = acquire(store, &again, "a", TERM).await.unwrap();
    assert_eq!(acquire(store, &again, "a", LONG).await, Some(first.clone()));
    tokio::time::sleep(TERM + SHORT).await;
    assert_eq!(store.held(&renewed).await.unwrap(), Some(lease));
    assert_eq!(store.held(&again).await.unwrap(), Some(first));
}

pub(super) async fn tokens_ascend_over_all_leases_of_an_owner(store: &Arc<dyn Store>) {
    let owner = account();
    let mut tokens = Vec::new();
    for n in 0..10 {
        let name = Name::new(owner, format!("job{}", n % 3));
        let lease = acquire(store, &name, &format!("holder{n}"), LONG).await.unwrap();
        tokens.push(lease.token);
        store.release(&lease).await.unwrap();
    }
    assert!(tokens.is_sorted_by(|one, next| one < next), "{tokens:?}");
}

pub(super) async fn of_many_one_takes_a_lease(store: &Arc<dyn Store>) {
    let name = Name::new(account(), "job");
    let mut tasks = JoinSet::new();
    for n in 0..16 {
        let (store, name) = (store.clone(), name.clone());
        tasks.spawn(async move { acquire(&store, &name, &format!("holder{n}"), LONG).await });
    }
    assert_eq!(tasks.join_all().await.into_iter().flatten().count(), 1);
}

pub(super) async fn a_batch_under_a_lost_lease_is_refused(store: &Arc<dyn Store>) {
    let owner = account();
    let (name, key) = (Name::new(owner, "job"), key(owner, "r1"));
    let write = async |n: usize, lease: &Lease| {
        let write = Write::put(key.clone(), numbered(n), Expect::Anything);
        store.apply(Batch::of(vec![write]).under(lease)).await
    };
    let fenced = |outcome: Result<Vec<_>, StoreError>| match outcome {
        Err(StoreError::Fenced(lost)) => assert_eq!(lost, name),
        other => panic!("{other:?}"),
    };
    let first = acquire(store, &name, "a", SHORT).await.unwrap();
    outlive().await;
    fenced(write(1, &first).await);
    let second = acquire(store, &name, "b", LONG).await.unwrap();
    fenced(write(2, &first).await);
    assert_eq!(body(store, &key).await, None);
    write(3, &second).await.unwrap();
    assert_eq!(body(store, &key).await, Some(numbered(3)));
    store.release(&second).await.unwrap();
    fenced(write(4, &second).await);
    let other = acquire(store, &Name::new(owner, "other"), "b", LONG).await.unwrap();
    fenced(write(5, &Lease { token: other.token, ..second }).await);
    assert_eq!(body(store, &key).await, Some(numbered(3)));
}
