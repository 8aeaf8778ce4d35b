//! Rules: each carrier's regular expressions, as one set of the host's, and the part of a number that they capture.

use std::collections::BTreeMap;

use crate::interned::{Interned, PerList};
use crate::regex::{PatternFault, RegexSet};

/// One list of expressions for each carrier, compiled together. An expression that many carriers share is matched once.
pub struct Patterns {
    lists: Interned,
    set: RegexSet,
    none_of_any: bool,
    /// By pattern: whether its match can be less than the whole text.
    partial: Vec<bool>,
}

/// An expression that cannot be compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidPattern {
    /// The expression.
    pub pattern: String,
    /// What is wrong with it.
    pub message: String,
}

impl Patterns {
    /// Compiles the expressions of each carrier, a list a row.
    ///
    /// # Errors
    /// The first that cannot be compiled.
    pub fn compile<'p>(lists: impl IntoIterator<Item = &'p [String]>) -> Result<Self, InvalidPattern> {
        let lists = Interned::new(lists);
        let mut patterns = lists.texts();
        let set = RegexSet::compile(&patterns).map_err(|PatternFault { pattern, message }| {
            let index = (pattern as usize).min(patterns.len().saturating_sub(1));
            InvalidPattern { pattern: patterns.drain(index..).next().unwrap_or_default(), message }
        })?;
        let partial = patterns.iter().map(|pattern| !matches_all_or_nothing(pattern)).collect();
        Ok(Self { none_of_any: lists.any_is_empty(), lists, set, partial })
    }

    /// Whether the carrier has no expression.
    #[must_use]
    #[inline]
    pub fn none_of(&self, row: u32) -> bool {
        self.lists.list_of(row) == Interned::EMPTY
    }

    /// Matches a text against all of them.
    #[must_use]
    pub fn match_against<'t>(&'t self, text: &'t str) -> Matches<'t> {
        let matched = if self.lists.is_empty() { Vec::new() } else { self.set.matches(text) };
        let mut first = PerList::new(&self.lists, First::default());
        let mut lists = 0;
        for pattern in matched {
            for holder in self.lists.holders(pattern) {
                let Some(first) = first.of_list_mut(holder.list) else { continue };
                lists += usize::from(first.nearness == 0);
                let nearness = u32::MAX - holder.place;
                if nearness > first.nearness {
                    *first = First { nearness, pattern };
                }
            }
        }
        Matches { patterns: self, text, first, lists, captured: BTreeMap::new() }
    }
}

/// The first pattern of a list that matches.
#[derive(Debug, Clone, Copy, Default)]
struct First {
    /// Greater for a place nearer to the front; 0 where none matches.
    nearness: u32,
    pattern: u32,
}

/// Which expressions match a text.
pub struct Matches<'t> {
    patterns: &'t Patterns,
    text: &'t str,
    first: PerList<'t, First>,
    /// Distinct lists of which one matches.
    lists: usize,
    captured: BTreeMap<u32, Option<String>>,
}

impl Matches<'_> {
    /// The first of the carrier's expressions, as listed, that matches.
    #[must_use]
    #[inline]
    pub fn first(&self, row: u32) -> Option<u32> {
        let First { nearness, pattern } = self.first.of_row(row);
        (nearness > 0).then_some(pattern)
    }

    /// Whether the carrier has no expression.
    #[must_use]
    #[inline]
    pub fn none_of(&self, row: u32) -> bool {
        self.patterns.none_of(row)
    }

    /// Whether any carrier has no expression.
    #[must_use]
    pub fn none_of_any(&self) -> bool {
        self.patterns.none_of_any
    }

    /// How many distinct expressions there are.
    #[must_use]
    pub fn patterns(&self) -> usize {
        self.patterns.lists.len()
    }

    /// Whether no carrier has one that matches.
    #[must_use]
    pub fn none(&self) -> bool {
        self.lists == 0
    }

    /// Whether each carrier that has expressions has one that matches.
    #[must_use]
    pub fn all(&self) -> bool {
        self.lists + 1 == self.patterns.lists.lists()
    }

    /// What an expression that matches makes of the text: its longest participating group (on a tie the later one), or its whole
    /// match where no group takes part. `None` where that is the text as it is.
    pub fn captured(&mut self, pattern: u32) -> Option<String> {
        if !self.patterns.partial.get(pattern as usize).copied().unwrap_or(true) {
            return None;
        }
        let capture = || longest_group(self.patterns.set.captures(pattern, self.text)).filter(|part| part != self.text);
        self.captured.entry(pattern).or_insert_with(capture).clone()
    }
}

/// Group 0 is the whole match.
fn longest_group(groups: Vec<Option<String>>) -> Option<String> {
    let mut groups = groups.into_iter();
    let whole = groups.next().flatten();
    groups.flatten().max_by_key(|group| group.chars().count()).or(whole)
}

/// Anchored at both ends, without a group or an alternative: its match is the whole text. Says `false` where it cannot tell.
fn matches_all_or_nothing(pattern: &str) -> bool {
    pattern.starts_with('^') && pattern.ends_with('$') && !pattern.ends_with("\\$") && !pattern.contains(['(', '|'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dialled(rules: &[&str], number: &str) -> Option<String> {
        let rules: Vec<String> = rules.iter().map(|&rule| rule.to_owned()).collect();
        let patterns = Patterns::compile([rules.as_slice()]).unwrap();
        let mut matches = patterns.match_against(number);
        let pattern = matches.first(0).expect("a rule matches");
        Some(matches.captured(pattern).unwrap_or_else(|| number.to_owned()))
    }

    #[test]
    fn the_first_listed_rule_that_matches_wins() {
        assert_eq!(dialled(&[r"^\+44", r"^\+1(\d{10})$", r"^\+(\d+)$"], "+15125550177").unwrap(), "5125550177");
    }

    #[test]
    fn the_longest_group_counts_and_of_equals_the_later() {
        assert_eq!(dialled(&[r"^\+1(\d{3})(\d{7})$"], "+15125550177").unwrap(), "5550177");
        assert_eq!(dialled(&[r"^\+1(\d{5})(\d{5})$"], "+15125550177").unwrap(), "50177");
    }

    #[test]
    fn a_group_that_takes_no_part_does_not_count() {
        assert_eq!(dialled(&[r"^(\+?1)?(\d{10})$"], "5125550177").unwrap(), "5125550177");
        assert_eq!(dialled(&[r"^\+1(\d*)?x?$"], "+1").unwrap(), "");
    }

    #[test]
    fn without_a_group_it_is_what_matched() {
        assert_eq!(dialled(&[r"\d{4}$"], "+15125550177").unwrap(), "0177");
        assert_eq!(dialled(&[r"^\+1\d{10}$"], "+15125550177").unwrap(), "+15125550177");
        assert_eq!(dialled(&[r"^\+1|x$"], "+15125550177").unwrap(), "+1");
    }

    #[test]
    fn a_bad_expression_is_told_by_its_text() {
        let rules = ["ok".to_owned(), "(".to_owned()];
        assert_eq!(Patterns::compile([&rules[..]]).err().unwrap().pattern, "(");
    }
}
