//! The faces that a carrier shows: itself, or one for each class of numbers that it has a classifier for.

use std::collections::{BTreeMap, BTreeSet};

use strowger_sdk::PluginError;
use strowger_sdk::explain::Trace;
use strowger_sdk::numbers::Classifier;
use strowger_sdk::patterns::{InvalidPattern, Matches, Patterns};
use strowger_sdk::selector::Carrier;

use crate::document::Document;

/// One way to use a carrier.
pub(crate) struct Face {
    /// Its list in the patterns of all faces.
    pub(crate) rules: u32,
    pub(crate) weight: u32,
    /// `None` where the carrier has no classifiers.
    pub(crate) class: Option<Class>,
}

/// What a classifier changes of its carrier.
pub(crate) struct Class {
    pub(crate) name: String,
    pub(crate) prefix: Option<String>,
    pub(crate) suffix: Option<String>,
    pub(crate) emergency: Option<bool>,
}

/// The faces of a pool.
pub(crate) struct Faces {
    /// By row.
    carriers: Vec<Shows>,
    rules: Patterns,
}

enum Shows {
    Itself(Face),
    /// By class.
    Classes(BTreeMap<String, Face>),
}

impl Faces {
    pub(crate) fn of(pool: &[Carrier], documents: &[Document], known: &[Classifier]) -> Result<Self, PluginError> {
        let mut rules = Vec::new();
        let carriers =
            pool.iter().zip(documents).map(|(carrier, document)| shows(carrier, document, known, &mut rules));
        let carriers = carriers.collect();
        let rules = Patterns::compile(rules.iter().map(Vec::as_slice)).map_err(refused)?;
        Ok(Self { carriers, rules })
    }

    pub(crate) fn match_against<'t>(&'t self, number: &'t str) -> Matches<'t> {
        self.rules.match_against(number)
    }

    /// The faces to use for numbers of that class: those for the class where any of `rows` has one, else the carriers that have no
    /// classifiers.
    pub(crate) fn shown<'f>(&'f self, rows: &[u32], class: &str, trace: Trace) -> Vec<(u32, &'f Face)> {
        let carriers = || rows.iter().filter_map(|&row| Some((row, self.carriers.get(row as usize)?)));
        let classified: Vec<_> = carriers().filter_map(|(row, shows)| Some((row, shows.for_class(class)?))).collect();
        let shown = if classified.is_empty() {
            carriers().filter_map(|(row, shows)| Some((row, shows.itself()?))).collect()
        } else {
            classified
        };
        if trace.is_wanted() {
            let used: BTreeSet<u32> = shown.iter().map(|(row, _)| *row).collect();
            for &row in rows.iter().filter(|row| !used.contains(row)) {
                trace.reason(row, || self.why_not_shown(row, class));
            }
        }
        shown
    }

    fn why_not_shown(&self, row: u32, class: &str) -> String {
        match self.carriers.get(row as usize) {
            Some(Shows::Itself(_)) => format!("other carriers have a classifier for {class}"),
            Some(Shows::Classes(_)) | None => format!("has no enabled classifier for {class}"),
        }
    }
}

impl Shows {
    fn itself(&self) -> Option<&Face> {
        match self {
            Self::Itself(face) => Some(face),
            Self::Classes(_) => None,
        }
    }

    fn for_class(&self, class: &str) -> Option<&Face> {
        match self {
            Self::Itself(_) => None,
            Self::Classes(faces) => faces.get(class),
        }
    }
}

fn shows(carrier: &Carrier, document: &Document, known: &[Classifier], rules: &mut Vec<Vec<String>>) -> Shows {
    let mut face = |list: Vec<String>, weight: u32, class: Option<Class>| {
        let face = Face { rules: u32::try_from(rules.len()).unwrap_or(u32::MAX), weight, class };
        rules.push(list);
        face
    };
    if !document.is_classified() {
        return Shows::Itself(face(carrier.rules.clone(), carrier.weight_cost, None));
    }
    let classes = known.iter().filter_map(|class| {
        let own = document.classifier(&class.name)?;
        let changes = Class {
            name: class.name.clone(),
            prefix: own.prefix.clone(),
            suffix: own.suffix.clone(),
            emergency: own.emergency.or(class.emergency.then_some(true)),
        };
        let rule = own.regex.as_ref().unwrap_or(&class.pattern).clone();
        let weight = own.weight_cost.unwrap_or(carrier.weight_cost);
        Some((class.name.clone(), face(vec![rule], weight, Some(changes))))
    });
    Shows::Classes(classes.collect())
}

/// Documents are checked when they are saved, so this tells of one that was not.
pub(crate) fn refused(InvalidPattern { pattern, message }: InvalidPattern) -> PluginError {
    PluginError::failed(format!("a carrier has the expression '{pattern}': {message}"))
}
