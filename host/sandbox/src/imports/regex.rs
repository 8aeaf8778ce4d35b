//! `regex`: sets of expressions in the host's linear-time engine, so that no plugin carries an engine of its own.
//!
//! The engine works on the host's time and memory, which fuel does not meter. So what all sets of an instance take together is bounded,
//! and so is the time spent on compiling them; and since "linear" means the text's length times the set's size, so is that product.

use std::time::{Duration, Instant};

use regex::bytes::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};
use wasmtime::component::Resource;

use crate::bindings::selector::strowger::plugin::regex::{Host, HostRegexSet, PatternFault};
use crate::state::State;

/// Expressions in one set.
const MAX_PATTERNS: usize = 100_000;
/// Bytes that the compiled form of one set may take, tried one after the other; the one that suffices is charged. 10,000 expressions on
/// telephone numbers need about 20 MB.
const SET_BYTES: [usize; 5] = [256 << 10, 1 << 20, 8 << 20, 32 << 20, 128 << 20];
/// Likewise for one expression of a set, of which captures are asked.
const PATTERN_BYTES: [usize; 3] = [32 << 10, 256 << 10, 1 << 20];
/// Bytes of a text times bytes of what it is matched with.
const MAX_WORK: usize = 8 << 30;

/// What the sets of one instance may still take of the host.
pub(crate) struct Room {
    bytes: usize,
    time: Duration,
}

impl Default for Room {
    fn default() -> Self {
        Self { bytes: 256 << 20, time: Duration::from_secs(5) }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("its regular expressions took more time to compile than an instance has for all of them")]
struct OutOfTime;

#[derive(Debug, thiserror::Error)]
#[error("a text of {0} bytes is too long to be matched with expressions of this size")]
struct TextTooLong(usize);

/// A compiled set. Single expressions are compiled when captures are first asked of them.
pub struct CompiledSet {
    set: RegexSet,
    /// What it is charged.
    bytes: usize,
    singles: Vec<Option<(Regex, usize)>>,
}

impl CompiledSet {
    fn compile(patterns: &[String], left: usize, deadline: Instant) -> Result<Self, PatternFault> {
        if patterns.len() > MAX_PATTERNS {
            return Err(PatternFault { pattern: 0, message: format!("more than {MAX_PATTERNS} patterns") });
        }
        match smallest(&SET_BYTES, left, |limit| build_set(patterns, limit)) {
            Ok((set, bytes)) => Ok(Self { set, bytes, singles: vec![None; patterns.len()] }),
            Err(error) => Err(culprit(patterns, &error, deadline)),
        }
    }

    /// What it and its single expressions are charged.
    fn charged(&self) -> usize {
        self.singles.iter().flatten().map(|(_, bytes)| bytes).fold(self.bytes, |sum, bytes| sum.saturating_add(*bytes))
    }

    /// One expression on its own, and what it costs where it had to be compiled. Where there is no room left for it, all others go.
    fn single(&mut self, pattern: u32, room: &mut Room) -> Option<&Regex> {
        let index = usize::try_from(pattern).ok()?;
        if self.singles.get(index)?.is_none() {
            let text = self.set.patterns().get(index)?;
            let (regex, bytes) = smallest(&PATTERN_BYTES, usize::MAX, |limit| build(text, limit)).ok()?;
            if bytes > room.bytes {
                room.bytes = room.bytes.saturating_add(self.charged().saturating_sub(self.bytes));
                self.singles.fill(None);
            }
            room.bytes = room.bytes.saturating_sub(bytes);
            *self.singles.get_mut(index)? = Some((regex, bytes));
        }
        self.singles.get(index)?.as_ref().map(|(regex, _)| regex)
    }
}

/// Builds with the least of the limits that suffices, and answers it too.
fn smallest<T>(
    limits: &[usize],
    left: usize,
    build: impl Fn(usize) -> Result<T, regex::Error>,
) -> Result<(T, usize), regex::Error> {
    let mut outcome = Err(regex::Error::CompiledTooBig(left));
    for limit in limits.iter().copied().filter(|limit| *limit <= left) {
        outcome = build(limit).map(|built| (built, limit));
        if !matches!(outcome, Err(regex::Error::CompiledTooBig(_))) {
            break;
        }
    }
    outcome
}

/// Numbers and SIP names are ASCII: without Unicode classes `\d` is ten digits and the set stays small and fast. Expressions that
/// need Unicode (`\p{…}`) are compiled with it.
fn build_set(patterns: &[String], limit: usize) -> Result<RegexSet, regex::Error> {
    either(|unicode| RegexSetBuilder::new(patterns).unicode(unicode).size_limit(limit).build())
}

fn build(pattern: &str, limit: usize) -> Result<Regex, regex::Error> {
    either(|unicode| RegexBuilder::new(pattern).unicode(unicode).size_limit(limit).build())
}

fn either<T>(build: impl Fn(bool) -> Result<T, regex::Error>) -> Result<T, regex::Error> {
    match build(false) {
        Err(regex::Error::Syntax(_)) => build(true),
        outcome => outcome,
    }
}

/// A set does not tell which pattern is bad: found by compiling them one by one, as long as there is time.
fn culprit(patterns: &[String], error: &regex::Error, deadline: Instant) -> PatternFault {
    let alone = |text: &String| smallest(&PATTERN_BYTES, usize::MAX, |limit| build(text, limit)).err();
    let timely = patterns.iter().zip(0_u32..).take_while(|_| Instant::now() < deadline);
    let bad = timely.filter_map(|(text, index)| alone(text).map(|error| (index, error))).next();
    let (pattern, message) = match bad {
        Some((index, error)) => (index, error.to_string()),
        None => (0, error.to_string()),
    };
    PatternFault { pattern, message: message.chars().take(300).collect() }
}

fn check_work(text: &str, bytes: usize) -> wasmtime::Result<()> {
    if text.len().saturating_mul(bytes) > MAX_WORK { Err(TextTooLong(text.len()).into()) } else { Ok(()) }
}

impl Host for State {}

impl HostRegexSet for State {
    fn compile(&mut self, patterns: Vec<String>) -> wasmtime::Result<Result<Resource<CompiledSet>, PatternFault>> {
        self.count_host_call()?;
        if self.regex.time.is_zero() {
            return Err(OutOfTime.into());
        }
        let started = Instant::now();
        let compiled = CompiledSet::compile(&patterns, self.regex.bytes, started + self.regex.time);
        self.regex.time = self.regex.time.saturating_sub(started.elapsed());
        match compiled {
            Ok(set) => {
                self.regex.bytes = self.regex.bytes.saturating_sub(set.bytes);
                Ok(Ok(self.table.push(set)?))
            }
            Err(fault) => Ok(Err(fault)),
        }
    }

    fn matches(&mut self, set: Resource<CompiledSet>, text: String) -> wasmtime::Result<Vec<u32>> {
        self.count_host_call()?;
        let compiled = self.table.get(&set)?;
        check_work(&text, compiled.bytes)?;
        Ok(compiled.set.matches(text.as_bytes()).into_iter().filter_map(|index| u32::try_from(index).ok()).collect())
    }

    fn captures(
        &mut self,
        set: Resource<CompiledSet>,
        pattern: u32,
        text: String,
    ) -> wasmtime::Result<Vec<Option<String>>> {
        self.count_host_call()?;
        check_work(&text, 1 << 20)?;
        let compiled = self.table.get_mut(&set)?;
        let captures = compiled.single(pattern, &mut self.regex).and_then(|regex| regex.captures(text.as_bytes()));
        Ok(captures.map_or_else(Vec::new, |groups| {
            groups.iter().map(|group| group.map(|m| String::from_utf8_lossy(m.as_bytes()).into_owned())).collect()
        }))
    }

    fn drop(&mut self, set: Resource<CompiledSet>) -> wasmtime::Result<()> {
        let set = self.table.delete(set)?;
        self.regex.bytes = self.regex.bytes.saturating_add(set.charged());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compile(patterns: &[&str], left: usize) -> Result<CompiledSet, PatternFault> {
        let patterns: Vec<String> = patterns.iter().map(|text| (*text).to_owned()).collect();
        CompiledSet::compile(&patterns, left, Instant::now() + Duration::from_secs(60))
    }

    #[test]
    fn what_explodes_is_refused_and_named() {
        let fault = compile(&["^1", "((a{1000}){100}){100}", "^2"], usize::MAX).err().unwrap();
        assert_eq!(fault.pattern, 1);
        let fault = compile(&["^1", "(", "^2"], usize::MAX).err().unwrap();
        assert_eq!(fault.pattern, 1);
    }

    #[test]
    fn a_set_is_charged_what_it_was_given() {
        assert_eq!(compile(&["^1512"], usize::MAX).unwrap().charged(), 256 << 10);
        assert!(compile(&["^1512"], 100 << 10).is_err());
        assert_eq!(compile(&[r"^\w{200}"; 50], usize::MAX).map(|set| set.bytes > 256 << 10).ok(), Some(true));
    }

    #[test]
    fn single_expressions_make_room_for_one_another() {
        let mut set = compile(&["^(1)", "^(2)", r"^(\p{L})"], usize::MAX).unwrap();
        let mut room = Room { bytes: 40 << 10, time: Duration::ZERO };
        for (pattern, text) in [(0, "1"), (1, "2"), (0, "1")] {
            assert!(set.single(pattern, &mut room).unwrap().is_match(text.as_bytes()));
        }
        assert_eq!(set.charged(), (256 << 10) + (32 << 10));
        assert!(set.single(2, &mut room).unwrap().is_match("ä".as_bytes()));
        assert!(set.single(3, &mut room).is_none());
    }

    #[test]
    fn a_long_text_and_a_large_set_do_not_go_together() {
        assert!(check_work(&"5".repeat(64), 128 << 20).is_ok());
        assert!(check_work(&"5".repeat(65), 128 << 20).is_err());
        assert!(check_work(&"5".repeat(8 << 10), 1 << 20).is_ok());
    }
}
