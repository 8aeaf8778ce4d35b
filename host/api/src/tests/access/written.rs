//! Every request that changes a document is written down, whichever endpoint it went to.

use axum::body::Body;
use http::{Method, Request, StatusCode};
use serde_json::json;
use strowger_store::{Changes, Direction, Kind, MAX_ENTRIES, Name, Notice, Store};

use super::super::harness::{ADMIN, Api};
use super::matrix::{Entry, entries};
use super::world::World;

/// What the host keeps for itself: how it finds documents, what it signs with, tokens that were given back; and messages, which are
/// records themselves.
const BOOKKEEPING: [Kind; 4] = [Kind::Index, Kind::Setting, Kind::RevokedToken, Kind::Message];

const REQUEST: &str = "the-one-request";

/// Sends an entry's request as whoever has that token.
async fn sent(world: &World, entry: &Entry, token: &str) {
    let method = Method::from_bytes(entry.verb.as_bytes()).unwrap();
    let request = Request::builder()
        .method(method)
        .uri(world.path(entry.path))
        .header("x-auth-token", token)
        .header("x-request-id", REQUEST)
        .header("content-type", "application/json")
        .body(Body::from(world.body(entry.body)))
        .unwrap();
    world.api.request(request).await;
}

/// The kinds of documents that changed.
fn changed(changes: &mut Changes) -> Vec<Kind> {
    let notices = std::iter::from_fn(|| changes.try_next());
    let kinds = notices.filter_map(|notice| match notice {
        Notice::Changed(change) => Some(change.key.kind),
        Notice::Many { .. } | Notice::Missed(_) => None,
    });
    kinds.filter(|kind| !BOOKKEEPING.contains(kind)).collect()
}

/// The kinds of documents that the request is written down for.
async fn written(api: &Api) -> Vec<String> {
    let mut kinds = Vec::new();
    for owner in api.store.owners(None, 100).await.unwrap() {
        for stream in api.store.streams(owner, None, 100).await.unwrap() {
            let stream = Name::new(owner, stream);
            let entries = api.store.read(&stream, None, Direction::Descending, MAX_ENTRIES).await.unwrap();
            let own = entries.into_iter().filter(|entry| entry.body["by"]["request_id"] == REQUEST);
            kinds.extend(own.map(|entry| entry.body["kind"].as_str().unwrap().to_owned()));
        }
    }
    kinds
}

#[tokio::test]
async fn every_change_is_written_down_with_its_request() {
    let mut changing = 0;
    for entry in entries().iter().filter(|entry| entry.verb != "GET") {
        let world = World::new().await;
        // A service provider that was put into the store by hand gets its bookkeeping with its first account.
        let first = json!({"name": "First", "service_provider_sid": world.api.own.provider});
        assert_eq!(world.api.body("POST", "/v1/Accounts", ADMIN, first).await.status, StatusCode::CREATED);
        let mut changes = world.api.store.changes();
        sent(&world, entry, ADMIN).await;
        let changed = changed(&mut changes);
        let written = written(&world.api).await;
        for kind in &changed {
            let is_written = written.iter().any(|name| name == kind.name());
            assert!(is_written, "{} {} changed {changed:?} and wrote {written:?} down", entry.verb, entry.path);
        }
        changing += usize::from(!changed.is_empty());
    }
    assert!(changing > 30, "{changing} endpoints change something");
}
