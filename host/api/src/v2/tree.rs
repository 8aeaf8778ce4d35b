//! The tree of the installation: service providers at the top, accounts below them. Everybody is shown the part that they reach.

use serde_json::{Map, Value, json};
use strowger_model::{Owner, Sid, time};
use strowger_store::{Cursor, Document, Kind, Scan};

use super::error::Error;
use super::filters::Filters;
use super::listing::Reading;
use super::nodes::{self, Node};
use super::paging::{self, Ask};
use super::reply::Reply;
use super::request::Request;
use crate::tenants;

/// Fields of a node that a list shows.
const SUMMARY: [&str; 5] = ["id", "name", "realm", "enabled", "is_reseller"];

/// What lies below a node. Descendants are the same: there is one level.
pub(super) async fn children(request: Request) -> Result<Reply, Error> {
    let scans = match Node::of(&request)? {
        Node::Account(_) => Vec::new(),
        Node::Provider(provider) => vec![tenants::accounts_below(provider)],
    };
    list(&request, &format!("children/{}", request.segment("account")), scans).await
}

/// What lies beside a node, and itself. An account reaches no other.
pub(super) async fn siblings(request: Request) -> Result<Reply, Error> {
    let scans = match Node::of(&request)? {
        Node::Account(_) if request.caller.account().is_some() => Vec::new(),
        node @ Node::Account(_) => vec![tenants::accounts_below(parent(&request, node).await?)],
        Node::Provider(_) if request.caller.is_admin() => vec![Scan::of(Owner::System, Kind::ServiceProvider)],
        Node::Provider(_) => Vec::new(),
    };
    list(&request, &format!("siblings/{}", request.segment("account")), scans).await
}

async fn parent(request: &Request, node: Node) -> Result<Sid, Error> {
    match node {
        Node::Provider(provider) => Ok(provider),
        Node::Account(account) => {
            let provider = request.state.auth().provider(account).await?;
            provider.ok_or_else(|| Error::BadIdentifier(account.hex()))
        }
    }
}

/// The way to a node from the top: the service provider of an account, by its name.
pub(super) async fn parents(request: Request) -> Result<Reply, Error> {
    match Node::of(&request)? {
        Node::Provider(_) => Ok(Reply::ok(Vec::<Value>::new())),
        node @ Node::Account(_) => {
            let provider = Node::Provider(parent(&request, node).await?);
            let fields = nodes::fields(&nodes::found(&request, provider).await?)?;
            Ok(Reply::ok(vec![json!({"id": fields.get("id"), "name": fields.get("name")})]))
        }
    }
}

/// As much of that way as the caller may act on.
pub(super) async fn tree(request: Request) -> Result<Reply, Error> {
    match request.caller.account() {
        Some(_) => Ok(Reply::ok(Vec::<Value>::new())),
        None => parents(request).await,
    }
}

/// A page of the nodes that the scans find, one after the other.
pub(super) async fn list(request: &Request, name: &str, scans: Vec<Scan>) -> Result<Reply, Error> {
    let filters = Filters::of(request)?;
    let ask = Ask::of(request, name)?;
    let (first, mut after) = place(ask.from.as_ref())?;
    let mut reading = Reading::of(request, &ask, filters.is_selective());
    let mut rows = Vec::new();
    for (number, scan) in scans.into_iter().enumerate().skip(first) {
        let scan = scan.direction(ask.direction).after(after.take());
        let (found, next) = reading.rows(scan, ask.wanted() - rows.len(), |document| row(&filters, document)).await?;
        rows.extend(found);
        if let Some(Cursor(next)) = next {
            return ask.page_until(request, rows, Some(format!("{number}:{next}")));
        }
    }
    ask.page_until(request, rows, None)
}

/// Where a page begins: in which scan, after what.
fn place(from: Option<&Cursor>) -> Result<(usize, Option<Cursor>), Error> {
    let Some(Cursor(from)) = from else { return Ok((0, None)) };
    let (scan, after) = from.split_once(':').ok_or_else(paging::invalid_start_key)?;
    let scan = scan.parse().map_err(|_| paging::invalid_start_key())?;
    Ok((scan, (!after.is_empty()).then(|| Cursor(after.to_owned()))))
}

/// The row of a node that the filters admit.
fn row(filters: &Filters, document: &Document) -> Result<Option<Value>, Error> {
    let mut fields: Map<String, Value> = nodes::fields(document)?;
    let created = document.body.get("created_at").and_then(Value::as_str).and_then(time::parse_date);
    let created = created.map(|date| json!(time::to_gregorian(date.unix_timestamp())));
    fields.extend(created.map(|created| ("created".to_owned(), created)));
    let node = Value::Object(fields);
    if !filters.admit_body(&node) {
        return Ok(None);
    }
    let shown = SUMMARY.iter().filter_map(|field| Some(((*field).to_owned(), node.get(field)?.clone())));
    let mut row: Map<String, Value> = shown.collect();
    let provider = match document.key.kind {
        Kind::Account => document.body.get("service_provider_sid").and_then(Value::as_str),
        _ => None,
    };
    let tree: Vec<String> = provider.and_then(|sid| sid.parse().ok()).map(|sid: Sid| sid.hex()).into_iter().collect();
    row.insert("tree".into(), json!(tree));
    Ok(Some(Value::Object(row)))
}
