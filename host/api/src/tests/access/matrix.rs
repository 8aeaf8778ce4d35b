//! Every endpoint, asked by everybody, with a request that would succeed: `matrix.txt` says how each of them is answered.

use std::fmt::Write as _;

use super::super::harness::ADMIN;
use super::routes;
use super::world::World;
use crate::{v1, v2};

const MATRIX: &str = include_str!("matrix.txt");

/// Callers that no endpoint knows.
const UNKNOWN: [&str; 2] = ["nobody", "expired"];

/// One endpoint's line of the matrix.
pub(super) struct Entry {
    pub(super) verb: &'static str,
    /// As the table writes it, but for `{part:other}` and a query.
    pub(super) path: &'static str,
    expected: Vec<u16>,
    pub(super) body: &'static str,
}

impl Entry {
    /// The path as the table writes it.
    fn pattern(&self) -> String {
        let mut pattern = String::new();
        let path = self.path.split_once('?').map_or(self.path, |(path, _)| path);
        for part in path.split_inclusive(['{', '}']) {
            match (part.strip_suffix('}'), part.split_once(':')) {
                (Some(_), Some((name, _))) => write!(pattern, "{name}}}").unwrap(),
                _ => pattern.push_str(part),
            }
        }
        pattern
    }
}

fn lines() -> impl Iterator<Item = &'static str> {
    MATRIX.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
}

/// The callers, in the order of the columns.
fn callers() -> Vec<&'static str> {
    lines().next().unwrap().split_whitespace().skip(2).take_while(|caller| *caller != "body").collect()
}

pub(super) fn entries() -> Vec<Entry> {
    let columns = callers().len();
    lines()
        .skip(1)
        .map(|line| {
            let (head, body) = line.split_once(" | ").unwrap_or((line, ""));
            let words: Vec<&str> = head.split_whitespace().collect();
            let expected: Vec<u16> = words[2..].iter().map(|status| status.parse().unwrap()).collect();
            assert_eq!(expected.len(), columns, "one status for each caller: {line}");
            Entry { verb: words[0], path: words[1], expected, body: body.trim() }
        })
        .collect()
}

/// The installation as that caller finds it, and the caller's token.
async fn asked_by(caller: &str) -> (World, String) {
    let world = World::new().await;
    let api = &world.api;
    let token = match caller {
        "nobody" => "",
        "expired" => api.expired_token,
        "stranger" => api.other.account_token,
        "other-provider" => api.other.provider_token,
        "account" | "inactive" => api.own.account_token,
        "reader" => world.reader_token(),
        "provider" => api.own.provider_token,
        "admin" => ADMIN,
        other => panic!("nobody is called {other}"),
    };
    let token = token.to_owned();
    if caller == "inactive" {
        world.switch_off(api.own.account).await;
    }
    (world, token)
}

/// How an endpoint is answered to each caller; each finds the installation untouched.
async fn answered(entry: &Entry) -> (Vec<u16>, String) {
    let mut statuses = Vec::new();
    let mut texts = String::new();
    for caller in callers() {
        let (world, token) = asked_by(caller).await;
        let (path, body) = (world.path(entry.path), world.body(entry.body));
        let answer = world.api.send(entry.verb, &path, &token, body.as_bytes()).await;
        statuses.push(answer.status.as_u16());
        writeln!(texts, "    {caller}: {} {}", answer.status, answer.text).unwrap();
    }
    (statuses, texts)
}

async fn hold(version: &str) {
    let mut wrong = String::new();
    for entry in entries().iter().filter(|entry| entry.path.starts_with(version)) {
        let (statuses, texts) = answered(entry).await;
        if statuses != entry.expected {
            let shown: Vec<String> = statuses.iter().map(u16::to_string).collect();
            writeln!(wrong, "{} {} {}\n{texts}", entry.verb, entry.path, shown.join(" ")).unwrap();
        }
    }
    assert!(wrong.is_empty(), "answered otherwise than the matrix says, which would have to be:\n{wrong}");
}

#[tokio::test]
async fn v2_is_answered_as_the_matrix_says() {
    hold("/v2").await;
}

#[tokio::test]
async fn v1_is_answered_as_the_matrix_says() {
    hold("/v1").await;
}

#[tokio::test]
async fn what_needs_no_token_is_answered_to_everybody() {
    for path in ["/health", "/metrics", "/openapi.json"] {
        hold(path).await;
    }
}

#[test]
fn every_endpoint_has_an_entry_and_every_entry_an_endpoint() {
    let open = v2::OPEN_ROUTES
        .iter()
        .flat_map(|route| route.endpoints.0.iter().map(|endpoint| ("/v2", route.path, endpoint.verb.name())));
    let unversioned = [("", "/health", "GET"), ("", "/metrics", "GET"), ("", "/openapi.json", "GET")];
    let messaging = v1::OPEN.iter().map(|(path, verb)| ("/v1", *path, verb.name()));
    let endpoints = routes().into_iter().chain(open).chain(messaging).chain(unversioned);
    let mut endpoints: Vec<String> = endpoints.map(|(base, path, verb)| format!("{verb} {base}{path}")).collect();
    let mut named: Vec<String> = entries().iter().map(|entry| format!("{} {}", entry.verb, entry.pattern())).collect();
    endpoints.sort();
    named.sort();
    let missing: Vec<&String> = endpoints.iter().filter(|endpoint| !named.contains(endpoint)).collect();
    let extra: Vec<&String> = named.iter().filter(|entry| !endpoints.contains(entry)).collect();
    assert!(missing.is_empty() && extra.is_empty(), "without an entry: {missing:#?}; without an endpoint: {extra:#?}");
    assert_eq!(named.len(), endpoints.len(), "an endpoint has one entry");
}

#[test]
fn nobody_gets_in_without_a_token_and_every_request_succeeds_for_somebody() {
    let is_open = |entry: &Entry| {
        let pattern = entry.pattern();
        let path = pattern.trim_start_matches("/v2");
        let messaging = v1::OPEN.iter().any(|(path, _)| pattern.strip_prefix("/v1") == Some(path));
        v2::OPEN_ROUTES.iter().any(|route| route.path == path) || messaging || !pattern.starts_with("/v")
    };
    for entry in entries() {
        // A component is no JSON: what is sent here is refused to whoever may send one, and told so.
        let is_upload = entry.verb == "POST" && entry.path.ends_with("/plugins");
        let succeeds = entry.expected.iter().any(|status| matches!(status, 200..=299)) || is_upload;
        assert!(succeeds, "{} {} succeeds for nobody", entry.verb, entry.path);
        let unknown: Vec<u16> = callers()
            .iter()
            .zip(&entry.expected)
            .filter(|(name, _)| UNKNOWN.contains(name))
            .map(|(_, status)| *status)
            .collect();
        assert_eq!(unknown.len(), UNKNOWN.len());
        assert!(is_open(&entry) || unknown.iter().all(|status| *status == 401), "{} {}", entry.verb, entry.path);
    }
}
