//! Plugins run on all nodes: what one of them is asked about them, it asks the others too.

use std::time::Duration;

use async_trait::async_trait;
use futures::future::join_all;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use strowger_model::{AccountId, Owner};
use strowger_nodes::{Node, Service};
use strowger_plugins::Plugins;
use strowger_sandbox::AccountUsage;

use super::{lines, used};
use crate::state::ApiState;

/// The name that nodes ask one another by.
const SERVICE: &str = "plugins";
/// How long another node may take: longer, and it is named instead of waited for.
const PATIENCE: Duration = Duration::from_secs(2);
/// Nodes that are asked; the others are named as silent.
const MOST: usize = 64;

/// What a node is asked. An owner that is left out is the installation.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Asked {
    /// What a plugin has used; for one account where one is named.
    Usage { owner: Option<AccountId>, plugin: String, by: Option<AccountId> },
    /// What all plugins use for an owner.
    Account { owner: Option<AccountId> },
    /// What a plugin has said.
    Lines(lines::Asked),
}

/// What all plugins use for an owner on a node.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub(super) struct InUse {
    pub(super) instances: u64,
    pub(super) memory_bytes: u64,
    pub(super) fuel: u64,
    pub(super) rejected: u64,
}

impl InUse {
    fn here(plugins: &Plugins, owner: Owner) -> Self {
        let AccountUsage { instances, memory_bytes, fuel, rejected } = plugins.sandbox().account_usage(owner);
        Self { instances: instances.into(), memory_bytes, fuel, rejected }
    }

    pub(super) fn add(&mut self, other: Self) {
        self.instances = self.instances.saturating_add(other.instances);
        self.memory_bytes = self.memory_bytes.saturating_add(other.memory_bytes);
        self.fuel = self.fuel.saturating_add(other.fuel);
        self.rejected = self.rejected.saturating_add(other.rejected);
    }
}

/// Answers of all nodes, this one's first.
pub(super) struct Told<T> {
    /// By the node's name.
    pub(super) answers: Vec<(String, T)>,
    /// Names of those that did not answer in time.
    pub(super) silent: Vec<String>,
}

impl<T> Told<T> {
    /// Who answered and who did not, as clients see it.
    pub(super) fn nodes(&self) -> Value {
        let answered: Vec<&String> = self.answers.iter().map(|(node, _)| node).collect();
        json!({"answered": answered, "silent": self.silent})
    }
}

/// Asks every node.
pub(super) async fn ask<T: DeserializeOwned>(state: &ApiState, asked: &Asked) -> Told<T> {
    let own = state.nodes().map_or_else(|| state.node().to_owned(), |nodes| nodes.own().info.name.clone());
    let mut told = others(state, |_| asked.clone()).await;
    if let Ok(here) = serde_json::from_value(answer(state.plugins(), asked)) {
        told.answers.insert(0, (own, here));
    }
    told
}

/// Asks every node but this one, each by its name.
pub(super) async fn others<T: DeserializeOwned>(state: &ApiState, asked: impl Fn(&str) -> Asked) -> Told<T> {
    let mut told = Told { answers: Vec::new(), silent: Vec::new() };
    let Some(nodes) = state.nodes() else { return told };
    let live = nodes.live();
    let others: Vec<&Node> = live.iter().filter(|node| node.id != nodes.id()).collect();
    let asking = others.iter().take(MOST).map(|node| {
        // What is on the way to a node that hangs takes its time, too.
        let answer = nodes.ask(node.id, SERVICE, json!(asked(&node.info.name)), PATIENCE);
        async move { tokio::time::timeout(PATIENCE + PATIENCE / 2, answer).await.ok()?.ok() }
    });
    let answers = join_all(asking).await.into_iter().chain(std::iter::repeat_with(|| None));
    for (node, answer) in others.iter().zip(answers) {
        let name = node.info.name.clone();
        match answer.and_then(|answer| serde_json::from_value(answer).ok()) {
            Some(answer) => told.answers.push((name, answer)),
            None => told.silent.push(name),
        }
    }
    told
}

fn answer(plugins: &Plugins, asked: &Asked) -> Value {
    let owner = |account: &Option<AccountId>| account.map_or(Owner::System, Owner::Account);
    match asked {
        Asked::Usage { owner: of, plugin, by } => json!(used::Used::here(plugins, owner(of), plugin, *by)),
        Asked::Account { owner: of } => json!(InUse::here(plugins, owner(of))),
        Asked::Lines(asked) => json!(lines::Lines::here(plugins, asked)),
    }
}

/// The plugins of this node as the others see them.
pub(crate) struct Here(Plugins);

#[async_trait]
impl Service for Here {
    async fn answer(&self, request: Value) -> Value {
        serde_json::from_value(request).map_or(Value::Null, |asked| answer(&self.0, &asked))
    }
}

/// Has this node answer the others.
pub(crate) fn offer(state: &ApiState) {
    if let Some(nodes) = state.nodes() {
        nodes.offer(SERVICE, std::sync::Arc::new(Here(state.plugins().clone())));
    }
}
