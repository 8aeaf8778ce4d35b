//! How many components an owner has uploaded today, by the calendar of UTC, on whichever node.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use serde_json::json;
use strowger_model::Owner;
use strowger_store::{Batch, Expect, Key, Kind, Store, StoreError, Write};

use crate::error::PluginsError;
use crate::service::Plugins;

/// The id of the document that counts.
const ID: &str = "uploads";
const DAY: Duration = Duration::from_hours(24);
/// Times that one is counted anew because another one came first.
const ATTEMPTS: usize = 40;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Uploads {
    /// Days since 1970.
    day: u64,
    count: u64,
}

impl Uploads {
    /// Those of that day.
    fn on(self, day: u64) -> Self {
        if self.day == day { self } else { Self { day, count: 0 } }
    }
}

/// The day, and how long it lasts from now on.
fn today() -> (u64, Duration) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    (now / DAY.as_secs(), Duration::from_secs(DAY.as_secs() - now % DAY.as_secs()))
}

fn key(owner: Owner) -> Key {
    Key::new(owner, Kind::PluginValue, ID)
}

async fn read(store: &dyn Store, owner: Owner, day: u64) -> Result<(Uploads, Expect), StoreError> {
    let Some(document) = store.get(&key(owner)).await? else { return Ok((Uploads::default().on(day), Expect::Absent)) };
    let uploads: Uploads = document.decode()?;
    Ok((uploads.on(day), Expect::Revision(document.revision)))
}

impl Plugins {
    /// Uploads of an owner since midnight.
    ///
    /// # Errors
    /// The store's.
    pub async fn uploads_today(&self, owner: Owner) -> Result<u64, StoreError> {
        Ok(read(&*self.0.store, owner, today().0).await?.0.count)
    }

    /// Counts an upload that begins, whatever becomes of it. The installation's own are not bounded.
    pub(crate) async fn count_upload(&self, owner: Owner) -> Result<(), PluginsError> {
        let most = self.0.limits.uploads_per_day;
        for _ in 0..ATTEMPTS {
            let (day, left) = today();
            let (uploads, expect) = read(&*self.0.store, owner, day).await?;
            if owner != Owner::System && most > 0 && uploads.count >= most {
                return Err(PluginsError::Uploads { most, wait: left });
            }
            let counted = Uploads { count: uploads.count.saturating_add(1), ..uploads };
            let write = Write::put(key(owner), json!(counted), expect).expires_in(2 * DAY);
            match self.0.store.apply(Batch::of(vec![write])).await {
                Ok(_) => return Ok(()),
                Err(StoreError::Conflict(_)) => tokio::task::yield_now().await,
                Err(error) => return Err(error.into()),
            }
        }
        Err(PluginsError::Contended)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_day_begins_with_none() {
        let uploads = Uploads { day: 5, count: 7 };
        assert_eq!((uploads.on(5).count, uploads.on(6)), (7, Uploads { day: 6, count: 0 }));
        assert!(today().1 <= DAY);
    }
}
