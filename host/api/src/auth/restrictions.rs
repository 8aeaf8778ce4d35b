//! What a token is limited to beside its scope: methods and paths, as they were asked for when it was issued.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use strowger_model::{AccountId, Violation, Violations};

use crate::table::Verb;

/// Patterns of one token, over all methods; they travel in the token.
const MOST: usize = 32;

/// Characters of one pattern.
const LONGEST: usize = 256;

/// Characters of all patterns together, so that the token fits into a header.
const LONGEST_TOGETHER: usize = 1_536;

const ANY: &str = "*";
const REST: &str = "#";

/// Allowed paths by method in upper case, or by `*` for every method. What matches nothing is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Restrictions(BTreeMap<String, Vec<String>>);

/// Which spelling of paths a pattern is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spelling {
    /// Case counts.
    Exact,
    /// It does not: `/v1`.
    Folded,
}

impl Restrictions {
    /// Reads `{method: [pattern]}`.
    ///
    /// # Errors
    /// Every rule that it breaks.
    pub(crate) fn parse(given: &Value) -> Result<Self, Violations> {
        let Value::Object(given) = given else {
            return Err(Violation::new("restrictions", "type", "Value must be an object").into());
        };
        let mut violations = Violations::default();
        let mut methods = BTreeMap::<String, Vec<String>>::new();
        for (method, patterns) in given {
            let path = || format!("restrictions.{}", method.chars().take(16).collect::<String>().replace('.', "%2E"));
            match (method_name(method), patterns_of(patterns)) {
                (None, _) => violations.push(Violation::new(path(), "enum", "Value must be '*' or a method")),
                (_, None) => violations.push(Violation::new(path(), "type", "Value must be a list of path patterns")),
                (Some(method), Some(patterns)) => methods.entry(method).or_default().extend(patterns),
            }
        }
        check_size(&methods, &mut violations);
        violations.into_result().map(|()| Self(methods))
    }

    /// Whether a request may be made. `path` is what follows the version.
    pub(crate) fn allow(&self, verb: Verb, path: &str, spelling: Spelling) -> bool {
        let path: Vec<&str> = segments(path);
        let patterns = [verb.name(), ANY].into_iter().filter_map(|method| self.0.get(method)).flatten();
        patterns.into_iter().any(|pattern| matches(&segments(pattern), &path, spelling))
    }
}

fn method_name(given: &str) -> Option<String> {
    if given == ANY { Some(ANY.into()) } else { Verb::from_name(given).map(|verb| verb.name().to_owned()) }
}

fn patterns_of(given: &Value) -> Option<Vec<String>> {
    let read = |pattern: &Value| pattern.as_str().filter(|text| text.len() <= LONGEST).map(str::to_owned);
    given.as_array()?.iter().map(read).collect()
}

fn check_size(methods: &BTreeMap<String, Vec<String>>, violations: &mut Violations) {
    let (count, length) =
        methods.values().flatten().fold((0, 0), |(count, length), pattern| (count + 1, length + pattern.len()));
    let mut refuse = |constraint, message, bound: usize| {
        violations.push(Violation::new("restrictions", constraint, message).target(bound));
    };
    if count == 0 {
        // An empty object might be meant as no restriction, or as nothing allowed.
        refuse("minItems", "There must be at least 1 path pattern", 1);
    } else if count > MOST {
        refuse("maxItems", "There are too many path patterns", MOST);
    } else if length > LONGEST_TOGETHER {
        refuse("maxLength", "The path patterns are too long together", LONGEST_TOGETHER);
    }
}

fn segments(path: &str) -> Vec<&str> {
    path.split('/').filter(|segment| !segment.is_empty()).collect()
}

/// `*` is one segment, `#` is any number of them.
fn matches(pattern: &[&str], path: &[&str], spelling: Spelling) -> bool {
    // After each segment of the pattern: the lengths of path that it can have used up.
    let mut reached = vec![false; path.len() + 1];
    if let Some(nothing) = reached.first_mut() {
        *nothing = true;
    }
    for wanted in pattern {
        let mut next = vec![false; reached.len()];
        let mut any_before = false;
        for (length, (before, after)) in reached.iter().zip(next.iter_mut()).enumerate() {
            any_before |= *before;
            *after = if *wanted == REST {
                any_before
            } else {
                let used = length.checked_sub(1).and_then(|last| Some((reached.get(last)?, path.get(last)?)));
                used.is_some_and(|(before, segment)| *before && is_same(wanted, segment, spelling))
            };
        }
        reached = next;
    }
    reached.last().copied().unwrap_or(false)
}

fn is_same(wanted: &str, segment: &str, spelling: Spelling) -> bool {
    let equal = match spelling {
        Spelling::Exact => wanted == segment,
        Spelling::Folded => wanted.eq_ignore_ascii_case(segment),
    };
    equal || wanted == ANY || is_same_id(wanted, segment)
}

/// An account has two spellings.
fn is_same_id(wanted: &str, segment: &str) -> bool {
    wanted.parse::<AccountId>().is_ok_and(|wanted| segment.parse() == Ok(wanted))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn restrictions(given: Value) -> Restrictions {
        Restrictions::parse(&given).unwrap()
    }

    fn allowed(pattern: &str, path: &str) -> bool {
        restrictions(json!({"*": [pattern]})).allow(Verb::Get, path, Spelling::Exact)
    }

    #[test]
    fn a_star_is_one_segment_and_a_hash_any_number() {
        assert!(allowed("accounts/*/resources", "/accounts/a/resources"));
        assert!(!allowed("accounts/*/resources", "/accounts/a/b/resources"));
        assert!(!allowed("accounts/*/resources", "/accounts/resources"));
        for path in ["/accounts/a/resources", "/accounts/a/resources/b", "/accounts/a/resources/b/c"] {
            assert!(allowed("accounts/a/resources/#", path), "{path}");
        }
        assert!(!allowed("accounts/a/resources/#", "/accounts/a/users"));
        assert!(allowed("#", "/") && allowed("#", "/x/y"));
        assert!(allowed("#/resources/#/c", "/accounts/a/resources/b/c"));
        assert!(!allowed("#/resources/#/c", "/accounts/a/resources/b"));
        assert!(!allowed("accounts", "/accounts/a"));
    }

    #[test]
    fn a_method_has_its_own_paths_and_those_of_every_method() {
        let given = restrictions(json!({"get": ["#"], "*": ["accounts/a/users/#"]}));
        assert!(given.allow(Verb::Get, "/resources", Spelling::Exact));
        assert!(given.allow(Verb::Delete, "/accounts/a/users/b", Spelling::Exact));
        assert!(!given.allow(Verb::Delete, "/resources", Spelling::Exact));
    }

    #[test]
    fn an_account_is_the_same_in_both_spellings_and_v1_knows_no_case() {
        let pattern = "Accounts/0e0681b0-d49f-4fb8-b973-b5a3c6758de1/Calls";
        assert!(allowed(&pattern.to_lowercase(), "/accounts/0e0681b0d49f4fb8b973b5a3c6758de1/calls"));
        let given = restrictions(json!({"*": [pattern]}));
        let path = "/accounts/0e0681b0-d49f-4fb8-b973-b5a3c6758de1/calls";
        assert!(given.allow(Verb::Get, path, Spelling::Folded));
        assert!(!given.allow(Verb::Get, path, Spelling::Exact));
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for given in [
            json!([]),
            json!({}),
            json!({"get": []}),
            json!({"purge": ["#"]}),
            json!({"get": "#"}),
            json!({"get": [1]}),
            json!({"get": ["x".repeat(257)]}),
            json!({"get": vec!["#"; 33]}),
            json!({"get": vec!["x".repeat(200); 10]}),
        ] {
            assert!(Restrictions::parse(&given).is_err(), "{given}");
        }
    }

    #[test]
    fn many_wildcards_are_matched_in_no_time() {
        let pattern = ["#"; 30].join("/") + "/x";
        assert!(!allowed(&pattern, &"/a".repeat(2_000)));
    }
}
