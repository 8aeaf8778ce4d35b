//! Waiting for what happens elsewhere, within a bound.

use std::time::Duration;

/// The longest wait for anything that should happen at once.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Asks until the answer is there.
///
/// # Panics
/// Where it is not there in time; `what` says what was waited for.
pub async fn eventually<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let asked = async {
        loop {
            match ask().await {
                Some(answer) => return answer,
                None => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    };
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(answer) => answer,
        Err(_) => panic!("waited {PATIENCE:?} in vain for {what}"),
    }
}

/// A UDP port of 127.0.0.1 that nobody uses now.
///
/// # Panics
/// Where there is none.
#[must_use]
pub fn free_udp_port() -> u16 {
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").expect("a free port");
    socket.local_addr().expect("a bound socket has an address").port()
}
