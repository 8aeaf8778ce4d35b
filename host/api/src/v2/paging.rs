//! Reading one page of a list: `page_size`, `start_key`, `paginate`, `ascending`.

use serde_json::Value;
use sha2::{Digest, Sha256};
use strowger_model::Violation;
use strowger_store::{Cursor, Direction};

use super::error::Error;
pub(super) use super::listing::list;
use super::reply::{PageKeys, Reply};
use super::request::Request;
use crate::hex;

const DEFAULT_SIZE: usize = 50;
const LARGEST_SIZE: usize = 1_000;
/// Rows of a list that is asked for in one piece.
const LARGEST_UNPAGED: usize = 10_000;

/// The part of a list that a request asks for.
pub(super) struct Ask {
    /// Rows wanted; `None` is all of them.
    size: Option<usize>,
    start_key: Option<String>,
    /// Where the page before ended.
    pub(super) from: Option<Cursor>,
    pub(super) direction: Direction,
    /// What page keys are sealed for.
    list: String,
}

impl Ask {
    /// `list` is the list's name, unique among those of an owner.
    pub(super) fn of(request: &Request, list: &str) -> Result<Self, Error> {
        let direction = if request.says_yes("ascending") || request.says_no("descending") {
            Direction::Ascending
        } else {
            Direction::Descending
        };
        let list = format!("{}/{list}/{direction:?}", request.owner);
        let start_key = request.parameter("start_key");
        let from =
            start_key.as_deref().map(|key| request.state.cursors().open(&list, key).ok_or_else(invalid_start_key));
        let size = if request.says_no("paginate") { None } else { Some(page_size(request)?) };
        Ok(Self { size, start_key, from: from.transpose()?, direction, list })
    }

    /// Rows of the page. One more is read, to know whether more follow.
    pub(super) fn wanted(&self) -> usize {
        self.size.unwrap_or(LARGEST_UNPAGED)
    }

    /// Whether the list comes page by page.
    pub(super) fn is_paged(&self) -> bool {
        self.size.is_some()
    }

    /// The page's reply, from up to one row more than is wanted, each with where the list goes on after it.
    pub(super) fn page(self, request: &Request, mut rows: Vec<(Value, String)>) -> Result<Reply, Error> {
        let more = rows.len() > self.wanted();
        if more && self.size.is_none() {
            return Err(Error::TooManyRows);
        }
        rows.truncate(self.wanted());
        let next = rows.last().filter(|_| more).map(|(_, place)| place.clone());
        self.page_until(request, rows.into_iter().map(|(row, _)| row).collect(), next)
    }

    /// The reply for exactly these rows; the list goes on at `next`.
    pub(super) fn page_until(self, request: &Request, rows: Vec<Value>, next: Option<String>) -> Result<Reply, Error> {
        if next.is_some() && self.size.is_none() {
            return Err(Error::TooManyRows);
        }
        let next_start_key = next.map(|place| request.state.cursors().seal(&self.list, &place));
        let keys = PageKeys { page_size: rows.len(), start_key: self.start_key, next_start_key };
        let data = Value::Array(rows);
        let digest = digest(&data);
        Ok(Reply::ok(data).page(digest, self.size.map(|_| keys)))
    }
}

fn page_size(request: &Request) -> Result<usize, Error> {
    let Some(given) = request.parameter("page_size") else { return Ok(DEFAULT_SIZE) };
    match given.parse::<i64>() {
        Err(_) => Err(Error::FaultyRequest("invalid page size")),
        Ok(..1) => Err(Error::FaultyRequest("page size must be at least 1")),
        Ok(size) => Ok(usize::try_from(size).unwrap_or(LARGEST_SIZE).min(LARGEST_SIZE)),
    }
}

pub(super) fn invalid_start_key() -> Error {
    Violation::new("start_key", "invalid", "The key is not the next_start_key of this list").into()
}

/// A list's revision: equal rows, equal digest.
fn digest(rows: &Value) -> String {
    hex::encode(Sha256::digest(rows.to_string()).into_iter().take(16))
}
