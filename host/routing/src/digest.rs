//! Digests of what calls are decided with.

use sha2::{Digest as _, Sha256};

/// SHA-256 over texts, each told from the next.
#[derive(Default)]
pub(crate) struct Digest(Sha256);

impl Digest {
    pub(crate) fn add(&mut self, text: &str) {
        self.0.update(text.len().to_le_bytes());
        self.0.update(text.as_bytes());
    }

    /// 32 hex digits: enough to tell two things apart.
    pub(crate) fn into_text(self) -> String {
        self.0.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(texts: &[&str]) -> String {
        let mut digest = Digest::default();
        texts.iter().for_each(|text| digest.add(text));
        digest.into_text()
    }

    #[test]
    fn where_a_text_ends_counts() {
        assert_eq!(of(&["a", "b"]), of(&["a", "b"]));
        assert_ne!(of(&["a", "b"]), of(&["ab", ""]));
        assert_eq!(of(&[]).len(), 32);
    }
}
