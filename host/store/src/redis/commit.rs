//! A batch as a call of the script, and what it answers.

use std::time::{Duration, SystemTime};

use strowger_model::Owner;

use super::faults::unexpected;
use super::head::Head;
use super::keys::Keys;
use super::link::LIMIT;
use super::record;
use super::scripts::{APPLY, Call};
use crate::{Batch, Expect, Key, Kind, Name, Revision, StoreError, Upload, Write, bounds, listing};

/// Largest batch in bytes; Redis would end the connection at a gigabyte.
const MAX_BYTES: usize = 256 << 20;

/// What becomes of a document.
enum Becomes {
    Counted { digest: String },
    Given(Revision),
    Nothing,
}

/// A batch, ready to be sent.
pub(super) struct Commit {
    pub(super) owner: Owner,
    pub(super) id: String,
    pub(super) call: Call,
    writes: Vec<(Key, Becomes)>,
    fence: Option<Name>,
    keep: Vec<Upload>,
}

/// What the script answered.
pub(super) struct Committed {
    pub(super) revisions: Vec<Option<Revision>>,
    /// Whether anything changed, so that a notice comes.
    pub(super) is_told: bool,
}

impl Commit {
    /// None where the batch is empty.
    pub(super) fn prepare(batch: Batch, keys: &Keys, id: String) -> Result<Option<Self>, StoreError> {
        let Some(owner) = batch.owner()? else { return Ok(None) };
        let kinds = check(&batch)?;
        let head = Head::new(keys, owner, &id, &kinds).of(&batch).text()?;
        let mut call = Call::new(&APPLY, names(&batch, keys, owner, &id, &kinds)).arg(head);
        let mut writes = Vec::with_capacity(batch.writes.len());
        for write in batch.writes {
            writes.push(push(&mut call, &kinds, write)?);
        }
        if call.size() > MAX_BYTES {
            return Err(StoreError::Fault(format!("a batch has at most {MAX_BYTES} bytes")));
        }
        let fence = batch.fence.map(|lease| lease.name);
        Ok(Some(Self { owner, id, call, writes, fence, keep: batch.keep }))
    }

    /// How long the answer may take: the script is one step, however large.
    pub(super) fn limit(&self) -> Duration {
        let seconds = self.writes.len() / 5_000 + self.call.size() / (8 << 20);
        LIMIT + Duration::from_secs(u64::try_from(seconds).unwrap_or(u64::MAX))
    }

    /// What the script's answer means.
    pub(super) fn outcome(self, answer: &str) -> Result<Committed, StoreError> {
        let mut words = answer.split(' ');
        let verdict = words.next().unwrap_or_default();
        let mut number = || words.next().and_then(|word| word.parse::<usize>().ok());
        let wrong = || unexpected("an answer to a batch");
        match verdict {
            "done" => {
                let is_told = number().ok_or_else(wrong)? > 0;
                let revisions = self.writes.into_iter().map(|(_, becomes)| revision(becomes, words.next()));
                let revisions = revisions.collect::<Option<_>>().ok_or_else(wrong)?;
                Ok(Committed { revisions, is_told })
            }
            "fenced" => Err(self.fence.map_or_else(wrong, StoreError::Fenced)),
            "conflict" => {
                let key = number().and_then(|number| self.writes.into_iter().nth(number));
                Err(key.map_or_else(wrong, |(key, _)| StoreError::Conflict(Box::new(key))))
            }
            "upload" => {
                let upload = number().and_then(|number| self.keep.into_iter().nth(number)).ok_or_else(wrong)?;
                Err(StoreError::Fault(format!("the upload {} does not exist", upload.id)))
            }
            _ => Err(wrong()),
        }
    }
}

/// Bounds of what is no write; answers the kinds.
fn check(batch: &Batch) -> Result<Vec<Kind>, StoreError> {
    let fence = batch.fence.iter().map(|lease| &lease.name);
    for name in fence.chain(batch.author.iter().map(|author| &author.stream)) {
        bounds::name(name)?;
    }
    for upload in batch.keep.iter().chain(&batch.discard) {
        bounds::upload(upload)?;
    }
    let mut kinds: Vec<Kind> = batch.writes.iter().map(|write| write.key.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    Ok(kinds)
}

/// Every key that the script may touch, in its order; where there is none, one that it touches anyway stands for it.
fn names(batch: &Batch, keys: &Keys, owner: Owner, id: &str, kinds: &[Kind]) -> Vec<String> {
    let answer = keys.answer(owner, id);
    let lease = batch.fence.as_ref().map_or_else(|| answer.clone(), |lease| keys.lease(&lease.name));
    let stream = batch.author.as_ref().map_or_else(|| answer.clone(), |author| keys.stream(&author.stream));
    let fixed =
        [answer, keys.sequence(owner), keys.feed(owner), keys.expiries(owner), lease, stream, keys.streams(owner)];
    let kinds = kinds.iter().flat_map(|kind| keys.kind(owner, *kind));
    let uploads = batch.keep.iter().chain(&batch.discard).map(|upload| keys.upload(upload));
    fixed.into_iter().chain(kinds).chain(uploads).collect()
}

fn push(call: &mut Call, kinds: &[Kind], write: Write) -> Result<(Key, Becomes), StoreError> {
    let Write { key, body, expect, expires, revision } = write;
    bounds::id(&key.id)?;
    let kind = kinds.iter().position(|kind| *kind == key.kind).map_or(0, |position| position + 1);
    call.push(kind);
    call.push(&key.id);
    call.push(expectation(&expect));
    let Some(body) = body else {
        (0..3).for_each(|_| call.push(""));
        return Ok((key, Becomes::Nothing));
    };
    let bytes = bounds::body(&body)?;
    let becomes = match revision {
        Some(revision) => Becomes::Given(checked(revision)?),
        None => Becomes::Counted { digest: crate::record::digest(&bytes) },
    };
    match &becomes {
        Becomes::Given(revision) => call.push(format!("={revision}")),
        Becomes::Counted { digest } => call.push(digest),
        Becomes::Nothing => call.push(""),
    }
    call.push(rest_of_line(&key, &body, expires));
    call.push(bytes);
    Ok((key, becomes))
}

fn rest_of_line(key: &Key, body: &serde_json::Value, expires: Option<SystemTime>) -> String {
    record::line(expires, &listing::entries(key.kind, body))
}

/// A revision from elsewhere must not break the record's line.
fn checked(revision: Revision) -> Result<Revision, StoreError> {
    let fits = revision.0.len() <= 64 && revision.0.bytes().all(|byte| byte.is_ascii_graphic());
    match fits && !revision.0.is_empty() {
        true => Ok(revision),
        false => Err(StoreError::Fault("a revision has 1 to 64 printable characters".into())),
    }
}

fn expectation(expect: &Expect) -> String {
    match expect {
        Expect::Anything => "*".into(),
        Expect::Absent => "-".into(),
        Expect::Present => "+".into(),
        Expect::Revision(revision) => format!("={revision}"),
    }
}

/// The revision that the script's count makes; the outer none is an answer that does not fit.
fn revision(becomes: Becomes, count: Option<&str>) -> Option<Option<Revision>> {
    let count = count?;
    Some(match becomes {
        Becomes::Counted { digest } => Some(Revision(format!("{count}-{digest}"))),
        Becomes::Given(revision) => Some(revision),
        Becomes::Nothing => None,
    })
}
