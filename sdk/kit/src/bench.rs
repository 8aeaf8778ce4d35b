//! How fast a plugin answers, and on how much fuel.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};
use strowger_model::{AccountId, Owner};
use strowger_sandbox::{Module, PluginFault, RewriteDirection, Usage, hook, message};

use crate::cases::{event, sample_call};
use crate::conformance::{pool, request, usual, usual_message, usual_request};
use crate::format::{count, time};
use crate::measure::{Format, Select, choose, rewrite};
use crate::{Kind, Loaded, Project};

/// Sizes of the pool that a selector is asked about.
const POOLS: [u32; 4] = [10, 100, 1_000, 10_000];
/// Answers that are measured, after as many that are not.
const ROUNDS: usize = 200;

/// What was measured.
#[derive(Debug, Clone, Default)]
pub struct Bench {
    lines: Vec<Line>,
}

#[derive(Debug, Clone)]
struct Line {
    what: String,
    prepared: Usage,
    outcome: Result<Measured, PluginFault>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Measured {
    best: Duration,
    median: Duration,
    fuel: u64,
}

/// Measures the project's plugin.
pub async fn bench(project: &Project, loaded: &Loaded) -> Bench {
    let parameters = usual(project, &loaded.module);
    let lines = match project.kind {
        Kind::Selector => POOLS.iter().map(|&carriers| selects(&loaded.module, &parameters, carriers)).collect(),
        Kind::Formatter => vec![applies(&loaded.module, &parameters)],
        Kind::CallHook => vec![events(&loaded.module, &parameters).await],
        Kind::MessageProvider => provided(&loaded.module, &parameters, &usual_request(project)).await.into(),
    };
    Bench { lines }
}

fn selects(module: &Arc<Module>, parameters: &Map<String, Value>, carriers: u32) -> Line {
    let pool = pool(carriers);
    let select = Select {
        parameters: Value::Object(parameters.clone()).to_string(),
        rows: (0..carriers).collect(),
        pool,
        call: sample_call(),
        ..Select::default()
    };
    let what = format!("select, {} carriers", count(carriers.into()));
    match module.prepare_step(Owner::Account(AccountId::random()), &select.parameters, &select.pool) {
        Err(fault) => Line { what, prepared: Usage::default(), outcome: Err(fault) },
        Ok(mut step) => {
            let prepared = step.prepared();
            let outcome = rounds(|| {
                let answer = choose(&mut step, &select);
                answer.result.map(|_| answer.usage)
            });
            Line { what, prepared, outcome }
        }
    }
}

fn applies(module: &Arc<Module>, formatters: &Map<String, Value>) -> Line {
    let what = "apply".to_owned();
    let fields = if let Value::Object(fields) = request() { fields } else { Map::new() };
    let format = Format { formatters: formatters.clone(), direction: RewriteDirection::Outbound, fields };
    match module.prepare_rewriter(Owner::Account(AccountId::random()), formatters) {
        Err(fault) => Line { what, prepared: Usage::default(), outcome: Err(fault) },
        Ok(mut rewriter) => {
            let prepared = rewriter.usage();
            let outcome = rounds(|| {
                let answer = rewrite(&mut rewriter, &format);
                answer.result.map(|_| answer.usage)
            });
            Line { what, prepared, outcome }
        }
    }
}

async fn events(module: &Arc<Module>, parameters: &Map<String, Value>) -> Line {
    let event = event(hook::EventKind::SessionNew, parameters.clone());
    let owner = Owner::Account(AccountId::random());
    let tell = async || module.on_event_metered(owner, &event).await.map(|(_, usage)| usage);
    fresh("a new call, with its instance", tell).await
}

async fn provided(module: &Arc<Module>, parameters: &Map<String, Value>, request: &message::Request) -> [Line; 2] {
    let message = usual_message();
    let parameters = Value::Object(parameters.clone()).to_string();
    let owner = Owner::Account(AccountId::random());
    let send = async || module.send(owner, &message, &parameters).await.map(|(_, usage)| usage);
    let receive = async || module.receive(owner, request, &parameters).await.map(|(_, usage)| usage);
    [fresh("a message, with its instance", send).await, fresh("a request, with its instance", receive).await]
}

/// What makes an instance for each answer.
async fn fresh(what: &str, ask: impl AsyncFn() -> Result<Usage, PluginFault>) -> Line {
    let mut usages = Vec::with_capacity(ROUNDS);
    let mut outcome = Ok(());
    for _ in 0..ROUNDS {
        match ask().await {
            Ok(usage) => usages.push(usage),
            Err(fault) => {
                outcome = Err(fault);
                break;
            }
        }
    }
    let outcome = outcome.map(|()| Measured::of(usages));
    Line { what: what.to_owned(), prepared: Usage::default(), outcome }
}

fn rounds(mut ask: impl FnMut() -> Result<Usage, PluginFault>) -> Result<Measured, PluginFault> {
    for _ in 0..ROUNDS {
        ask()?;
    }
    (0..ROUNDS).map(|_| ask()).collect::<Result<Vec<Usage>, _>>().map(Measured::of)
}

impl Measured {
    fn of(mut usages: Vec<Usage>) -> Self {
        usages.sort_by_key(|usage| usage.elapsed);
        let best = usages.first().copied().unwrap_or_default();
        let median = usages.get(usages.len() / 2).copied().unwrap_or_default();
        Self { best: best.elapsed, median: median.elapsed, fuel: median.fuel }
    }
}

impl fmt::Display for Bench {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<32} {:>10} {:>10} {:>14} {:>12}", "", "best", "median", "fuel", "prepared in")?;
        for Line { what, prepared, outcome } in &self.lines {
            match outcome {
                Ok(Measured { best, median, fuel }) => {
                    let (best, median, fuel) = (time(*best), time(*median), count(*fuel));
                    let prepared = if prepared.fuel == 0 { "-".into() } else { time(prepared.elapsed) };
                    writeln!(f, "{what:<32} {best:>10} {median:>10} {fuel:>14} {prepared:>12}")?;
                }
                Err(fault) => writeln!(f, "{what:<32} {}", fault.kind)?,
            }
        }
        Ok(())
    }
}
