//! Finding rows in a part: by key, by place, by the number that is dialled.

use fst::{IntoStreamer, Streamer};

use super::Part;
use crate::identity::{self, RowKey};

/// The rows of one selector, by their places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) start: u32,
    /// Exclusive.
    pub(crate) end: u32,
}

impl Part {
    /// The key of the row at a place.
    pub(crate) fn key(&self, row: u32) -> Option<Vec<u8>> {
        let mut key = Vec::new();
        self.selector_of(row, &mut key)?;
        self.end_key(row, &mut key)?;
        Some(key)
    }

    /// Completes a key that begins with the row's selector.
    pub(crate) fn end_key(&self, row: u32, key: &mut Vec<u8>) -> Option<()> {
        let resource = self.resources.get(self.resource_of(row)?)?;
        identity::push_rest(key, resource, self.window_of(row)?);
        Some(())
    }

    /// The selector of the row at a place.
    pub(crate) fn selector_of(&self, row: u32, selector: &mut Vec<u8>) -> Option<()> {
        let start = self.group_start(row)?;
        self.fst.get_key_into(u64::from(start), selector).then_some(())
    }

    fn ends_group(&self, row: u32) -> bool {
        let byte = usize::try_from(row / 8).ok().and_then(|at| self.columns.ends.get(at)).copied();
        byte.is_none_or(|byte| byte & (1 << (row % 8)) != 0)
    }

    pub(crate) fn group_start(&self, row: u32) -> Option<u32> {
        (row < self.rows).then(|| (0..row).rev().find(|before| self.ends_group(*before)).map_or(0, |before| before + 1))
    }

    /// Where the group ends that has the row at a place, exclusive.
    pub(crate) fn group_end(&self, row: u32) -> u32 {
        (row..self.rows).find(|row| self.ends_group(*row)).map_or(self.rows, |last| last + 1)
    }

    /// The group that begins at a place.
    pub(crate) fn group_at(&self, start: u32) -> Group {
        Group { start, end: self.group_end(start) }
    }

    /// The rows of a selector.
    pub(crate) fn group(&self, selector: &[u8]) -> Option<Group> {
        let start = u32::try_from(self.fst.get(selector)?.value()).ok()?;
        Some(Group { start, end: self.group_end(start) })
    }

    /// The place of the first row whose key is not smaller; the number of rows where there is none.
    pub(crate) fn lower_bound(&self, key: &[u8]) -> u32 {
        let selector = key.split(|byte| *byte == 0).next().unwrap_or_default();
        let mut groups = self.fst.range().ge(selector).into_stream();
        let Some((found, start)) = groups.next() else { return self.rows };
        let start = u32::try_from(start.value()).unwrap_or(self.rows);
        if found != selector {
            return start;
        }
        let (mut from, mut until) = (start, self.group_end(start));
        let mut other = Vec::with_capacity(key.len());
        while from < until {
            let middle = from + (until - from) / 2;
            other.clear();
            other.extend_from_slice(selector);
            match self.end_key(middle, &mut other) {
                Some(()) if other.as_slice() < key => from = middle + 1,
                _ => until = middle,
            }
        }
        from
    }

    /// The place of the row of a key.
    pub(crate) fn find(&self, key: &RowKey) -> Option<u32> {
        let row = self.lower_bound(key.bytes());
        (self.key(row)? == key.bytes()).then_some(row)
    }

    /// Visits the group of each selector that the text begins with, the shortest first: one walk of the transducer.
    pub(crate) fn each_prefix(&self, text: &[u8], visit: &mut dyn FnMut(usize, Group)) {
        let mut node = self.fst.root();
        let mut at = 0_u64;
        for (index, byte) in text.iter().enumerate() {
            let Some(transition) = node.find_input(*byte).map(|found| node.transition(found)) else { return };
            at = at.wrapping_add(transition.out.value());
            node = self.fst.node(transition.addr);
            if node.is_final() {
                let start = u32::try_from(at.wrapping_add(node.final_output().value())).unwrap_or(self.rows);
                visit(index + 1, Group { start, end: self.group_end(start) });
            }
        }
    }

    /// Whether a selector that the text begins with can be here.
    pub(crate) fn may_have_prefix(&self, text: &[u8]) -> bool {
        let first = self.first.split(|byte| *byte == 0).next().unwrap_or_default();
        let last = self.last.split(|byte| *byte == 0).next().unwrap_or_default();
        let common = first.iter().zip(text).take_while(|(a, b)| a == b).count();
        // The shortest beginning of the text that does not sort before the first selector.
        let shortest = match (first.get(common), text.get(common)) {
            (None, _) => text.get(..common),
            (Some(_), None) => None,
            (Some(first), Some(byte)) => text.get(..=common).filter(|_| byte > first),
        };
        shortest.is_some_and(|shortest| shortest <= last)
    }

    /// Visits every selector in order.
    pub(crate) fn each_selector(&self, visit: &mut dyn FnMut(&[u8], Group)) {
        let mut groups = self.fst.stream();
        while let Some((selector, start)) = groups.next() {
            let start = u32::try_from(start.value()).unwrap_or(self.rows);
            visit(selector, Group { start, end: self.group_end(start) });
        }
    }
}
