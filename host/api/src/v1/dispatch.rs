//! From an HTTP request to a handler and back: who is it, may they, what do they say.

use axum::Router;
use axum::body::Body;
use axum::extract::{RawPathParams, Request as HttpRequest, State};
use axum::response::Response;
use axum::routing::any;
use http::request::Parts;
use strowger_model::{AccountId, Sid};

use super::error::{Error, INSUFFICIENT};
use super::reply::Reply;
use super::request::{self, Request};
use super::routes::{Access, ROUTES, Route};
use super::{messaging, not_built};
use crate::admission::{self, Admitted};
use crate::audit::Origin;
use crate::auth::{Caller, Spelling, Standing};
use crate::limits::Quota;
use crate::state::ApiState;
use crate::table::Verb;
use crate::transport::body;
use crate::transport::observe::MatchedRoute;
use crate::transport::query::Query;
use crate::transport::request_id;

/// Where the routes of the table lie.
pub(super) const BASE: &str = "/v1";

/// Every route of the table, and a JSON 404 for the rest.
pub(crate) fn router() -> Router<ApiState> {
    let routed = ROUTES.iter().fold(Router::new(), |router, route| {
        let handler = move |State(state): State<ApiState>, segments: RawPathParams, request: HttpRequest| {
            answer(state, route, segments, request)
        };
        router.route(route.path, any(handler))
    });
    routed.route(messaging::PATH, any(messaging::answer)).fallback(not_built::answer)
}

/// A JSON 404.
pub(crate) async fn unknown() -> Response {
    Error::NotFound.into_response()
}

async fn answer(state: ApiState, route: &'static Route, segments: RawPathParams, request: HttpRequest) -> Response {
    let (parts, body) = request.into_parts();
    let segments = segments.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let (quota, outcome) = match admission::admit(&state, &parts).await {
        Err(refusal) => (refusal.quota(), Err(refusal.into())),
        Ok(Admitted { caller, quota }) => (quota, handle(state, route, segments, &parts, body, caller).await),
    };
    let mut response = outcome.map_or_else(Error::into_response, Reply::into_response);
    response.headers_mut().extend(quota.iter().flat_map(Quota::headers));
    response.extensions_mut().insert(MatchedRoute { api: BASE, path: route.path });
    response
}

async fn handle(
    state: ApiState,
    route: &'static Route,
    segments: Vec<(String, String)>,
    parts: &Parts,
    body: Body,
    caller: Caller,
) -> Result<Reply, Error> {
    let endpoint = Verb::from_method(&parts.method).and_then(|verb| Some((verb, route.endpoints.find(verb)?)));
    let not_allowed = || Error::MethodNotAllowed { allow: route.endpoints.allow() };
    let (verb, (access, handler)) = endpoint.ok_or_else(not_allowed)?;
    admit(&state, *access, &caller, &segments).await?;
    let is_permitted =
        *access == Access::Token || state.auth().permits(&caller, verb, parts.uri.path(), Spelling::Folded).await?;
    if !is_permitted {
        return Err(INSUFFICIENT);
    }
    let limits = state.limits();
    let bytes = body::read(&parts.headers, body, limits.body_bytes, limits.body_timeout).await?;
    let media_type = request::media_type(&parts.headers);
    let body = body::parsed(bytes, move |bytes| request::parse(media_type.as_deref(), bytes)).await??;
    let query = Query::parse(parts.uri.query());
    let origin = Origin::of(&state, parts, BASE, &request_id::of(parts), &caller);
    handler(Request { state: state.clone(), caller, origin, segments, query, body }).await
}

async fn admit(state: &ApiState, access: Access, caller: &Caller, segments: &[(String, String)]) -> Result<(), Error> {
    match access {
        Access::Any | Access::Token => Ok(()),
        Access::Admin(_) if caller.is_admin() => Ok(()),
        Access::Admin(refusal) => Err(Error::Forbidden(refusal)),
        Access::Provider if caller.is_admin() || caller.service_provider().is_some() => Ok(()),
        Access::Provider => Err(INSUFFICIENT),
        Access::OwnProvider => {
            let provider: Sid = request::segment(segments, "provider")?;
            let own = caller.is_admin() || caller.service_provider() == Some(provider);
            if own { Ok(()) } else { Err(INSUFFICIENT) }
        }
        Access::AtProvider => {
            let provider: Sid = request::segment(segments, "provider")?;
            let own = match caller.account() {
                Some(account) => state.auth().provider(account).await? == Some(provider),
                None => caller.is_admin() || caller.service_provider() == Some(provider),
            };
            if own { Ok(()) } else { Err(INSUFFICIENT) }
        }
        Access::Account => {
            let account: AccountId = request::segment(segments, "account")?;
            match state.auth().standing(caller, account).await? {
                Standing::Granted => Ok(()),
                Standing::NoSuchAccount => Err(Error::NotFound),
                Standing::Denied => Err(INSUFFICIENT),
            }
        }
    }
}
