//! Which of the plugins that a step may be answered by answered it.

use serde::{Serialize, Serializer};
use strowger_model::chain::OnError;

/// The rungs of a step, from the one that is wanted down to what the chain does without an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rung {
    /// A version that is tried on a share of the calls, before the one that the name means.
    Canary,
    /// The step's own plugin.
    Step,
    /// A fallback, by its place among the step's.
    Fallback(usize),
    /// None of them answered: what `on_error` says.
    OnError(OnError),
}

impl Rung {
    /// Its word: `canary`, `step`, `fallback`, `fallback_2` and so on, or that of `on_error`.
    #[must_use]
    pub fn name(self) -> &'static str {
        const FALLBACKS: [&str; 4] = ["fallback", "fallback_2", "fallback_3", "fallback_4"];
        match self {
            Self::Canary => "canary",
            Self::Step => "step",
            Self::Fallback(place) => FALLBACKS.get(place).copied().unwrap_or("fallback_5"),
            Self::OnError(on_error) => on_error.as_str(),
        }
    }
}

impl Serialize for Rung {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use strowger_model::chain::MAX_FALLBACKS;

    use super::*;

    #[test]
    fn every_rung_has_a_word_of_its_own() {
        let fallbacks = (0..MAX_FALLBACKS).map(Rung::Fallback);
        let others = [Rung::Canary, Rung::Step, Rung::OnError(OnError::Fail), Rung::OnError(OnError::Skip)];
        let words: std::collections::HashSet<_> = fallbacks.chain(others).map(Rung::name).collect();
        assert_eq!(words.len(), MAX_FALLBACKS + 4);
    }
}
