//! A `strowger practice-carrier` process.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use crate::{binary, eventually};

/// A practice carrier; ended when dropped.
pub struct PracticeCarrier {
    child: Child,
    /// Its port on 127.0.0.1.
    pub port: u16,
    calls: Arc<Mutex<Vec<String>>>,
}

impl PracticeCarrier {
    /// Starts one on a free port that answers every call with `code`; `args` are more options.
    ///
    /// # Panics
    /// Where it does not start.
    #[must_use]
    pub fn start(code: u16, args: &[&str]) -> Self {
        let mut child = Command::new(binary::strowger())
            .args(["practice-carrier", "--listen", "127.0.0.1:0", "--answer", &code.to_string()])
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the practice carrier starts");
        let stdout = child.stdout.take().expect("standard output is piped");
        let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
        let line = lines.by_ref().find(|line| line.starts_with("listening ")).expect("it says where it listens");
        let port = line.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
        let calls = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&calls);
        std::thread::spawn(move || lines.for_each(|line| told.lock().expect("not poisoned").push(line)));
        Self { child, port, calls }
    }

    /// The lines about its finished calls.
    ///
    /// # Panics
    /// Where the reader has panicked.
    #[must_use]
    pub fn calls(&self) -> Vec<String> {
        self.calls.lock().expect("not poisoned").clone()
    }

    /// Waits for a line about a finished call that contains this text.
    pub async fn reports(&self, text: &str) -> String {
        let what = format!("the practice carrier to report '{text}'");
        eventually(&what, async || self.calls().into_iter().find(|line| line.contains(text))).await
    }
}

impl Drop for PracticeCarrier {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
