//! What the API asks of the host behind it. The binary plugs in the router and the call manager; tests plug in what they need.

mod calls;
mod routing;

pub use calls::Calls;
pub use routing::Routing;
