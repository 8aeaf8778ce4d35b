//! Which calls a canary answers.

use sha2::{Digest, Sha256};
use strowger_model::Owner;

/// Whether a caller is among the first `percent` of all. The same one always is, on every node, and stays so while the share grows; other
/// plugins and other versions have other callers first.
pub(super) fn is_chosen(account: Owner, plugin: &str, version: &str, caller: &str, percent: u8) -> bool {
    let mut hash = Sha256::new();
    for part in [&*account.to_string(), plugin, version, caller] {
        hash.update(part.len().to_le_bytes());
        hash.update(part.as_bytes());
    }
    let place = hash.finalize().iter().take(8).fold(0_u64, |place, byte| (place << 8) | u64::from(*byte));
    place % 10_000 < u64::from(percent) * 100
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use strowger_model::AccountId;

    use super::*;

    fn chosen(account: Owner, version: &str, percent: u8) -> HashSet<usize> {
        (0..2_000).filter(|n| is_chosen(account, "mine", version, &format!("+1202555{n:04}"), percent)).collect()
    }

    #[test]
    fn a_share_is_about_as_large_as_it_says() {
        let account = AccountId::random().into();
        for percent in [1_u8, 10, 30, 99] {
            let (got, wanted) = (chosen(account, "2", percent).len(), usize::from(percent) * 20);
            assert!(got.abs_diff(wanted) < 90, "{got} of 2000 at {percent} %");
        }
        assert_eq!(chosen(account, "2", 100).len(), 2_000);
    }

    #[test]
    fn who_is_chosen_stays_so_while_the_share_grows() {
        let account = AccountId::random().into();
        assert_eq!(chosen(account, "2", 10), chosen(account, "2", 10));
        assert!(chosen(account, "2", 10).is_subset(&chosen(account, "2", 11)));
        assert!(chosen(account, "2", 11).is_subset(&chosen(account, "2", 60)));
    }

    #[test]
    fn another_version_and_another_account_have_other_callers_first() {
        let account = AccountId::random().into();
        assert_ne!(chosen(account, "2", 10), chosen(account, "3", 10));
        assert_ne!(chosen(account, "2", 10), chosen(AccountId::random().into(), "2", 10));
    }
}
