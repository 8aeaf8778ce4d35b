//! What was left out of endpoints, and why.

use super::candidate::Candidate;

/// Notes that a route carries; a thousand carriers would have as many.
const MOST: usize = 1_000;

/// The notes of one route.
#[derive(Default)]
pub(super) struct Notes(Vec<String>);

impl Notes {
    /// A note about one gateway.
    pub(super) fn about(&mut self, candidate: &Candidate<'_>, text: impl AsRef<str>) {
        let (id, index) = (candidate.resource_id(), candidate.chosen.index);
        self.add(|| format!("{id}, gateway {index}: {}", text.as_ref()));
    }

    /// A note about a carrier.
    pub(super) fn of_carrier(&mut self, id: &str, text: &str) {
        self.add(|| format!("{id}: {text}"));
    }

    pub(super) fn into_texts(self) -> Vec<String> {
        self.0
    }

    fn add(&mut self, text: impl FnOnce() -> String) {
        match self.0.len() {
            0..MOST => self.0.push(text()),
            MOST => self.0.push("further notes are left out".into()),
            _ => {}
        }
    }
}
