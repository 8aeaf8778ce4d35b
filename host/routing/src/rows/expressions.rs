//! Selectors that are regular expressions, compiled when they are first tried.

use std::collections::HashMap;

use parking_lot::Mutex;
use regex::{Regex, RegexBuilder};

/// Compiled expressions that are kept.
const MOST: usize = 10_000;

/// Bytes of one compiled expression.
const SIZE: usize = 1 << 20;

/// Compiled expressions; none for text that is no expression.
#[derive(Default)]
pub(crate) struct Expressions(Mutex<HashMap<String, Option<Regex>>>);

impl Expressions {
    /// Text that is no expression, or too large a one, matches nothing.
    pub(crate) fn is_match(&self, expression: &str, text: &str) -> bool {
        let mut compiled = self.0.lock();
        if let Some(known) = compiled.get(expression) {
            return known.as_ref().is_some_and(|regex| regex.is_match(text));
        }
        if compiled.len() >= MOST {
            compiled.clear();
        }
        let regex = RegexBuilder::new(expression).size_limit(SIZE).build().ok();
        let is_match = regex.as_ref().is_some_and(|regex| regex.is_match(text));
        compiled.insert(expression.to_owned(), regex);
        is_match
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_expression_matches_nothing() {
        let expressions = Expressions::default();
        for _ in 0..2 {
            assert!(expressions.is_match("^7(4|9)9", "7495"));
            assert!(!expressions.is_match("^7(4|9)9", "7595"));
            assert!(!expressions.is_match("(", "("));
        }
    }
}
