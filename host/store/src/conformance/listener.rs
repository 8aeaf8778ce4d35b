use std::time::Duration;

use strowger_model::Owner;

use crate::{Change, Changes, Notice, Store};

/// Longest wait for what has to come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// The feed without what others do on the same store.
pub(super) struct Listener {
    feed: Changes,
    owner: Owner,
}

impl Listener {
    pub(super) fn to(store: &dyn Store, owner: Owner) -> Self {
        Self { feed: store.changes(), owner }
    }

    pub(super) async fn notice(&mut self) -> Notice {
        let mine = async {
            loop {
                match self.feed.next().await.unwrap() {
                    Notice::Changed(change) if change.key.owner != self.owner => {}
                    Notice::Missed(Some(owner)) | Notice::Many { owner, .. } if owner != self.owner => {}
                    notice => return notice,
                }
            }
        };
        tokio::time::timeout(PATIENCE, mine).await.unwrap()
    }

    pub(super) async fn change(&mut self) -> Change {
        match self.notice().await {
            Notice::Changed(change) => change,
            other => panic!("{other:?}"),
        }
    }
}
