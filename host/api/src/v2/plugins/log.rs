//! `/plugins/{plugin}/log`: what a plugin says, as a list or as server-sent events.

use std::convert::Infallible;
use std::time::Duration;

use ::time::OffsetDateTime;
use ::time::format_description::well_known::Rfc3339;
use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures::stream;
use http::{HeaderValue, header};
use serde_json::{Value, json};
use strowger_model::{Violation, time};
use strowger_plugins::{Followed, Follower, Said, TooManyFollowers, Wanted};
use strowger_sandbox::LogLevel;

use super::refusal::PluginRefusal;
use crate::v2::error::Error;
use crate::v2::reply::Reply;
use crate::v2::request::Request;

/// Lines that are answered where nothing else is asked for.
const USUAL: usize = 200;
const MOST: usize = 1_000;
/// A comment after so much silence shows proxies that the connection is alive.
const SILENCE: Duration = Duration::from_secs(15);
const LEVELS: [LogLevel; 5] = [LogLevel::Trace, LogLevel::Debug, LogLevel::Info, LogLevel::Warn, LogLevel::Error];

/// Lines that were said on the node that answers.
pub(in crate::v2) async fn log(request: Request) -> Result<Reply, Error> {
    let wanted = wanted(&request)?;
    let (plugins, name) = (request.state.plugins(), request.segment("plugin"));
    plugins.summary(request.owner, name).await?;
    if request.says_yes("follow") {
        let follower = plugins.logs().follow(request.owner, name, wanted)?;
        return Ok(Reply::live(events(follower)));
    }
    let lines = plugins.logs().read(request.owner, name, wanted);
    Ok(Reply::ok(lines.iter().map(|line| shown(line)).collect::<Vec<Value>>()))
}

fn wanted(request: &Request) -> Result<Wanted, Violation> {
    let level = match request.parameter("level") {
        None => LogLevel::Trace,
        Some(given) => level(&given)?,
    };
    let limit = limit(request.parameter("limit"))?;
    let since = request.parameter("since").map(|since| {
        let wrong = || Violation::new("since", "wrong_format", time::MOMENT);
        time::unix_of(&Value::from(since)).ok_or_else(wrong)
    });
    Ok(Wanted { level, since: since.transpose()?.unwrap_or(0).saturating_mul(1_000), limit })
}

fn level(given: &str) -> Result<LogLevel, Violation> {
    let known = || LEVELS.iter().map(|level| level.name());
    LEVELS.into_iter().find(|level| level.name() == given).ok_or_else(|| {
        let words = "Value not found in enumerated list of values";
        Violation::new("level", "enum", words).target(known().collect::<Vec<_>>()).value(given)
    })
}

fn limit(given: Option<String>) -> Result<usize, Violation> {
    let Some(given) = given else { return Ok(USUAL) };
    let limit = given.parse().ok().filter(|limit| (1..=MOST).contains(limit));
    limit.ok_or_else(|| {
        Violation::new("limit", "maximum", format!("Value must be a whole number from 1 to {MOST}"))
            .target(MOST)
            .value(given)
    })
}

fn shown(line: &Said) -> Value {
    json!({
        "id": line.number,
        "time": moment(line.at),
        "level": line.level.name(),
        "version": line.version,
        "account_id": line.owner.account().map(|account| account.hex()),
        "message": line.message,
    })
}

fn missed(lines: u64) -> String {
    let message = format!("{lines} lines were missed: the client was too slow");
    let data = json!({"lines": lines, "level": LogLevel::Warn.name(), "message": message});
    format!("event: missed\ndata: {data}\n\n")
}

/// ISO 8601.
fn moment(milliseconds: u64) -> Option<String> {
    let moment = OffsetDateTime::from_unix_timestamp_nanos(i128::from(milliseconds) * 1_000_000).ok()?;
    moment.format(&Rfc3339).ok()
}

/// Server-sent events (HTML, section 9.2): `line` for a line, `missed` where the client was too slow.
fn events(follower: Follower) -> Response {
    let begun = Bytes::from_static(b": following\n\n");
    let events = stream::unfold((follower, Some(begun)), async |(mut follower, begun)| {
        if let Some(begun) = begun {
            return Some((Ok::<_, Infallible>(begun), (follower, None)));
        }
        let event = match tokio::time::timeout(SILENCE, follower.next()).await {
            Err(_) => ": \n\n".to_owned(),
            Ok(Some(Followed::Line(line))) => format!("event: line\nid: {}\ndata: {}\n\n", line.number, shown(&line)),
            Ok(Some(Followed::Missed(lines))) => missed(lines),
            Ok(None) => return None,
        };
        Some((Ok(event.into()), (follower, None)))
    });
    let mut response = Response::new(Body::from_stream(events));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

impl From<TooManyFollowers> for Error {
    fn from(error: TooManyFollowers) -> Self {
        PluginRefusal::Busy(error.to_string()).into()
    }
}
