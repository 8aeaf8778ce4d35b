//! One `redis-server`.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{Read, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::{Certificates, ports};

/// How long a server may take to start.
const STARTING: Duration = Duration::from_secs(15);

/// How a server is started.
#[derive(Debug, Clone, Default)]
pub struct RedisOptions {
    /// Waits for the disk with every write.
    pub fsync_always: bool,
    /// The only user: a name, a password and what it may do, in the words of `ACL SETUSER`.
    pub user: Option<(String, String, String)>,
    /// TLS with these certificates, and nothing else.
    pub tls: Option<Certificates>,
    /// More lines of the configuration.
    pub lines: Vec<String>,
}

/// A running server; ended when dropped.
#[derive(Debug)]
pub struct Redis {
    /// Its port on the loopback interface.
    pub port: u16,
    options: RedisOptions,
    folder: TempDir,
    is_sentinel: bool,
    child: Mutex<Child>,
}

impl Redis {
    /// Starts a server with an append-only file.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with(&RedisOptions::default())
    }

    /// Starts a server.
    #[must_use]
    pub fn start_with(options: &RedisOptions) -> Self {
        Self::start_as(options, false)
    }

    pub(crate) fn start_as(options: &RedisOptions, is_sentinel: bool) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let port = ports::free();
        let text = if is_sentinel { sentinel(options, port) } else { configuration(options, folder.path(), port) };
        std::fs::write(folder.path().join("redis.conf"), text).expect("a configuration file");
        let child = Mutex::new(spawn(folder.path(), is_sentinel));
        let server = Self { port, options: options.clone(), folder, is_sentinel, child };
        server.wait();
        server
    }

    /// Where it is, for `RedisConfig::parse`.
    #[must_use]
    pub fn url(&self) -> String {
        let login = self.options.user.as_ref();
        let login = login.map_or_else(String::new, |(name, password, _)| format!("{name}:{password}@"));
        match self.options.tls {
            Some(_) => format!("rediss://{login}localhost:{}", self.port),
            None => format!("redis://{login}127.0.0.1:{}", self.port),
        }
    }

    /// Ends it at once, as a crash would.
    pub fn kill(&self) {
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        // It may have ended by itself.
        let _ = child.kill();
        let _ = child.wait();
    }

    /// Starts it again after [`Redis::kill`], on the same port and with what it had; returns when it answers.
    pub fn restart(&self) {
        self.kill();
        *self.child.lock().unwrap_or_else(PoisonError::into_inner) = spawn(self.folder.path(), self.is_sentinel);
        self.wait();
    }

    /// Lets it hang: its connections stay, but nothing is answered.
    pub fn pause(&self) {
        self.signal("-STOP");
    }

    /// Lets it go on after [`Redis::pause`].
    pub fn resume(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let process = self.child.lock().unwrap_or_else(PoisonError::into_inner).id().to_string();
        let status = Command::new("kill").args([signal, &process]).status().expect("kill is there");
        assert!(status.success(), "redis-server has ended: {}", self.log());
    }

    /// Runs `redis-cli`, and answers what it prints.
    ///
    /// # Panics
    /// Where it says that something failed.
    #[must_use]
    pub fn cli(&self, arguments: &[&str]) -> String {
        let mut command = Command::new("redis-cli");
        command.args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "-e"]).args(arguments);
        let output = command.stdin(Stdio::null()).output().expect(MISSING);
        let printed = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        assert!(
            output.status.success(),
            "redis-cli {arguments:?}: {printed}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        printed
    }

    /// What the server has written to its log since it was last started.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read_to_string(log(self.folder.path())).unwrap_or_default()
    }

    fn wait(&self) {
        let start = Instant::now();
        while !self.answers() {
            let ended = self.child.lock().unwrap_or_else(PoisonError::into_inner).try_wait();
            let has_ended = ended.is_ok_and(|status| status.is_some());
            assert!(!has_ended && start.elapsed() < STARTING, "redis-server does not start: {}", self.log());
            std::thread::sleep(Duration::from_millis(3));
        }
    }

    fn answers(&self) -> bool {
        if self.options.tls.is_some() {
            return self.log().contains("Ready to accept connections");
        }
        let ping = || -> std::io::Result<Vec<u8>> {
            let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
            stream.set_read_timeout(Some(Duration::from_secs(1)))?;
            stream.write_all(b"PING\r\n")?;
            let mut answer = vec![0; 7];
            stream.read_exact(&mut answer)?;
            Ok(answer)
        };
        // One that wants a password answers, too.
        ping().is_ok_and(|answer| answer == b"+PONG\r\n" || answer == b"-NOAUTH")
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.kill();
    }
}

const MISSING: &str = "redis-server and redis-cli are needed; `make test` installs them";

fn log(folder: &Path) -> PathBuf {
    folder.join("log")
}

fn spawn(folder: &Path, is_sentinel: bool) -> Child {
    let file = File::create(log(folder)).expect("a log file");
    let mut command = Command::new("redis-server");
    command.arg("redis.conf").args(is_sentinel.then_some("--sentinel"));
    command.current_dir(folder).stdin(Stdio::null()).stdout(file).stderr(Stdio::null());
    command.spawn().expect(MISSING)
}

fn configuration(options: &RedisOptions, folder: &Path, port: u16) -> String {
    let fsync = if options.fsync_always { "always" } else { "everysec" };
    let mut text = format!(
        "bind 127.0.0.1\ndir {}\nsave \"\"\nappendonly yes\nappendfsync {fsync}\ndaemonize no\nmaxmemory-policy noeviction\n",
        folder.display()
    );
    let mut line = |line: String| writeln!(text, "{line}").expect("text grows");
    match &options.tls {
        None => line(format!("port {port}")),
        Some(tls) => {
            line(format!("port 0\ntls-port {port}\ntls-auth-clients yes"));
            line(format!("tls-cert-file {}\ntls-key-file {}", tls.certificate.display(), tls.key.display()));
            line(format!("tls-ca-cert-file {}", tls.authority.display()));
        }
    }
    if let Some((name, password, rules)) = &options.user {
        line(format!("user default off\nuser {name} on >{password} {rules}"));
    }
    options.lines.iter().cloned().for_each(line);
    text
}

fn sentinel(options: &RedisOptions, port: u16) -> String {
    format!("bind 127.0.0.1\nport {port}\n{}\n", options.lines.join("\n"))
}
