//! The host's interfaces, with the signatures that a component's imports have.

/// `log`.
pub mod log {
    pub use crate::bindings::imports::log::Level;
    use crate::testing::host;

    /// Keeps the line.
    pub fn log(level: Level, message: &str) {
        host::with(|decision| decision.logged.push(format!("{level:?}: {message}")));
    }
}

/// `regex`.
pub mod regex {
    pub use crate::bindings::imports::regex::PatternFault;

    /// Compiled one by one.
    #[derive(Debug)]
    pub struct RegexSet(Vec<regex::Regex>);

    impl RegexSet {
        /// Compiles a set.
        ///
        /// # Errors
        /// The first pattern that cannot be compiled.
        pub fn compile(patterns: &[String]) -> Result<Self, PatternFault> {
            let compiled = patterns.iter().zip(0..).map(|(pattern, index)| {
                regex::Regex::new(pattern).map_err(|fault| PatternFault { pattern: index, message: fault.to_string() })
            });
            compiled.collect::<Result<_, _>>().map(Self)
        }

        /// Patterns that match somewhere in `text`.
        #[must_use]
        pub fn matches(&self, text: &str) -> Vec<u32> {
            self.0.iter().zip(0..).filter(|(regex, _)| regex.is_match(text)).map(|(_, index)| index).collect()
        }

        /// The first match of one pattern, by groups.
        #[must_use]
        pub fn captures(&self, pattern: u32, text: &str) -> Vec<Option<String>> {
            let groups = self.0.get(pattern as usize).and_then(|regex| regex.captures(text));
            groups
                .iter()
                .flat_map(|groups| groups.iter().map(|group| group.map(|group| group.as_str().into())))
                .collect()
        }
    }
}

/// `numbers`.
pub mod numbers {
    pub use crate::bindings::imports::numbers::{Classifier, Format};
    use strowger_model::number;

    /// The number in that form.
    #[must_use]
    pub fn convert(number: &str, format: Format) -> String {
        let format = match format {
            Format::E164 => number::Format::E164,
            Format::Npan => number::Format::Npan,
            Format::OneNpan => number::Format::OneNpan,
            Format::StripPlus => number::Format::StripPlus,
        };
        number::convert(number, format)
    }

    /// Its class.
    #[must_use]
    pub fn classify(number: &str) -> String {
        number::classify(number).name.into()
    }

    /// All classes.
    #[must_use]
    pub fn classifiers() -> Vec<Classifier> {
        let classifiers = number::classifiers().iter();
        classifiers
            .map(|class| Classifier {
                name: class.name.into(),
                pattern: class.pattern.into(),
                emergency: class.emergency,
            })
            .collect()
    }
}

/// `request`.
pub mod request {
    use serde_json::Value;

    use crate::testing::host;

    /// The field as JSON.
    #[must_use]
    pub fn field(name: &str) -> Option<String> {
        host::with(|decision| decision.field(name).map(Value::to_string))
    }

    /// The field where it is a scalar.
    #[must_use]
    pub fn text(name: &str) -> Option<String> {
        host::with(|decision| decision.field(name).and_then(scalar))
    }

    /// The field where it is a list.
    #[must_use]
    pub fn texts(name: &str) -> Option<Vec<String>> {
        host::with(|decision| Some(decision.field(name)?.as_array()?.iter().filter_map(scalar).collect()))
    }

    fn scalar(value: &Value) -> Option<String> {
        match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }
}

/// `call`.
pub mod call {
    use crate::testing::host;

    /// The dialled number.
    #[must_use]
    pub fn number() -> String {
        host::with(|decision| decision.number.clone())
    }

    /// The caller id number.
    #[must_use]
    pub fn cid_number() -> Option<String> {
        host::with(|decision| decision.cid_number.clone())
    }

    /// The moment of the call.
    #[must_use]
    pub fn time() -> u64 {
        host::with(|decision| decision.now)
    }
}

/// `rows`.
pub mod rows {
    use std::collections::BTreeMap;

    pub use crate::bindings::imports::rows::Hits;
    use crate::testing::{host, rows};

    /// Carriers that have a row of that name.
    #[must_use]
    pub fn present(name: &str) -> Vec<u32> {
        host::with(|decision| {
            let mut carriers: Vec<u32> = decision.current(name).map(|row| row.carrier).collect();
            carriers.sort_unstable();
            carriers.dedup();
            carriers
        })
    }

    /// Rows whose selector equals `key`.
    #[must_use]
    pub fn exact(name: &str, key: &str) -> Hits {
        host::with(|decision| {
            rows::hits(decision.current(name).filter(|row| row.selector == key).map(|row| (row, key.len())))
        })
    }

    /// Rows whose selector begins `number`.
    #[must_use]
    pub fn prefixes(name: &str, number: &str) -> Hits {
        let digits = number.strip_prefix('+').unwrap_or(number);
        host::with(|decision| {
            let found = decision.current(name).filter(|row| digits.starts_with(&row.selector));
            let hits = rows::hits(found.map(|row| (row, row.selector.len())));
            let mut longest: BTreeMap<u32, (u32, f64)> = BTreeMap::new();
            for ((&carrier, &length), &value) in hits.rows.iter().zip(&hits.lengths).zip(&hits.values) {
                let best = longest.entry(carrier).or_insert((length, value));
                if length > best.0 {
                    *best = (length, value);
                }
            }
            decision.longest.insert(name.into(), longest);
            hits
        })
    }

    /// Rows whose selector, as an expression, matches `text`.
    #[must_use]
    pub fn matching(name: &str, text: &str) -> Hits {
        host::with(|decision| {
            let found = decision
                .current(name)
                .filter(|row| regex::Regex::new(&row.selector).is_ok_and(|expression| expression.is_match(text)));
            rows::hits(found.map(|row| (row, row.selector.len())))
        })
    }

    /// The selectors of one carrier.
    #[must_use]
    pub fn selectors(name: &str, row: u32) -> Vec<String> {
        host::with(|decision| {
            decision.current(name).filter(|entry| entry.carrier == row).map(|entry| entry.selector.clone()).collect()
        })
    }

    /// One hit a carrier to sort by.
    #[must_use]
    pub fn values(name: &str) -> Hits {
        host::with(|decision| {
            if let Some(longest) = decision.longest.get(name) {
                return rows::by_carrier(longest);
            }
            let mut lowest: BTreeMap<u32, (u32, f64)> = BTreeMap::new();
            for row in decision.current(name) {
                let best = &mut lowest.entry(row.carrier).or_insert((0, f64::NAN)).1;
                *best = best.min(row.value);
            }
            rows::by_carrier(&lowest)
        })
    }
}

/// `explain`.
pub mod explain {
    use crate::testing::host;

    /// Whether anybody is tracing.
    #[must_use]
    pub fn tracing() -> bool {
        host::with(|decision| decision.tracing)
    }

    /// Keeps the reason.
    pub fn reason(row: u32, text: &str) {
        host::with(|decision| decision.reasons.push((row, text.into())));
    }
}
