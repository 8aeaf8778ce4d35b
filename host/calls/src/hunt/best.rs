//! Which of several failures a call is said to have ended with.

use super::Failure;

/// The failure that tells most, after RFC 3261 section 16.7: a 6xx, else the lowest class; what the carrier said before what the
/// host concluded from silence; of equals the later.
#[derive(Debug, Default)]
pub(super) struct Best(Option<(Rank, Failure)>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    concluded: bool,
    class: u16,
}

/// A failure and whether a carrier said so.
#[derive(Debug)]
pub(super) struct Considered {
    pub failure: Failure,
    pub concluded: bool,
}

impl Best {
    pub(super) fn consider(&mut self, Considered { failure, concluded }: Considered) {
        let class = if failure.status >= 600 { 0 } else { failure.status / 100 };
        let rank = Rank { concluded, class };
        if self.0.as_ref().is_none_or(|(best, _)| rank <= *best) {
            self.0 = Some((rank, failure));
        }
    }

    pub(super) fn into_failure(self) -> Failure {
        self.0.map_or_else(|| Failure::new(404, "Not Found"), |(_, failure)| failure)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best(failures: &[(u16, bool)]) -> u16 {
        let mut best = Best::default();
        for (status, concluded) in failures {
            best.consider(Considered { failure: Failure::new(*status, ""), concluded: *concluded });
        }
        best.into_failure().status
    }

    #[test]
    fn what_a_carrier_said_tells_more_than_silence() {
        assert_eq!(best(&[(404, false), (408, true)]), 404);
        assert_eq!(best(&[(408, true), (503, false)]), 503);
        assert_eq!(best(&[(503, true), (408, true)]), 408);
    }

    #[test]
    fn the_lowest_class_wins_and_of_equals_the_later() {
        assert_eq!(best(&[(503, false), (480, false), (500, false)]), 480);
        assert_eq!(best(&[(480, false), (404, false)]), 404);
        assert_eq!(best(&[(404, false), (606, false)]), 606);
        assert_eq!(best(&[]), 404);
    }
}
