//! `/audit`: who changed what, when, from where. It tells of documents by their ids and revisions, never what is in them.

use std::collections::VecDeque;

use serde_json::{Map, Value, json};
use strowger_model::{AccountId, Owner, time};
use strowger_store::{Direction, Entry, Kind, MAX_ENTRIES, Name, Position};

use super::error::Error;
use super::filters::second;
use super::paging::{Ask, invalid_start_key};
use super::reply::Reply;
use super::request::Request;
use crate::audit;
use crate::index::Index;
use crate::state::ApiState;

/// What happened to an account: to its own documents, and to the installation's documents about it. It tells of keys and users, and
/// so it is for whoever may see those.
pub(super) async fn of_account(request: Request) -> Result<Reply, Error> {
    if !request.caller.is_privileged() {
        return Err(Error::Forbidden);
    }
    let about = match request.owner {
        Owner::Account(account) => Some(account),
        Owner::System => None,
    };
    list(&request, vec![audit::stream(request.owner, None), audit::stream(Owner::System, about)]).await
}

/// What happened to the installation; with `account_id`, what happened to its documents about that account, which may be gone.
pub(super) async fn of_installation(request: Request) -> Result<Reply, Error> {
    let about = request.parameter("account_id").map(|id| id.parse::<AccountId>());
    let about = about.transpose().map_err(|error| Error::InvalidAccountId(error.0))?;
    list(&request, vec![audit::stream(Owner::System, about)]).await
}

async fn list(request: &Request, streams: Vec<Name>) -> Result<Reply, Error> {
    let ask = Ask::of(request, "audit")?;
    let filter = Filter::of(request, ask.direction)?;
    let wanted = ask.wanted();
    let mut merged = Merged::new(streams, &filter, &ask, wanted + 1)?;
    let mut rows = Vec::new();
    while rows.len() <= wanted {
        let Some((place, entry)) = merged.next(&request.state).await? else { break };
        if !filter.is_within(&entry) {
            break;
        }
        rows.extend(row(entry).filter(|row| filter.admits(row)).map(|row| (row, place.to_string())));
    }
    ask.page(request, rows)
}

/// Where an entry stands among those of several streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    position: Position,
    stream: usize,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.position, self.stream)
    }
}

impl Place {
    /// What [`std::fmt::Display`] wrote.
    fn parse(text: &str) -> Option<Self> {
        let (position, stream) = text.split_once('/')?;
        Some(Self { position: position.parse().ok()?, stream: stream.parse().ok()? })
    }

    /// After which position another stream goes on, when this place was the last: entries at the same position are told in the
    /// order of their streams.
    fn resume(self, stream: usize, direction: Direction) -> Position {
        let Position { millisecond, number } = self.position;
        match direction {
            Direction::Descending if stream < self.stream => Position { millisecond, number: number.saturating_add(1) },
            Direction::Ascending if stream > self.stream => before(self.position),
            _ => self.position,
        }
    }
}

fn before(position: Position) -> Position {
    match position.number.checked_sub(1) {
        Some(number) => Position { number, ..position },
        None => Position { millisecond: position.millisecond.saturating_sub(1), number: u64::MAX },
    }
}

/// Several streams as one.
struct Merged {
    sources: Vec<Source>,
    direction: Direction,
    /// Entries that one read fetches.
    batch: usize,
}

struct Source {
    stream: Name,
    after: Option<Position>,
    read: VecDeque<Entry>,
    ended: bool,
}

impl Merged {
    fn new(streams: Vec<Name>, filter: &Filter, ask: &Ask, rows: usize) -> Result<Self, Error> {
        let last = ask.from.as_ref().map(|key| Place::parse(&key.0).ok_or_else(invalid_start_key));
        let last = last.transpose()?;
        let source = |(number, stream)| Source {
            stream,
            after: last.map_or_else(|| filter.beginning(), |last| Some(last.resume(number, ask.direction))),
            read: VecDeque::new(),
            ended: false,
        };
        let batch = if filter.is_selective() { MAX_ENTRIES } else { rows.min(MAX_ENTRIES) };
        Ok(Self { sources: streams.into_iter().enumerate().map(source).collect(), direction: ask.direction, batch })
    }

    /// The next entry of all.
    async fn next(&mut self, state: &ApiState) -> Result<Option<(Place, Entry)>, Error> {
        for source in &mut self.sources {
            source.fill(state, self.direction, self.batch).await?;
        }
        let places =
            self.sources.iter().enumerate().filter_map(|(stream, source)| {
                source.read.front().map(|entry| Place { position: entry.position, stream })
            });
        let next = match self.direction {
            Direction::Ascending => places.min(),
            Direction::Descending => places.max(),
        };
        Ok(next.and_then(|place| {
            let entry = self.sources.get_mut(place.stream)?.read.pop_front()?;
            Some((place, entry))
        }))
    }
}

impl Source {
    async fn fill(&mut self, state: &ApiState, direction: Direction, batch: usize) -> Result<(), Error> {
        if self.ended || !self.read.is_empty() {
            return Ok(());
        }
        let entries = state.store().read(&self.stream, self.after, direction, batch).await?;
        self.ended = entries.len() < batch;
        self.after = entries.last().map(|entry| entry.position).or(self.after);
        self.read = entries.into();
        Ok(())
    }
}

/// What the request asks to see.
struct Filter {
    kind: Option<String>,
    id: Option<String>,
    /// Unix milliseconds, inclusive.
    from: Option<u64>,
    /// Unix milliseconds, exclusive.
    until: Option<u64>,
    direction: Direction,
}

impl Filter {
    fn of(request: &Request, direction: Direction) -> Result<Self, Error> {
        let until = moment(request, "created_to")?.map(|second| second.saturating_add(1));
        Ok(Self {
            kind: request.parameter("kind"),
            id: request.parameter("id"),
            from: moment(request, "created_from")?.map(milliseconds),
            until: until.map(milliseconds),
            direction,
        })
    }

    /// Whether entries may be passed over.
    fn is_selective(&self) -> bool {
        self.kind.is_some() || self.id.is_some()
    }

    /// After which position the range begins.
    fn beginning(&self) -> Option<Position> {
        match self.direction {
            Direction::Ascending => self.from.map(|millisecond| before(Position { millisecond, number: 0 })),
            Direction::Descending => self.until.map(|millisecond| Position { millisecond, number: 0 }),
        }
    }

    /// Whether the range does not end before the entry.
    fn is_within(&self, entry: &Entry) -> bool {
        let at = entry.position.millisecond;
        match self.direction {
            Direction::Ascending => self.until.is_none_or(|until| at < until),
            Direction::Descending => self.from.is_none_or(|from| at >= from),
        }
    }

    fn admits(&self, row: &Value) -> bool {
        let is = |field: &str, wanted: &Option<String>| wanted.as_ref().is_none_or(|wanted| row[field] == **wanted);
        is("kind", &self.kind) && is("document_id", &self.id)
    }
}

fn moment(request: &Request, name: &str) -> Result<Option<i64>, Error> {
    let Some(given) = request.parameter(name) else { return Ok(None) };
    Ok(Some(second(name, &given)?))
}

fn milliseconds(gregorian: i64) -> u64 {
    u64::try_from(time::from_gregorian(gregorian)).unwrap_or(0).saturating_mul(1_000)
}

/// An entry as a client sees it. How the host finds its documents again is none of a client's business; a key is told by the entry
/// that leads to it, because its document is named by a hash of its token; of a table of selector rows only that it is another one, not
/// in which blobs it lies.
fn row(entry: Entry) -> Option<Value> {
    let Value::Object(mut body) = entry.body else { return None };
    let mut take = |name: &str| body.shift_remove(name);
    let (kind, id) = (take("kind")?, take("id"));
    let (kind, id) = match (kind.as_str().and_then(Kind::from_name)?, id) {
        (Kind::Index, id) => (Kind::ApiKey, Some(json!(Index::ApiKey.entry_of(id.as_ref()?.as_str()?)?))),
        (Kind::ApiKey, Some(_)) | (Kind::Blob, _) => return None,
        (Kind::SelectorTable, Some(id)) if id.as_str().is_some_and(strowger_rows::is_mark) => return None,
        (kind, id) => (kind, id),
    };
    let mut row = Map::new();
    let second = i64::try_from(entry.position.millisecond / 1_000).unwrap_or(i64::MAX);
    row.insert("id".into(), json!(entry.position.to_string()));
    row.insert("at".into(), json!(time::to_gregorian(second)));
    row.insert("by".into(), take("by")?);
    row.insert("kind".into(), json!(kind.name()));
    match take("count") {
        Some(count) => row.insert("count".into(), count),
        None => {
            row.insert("document_id".into(), id?);
            row.insert("old".into(), take("old").unwrap_or_default());
            row.insert("new".into(), take("new").unwrap_or_default())
        }
    };
    Some(Value::Object(row))
}
