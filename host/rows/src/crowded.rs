//! Names whose single rows should be folded.

use std::collections::{BTreeSet, VecDeque};

use parking_lot::Mutex;
use strowger_model::Owner;
use tokio::sync::Notify;

/// Names that wait to be told; more are told when their next row is put.
const MOST: usize = 1_000;

/// A name of an owner.
type Told = (Owner, String);

/// What waits to be told, in order, each once.
#[derive(Default)]
struct Waiting {
    queue: VecDeque<Told>,
    known: BTreeSet<Told>,
}

/// What waits to be told.
#[derive(Default)]
pub(crate) struct Crowded {
    waiting: Mutex<Waiting>,
    came: Notify,
}

impl Crowded {
    pub(crate) fn tell(&self, owner: Owner, name: &str) {
        let mut waiting = self.waiting.lock();
        let Waiting { queue, known } = &mut *waiting;
        let one = (owner, name.to_owned());
        if queue.len() < MOST && known.insert(one.clone()) {
            queue.push_back(one);
            self.came.notify_one();
        }
    }

    pub(crate) async fn next(&self) -> Told {
        loop {
            let came = self.came.notified();
            if let Some(one) = self.take() {
                return one;
            }
            came.await;
        }
    }

    fn take(&self) -> Option<Told> {
        let mut waiting = self.waiting.lock();
        let Waiting { queue, known } = &mut *waiting;
        let one = queue.pop_front()?;
        known.remove(&one);
        Some(one)
    }
}
