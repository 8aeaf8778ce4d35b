//! Regular expressions of documents: linear time, bounded size, and no look-around or back-references.

use regex::bytes::RegexBuilder;

/// Bytes that one compiled expression may take.
pub const MAX_COMPILED: usize = 256 * 1024;

/// Characters of all expressions of one document together.
pub const MAX_TOTAL: usize = 64 * 1024;

/// Checks that an expression compiles, as a call will need it.
///
/// Numbers and SIP names are ASCII, so expressions are compiled without Unicode classes where they can be; that keeps them small.
///
/// # Errors
/// Why it does not compile, in one line.
pub fn check(pattern: &str) -> Result<(), String> {
    let compile = |unicode| RegexBuilder::new(pattern).unicode(unicode).size_limit(MAX_COMPILED).build();
    match compile(false).or_else(|_| compile(true)) {
        Ok(_) => Ok(()),
        Err(regex::Error::CompiledTooBig(_)) => Err("it is too large when compiled".to_owned()),
        Err(error) => Err(one_line(&error.to_string())),
    }
}

/// A syntax error is a drawing over several lines; the last one says what is wrong.
fn one_line(error: &str) -> String {
    let last = error.lines().next_back().unwrap_or_default().trim();
    last.strip_prefix("error: ").unwrap_or(last).chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_of_the_documents_compile() {
        for pattern in [r"^\+{0,1}1{0,1}(\d{10})$", r"^(\+?1)?(\d{10})$", r"\d{7}$", ".*", r"\p{L}+", ""] {
            assert_eq!(check(pattern), Ok(()), "{pattern}");
        }
    }

    #[test]
    fn look_around_back_references_and_huge_repetitions_are_refused() {
        assert_eq!(check("(?=1)").unwrap_err(), "look-around, including look-ahead and look-behind, is not supported");
        assert_eq!(check(r"(1)\1").unwrap_err(), "backreferences are not supported");
        assert_eq!(check("(").unwrap_err(), "unclosed group");
        assert_eq!(check("((a{1000}){1000})").unwrap_err(), "it is too large when compiled");
    }
}
