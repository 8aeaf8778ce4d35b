//! Compiling in a process of its own: what a hostile component does to the compiler ends with that process.
//!
//! The worker is this same binary. It gets the component on its standard input, sets its own limits before it reads a byte of it, and
//! writes machine code, or a line that says what is wrong.

mod child;

use std::ffi::OsString;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{ExitStatus, Output, Stdio};
use std::time::Duration;

use strowger_compiled::Compiled;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tokio::sync::Semaphore;

pub use child::run as compile_worker;

use crate::install_error::InstallError;

/// Exit status of a worker that says on its standard error what is wrong with the component.
const REFUSED: i32 = 3;
/// Bytes of what a worker says.
const MAX_MESSAGE: usize = 1_000;

/// How compile workers are started and what they may use.
#[derive(Debug, Clone)]
pub struct WorkerConfig {
    /// The binary, and the arguments that make it a worker.
    pub program: PathBuf,
    /// Its arguments; the limit of memory in bytes and that of time in seconds are appended.
    pub arguments: Vec<OsString>,
    /// Bytes of address space of one worker.
    pub memory_bytes: u64,
    /// From start to end.
    pub time: Duration,
    /// Workers at once.
    pub concurrency: usize,
}

impl WorkerConfig {
    /// Workers that a program starts with these arguments, with the usual limits.
    #[must_use]
    pub fn new(program: PathBuf, arguments: Vec<OsString>) -> Self {
        Self { program, arguments, memory_bytes: 2 << 30, time: Duration::from_secs(120), concurrency: 1 }
    }
}

/// Starts workers, a bounded number at once.
pub(crate) struct Workers {
    config: WorkerConfig,
    free: Semaphore,
}

impl Workers {
    pub(crate) fn new(config: WorkerConfig) -> Self {
        let free = Semaphore::new(config.concurrency.max(1));
        Self { config, free }
    }

    /// Compiles a component in a worker.
    pub(crate) async fn compile(&self, component: &[u8]) -> Result<Compiled, InstallError> {
        let _turn = self.free.acquire().await.map_err(|error| InstallError::Compiler(error.to_string()))?;
        let ended = tokio::time::timeout(self.config.time, self.run(component)).await;
        let output = ended
            .map_err(|_| InstallError::CompileTime(self.config.time))?
            .map_err(|error| InstallError::Compiler(error.to_string()))?;
        self.judge(output)
    }

    async fn run(&self, component: &[u8]) -> std::io::Result<Output> {
        let mut worker = Command::new(&self.config.program)
            .args(&self.config.arguments)
            .arg(self.config.memory_bytes.to_string())
            .arg(self.config.time.as_secs().max(1).to_string())
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let input = worker.stdin.take();
        let feed = async {
            if let Some(mut input) = input {
                // A worker that has ended says why; that it does not read on is no news then.
                let _ = input.write_all(component).await;
            }
        };
        let (output, ()) = tokio::join!(worker.wait_with_output(), feed);
        output
    }

    fn judge(&self, output: Output) -> Result<Compiled, InstallError> {
        if output.status.success() {
            return Ok(Compiled::from_worker(output.stdout));
        }
        let said = String::from_utf8_lossy(&output.stderr).trim().chars().take(MAX_MESSAGE).collect::<String>();
        if output.status.code() == Some(REFUSED) {
            return Err(InstallError::Invalid(said));
        }
        Err(self.killed(output.status, &said))
    }

    /// Memory that cannot be had aborts the process, and processor time that is used up ends it by SIGXCPU.
    fn killed(&self, status: ExitStatus, said: &str) -> InstallError {
        const SIGABRT: i32 = 6;
        const SIGXCPU: i32 = 24;
        match status.signal() {
            Some(SIGABRT) if said.contains("memory allocation") => {
                InstallError::CompileMemory(self.config.memory_bytes)
            }
            Some(SIGXCPU) => InstallError::CompileTime(self.config.time),
            Some(signal) => InstallError::CompilerCrashed(format!("signal {signal}")),
            None => InstallError::CompilerCrashed(format!("{status}: {said}")),
        }
    }
}
