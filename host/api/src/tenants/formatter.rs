//! An account's formatter is one that it may name.

use strowger_model::{Account, Owner};
use strowger_routing::{CheckError, check_formatter};

use super::TenantError;
use crate::state::ApiState;

/// Checks the formatter that an account is to have in place of that of `before`. One that stays is not asked about: what it names may be
/// out of order, and the account be changed nevertheless.
pub(super) async fn check(state: &ApiState, before: Option<&Account>, account: &Account) -> Result<(), TenantError> {
    let kept = before.and_then(|before| before.formatter.as_ref());
    let Some(formatter) = account.formatter.as_ref().filter(|formatter| Some(*formatter) != kept) else {
        return Ok(());
    };
    match check_formatter(state.plugins(), Owner::Account(account.account_sid), formatter).await {
        Ok(()) => Ok(()),
        Err(CheckError::Invalid(broken)) => Err(TenantError::Invalid(broken)),
        Err(CheckError::Store(error)) => Err(TenantError::Store(error)),
    }
}
