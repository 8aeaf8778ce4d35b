//! Passwords of users at rest.
//!
//! A client that logs in sends no password but a digest of `username:password`, MD5 or SHA-1 in hex; the digest is as good as the
//! password. So what is stored is Argon2id over each of the two digests, under a salt that all users of an account share: a log-in
//! names the account but no user, and with one salt one computation is enough to look the user up. Nothing is lost by it, since a
//! digest is of one username and a guess at it tells of no other user.

use std::sync::Arc;

use argon2::{Algorithm, Argon2, Params, Version};
use md5::{Digest, Md5};
use serde::{Deserialize, Serialize};
use sha1::Sha1;
use strowger_model::user::folded;
use strowger_model::{AccountId, Secret};
use strowger_store::{Expect, Key, Kind, Store, StoreError, StoreExt};
use tokio::sync::Semaphore;

use super::cache::Cache;
use super::config::PasswordCost;
use crate::hex;

/// Accounts in use at the same time whose salt is known without the store.
const CAPACITY: usize = 4_096;

/// The setting of an account that has its salt.
const SETTING: &str = "login_salt";

/// Bounds of what an account's setting may ask for.
const MOST_MEMORY_KIB: u32 = 1 << 20;
const MOST_PASSES: u32 = 64;

/// The documented digests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    Md5,
    Sha,
}

impl Method {
    pub(crate) const ALL: [Self; 2] = [Self::Md5, Self::Sha];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Md5 => "md5",
            Self::Sha => "sha",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name)
    }

    /// Hex digits of a digest.
    fn length(self) -> usize {
        match self {
            Self::Md5 => 32,
            Self::Sha => 40,
        }
    }

    /// What a client sends to log in.
    pub(crate) fn digest(self, username: &str, password: &Secret) -> Secret {
        let text = format!("{}:{}", folded(username), password.expose());
        Secret::new(match self {
            Self::Md5 => hex::encode(Md5::digest(text)),
            Self::Sha => hex::encode(Sha1::digest(text)),
        })
    }

    /// The digest that a client sent, if it is one.
    pub(crate) fn read(self, sent: &str) -> Option<Secret> {
        let is_one = sent.len() == self.length() && sent.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_one.then(|| Secret::new(sent.to_ascii_lowercase()))
    }
}

/// The salt of an account, and what a hash under it costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Salt {
    salt: String,
    memory_kib: u32,
    passes: u32,
}

impl Salt {
    fn random(cost: PasswordCost) -> Self {
        let salt: [u8; 16] = rand::random();
        Self { salt: hex::encode(salt), memory_kib: cost.memory_kib, passes: cost.passes }
    }

    fn hash(&self, digest: &Secret) -> Result<String, argon2::Error> {
        let (memory, passes) = (self.memory_kib.min(MOST_MEMORY_KIB), self.passes.min(MOST_PASSES));
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(memory, passes, 1, None)?);
        let mut hash = [0; 32];
        argon.hash_password_into(digest.expose().as_bytes(), self.salt.as_bytes(), &mut hash)?;
        Ok(hex::encode(hash))
    }
}

/// Why a hash was not computed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HashError {
    #[error("too many passwords are checked at once")]
    Busy,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Computes hashes, a few at a time and on no thread that a call runs on.
pub(super) struct Passwords {
    store: Arc<dyn Store>,
    salts: Cache<AccountId, Arc<Salt>>,
    cost: PasswordCost,
    /// For accounts that do not exist, or have no users.
    decoy: Arc<Salt>,
    places: Arc<Semaphore>,
}

impl Passwords {
    pub(super) fn new(store: Arc<dyn Store>, cost: PasswordCost, at_once: usize) -> Self {
        let (decoy, places) = (Arc::new(Salt::random(cost)), Arc::new(Semaphore::new(at_once)));
        Self { store, salts: Cache::new(CAPACITY), cost, decoy, places }
    }

    /// What is stored of a digest. Where there is no such account, or none is named, the work is the same and the answer is nobody's.
    pub(super) async fn hash(&self, account: Option<AccountId>, digest: Secret) -> Result<String, HashError> {
        let salt = match account {
            Some(account) => self.salt(account).await?,
            None => None,
        };
        let hashes = self.compute(salt.unwrap_or_else(|| Arc::clone(&self.decoy)), vec![digest]).await?;
        Ok(hashes.into_iter().next().unwrap_or_default())
    }

    /// What is stored of a new password, by method. The account gets its salt with the first one.
    pub(super) async fn store(
        &self,
        account: AccountId,
        username: &str,
        password: &Secret,
    ) -> Result<Vec<(Method, String)>, HashError> {
        let salt = match self.salt(account).await? {
            Some(salt) => salt,
            None => self.make_salt(account).await?,
        };
        let digests = Method::ALL.map(|method| method.digest(username, password));
        let hashes = self.compute(salt, digests.into()).await?;
        Ok(Method::ALL.into_iter().zip(hashes).collect())
    }

    async fn compute(&self, salt: Arc<Salt>, digests: Vec<Secret>) -> Result<Vec<String>, HashError> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| HashError::Busy)?;
        let work = move || {
            let hashes = digests.iter().map(|digest| salt.hash(digest)).collect::<Result<Vec<String>, _>>();
            // A client that hangs up does not make room for the next one before the work is done.
            drop(place);
            hashes
        };
        let hashes = tokio::task::spawn_blocking(work).await.map_err(|_| HashError::Busy)?;
        hashes.map_err(|error| StoreError::Fault(format!("the salt of an account: {error}")).into())
    }

    async fn salt(&self, account: AccountId) -> Result<Option<Arc<Salt>>, StoreError> {
        self.salts.find(&account, self.ask(account)).await
    }

    async fn ask(&self, account: AccountId) -> Result<Option<Arc<Salt>>, StoreError> {
        let Some(document) = self.store.get(&place_of(account)).await? else { return Ok(None) };
        Ok(Some(Arc::new(document.decode()?)))
    }

    async fn make_salt(&self, account: AccountId) -> Result<Arc<Salt>, StoreError> {
        let salt = Salt::random(self.cost);
        let body = serde_json::to_value(&salt).map_err(|error| StoreError::Fault(error.to_string()))?;
        match self.store.put(place_of(account), body, Expect::Absent).await {
            Ok(_) => Ok(Arc::new(salt)),
            // Another first user has made it meanwhile.
            Err(StoreError::Conflict(_)) => self.ask(account).await?.ok_or(StoreError::Overloaded),
            Err(error) => Err(error),
        }
    }

    pub(super) fn forget(&self, key: &Key) {
        if let (Some(account), SETTING) = (key.owner.account(), key.id.as_str()) {
            self.salts.forget(&account);
        }
    }

    pub(super) fn doubt_all(&self) {
        self.salts.doubt_all();
    }
}

fn place_of(account: AccountId) -> Key {
    Key::new(account, Kind::Setting, SETTING)
}

#[cfg(test)]
mod tests {
    use strowger_store::MemoryStore;

    use super::*;

    const CHEAP: PasswordCost = PasswordCost { memory_kib: 8, passes: 1 };

    fn passwords(store: &Arc<MemoryStore>, at_once: usize) -> Passwords {
        Passwords::new(Arc::clone(store) as _, CHEAP, at_once)
    }

    #[test]
    fn a_digest_is_the_documented_one() {
        let password = Secret::new("secret");
        assert_eq!(Method::Md5.digest("Ada", &password).expose(), "6614daab2fdfbd23cf7385bd57f93d91");
        assert_eq!(Method::Sha.digest("ada", &password).expose().len(), 40);
        assert_eq!(Method::Sha.digest("ADA", &password), Method::Sha.digest("ada", &password));
    }

    #[test]
    fn only_a_digest_is_read_as_one() {
        assert!(Method::Md5.read(&"AB".repeat(16)).is_some_and(|digest| digest.expose() == "ab".repeat(16)));
        for wrong in ["", "abc", &"xy".repeat(16), &"ab".repeat(20)] {
            assert!(Method::Md5.read(wrong).is_none(), "{wrong}");
        }
        assert!(Method::Sha.read(&"ab".repeat(20)).is_some());
    }

    #[tokio::test]
    async fn a_digest_finds_what_was_stored_of_its_password() {
        let store = MemoryStore::new();
        let account = AccountId::random();
        let stored = passwords(&store, 4).store(account, "Ada", &Secret::new("secret")).await.unwrap();
        let elsewhere = passwords(&store, 4);
        for (method, hash) in stored {
            let digest = method.digest("ada", &Secret::new("secret"));
            assert_eq!(elsewhere.hash(Some(account), digest.clone()).await.unwrap(), hash);
            assert_ne!(elsewhere.hash(Some(AccountId::random()), digest.clone()).await.unwrap(), hash);
            assert_ne!(elsewhere.hash(None, digest.clone()).await.unwrap(), hash);
            assert_ne!(hash, digest.expose());
        }
    }

    #[tokio::test]
    async fn an_account_keeps_the_cost_that_it_began_with() {
        let store = MemoryStore::new();
        let account = AccountId::random();
        let first = passwords(&store, 4).store(account, "ada", &Secret::new("secret")).await.unwrap();
        let dearer = Passwords::new(Arc::clone(&store) as _, PasswordCost { memory_kib: 16, passes: 2 }, 4);
        assert_eq!(dearer.store(account, "ada", &Secret::new("secret")).await.unwrap(), first);
    }

    #[tokio::test]
    async fn only_so_many_are_computed_at_once() {
        let none = passwords(&MemoryStore::new(), 0);
        assert!(matches!(none.hash(None, Secret::new("x")).await, Err(HashError::Busy)));
    }
}
