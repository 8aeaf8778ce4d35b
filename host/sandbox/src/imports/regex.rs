//! `regex`: sets of expressions in the host's linear-time engine, so that no plugin carries an engine of its own.

use regex::bytes::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};
use wasmtime::component::Resource;

use crate::bindings::selector::strowger::plugin::regex::{Host, HostRegexSet, PatternFault};
use crate::state::State;

/// Expressions in one set.
const MAX_PATTERNS: usize = 100_000;
/// Bytes that the compiled form of one set may take: 10,000 expressions on telephone numbers need about 20 MB.
const MAX_SET_BYTES: usize = 128 << 20;
/// Bytes that one compiled expression may take.
const MAX_PATTERN_BYTES: usize = 1 << 20;

/// A compiled set. Single expressions are compiled when captures are first asked of them.
pub struct CompiledSet {
    set: RegexSet,
    singles: Vec<Option<Regex>>,
}

impl CompiledSet {
    fn compile(patterns: &[String]) -> Result<Self, PatternFault> {
        if patterns.len() > MAX_PATTERNS {
            return Err(PatternFault { pattern: 0, message: format!("more than {MAX_PATTERNS} patterns") });
        }
        match build_set(patterns) {
            Ok(set) => Ok(Self { set, singles: vec![None; patterns.len()] }),
            Err(error) => Err(culprit(patterns, &error)),
        }
    }

    fn single(&mut self, pattern: u32) -> Option<&Regex> {
        let index = usize::try_from(pattern).ok()?;
        let text = self.set.patterns().get(index)?;
        let slot = self.singles.get_mut(index)?;
        if slot.is_none() {
            *slot = build(text).ok();
        }
        slot.as_ref()
    }
}

/// Numbers and SIP names are ASCII: without Unicode classes `\d` is ten digits and the set stays small and fast. Expressions that
/// need Unicode (`\p{…}`) are compiled with it.
fn build_set(patterns: &[String]) -> Result<RegexSet, regex::Error> {
    let build = |unicode| RegexSetBuilder::new(patterns).unicode(unicode).size_limit(MAX_SET_BYTES).build();
    build(false).or_else(|_| build(true))
}

fn build(pattern: &str) -> Result<Regex, regex::Error> {
    let build = |unicode| RegexBuilder::new(pattern).unicode(unicode).size_limit(MAX_PATTERN_BYTES).build();
    build(false).or_else(|_| build(true))
}

/// A set does not tell which pattern is bad: found by compiling them one by one.
fn culprit(patterns: &[String], error: &regex::Error) -> PatternFault {
    let bad = patterns.iter().zip(0_u32..).find_map(|(text, index)| build(text).err().map(|e| (index, e)));
    let (pattern, message) = match bad {
        Some((index, error)) => (index, error.to_string()),
        None => (0, error.to_string()),
    };
    PatternFault { pattern, message: message.chars().take(300).collect() }
}

impl Host for State {}

impl HostRegexSet for State {
    fn compile(&mut self, patterns: Vec<String>) -> wasmtime::Result<Result<Resource<CompiledSet>, PatternFault>> {
        self.count_host_call()?;
        match CompiledSet::compile(&patterns) {
            Ok(set) => Ok(Ok(self.table.push(set)?)),
            Err(fault) => Ok(Err(fault)),
        }
    }

    fn matches(&mut self, set: Resource<CompiledSet>, text: String) -> wasmtime::Result<Vec<u32>> {
        self.count_host_call()?;
        let compiled = self.table.get(&set)?;
        Ok(compiled.set.matches(text.as_bytes()).into_iter().filter_map(|index| u32::try_from(index).ok()).collect())
    }

    fn captures(
        &mut self,
        set: Resource<CompiledSet>,
        pattern: u32,
        text: String,
    ) -> wasmtime::Result<Vec<Option<String>>> {
        self.count_host_call()?;
        let compiled = self.table.get_mut(&set)?;
        let captures = compiled.single(pattern).and_then(|regex| regex.captures(text.as_bytes()));
        Ok(captures.map_or_else(Vec::new, |groups| {
            groups.iter().map(|group| group.map(|m| String::from_utf8_lossy(m.as_bytes()).into_owned())).collect()
        }))
    }

    fn drop(&mut self, set: Resource<CompiledSet>) -> wasmtime::Result<()> {
        self.table.delete(set)?;
        Ok(())
    }
}
