//! What the documents have and this host has not: refused by name, to whoever may ask anything at all.

use axum::extract::{Request as HttpRequest, State};
use axum::response::Response;

use super::error::Error;
use crate::admission::{self, Admitted};
use crate::limits::Quota;
use crate::state::ApiState;

/// A name in a path, in lower case, and what would have to be there first.
const MISSING: &[(&str, &str)] = &[
    ("accounttest", "trial accounts"),
    ("activationcode", "trial accounts"),
    ("availability", "trial accounts"),
    ("betainvitecodes", "trial accounts"),
    ("bucketcredentialtest", "recording"),
    ("change-password", "users in /v1; those of /v2 have theirs changed there"),
    ("charges", "billing"),
    ("dnsrecords", "DNS providers"),
    ("forgot-password", "mail"),
    ("googlecustomvoices", "speech"),
    ("invitecodes", "trial accounts"),
    ("invoices", "billing"),
    ("lcrcarriersetentries", "routes of /v1; the routing chains of /v2 do this"),
    ("lcrroutes", "routes of /v1; the routing chains of /v2 do this"),
    ("lcrs", "routes of /v1; the routing chains of /v2 do this"),
    ("login", "users in /v1; /v2/user_auth logs in"),
    ("logs", "the keeping of logs by call"),
    ("microsoftteamstenants", "Teams"),
    ("outboundsms", "SMPP; message providers do this"),
    ("paymentmethods", "billing"),
    ("pcap", "the keeping of SIP messages"),
    ("predefinedcarriers", "a list of carriers"),
    ("prices", "billing"),
    ("products", "billing"),
    ("record", "recording"),
    ("register", "trial accounts"),
    ("signin", "trial accounts"),
    ("smppgateways", "SMPP; message providers do this"),
    ("smpps", "SMPP; message providers do this"),
    ("speechcredentials", "speech"),
    ("stripecustomerid", "billing"),
    ("sttlanguages", "speech"),
    ("subscriptions", "billing"),
    ("trace", "the keeping of spans by call"),
    ("ttscache", "speech"),
    ("users", "users in /v1; /v2/accounts/{account}/users are there"),
];

/// Answers what no route answers.
pub(super) async fn answer(State(state): State<ApiState>, request: HttpRequest) -> Response {
    let path = request.uri().path().to_ascii_lowercase();
    let named = path.split('/').find_map(|segment| MISSING.iter().find(|(name, _)| *name == segment));
    let Some((name, needs)) = named else { return Error::NotFound.into_response() };
    let (parts, _) = request.into_parts();
    let (quota, refusal) = match admission::admit(&state, &parts).await {
        Err(refusal) => (refusal.quota(), refusal.into()),
        Ok(Admitted { quota, .. }) => (quota, Error::NotBuilt { name, needs }),
    };
    let mut response = refusal.into_response();
    response.headers_mut().extend(quota.iter().flat_map(Quota::headers));
    response
}
