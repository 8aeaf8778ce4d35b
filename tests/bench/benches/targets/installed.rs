//! From upload to installed, a start with many plugins installed, and versions that change under traffic.

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;
use strowger_hostile_raw::{CompileBomb, Misdeed, compile_bomb, megabyte, selector};
use strowger_model::{AccountId, Owner};
use strowger_plugins::Change;
use strowger_store::{RedbStore, Store};
use tokio::runtime::Runtime;

use crate::neighbour::percentile;
use crate::report::{line, micros};
use crate::world::{World, request};

const PLUGINS: u32 = 500;
/// Routes a second, and how long, while the version changes so often.
const RATE: u32 = 500;
const SWAPPING: Duration = Duration::from_secs(10);
const SWAPS: Duration = Duration::from_millis(100);

pub(crate) fn print(runtime: &Runtime) {
    let told = |measured: Result<(), Box<dyn Error>>| {
        if let Err(error) = measured {
            println!("not measured: {error}");
        }
    };
    told(runtime.block_on(upload()));
    told(runtime.block_on(start()));
    told(runtime.block_on(swap()));
}

/// Compiled in this process by all processors.
async fn upload() -> Result<(), Box<dyn Error>> {
    let world = World::start().await?;
    for (functions, component, target) in
        [("1,000 functions", megabyte(), "≤ 3 s"), ("100,000 functions", compile_bomb(CompileBomb::ManyFunctions), "")]
    {
        let began = Instant::now();
        world.upload(AccountId::random().into(), "large", "1", &component).await?;
        line(
            &format!("upload to installed, {} KB of {functions}", component.len() / 1_000),
            began.elapsed(),
            None,
            target,
        );
    }
    Ok(())
}

/// All of them are loaded from what was compiled before, by another process as it were.
async fn start() -> Result<(), Box<dyn Error>> {
    let (folder, owner) = (tempfile::tempdir()?, Owner::from(AccountId::random()));
    let store: Arc<dyn Store> = RedbStore::open(folder.path().join("store.redb"))?;
    let world = World::over(Arc::clone(&store), Some(folder.path())).await?;
    let component = selector(Misdeed::None);
    for number in 0..PLUGINS {
        world.upload(owner, &format!("p{number}"), "1", &numbered(&component, number)).await?;
    }
    drop(world);
    let began = Instant::now();
    let world = World::over(store, Some(folder.path())).await?;
    for number in 0..PLUGINS {
        world.plugins.module(owner, &format!("p{number}")).await?;
    }
    line(&format!("start, and {PLUGINS} installed plugins loaded"), began.elapsed(), None, "≤ 2 s");
    Ok(())
}

/// The same component with a custom section, which gives it another digest.
fn numbered(component: &[u8], number: u32) -> Vec<u8> {
    let bytes = number.to_be_bytes();
    let section = [0, 6, 1, b'n'].into_iter().chain(bytes);
    component.iter().copied().chain(section).collect()
}

/// Routes at a steady rate while the version that they name changes back and forth.
async fn swap() -> Result<(), Box<dyn Error>> {
    let world = World::start().await?;
    let owner = world.account(10, json!([{"get_resources": {}}, {"mine": {}}])).await?;
    for version in ["1", "2"] {
        let passing = strowger_bundle::plugins().iter().find(|plugin| plugin.name == "get_resources");
        world.upload(owner, "mine", version, passing.ok_or("no get_resources")?.component).await?;
    }
    let (began, mut ticks) = (Instant::now(), tokio::time::interval(Duration::from_secs(1) / RATE));
    let (mut calls, mut swaps, mut next_swap) = (Vec::new(), 0_u32, SWAPS);
    while began.elapsed() < SWAPPING {
        ticks.tick().await;
        let router = Arc::clone(&world.router);
        calls.push(tokio::spawn(async move {
            let began = Instant::now();
            let route = router.route(request(owner)).await;
            (began.elapsed(), route.is_ok_and(|route| route.failure.is_none() && route.resources.len() == 10))
        }));
        if began.elapsed() >= next_swap {
            let version = if swaps.is_multiple_of(2) { "2" } else { "1" };
            let change = Change { active: Some(Some(version.to_owned())), ..Change::default() };
            world.plugins.change(owner, "mine", &change, None).await?;
            (swaps, next_swap) = (swaps + 1, next_swap + SWAPS);
        }
    }
    let (mut took, mut errors) = (Vec::new(), 0_u32);
    for call in calls {
        let (time, is_right) = call.await?;
        took.push(time);
        errors += u32::from(!is_right);
    }
    took.sort();
    println!(
        "{:<52} {} calls, {swaps} swaps, {errors} errors, p50 {}, p99 {}  no error",
        format!("versions change under {RATE} routes/s"),
        took.len(),
        micros(percentile(&took, 50)),
        micros(percentile(&took, 99)),
    );
    Ok(())
}
