//! Pages of what happened: `page` and `count`, which are required, and `days`, or `start` and `end`.

use serde_json::{Value, json};
use strowger_calls::{HistoryError, HistoryPage, Past};
use strowger_model::{AccountId, time};

use super::accounts;
use super::error::Error;
use super::reply::Reply;
use super::request::Request;
use crate::transport::query::Query;

/// Entries of a page.
const LARGEST_PAGE: usize = 500;

/// The longest time that a list looks back in days.
const LONGEST: usize = 3_650;

const DAY: i64 = 86_400;

/// What part of the past a request asks for.
pub(super) struct Window {
    page: usize,
    count: usize,
    since: Option<i64>,
    before: Option<i64>,
}

impl Window {
    /// `days` wins over `start` and `end`.
    pub(super) fn of(query: &Query) -> Result<Self, Error> {
        let page = required(query, "page", usize::MAX)?;
        let count = required(query, "count", LARGEST_PAGE)?;
        let (since, before) = match number(query, "days", LONGEST)? {
            Some(days) => (Some(time::unix_now() - i64::try_from(days).unwrap_or(i64::MAX).saturating_mul(DAY)), None),
            None => (moment(query, "start")?, moment(query, "end")?),
        };
        if since.zip(before).is_some_and(|(since, before)| since >= before) {
            return Err(Error::bad_request("invalid \"end\" query arg: it must be later than \"start\""));
        }
        Ok(Self { page, count, since, before })
    }

    /// The same of those accounts.
    pub(super) fn past<'a>(&self, accounts: &'a [AccountId]) -> Past<'a> {
        let skip = (self.page - 1).saturating_mul(self.count);
        Past { accounts, since: self.since, before: self.before, skip, limit: self.count }
    }

    /// What was found, with its entries as they are shown.
    pub(super) fn page<T>(&self, found: &HistoryPage<T>, rows: Vec<Value>) -> Reply {
        let (page, count) = (self.page, self.count);
        Reply::Ok(json!({"total": found.total, "page": page, "page_size": count, "more": found.more, "data": rows}))
    }
}

/// The accounts of the service provider that a path names.
pub(super) async fn below(request: &Request) -> Result<Vec<AccountId>, Error> {
    let accounts = accounts::of_provider(request).await?;
    Ok(accounts.into_iter().map(|account| account.account_sid).collect())
}

/// The answer to a query parameter that breaks its rule.
pub(super) fn invalid(name: &str) -> Error {
    Error::bad_request(format!("invalid \"{name}\" query arg"))
}

/// A date, or a day, which begins at midnight UTC.
fn moment(query: &Query, name: &str) -> Result<Option<i64>, Error> {
    let Some(given) = query.get(name) else { return Ok(None) };
    let date = time::parse_date(given).or_else(|| time::parse_date(&format!("{given}T00:00:00Z")));
    date.map(|date| Some(date.unix_timestamp())).ok_or_else(|| invalid(name))
}

fn required(query: &Query, name: &str, most: usize) -> Result<usize, Error> {
    let given = number(query, name, most).ok().flatten();
    given.ok_or_else(|| Error::bad_request(format!("missing or invalid \"{name}\" query arg")))
}

fn number(query: &Query, name: &str, most: usize) -> Result<Option<usize>, Error> {
    let Some(given) = query.get(name) else { return Ok(None) };
    let number = given.parse().ok().filter(|number| (1..=most).contains(number));
    number.map(Some).ok_or_else(|| invalid(name))
}

impl From<HistoryError> for Error {
    fn from(error: HistoryError) -> Self {
        match error {
            HistoryError::Store(error) => error.into(),
            error @ HistoryError::TooMany => Self::unprocessable(error.to_string()),
        }
    }
}
