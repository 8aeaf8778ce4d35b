//! `strowger route test`: files of routing test cases, run offline.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;
use strowger_routing::cases::{self, LARGEST_FILE, Verdict};
use strowger_sandbox::Sandbox;

use crate::Failure;
use crate::cli::RouteTestArgs;
use crate::wiring;

/// What became of a file: its verdicts, or why there are none.
#[derive(Serialize)]
struct Tried {
    file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    cases: Vec<Verdict>,
}

/// Everything that was tried.
#[derive(Serialize)]
struct Report {
    files: Vec<Tried>,
    passed: usize,
    failed: usize,
    /// Files of which no case could be run.
    broken: usize,
}

/// Runs every file's cases and says what became of them; fails where not all is well.
#[expect(clippy::print_stdout, reason = "this is what the command is for")]
pub async fn run(args: &RouteTestArgs) -> Result<(), Failure> {
    let sandbox = wiring::offline_sandbox(args.plugins.as_deref()).await?;
    let mut files = Vec::with_capacity(args.files.len());
    for file in &args.files {
        files.push(tried(&sandbox, file).await);
    }
    let report = Report::of(files);
    if args.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{report}");
    }
    if report.is_well() { Ok(()) } else { Err(report.summary().into()) }
}

async fn tried(sandbox: &Arc<Sandbox>, path: &Path) -> Tried {
    let (cases, error) = match verdicts(sandbox, path).await {
        Ok(verdicts) => (verdicts, None),
        Err(error) => (Vec::new(), Some(error.to_string())),
    };
    Tried { file: path.display().to_string(), error, cases }
}

async fn verdicts(sandbox: &Arc<Sandbox>, path: &Path) -> Result<Vec<Verdict>, Failure> {
    let mut verdicts = Vec::new();
    for suite in cases::read(path, &contents(path)?)? {
        verdicts.extend(cases::run(sandbox, &suite).await?);
    }
    Ok(verdicts)
}

/// A file's bytes; of one that is too large as many as show that.
fn contents(path: &Path) -> Result<Vec<u8>, std::io::Error> {
    let bound = u64::try_from(LARGEST_FILE).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    File::open(path)?.take(bound).read_to_end(&mut bytes)?;
    Ok(bytes)
}

impl Report {
    fn of(files: Vec<Tried>) -> Self {
        let verdicts = || files.iter().flat_map(|file| &file.cases);
        let passed = verdicts().filter(|verdict| verdict.passed()).count();
        let failed = verdicts().count() - passed;
        let broken = files.iter().filter(|file| file.error.is_some()).count();
        Self { files, passed, failed, broken }
    }

    fn is_well(&self) -> bool {
        self.failed == 0 && self.broken == 0
    }

    fn summary(&self) -> String {
        let broken = match self.broken {
            0 => String::new(),
            1 => ", 1 file cannot be run".into(),
            several => format!(", {several} files cannot be run"),
        };
        format!("{} passed, {} failed{broken}", self.passed, self.failed)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Tried { file, error, cases } in &self.files {
            for verdict in cases {
                let word = if verdict.passed() { "ok   " } else { "FAIL " };
                writeln!(f, "{word} {file}: {}", verdict.case)?;
                if !verdict.passed() {
                    verdict.fmt(f)?;
                }
            }
            for line in error.iter().flat_map(|error| error.lines()) {
                writeln!(f, "ERROR {file}: {line}")?;
            }
        }
        writeln!(f, "{}", self.summary())
    }
}
