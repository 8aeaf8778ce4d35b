//! sipp as a child process.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::process::{Child, Command};

use crate::PATIENCE;

/// A running sipp that takes one call.
pub(crate) struct Sipp {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Sipp {
    /// Plays `scenario` over UDP.
    pub(crate) async fn play(scenario: &str) -> Self {
        Self::start(scenario, "u1", "/proc/net/udp").await
    }

    /// Plays `scenario` over TCP.
    pub(crate) async fn play_over_tcp(scenario: &str) -> Self {
        Self::start(scenario, "t1", "/proc/net/tcp").await
    }

    async fn start(scenario: &str, transport: &str, sockets: &str) -> Self {
        let port = free_port();
        let file: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests/scenarios", scenario].iter().collect();
        let mut command = Command::new("sipp");
        command.arg("-sf").arg(file);
        command.args(["-i", "127.0.0.1", "-p", &port.to_string(), "-t", transport]);
        command.args(["-m", "1", "-timeout", "30", "-timeout_error", "-nostdin"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).stdin(Stdio::null()).kill_on_drop(true);
        let child = command.spawn().unwrap_or_else(|error| {
            panic!("sipp cannot be started ({error}): install it, on Debian with `apt-get install sip-tester`")
        });
        let sipp = Self { child, address: (Ipv4Addr::LOCALHOST, port).into() };
        listening(Path::new(sockets), port).await;
        sipp
    }

    /// Waits for the end of the scenario, which must have gone as written.
    pub(crate) async fn ends_well(mut self) {
        let status = tokio::time::timeout(2 * PATIENCE, self.child.wait()).await.expect("sipp does not end").unwrap();
        let mut said = String::new();
        if let Some(stderr) = &mut self.child.stderr {
            stderr.read_to_string(&mut said).await.unwrap();
        }
        assert!(status.success(), "sipp: {status}\n{said}");
    }
}

fn free_port() -> u16 {
    UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

/// Waits until the kernel lists the port, as a probe of ours would be taken for a call.
async fn listening(sockets: &Path, port: u16) {
    let entry = format!("0100007F:{port:04X} ");
    let wait = async {
        while !tokio::fs::read_to_string(sockets).await.unwrap().contains(&entry) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.expect("sipp does not listen");
}
