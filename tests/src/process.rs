//! A `strowger serve` process.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use tempfile::TempDir;

use crate::{binary, eventually};

/// The admin key of servers under test.
pub const ADMIN_KEY: &str = "an-admin-key-for-tests-only";

/// The keys for secrets at rest of servers that share a Redis.
const SHARED_KEYS: &str = "tests:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

/// How a server is started.
#[derive(Debug, Default)]
pub struct ServerOptions {
    /// More arguments.
    pub args: Vec<String>,
    /// A data folder that outlives the server, for restarts.
    pub data: Option<PathBuf>,
    /// State in this Redis instead of the embedded store.
    pub redis: Option<String>,
    /// Leave the choice of an admin key to the server.
    pub own_admin_key: bool,
}

/// A running server; ended when dropped.
pub(crate) struct Process {
    child: Mutex<Child>,
    pub(crate) http: SocketAddr,
    pub(crate) sip: SocketAddr,
    pub(crate) media: PathBuf,
    printed: Arc<Mutex<Vec<String>>>,
    log: PathBuf,
    _home: TempDir,
}

impl Process {
    /// Starts a server on free ports; returns when it listens.
    pub(crate) fn start(options: &ServerOptions) -> Self {
        let home = TempDir::new().expect("a temporary folder");
        let data = options.data.clone().unwrap_or_else(|| home.path().join("data"));
        let (media, log) = (data.join("media"), home.path().join("log"));
        std::fs::create_dir_all(&media).expect("a media folder");
        let errors = std::fs::File::create(&log).expect("a log file");
        let mut child =
            command(&data, options).stdout(Stdio::piped()).stderr(errors).spawn().expect("the binary starts");
        let stdout = child.stdout.take().expect("standard output is piped");
        let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
        let line = lines.by_ref().find(|line| line.starts_with("listening "));
        let line =
            line.unwrap_or_else(|| panic!("the server ended: {}", std::fs::read_to_string(&log).unwrap_or_default()));
        let printed = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&printed);
        // Read to the end, so that the pipe never fills.
        std::thread::spawn(move || lines.for_each(|line| told.lock().expect("not poisoned").push(line)));
        let (http, sip) = (address(&line, "http="), address(&line, "sip="));
        Self { child: Mutex::new(child), http, sip, media, printed, log, _home: home }
    }

    /// The lines of standard output after the one that says where it listens.
    pub(crate) fn printed(&self) -> Vec<String> {
        self.printed.lock().expect("not poisoned").clone()
    }

    /// Standard error so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// What the system calls it.
    pub(crate) fn id(&self) -> u32 {
        self.child.lock().unwrap_or_else(PoisonError::into_inner).id()
    }

    /// Ends the process at once, as a crash would.
    pub(crate) fn kill(&self) {
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        // It may have ended by itself.
        let _ = child.kill();
        let _ = child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            let log = self.log();
            let tail: Vec<&str> = log.lines().rev().take(40).collect();
            tail.iter().rev().for_each(|line| eprintln!("server: {line}"));
        }
    }
}

fn command(data: &Path, options: &ServerOptions) -> Command {
    let mut command = Command::new(binary::strowger());
    command.arg("serve").arg("--data").arg(data);
    for option in ["--http", "--sip"].into_iter().filter(|option| options.args.iter().all(|arg| arg != option)) {
        command.args([option, "127.0.0.1:0"]);
    }
    if !options.own_admin_key {
        command.args(["--admin-key", ADMIN_KEY]);
    }
    if let Some(url) = &options.redis {
        command.args(["--redis", url]).env("STROWGER_SECRETS_KEYS", SHARED_KEYS);
    }
    command.args(&options.args).stdin(Stdio::null());
    command
}

fn address(line: &str, name: &str) -> SocketAddr {
    let field = line.split_whitespace().find_map(|field| field.strip_prefix(name));
    field.and_then(|address| address.parse().ok()).unwrap_or_else(|| panic!("no {name} in '{line}'"))
}

/// Starts a server that must refuse to start; what it says on standard error.
///
/// # Panics
/// Where it starts, or ends as if all were well.
pub async fn refused_start(data: &Path, args: &[&str]) -> String {
    let options = ServerOptions { args: args.iter().map(ToString::to_string).collect(), ..ServerOptions::default() };
    let home = TempDir::new().expect("a temporary folder");
    let log = home.path().join("log");
    let errors = std::fs::File::create(&log).expect("a log file");
    let mut child = command(data, &options).stdout(Stdio::null()).stderr(errors).spawn().expect("the binary starts");
    let status = eventually("the server to refuse", async || child.try_wait().expect("the process is ours")).await;
    assert!(!status.success(), "the server ended as if all were well");
    std::fs::read_to_string(&log).expect("the log can be read")
}
