//! What a check finds.

use std::ops::ControlFlow;

use strowger_model::phone_number::E164;

use super::*;
use crate::archive::{Problem, Repair, Report, check};
use crate::numbers::{self, Holder};
use crate::ordered::{Engine, Read, Table, Transaction};
use crate::{Direction, Listing};

async fn checked(store: &Arc<MemoryStore>, repair: Repair) -> Report {
    let store: Arc<dyn Store> = store.clone();
    check(&store, repair).await.unwrap()
}

/// The keys of a table that have all of the texts in them.
fn keys(read: &dyn Read, table: Table, texts: &[&str]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let all = Vec::new()..vec![0xff; 600];
    let mut visit = |key: &[u8], _: &[u8]| {
        let has = |text: &&str| key.windows(text.len()).any(|window| window == text.as_bytes());
        if texts.iter().all(has) {
            found.push(key.to_vec());
        }
        Ok(ControlFlow::Continue(()))
    };
    read.visit(table, all, Direction::Ascending, &mut visit).unwrap();
    found
}

/// Does to the maps what no operation does.
async fn damage(store: &MemoryStore, how: impl FnOnce(&mut dyn Transaction) + Send + 'static) {
    let work = move |transaction: &mut dyn Transaction, _| {
        how(transaction);
        Ok(())
    };
    store.perform(work).await.unwrap();
}

async fn carriers(store: &MemoryStore, count: usize) -> AccountId {
    let account = AccountId::random();
    for n in 0..count {
        put(
            store,
            &resource(account, &format!("r{n}")),
            json!({"name": format!("Carrier {n}"), "id": format!("r{n}")}),
        )
        .await;
    }
    account
}

#[tokio::test]
async fn a_store_that_is_whole_is_told_so() {
    let store = MemoryStore::new();
    furnish(&(store.clone() as Arc<dyn Store>)).await;
    let report = checked(&store, Repair::No).await;
    assert!(report.is_whole(), "{report}");
    assert!(report.to_string().ends_with("6 of them blobs\nnothing is wrong\n"), "{report}");
}

#[tokio::test]
async fn a_document_in_the_wrong_place_is_told() {
    let store = MemoryStore::new();
    let key = resource(AccountId::random(), "r");
    put(&*store, &key, json!({"id": "s"})).await;
    let report = checked(&store, Repair::Yes).await;
    assert_eq!(report.problems, [Problem::Misplaced { key, field: "id" }]);
    assert!(!report.is_whole() && report.repaired == 0);
}

#[tokio::test]
async fn a_document_that_cannot_be_read_is_told_by_the_one_before() {
    let store = MemoryStore::new();
    let account = carriers(&store, 5).await;
    damage(&store, |transaction| {
        let key = keys(transaction, Table::Documents, &["r3"]).remove(0);
        transaction.put(Table::Documents, &key, b"{}").unwrap();
    })
    .await;
    let report = checked(&store, Repair::No).await;
    let told: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 2, "{report}");
    assert!(told[0].contains(&format!("a damaged record: {account}/resource/r3: ")), "{report}");
    assert!(told[0].starts_with(&format!("{account}/resource cannot be read to the end after r1: ")), "{report}");
    assert!(told[1].starts_with(&format!("{account}/resource listed by name cannot be read to the end: ")), "{report}");
}

#[tokio::test]
async fn a_document_that_is_missing_in_a_listing_is_listed_anew() {
    let store = MemoryStore::new();
    let account = carriers(&store, 5).await;
    damage(&store, |transaction| {
        for key in keys(transaction, Table::Listings, &["carrier 3"]) {
            transaction.remove(Table::Listings, &key).unwrap();
        }
    })
    .await;
    let before = store.get(&resource(account, "r3")).await.unwrap();
    let unlisted = Problem::Unlisted { key: resource(account, "r3"), listing: Listing::Name };
    let report = checked(&store, Repair::No).await;
    assert_eq!((report.problems, report.repaired), (vec![unlisted.clone()], 0));
    let report = checked(&store, Repair::Yes).await;
    assert_eq!((&report.problems, report.repaired, report.is_whole()), (&vec![unlisted], 1, true));
    assert!(checked(&store, Repair::No).await.problems.is_empty());
    assert_eq!(store.get(&resource(account, "r3")).await.unwrap(), before);
}

#[tokio::test]
async fn a_document_that_is_listed_where_it_does_not_belong_is_told() {
    let store = MemoryStore::new();
    let account = carriers(&store, 3).await;
    damage(&store, |transaction| {
        let mut listed = keys(transaction, Table::Listings, &["carrier 1", "r1"]).remove(0);
        let at = listed.windows(7).position(|window| window == b"carrier").unwrap();
        listed[at] = b'z';
        transaction.put(Table::Listings, &listed, &[]).unwrap();
    })
    .await;
    let report = checked(&store, Repair::No).await;
    assert_eq!(report.problems, [Problem::Listed { key: resource(account, "r1"), listing: Listing::Name }]);
}

#[tokio::test]
async fn an_entry_that_leads_nowhere_is_told_and_removed() {
    let store = MemoryStore::new();
    let (account, user, application) = (AccountId::random(), "u", "0e0681b0-d49f-4fb8-b973-b5a3c6758de1");
    let entry = |owner: Owner, id: &str| Key::new(owner, Kind::Index, id);
    let own = |id: &str| entry(account.into(), id);
    let system = |id: &str| entry(Owner::System, id);
    let hex = account.hex();
    let entries = [
        (system("sip_realm:a.example"), hex.clone(), Key::new(Owner::System, Kind::Account, &hex)),
        (system("phone_number:+1"), hex.clone(), Key::new(account, Kind::PhoneNumber, "+1")),
        (system("phone_number:+2"), "system".into(), Key::new(Owner::System, Kind::PhoneNumber, "+2")),
        (system("service_provider_name:P"), "p".into(), Key::new(Owner::System, Kind::ServiceProvider, "p")),
        (system("api_key:1"), "k".into(), Key::new(Owner::System, Kind::ApiKey, "k")),
        (system(&format!("application:{application}")), hex.clone(), Key::new(account, Kind::Application, application)),
        (own("application_name:x"), application.into(), Key::new(account, Kind::Application, application)),
        (own("username:ada"), user.into(), Key::new(account, Kind::User, user)),
        (own("credentials:ab"), user.into(), Key::new(account, Kind::User, user)),
    ];
    for (entry, to, target) in &entries {
        put(&*store, entry, json!({ "to": to })).await;
        put(&*store, target, json!({})).await;
    }
    put(&*store, &own("unknown:x"), json!({"to": "nothing"})).await;
    let report = checked(&store, Repair::No).await;
    assert!(report.is_whole(), "{report}");

    for (_, _, target) in &entries {
        store.delete(target.clone(), Expect::Anything).await.unwrap();
    }
    put(&*store, &system("application:x"), json!({"to": "no account"})).await;
    let report = checked(&store, Repair::Yes).await;
    assert_eq!((report.problems.len(), report.repaired), (entries.len() + 1, 10), "{report}");
    assert!(report.problems.iter().all(|problem| matches!(problem, Problem::Dangling { .. })), "{report}");
    assert!(checked(&store, Repair::No).await.problems.is_empty());
    assert!(store.get(&own("unknown:x")).await.unwrap().is_some());
}

#[tokio::test]
async fn a_number_whose_entry_does_not_name_its_owner_is_told() {
    let store = MemoryStore::new();
    let (owner, other) = (AccountId::random(), AccountId::random());
    let number = |text: &str| text.parse::<E164>().unwrap();
    let [claimed, lost, taken] = ["+14158867900", "+14158867901", "+14158867902"].map(number);
    for number in [&claimed, &lost, &taken] {
        put(&*store, &numbers::document(owner, number), json!({"id": number.as_str()})).await;
    }
    put(&*store, &Key::new(owner, Kind::PhoneNumber, "nonsense"), json!({})).await;
    let hold = |owner: AccountId, number| Holder { owner: owner.into(), job: None }.take(number, Expect::Absent);
    store.commit(vec![hold(owner, &claimed), hold(other, &taken)]).await.unwrap();
    put(&*store, &numbers::document(other, &taken), json!({"id": taken.as_str()})).await;

    let unclaimed = |id: &str| Problem::Unclaimed { key: Key::new(owner, Kind::PhoneNumber, id) };
    let of = |mut report: Report| {
        report.problems.sort_unstable_by_key(ToString::to_string);
        (report.problems, report.repaired)
    };
    let all = vec![unclaimed(lost.as_str()), unclaimed(taken.as_str()), unclaimed("nonsense")];
    assert_eq!(of(checked(&store, Repair::No).await), (all.clone(), 0));
    assert_eq!(of(checked(&store, Repair::Yes).await), (all, 1), "nobody else's is its owner's");
    assert_eq!(of(checked(&store, Repair::No).await).0, [unclaimed(taken.as_str()), unclaimed("nonsense")]);
    let held = store.get(&numbers::entry(&lost)).await.unwrap();
    assert_eq!(held.as_ref().and_then(Holder::of), Some(Holder { owner: owner.into(), job: None }));
}

#[tokio::test]
async fn a_blob_that_is_not_whole_is_told() {
    let store = MemoryStore::new();
    let shared: Arc<dyn Store> = store.clone();
    let keys_of = |id: &str| Key::new(Owner::System, Kind::Blob, id);
    for (id, byte) in [("gone", 1), ("other", 2), ("whole", 3)] {
        let mut writer = BlobWriter::new(Arc::clone(&shared), keys_of(id));
        writer.write(&[byte; 100]).await.unwrap();
        writer.commit(None).await.unwrap();
    }
    let upload =
        async |id: &str| store.get(&keys_of(id)).await.unwrap().unwrap().body["upload"].as_str().unwrap().to_owned();
    let (gone, other) = (upload("gone").await, upload("other").await);
    damage(&store, move |transaction| {
        let key = keys(transaction, Table::Chunks, &[&gone]).remove(0);
        transaction.remove(Table::Chunks, &key).unwrap();
        let key = keys(transaction, Table::Chunks, &[&other]).remove(0);
        transaction.put(Table::Chunks, &key, &[9; 100]).unwrap();
    })
    .await;
    put(&*store, &keys_of("none"), json!({"size": "large"})).await;
    let report = checked(&store, Repair::No).await;
    let told: Vec<&str> = report
        .problems
        .iter()
        .map(|problem| match problem {
            Problem::Blob { key, .. } => &*key.id,
            other => panic!("{other}"),
        })
        .collect();
    assert_eq!((told, report.blobs), (vec!["gone", "none", "other"], 4));
    let refused = backup(&*store, Vec::new()).await.unwrap_err().to_string();
    assert_eq!(refused, "the blob system/gone lacks chunk 0");
}

#[tokio::test]
async fn a_report_has_a_bound() {
    let store = MemoryStore::new();
    let account = AccountId::random();
    let writes = (0..1_200).map(|n| Write::put(resource(account, &n.to_string()), json!({"id": "x"}), Expect::Absent));
    store.apply(Batch::of(writes.collect())).await.unwrap();
    let report = checked(&store, Repair::No).await;
    assert_eq!((report.problems.len(), report.more), (1_000, 200));
    assert!(report.to_string().contains("and 200 problems more"));
}
