//! Least-cost routing: one whole decision among ten million prefix rows of twenty carriers, beside the look-up and the sort in native
//! Rust. `STROWGER_LCR_ROWS` says how many rows there shall be instead.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};
use strowger_model::{AccountId, Owner};
use strowger_routing::{RouteRequest, Router};
use strowger_rows::{Hit, Mode, Publication, RowBook, SelectorRow, SelectorRows};
use strowger_sandbox::Sandbox;
use strowger_store::{Expect, Key, Kind, MemoryStore, Store, StoreError, StoreExt, Write};
use tokio::runtime::Runtime;

use crate::report::{best_of, line};

const CARRIERS: u32 = 20;
const ROWS: u32 = 10_000_000;
/// Rows that are staged at once.
const RUN: u32 = 100_000;
/// 22 November 2023 in Gregorian seconds: the rows are valid at all times.
const NOW: i64 = 63_867_843_200;

struct Prices {
    store: Arc<dyn Store>,
    rows: SelectorRows,
    owner: Owner,
    prefixes: u32,
}

pub(crate) fn print(runtime: &Runtime, sandbox: Sandbox) {
    let rows = std::env::var("STROWGER_LCR_ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(ROWS);
    let measured = runtime.block_on(async {
        let prices = Prices::fill(rows / CARRIERS).await?;
        let router = Router::with_rows(Arc::clone(&prices.store), Arc::new(sandbox), prices.rows.clone());
        prices.check(&router).await;
        let book = prices.rows.book(prices.owner).await?;
        Ok::<_, Box<dyn std::error::Error>>((prices, router, book))
    });
    let Ok((prices, router, book)) = measured else {
        return println!("least-cost routing: the rows could not be filled in");
    };
    let request = prices.request(3_971);
    let number = number(3_971);
    let native = best_of(|| cheapest(&book, &number));
    let steps = best_of_steps(|| runtime.block_on(router.route(request.clone())).map(|route| route.chain_time()));
    let whole = best_of(|| runtime.block_on(router.route(request.clone())));
    let name = |what: &str| format!("least-cost routing, {} M rows, {what}", book.rows() / 1_000_000);
    line(&name("the chain"), steps, Some(native), "≤ 10 µs");
    line(&name("to the last endpoint"), whole, Some(native), "");
}

fn best_of_steps<E>(mut run: impl FnMut() -> Result<Duration, E>) -> Duration {
    (0..20_000).filter_map(|_| run().ok()).min().unwrap_or_default()
}

/// The carriers in order of the price of the longest prefix of each.
fn cheapest(book: &RowBook, number: &str) -> Vec<(f64, usize)> {
    let mut longest: BTreeMap<usize, (usize, f64)> = BTreeMap::new();
    let Some(table) = book.table("lcr") else { return Vec::new() };
    table.prefixes(number.trim_start_matches('+'), NOW, &mut |hit: Hit<'_>| {
        let carrier = match hit.carrier {
            strowger_rows::Carrier::Numbered { number, .. } => usize::try_from(number).unwrap_or(0),
            strowger_rows::Carrier::Named(id) => id.len(),
        };
        let best = longest.entry(carrier).or_insert((hit.length, hit.value));
        if hit.length > best.0 {
            *best = (hit.length, hit.value);
        }
    });
    let mut order: Vec<(f64, usize)> = longest.into_iter().map(|(carrier, (_, price))| (price, carrier)).collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0));
    black_box(order)
}

impl Prices {
    async fn fill(prefixes: u32) -> Result<Self, Box<dyn std::error::Error>> {
        let store: Arc<dyn Store> = MemoryStore::new();
        let account = AccountId::random();
        let owner = Owner::Account(account);
        let chain = json!({"rules": [
            {"get_resources": {}},
            {"filter_prefix": {"value_a": "number", "value_b": "database:lcr", "action": "keep"}},
            {"order": {"value": "database:lcr", "direction": "ascend"}},
        ]});
        store.put(Key::new(owner, Kind::SelectorRules, "resource_selector_rules"), chain, Expect::Anything).await?;
        carriers(&*store, owner).await?;
        let rows = SelectorRows::new(Arc::clone(&store));
        let mut runs = Vec::new();
        for from in (0..prefixes).step_by(usize::try_from(RUN / CARRIERS)?) {
            let until = prefixes.min(from + RUN / CARRIERS);
            let run = (from..until).flat_map(|prefix| (0..CARRIERS).map(move |carrier| row(prefix, carrier)));
            runs.push(rows.stage(owner, run.collect()).await?);
        }
        let publication = Publication { id: "all".into(), runs, mode: Mode::Upsert, fence: None, author: None };
        rows.publish(owner, publication).await?;
        Ok(Self { store, rows, owner, prefixes })
    }

    fn request(&self, prefix: u32) -> RouteRequest {
        let fields = json!({
            "To-DID": number(prefix % self.prefixes.max(1)),
            "Outbound-Caller-ID-Number": "+12025550100",
        });
        RouteRequest::call(self.owner, fields.as_object().cloned().unwrap_or_default())
    }

    /// What is measured is a decision that finds every carrier.
    #[expect(clippy::expect_used, reason = "a benchmark without its subject must stop")]
    async fn check(&self, router: &Router) {
        let route = router.route(self.request(3_971)).await.expect("a route");
        assert_eq!((route.resources.len(), &route.failure), (CARRIERS as usize, &None), "{:?}", route.trace);
    }
}

async fn carriers(store: &dyn Store, owner: Owner) -> Result<(), StoreError> {
    let carrier = |n: u32| {
        let gateway = json!({"server": format!("sip{n}.example.com")});
        let body = json!({"name": format!("Carrier {n}"), "rules": [".*"], "gateways": [gateway]});
        Write::put(Key::new(owner, Kind::Resource, format!("{n:032x}")), body, Expect::Anything)
    };
    store.commit((0..CARRIERS).map(carrier).collect()).await.map(drop)
}

fn row(prefix: u32, carrier: u32) -> SelectorRow {
    let price = (prefix.wrapping_mul(2_654_435_761) >> 16).wrapping_add(carrier * 37) % 2_000;
    SelectorRow {
        name: "lcr".into(),
        selector: format!("1{:07}", prefix.wrapping_mul(19) % 10_000_000),
        resource: format!("{carrier:032x}"),
        value: Some(format!("0.{price:04}")),
        start_time: None,
        stop_time: None,
        extra: Map::<String, Value>::new(),
    }
}

fn number(prefix: u32) -> String {
    format!("+1{:07}123", prefix.wrapping_mul(19) % 10_000_000)
}
