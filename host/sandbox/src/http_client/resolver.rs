//! Names are resolved once for each connection, and it goes to an address of that very answer: what a name answers later (DNS
//! rebinding) makes no difference.

use std::fmt;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use async_trait::async_trait;
use hyper_util::client::legacy::connect::dns::Name;

use super::CONNECT_TIMEOUT;
use super::told::Refusal;
use crate::guard::AddressPolicy;

/// Looks up names.
#[async_trait]
pub trait Resolve: fmt::Debug + Send + Sync {
    /// The addresses of a name, best first.
    async fn resolve(&self, name: &str) -> io::Result<Vec<IpAddr>>;
}

/// The system's resolver.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

#[async_trait]
impl Resolve for SystemResolver {
    async fn resolve(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((name, 0)).await?.map(|address| address.ip()).collect())
    }
}

/// Drops every address that the policy does not permit.
#[derive(Clone)]
pub(super) struct GuardedResolver {
    pub(super) policy: Arc<AddressPolicy>,
    pub(super) resolver: Arc<dyn Resolve>,
}

impl GuardedResolver {
    async fn permitted(self, name: Name) -> Result<std::vec::IntoIter<SocketAddr>, Refusal> {
        let looked_up = tokio::time::timeout(CONNECT_TIMEOUT, self.resolver.resolve(name.as_str())).await;
        let addresses = looked_up.map_err(|_| Refusal::LookupTime)?.map_err(Refusal::Lookup)?;
        if addresses.is_empty() {
            return Err(Refusal::Lookup(io::ErrorKind::NotFound.into()));
        }
        let permitted: Vec<SocketAddr> = addresses
            .into_iter()
            .filter(|address| self.policy.permits(*address))
            .map(|address| SocketAddr::new(address, 0))
            .collect();
        if permitted.is_empty() { Err(Refusal::Prohibited) } else { Ok(permitted.into_iter()) }
    }
}

impl tower_service::Service<Name> for GuardedResolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = Refusal;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Refusal>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Refusal>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        Box::pin(self.clone().permitted(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_name_with_a_private_address_behind_it_is_refused() {
        let resolver = GuardedResolver { policy: Arc::default(), resolver: Arc::new(SystemResolver) };
        let refused = resolver.permitted("localhost".parse().unwrap()).await.unwrap_err();
        assert!(matches!(refused, Refusal::Prohibited));
    }
}
