//! No answer to one tenant says anything of another's documents.

use super::matrix::entries;
use super::world::{MARK, World};

#[tokio::test]
async fn what_a_tenant_reads_never_tells_of_another_tenant() {
    let world = World::with_neighbour().await;
    let api = &world.api;
    for entry in entries().iter().filter(|entry| entry.verb == "GET") {
        for token in [api.own.account_token, api.own.provider_token] {
            for path in [world.path(entry.path), world.of_neighbour(entry.path)] {
                let answer = api.get(&path, token).await;
                assert!(!answer.text.contains(MARK), "GET {path} as {token}: {}", answer.text);
            }
        }
    }
}

#[tokio::test]
async fn a_neighbours_documents_are_there_to_be_told() {
    let world = World::with_neighbour().await;
    let theirs = world.of_neighbour("/v2/accounts/{account}/resources");
    assert!(world.api.get(&theirs, world.api.other.account_token).await.text.contains(MARK));
}

#[tokio::test]
async fn the_objects_of_a_neighbour_are_not_found_by_their_ids() {
    let world = World::with_neighbour().await;
    let api = &world.api;
    let list = api.get("/v1/Applications", api.other.account_token).await.json();
    let application = list[0]["application_sid"].as_str().unwrap();
    let calls = format!("/v1/Accounts/{}/Calls", api.other.account);
    let call = api.get(&calls, api.other.account_token).await.json()[0]["call_sid"].as_str().unwrap().to_owned();
    let own = api.own.account;
    for path in [
        format!("/v1/Applications/{application}"),
        format!("/v1/Accounts/{own}/Applications/{application}"),
        format!("/v1/Accounts/{own}/Calls/{call}"),
    ] {
        for token in [api.own.account_token, api.own.provider_token] {
            let answer = api.get(&path, token).await;
            assert!(answer.status.is_client_error() && !answer.text.contains(MARK), "{path}: {}", answer.text);
        }
    }
}
