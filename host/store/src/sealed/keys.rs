//! Keys as text: one a line, `ID:BASE64`, the first is the one that seals.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::GeneralPurpose;
use base64::engine::{DecodePaddingMode, GeneralPurposeConfig};
use zeroize::Zeroizing;

use super::KeyringError;

const LENGTH: usize = 32;

/// Most keys of a keyring.
const MAX_KEYS: usize = 64;

/// Longest id of a key in bytes.
const MAX_ID: usize = 32;

/// With or without padding: both are what tools write.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A key and its id. The bytes are wiped when it goes.
pub(super) struct SealingKey {
    pub(super) id: String,
    bytes: Zeroizing<[u8; LENGTH]>,
}

impl SealingKey {
    /// A random key with an id that none of `others` has.
    pub(super) fn fresh(others: &[String]) -> Self {
        loop {
            let id = format!("{:08x}", rand::random::<u32>());
            if !others.contains(&id) {
                return Self { id, bytes: Zeroizing::new(rand::random()) };
            }
        }
    }

    pub(super) fn bytes(&self) -> &[u8; LENGTH] {
        &self.bytes
    }

    /// As its line of a key file.
    pub(super) fn line(&self) -> Zeroizing<String> {
        let encoded = Zeroizing::new(BASE64.encode(self.bytes()));
        Zeroizing::new(format!("{}:{}", self.id, *encoded))
    }

    fn parse(entry: &str) -> Result<Self, &'static str> {
        let (id, encoded) = entry.split_once(':').ok_or("a key is ID:BASE64")?;
        if id.is_empty() || id.len() > MAX_ID || !id.bytes().all(is_id_byte) {
            return Err("a key's id has 1 to 32 letters, digits, '-' or '_'");
        }
        let decoded = Zeroizing::new(BASE64.decode(encoded.trim()).map_err(|_| "a key is ID:BASE64")?);
        let bytes = <[u8; LENGTH]>::try_from(decoded.as_slice()).map_err(|_| "a key has 32 bytes, in base64")?;
        Ok(Self { id: id.to_owned(), bytes: Zeroizing::new(bytes) })
    }
}

fn is_id_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

/// The id that a line of a key file begins with, if it has a key.
pub(super) fn id_of(line: &str) -> Option<&str> {
    let line = line.trim();
    if line.starts_with('#') { None } else { line.split_once(':').map(|(id, _)| id) }
}

/// Only its id is printed.
impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.id)
    }
}

/// The keys of a keyring: one that seals; all of them open.
#[derive(Debug)]
pub(super) struct Keys {
    active: SealingKey,
    others: Vec<SealingKey>,
}

impl Keys {
    /// Reads keys from text, one a line. Lines that begin with `#` are comments.
    pub(super) fn parse(text: &str) -> Result<Self, KeyringError> {
        let mut keys: Vec<SealingKey> = Vec::new();
        for (index, line) in text.lines().map(str::trim).enumerate() {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let refuse = |rule| KeyringError::Invalid { line: index.saturating_add(1), rule };
            let key = SealingKey::parse(line).map_err(refuse)?;
            if keys.iter().any(|other| other.id == key.id) {
                return Err(refuse("each key has an id of its own"));
            }
            if keys.len() == MAX_KEYS {
                return Err(refuse("a keyring has at most 64 keys"));
            }
            keys.push(key);
        }
        let mut keys = keys.into_iter();
        let active = keys.next().ok_or(KeyringError::Empty)?;
        Ok(Self { active, others: keys.collect() })
    }

    /// The key that seals.
    pub(super) fn active(&self) -> &SealingKey {
        &self.active
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &SealingKey> {
        std::iter::once(&self.active).chain(&self.others)
    }

    pub(super) fn find(&self, id: &str) -> Option<&SealingKey> {
        self.all().find(|key| key.id == id)
    }

    pub(super) fn ids(&self) -> Vec<String> {
        self.all().map(|key| key.id.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZEROS: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    fn refusal(text: &str) -> String {
        Keys::parse(text).unwrap_err().to_string()
    }

    #[test]
    fn the_first_key_seals_and_all_open() {
        let unpadded = ZEROS.trim_end_matches('=');
        let keys = Keys::parse(&format!("# ours, since May\n\nb:{ZEROS}\n#b:x\n a:{unpadded}\n")).unwrap();
        assert_eq!(keys.ids(), ["b", "a"]);
        assert!(keys.find("a").is_some() && keys.find("c").is_none());
    }

    #[test]
    fn what_is_no_key_is_refused_by_its_line_and_not_repeated() {
        assert_eq!(refusal("# nothing\n"), "the keyring has no key");
        assert_eq!(refusal("\nhunter2"), "line 2 of the keyring: a key is ID:BASE64");
        assert_eq!(refusal("a:!!"), "line 1 of the keyring: a key is ID:BASE64");
        assert_eq!(refusal("a:aHVudGVyMg=="), "line 1 of the keyring: a key has 32 bytes, in base64");
        let long = "x".repeat(33);
        for id in ["", "a b", &long] {
            let refused = refusal(&format!("{id}:{ZEROS}"));
            assert_eq!(refused, "line 1 of the keyring: a key's id has 1 to 32 letters, digits, '-' or '_'");
        }
        let twice = refusal(&format!("a:{ZEROS}\na:{ZEROS}"));
        assert_eq!(twice, "line 2 of the keyring: each key has an id of its own");
        let many: String = (0..65).map(|n| format!("k{n}:{ZEROS}\n")).collect();
        assert_eq!(refusal(&many), "line 65 of the keyring: a keyring has at most 64 keys");
    }

    #[test]
    fn a_fresh_key_survives_its_line_and_is_not_printed() {
        let key = SealingKey::fresh(&[]);
        let read = Keys::parse(&key.line()).unwrap();
        assert_eq!((&read.active().id, read.active().bytes()), (&key.id, key.bytes()));
        assert_eq!(id_of(&key.line()), Some(key.id.as_str()));
        assert_eq!(format!("{key:?}"), key.id);
    }
}
