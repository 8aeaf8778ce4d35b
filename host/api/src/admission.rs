//! What both APIs do before they look at a request any further: who asks, and do they ask too often.

use http::request::Parts;

use crate::auth::{AuthError, Caller};
use crate::limits::{Exceeded, Quota};
use crate::state::ApiState;
use crate::transport::peer;

/// A caller whose request is heard.
pub(crate) struct Admitted {
    pub(crate) caller: Caller,
    /// What is left of the caller's limit, where it has one.
    pub(crate) quota: Option<Quota>,
}

/// Why a request is not heard.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error(transparent)]
    Auth(#[from] AuthError),
    #[error(transparent)]
    TooMany(#[from] Exceeded),
}

impl Refusal {
    /// What a known caller has left.
    pub(crate) fn quota(&self) -> Option<Quota> {
        match self {
            Self::Auth(_) => None,
            Self::TooMany(exceeded) => exceeded.quota,
        }
    }
}

/// The caller, within its rate. Nothing of the body has been read.
pub(crate) async fn admit(state: &ApiState, parts: &Parts) -> Result<Admitted, Refusal> {
    let authentication = async { Ok(state.auth().authenticate(&parts.headers).await?) };
    // Who sends no token guesses none.
    let guesses = ["x-auth-token", "authorization"].iter().any(|name| parts.headers.contains_key(*name));
    let is_wrong = |refusal: &Refusal| guesses && matches!(refusal, Refusal::Auth(AuthError::Unauthenticated));
    let caller = guarded(state, parts, authentication, is_wrong).await?;
    let own = state.auth().own_rates(&caller).await.map_err(AuthError::from)?;
    let quota = state.rate_limits().take(&caller, own)?;
    Ok(Admitted { caller, quota })
}

/// Does what may fail because the client does not know a secret, as often as its address may. A request over no connection is not
/// counted: nobody is at its other end.
pub(crate) async fn guarded<T, E: From<Exceeded>>(
    state: &ApiState,
    parts: &Parts,
    work: impl Future<Output = Result<T, E>>,
    is_wrong: impl Fn(&E) -> bool,
) -> Result<T, E> {
    let (failures, share) = state.rate_limits().failures();
    let Some((address, share)) = peer::address(parts, state.trusted_proxies()).zip(share) else { return work.await };
    let attempt = failures.attempt(address, share)?;
    let outcome = work.await;
    if outcome.as_ref().err().is_some_and(is_wrong) {
        failures.failed(address, share);
    }
    drop(attempt);
    outcome
}
