use std::sync::Arc;

use strowger_model::Owner;

use super::{account, key, numbered, put};
use crate::{Cursor, Direction, Kind, MAX_PAGE, Page, Scan, Store, Write};
use crate::{Expect, StoreExt};

const COUNT: usize = 25;

async fn filled(store: &Arc<dyn Store>) -> (Owner, Vec<String>) {
    let owner = account();
    let ids: Vec<_> = (0..COUNT).map(|n| format!("r{n:03}")).collect();
    for (n, id) in ids.iter().enumerate().rev() {
        put(store, &key(owner, id), numbered(n)).await;
    }
    (owner, ids)
}

fn ids(page: &Page) -> Vec<String> {
    page.documents.iter().map(|document| document.key.id.clone()).collect()
}

pub(super) async fn pages_cover_everything_once_in_both_directions(store: &Arc<dyn Store>) {
    let (owner, ascending) = filled(store).await;
    let descending: Vec<_> = ascending.iter().rev().cloned().collect();
    for (direction, expected) in [(Direction::Ascending, &ascending), (Direction::Descending, &descending)] {
        for limit in [1, 7, 24, 25, 26] {
            let mut found = Vec::new();
            let mut cursor: Option<Cursor> = None;
            loop {
                let page = store
                    .scan(&Scan::of(owner, Kind::Resource).after(cursor).direction(direction).limit(limit))
                    .await
                    .unwrap();
                assert!(page.documents.len() <= limit);
                found.extend(ids(&page));
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
            }
            assert_eq!(&found, expected, "{direction:?} by {limit}");
        }
    }
    assert_eq!(store.all(owner, Kind::Resource).await.unwrap()[7].body, numbered(7));
}

pub(super) async fn a_cursor_needs_no_document_of_its_id(store: &Arc<dyn Store>) {
    let (owner, _) = filled(store).await;
    let from = |id: &str, direction| {
        let cursor = Cursor(id.to_owned());
        async move {
            let scan = Scan::of(owner, Kind::Resource).after(Some(cursor)).direction(direction).limit(2);
            ids(&store.scan(&scan).await.unwrap())
        }
    };
    assert_eq!(from("r0035", Direction::Ascending).await, ["r004", "r005"]);
    assert_eq!(from("r0035", Direction::Descending).await, ["r003", "r002"]);
    assert_eq!(from("", Direction::Ascending).await, ["r000", "r001"]);
    assert_eq!(from("~", Direction::Descending).await, ["r024", "r023"]);
    assert!(from("", Direction::Descending).await.is_empty());
    assert!(from("~", Direction::Ascending).await.is_empty());
}

pub(super) async fn a_scan_has_bounds(store: &Arc<dyn Store>) {
    let owner = account();
    let nothing = store.scan(&Scan::of(owner, Kind::Resource).limit(10)).await.unwrap();
    assert_eq!(nothing, Page { documents: Vec::new(), next: None });
    let put = |n: usize| Write::put(key(owner, &format!("{n:05}")), numbered(n), Expect::Absent);
    store.commit((0..=MAX_PAGE).map(put).collect()).await.unwrap();
    let page = store.scan(&Scan::of(owner, Kind::Resource).limit(usize::MAX)).await.unwrap();
    assert_eq!(page.documents.len(), MAX_PAGE);
    assert!(page.next.is_some());
    assert_eq!(store.all(owner, Kind::Resource).await.unwrap().len(), MAX_PAGE + 1);
}
