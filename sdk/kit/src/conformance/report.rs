//! What the kit found, as a table.

use std::fmt;

use strowger_sandbox::FaultKind;

use crate::format::{count, time};
use crate::measure::Answer;

/// Everything that the kit tried.
#[derive(Debug, Clone)]
pub struct Conformance {
    /// A line for each check.
    pub lines: Vec<Line>,
}

/// One check.
#[derive(Debug, Clone)]
pub struct Line {
    what: &'static str,
    asked: u32,
    answered: u32,
    fuel: u64,
    slowest: std::time::Duration,
    words: Option<String>,
    /// A limit that more than is demanded ran into.
    limit: Option<String>,
    problems: Vec<String>,
}

impl Line {
    pub(super) fn of(what: &'static str) -> Self {
        Self {
            what,
            asked: 0,
            answered: 0,
            fuel: 0,
            slowest: std::time::Duration::ZERO,
            words: None,
            limit: None,
            problems: Vec::new(),
        }
    }

    pub(super) fn saw(&mut self, answer: &Answer) {
        self.asked += 1;
        self.answered += u32::from(answer.result.is_ok());
        self.fuel = self.fuel.max(answer.usage.fuel).max(answer.prepared.fuel);
        self.slowest = self.slowest.max(answer.usage.elapsed).max(answer.prepared.elapsed);
        let refusal = answer.result.as_ref().err().map(|fault| &fault.kind);
        if let Some(kind @ (FaultKind::BadParameter { .. } | FaultKind::Refused(_))) = refusal {
            self.words.get_or_insert_with(|| kind.to_string());
        }
    }

    pub(super) fn problem(&mut self, text: String) {
        if !self.problems.contains(&text) {
            self.problems.push(text);
        }
    }

    pub(super) fn reached(&mut self, limit: String) {
        self.limit.get_or_insert(limit);
    }

    fn word(&self) -> &'static str {
        match (self.passed(), &self.limit) {
            (false, _) => "FAIL",
            (true, Some(_)) => "slow",
            (true, None) => "ok",
        }
    }

    fn passed(&self) -> bool {
        self.problems.is_empty()
    }
}

impl Conformance {
    /// Whether the plugin keeps to the contract whatever it is asked.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.lines.iter().all(Line::passed)
    }
}

impl fmt::Display for Conformance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<4} {:<34} {:>6} {:>8} {:>14} {:>10}",
            "", "check", "asked", "answered", "most fuel", "slowest"
        )?;
        for line in &self.lines {
            let word = line.word();
            let (fuel, slowest) = (count(line.fuel), time(line.slowest));
            let Line { what, asked, answered, .. } = line;
            writeln!(f, "{word:<4} {what:<34} {asked:>6} {answered:>8} {fuel:>14} {slowest:>10}")?;
            line.words.iter().try_for_each(|words| writeln!(f, "       it {words}"))?;
            line.limit.iter().try_for_each(|limit| writeln!(f, "       it {limit}"))?;
            line.problems.iter().try_for_each(|problem| writeln!(f, "     ! {problem}"))?;
        }
        Ok(())
    }
}
