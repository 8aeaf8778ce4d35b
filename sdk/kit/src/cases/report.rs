//! What became of cases, as people read it.

use std::fmt;

use serde_json::Value;
use similar::{ChangeTag, TextDiff};
use strowger_sandbox::{LogLevel, Usage};

use crate::format::{count, time};

/// What became of a file of cases.
#[derive(Debug, Clone)]
pub struct Report {
    /// The file.
    pub file: String,
    /// Its cases.
    pub cases: Vec<Tried>,
    /// Whether what the plugin said is shown of the cases that passed, too.
    pub shows_every_line: bool,
}

/// What became of a case.
#[derive(Debug, Clone)]
pub struct Tried {
    pub(crate) name: String,
    pub(crate) differences: Vec<Difference>,
    pub(crate) prepared: Usage,
    pub(crate) usage: Usage,
    /// What the plugin said.
    pub(crate) lines: Vec<(LogLevel, String)>,
}

/// Something that came out otherwise.
#[derive(Debug, Clone)]
pub(crate) struct Difference {
    what: String,
    expected: Value,
    got: Value,
}

impl Difference {
    pub(crate) fn new(what: &str, expected: Value, got: Value) -> Self {
        Self { what: what.to_owned(), expected, got }
    }
}

impl Tried {
    pub(crate) fn of(name: &str) -> Self {
        let (prepared, usage) = (Usage::default(), Usage::default());
        Self { name: name.to_owned(), differences: Vec::new(), prepared, usage, lines: Vec::new() }
    }

    pub(crate) fn impossible(name: &str, reason: String) -> Self {
        Self { differences: vec![Difference::new("case", Value::Null, reason.into())], ..Self::of(name) }
    }

    fn passed(&self) -> bool {
        self.differences.is_empty()
    }
}

impl Report {
    /// How many came out as expected.
    #[must_use]
    pub fn passed(&self) -> usize {
        self.cases.iter().filter(|case| case.passed()).count()
    }

    /// How many came out otherwise.
    #[must_use]
    pub fn failed(&self) -> usize {
        self.cases.len() - self.passed()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for case in &self.cases {
            let word = if case.passed() { "ok  " } else { "FAIL" };
            writeln!(f, "{word} {}: {} [{}]", self.file, case.name, cost(case))?;
            case.differences.iter().try_for_each(|difference| difference.fmt(f))?;
            if !case.passed() || self.shows_every_line {
                case.lines.iter().try_for_each(|(level, line)| writeln!(f, "  log {:<5} {line}", level.name()))?;
            }
        }
        Ok(())
    }
}

fn cost(case: &Tried) -> String {
    let of = |usage: &Usage| format!("fuel {} in {}", count(usage.fuel), time(usage.elapsed));
    match (case.prepared.fuel, case.usage.fuel) {
        (0, 0) => "not asked".into(),
        (0, _) => of(&case.usage),
        _ => format!("{}, prepared with {}", of(&case.usage), of(&case.prepared)),
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  {}:", self.what)?;
        let (expected, got) = (lines(&self.expected), lines(&self.got));
        for change in TextDiff::from_lines(&expected, &got).iter_all_changes() {
            let sign = match change.tag() {
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
                ChangeTag::Equal => ' ',
            };
            writeln!(f, "    {sign} {}", change.value().trim_end())?;
        }
        Ok(())
    }
}

/// A list of texts one a line, anything else as JSON.
fn lines(value: &Value) -> String {
    let texts: Option<Vec<&str>> = value.as_array().and_then(|entries| entries.iter().map(Value::as_str).collect());
    match (texts, value) {
        (Some(texts), _) => texts.iter().map(|text| format!("{text}\n")).collect(),
        (None, Value::String(text)) => format!("{text}\n"),
        (None, other) => format!("{other:#}\n"),
    }
}
