//! Lines of a plugin's log, in the form in which nodes tell one another and in that in which clients see them.

use std::num::NonZeroU8;

use ::time::OffsetDateTime;
use ::time::format_description::well_known::Iso8601;
use ::time::format_description::well_known::iso8601::{Config, EncodedConfig, TimePrecision};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use strowger_model::{AccountId, Owner};
use strowger_plugins::{Plugins, Said, Wanted};
use strowger_sandbox::LogLevel;

/// Bytes of lines that a node tells at once: a message between nodes holds a few more.
const BYTES: usize = 160 << 10;

pub(super) const LEVELS: [LogLevel; 5] =
    [LogLevel::Trace, LogLevel::Debug, LogLevel::Info, LogLevel::Warn, LogLevel::Error];

/// Which lines are wanted of another node.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Asked {
    pub(super) owner: Option<AccountId>,
    pub(super) plugin: String,
    pub(super) level: String,
    pub(super) since: u64,
    pub(super) limit: usize,
    /// Only what was said after the line of that number.
    pub(super) after: Option<u64>,
}

/// A line.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Line {
    pub(super) number: u64,
    /// Milliseconds since 1970.
    pub(super) at: u64,
    level: String,
    version: String,
    account: Option<AccountId>,
    message: String,
}

/// Lines of one node, oldest first.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Lines {
    pub(super) lines: Vec<Line>,
    /// The number of the last line there is, wanted or not.
    pub(super) last: Option<u64>,
}

impl Asked {
    pub(super) fn of(owner: Owner, plugin: &str, wanted: Wanted) -> Self {
        Self {
            owner: owner.account(),
            plugin: plugin.to_owned(),
            level: wanted.level.name().to_owned(),
            since: wanted.since,
            limit: wanted.limit,
            after: None,
        }
    }
}

impl Lines {
    /// Those of this node: the newest of those wanted, as many as a message holds.
    pub(super) fn here(plugins: &Plugins, asked: &Asked) -> Self {
        let owner = asked.owner.map_or(Owner::System, Owner::Account);
        let level = LEVELS.into_iter().find(|level| level.name() == asked.level).unwrap_or(LogLevel::Trace);
        let wanted = Wanted { level, since: asked.since, limit: asked.limit };
        let said = plugins.logs().read(owner, &asked.plugin, wanted);
        let last = said.last().map(|line| line.number).max(asked.after);
        let new = said.iter().rev().take_while(|line| asked.after.is_none_or(|after| line.number > after));
        let mut left = BYTES;
        let fitting = new.map_while(|line| {
            left = left.checked_sub(line.message.len().saturating_mul(2).saturating_add(200))?;
            Some(Line::of(line))
        });
        let mut lines: Vec<Line> = fitting.collect();
        lines.reverse();
        Self { lines, last }
    }
}

impl Line {
    pub(super) fn of(line: &Said) -> Self {
        Self {
            number: line.number,
            at: line.at,
            level: line.level.name().to_owned(),
            version: line.version.clone(),
            account: line.owner.account(),
            message: line.message.clone(),
        }
    }

    /// In place of the lines of a node that does not answer.
    pub(super) fn of_silence(at: u64) -> Self {
        Self {
            number: 0,
            at,
            level: LogLevel::Warn.name().to_owned(),
            version: String::new(),
            account: None,
            message: "the node does not answer: its lines are missing".to_owned(),
        }
    }

    /// As clients see it.
    pub(super) fn shown(&self, node: &str) -> Value {
        json!({
            "id": self.number,
            "time": moment(self.at),
            "level": self.level,
            "version": self.version,
            "account_id": self.account.map(|account| account.hex()),
            "node": node,
            "message": self.message,
        })
    }
}

const PRECISION: TimePrecision = TimePrecision::Second { decimal_digits: NonZeroU8::new(3) };
const MILLISECONDS: EncodedConfig = Config::DEFAULT.set_time_precision(PRECISION).encode();

/// ISO 8601, with as many digits whatever they are: moments are in the order of their texts.
fn moment(milliseconds: u64) -> Option<String> {
    let moment = OffsetDateTime::from_unix_timestamp_nanos(i128::from(milliseconds) * 1_000_000).ok()?;
    moment.format(&Iso8601::<MILLISECONDS>).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_in_the_order_of_their_texts() {
        let texts = [1_795_446_384_559, 1_795_446_384_560, 1_795_446_384_561].map(|at| moment(at).unwrap());
        assert_eq!(texts[1], "2026-11-23T15:06:24.560Z");
        assert!(texts.is_sorted(), "{texts:?}");
    }
}
