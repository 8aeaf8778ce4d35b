//! Session descriptions that come before the answer.

use crate::ports::StartedLeg;

/// What becomes of a session description that comes before the answer.
#[derive(Debug)]
pub(super) enum Early {
    /// It is taken.
    Heard,
    /// It is kept, in case that the answer has none.
    Ignored(Option<String>),
}

impl Early {
    /// Whether media flows before the answer.
    pub(super) fn take(&mut self, leg: &StartedLeg, sdp: Option<String>) -> bool {
        match self {
            Self::Heard => sdp.is_some_and(|sdp| leg.media.accept(sdp).is_ok()),
            Self::Ignored(kept) => {
                *kept = sdp.or_else(|| kept.take());
                false
            }
        }
    }

    /// Whether the answer's media is agreed on. Its description may have come with a 183 already.
    pub(super) fn settle(&mut self, leg: &StartedLeg, sdp: Option<String>) -> bool {
        let kept = match self {
            Self::Heard => None,
            Self::Ignored(kept) => kept.take(),
        };
        match sdp.or(kept) {
            Some(sdp) => leg.media.accept(sdp).is_ok(),
            None => leg.media.is_agreed(),
        }
    }
}
