//! `strowger serve`.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use metrics_exporter_prometheus::PrometheusBuilder;
use strowger_api::{ApiState, Limits, Parts, RequestLimits, RequestRates};
use strowger_calls::CallManager;
use strowger_model::Secret;
use strowger_store::{RedbStore, Store};
use tokio::net::TcpListener;

use crate::config::Config;
use crate::wiring::{self, StartError};
use crate::{demo, secrets, shutdown};

/// Serves until it is told to stop, then ends live calls and lets the store finish.
pub async fn run(config: &Config) -> Result<(), StartError> {
    if config.store.redis.is_some() {
        return Err(StartError::RedisNotBuilt);
    }
    let metrics = PrometheusBuilder::new().install_recorder()?;
    let (store, is_new) = wiring::open_store(&config.store.data)?;
    let key = admin_key(config, &store).await?;
    let sandbox = wiring::sandbox(config).await?;
    let router = wiring::router(&store, &sandbox);
    let telephony = wiring::telephony(config).await?;
    let calls = wiring::calls(config, &store, &sandbox, &router, &telephony).await?;
    let (sip, _) = telephony;
    let api = strowger_api::router(ApiState::new(Parts {
        store: Arc::clone(&store) as _,
        routing: router,
        calls: Arc::clone(&calls) as _,
        metrics,
        cursor_secret: secrets::cursor_secret(&*store).await?,
        limits: request_limits(config),
        rates: RequestRates::default(),
        live_nodes: Arc::new(|| 1),
        trusted_proxies: Vec::new(),
    }));
    let listener = listen(config.http.listen).await?;
    let http = listener.local_addr().unwrap_or(config.http.listen);
    greet(config, is_new, http, sip.local_addr(), key.as_ref(), &api).await?;
    strowger_api::serve_within(connection_limits(config), listener, api, shutdown::requested()).await;
    stop(config.node.stop_within_s, &calls, sip.shutdown(), &store).await;
    Ok(())
}

fn request_limits(config: &Config) -> RequestLimits {
    RequestLimits { body_bytes: wiring::count(config.http.max_body), body_timeout: config.http.body_timeout_s }
}

fn connection_limits(config: &Config) -> Limits {
    Limits {
        connections: wiring::count(config.http.max_connections),
        header_timeout: config.http.idle_timeout_s,
        ..Limits::default()
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|source| StartError::Listen { address, source })
}

/// The admin key to show: the one given, the demonstration's, or one made because there is none yet.
async fn admin_key(config: &Config, store: &Arc<RedbStore>) -> Result<Option<Secret>, StartError> {
    let data = |source| StartError::Data { path: config.store.data.display().to_string(), source };
    let key = match config.auth.admin_key()? {
        Some(key) => key,
        None if config.node.demo => secrets::demo_admin_key(&config.store.data).map_err(data)?,
        None if strowger_api::needs_admin_key(&**store).await? => secrets::admin_key(),
        None => return Ok(None),
    };
    strowger_api::bootstrap_admin_key(&**store, key.expose()).await?;
    Ok(Some(key))
}

/// Standard output: where it listens, then what a person needs. A key that the operator gave is not repeated.
#[expect(clippy::print_stdout, reason = "people and scripts read this from standard output")]
async fn greet(
    config: &Config,
    is_new: bool,
    http: SocketAddr,
    sip: SocketAddr,
    key: Option<&Secret>,
    api: &axum::Router,
) -> Result<(), StartError> {
    let shown = key.filter(|_| config.auth.admin_key.is_none() && config.auth.admin_key_file.is_none());
    let demo = match key {
        Some(key) if config.node.demo && is_new => Some(demo::load(api, key, &config.media_folder()).await?),
        Some(key) if config.node.demo => demo::find(api, key).await?,
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

async fn stop(patience: Duration, calls: &CallManager, sip: impl Future<Output = ()>, store: &RedbStore) {
    tracing::info!("stopping");
    calls.shutdown(patience).await;
    sip.await;
    store.close().await;
}
