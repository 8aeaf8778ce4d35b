//! What the adjustments of all steps together make of a carrier.

use strowger_sandbox::Adjustment;

/// The changes that the steps made to one carrier, the later over the earlier.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Adjusted<'a> {
    pub(crate) dialled: Option<&'a str>,
    pub(crate) prefix: Option<&'a str>,
    pub(crate) suffix: Option<&'a str>,
    pub(crate) emergency: Option<bool>,
    pub(crate) weight: Option<u32>,
    pub(crate) variant: Option<&'a str>,
}

impl<'a> Adjusted<'a> {
    /// The carrier's id, with the face that was chosen.
    pub(crate) fn id_of(&self, id: &str) -> String {
        self.variant.map_or_else(|| id.to_owned(), |variant| format!("{id}-{variant}"))
    }

    /// What all the adjustments together make of one row. Looked up for the few rows that are dialled, not kept for every row.
    pub(crate) fn of(row: u32, adjustments: &'a [Adjustment]) -> Self {
        let own = adjustments.iter().filter(|adjustment| adjustment.rows.contains(&row));
        own.fold(Self::default(), |earlier, later| Self {
            dialled: later.dialled.as_deref().or(earlier.dialled),
            prefix: later.prefix.as_deref().or(earlier.prefix),
            suffix: later.suffix.as_deref().or(earlier.suffix),
            emergency: later.emergency.or(earlier.emergency),
            weight: later.weight.or(earlier.weight),
            variant: later.variant.as_deref().or(earlier.variant),
        })
    }
}
