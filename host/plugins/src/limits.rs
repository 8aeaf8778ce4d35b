//! Limits of one plugin, where they are others than the installation's: an account may lower them, an administrator of the installation
//! may raise them too.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use strowger_model::{Owner, Violation, Violations, time};
use strowger_sandbox::Limits;
use strowger_store::{Author, Batch, Expect, StoreError};

use crate::document::Plugin;
use crate::error::PluginsError;
use crate::service::{ATTEMPTS, Plugins};

/// One limit that can be set.
struct Rule {
    name: &'static str,
    get: fn(&Limits) -> u64,
    set: fn(&mut Limits, u64),
    least: u64,
    /// What an administrator may raise it to; the installation's own where that is more, or where this is 0.
    most: u64,
}

const RULES: [Rule; 14] = [
    Rule {
        name: "prepare_fuel",
        get: |l| l.prepare.fuel,
        set: |l, n| l.prepare.fuel = n,
        least: 1,
        most: 100_000_000_000,
    },
    Rule {
        name: "prepare_ms",
        get: |l| ms(l.prepare.wall),
        set: |l, n| l.prepare.wall = Duration::from_millis(n),
        least: 1,
        most: 60_000,
    },
    Rule { name: "select_fuel", get: |l| l.select.fuel, set: |l, n| l.select.fuel = n, least: 1, most: 10_000_000_000 },
    Rule {
        name: "select_ms",
        get: |l| ms(l.select.wall),
        set: |l, n| l.select.wall = Duration::from_millis(n),
        least: 1,
        most: 5_000,
    },
    Rule { name: "hook_fuel", get: |l| l.hook.fuel, set: |l, n| l.hook.fuel = n, least: 1, most: 100_000_000_000 },
    Rule {
        name: "hook_ms",
        get: |l| ms(l.hook.wall),
        set: |l, n| l.hook.wall = Duration::from_millis(n),
        least: 1,
        most: 30_000,
    },
    Rule {
        name: "hook_timeout_ms",
        get: |l| ms(l.hook_wait),
        set: |l, n| l.hook_wait = Duration::from_millis(n),
        least: 1,
        most: 120_000,
    },
    // Instances lie in slots of a fixed size, so nobody can have more.
    Rule {
        name: "memory_bytes",
        get: |l| wide(l.memory_bytes),
        set: |l, n| l.memory_bytes = narrow(n),
        least: 65_536,
        most: 0,
    },
    Rule { name: "instances", get: |l| l.instances.into(), set: |l, n| l.instances = narrow32(n), least: 1, most: 0 },
    Rule {
        name: "host_calls",
        get: |l| l.host_calls.into(),
        set: |l, n| l.host_calls = narrow32(n),
        least: 1,
        most: 10_000_000,
    },
    Rule {
        name: "log_bytes",
        get: |l| wide(l.log_bytes),
        set: |l, n| l.log_bytes = narrow(n),
        least: 0,
        most: 262_144,
    },
    Rule {
        name: "log_lines",
        get: |l| l.log_lines.into(),
        set: |l, n| l.log_lines = narrow32(n),
        least: 0,
        most: 10_000,
    },
    Rule {
        name: "http_requests",
        get: |l| l.http_requests.into(),
        set: |l, n| l.http_requests = narrow32(n),
        least: 0,
        most: 1_000,
    },
    Rule {
        name: "http_concurrent",
        get: |l| wide(l.http_concurrent),
        set: |l, n| l.http_concurrent = narrow(n),
        least: 0,
        most: 64,
    },
];

fn ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn wide(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

fn narrow(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn narrow32(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The limits that were set for one plugin, by name; the installation's hold where there is none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SetLimits(BTreeMap<String, u64>);

impl SetLimits {
    /// Whether the installation's hold throughout.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Reads what a request sets. `raises` is whether it may go beyond the installation's limits; what was granted `before` may be kept.
    ///
    /// # Errors
    /// What is no limit, no whole number, or out of bounds.
    pub fn read(given: &Map<String, Value>, usual: &Limits, before: &Self, raises: bool) -> Result<Self, Violations> {
        let read = |(name, value): (&String, &Value)| check(name, value, usual, before, raises);
        let (mut set, mut broken) = (BTreeMap::new(), Vec::new());
        for one in given.iter().map(read) {
            match one {
                Ok((name, number)) => drop(set.insert(name, number)),
                Err(violation) => broken.push(violation),
            }
        }
        if broken.is_empty() { Ok(Self(set)) } else { Err(Violations(broken)) }
    }

    /// The installation's limits, with these instead where they are set. None is beyond what the installation can give today.
    #[must_use]
    pub fn over(&self, usual: &Limits) -> Limits {
        let mut limits = usual.clone();
        for rule in &RULES {
            if let Some(number) = self.0.get(rule.name) {
                (rule.set)(&mut limits, (*number).clamp(rule.least, most(rule, usual)));
            }
        }
        limits
    }
}

/// Limits by name, as clients see them.
#[must_use]
pub fn limits_by_name(limits: &Limits) -> BTreeMap<&'static str, u64> {
    RULES.iter().map(|rule| (rule.name, (rule.get)(limits))).collect()
}

fn most(rule: &Rule, usual: &Limits) -> u64 {
    rule.most.max((rule.get)(usual))
}

fn check(
    name: &str,
    value: &Value,
    usual: &Limits,
    before: &SetLimits,
    raises: bool,
) -> Result<(String, u64), Violation> {
    let Some(rule) = RULES.iter().find(|rule| rule.name == name) else {
        let known: Vec<&str> = RULES.iter().map(|rule| rule.name).collect();
        return Err(Violation::new(name, "unknown", "There is no such limit").target(known));
    };
    let Some(number) = value.as_u64() else {
        return Err(Violation::new(name, "type", "Value did not match type(s): integer").value(value.clone()));
    };
    let own = before.0.get(name).copied().unwrap_or(0).max((rule.get)(usual));
    let most = if raises { most(rule, usual) } else { own };
    if number < rule.least {
        return Err(
            Violation::new(name, "minimum", format!("Value must be at least {}", rule.least)).target(rule.least)
        );
    }
    if number > most {
        let message = if raises { "Value must be at most" } else { "Only the installation may set more than" };
        return Err(Violation::new(name, "maximum", format!("{message} {most}")).target(most));
    }
    Ok((name.to_owned(), number))
}

impl Plugins {
    /// Sets a plugin's limits, in place of those that were set before. They hold from the next call on.
    ///
    /// # Errors
    /// [`PluginsError::Limits`] where one is refused, and others; nothing has changed then.
    pub async fn set_limits(
        &self,
        owner: Owner,
        name: &str,
        given: &Map<String, Value>,
        raises: bool,
        author: Option<Author>,
    ) -> Result<Plugin, PluginsError> {
        for _ in 0..ATTEMPTS {
            let (mut plugin, revision) = self.read(owner, name).await?;
            let usual = self.sandbox().limits();
            plugin.limits = SetLimits::read(given, usual, &plugin.limits, raises).map_err(PluginsError::Limits)?;
            plugin.modified = time::gregorian_now();
            let write = Self::put_plugin(owner, &plugin, Expect::Revision(revision))?;
            match self.0.store.apply(Batch::of(vec![write]).by(author.clone())).await {
                Ok(_) => return Ok(plugin),
                Err(StoreError::Conflict(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(PluginsError::Contended)
    }

    /// A plugin's document.
    ///
    /// # Errors
    /// [`PluginsError::UnknownPlugin`], and the store's.
    pub async fn document(&self, owner: Owner, name: &str) -> Result<Plugin, PluginsError> {
        self.entry(owner, name).await.map(|entry| Plugin::clone(&entry.plugin))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(given: Value, before: &SetLimits, raises: bool) -> Result<SetLimits, Vec<(String, String)>> {
        let given = given.as_object().cloned().unwrap();
        let read = SetLimits::read(&given, &Limits::default(), before, raises);
        read.map_err(|Violations(broken)| broken.into_iter().map(|one| (one.path, one.constraint.to_owned())).collect())
    }

    #[test]
    fn an_account_lowers_and_the_installation_raises() {
        let none = SetLimits::default();
        let lowered = read(json!({"select_ms": 2}), &none, false).unwrap();
        assert_eq!(lowered.over(&Limits::default()).select.wall, Duration::from_millis(2));
        assert_eq!(read(json!({"select_ms": 50}), &none, false), Err(vec![("select_ms".into(), "maximum".into())]));
        let raised = read(json!({"select_ms": 50}), &none, true).unwrap();
        assert_eq!(raised.over(&Limits::default()).select.wall, Duration::from_millis(50));
        assert_eq!(read(json!({"select_ms": 50}), &raised, false), Ok(raised.clone()));
        assert!(read(json!({"select_ms": 51}), &raised, false).is_err());
    }

    #[test]
    fn what_is_no_limit_is_named_with_its_rule() {
        let broken = read(json!({"speed": 1, "select_fuel": "many", "instances": 0}), &SetLimits::default(), true);
        let broken = broken.unwrap_err();
        for expected in [("speed", "unknown"), ("select_fuel", "type"), ("instances", "minimum")] {
            assert!(broken.iter().any(|(path, rule)| (&**path, &**rule) == expected), "{broken:?}");
        }
    }

    #[test]
    fn nobody_has_more_memory_than_a_slot() {
        let most = Limits::default().memory_bytes as u64;
        assert!(read(json!({"memory_bytes": most + 1}), &SetLimits::default(), true).is_err());
        let kept = SetLimits(BTreeMap::from([("memory_bytes".to_owned(), most * 2)]));
        assert_eq!(kept.over(&Limits::default()).memory_bytes as u64, most);
    }
}
