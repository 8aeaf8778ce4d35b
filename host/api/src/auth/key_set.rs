//! The keys that tokens are signed with, as the store keeps them.

use serde::{Deserialize, Serialize};
use strowger_model::Secret;
use uuid::Uuid;

use crate::hex;

/// Keys that are kept, whatever their times say.
const MOST: usize = 64;

/// A key that signs, or signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SigningKey {
    pub(super) kid: String,
    /// 32 bytes in hex.
    #[serde(serialize_with = "Secret::reveal")]
    pub(super) secret: Secret,
    /// Unix second it began to sign in.
    pub(super) created: i64,
    /// Unix second with which the last token that it signed ends. The key that signs has none.
    pub(super) retires: Option<i64>,
}

impl SigningKey {
    fn random(now: i64) -> Self {
        let secret: [u8; 32] = rand::random();
        Self {
            kid: Uuid::new_v4().simple().to_string(),
            secret: Secret::new(hex::encode(secret)),
            created: now,
            retires: None,
        }
    }
}

/// Every key that signs or verifies, the one that signs last.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KeySet {
    keys: Vec<SigningKey>,
}

impl KeySet {
    /// The key that signs.
    pub(super) fn newest(&self) -> Option<&SigningKey> {
        self.keys.last()
    }

    /// The key of that name, if tokens of it may still be good.
    pub(super) fn verifying(&self, kid: &str, now: i64) -> Option<&SigningKey> {
        self.keys.iter().find(|key| key.kid == kid && key.retires.is_none_or(|end| now < end))
    }

    /// Whether the key that signs has signed for so long.
    pub(super) fn is_due(&self, now: i64, lifetime: i64) -> bool {
        self.newest().is_none_or(|newest| now >= newest.created.saturating_add(lifetime))
    }

    /// The set with a fresh key to sign. The one before verifies until `retires`; those whose time is over are left out.
    pub(super) fn rotated(&self, now: i64, retires: i64) -> Self {
        let mut keys: Vec<SigningKey> =
            self.keys.iter().filter(|key| key.retires.is_none_or(|end| now < end)).cloned().collect();
        if let Some(before) = keys.last_mut() {
            before.retires = Some(retires);
        }
        keys.push(SigningKey::random(now));
        let surplus = keys.len().saturating_sub(MOST);
        keys.drain(..surplus);
        Self { keys }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_signs_for_its_time_and_verifies_a_little_longer() {
        let first = KeySet::default().rotated(0, 100);
        let old = first.newest().unwrap().kid.clone();
        assert!(!first.is_due(99, 100) && first.is_due(100, 100));
        let second = first.rotated(100, 160);
        assert_ne!(second.newest().unwrap().kid, old);
        assert!(second.verifying(&old, 159).is_some());
        assert!(second.verifying(&old, 160).is_none());
        let third = second.rotated(200, 260);
        assert!(third.keys.iter().all(|key| key.kid != old), "what verifies nothing is not kept");
    }

    #[test]
    fn a_set_is_bounded_and_its_secrets_are_not_printed() {
        let set = (0..200).fold(KeySet::default(), |set, now| set.rotated(now, 1_000));
        assert_eq!(set.keys.len(), MOST);
        let newest = set.newest().unwrap();
        assert_eq!((newest.created, newest.secret.expose().len()), (199, 64));
        assert!(!format!("{set:?}").contains(newest.secret.expose()));
    }
}
