//! Texts as numbers: a pool's flags or rules are compared once, when a step is prepared, and never again for a call.

use std::collections::BTreeMap;
use std::ops::Range;

/// One list of texts for each carrier, with each distinct text numbered from 0.
#[derive(Debug, Clone, Default)]
pub struct Interned {
    numbers: BTreeMap<String, u32>,
    entries: Vec<u32>,
    /// By row: where its list ends; it begins where that of the row before ends.
    ends: Vec<usize>,
}

impl Interned {
    /// Numbers the texts of each carrier, a list a row. Within a list the order is kept and a repetition left out.
    pub fn new<'p>(lists: impl IntoIterator<Item = &'p [String]>) -> Self {
        let mut interned = Self::default();
        for list in lists {
            let start = interned.entries.len();
            for text in list {
                let number = interned.intern(text);
                if !interned.entries.iter().skip(start).any(|&entry| entry == number) {
                    interned.entries.push(number);
                }
            }
            interned.ends.push(interned.entries.len());
        }
        interned
    }

    /// The list of a row; empty for a row that is none.
    #[must_use]
    pub fn list(&self, row: u32) -> &[u32] {
        self.range(row).and_then(|range| self.entries.get(range)).unwrap_or_default()
    }

    /// The number of a text, where any carrier has it.
    #[must_use]
    pub fn number(&self, text: &str) -> Option<u32> {
        self.numbers.get(text).copied()
    }

    /// How many distinct texts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Whether no carrier has any.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// The distinct texts, each at the index that is its number.
    #[must_use]
    pub fn texts(&self) -> Vec<String> {
        let mut texts: Vec<_> = self.numbers.iter().map(|(text, &number)| (number, text.clone())).collect();
        texts.sort_unstable();
        texts.into_iter().map(|(_, text)| text).collect()
    }

    fn intern(&mut self, text: &str) -> u32 {
        if let Some(&number) = self.numbers.get(text) {
            return number;
        }
        let number = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
        self.numbers.insert(text.to_owned(), number);
        number
    }

    fn range(&self, row: u32) -> Option<Range<usize>> {
        let row = row as usize;
        let start = row.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        Some(start..*self.ends.get(row)?)
    }
}

/// Which numbers are meant, as a table over all of them.
#[derive(Debug, Clone)]
pub struct Marks(Vec<bool>);

impl Marks {
    /// Marks some numbers of `interned`.
    pub fn new(interned: &Interned, numbers: impl IntoIterator<Item = u32>) -> Self {
        let mut marks = vec![false; interned.len()];
        for number in numbers {
            if let Some(mark) = marks.get_mut(number as usize) {
                *mark = true;
            }
        }
        Self(marks)
    }

    /// Whether that number is marked.
    #[must_use]
    pub fn has(&self, number: u32) -> bool {
        self.0.get(number as usize).copied().unwrap_or(false)
    }

    /// How many are marked of a list.
    #[must_use]
    pub fn count(&self, list: &[u32]) -> usize {
        list.iter().filter(|&&number| self.has(number)).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interned(lists: &[&[&str]]) -> Interned {
        let lists: Vec<Vec<String>> =
            lists.iter().map(|list| list.iter().map(|&text| text.to_owned()).collect()).collect();
        Interned::new(lists.iter().map(Vec::as_slice))
    }

    #[test]
    fn equal_texts_have_one_number_and_lists_keep_their_order() {
        let flags = interned(&[&["x", "y", "x"], &[], &["y"]]);
        assert_eq!(flags.texts(), ["x", "y"]);
        assert_eq!((flags.list(0), flags.list(1), flags.list(2)), (&[0, 1][..], &[][..], &[1][..]));
    }

    #[test]
    fn a_row_outside_the_pool_has_nothing() {
        assert!(interned(&[&["x"]]).list(7).is_empty());
    }

    #[test]
    fn marks_count_what_a_list_shares_with_them() {
        let flags = interned(&[&["x", "y"], &["z"]]);
        let marks = Marks::new(&flags, flags.number("y"));
        assert_eq!((marks.count(flags.list(0)), marks.count(flags.list(1))), (1, 0));
        assert_eq!(flags.number("never seen"), None);
    }
}
