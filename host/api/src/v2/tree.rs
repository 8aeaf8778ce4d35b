//! The tree of the installation: service providers at the top, accounts below them. Everybody is shown the part that they reach.

use serde_json::{Map, Value, json};
use strowger_model::{Owner, Sid};
use strowger_store::{Cursor, Document, Kind, Scan};

use super::error::Error;
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
            let fields = nodes::fields(nodes::found(&request, provider).await?)?;
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
    let ask = Ask::of(request, name)?;
    let (mut scan, mut after) = place(ask.from.as_ref())?;
    let mut rows = Vec::new();
    while let Some(next) = scans.get(scan) {
        let missing = ask.wanted() - rows.len();
        if missing == 0 {
            // Whether there is anything: no page but the first one is empty.
            let first = request.state.store().scan(&next.clone().after(after.clone()).limit(1)).await?;
            if !first.documents.is_empty() {
                let place = format!("{scan}:{}", after.map(|Cursor(place)| place).unwrap_or_default());
                return ask.page_until(request, rows, Some(place));
            }
        }
        let asked = next.clone().direction(ask.direction).after(after.take()).limit(missing.max(1));
        let page = if missing == 0 { None } else { Some(request.state.store().scan(&asked).await?) };
        after = page.as_ref().and_then(|page| page.next.clone());
        for document in page.into_iter().flat_map(|page| page.documents) {
            rows.push(row(document)?);
        }
        scan += usize::from(after.is_none());
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

fn row(document: Document) -> Result<Value, Error> {
    let provider = match document.key.kind {
        Kind::Account => document.body.get("service_provider_sid").and_then(Value::as_str),
        _ => None,
    };
    let tree: Vec<String> = provider.and_then(|sid| sid.parse().ok()).map(|sid: Sid| sid.hex()).into_iter().collect();
    let mut row: Map<String, Value> = nodes::fields(document)?;
    row.retain(|field, _| SUMMARY.contains(&field.as_str()));
    row.insert("tree".into(), json!(tree));
    Ok(Value::Object(row))
}
