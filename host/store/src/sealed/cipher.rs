//! One secret value, sealed: `sealed:v1:{key id}:{base64 of nonce and ciphertext}`.
//!
//! XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha): its nonce of 192 bits may be random for as many values as there will ever be. What is
//! encrypted is the value's JSON; what is bound to it is where it lies, so that it cannot be moved to another document or field.

use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD as BASE64;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use serde_json::Value;
use zeroize::Zeroizing;

use super::keys::{Keys, SealingKey};
use super::path::Path;
use crate::Key;

/// What every version of the form begins with.
const SEALED: &str = "sealed:v";

/// What this version begins with.
const VERSION: &str = "sealed:v1:";

const NONCE: usize = 24;

/// Why a value cannot be opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum OpenError {
    #[error("it is sealed with the key {0}, which the keyring does not have")]
    UnknownKey(String),
    #[error("it is sealed in a form that this version does not know")]
    UnknownForm,
    #[error("it is damaged, or was moved here from elsewhere, or the key {0} is another one than it was sealed with")]
    Broken(String),
}

/// The id of the key that a value is sealed with; none where it lies in clear.
pub(super) fn key_id(value: &Value) -> Option<&str> {
    parts(value.as_str()?).map(|(id, _)| id)
}

fn parts(text: &str) -> Option<(&str, &str)> {
    text.strip_prefix(VERSION)?.split_once(':')
}

/// The value, sealed for its place with that key.
pub(super) fn seal(with: &SealingKey, key: &Key, path: &Path<'_>, value: &Value) -> Result<Value, serde_json::Error> {
    let plain = Zeroizing::new(serde_json::to_vec(value)?);
    let nonce: [u8; NONCE] = rand::random();
    let payload = Payload { msg: &plain, aad: &place(key, path) };
    // It fails only for more than 2^38 bytes, which no body has.
    let sealed = cipher(with).encrypt(&XNonce::from(nonce), payload).map_err(serde::ser::Error::custom)?;
    let mut bytes = nonce.to_vec();
    bytes.extend(sealed);
    Ok(Value::String(format!("{VERSION}{}:{}", with.id, BASE64.encode(bytes))))
}

/// The value as it was before it was sealed; as it is, where it lies in clear.
pub(super) fn open(keys: &Keys, key: &Key, path: &Path<'_>, value: &Value) -> Result<Option<Value>, OpenError> {
    let Some(text) = value.as_str().filter(|text| text.starts_with(SEALED)) else { return Ok(None) };
    let (id, sealed) = parts(text).ok_or(OpenError::UnknownForm)?;
    let with = keys.find(id).ok_or_else(|| OpenError::UnknownKey(id.to_owned()))?;
    decrypt(with, sealed, &place(key, path)).ok_or_else(|| OpenError::Broken(id.to_owned())).map(Some)
}

fn decrypt(with: &SealingKey, sealed: &str, place: &[u8]) -> Option<Value> {
    let bytes = BASE64.decode(sealed).ok()?;
    let (nonce, ciphertext) = bytes.split_first_chunk::<NONCE>()?;
    let payload = Payload { msg: ciphertext, aad: place };
    let plain = Zeroizing::new(cipher(with).decrypt(&XNonce::from(*nonce), payload).ok()?);
    serde_json::from_slice(&plain).ok()
}

fn cipher(with: &SealingKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(with.bytes().into())
}

/// The associated data: each part after its length, so that no two places read alike.
fn place(key: &Key, path: &Path<'_>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(128);
    for part in [&key.owner.to_string(), key.kind.name(), &key.id, &path.to_string()] {
        bytes.extend((part.len() as u64).to_be_bytes());
        bytes.extend(part.as_bytes());
    }
    bytes
}
