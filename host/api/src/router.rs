//! Both APIs and what lies beside them under one router.

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::from_fn;
use axum::response::IntoResponse;
use axum::routing::get;
use http::{HeaderMap, header};
use tower::Layer;
use tower::util::MapRequestLayer;

use crate::state::ApiState;
use crate::transport::observe::observe;
use crate::{openapi, v1, v2};

/// Every path of the host. `/health`, `/metrics` and `/openapi.json` take no token.
pub fn router(state: ApiState) -> Router {
    let routed = Router::new()
        .route("/health", get(async || "OK"))
        .route("/metrics", get(metrics))
        .route("/openapi.json", get(|headers: HeaderMap| openapi::serve(headers)))
        .nest("/v1", v1::router())
        .nest("/v2", v2::router())
        .fallback(v1::unknown)
        .with_state(state);
    // Paths are spelled right before they are matched, so this goes around the router and not into it.
    let spelled = MapRequestLayer::new(respell).layer(routed);
    Router::new().fallback_service(spelled).layer(from_fn(observe))
}

fn respell(mut request: Request) -> Request {
    if let Some(uri) = v1::normalise(request.uri()) {
        *request.uri_mut() = uri;
    }
    request
}

async fn metrics(State(state): State<ApiState>) -> impl IntoResponse {
    let plugins = state.plugins().sandbox().exposition();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], state.metrics().render() + &plugins)
}
