//! A log that is followed: this node's lines as they are said, those of the other nodes a second later.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures::stream;
use http::{HeaderValue, header};
use serde_json::json;
use strowger_plugins::{Followed, Follower};
use strowger_sandbox::LogLevel;
use tokio::time::{Instant, MissedTickBehavior};

use super::cluster::{self, Asked};
use super::lines::{self, Line, Lines};
use crate::state::ApiState;

/// A comment after so much silence shows proxies that the connection is alive.
const SILENCE: Duration = Duration::from_secs(15);
/// How often the other nodes are asked.
const EVERY: Duration = Duration::from_secs(1);
/// Lines that one of them tells at once.
const MOST: usize = 1_000;

struct Following {
    state: ApiState,
    follower: Follower,
    asked: lines::Asked,
    own: String,
    /// The last line of each other node that was told.
    told: BTreeMap<String, u64>,
    silent: BTreeSet<String>,
    waiting: VecDeque<String>,
    quiet_since: Instant,
    tick: tokio::time::Interval,
}

/// Server-sent events (HTML, section 9.2): `line` for a line, `missed` where the client was too slow, `silent` where a node does not
/// answer.
pub(super) fn events(state: ApiState, follower: Follower, asked: lines::Asked) -> Response {
    let own = state.nodes().map_or_else(|| state.node().to_owned(), |nodes| nodes.own().info.name.clone());
    let mut tick = tokio::time::interval(EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let following = Following {
        state,
        follower,
        asked,
        own,
        told: BTreeMap::new(),
        silent: BTreeSet::new(),
        waiting: VecDeque::from([": following\n\n".to_owned()]),
        quiet_since: Instant::now(),
        tick,
    };
    let events = stream::unfold(following, async |mut following| {
        let event = following.next().await?;
        Some((Ok::<_, Infallible>(Bytes::from(event)), following))
    });
    let mut response = Response::new(Body::from_stream(events));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

impl Following {
    async fn next(&mut self) -> Option<String> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                self.quiet_since = Instant::now();
                return Some(event);
            }
            tokio::select! {
                followed = self.follower.next() => match followed? {
                    Followed::Line(said) => self.waiting.push_back(line(&Line::of(&said), &self.own)),
                    Followed::Missed(lines) => self.waiting.push_back(missed(lines)),
                },
                _ = self.tick.tick() => {
                    self.ask_others().await;
                    if self.waiting.is_empty() && self.quiet_since.elapsed() >= SILENCE {
                        self.waiting.push_back(": \n\n".to_owned());
                    }
                }
            }
        }
    }

    /// What the others have said since they were last asked. One that is asked for the first time tells what there is.
    async fn ask_others(&mut self) {
        let Some(nodes) = self.state.nodes() else { return };
        if nodes.live().len() < 2 {
            return;
        }
        let asked = |node: &str| {
            let after = self.told.get(node).copied();
            let limit = if after.is_some() { MOST } else { self.asked.limit };
            Asked::Lines(lines::Asked { after, limit, ..self.asked.clone() })
        };
        let answers = cluster::others::<Lines>(&self.state, asked).await;
        for (node, lines) in answers.answers {
            self.silent.remove(&node);
            self.waiting.extend(lines.lines.iter().map(|said| line(said, &node)));
            if let Some(last) = lines.last {
                self.told.insert(node, last);
            }
        }
        for node in answers.silent {
            if self.silent.insert(node.clone()) {
                self.waiting.push_back(silent(&node));
            }
        }
    }
}

fn line(line: &Line, node: &str) -> String {
    format!("event: line\nid: {}\ndata: {}\n\n", line.number, line.shown(node))
}

fn missed(lines: u64) -> String {
    let message = format!("{lines} lines were missed: the client was too slow");
    let data = json!({"lines": lines, "level": LogLevel::Warn.name(), "message": message});
    format!("event: missed\ndata: {data}\n\n")
}

fn silent(node: &str) -> String {
    let message = "the node does not answer: its lines are missing for now";
    let data = json!({"node": node, "level": LogLevel::Warn.name(), "message": message});
    format!("event: silent\ndata: {data}\n\n")
}
