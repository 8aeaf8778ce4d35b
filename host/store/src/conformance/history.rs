use std::sync::Arc;

use super::listener::Listener;
use super::{account, key, numbered, put};
use crate::{Expect, History, Notice, Store, StoreExt, Write};

fn sequences(history: &History) -> Vec<Option<u64>> {
    let sequence = |notice: &Notice| match notice {
        Notice::Changed(change) => Some(change.sequence),
        Notice::Many { sequence, .. } => Some(*sequence),
        Notice::Missed(_) => None,
    };
    history.notices.iter().map(sequence).collect()
}

pub(super) async fn history_goes_on_from_any_position(store: &Arc<dyn Store>) {
    let owner = account();
    assert_eq!(store.history(owner, None, 10).await.unwrap(), History { notices: Vec::new(), position: 0 });
    let mut feed = Listener::to(&**store, owner);
    for n in 0..5 {
        put(store, &key(owner, "r1"), numbered(n)).await;
    }
    store.delete(key(owner, "r1"), Expect::Present).await.unwrap();
    let mut told = Vec::new();
    for _ in 0..6 {
        told.push(feed.notice().await);
    }
    let whole = store.history(owner, None, 10).await.unwrap();
    assert_eq!((whole.notices, whole.position), (told, 6), "what is kept is what was told");

    let part = store.history(owner, Some(2), 3).await.unwrap();
    assert_eq!((sequences(&part), part.position), (vec![Some(3), Some(4), Some(5)], 5));
    let rest = store.history(owner, Some(part.position), 3).await.unwrap();
    assert_eq!((sequences(&rest), rest.position), (vec![Some(6)], 6));
    let nothing = store.history(owner, Some(6), 3).await.unwrap();
    assert_eq!((sequences(&nothing), nothing.position), (vec![], 6));
}

pub(super) async fn a_position_of_another_life_has_missed_something(store: &Arc<dyn Store>) {
    let owner = account();
    put(store, &key(owner, "r1"), numbered(1)).await;
    let history = store.history(owner, Some(1_000_000), 10).await.unwrap();
    assert_eq!(history, History { notices: vec![Notice::Missed(Some(owner))], position: 1 });
}

/// At least the last 1,000 are kept, and not everything for ever.
pub(super) async fn old_changes_are_dropped_and_told_as_missed(store: &Arc<dyn Store>) {
    const WRITTEN: u64 = 60 * 256;
    let owner = account();
    for _ in 0..60 {
        let write = |n| Write::put(key(owner, "r1"), numbered(n), Expect::Anything);
        store.commit((0..256).map(write).collect()).await.unwrap();
    }
    let begin = store.history(owner, Some(1), 1).await.unwrap();
    assert_eq!(begin.notices[0], Notice::Missed(Some(owner)));
    assert_eq!(store.history(owner, None, 1).await.unwrap(), begin);
    assert!(begin.position > 1 && begin.position <= WRITTEN - 1_000, "{}", begin.position);
    assert_eq!(sequences(&begin), [None, Some(begin.position)], "it goes on with the oldest that is kept");
    let end = store.history(owner, Some(WRITTEN - 1_000), 1_000).await.unwrap();
    assert_eq!(sequences(&end), (WRITTEN - 999..=WRITTEN).map(Some).collect::<Vec<_>>());
}
