//! Reading an owner's book from the store: all of it, or the rows that have changed.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use strowger_model::Owner;
use strowger_store::{BlobError, BlobReader, Document, Key, Kind, Revision, Scan, Store, StoreExt};

use crate::RowsError;
use crate::base::{Base, StoredPart};
use crate::book::RowBook;
use crate::identity::RowId;
use crate::manifest::Manifest;
use crate::part::Part;
use crate::place::Place;
use crate::row;
use crate::table::Table;

/// How often all is read where others publish meanwhile.
const TRIES: usize = 16;

/// Parts by the ids of their blobs.
type Known = HashMap<String, Arc<StoredPart>>;

/// Everything; parts that are in memory are not read again.
pub(crate) async fn all(store: &Arc<dyn Store>, owner: Owner, place: &Place) -> Result<RowBook, RowsError> {
    let mut known = place.current().map(|book| parts_of(&book)).unwrap_or_default();
    for _ in 0..TRIES {
        let manifests = manifests(&**store, owner).await?;
        let rows = store.all(owner, Kind::SelectorRow).await?;
        // A publication takes rows into parts in one step: rows and parts belong together where none came in between.
        if self::manifests(&**store, owner).await? != manifests {
            continue;
        }
        let is_known = |part: &String| known.contains_key(part);
        let is_long = !manifests.values().flat_map(|(manifest, _)| &manifest.parts).all(is_known);
        let _loading = is_long.then(|| place.begin_loading());
        match load(store, owner, &manifests, &mut known).await {
            Ok(()) => return Ok(bound(manifests, rows, &known)),
            // A publication has replaced it since.
            Err(BlobError::Gone) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(RowsError::Contended)
}

/// A book with these rows read anew; none where that is not enough.
pub(crate) async fn some(
    store: &dyn Store,
    owner: Owner,
    book: &RowBook,
    keys: &BTreeSet<Key>,
) -> Result<Option<RowBook>, RowsError> {
    let mut book = book.clone();
    let mut names: BTreeSet<String> = BTreeSet::new();
    for key in keys {
        if key.kind != Kind::SelectorRow {
            return Ok(None);
        }
        let found = store.get(key).await?;
        let id = match &found {
            Some(document) => row::read(document).map(|(id, _)| id),
            None => lying(&book, key),
        };
        if let Some(id) = id {
            names.insert(id.name.clone());
            match found {
                Some(document) => lay(&mut book.tables, document),
                None => lift(&mut book.tables, &id),
            }
        }
    }
    for name in names {
        let document = store.get(&Manifest::key(owner, &name)).await?;
        let known = book.tables.get(&name).and_then(|table| table.base.revision.clone());
        if document.map(|document| document.revision) != known {
            return Ok(None);
        }
    }
    book.tables.retain(|_, table| !table.is_empty());
    Ok(Some(book))
}

async fn manifests(store: &dyn Store, owner: Owner) -> Result<BTreeMap<String, (Manifest, Revision)>, RowsError> {
    let mut manifests = BTreeMap::new();
    for document in store.collect(Scan::of(owner, Kind::SelectorTable)).await? {
        if let Some(manifest) = Manifest::read(&document)? {
            manifests.insert(manifest.name.clone(), (manifest, document.revision));
        }
    }
    Ok(manifests)
}

async fn load(
    store: &Arc<dyn Store>,
    owner: Owner,
    manifests: &BTreeMap<String, (Manifest, Revision)>,
    known: &mut Known,
) -> Result<(), BlobError> {
    for part in manifests.values().flat_map(|(manifest, _)| &manifest.parts) {
        if !known.contains_key(part) {
            known.insert(part.clone(), Arc::new(part_of(store, owner, part).await?));
        }
    }
    Ok(())
}

/// A part, its bytes checked against their digest.
pub(crate) async fn part_of(store: &Arc<dyn Store>, owner: Owner, blob: &str) -> Result<StoredPart, BlobError> {
    let reader = BlobReader::open(Arc::clone(store), &Key::new(owner, Kind::Blob, blob)).await?;
    let reader = reader.ok_or(BlobError::Gone)?;
    let upload = reader.blob().upload.clone();
    let bytes = reader.read_all().await?;
    let opened = tokio::task::spawn_blocking(move || Part::open(&bytes)).await;
    let part = opened.map_err(|_| BlobError::Gone)?.map_err(|error| BlobError::Damaged(error.to_string()))?;
    Ok(StoredPart { blob: blob.to_owned(), upload, part })
}

fn parts_of(book: &RowBook) -> Known {
    let parts = book.tables.values().flat_map(|table| &table.base.parts);
    parts.map(|part| (part.blob.clone(), Arc::clone(part))).collect()
}

fn bound(manifests: BTreeMap<String, (Manifest, Revision)>, rows: Vec<Document>, known: &Known) -> RowBook {
    let mut book = RowBook::default();
    for (name, (manifest, revision)) in manifests {
        let parts = manifest.parts.iter().filter_map(|part| known.get(part).cloned()).collect();
        let table = Table::new(&name, Arc::new(Base::new(parts, Some(revision))));
        book.tables.insert(name, Arc::new(table));
    }
    rows.into_iter().for_each(|document| lay(&mut book.tables, document));
    book
}

fn lay(tables: &mut BTreeMap<String, Arc<Table>>, document: Document) {
    let Some((id, row)) = row::read(&document) else {
        return tracing::error!(row = %document.key.id, "unreadable selector row left out");
    };
    let table = tables.entry(id.name).or_insert_with_key(|name| Arc::new(Table::new(name, Arc::default())));
    Arc::make_mut(table).lay(id.key, document.key.id, document.revision, row);
}

fn lift(tables: &mut BTreeMap<String, Arc<Table>>, id: &RowId) {
    if let Some(table) = tables.get_mut(&id.name) {
        Arc::make_mut(table).lift(&id.key);
    }
}

/// The row that a document was of. Mostly its id says it.
fn lying(book: &RowBook, key: &Key) -> Option<RowId> {
    let entry = |id: &RowId| book.tables.get(&id.name)?.overlay.get(&id.key).map(|entry| entry.document == key.id);
    if let Some(id) = key.id.parse().ok().filter(|id| entry(id) == Some(true)) {
        return Some(id);
    }
    book.tables.iter().find_map(|(name, table)| {
        let (found, _) = table.overlay.iter().find(|(_, entry)| entry.document == key.id)?;
        Some(RowId { name: name.clone(), key: found.clone() })
    })
}
