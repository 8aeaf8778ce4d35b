use std::sync::Arc;

use serde_json::{Value, json};
use strowger_model::Owner;

use super::{account, put};
use crate::listing::by_second;
use crate::{Direction, Expect, Key, Kind, Listing, Scan, Store, StoreExt, Write};

fn application(owner: Owner, id: &str) -> Key {
    Key::new(owner, Kind::Application, id)
}

fn body(name: &str, created: i64) -> Value {
    json!({"name": name, "pvt_created": created})
}

/// Applications whose order by id, by name and by creation differ; one has no name, two have the same.
async fn filled(store: &Arc<dyn Store>) -> Owner {
    let owner = account();
    let applications =
        [("1", "delta", 30), ("2", "Alpha", 50), ("3", "alpha", 10), ("4", "beta", 20), ("5", "bet", 40)];
    for (id, name, created) in applications {
        put(store, &application(owner, id), body(name, created)).await;
    }
    put(store, &application(owner, "6"), json!({"pvt_created": 60})).await;
    put(store, &Key::new(owner, Kind::Resource, "7"), body("alpha", 10)).await;
    put(store, &application(account(), "8"), body("alpha", 10)).await;
    owner
}

fn by(owner: Owner, listing: Listing) -> Scan {
    Scan::of(owner, Kind::Application).by(listing)
}

/// The ids of all pages of a scan.
async fn ids(store: &Arc<dyn Store>, scan: Scan) -> String {
    let documents = store.collect(scan).await.unwrap();
    documents.into_iter().map(|document| document.key.id).collect()
}

pub(super) async fn documents_are_read_in_the_order_of_a_listing(store: &Arc<dyn Store>) {
    let owner = filled(store).await;
    for limit in [1, 2, 3, 100] {
        let name = by(owner, Listing::Name).limit(limit);
        assert_eq!(ids(store, name.clone()).await, "23541", "by {limit}; equals by id, without a name left out");
        assert_eq!(ids(store, name.direction(Direction::Descending)).await, "14532", "by {limit}");
        let created = by(owner, Listing::Created).limit(limit);
        assert_eq!(ids(store, created.clone()).await, "341526", "by {limit}");
        assert_eq!(ids(store, created.direction(Direction::Descending)).await, "625143", "by {limit}");
    }
    assert_eq!(ids(store, by(owner, Listing::Number)).await, "", "nothing is listed there");
    let page = store.scan(&by(owner, Listing::Name).limit(1)).await.unwrap();
    assert_eq!(page.documents[0].body, body("Alpha", 50), "whole documents");
}

pub(super) async fn a_listing_has_bounds(store: &Arc<dyn Store>) {
    let owner = filled(store).await;
    let name = |limit| by(owner, Listing::Name).limit(limit);
    for limit in [1, 100] {
        for direction in [Direction::Ascending, Direction::Descending] {
            let found = async |scan: Scan| {
                let mut found: Vec<char> = ids(store, scan.direction(direction)).await.chars().collect();
                if direction == Direction::Descending {
                    found.reverse();
                }
                found.into_iter().collect::<String>()
            };
            assert_eq!(found(name(limit).from("beta")).await, "41", "the least is included");
            assert_eq!(found(name(limit).until("beta")).await, "235", "what is beyond is not");
            assert_eq!(found(name(limit).from("alpha").until("beta")).await, "235");
            assert_eq!(found(name(limit).prefix("bet")).await, "54");
            assert_eq!(found(name(limit).prefix("alph")).await, "23");
            assert_eq!(found(name(limit).prefix("z")).await, "");
            assert_eq!(found(name(limit).from("z").until("a")).await, "", "nothing lies between");
            let created = by(owner, Listing::Created).limit(limit);
            assert_eq!(found(created.from(by_second(20)).until(by_second(50))).await, "415");
        }
    }
}

pub(super) async fn ids_have_bounds_too(store: &Arc<dyn Store>) {
    let owner = filled(store).await;
    let scan = || Scan::of(owner, Kind::Application).limit(2);
    assert_eq!(ids(store, scan().from("2").until("5")).await, "234");
    assert_eq!(ids(store, scan().from("2").until("5").direction(Direction::Descending)).await, "432");
    assert_eq!(ids(store, scan().prefix("3")).await, "3");
    assert_eq!(ids(store, scan().from("5").until("2")).await, "");
}

pub(super) async fn a_listing_follows_its_documents(store: &Arc<dyn Store>) {
    let owner = filled(store).await;
    let name = || by(owner, Listing::Name);
    put(store, &application(owner, "1"), body("aaa", 30)).await;
    assert_eq!(ids(store, name()).await, "12354");
    put(store, &application(owner, "3"), json!({"pvt_created": 10})).await;
    assert_eq!(ids(store, name()).await, "1254");
    store.delete(application(owner, "2"), Expect::Present).await.unwrap();
    assert_eq!(ids(store, name()).await, "154");
    assert_eq!(ids(store, by(owner, Listing::Created)).await, "34156");
    let key = application(owner, "9");
    let writes = vec![
        Write::put(key.clone(), body("first", 1), Expect::Absent),
        Write::put(key.clone(), body("last", 2), Expect::Present),
        Write::put(application(owner, "1"), body("refused", 1), Expect::Absent),
    ];
    assert!(store.commit(writes.clone()).await.is_err());
    assert_eq!(ids(store, name()).await, "154", "a refused batch lists nothing");
    store.commit(writes[..2].to_vec()).await.unwrap();
    assert_eq!(ids(store, name()).await, "1549", "only the last of a batch's writes is listed");
    assert_eq!(ids(store, name().prefix("first")).await, "");
}

pub(super) async fn a_cursor_of_a_listing_needs_no_document(store: &Arc<dyn Store>) {
    let owner = filled(store).await;
    for (direction, rest) in [(Direction::Ascending, "541"), (Direction::Descending, "2")] {
        let limit = if direction == Direction::Ascending { 2 } else { 4 };
        let scan = by(owner, Listing::Name).direction(direction).limit(limit);
        let page = store.scan(&scan).await.unwrap();
        let last = page.documents.last().unwrap().key.clone();
        assert_eq!(last.id, "3");
        store.delete(last.clone(), Expect::Present).await.unwrap();
        assert_eq!(ids(store, scan.after(page.next)).await, rest);
        put(store, &last, body("alpha", 10)).await;
    }
}

pub(super) async fn each_listing_has_its_documents(store: &Arc<dyn Store>) {
    let owner = account();
    let listed = [
        (Kind::Call, Listing::Number, json!({"to": "+491"})),
        (Kind::Call, Listing::Live, json!({"to": "+49", "attempted_at": "Thu, 05 Sep 2019 17:51:32 +0000"})),
        (Kind::Account, Listing::Holder, json!({"service_provider_sid": "sp"})),
        (Kind::User, Listing::Name, json!({"username": "Zoë"})),
        (Kind::Job, Listing::Created, json!({"pvt_created": 5})),
    ];
    for (n, (kind, listing, body)) in listed.into_iter().enumerate() {
        let key = Key::new(owner, kind, n.to_string());
        put(store, &key, body).await;
        assert_eq!(ids(store, Scan::of(owner, kind).by(listing).limit(1)).await, n.to_string(), "{kind:?} {listing:?}");
    }
}
