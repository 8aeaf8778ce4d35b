//! The router and the call manager as the API asks for them.

mod calls;
mod routing;

pub use calls::CallsAdapter;
pub use routing::RoutingAdapter;
