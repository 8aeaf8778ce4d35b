//! Running a suite: its world is put into a store in memory, and each case is asked of a router over it.

use std::sync::Arc;

use serde_json::{Value, json};
use strowger_model::chain::Chain;
use strowger_model::{Owner, Violations};
use strowger_rows::SelectorRows;
use strowger_sandbox::Sandbox;
use strowger_store::{Expect as Condition, Key, Kind, MemoryStore, StoreExt};

use super::compare;
use super::error::{CasesError, Problems, item};
use super::suite::{Case, Checks, Documents, Expect, Suite, World};
use super::verdict::{Difference, Verdict};
use crate::error::RouteError;
use crate::request::RouteRequest;
use crate::router::Router;

/// The id of the one document of kind [`Kind::SelectorRules`].
const RULES: &str = "resource_selector_rules";

/// Tries every case with the plugins of the sandbox.
///
/// # Errors
/// [`CasesError::Problems`] where a chain could not be saved and no case expects that.
pub async fn run(sandbox: &Arc<Sandbox>, suite: &Suite) -> Result<Vec<Verdict>, CasesError> {
    let store = MemoryStore::new();
    let rows = SelectorRows::new(store.clone());
    let router = Router::with_rows(store.clone(), Arc::clone(sandbox), rows.clone());
    check_chains(&router, suite)?;
    fill(&store, &rows, &suite.world).await?;
    let mut verdicts = Vec::with_capacity(suite.cases.len());
    for case in &suite.cases {
        verdicts.push(tried(&router, &suite.world, case).await?);
    }
    Ok(verdicts)
}

fn check_chains(router: &Router, suite: &Suite) -> Result<(), Problems> {
    let mut problems = Problems::default();
    let saved = [("chain", &suite.world.account.chain), ("global.chain", &suite.world.global.chain)];
    for (place, chain) in saved {
        if let Some(Err(broken)) = chain.as_ref().map(|chain| router.check_rules(chain)) {
            problems.extend(place, broken);
        }
    }
    for (index, case) in suite.cases.iter().enumerate() {
        let chain = case.chain.as_ref().filter(|_| !matches!(case.expect, Expect::Refused));
        if let Some(Err(broken)) = chain.map(|chain| checked(router, suite.world.checks, chain)) {
            problems.extend(&format!("{}: chain", item("cases", index, Some(&json!(case.name)))), broken);
        }
    }
    problems.into_result()
}

fn checked(router: &Router, checks: Checks, rules: &Value) -> Result<Chain, Violations> {
    match checks {
        Checks::Saved => router.check_rules(rules),
        Checks::Tried => {
            let chain = Chain::parse(rules)?;
            router.check_modules(&chain).map(|()| chain)
        }
    }
}

async fn tried(router: &Router, world: &World, case: &Case) -> Result<Verdict, CasesError> {
    let rules = case.chain.as_ref().map(|chain| checked(router, world.checks, chain)).transpose();
    let expected = match (&case.expect, &rules) {
        (Expect::Refused, rules) => return Ok(refused(case, rules.as_ref().err())),
        (Expect::Routed(expected), _) => expected,
    };
    // A chain that is broken was told before the first case.
    let rules = rules.unwrap_or_default();
    let fields = case.request.clone();
    let request = RouteRequest { owner: world.caller, fields, route_by: case.route_by, rules, explain: true };
    Ok(compare::verdict(&case.name, expected, &router.route(request).await?))
}

fn refused(case: &Case, broken: Option<&Violations>) -> Verdict {
    let differences = if broken.is_some() { Vec::new() } else { vec![Difference::Accepted] };
    Verdict { case: case.name.clone(), differences, dropped: Vec::new(), notes: Vec::new() }
}

async fn fill(store: &MemoryStore, rows: &SelectorRows, world: &World) -> Result<(), CasesError> {
    save(store, rows, Owner::System, &world.global).await?;
    if let Owner::Account(account) = world.caller {
        save(store, rows, world.caller, &world.account).await?;
        put(store, Key::new(Owner::System, Kind::Account, account.hex()), json!(world.settings)).await?;
    }
    Ok(())
}

async fn save(store: &MemoryStore, rows: &SelectorRows, owner: Owner, documents: &Documents) -> Result<(), CasesError> {
    for (id, body) in &documents.carriers {
        put(store, Key::new(owner, Kind::Resource, id), body.clone()).await?;
    }
    if !documents.rows.is_empty() {
        rows.put(owner, documents.rows.clone(), None).await?;
    }
    match &documents.chain {
        Some(rules) => put(store, Key::new(owner, Kind::SelectorRules, RULES), json!({ "rules": rules })).await,
        None => Ok(()),
    }
}

async fn put(store: &MemoryStore, key: Key, body: Value) -> Result<(), CasesError> {
    store.put(key, body, Condition::Anything).await.map(drop).map_err(|error| RouteError::from(error).into())
}
