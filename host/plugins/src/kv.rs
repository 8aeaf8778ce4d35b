//! What plugins remember, in the store: a document for each key, and one for each plugin of an account that says how much there is.
//!
//! Every write also writes that one, on the revision that it was read at. So all writes of one plugin for one account come one after the
//! other, on every node, and its totals are exact, but that keys which have lapsed are still in them. Those are counted out before a
//! write is refused for them.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use strowger_model::Owner;
use strowger_sandbox::{KeySpace, KeyValues, KvError};
use strowger_store::{Batch, Document, Expect, Key, Kind, Scan, Store, StoreError, Write};

use crate::service::Plugins;

/// Times that a write is made anew because another one came first.
const ATTEMPTS: u32 = 40;
/// The longest wait before the next attempt.
const LONGEST_WAIT: Duration = Duration::from_millis(50);
/// Documents of one page: each may hold a mebibyte.
const PAGE: usize = 100;

/// Keys and values in a store.
#[derive(Clone)]
pub struct StoredKeyValues {
    store: Arc<dyn Store>,
}

impl fmt::Debug for StoredKeyValues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredKeyValues").finish_non_exhaustive()
    }
}

/// What a plugin of an account has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Totals {
    bytes: u64,
    entries: u64,
    /// Unix milliseconds before which no key lapses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lapses: Option<u64>,
}

impl Totals {
    fn add(&mut self, entry: Entry) {
        self.bytes = self.bytes.saturating_add(entry.bytes);
        self.entries = self.entries.saturating_add(1);
        self.lapses = self.lapses.into_iter().chain(entry.lapses).min();
    }

    fn take(&mut self, entry: Entry) {
        self.bytes = self.bytes.saturating_sub(entry.bytes);
        self.entries = self.entries.saturating_sub(1);
    }

    /// The limit that a change from `before` breaks. Whoever has too much already may still take away.
    fn breach(self, before: Self, space: &KeySpace) -> Option<u64> {
        let (bytes, entries) = (space.quota.bytes, u64::from(space.quota.entries));
        if self.bytes > bytes && self.bytes > before.bytes {
            return Some(bytes);
        }
        (self.entries > entries && self.entries > before.entries).then_some(entries)
    }
}

/// What a plugin of an owner keeps; keys that have lapsed of late may be counted still.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Kept {
    /// Bytes of keys and values.
    pub bytes: u64,
    /// Keys.
    pub entries: u64,
}

impl Plugins {
    /// What the plugin of `of` keeps for `owner`.
    ///
    /// # Errors
    /// The store's.
    pub async fn kept(&self, owner: Owner, of: Owner, name: &str) -> Result<Kept, StoreError> {
        let key = Key::new(owner, Kind::PluginValue, format!("totals:{}", named(of, name)));
        let Some(document) = self.0.store.get(&key).await? else { return Ok(Kept::default()) };
        let Totals { bytes, entries, .. } = document.decode()?;
        Ok(Kept { bytes, entries })
    }
}

/// What one key counts.
#[derive(Debug, Clone, Copy)]
struct Entry {
    bytes: u64,
    lapses: Option<u64>,
}

impl Entry {
    fn of(key: &str, value: &[u8], expires: Option<SystemTime>) -> Self {
        let bytes = u64::try_from(key.len().saturating_add(value.len())).unwrap_or(u64::MAX);
        Self { bytes, lapses: expires.map(milliseconds) }
    }
}

fn milliseconds(time: SystemTime) -> u64 {
    u64::try_from(time.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis()).unwrap_or(u64::MAX)
}

/// What becomes of a key.
enum Change {
    Put(Vec<u8>, Option<SystemTime>),
    Remove,
    Nothing,
}

/// A value as it was found.
struct Found {
    value: Vec<u8>,
    expires: Option<SystemTime>,
}

impl Found {
    fn of(document: &Document) -> Result<Self, KvError> {
        let text = document.body.get("value").and_then(Value::as_str);
        let value = text.and_then(|text| STANDARD.decode(text).ok());
        let value = value.ok_or_else(|| KvError::Unavailable("a value in the store is damaged".into()))?;
        Ok(Self { value, expires: document.expires })
    }
}

fn unavailable(error: StoreError) -> KvError {
    match error {
        StoreError::Overloaded => KvError::Unavailable("the store is busy".into()),
        error => {
            tracing::warn!(%error, "keys of a plugin");
            KvError::Unavailable("the store cannot be reached".into())
        }
    }
}

/// `own:NAME` or `system:NAME`: a plugin of the account and one of the installation may have the same name.
fn named(owner: Owner, name: &str) -> String {
    let of = match owner {
        Owner::System => "system",
        Owner::Account(_) => "own",
    };
    format!("{of}:{name}")
}

fn plugin(space: &KeySpace) -> String {
    named(space.plugin.owner, &space.plugin.name)
}

fn totals_key(space: &KeySpace) -> Key {
    Key::new(space.owner, Kind::PluginValue, format!("totals:{}", plugin(space)))
}

/// What the ids of all its values begin with.
fn base(space: &KeySpace) -> String {
    format!("value:{}:", plugin(space))
}

fn value_key(space: &KeySpace, key: &str) -> Key {
    Key::new(space.owner, Kind::PluginValue, format!("{}{key}", base(space)))
}

impl StoredKeyValues {
    /// In that store.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    /// Makes a change that `decide` reads off what is there, once, on nothing newer than that.
    async fn change(
        &self,
        space: &KeySpace,
        key: &str,
        decide: impl Fn(Option<&Found>) -> Result<Change, KvError> + Send + Sync,
    ) -> Result<(), KvError> {
        for attempt in 0..ATTEMPTS {
            // The totals first: what is written after they are read makes the attempt fail.
            let kept = self.store.get(&totals_key(space)).await.map_err(unavailable)?;
            let old = self.store.get(&value_key(space, key)).await.map_err(unavailable)?;
            let old = old.as_ref().map(Found::of).transpose()?;
            let change = decide(old.as_ref())?;
            let Some(writes) = self.writes(space, key, kept, old, change).await? else { return Ok(()) };
            match self.store.apply(Batch::of(writes)).await {
                Ok(_) => return Ok(()),
                Err(StoreError::Conflict(_)) => tokio::time::sleep(wait(attempt)).await,
                Err(error) => return Err(unavailable(error)),
            }
        }
        Err(KvError::Unavailable("too many write these keys at once".into()))
    }

    /// The writes of a change; none where it changes nothing.
    async fn writes(
        &self,
        space: &KeySpace,
        key: &str,
        kept: Option<Document>,
        old: Option<Found>,
        change: Change,
    ) -> Result<Option<Vec<Write>>, KvError> {
        let expect = kept.as_ref().map_or(Expect::Absent, |kept| Expect::Revision(kept.revision.clone()));
        let before: Totals = kept.and_then(|kept| serde_json::from_value(kept.body).ok()).unwrap_or_default();
        let old = old.map(|found| Entry::of(key, &found.value, found.expires));
        let (write, new) = match change {
            Change::Nothing => return Ok(None),
            Change::Remove => (Write::delete(value_key(space, key), Expect::Anything), None),
            Change::Put(value, expires) => {
                let body = json!({"value": STANDARD.encode(&value)});
                let write = Write { expires, ..Write::put(value_key(space, key), body, Expect::Anything) };
                (write, Some(Entry::of(key, &value, expires)))
            }
        };
        let after = self.totals(space, before, old, new).await?;
        let body = serde_json::to_value(after).map_err(|error| KvError::Unavailable(error.to_string()))?;
        Ok(Some(vec![write, Write::put(totals_key(space), body, expect)]))
    }

    /// The totals once `new` is there in place of `old`.
    async fn totals(
        &self,
        space: &KeySpace,
        before: Totals,
        old: Option<Entry>,
        new: Option<Entry>,
    ) -> Result<Totals, KvError> {
        let after = exchanged(&before, old, new);
        let Some(limit) = after.breach(before, space) else { return Ok(after) };
        if before.lapses.is_none_or(|lapses| lapses > milliseconds(SystemTime::now())) {
            return Err(KvError::Quota(limit));
        }
        let counted = self.count(space).await?;
        let after = exchanged(&counted, old, new);
        after.breach(counted, space).map_or(Ok(after), |limit| Err(KvError::Quota(limit)))
    }

    /// What is there, counted one by one.
    async fn count(&self, space: &KeySpace) -> Result<Totals, KvError> {
        let mut totals = Totals::default();
        let base = base(space);
        let mut scan = Scan::of(space.owner, Kind::PluginValue).prefix(&base).limit(PAGE);
        loop {
            let page = self.store.scan(&scan).await.map_err(unavailable)?;
            for document in &page.documents {
                let key = document.key.id.strip_prefix(&base).unwrap_or_default();
                totals.add(Entry::of(key, &Found::of(document)?.value, document.expires));
            }
            match page.next {
                Some(next) => scan = scan.after(Some(next)),
                None => return Ok(totals),
            }
        }
    }
}

/// The totals with `new` in place of `old`.
fn exchanged(before: &Totals, old: Option<Entry>, new: Option<Entry>) -> Totals {
    let mut totals = *before;
    if let Some(old) = old {
        totals.take(old);
    }
    if let Some(new) = new {
        totals.add(new);
    }
    totals
}

/// Longer with each attempt, and another for each of those who wait.
fn wait(attempt: u32) -> Duration {
    let most = LONGEST_WAIT.min(Duration::from_millis(1) * 2_u32.saturating_pow(attempt));
    most.mul_f64(rand::random_range(0.1..1.0))
}

fn expiry(ttl: Option<Duration>) -> Option<SystemTime> {
    SystemTime::now().checked_add(ttl?)
}

#[async_trait]
impl KeyValues for StoredKeyValues {
    async fn get(&self, space: &KeySpace, key: &str) -> Result<Option<Vec<u8>>, KvError> {
        let document = self.store.get(&value_key(space, key)).await.map_err(unavailable)?;
        document.map(|document| Ok(Found::of(&document)?.value)).transpose()
    }

    async fn set(&self, space: &KeySpace, key: &str, value: Vec<u8>, ttl: Option<Duration>) -> Result<(), KvError> {
        let expires = expiry(ttl);
        self.change(space, key, |_| Ok(Change::Put(value.clone(), expires))).await
    }

    async fn delete(&self, space: &KeySpace, key: &str) -> Result<bool, KvError> {
        let existed = std::sync::atomic::AtomicBool::new(false);
        self.change(space, key, |old| {
            existed.store(old.is_some(), std::sync::atomic::Ordering::Relaxed);
            Ok(if old.is_some() { Change::Remove } else { Change::Nothing })
        })
        .await?;
        Ok(existed.into_inner())
    }

    async fn increment(&self, space: &KeySpace, key: &str, by: i64, ttl: Option<Duration>) -> Result<i64, KvError> {
        let expires = expiry(ttl);
        let sum = std::sync::atomic::AtomicI64::new(0);
        self.change(space, key, |old| {
            let (number, expires) = match old {
                Some(found) => (number(&found.value)?, found.expires),
                None => (0, expires),
            };
            let added = number.checked_add(by).ok_or(KvError::NotANumber)?;
            sum.store(added, std::sync::atomic::Ordering::Relaxed);
            Ok(Change::Put(added.to_string().into_bytes(), expires))
        })
        .await?;
        Ok(sum.into_inner())
    }

    async fn keys(
        &self,
        space: &KeySpace,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<String>, KvError> {
        let base = base(space);
        let mut scan = Scan::of(space.owner, Kind::PluginValue).prefix(&format!("{base}{prefix}"));
        if let Some(after) = after.filter(|after| *after >= prefix) {
            // Keys have no control characters, so that this is the first place after it.
            scan = scan.from(format!("{base}{after}\u{1}"));
        }
        let mut keys = Vec::new();
        while keys.len() < limit {
            scan = scan.limit(PAGE.min(limit - keys.len()));
            let page = self.store.scan(&scan).await.map_err(unavailable)?;
            keys.extend(
                page.documents.iter().filter_map(|document| document.key.id.strip_prefix(&base).map(Into::into)),
            );
            match page.next {
                Some(next) => scan = scan.after(Some(next)),
                None => break,
            }
        }
        Ok(keys)
    }
}

fn number(value: &[u8]) -> Result<i64, KvError> {
    std::str::from_utf8(value).ok().and_then(|text| text.parse().ok()).ok_or(KvError::NotANumber)
}
