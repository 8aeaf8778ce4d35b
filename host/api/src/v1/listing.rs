//! Lists of `/v1`: a plain array, or a page of it where `page` is given.

use std::str::FromStr;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::error::Error;
use super::reply::Reply;
use crate::transport::query::Query;

const DEFAULT_SIZE: usize = 50;
const LARGEST_SIZE: usize = 1_000;

/// A page of a list.
pub(super) struct Page {
    /// From 1 on.
    number: usize,
    /// Rows of it.
    pub(super) size: usize,
}

impl Page {
    /// Rows before it.
    pub(super) fn skip(&self) -> usize {
        (self.number - 1).saturating_mul(self.size)
    }

    /// A list that was not read to its end tells that there is more instead of how many there are.
    pub(super) fn answer(&self, rows: Vec<Value>, more: bool) -> Value {
        let total = (!more && (!rows.is_empty() || self.number == 1)).then(|| self.skip() + rows.len());
        let mut answer = json!({"page": self.number, "page_size": self.size, "more": more, "data": rows});
        if let (Value::Object(fields), Some(total)) = (&mut answer, total) {
            fields.insert("total".into(), json!(total));
        }
        answer
    }
}

/// The page that the query asks for, if it asks for one.
pub(super) fn wanted(query: &Query) -> Result<Option<Page>, Error> {
    let Some(number) = query.get("page") else { return Ok(None) };
    let number = positive("page", number)?;
    let size = query.get("page_size").map_or(Ok(DEFAULT_SIZE), |size| positive("page_size", size))?.min(LARGEST_SIZE);
    Ok(Some(Page { number, size }))
}

/// The rows that the query asks for, in the order given.
pub(super) fn reply(query: &Query, rows: Vec<Value>) -> Result<Reply, Error> {
    let Some(page) = wanted(query)? else { return Ok(Reply::Ok(Value::Array(rows))) };
    let total = rows.len();
    let data: Vec<Value> = rows.into_iter().skip(page.skip()).take(page.size).collect();
    Ok(Reply::Ok(json!({"total": total, "page": page.number, "page_size": page.size, "data": data})))
}

fn positive(name: &str, given: &str) -> Result<usize, Error> {
    match given.parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err(Error::bad_request(format!("{name} must be a number of at least 1"))),
    }
}

/// Whether the row's field contains the query parameter of that name, whatever its case.
pub(super) fn contains(query: &Query, name: &str, row: &Value) -> bool {
    let Some(wanted) = query.get(name) else { return true };
    let text = row.get(name).and_then(Value::as_str).unwrap_or_default();
    text.to_lowercase().contains(&wanted.to_lowercase())
}

/// What the query parameter of that name says.
pub(super) fn parsed<T: FromStr>(query: &Query, name: &str) -> Result<Option<T>, Error> {
    let Some(given) = query.get(name) else { return Ok(None) };
    given.parse().map(Some).map_err(|_| Error::bad_request(format!("invalid {name}")))
}

/// What the query parameter of that name says, which has names for all that it can say.
pub(super) fn one_of<T: DeserializeOwned>(query: &Query, name: &str) -> Result<Option<T>, Error> {
    let Some(given) = query.get(name) else { return Ok(None) };
    let known = serde_json::from_value(Value::from(given)).ok();
    known.map(Some).ok_or_else(|| Error::bad_request(format!("invalid {name}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(query: &str) -> Value {
        let rows = (1..=120).map(Value::from).collect();
        match reply(&Query::parse(Some(query)), rows) {
            Ok(Reply::Ok(value)) => value,
            _ => Value::Null,
        }
    }

    #[test]
    fn without_a_page_the_list_is_an_array() {
        assert_eq!(shown("").as_array().map(Vec::len), Some(120));
    }

    #[test]
    fn a_page_tells_where_it_is() {
        let page = shown("page=3");
        assert_eq!((&page["total"], &page["page"], &page["page_size"]), (&json!(120), &json!(3), &json!(50)));
        assert_eq!(page["data"].as_array().unwrap().len(), 20);
        assert_eq!(shown("page=2&page_size=1")["data"], json!([2]));
    }

    #[test]
    fn page_numbers_are_positive() {
        for query in ["page=0", "page=-1", "page=x", "page=1&page_size=0", "page=1&page_size=1e3"] {
            assert_eq!(shown(query), Value::Null, "{query}");
        }
    }
}
