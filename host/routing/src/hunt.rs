//! `Hunt-Account-ID`: a request names the account over whose carriers it goes, by that account's chain and rows.
//!
//! An account may name itself, and the accounts that administrators have listed in its `hunt_accounts`; the installation may name any.
//! All others are refused in the same words, whether they exist or not. Only the named account's own carriers are hunted, never the
//! installation's in their place.

use serde_json::{Map, Value};
use strowger_model::{AccountId, Owner};

use crate::chain::Outcome;
use crate::pool::Pool;
use crate::trace::{Dropped, StepFailure, StepTrace};

/// The field, as the trace names it.
const FIELD: &str = "Hunt-Account-ID";

/// The account that the request names.
///
/// # Errors
/// Where it is none that the owner of the call may name.
pub(crate) fn named(
    owner: Owner,
    fields: &Map<String, Value>,
    allowed: &[AccountId],
) -> Result<Option<AccountId>, StepFailure> {
    let given = match fields.get(FIELD) {
        None | Some(Value::Null) => return Ok(None),
        Some(given) => given.as_str().unwrap_or_default(),
    };
    if given.is_empty() && fields.get(FIELD).is_some_and(Value::is_string) {
        return Ok(None);
    }
    let is_allowed = |account: &AccountId| match owner {
        Owner::System => true,
        Owner::Account(own) => *account == own || allowed.contains(account),
    };
    match given.parse::<AccountId>().ok().filter(is_allowed) {
        Some(account) => Ok(Some(account)),
        None => Err(refused()),
    }
}

fn refused() -> StepFailure {
    let message = format!("{FIELD}: not an account whose carriers this one may use");
    StepFailure { step: 0, module: FIELD.into(), kind: "refused", message }
}

/// Drops the carriers of the installation, which the named account is routed over where it has none of its own.
pub(crate) fn keep_own(outcome: &mut Outcome, pool: &Pool) {
    let (own, global): (Vec<u32>, Vec<u32>) =
        outcome.rows.iter().partition(|row| pool.get(**row).is_some_and(|carrier| !carrier.global));
    let reason = "it is the installation's, and the request names an account";
    let dropped = global.iter().map(|row| Dropped { id: pool.id(*row).to_owned(), reason: reason.into() });
    outcome.trace.push(StepTrace::of_host(FIELD, outcome.rows.len(), own.len(), dropped.collect()));
    outcome.rows = own;
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn hunted(owner: Owner, given: Value, allowed: &[AccountId]) -> Result<Option<AccountId>, String> {
        let fields = json!({ FIELD: given });
        named(owner, fields.as_object().unwrap(), allowed).map_err(|failure| failure.message)
    }

    #[test]
    fn an_account_may_name_itself_and_those_that_are_listed() {
        let (own, listed, other) = (AccountId::random(), AccountId::random(), AccountId::random());
        for account in [own, listed] {
            assert_eq!(hunted(own.into(), json!(account.hex()), &[listed]), Ok(Some(account)));
            assert_eq!(hunted(own.into(), json!(account.hyphenated()), &[listed]), Ok(Some(account)));
        }
        let unknown = hunted(own.into(), json!("nobody"), &[listed]);
        assert!(unknown.is_err());
        assert_eq!(hunted(own.into(), json!(other.hex()), &[listed]), unknown);
        assert_eq!(hunted(own.into(), json!(7), &[listed]), unknown);
        assert_eq!(hunted(own.into(), json!(""), &[]), Ok(None));
        assert_eq!(hunted(own.into(), json!(null), &[]), Ok(None));
    }

    #[test]
    fn the_installation_may_name_any_account() {
        let account = AccountId::random();
        assert_eq!(hunted(Owner::System, json!(account.hex()), &[]), Ok(Some(account)));
    }
}
