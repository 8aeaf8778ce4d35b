//! `/plugins/{plugin}/log`: what a plugin says on all nodes, as a list or as server-sent events.

use serde_json::Value;
use strowger_model::{Violation, time};
use strowger_plugins::{TooManyFollowers, Wanted};
use strowger_sandbox::LogLevel;

use super::cluster::{self, Asked};
use super::follow;
use super::lines::{self, LEVELS, Line, Lines};
use super::refusal::PluginRefusal;
use crate::v2::error::Error;
use crate::v2::reply::Reply;
use crate::v2::request::Request;

/// Lines that are answered where nothing else is asked for.
const USUAL: usize = 200;
const MOST: usize = 1_000;

/// The last lines, whichever node they were said on, oldest first. A node that does not answer has a line that says so.
pub(in crate::v2) async fn log(request: Request) -> Result<Reply, Error> {
    let wanted = wanted(&request)?;
    let (plugins, name) = (request.state.plugins(), request.segment("plugin"));
    plugins.summary(request.owner, name).await?;
    let asked = lines::Asked::of(request.owner, name, wanted);
    if request.says_yes("follow") {
        let follower = plugins.logs().follow(request.owner, name, wanted)?;
        return Ok(Reply::live(follow::events(request.state.clone(), follower, asked)));
    }
    let told = cluster::ask::<Lines>(&request.state, &Asked::Lines(asked)).await;
    let said =
        told.answers.into_iter().flat_map(|(node, lines)| lines.lines.into_iter().map(move |it| (node.clone(), it)));
    let mut said: Vec<(String, Line)> = said.collect();
    said.sort_by_key(|(_, line)| line.at);
    said.drain(..said.len().saturating_sub(wanted.limit));
    let now = u64::try_from(time::unix_now()).unwrap_or(0).saturating_mul(1_000);
    said.extend(told.silent.into_iter().map(|node| (node, Line::of_silence(now))));
    Ok(Reply::ok(said.iter().map(|(node, line)| line.shown(node)).collect::<Vec<Value>>()))
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

impl From<TooManyFollowers> for Error {
    fn from(error: TooManyFollowers) -> Self {
        PluginRefusal::Busy(error.to_string()).into()
    }
}
