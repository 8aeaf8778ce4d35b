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
use crate::check::CheckError;
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
    check_chains(&router, suite).await?;
    fill(&store, &rows, &suite.world).await?;
    let mut verdicts = Vec::with_capacity(suite.cases.len());
    for case in &suite.cases {
        verdicts.push(tried(&router, suite, case).await?);
    }
    Ok(verdicts)
}

async fn check_chains(router: &Router, suite: &Suite) -> Result<(), CasesError> {
    let mut problems = Problems::default();
    let saved = [("chain", &suite.world.account.chain), ("global.chain", &suite.world.global.chain)];
    for (place, chain) in saved {
        if let Some(chain) = chain
            && let Err(broken) = checked(router, suite, Checks::Saved, chain).await?
        {
            problems.extend(place, broken);
        }
    }
    for (index, case) in suite.cases.iter().enumerate() {
        if let Some(chain) = case.chain.as_ref().filter(|_| !matches!(case.expect, Expect::Refused))
            && let Err(broken) = checked(router, suite, suite.world.checks, chain).await?
        {
            problems.extend(&format!("{}: chain", item("cases", index, Some(&json!(case.name)))), broken);
        }
    }
    Ok(problems.into_result()?)
}

async fn checked(
    router: &Router,
    suite: &Suite,
    checks: Checks,
    rules: &Value,
) -> Result<Result<Chain, Violations>, CasesError> {
    let caller = suite.world.caller;
    let checked = match checks {
        Checks::Saved => router.check_rules(caller, rules).await,
        Checks::Tried => match Chain::parse(rules) {
            Ok(chain) => router.check_modules(caller, &chain).await.map(|()| chain),
            Err(broken) => Err(broken.into()),
        },
    };
    match checked {
        Ok(chain) => Ok(Ok(chain)),
        Err(CheckError::Invalid(broken)) => Ok(Err(broken)),
        Err(CheckError::Store(error)) => Err(RouteError::from(error).into()),
    }
}

async fn tried(router: &Router, suite: &Suite, case: &Case) -> Result<Verdict, CasesError> {
    let rules = match &case.chain {
        Some(chain) => Some(checked(router, suite, suite.world.checks, chain).await?),
        None => None,
    };
    let rules = rules.transpose();
    let expected = match (&case.expect, &rules) {
        (Expect::Refused, rules) => return Ok(refused(case, rules.as_ref().err())),
        (Expect::Routed(expected), _) => expected,
    };
    // A chain that is broken was told before the first case.
    let rules = rules.unwrap_or_default();
    let fields = case.request.clone();
    let (route_by, time) = (case.route_by, case.time);
    let request = RouteRequest { owner: suite.world.caller, fields, route_by, rules, time, explain: true, call: None };
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
