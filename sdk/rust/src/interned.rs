//! Texts as numbers: a pool's flags or rules are compared once, when a step is prepared, and never again for a call.

use std::collections::BTreeMap;

/// One list of texts for each carrier. Each distinct text has a number, and so has each distinct list: carriers are many, and their
/// lists differ in few ways.
#[derive(Debug, Clone)]
pub struct Interned {
    numbers: BTreeMap<String, u32>,
    /// Distinct lists; the first is the empty one.
    lists: Vec<Vec<u32>>,
    /// By row.
    list_of: Vec<u32>,
    /// By text.
    holders: Vec<Vec<Holder>>,
}

/// A list that holds a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    /// The list.
    pub list: u32,
    /// The text's place in it.
    pub place: u32,
}

impl Interned {
    /// The number of the empty list.
    pub const EMPTY: u32 = 0;

    /// Numbers the texts of each carrier, a list a row. Within a list the order is kept and a repetition left out.
    pub fn new<'p>(lists: impl IntoIterator<Item = &'p [String]>) -> Self {
        let mut interned =
            Self { numbers: BTreeMap::new(), lists: vec![Vec::new()], list_of: Vec::new(), holders: Vec::new() };
        let mut known = BTreeMap::from([(Vec::new(), Self::EMPTY)]);
        for texts in lists {
            let mut list = Vec::with_capacity(texts.len());
            for text in texts {
                let number = interned.intern(text);
                if !list.contains(&number) {
                    list.push(number);
                }
            }
            let number = known.get(&list).copied().unwrap_or_else(|| {
                let number = interned.add(list.clone());
                known.insert(list, number);
                number
            });
            interned.list_of.push(number);
        }
        interned
    }

    /// The list of a row; empty for a row that is none.
    #[must_use]
    pub fn list(&self, row: u32) -> &[u32] {
        self.numbered(self.list_of(row))
    }

    /// Which of the distinct lists is that of a row.
    #[must_use]
    pub fn list_of(&self, row: u32) -> u32 {
        self.list_of.get(row as usize).copied().unwrap_or(Self::EMPTY)
    }

    /// A distinct list by its number.
    #[must_use]
    pub fn numbered(&self, list: u32) -> &[u32] {
        self.lists.get(list as usize).map(Vec::as_slice).unwrap_or_default()
    }

    /// How many distinct lists there are, with the empty one.
    #[must_use]
    pub fn lists(&self) -> usize {
        self.lists.len()
    }

    /// The lists that hold a text.
    #[must_use]
    pub fn holders(&self, number: u32) -> &[Holder] {
        self.holders.get(number as usize).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether any carrier of the pool has an empty list.
    #[must_use]
    pub fn any_is_empty(&self) -> bool {
        self.list_of.contains(&Self::EMPTY)
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
        let number = index(self.numbers.len());
        self.numbers.insert(text.to_owned(), number);
        self.holders.push(Vec::new());
        number
    }

    fn add(&mut self, list: Vec<u32>) -> u32 {
        let number = index(self.lists.len());
        for (&text, place) in list.iter().zip(0..) {
            if let Some(holders) = self.holders.get_mut(text as usize) {
                holders.push(Holder { list: number, place });
            }
        }
        self.lists.push(list);
        number
    }
}

fn index(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// A value for each distinct list: worked out once for a call, looked up for each row.
#[derive(Debug, Clone)]
pub struct PerList<'i, T> {
    interned: &'i Interned,
    values: Vec<T>,
    rest: T,
}

impl<'i, T: Copy> PerList<'i, T> {
    /// The same for every list.
    pub fn new(interned: &'i Interned, value: T) -> Self {
        Self { interned, values: vec![value; interned.lists()], rest: value }
    }

    /// The value of a list.
    #[must_use]
    pub fn of_list(&self, list: u32) -> T {
        self.values.get(list as usize).copied().unwrap_or(self.rest)
    }

    /// The value of a list, to be changed.
    pub fn of_list_mut(&mut self, list: u32) -> Option<&mut T> {
        self.values.get_mut(list as usize)
    }

    /// The value of a row's list.
    #[must_use]
    #[inline]
    pub fn of_row(&self, row: u32) -> T {
        self.of_list(self.interned.list_of(row))
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
    fn equal_lists_have_one_number_and_are_found_by_their_texts() {
        let flags = interned(&[&["x", "y"], &[], &["x", "y"], &["y"]]);
        assert_eq!([0, 1, 2, 3].map(|row| flags.list_of(row)), [1, 0, 1, 2]);
        assert_eq!((flags.lists(), flags.any_is_empty()), (3, true));
        assert_eq!(flags.holders(1), [Holder { list: 1, place: 1 }, Holder { list: 2, place: 0 }]);
    }

    #[test]
    fn a_value_of_a_list_is_that_of_its_rows() {
        let flags = interned(&[&["x"], &["y"], &["x"]]);
        let mut marked = PerList::new(&flags, false);
        *marked.of_list_mut(1).unwrap() = true;
        assert_eq!([0, 1, 2, 7].map(|row| marked.of_row(row)), [true, false, true, false]);
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
