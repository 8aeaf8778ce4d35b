//! What one account's routing takes while another account's plugins misbehave, beside what it takes in peace: the 50th and the 99th
//! percentile. The caller is a thread of its own, so that the time in which no worker takes up its call counts.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use strowger_hostile_raw::{Misdeed, selector};
use strowger_model::{AccountId, Owner};
use strowger_routing::Router;
use tokio::runtime::Runtime;

use crate::report::micros;
use crate::world::{World, event, request};

/// How long each is listened to.
const TIME: Duration = Duration::from_secs(4);
/// Between two calls of the neighbour.
const PACE: Duration = Duration::from_millis(2);
/// Between two calls of one of the hostile account's callers: all together call no more often than an account may (`limits.account_rate`).
const HOSTILE_PACE: Duration = Duration::from_millis(4);
/// Calls that the hostile account has under way at once.
const AT_ONCE: usize = 8;

const MISDEEDS: [Misdeed; 9] = [
    Misdeed::Dawdle,
    Misdeed::LoopInSelect,
    Misdeed::LoopInPrepare,
    Misdeed::MemoryGrowth,
    Misdeed::CopyGiants,
    Misdeed::HostCallStorm,
    Misdeed::LogStorm,
    Misdeed::RegexBomb,
    Misdeed::HugeResult,
];

pub(crate) fn print(runtime: &Runtime) {
    println!("{:<52} {:>12} {:>12} {:>8} {:>8}", "a neighbour's route", "p50", "p99", "ratio", "calls");
    let measured = runtime.block_on(prepared());
    let Ok((world, neighbour)) = measured else { return println!("the neighbours could not be set up") };
    let quiet = listen(runtime, &world.router, neighbour);
    line("in peace", &quiet, None);
    for misdeed in MISDEEDS {
        let name = format!("{misdeed:?}");
        let hostile = runtime.block_on(hostile(&world, &name, &selector(misdeed)));
        let Ok(owner) = hostile else { return println!("{name} could not be set up") };
        let heard = beside_calls(runtime, &world, neighbour, owner);
        line(&format!("beside {name}"), &heard, Some(&quiet));
    }
    let heard = beside_hooks(runtime, &world, neighbour);
    line("beside hooks that never answer", &heard, Some(&quiet));
    line("in peace again", &listen(runtime, &world.router, neighbour), Some(&quiet));
}

async fn prepared() -> Result<(World, Owner), Box<dyn std::error::Error>> {
    let world = World::start().await?;
    let neighbour =
        world.account(100, json!([{"get_resources": {}}, {"order": {"value": "resource:weight_cost"}}])).await?;
    world
        .sandbox
        .install("hostile-hook", "1", strowger_hostile::CALL_HOOK, strowger_sandbox::Grants::default())
        .await?;
    Ok((world, neighbour))
}

async fn hostile(world: &World, name: &str, component: &[u8]) -> Result<Owner, Box<dyn std::error::Error>> {
    let chain: Value = json!([{"get_resources": {}}, { name: {} }]);
    let owner = world.account(10, chain).await?;
    world.upload(owner, name, "1", component).await?;
    Ok(owner)
}

/// What the neighbour's calls take while that account's are routed, as many at once as it likes.
fn beside_calls(runtime: &Runtime, world: &World, neighbour: Owner, hostile: Owner) -> Vec<Duration> {
    let over = Arc::new(AtomicBool::new(false));
    let calls = (0..AT_ONCE).map(|_| {
        let (router, over) = (Arc::clone(&world.router), Arc::clone(&over));
        runtime.spawn(async move {
            while !over.load(Ordering::Relaxed) {
                let next = tokio::time::Instant::now() + HOSTILE_PACE;
                let _ = router.route(request(hostile)).await;
                tokio::time::sleep_until(next).await;
            }
        })
    });
    let calls: Vec<_> = calls.collect();
    let heard = listen(runtime, &world.router, neighbour);
    over.store(true, Ordering::Relaxed);
    runtime.block_on(async {
        for call in calls {
            let _ = call.await;
        }
    });
    heard
}

/// The same beside events that are never answered.
fn beside_hooks(runtime: &Runtime, world: &World, neighbour: Owner) -> Vec<Duration> {
    let over = Arc::new(AtomicBool::new(false));
    let account = AccountId::random();
    let events = (0..AT_ONCE).map(|_| {
        let (sandbox, over) = (Arc::clone(&world.sandbox), Arc::clone(&over));
        runtime.spawn(async move {
            while !over.load(Ordering::Relaxed) {
                let _ = sandbox.call_hook("hostile-hook", account, &event(&json!({"do": "loop"}))).await;
            }
        })
    });
    let events: Vec<_> = events.collect();
    let heard = listen(runtime, &world.router, neighbour);
    over.store(true, Ordering::Relaxed);
    runtime.block_on(async {
        for event in events {
            let _ = event.await;
        }
    });
    heard
}

/// What one call after the other takes, ascending.
fn listen(runtime: &Runtime, router: &Arc<Router>, owner: Owner) -> Vec<Duration> {
    let started = Instant::now();
    let mut took = Vec::new();
    while started.elapsed() < TIME {
        let (router, (done, answered)) = (Arc::clone(router), channel());
        let began = Instant::now();
        runtime.spawn(async move {
            let route = router.route(request(owner)).await;
            let _ = done.send(route.is_ok_and(|route| !route.resources.is_empty()));
        });
        if answered.recv() == Ok(true) {
            took.push(began.elapsed());
        }
        std::thread::sleep(PACE.saturating_sub(began.elapsed()));
    }
    took.sort();
    took
}

fn line(name: &str, heard: &[Duration], quiet: Option<&[Duration]>) {
    let p99 = percentile(heard, 99);
    let ratio = quiet.map(|quiet| format!("{:.1}", p99.as_secs_f64() / percentile(quiet, 99).as_secs_f64()));
    let target = if quiet.is_some() { "≤ 2" } else { "" };
    println!(
        "{name:<52} {:>12} {:>12} {:>8} {:>8}  {target}",
        micros(percentile(heard, 50)),
        micros(p99),
        ratio.unwrap_or_default(),
        heard.len()
    );
}

pub(crate) fn percentile(ascending: &[Duration], percent: usize) -> Duration {
    ascending.get(ascending.len() * percent / 100).copied().unwrap_or_default()
}
