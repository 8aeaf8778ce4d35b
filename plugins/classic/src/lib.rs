//! `classic`: flags, classifiers, rules and weights in one step, as carriers are routed where nobody has configured a chain of
//! their own.
//!
//! A carrier that has `classifiers` shows one face for each class of numbers, and its own rules count no more. Where any carrier
//! that is let in by its flags has a face for the class of the dialled number, only such faces are used; else only the carriers
//! without classifiers are.

mod document;
mod faces;
mod flags;

use strowger_sdk::explain::Trace;
use strowger_sdk::patterns::{Matches, Patterns};
use strowger_sdk::selector::{Adjustment, Call, Carrier, Selection, Selector};
use strowger_sdk::{Description, NoParameters, PluginError, numbers};

use crate::document::Document;
use crate::faces::{Face, Faces};
use crate::flags::Flags;

/// The pool, taken apart.
pub struct Classic {
    flags: Flags,
    faces: Faces,
    caller_rules: Patterns,
}

impl Selector for Classic {
    type Parameters = NoParameters;
    const DESCRIPTION: Description =
        Description::new("Routes by flags, classifiers, rules and weights", NoParameters::SCHEMA);

    fn prepare(_: NoParameters, pool: &[Carrier]) -> Result<Self, PluginError> {
        let documents = pool.iter().map(Document::of).collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            flags: Flags::of(pool, &documents),
            faces: Faces::of(pool, &documents, &numbers::classifiers())?,
            caller_rules: Patterns::compile(pool.iter().map(|carrier| carrier.cid_rules.as_slice()))
                .map_err(faces::refused)?,
        })
    }

    fn select(&self, call: &Call, mut rows: Vec<u32>) -> Result<Selection, PluginError> {
        let trace = Trace::of_decision();
        self.flags.admit(&mut rows, trace)?;
        let class = numbers::classify(call.number());
        let mut dialling = self.faces.match_against(call.number());
        let calling = call.cid_number().map(|caller| self.caller_rules.match_against(caller));
        let mut kept: Vec<Kept> = Vec::new();
        for (row, face) in self.faces.shown(&rows, &class, trace) {
            match self.dialled(&mut dialling, calling.as_ref(), row, face) {
                Ok(dialled) => kept.push(Kept { row, face, dialled }),
                Err(reason) => trace.reason(row, || reason.tell(call)),
            }
        }
        kept.sort_by_key(|kept| (kept.face.weight, kept.row));
        let mut selection = Selection::from(kept.iter().map(|kept| kept.row).collect::<Vec<_>>());
        kept.iter().filter_map(Kept::adjustment).for_each(|adjustment| selection.adjust(adjustment));
        Ok(selection)
    }
}

impl Classic {
    /// The part of the number to dial where it is not the whole, or why the carrier is out.
    fn dialled(
        &self,
        dialling: &mut Matches<'_>,
        calling: Option<&Matches<'_>>,
        row: u32,
        face: &Face,
    ) -> Result<Option<String>, Mismatch> {
        let rule = dialling.first(face.rules).ok_or(Mismatch::Number)?;
        if !self.caller_rules.none_of(row) {
            calling.ok_or(Mismatch::NoCallerId)?.first(row).ok_or(Mismatch::CallerId)?;
        }
        Ok(dialling.captured(rule))
    }
}

/// A carrier that is used, and how.
struct Kept<'p> {
    row: u32,
    face: &'p Face,
    dialled: Option<String>,
}

impl Kept<'_> {
    fn adjustment(&self) -> Option<Adjustment> {
        let Self { row, face, dialled } = self;
        let Some(class) = &face.class else {
            return dialled.is_some().then(|| Adjustment { dialled: dialled.clone(), ..Adjustment::of([*row]) });
        };
        Some(Adjustment {
            rows: vec![*row],
            dialled: dialled.clone(),
            prefix: class.prefix.clone(),
            suffix: class.suffix.clone(),
            emergency: class.emergency,
            weight: Some(face.weight),
            variant: Some(class.name.clone()),
        })
    }
}

/// Why a carrier is out by its expressions.
enum Mismatch {
    Number,
    NoCallerId,
    CallerId,
}

impl Mismatch {
    fn tell(&self, call: &Call) -> String {
        match self {
            Self::Number => format!("no rules match {}", call.number()),
            Self::NoCallerId => "has cid_rules, and the call has no caller id".into(),
            Self::CallerId => format!("no cid_rules match {}", call.cid_number().unwrap_or_default()),
        }
    }
}

strowger_sdk::export_selector!(Classic);

#[cfg(test)]
mod tests;
