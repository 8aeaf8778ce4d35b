//! Who wants to know that an address cannot be reached.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::oneshot;

/// The watchers of each destination. Their number is bounded by the number of legs.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    watchers: Mutex<HashMap<SocketAddr, Vec<Watcher>>>,
}

/// The number of a watch, and the way to it.
type Watcher = (u64, oneshot::Sender<String>);

/// One interest in one destination; dropping it withdraws it.
#[derive(Debug)]
pub(crate) struct Watch {
    faults: Arc<Faults>,
    address: SocketAddr,
    id: u64,
    fault: oneshot::Receiver<String>,
}

impl Faults {
    /// Starts watching `address`.
    pub(crate) fn watch(self: &Arc<Self>, address: SocketAddr) -> Watch {
        let (sender, fault) = oneshot::channel();
        let id = rand::random();
        self.watchers.lock().entry(address).or_default().push((id, sender));
        Watch { faults: Arc::clone(self), address, id, fault }
    }

    /// Tells everybody who watches `address`.
    pub(crate) fn report(&self, address: SocketAddr, error: &io::Error) {
        let told = self.watchers.lock().remove(&address).unwrap_or_default();
        for (_, watcher) in told {
            // A watcher that has gone away meanwhile no longer cares.
            let _ = watcher.send(format!("{address}: {error}"));
        }
    }
}

impl Watch {
    /// Waits for a fault; for ever if there is none.
    pub(crate) async fn fault(&mut self) -> String {
        match (&mut self.fault).await {
            Ok(reason) => reason,
            Err(_) => std::future::pending().await,
        }
    }

    /// The fault that has been reported already, if any.
    pub(crate) fn reported(&mut self) -> Option<String> {
        self.fault.try_recv().ok()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let mut watchers = self.faults.watchers.lock();
        if let Some(here) = watchers.get_mut(&self.address) {
            here.retain(|(id, _)| *id != self.id);
            if here.is_empty() {
                watchers.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused() -> io::Error {
        io::Error::from(io::ErrorKind::ConnectionRefused)
    }

    #[tokio::test]
    async fn only_the_watchers_of_that_address_are_told() {
        let faults = Arc::new(Faults::default());
        let (here, there) = ("127.0.0.1:1".parse().unwrap(), "127.0.0.1:2".parse().unwrap());
        let (mut first, mut second, mut other) = (faults.watch(here), faults.watch(here), faults.watch(there));
        faults.report(here, &refused());
        assert!(first.fault().await.starts_with("127.0.0.1:1: "));
        assert!(second.reported().is_some());
        assert_eq!(other.reported(), None);
    }

    #[test]
    fn a_dropped_watch_leaves_nothing_behind() {
        let faults = Arc::new(Faults::default());
        drop(faults.watch("127.0.0.1:1".parse().unwrap()));
        assert!(faults.watchers.lock().is_empty());
    }
}
