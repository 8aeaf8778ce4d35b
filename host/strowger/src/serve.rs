//! `strowger serve`.

use std::sync::Arc;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use strowger_api::{ApiState, Parts};
use tokio::net::TcpListener;

use crate::config::Config;
use crate::node::Node;
use crate::store::Opened;
use crate::wiring::StartError;
use crate::{admin, api, cursor_secret, demo, shutdown, store};

/// Serves until it is told to stop, and lets the store finish.
pub async fn run(config: &Config) -> Result<(), StartError> {
    let metrics = PrometheusBuilder::new().install_recorder()?;
    let opened = store::open(config).await?;
    let served = serve(config, &opened, metrics).await;
    opened.store.close().await;
    served
}

async fn serve(config: &Config, opened: &Opened, metrics: PrometheusHandle) -> Result<(), StartError> {
    let address = config.http.listen;
    let listener = TcpListener::bind(address).await.map_err(|source| StartError::Listen { address, source })?;
    let http = listener.local_addr().unwrap_or(address);
    let node = Node::start(config, &opened.store, http).await?;
    let answered = answer(config, opened, metrics, &node, listener).await;
    node.stop(config.node.stop_within_s).await;
    answered
}

async fn answer(
    config: &Config,
    opened: &Opened,
    metrics: PrometheusHandle,
    node: &Node,
    listener: TcpListener,
) -> Result<(), StartError> {
    let api = strowger_api::router(ApiState::new(Parts {
        store: Arc::clone(&opened.store),
        routing: Arc::clone(&node.router) as _,
        calls: Arc::clone(&node.calls) as _,
        rows: node.rows.clone(),
        tasks: node.tasks.clone(),
        plugins: node.plugins.clone(),
        messages: node.messages.clone(),
        metrics,
        cursor_secret: cursor_secret::of(&*opened.store).await?,
        limits: api::request_limits(config),
        rates: api::rates(config),
        auth: api::auth(config),
        nodes: Some(Arc::clone(&node.nodes)),
        live_nodes: api::live_nodes(&node.nodes),
        node: config.node.name.clone().unwrap_or_else(|| node.nodes.id().to_string()),
        trusted_proxies: config.http.trusted_proxies.clone(),
        allow_peers: config.carriers.allow_peers,
    }));
    greet(config, node, opened, &api).await?;
    let ending = async {
        shutdown::requested().await;
        // Who follows a log would hold the server up.
        node.plugins.logs().close();
    };
    strowger_api::serve_within(api::connection_limits(config), listener, api, ending).await;
    Ok(())
}

/// Standard output: where it listens, then what a person needs. A key that the operator gave is not repeated; one that is made is
/// made last, when nothing else can keep it from being shown.
#[expect(clippy::print_stdout, reason = "people and scripts read this from standard output")]
async fn greet(config: &Config, node: &Node, opened: &Opened, api: &axum::Router) -> Result<(), StartError> {
    let admin = admin::ensure(config, &*opened.store).await?;
    let demo = match &admin {
        Some(admin) if config.node.demo && opened.is_new => {
            Some(demo::load(api, &admin.key, &config.media_folder()).await?)
        }
        Some(admin) if config.node.demo => demo::find(api, &admin.key).await?,
        _ => None,
    };
    println!("listening http={} sip={}", node.http, node.sip.local_addr());
    let Some(admin) = admin else { return Ok(()) };
    if !admin.is_given {
        println!("admin key: {}", admin.key.expose());
    }
    if let Some(demo) = demo {
        println!("{}", demo::next_steps(&demo, node.http, &admin.key));
    }
    Ok(())
}
