//! What must be in the file.

use std::collections::BTreeSet;

use super::script::{Documents, KIND, TASKS, after, audit, owner};
use super::{Acknowledged, counter};
use crate::{Direction, Listing, Notice, Scan, Store, StoreExt};

/// What is known of the file.
#[derive(Default)]
pub(super) struct Checker {
    /// Of processes that died since it was last looked into.
    open: Vec<Acknowledged>,
    /// What was found before, and has to stay.
    settled: Documents,
    /// How far the feed was read.
    position: u64,
}

impl Checker {
    pub(super) fn dies(&mut self, acknowledged: Acknowledged) {
        self.open.push(acknowledged);
    }

    /// Steps that were found; each made two changes.
    pub(super) fn steps(&self) -> usize {
        usize::try_from(self.position).unwrap() / 2
    }

    pub(super) async fn check(&mut self, store: &dyn Store) {
        let found: Documents = read(store, Scan::of(owner(), KIND)).await.into_iter().collect();
        let mut steps = 0;
        for acknowledged in std::mem::take(&mut self.open) {
            for task in 0..TASKS {
                steps += self.settle(store, &acknowledged, task, &found).await;
            }
        }
        assert_eq!(found, self.settled, "nothing is missing, and nothing else is there");
        for listing in [Listing::Name, Listing::Created] {
            let listed = read(store, Scan::of(owner(), KIND).by(listing)).await;
            assert_eq!(listed.len(), found.len(), "{listing:?} lists each document once");
            assert_eq!(listed.into_iter().collect::<Documents>(), found, "{listing:?}");
        }
        self.follow_feed(store, steps * 2).await;
    }

    /// Every acknowledged step was taken, and of the one that nobody heard of all or nothing. Answers how many.
    async fn settle(&mut self, store: &dyn Store, seen: &Acknowledged, task: usize, found: &Documents) -> usize {
        let (round, acknowledged) = (seen.round, seen.batches[task]);
        let prefix = format!("{round:03}-{task}-");
        let mine: Documents = found.clone().into_iter().filter(|(id, _)| id.starts_with(&prefix)).collect();
        let entries = store.read(&audit(round, task), None, Direction::Ascending, 1_000).await.unwrap();
        let steps = entries.len() / 2;
        assert!(
            (acknowledged..=acknowledged + 1).contains(&steps),
            "{seen:?}: task {task} was written down {steps} times"
        );
        for (number, entry) in entries.iter().enumerate() {
            assert_eq!(entry.body["by"]["step"], number / 2, "{seen:?}");
        }
        assert_eq!(mine, after(round, task, steps), "{seen:?}: task {task} after {steps} steps");
        let counted = store.count(&counter(round, task), 0, None).await.unwrap();
        let counted = usize::try_from(counted).unwrap();
        assert!((seen.counts[task]..=seen.counts[task] + 1).contains(&counted), "{seen:?}: {counted} counted");
        self.settled.extend(mine);
        steps
    }

    /// The feed goes on without a gap and tells each change once.
    async fn follow_feed(&mut self, store: &dyn Store, changes: usize) {
        let mut sequences = BTreeSet::new();
        loop {
            let history = store.history(owner(), Some(self.position), 1_000).await.unwrap();
            if history.notices.is_empty() {
                break;
            }
            for notice in history.notices {
                let Notice::Changed(change) = notice else { panic!("{notice:?}") };
                sequences.insert(change.sequence);
            }
            assert_eq!(sequences.last(), Some(&history.position));
            self.position = history.position;
        }
        assert_eq!(sequences.len(), changes);
    }
}

async fn read(store: &dyn Store, scan: Scan) -> Vec<(String, serde_json::Value)> {
    let documents = store.collect(scan).await.unwrap();
    documents.into_iter().map(|document| (document.key.id, document.body)).collect()
}
