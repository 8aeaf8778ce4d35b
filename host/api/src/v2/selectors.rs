//! `/resource_selectors` and its lists: selector rows, and how many there are by name and by carrier. Every list goes by its key, from
//! the last one down unless the request says otherwise.

use serde_json::{Value, json};
use strowger_model::Violation;
use strowger_rows::{RowFilter, RowId, StoredRow};
use strowger_store::{Cursor, Direction};

use super::error::Error;
use super::filters::Filters;
use super::paging::{self, Ask};
use super::reply::Reply;
use super::request::Request;

/// Rows that are read for one page. A page that its filters have not filled by then goes on at its key.
const MOST_READ: usize = 10_000;

/// Rows that are taken from the table at once where filters may leave some out.
const AT_ONCE: usize = 1_000;

/// All rows, in full.
pub(super) async fn rows(request: Request) -> Result<Reply, Error> {
    page(&request, "rows", RowFilter::default(), full).await
}

/// The names, each with the number of its rows.
pub(super) async fn names(request: Request) -> Result<Reply, Error> {
    let counts = request.state.rows().book(request.owner).await?.names();
    counted(&request, "names", counts)
}

/// The carriers that rows name, each with the number of its rows.
pub(super) async fn resources(request: Request) -> Result<Reply, Error> {
    let counts = request.state.rows().book(request.owner).await?.resources();
    counted(&request, "resources", counts)
}

/// The carriers of one name.
pub(super) async fn resources_of(request: Request) -> Result<Reply, Error> {
    let name = request.segment("name");
    let counts = request.state.rows().book(request.owner).await?.resources_of(name);
    counted(&request, &format!("resources of {name}"), counts)
}

/// The names of one carrier.
pub(super) async fn names_of(request: Request) -> Result<Reply, Error> {
    let resource = request.segment("resource");
    let counts = request.state.rows().book(request.owner).await?.names_of(resource);
    counted(&request, &format!("names of {resource}"), counts)
}

/// The rows of one name and one carrier, in whichever order the path has the two: in short, or in full where the request asks for that.
pub(super) async fn rows_of(request: Request) -> Result<Reply, Error> {
    let (name, resource) = (request.segment("name").to_owned(), request.segment("resource").to_owned());
    let show = match request.parameter("format").as_deref() {
        None | Some("short") => short,
        Some("full") => full,
        Some(other) => return Err(unknown_format(other)),
    };
    let list = format!("rows of {}/{name}/{resource}", name.len());
    page(&request, &list, RowFilter { name: Some(name), resource: Some(resource) }, show).await
}

fn unknown_format(given: &str) -> Error {
    let known = Value::from(vec!["short", "full"]);
    let given: String = given.chars().take(64).collect();
    Violation::new("format", "enum", "Value not found in enumerated list of values").target(known).value(given).into()
}

/// A row as the document that it is.
pub(super) fn full(stored: &StoredRow) -> Value {
    let mut document = json!({ "id": stored.id.to_string() });
    if let (Value::Object(document), Ok(Value::Object(row))) = (&mut document, serde_json::to_value(&stored.row)) {
        document.extend(row);
    }
    document
}

/// What a row selects, and its value where it has one.
fn short(stored: &StoredRow) -> Value {
    let row = &stored.row;
    match &row.value {
        Some(value) => json!({ row.selector.as_str(): value }),
        None => json!(row.selector),
    }
}

async fn page(
    request: &Request,
    list: &str,
    filter: RowFilter,
    show: impl Fn(&StoredRow) -> Value,
) -> Result<Reply, Error> {
    let filters = Filters::of(request)?;
    let ask = Ask::of(request, list)?;
    let after = ask.from.as_ref().map(|Cursor(place)| place.parse::<RowId>()).transpose();
    let mut after = after.map_err(|_| paging::invalid_start_key())?;
    let book = request.state.rows().book(request.owner).await?;
    let (mut rows, mut read) = (Vec::new(), 0);
    loop {
        let limit = if filters.is_selective() { AT_ONCE } else { ask.wanted() + 1 };
        let found = book.page(&filter, after.as_ref(), ask.direction, limit);
        let is_last = found.len() < limit;
        read += found.len();
        after = found.last().map(|stored| stored.id.clone()).or(after);
        let admitted = found.iter().filter(|stored| filters.admit_body(&full(stored)));
        rows.extend(admitted.map(|stored| (show(stored), stored.id.to_string())));
        if is_last || rows.len() > ask.wanted() {
            return ask.page(request, rows);
        }
        if read >= MOST_READ {
            let rows = rows.into_iter().map(|(row, _)| row).collect();
            return ask.page_until(request, rows, after.map(|id| id.to_string()));
        }
    }
}

fn counted(request: &Request, list: &str, mut counts: Vec<(String, u64)>) -> Result<Reply, Error> {
    let ask = Ask::of(request, list)?;
    counts.sort_unstable();
    if ask.direction == Direction::Descending {
        counts.reverse();
    }
    let is_beyond = |key: &str| match (&ask.from, ask.direction) {
        (None, _) => true,
        (Some(Cursor(from)), Direction::Ascending) => key > from.as_str(),
        (Some(Cursor(from)), Direction::Descending) => key < from.as_str(),
    };
    let beyond = counts.into_iter().filter(|(key, _)| is_beyond(key)).take(ask.wanted() + 1);
    let rows = beyond.map(|(key, count)| (json!({ key.as_str(): count }), key)).collect();
    ask.page(request, rows)
}
