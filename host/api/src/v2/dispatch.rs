//! From an HTTP request to a handler and back: who is it, may they, what do they say.

use axum::Router;
use axum::body::Body;
use axum::extract::{RawPathParams, Request as HttpRequest, State};
use axum::response::Response;
use axum::routing::any;
use http::header;
use http::request::Parts;
use strowger_model::{AccountId, Envelope, Owner, Sid};

use super::error::Error;
use super::reply::{self, Frame, Known, Reply};
use super::request::{OpenRequest, Request};
use super::routes::{Access, OPEN_ROUTES, OpenRoute, ROUTES, Route, STREAMED, Streamed};
use crate::admission::{self, Admitted, Refusal};
use crate::audit::Origin;
use crate::auth::{Caller, Spelling, Standing};
use crate::limits::Quota;
use crate::state::ApiState;
use crate::table::Verb;
use crate::tenants;
use crate::transport::body::{self, BodyError, Incoming};
use crate::transport::observe::MatchedRoute;
use crate::transport::precondition::Preconditions;
use crate::transport::query::Query;
use crate::transport::request_id::{self, RequestId};

/// Where the routes of the table lie.
const BASE: &str = "/v2";

/// Longest body of a client that is not known: names and digests are short.
const OPEN_BODY: usize = 64 * 1024;

/// Every route of the table, and the envelope's 404 for the rest.
pub(crate) fn router() -> Router<ApiState> {
    let routed = ROUTES.iter().fold(Router::new(), |router, route| {
        let handler = move |State(state): State<ApiState>, segments: RawPathParams, request: HttpRequest| {
            answer(state, route, segments, request)
        };
        router.route(route.path, any(handler))
    });
    let routed = OPEN_ROUTES.iter().fold(routed, |router, route| {
        let handler = move |State(state): State<ApiState>, request: HttpRequest| answer_open(state, route, request);
        router.route(route.path, any(handler))
    });
    routed.fallback(unknown)
}

async fn unknown(request: HttpRequest) -> Response {
    let (parts, _) = request.into_parts();
    let query = Query::parse(parts.uri.query());
    let id = request_id::of(&parts);
    reply::failure(&frame(&parts, &query, &id), &Error::NotFound)
}

async fn answer(state: ApiState, route: &'static Route, segments: RawPathParams, request: HttpRequest) -> Response {
    let (parts, body) = request.into_parts();
    let query = Query::parse(parts.uri.query());
    let id = request_id::of(&parts);
    let admitted = admission::admit(&state, &parts).await;
    let quota = admitted.as_ref().map_or_else(Refusal::quota, |admitted| admitted.quota);
    let mut response = match admitted {
        Err(refusal) => reply::failure(&frame(&parts, &query, &id), &refusal.into()),
        Ok(Admitted { caller, .. }) => {
            let known = Known { token: caller.token(), node: state.node() };
            let frame = Frame { known: Some(known), ..frame(&parts, &query, &id) };
            let conditions = Preconditions::from_headers(&parts.headers);
            let segments = segments.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            let asked = Asked { state: &state, route, segments, parts: &parts, caller: &caller, id: &id };
            let outcome = asked.handled(query, conditions.clone(), body).await;
            finish(&frame, &parts, &conditions, outcome)
        }
    };
    if route.deprecated {
        response.headers_mut().insert("deprecation", http::HeaderValue::from_static("true"));
    }
    response.headers_mut().extend(quota.iter().flat_map(Quota::headers));
    response.extensions_mut().insert(MatchedRoute { api: BASE, path: route.path });
    response
}

/// Whoever asks is not known yet, so that only what it gets wrong can be counted.
async fn answer_open(state: ApiState, route: &'static OpenRoute, request: HttpRequest) -> Response {
    let (parts, body) = request.into_parts();
    let query = Query::parse(parts.uri.query());
    let id = request_id::of(&parts);
    let frame = frame(&parts, &query, &id);
    let outcome = handled_open(&state, route, &parts, body).await;
    let mut response =
        outcome.map_or_else(|error| reply::failure(&frame, &error), |reply| reply::success(&frame, &reply));
    response.extensions_mut().insert(MatchedRoute { api: BASE, path: route.path });
    response
}

async fn handled_open(state: &ApiState, route: &'static OpenRoute, parts: &Parts, body: Body) -> Result<Reply, Error> {
    let endpoint = Verb::from_method(&parts.method).and_then(|verb| route.endpoints.find(verb));
    let handler = endpoint.ok_or_else(|| Error::MethodNotAllowed { allow: route.endpoints.allow() })?;
    let limits = state.limits();
    let bytes = body::read(&parts.headers, body, limits.body_bytes.min(OPEN_BODY), limits.body_timeout).await?;
    let envelope = body::parsed(bytes, Envelope::parse).await??;
    let is_wrong = |error: &Error| matches!(error, Error::Unauthenticated);
    admission::guarded(state, parts, handler(OpenRequest { state: state.clone(), envelope }), is_wrong).await
}

/// An authenticated request before its body is read.
struct Asked<'a> {
    state: &'a ApiState,
    route: &'static Route,
    segments: Vec<(String, String)>,
    parts: &'a Parts,
    caller: &'a Caller,
    id: &'a RequestId,
}

impl Asked<'_> {
    async fn handled(self, query: Query, conditions: Preconditions, body: Body) -> Result<Reply, Error> {
        let endpoints = &self.route.endpoints;
        let not_allowed = || Error::MethodNotAllowed { allow: endpoints.allow() };
        // What a path answers is the same for everybody, and so is told before whose it is.
        let verb = Verb::from_method(&self.parts.method).ok_or_else(not_allowed)?;
        if verb != Verb::Post && endpoints.find(verb).is_none() {
            return Err(not_allowed());
        }
        let owner = self.owner().await?;
        if let Some(streamed) = self.streamed(verb, &query) {
            self.permitted(streamed.verb).await?;
            return self.stream(streamed, owner, query, conditions, body).await;
        }
        let limits = self.state.limits();
        let bytes = body::read(&self.parts.headers, body, limits.body_bytes, limits.body_timeout).await?;
        let envelope = body::parsed(bytes, Envelope::parse).await??;
        let verb = tunnelled(verb, &query, &envelope).ok_or_else(not_allowed)?;
        let handler = endpoints.find(verb).ok_or_else(not_allowed)?;
        self.permitted(verb).await?;
        handler(self.request(owner, query, conditions, envelope)).await
    }

    fn request(self, owner: Owner, query: Query, conditions: Preconditions, envelope: Envelope) -> Request {
        let (state, caller, id) = (self.state.clone(), self.caller.clone(), self.id.clone());
        let origin = Origin::of(&state, self.parts, BASE, &id, &caller);
        let accept = self.parts.headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
        let accept = accept.unwrap_or_default().to_owned();
        Request { state, caller, origin, owner, segments: self.segments, query, conditions, accept, id, envelope }
    }

    /// The endpoint that takes the body as it comes, where there is one for its type.
    fn streamed(&self, verb: Verb, query: &Query) -> Option<&'static Streamed> {
        let verb = tunnelled(verb, query, &Envelope::default())?;
        let sent = self.parts.headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
        let sent = sent.split(';').next().unwrap_or_default().trim();
        let fits = |streamed: &&Streamed| streamed.verb == verb && streamed.media_type.eq_ignore_ascii_case(sent);
        STREAMED.iter().filter(|streamed| streamed.path == self.route.path).find(fits)
    }

    async fn stream(
        self,
        streamed: &Streamed,
        owner: Owner,
        query: Query,
        conditions: Preconditions,
        body: Body,
    ) -> Result<Reply, Error> {
        let (most, pause) = ((streamed.most)(self.state), self.state.limits().body_timeout);
        let mut incoming = Incoming::new(&self.parts.headers, body, most, pause);
        let outcome = (streamed.work)(self.request(owner, query, conditions, Envelope::default()), &mut incoming).await;
        if !matches!(outcome, Ok(_) | Err(Error::Body(BodyError::CutOff | BodyError::TimedOut))) {
            incoming.discard().await;
        }
        outcome
    }

    /// A token's own end is nothing that it can be kept from.
    async fn permitted(&self, verb: Verb) -> Result<(), Error> {
        let (auth, path) = (self.state.auth(), self.parts.uri.path());
        let permitted =
            self.route.access == Access::Token || auth.permits(self.caller, verb, path, Spelling::Exact).await?;
        if permitted { Ok(()) } else { Err(Error::Forbidden) }
    }

    /// Whose documents the route means, if the caller may touch them.
    async fn owner(&self) -> Result<Owner, Error> {
        match self.route.access {
            Access::Any | Access::Token => Ok(Owner::System),
            Access::Node => self.node().await,
            Access::Admin if self.caller.is_admin() => Ok(Owner::System),
            Access::Admin => Err(Error::Forbidden),
            Access::Account => {
                let account = self.account()?;
                match self.state.auth().standing(self.caller, account).await? {
                    Standing::Granted => Ok(account.into()),
                    Standing::NoSuchAccount => Err(Error::BadIdentifier(account.hex())),
                    Standing::Denied => Err(Error::Forbidden),
                }
            }
        }
    }

    /// The account, or none where the path means a service provider.
    async fn node(&self) -> Result<Owner, Error> {
        let id = self.account()?;
        let auth = self.state.auth();
        match auth.standing(self.caller, id).await? {
            Standing::Granted => return Ok(id.into()),
            Standing::NoSuchAccount | Standing::Denied => {}
        }
        // The two kinds of nodes are spelled alike.
        let provider: Option<Sid> = id.hex().parse().ok();
        let is_own = self.caller.service_provider().is_some_and(|own| Some(own) == provider);
        if !is_own && !self.caller.is_admin() {
            return Err(Error::Forbidden);
        }
        match provider {
            Some(provider) if tenants::provider_exists(self.state, provider).await? => Ok(Owner::System),
            _ => Err(Error::BadIdentifier(id.hex())),
        }
    }

    fn account(&self) -> Result<AccountId, Error> {
        let named = self.segments.iter().find(|(name, _)| name == "account");
        let text = named.map(|(_, text)| text.as_str()).unwrap_or_default();
        text.parse().map_err(|_| Error::InvalidAccountId(text.chars().take(64).collect()))
    }
}

/// `POST` may carry another verb, in the query or in the envelope.
fn tunnelled(verb: Verb, query: &Query, envelope: &Envelope) -> Option<Verb> {
    match query.get("verb").or(envelope.verb()) {
        Some(name) if verb == Verb::Post => Verb::from_name(name),
        _ => Some(verb),
    }
}

fn finish(frame: &Frame<'_>, parts: &Parts, conditions: &Preconditions, outcome: Result<Reply, Error>) -> Response {
    let reads = Verb::from_method(&parts.method) == Some(Verb::Get);
    match outcome {
        Ok(reply) if reply.is_file() => reply::download(reply),
        Ok(reply) => match reply.revision.as_deref() {
            Some(revision) if reads && !conditions.allow(revision) => reply::failure(frame, &Error::PreconditionFailed),
            Some(revision) if reads && conditions.has_current(revision) => reply::not_modified(revision),
            _ => reply::success(frame, &reply),
        },
        Err(error) => reply::failure(frame, &error),
    }
}

fn frame<'a>(parts: &'a Parts, query: &Query, id: &'a RequestId) -> Frame<'a> {
    let asked = parts.headers.get("x-pretty-print").is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"true"));
    Frame {
        request_id: id.as_str(),
        known: None,
        base: BASE,
        path: parts.uri.path(),
        pretty: asked || query.is_true("pretty_print"),
    }
}
