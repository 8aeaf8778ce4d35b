//! How two sets stand to each other, told by three numbers.

use serde::Deserialize;

/// The relation that makes a carrier match. A is the call's list, B the carrier's.
#[derive(Deserialize, Debug, Clone, Copy, Default, PartialEq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mode {
    /// A = B.
    Exact,
    /// A ⊆ B; so an empty A always does.
    Subset,
    /// A ⊆ B and A is not empty.
    NeSubset,
    /// A ⊆ B, but an empty A wants an empty B.
    #[default]
    NeSubsetOrExact,
    /// A and B share something.
    Intersect,
    /// A and B share nothing.
    Disjoint,
}

/// Sizes of A, of B, and of what they share.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Overlap {
    pub(crate) wanted: usize,
    pub(crate) had: usize,
    pub(crate) common: usize,
}

impl Overlap {
    pub(crate) fn is(self, mode: Mode) -> bool {
        let Self { wanted, had, common } = self;
        let subset = common == wanted;
        match mode {
            Mode::Exact => subset && had == wanted,
            Mode::Subset => subset,
            Mode::NeSubset => subset && wanted > 0,
            Mode::NeSubsetOrExact => subset && (wanted > 0 || had == 0),
            Mode::Intersect => common > 0,
            Mode::Disjoint => common == 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_nothing_in_common_only_an_empty_list_differs() {
        let modes = [Mode::Exact, Mode::Subset, Mode::NeSubset, Mode::NeSubsetOrExact, Mode::Intersect, Mode::Disjoint];
        for mode in modes {
            for wanted in 0..4 {
                let of_one = Overlap { wanted, had: 1, common: 0 }.is(mode);
                assert!((2..5).all(|had| Overlap { wanted, had, common: 0 }.is(mode) == of_one), "{mode:?} {wanted}");
            }
        }
    }
}
