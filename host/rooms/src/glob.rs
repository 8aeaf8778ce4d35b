//! Names by a pattern of `*` and `?`.

/// Whether the name matches as a whole. Takes time in proportion to the product of both lengths at most.
pub(crate) fn matches(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    // Whether the first so many characters of the pattern match what has been read of the name.
    let mut reached: Vec<bool> = vec![true];
    for part in &pattern {
        reached.push(*part == '*' && reached.last() == Some(&true));
    }
    for letter in name.chars() {
        let mut next = vec![false];
        for (part, window) in pattern.iter().zip(reached.windows(2)) {
            let (before, here) = (window.first() == Some(&true), window.last() == Some(&true));
            let so_far = next.last() == Some(&true);
            next.push(match part {
                '*' => here || so_far || before,
                '?' => before,
                other => before && *other == letter,
            });
        }
        reached = next;
    }
    reached.last() == Some(&true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_of_stars_and_question_marks() {
        for (pattern, name) in [
            ("*", ""),
            ("*", "sales"),
            ("sal*", "sales"),
            ("*al*s", "sales"),
            ("s?les", "sales"),
            ("sales", "sales"),
            ("**", "a"),
            ("a*b*c", "aXbbYc"),
        ] {
            assert!(matches(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("", "sales"),
            ("sal", "sales"),
            ("?", ""),
            ("sa[l]es", "sales"),
            ("*x", "sales"),
            ("sales?", "sales"),
            (".*", "sales"),
        ] {
            assert!(!matches(pattern, name), "{pattern} {name}");
        }
    }
}
