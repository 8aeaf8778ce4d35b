//! One formatter of a field.

use std::cell::OnceCell;

use serde_json::Value;
use strowger_sdk::formatter::Direction;
use strowger_sdk::log::{self, Level};
use strowger_sdk::numbers::{self, Format};
use strowger_sdk::regex::RegexSet;

use crate::change::{Change, Shape};

/// What a formatter does, tried in this order; the first that applies is what it does.
pub(crate) struct Options {
    direction: Option<Direction>,
    usable: bool,
    strip: bool,
    value: Option<String>,
    match_invite_format: bool,
    regex: Option<Regex>,
    prefix: String,
    suffix: String,
}

impl Options {
    pub(crate) fn read(option: &Value) -> Self {
        let text = |key: &str| option.get(key).and_then(Value::as_str);
        let flag = |key: &str| matches!(option.get(key), Some(Value::Bool(true))) || text(key) == Some("true");
        let (direction, usable) = match text("direction") {
            None | Some("both") => (None, true),
            Some("inbound") => (Some(Direction::Inbound), true),
            Some("outbound") => (Some(Direction::Outbound), true),
            Some(_) => (None, false),
        };
        Self {
            direction,
            usable,
            strip: flag("strip"),
            value: text("value").map(str::to_owned),
            match_invite_format: flag("match_invite_format"),
            regex: text("regex").map(Regex::new),
            prefix: text("prefix").unwrap_or_default().into(),
            suffix: text("suffix").unwrap_or_default().into(),
        }
    }

    pub(crate) fn are_for(&self, direction: Direction) -> bool {
        self.usable && self.direction.is_none_or(|own| own == direction)
    }

    /// What becomes of the value; `None` where this formatter does not apply and the next may try.
    pub(crate) fn change(&self, value: &Value, shape: Shape, invite_format: Option<Format>) -> Option<Change> {
        if self.strip {
            return Some(Change::Strip);
        }
        if let Some(text) = &self.value {
            return shape.replace(value, text).map(Change::Replace);
        }
        if let (true, Some(format)) = (self.match_invite_format, invite_format) {
            return shape.rewrite(value, |text| Some(numbers::convert(text, format))).map(Change::Replace);
        }
        let regex = self.regex.as_ref()?;
        let kept = |text: &str| Some(format!("{}{}{}", self.prefix, regex.keep(text)?, self.suffix));
        shape.rewrite(value, kept).map(Change::Replace)
    }
}

/// An expression, compiled when it is first needed: an endpoint needs few of a document's formatters.
struct Regex {
    pattern: String,
    compiled: OnceCell<Option<RegexSet>>,
}

impl Regex {
    fn new(pattern: &str) -> Self {
        Self { pattern: pattern.into(), compiled: OnceCell::new() }
    }

    /// The first group (empty where it takes no part), or the match where there is no group. `None` where nothing matches; a bad
    /// expression matches nothing, so that the value stays as it is.
    fn keep(&self, text: &str) -> Option<String> {
        let compiled = self.compiled.get_or_init(|| {
            let compiled = RegexSet::compile(std::slice::from_ref(&self.pattern));
            compiled
                .inspect_err(|fault| log::log(Level::Warn, &format!("regex '{}': {}", self.pattern, fault.message)))
                .ok()
        });
        let mut groups = compiled.as_ref()?.captures(0, text).into_iter();
        let whole = groups.next()??;
        Some(groups.next().map_or(whole, Option::unwrap_or_default))
    }
}
