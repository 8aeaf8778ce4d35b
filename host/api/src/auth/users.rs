//! What has to be known of a user whose token is presented.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;
use strowger_model::user::Privilege;
use strowger_model::{AccountId, Sid, User};
use strowger_store::{Key, Kind, Store, StoreError};

use super::cache::Cache;

/// Users in use at the same time that are answered without the store.
const CAPACITY: usize = 16_384;

/// The private field of a user that says what it logs in with.
pub(crate) const CREDENTIALS: &str = "pvt_credentials";

/// What is known of a user.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) privilege: Privilege,
    /// Which of its passwords it has now; none where it cannot log in.
    pub(super) credentials: Option<String>,
}

pub(super) struct Users {
    store: Arc<dyn Store>,
    known: Cache<(AccountId, Sid), Arc<Known>>,
}

impl Users {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self { store, known: Cache::new(CAPACITY) }
    }

    /// The user, if it exists and is enabled.
    pub(super) async fn find(&self, account: AccountId, user: Sid) -> Result<Option<Arc<Known>>, StoreError> {
        self.known.find(&(account, user), self.ask(account, user)).await
    }

    async fn ask(&self, account: AccountId, user: Sid) -> Result<Option<Arc<Known>>, StoreError> {
        let found = self.store.get(&Key::new(account, Kind::User, user.hex())).await?;
        Ok(found.and_then(|document| read(&document.body)).map(Arc::new))
    }

    pub(super) fn forget(&self, key: &Key) {
        if let (Some(account), Ok(user)) = (key.owner.account(), key.id.parse()) {
            self.known.forget(&(account, user));
        }
    }

    pub(super) fn doubt_all(&self) {
        self.known.doubt_all();
    }
}

fn read(body: &Value) -> Option<Known> {
    let user = User::deserialize(body).ok()?;
    let credentials = body.get(CREDENTIALS).and_then(|own| own.get("id")).and_then(Value::as_str).map(str::to_owned);
    user.enabled.then_some(Known { privilege: user.priv_level, credentials })
}
