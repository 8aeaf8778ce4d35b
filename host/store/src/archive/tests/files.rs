//! Backups and what is made of them.

use std::io::{Read, Write as _};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

use super::*;
use crate::archive::is_unfinished;
use crate::{Clock, Direction, Listing, RedbStore, Scan};

fn unpacked(file: &[u8]) -> String {
    let mut text = String::new();
    GzDecoder::new(file).read_to_string(&mut text).unwrap();
    text
}

fn packed(text: &str) -> Vec<u8> {
    let mut file = GzEncoder::new(Vec::new(), Compression::fast());
    file.write_all(text.as_bytes()).unwrap();
    file.finish().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_backed_up_is_restored() {
    let folder = tempfile::tempdir().unwrap();
    let stores: [Arc<dyn Store>; 2] = [memory(), RedbStore::open(folder.path().join("from")).unwrap()];
    for (n, from) in stores.iter().enumerate() {
        furnish(from).await;
        let (file, written) = backed_up(&**from).await;
        let targets: [Arc<dyn Store>; 2] = [memory(), RedbStore::open(folder.path().join(format!("to{n}"))).unwrap()];
        for to in targets {
            assert_eq!(restored(&*to, &file).await.unwrap(), written);
            assert_same(&**from, &*to).await;
            assert!(!is_unfinished(&*to).await.unwrap());
            let report = crate::archive::check(&to, crate::archive::Repair::No).await.unwrap();
            assert!(report.is_whole() && report.documents == written.documents && report.blobs == 6, "{report}");
        }
    }
}

#[tokio::test]
async fn a_restored_store_goes_on_where_the_other_one_stopped() {
    let (from, to) = (memory(), memory());
    let (key, stream) = (resource(AccountId::random(), "r"), Name::new(Owner::System, "audit"));
    for n in 0..3 {
        put(&*from, &key, json!({"name": "B", "n": n})).await;
        from.append(&stream, vec![json!(n)], 10).await.unwrap();
    }
    restored(&*to, &backed_up(&*from).await.0).await.unwrap();
    let revision = from.get(&key).await.unwrap().unwrap().revision;
    let next = to.put(key.clone(), json!({"name": "B"}), Expect::Revision(revision)).await.unwrap();
    assert!(next.0.starts_with("4-"), "{next}");
    let listed = to.scan(&Scan::of(key.owner, Kind::Resource).by(Listing::Name).prefix("b")).await.unwrap();
    assert_eq!(listed.documents.len(), 1);
    let last = from.read(&stream, None, Direction::Descending, 1).await.unwrap()[0].position;
    assert!(to.append(&stream, vec![json!(3)], 10).await.unwrap()[0] > last);
}

#[tokio::test]
async fn what_has_ended_since_does_not_come_back() {
    let clock = Clock::default();
    let from = MemoryStore::with_clock(clock.clone());
    clock.set_back(Duration::from_secs(7_200));
    let write = |id: &str, hours: u64| {
        Write::put(Key::new(Owner::System, Kind::Call, id), json!({}), Expect::Absent)
            .expires_in(Duration::from_secs(hours * 3_600))
    };
    let mut past = write("past", 0);
    past.expires = SystemTime::now().checked_sub(Duration::from_secs(60));
    from.apply(Batch::of(vec![past, write("future", 1)])).await.unwrap();
    let (file, summary) = backed_up(&*from).await;
    assert_eq!(summary.documents, 2);
    let to = memory();
    restored(&*to, &file).await.unwrap();
    let left = to.all(Owner::System, Kind::Call).await.unwrap();
    assert_eq!(left.iter().map(|document| &*document.key.id).collect::<Vec<_>>(), ["future"]);
}

#[tokio::test]
async fn a_backup_is_lines_of_json_that_tools_can_read() {
    let store = memory();
    put(&*store, &resource(Owner::System, "r"), json!({"name": "B"})).await;
    let text = unpacked(&backed_up(&*store).await.0);
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0]["header"]["format"], 1);
    assert_eq!(lines[1]["document"]["kind"], "resource");
    assert_eq!(lines[1]["document"]["body"], json!({"name": "B"}));
    assert_eq!(lines[2]["end"]["documents"], 1);
}

#[tokio::test]
async fn a_store_with_anything_in_it_is_left_alone() {
    let (file, _) = backed_up(&*memory()).await;
    let account = AccountId::random();
    let with_document = memory();
    put(&*with_document, &resource(account, "r"), json!({})).await;
    let refused = restored(&*with_document, &file).await.unwrap_err();
    assert_eq!(refused.to_string(), format!("the store is not empty: it has {account}/resource/r"));
    let with_stream = memory();
    with_stream.append(&Name::new(account, "audit"), vec![json!(1)], 10).await.unwrap();
    assert!(matches!(restored(&*with_stream, &file).await, Err(ArchiveError::HasStream(_))));
    let once = memory();
    restored(&*once, &file).await.unwrap();
    restored(&*once, &file).await.unwrap();
}

#[tokio::test]
async fn a_copy_that_was_interrupted_is_known_as_such() {
    let store = memory();
    super::super::unfinished::begin(&*store).await.unwrap();
    put(&*store, &resource(Owner::System, "r"), json!({})).await;
    assert!(is_unfinished(&*store).await.unwrap());
    let (file, _) = backed_up(&*memory()).await;
    assert!(matches!(restored(&*store, &file).await, Err(ArchiveError::Unfinished)));
    assert!(matches!(backup(&*store, Vec::new()).await, Err(ArchiveError::Unfinished)));
    let report = crate::archive::check(&store, crate::archive::Repair::No).await.unwrap();
    assert!(report.unfinished && !report.is_whole(), "{report}");
}

#[tokio::test]
async fn nothing_of_a_file_that_is_cut_off_is_restored() {
    let from = memory();
    put(&*from, &resource(Owner::System, "r"), json!({"name": "B"})).await;
    let (file, _) = backed_up(&*from).await;
    let text = unpacked(&file);
    for length in 0..file.len() {
        let to = memory();
        assert!(restored(&*to, &file[..length]).await.is_err(), "{length} bytes");
        assert!(is_empty(&*to).await);
    }
    for length in 0..text.len() {
        let to = memory();
        assert!(restored(&*to, &packed(&text[..length])).await.is_err(), "{length} bytes of text");
        assert!(is_empty(&*to).await);
    }
}

#[tokio::test]
async fn nothing_of_a_file_that_was_changed_is_restored() {
    let from = memory();
    put(&*from, &resource(Owner::System, "r"), json!({"name": "B"})).await;
    put(&*from, &resource(Owner::System, "s"), json!({"name": "C"})).await;
    let text = unpacked(&backed_up(&*from).await.0);
    let lines: Vec<&str> = text.lines().collect();
    let joined = |lines: &[&str]| lines.join("\n") + "\n";
    for (changed, reason) in [
        (text.replace("\"B\"", "\"X\""), "the backup is damaged: "),
        (joined(&[lines[0], lines[2], lines[1], lines[3]]), "the backup is damaged: "),
        (joined(&[lines[0], lines[1], lines[3]]), "the backup is damaged: "),
        (joined(&[lines[0], lines[1], lines[2]]), "the backup is cut off after line 3"),
        (format!("{text}{}\n", lines[1]), "the backup is damaged: it goes on after its last line"),
        (text.replace("\"resource\"", "\"sauce\""), "line 2 of the backup: it is not as a backup's are"),
        (text.replace("\"format\":1", "\"format\":2"), "the backup has format 2; this version reads format 1"),
        (text.replace("strowger backup", "other"), "it is no backup of a store: it is something else"),
        (text.replacen("header", "head", 1), "it is no backup of a store: its first line"),
        (joined(&lines[1..]), "it is no backup of a store: its first line"),
        (joined(&[lines[0], lines[0], lines[3]]), "line 2 of the backup: only the first and the last line"),
        (String::new(), "the backup is cut off after line 0"),
    ] {
        let to = memory();
        let refused = restored(&*to, &packed(&changed)).await.unwrap_err().to_string();
        assert!(refused.starts_with(reason), "{refused}");
        assert!(!refused.contains("sauce"), "{refused}");
        assert!(is_empty(&*to).await);
    }
    let plain = restored(&*memory(), text.as_bytes()).await.unwrap_err().to_string();
    assert_eq!(plain, "it is no backup of a store: it is not compressed by gzip");
}

#[tokio::test]
async fn a_line_has_a_length() {
    let from = memory();
    let text = unpacked(&backed_up(&*from).await.0);
    let long = text.replace("\n{", &format!("\n{{\"{}", "x".repeat(16 << 20)));
    let refused = restored(&*memory(), &packed(&long)).await.unwrap_err().to_string();
    assert_eq!(refused, "line 1 of the backup: it is too long");
}

/// Documents, entries and a blob.
type Some = (Vec<(u8, u8, String, Value, Option<u64>)>, Vec<(u8, Value)>, Vec<u8>);

fn some() -> impl Strategy<Value = Some> {
    let end = prop::option::of(4_102_444_800_000_u64..9_000_000_000_000);
    let document = (0_u8..3, any::<u8>(), ".{1,12}", json(), end);
    let blob = prop::collection::vec(any::<u8>(), 0..200);
    (prop::collection::vec(document, 0..40), prop::collection::vec((0_u8..3, json()), 0..20), blob)
}

async fn fill(store: &Arc<dyn Store>, (documents, entries, blob): Some) {
    let owners = [Owner::System, AccountId::random().into(), AccountId::random().into()];
    let kinds: Vec<Kind> = Kind::ALL.into_iter().filter(|kind| *kind != Kind::Blob).collect();
    for (owner, kind, id, body, end) in documents {
        let key = Key::new(owners[usize::from(owner)], kinds[usize::from(kind) % kinds.len()], id);
        let write = Write { expires: end.map(moment), ..Write::put(key, body, Expect::Anything) };
        store.apply(Batch::of(vec![write])).await.unwrap();
    }
    for (owner, body) in entries {
        store.append(&Name::new(owners[usize::from(owner)], "audit"), vec![body], 100).await.unwrap();
    }
    let mut writer = BlobWriter::new(Arc::clone(store), Key::new(owners[1], Kind::Blob, "b"));
    writer.write(&blob).await.unwrap();
    writer.commit(None).await.unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_store_is_restored_as_it_was(some in some()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let (from, to) = (memory(), memory());
            fill(&from, some).await;
            let (file, written) = backed_up(&*from).await;
            assert_eq!(restored(&*to, &file).await.unwrap(), written);
            assert_same(&*from, &*to).await;
        });
    }

    #[test]
    fn no_byte_of_a_file_can_change(at in any::<prop::sample::Index>(), flip in 1_u8..=255) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let from = memory();
            furnish_little(&from).await;
            let (mut file, _) = backed_up(&*from).await;
            // The gzip header's time and system mean nothing (RFC 1952, section 2.3.1).
            let at = 10 + at.index(file.len() - 10);
            file[at] ^= flip;
            let to = memory();
            match restored(&*to, &file).await {
                Ok(_) => assert_same(&*from, &*to).await,
                Err(_) => assert!(is_empty(&*to).await),
            }
        });
    }
}

async fn furnish_little(store: &Arc<dyn Store>) {
    put(&**store, &resource(Owner::System, "r"), json!({"name": "B"})).await;
    store.append(&Name::new(Owner::System, "audit"), vec![json!("x")], 10).await.unwrap();
}
