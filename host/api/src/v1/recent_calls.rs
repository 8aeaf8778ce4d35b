//! `/Accounts/{sid}/RecentCalls`, and the same below a service provider: calls that are over, for longer than call control keeps them.

use serde_json::{Value, json};
use strowger_calls::{RecentCalls, RecentError, RecentFilter};
use strowger_model::{AccountId, RecentCall, Sid, time};

use super::error::Error;
use super::reply::Reply;
use super::request::Request;
use super::{accounts, listing, objects};
use crate::transport::query::Query;

/// Calls of a page.
const LARGEST_PAGE: usize = 500;

/// The longest time that a list looks back in days.
const LONGEST: usize = 3_650;

const DAY: i64 = 86_400;

pub(super) async fn list(request: Request) -> Result<Reply, Error> {
    page(&request, &[request.id("account")?]).await
}

pub(super) async fn list_of_provider(request: Request) -> Result<Reply, Error> {
    page(&request, &below(&request).await?).await
}

pub(super) async fn read(request: Request) -> Result<Reply, Error> {
    one(&request, &[request.id("account")?]).await
}

pub(super) async fn read_of_provider(request: Request) -> Result<Reply, Error> {
    one(&request, &below(&request).await?).await
}

async fn below(request: &Request) -> Result<Vec<AccountId>, Error> {
    let accounts = accounts::of_provider(request).await?;
    Ok(accounts.into_iter().map(|account| account.account_sid).collect())
}

async fn page(request: &Request, accounts: &[AccountId]) -> Result<Reply, Error> {
    let query = &request.query;
    let page = required(query, "page", usize::MAX)?;
    let count = required(query, "count", LARGEST_PAGE)?;
    let filter = filter(query)?;
    let wanted = RecentCalls { accounts, filter: &filter, skip: (page - 1).saturating_mul(count), limit: count };
    let found = wanted.read(request.state.store()).await?;
    let mut rows = Vec::with_capacity(found.calls.len());
    for call in &found.calls {
        rows.push(shown(request, call).await?);
    }
    let answer = json!({"total": found.total, "page": page, "page_size": count, "more": found.more, "data": rows});
    Ok(Reply::Ok(answer))
}

async fn one(request: &Request, accounts: &[AccountId]) -> Result<Reply, Error> {
    let call: Sid = request.id("call")?;
    for account in accounts {
        if let Some(found) = objects::find(&request.state, &RecentCalls::key(*account, call)).await? {
            return Ok(Reply::Ok(shown(request, &found).await?));
        }
    }
    Err(Error::NotFound)
}

/// With the service provider that keeps the account now.
async fn shown(request: &Request, call: &RecentCall) -> Result<Value, Error> {
    let provider = request.state.auth().provider(call.account_sid).await?;
    let mut shown = objects::json(call)?;
    if let Value::Object(fields) = &mut shown {
        fields.insert("service_provider_sid".into(), json!(provider));
    }
    Ok(shown)
}

/// `days` wins over `start` and `end`.
fn filter(query: &Query) -> Result<RecentFilter, Error> {
    let (since, before) = match number(query, "days", LONGEST)? {
        Some(days) => (Some(time::unix_now() - i64::try_from(days).unwrap_or(i64::MAX).saturating_mul(DAY)), None),
        None => (moment(query, "start")?, moment(query, "end")?),
    };
    if since.zip(before).is_some_and(|(since, before)| since >= before) {
        return Err(Error::bad_request("invalid \"end\" query arg: it must be later than \"start\""));
    }
    let text = |name| query.get(name).filter(|text| !text.is_empty()).map(str::to_owned);
    Ok(RecentFilter {
        since,
        before,
        trunk: text("trunk"),
        direction: listing::one_of(query, "direction")?,
        answered: answered(query)?,
        text: text("filter"),
    })
}

fn answered(query: &Query) -> Result<Option<bool>, Error> {
    match query.get("answered") {
        None => Ok(None),
        Some("true" | "1") => Ok(Some(true)),
        Some("false" | "0") => Ok(Some(false)),
        Some(_) => Err(invalid("answered")),
    }
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

fn invalid(name: &str) -> Error {
    Error::bad_request(format!("invalid \"{name}\" query arg"))
}

impl From<RecentError> for Error {
    fn from(error: RecentError) -> Self {
        match error {
            RecentError::Store(error) => error.into(),
            error @ RecentError::TooMany => Self::unprocessable(error.to_string()),
        }
    }
}
