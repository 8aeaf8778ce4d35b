//! How long one candidate is waited for.

use std::time::Duration;

use tokio::time::Instant;

use crate::candidate::Candidate;

/// Until when what is waited for.
#[derive(Debug)]
pub(super) struct Timers {
    answer: Instant,
    response: Option<Instant>,
    progress: Option<Instant>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Expired {
    Answer,
    Response,
    Progress,
}

impl Timers {
    /// From now on; a wait of 0 has no end.
    pub(super) fn new(candidate: &Candidate, answer: Instant) -> Self {
        let from_now = |wait: Duration| Instant::now() + wait;
        let positive = |wait: &Duration| !wait.is_zero();
        Self {
            answer,
            response: Some(candidate.grace_period).filter(positive).map(from_now),
            progress: candidate.progress_timeout.filter(positive).map(from_now),
        }
    }

    /// Somebody is there; whether they ring is for the progress timeout to say.
    pub(super) fn heard(&mut self) {
        self.response = None;
    }

    /// An answer beyond 100 has come.
    pub(super) fn responded(&mut self, status: u16, early_media: bool) {
        self.response = None;
        if matches!(status, 180 | 183) || early_media {
            self.progress = None;
        }
    }

    /// What is over first.
    pub(super) async fn expired(&self) -> Expired {
        let waits = [
            (Some(self.answer), Expired::Answer),
            (self.response, Expired::Response),
            (self.progress, Expired::Progress),
        ];
        let first = waits.into_iter().filter_map(|(at, what)| Some((at?, what))).min_by_key(|(at, _)| *at);
        let (at, what) = first.unwrap_or((self.answer, Expired::Answer));
        tokio::time::sleep_until(at).await;
        what
    }
}
