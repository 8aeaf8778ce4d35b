//! sipp as a carrier.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use tempfile::TempDir;

use crate::SipMessage;
use crate::wait::free_udp_port;

/// Where scenarios want to hear voice if the test does not say; the port of `discard`, where nobody listens.
const NOBODY_HEARS: u16 = 9;

/// The path of a scenario of this crate.
#[must_use]
pub fn scenario(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(format!("{name}.xml"))
}

/// A sipp that plays a carrier; ended when dropped.
pub struct Sipp {
    child: Child,
    /// Its port on 127.0.0.1.
    pub port: u16,
    folder: TempDir,
}

impl Sipp {
    /// Answers one call by a scenario, then ends.
    #[must_use]
    pub fn answer(name: &str) -> Self {
        Self::answer_with(name, NOBODY_HEARS)
    }

    /// As [`Self::answer`]; its session description names this port for voice.
    ///
    /// # Panics
    /// Where sipp is not installed.
    #[must_use]
    pub fn answer_with(name: &str, ear: u16) -> Self {
        let port = free_udp_port();
        let folder = TempDir::new().expect("a temporary folder");
        let child = Command::new("sipp")
            .arg("-sf")
            .arg(scenario(name))
            .args(["-i", "127.0.0.1", "-p", &port.to_string(), "-key", "ear", &ear.to_string()])
            .args(["-m", "1", "-timeout", "60", "-timeout_error", "-nostdin"])
            .args(["-trace_err", "-error_file", "errors.log", "-trace_msg", "-message_file", "messages.log"])
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("sipp runs: install the package sip-tester");
        wait_for_port(port);
        Self { child, port, folder }
    }

    /// Waits for the end of the scenario, which must have gone as it is written, and returns the messages that it received.
    ///
    /// # Panics
    /// Where it went differently.
    pub async fn finished(mut self) -> Vec<SipMessage> {
        let status: ExitStatus =
            crate::eventually("sipp to end", async || self.child.try_wait().expect("sipp is ours")).await;
        assert!(status.success(), "sipp: {status}\n{}\n{}", self.log("errors.log"), self.log("messages.log"));
        self.received()
    }

    /// The messages that it received so far.
    #[must_use]
    pub fn received(&self) -> Vec<SipMessage> {
        let log = self.log("messages.log");
        let entries = log.split("-----------------------------------------------").filter_map(|entry| {
            let (note, message) = entry.split_once("bytes :")?;
            note.contains("message received").then(|| SipMessage(message.trim_start().to_owned()))
        });
        entries.collect()
    }

    fn log(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(name)).unwrap_or_default()
    }
}

/// sipp tells nobody when it listens: the kernel's table of sockets does.
fn wait_for_port(port: u16) {
    let wanted = format!("0100007F:{port:04X} ");
    for _ in 0..1_000 {
        let table = std::fs::read_to_string("/proc/net/udp").unwrap_or_default();
        if table.lines().any(|line| line.contains(&wanted)) {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    panic!("sipp does not listen on port {port}");
}

impl Drop for Sipp {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
