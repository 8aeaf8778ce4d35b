//! `/decisions`, `/calls/{call}/routing`, and what a change would change: decisions that were recorded, made again.

use serde_json::{Map, Value, json};
use strowger_model::chain::Chain;
use strowger_model::{Violation, Violations};
use strowger_plugins::FindError;
use strowger_routing::{KEPT_DECISIONS, Record, ReplayError, Trial, records_of};

use super::error::Error;
use super::paging::{Ask, invalid_start_key};
use super::plugins::PluginRefusal;
use super::reply::Reply;
use super::request::Request;

/// Decisions that are made again where the request does not say how many.
const USUAL: usize = 100;

/// The account's last decisions, the newest first.
pub(super) async fn list(request: Request) -> Result<Reply, Error> {
    let ask = Ask::of(&request, "decisions")?;
    let after = ask.from.as_ref().map(|key| key.0.parse().map_err(|_| invalid_start_key())).transpose()?;
    let (call, number) = (request.parameter("call"), request.parameter("number"));
    let admitted = |record: &Record| {
        let is = |field: &str, wanted: &Option<String>| {
            wanted.as_ref().is_none_or(|wanted| record.text(field) == Some(wanted.as_str()))
        };
        is("call", &call) && is("number", &number)
    };
    request.state.routing().settled().await;
    let wanted = ask.wanted() + 1;
    let records = records_of(request.state.store(), request.owner, after, ask.direction, wanted, admitted).await?;
    let rows = records.iter().map(|record| (record.shown(), record.position.to_string())).collect();
    ask.page(&request, rows)
}

/// How one call was decided, live or over, on whichever node.
pub(super) async fn of_call(request: Request) -> Result<Reply, Error> {
    let call = request.segment("call");
    let sid = call.parse::<strowger_model::Sid>().map_err(|_| Error::BadIdentifier(call.chars().take(64).collect()))?;
    let told = request.state.routing().routing_of(request.owner, &sid.to_string()).await?;
    told.map(Reply::ok).ok_or_else(|| Error::BadIdentifier(sid.to_string()))
}

/// A version in place of the one that calls go by.
pub(super) async fn replay_version(mut request: Request) -> Result<Reply, Error> {
    let data = std::mem::take(&mut request.envelope).into_object()?;
    let (plugin, version) = (request.segment("plugin").to_owned(), request.segment("version").to_owned());
    replay(&request, Trial::Version { plugin, version }, &data).await
}

/// A chain in place of the one that calls go by.
pub(super) async fn replay_chain(mut request: Request) -> Result<Reply, Error> {
    let data = std::mem::take(&mut request.envelope).into_object()?;
    let rules =
        data.get("rules").ok_or_else(|| Violation::new("rules", "required", "Field is required but missing"))?;
    replay(&request, Trial::Chain(Chain::parse(rules)?), &data).await
}

async fn replay(request: &Request, trial: Trial, data: &Map<String, Value>) -> Result<Reply, Error> {
    if let Some(field) = data.keys().find(|field| *field != "count" && *field != "rules") {
        return Err(Violation::new(field.as_str(), "unknown", "There is no such field").into());
    }
    let count = count(data)?;
    let replayed = request.state.routing().replay(request.owner, trial, count).await?;
    Ok(Reply::ok(json!(replayed)))
}

fn count(data: &Map<String, Value>) -> Result<usize, Violations> {
    let Some(given) = data.get("count").filter(|given| !given.is_null()) else { return Ok(USUAL) };
    let count = given.as_u64().and_then(|count| usize::try_from(count).ok());
    count.filter(|count| (1..=KEPT_DECISIONS).contains(count)).ok_or_else(|| {
        let message = format!("It is a whole number from 1 to {KEPT_DECISIONS}");
        Violation::new("count", "range", message).value(given.clone()).into()
    })
}

impl From<ReplayError> for Error {
    fn from(error: ReplayError) -> Self {
        match error {
            ReplayError::Busy => PluginRefusal::Busy(error.to_string()).into(),
            ReplayError::Find(FindError::Unknown(name)) => Self::BadIdentifier(name),
            ReplayError::Find(FindError::UnknownVersion(_, version)) => Self::BadIdentifier(version),
            ReplayError::Find(FindError::Store(error)) => error.into(),
            ReplayError::NotNamed(_) | ReplayError::Find(_) => PluginRefusal::State(error.to_string()).into(),
            ReplayError::Check(error) => error.into(),
            ReplayError::Route(error) => error.into(),
        }
    }
}
