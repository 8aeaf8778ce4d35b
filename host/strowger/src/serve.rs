//! `strowger serve`.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use metrics_exporter_prometheus::PrometheusBuilder;
use strowger_api::{ApiState, Parts, RequestLimits};
use strowger_calls::CallManager;
use strowger_model::Secret;
use strowger_store::{RedbStore, Store};
use tokio::net::TcpListener;

use crate::cli::ServeArgs;
use crate::wiring::{self, StartError};
use crate::{demo, secrets, shutdown};

/// How long live calls, their records and their status events may take at the end.
const PATIENCE: Duration = Duration::from_secs(5);

/// Serves until it is told to stop, then ends live calls and lets the store finish.
pub async fn run(args: ServeArgs) -> Result<(), StartError> {
    if args.redis.is_some() {
        return Err(StartError::RedisNotBuilt);
    }
    let metrics = PrometheusBuilder::new().install_recorder()?;
    let (store, is_new) = wiring::open_store(&args.data)?;
    let key = admin_key(&args, &store).await?;
    let sandbox = wiring::sandbox(&args).await?;
    let router = wiring::router(&store, &sandbox);
    let telephony = wiring::telephony(&args).await?;
    let calls = wiring::calls(&args, &store, &sandbox, &router, &telephony).await?;
    let (sip, _) = telephony;
    let api = strowger_api::router(ApiState::new(Parts {
        store: Arc::clone(&store) as _,
        routing: router,
        calls: Arc::clone(&calls) as _,
        metrics,
        cursor_secret: secrets::cursor_secret(&*store).await?,
        limits: RequestLimits::default(),
        trusted_proxies: Vec::new(),
    }));
    let listener = listen(args.http).await?;
    let http = listener.local_addr().unwrap_or(args.http);
    greet(&args, is_new, http, sip.local_addr(), key.as_ref(), &api).await?;
    strowger_api::serve(listener, api, shutdown::requested()).await;
    stop(&calls, sip.shutdown(), &store).await;
    Ok(())
}

async fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|source| StartError::Listen { address, source })
}

/// The admin key to show: the one given, the demonstration's, or one made because there is none yet.
async fn admin_key(args: &ServeArgs, store: &Arc<RedbStore>) -> Result<Option<Secret>, StartError> {
    let data = |source| StartError::Data { path: args.data.display().to_string(), source };
    let key = match &args.admin_key {
        Some(key) => key.clone(),
        None if args.demo => secrets::demo_admin_key(&args.data).map_err(data)?,
        None if strowger_api::needs_admin_key(&**store).await? => secrets::admin_key(),
        None => return Ok(None),
    };
    strowger_api::bootstrap_admin_key(&**store, key.expose()).await?;
    Ok(Some(key))
}

/// Standard output: where it listens, then what a person needs. A key that the operator gave is not repeated.
#[expect(clippy::print_stdout, reason = "people and scripts read this from standard output")]
async fn greet(
    args: &ServeArgs,
    is_new: bool,
    http: SocketAddr,
    sip: SocketAddr,
    key: Option<&Secret>,
    api: &axum::Router,
) -> Result<(), StartError> {
    let shown = key.filter(|_| args.admin_key.is_none());
    let demo = match key {
        Some(key) if args.demo && is_new => Some(demo::load(api, key, &args.media_folder()).await?),
        Some(key) if args.demo => demo::find(api, key).await?,
        _ => None,
    };
    println!("listening http={http} sip={sip}");
    if let Some(key) = shown {
        println!("admin key: {}", key.expose());
    }
    if let (Some(demo), Some(key)) = (demo, key) {
        println!("{}", demo::next_steps(&demo, http, key));
    }
    Ok(())
}

async fn stop(calls: &CallManager, sip: impl Future<Output = ()>, store: &RedbStore) {
    tracing::info!("stopping");
    calls.shutdown(PATIENCE).await;
    sip.await;
    store.close().await;
}
