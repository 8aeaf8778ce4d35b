//! Names of gateways, looked up by the system's resolver.

use std::net::IpAddr;
use std::time::Duration;

use tokio::net::lookup_host;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::Addresses;

/// Time for all look-ups together; names that are not resolved by then have no addresses.
const PATIENCE: Duration = Duration::from_secs(2);

/// Addresses that one name may have.
const MOST_ADDRESSES: usize = 64;

/// Looks the names up, all at once.
pub async fn resolve(names: impl IntoIterator<Item = String>) -> Addresses {
    let mut pending = JoinSet::new();
    for name in names {
        pending.spawn(async move {
            let found = lookup_host((name.as_str(), 0)).await;
            let ips: Vec<IpAddr> =
                found.into_iter().flatten().map(|address| address.ip()).take(MOST_ADDRESSES).collect();
            (name, ips)
        });
    }
    let mut addresses = Addresses::default();
    let collected = async {
        while let Some(resolved) = pending.join_next().await {
            if let Ok((name, ips)) = resolved {
                addresses.insert(&name, ips);
            }
        }
    };
    // What is still under way is dropped with the set.
    let _ = timeout(PATIENCE, collected).await;
    addresses
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_name_is_looked_up_and_one_that_is_none_has_no_addresses() {
        let addresses = resolve(["localhost".to_owned(), "no such name".to_owned()]).await;
        let loopback: IpAddr = "127.0.0.1".parse().unwrap();
        assert!(addresses.has("LOCALHOST", loopback) || addresses.has("localhost", "::1".parse().unwrap()));
        assert!(!addresses.has("no such name", loopback));
    }
}
