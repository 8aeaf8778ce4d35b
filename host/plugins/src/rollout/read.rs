//! What a request wants to be tried.

use serde_json::{Map, Value};
use strowger_model::{Violation, Violations};

use super::{Abort, Mode, Rollout};

/// The share of the calls where nothing is said of it.
const PERCENT: u64 = 10;
/// The longest name of a version.
const VERSION: usize = 64;

/// What is wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// The version.
    pub version: String,
    /// How it is tried.
    pub mode: Mode,
    /// The share of the calls, 1 to 100.
    pub percent: u8,
    /// When it is given up.
    pub abort: Abort,
}

/// A rule of `abort`: its name, the least and the most that it can be.
const RULES: [(&str, u64, u64); 6] = [
    ("errors", 1, 1_000),
    ("error_percent", 0, 100),
    ("after_calls", 1, 1_000),
    ("differences_percent", 0, 100),
    ("fuel", 1, 100_000_000_000),
    ("microseconds", 1, 60_000_000),
];

impl Wanted {
    /// Reads a request.
    ///
    /// # Errors
    /// Everything that is wrong with it, by path.
    pub fn read(data: &Map<String, Value>) -> Result<Self, Violations> {
        let mut broken = Violations::default();
        let known = ["version", "mode", "percent", "abort"];
        for field in data.keys().filter(|field| !known.contains(&field.as_str())) {
            broken.push(Violation::new(field.as_str(), "unknown", "There is no such field").target(known.to_vec()));
        }
        let version = version(data.get("version")).map_err(|violation| broken.push(violation));
        let mode = mode(data.get("mode")).map_err(|violation| broken.push(violation));
        let percent = match data.get("percent") {
            None => Ok(PERCENT),
            Some(given) => whole("percent".into(), given, 1, 100).map_err(|violation| broken.push(violation)),
        };
        let abort = abort(data.get("abort"), mode.ok(), &mut broken);
        broken.into_result()?;
        let (Ok(version), Ok(mode), Ok(percent)) = (version, mode, percent) else { return Err(Violations::default()) };
        Ok(Self { version, mode, percent: narrow(percent), abort })
    }

    /// Whether it is the same trial, and only its share or its rules are others.
    pub(super) fn goes_on(&self, before: &Rollout) -> bool {
        before.version == self.version && before.mode == self.mode
    }
}

fn version(given: Option<&Value>) -> Result<String, Violation> {
    match given {
        None | Some(Value::Null) => Err(Violation::new("version", "required", "Field is required but missing")),
        Some(Value::String(version)) if version.len() <= VERSION => Ok(version.clone()),
        Some(Value::String(_)) => {
            let message = format!("String must be at most {VERSION} characters");
            Err(Violation::new("version", "maxLength", message).target(VERSION))
        }
        Some(other) => {
            Err(Violation::new("version", "type", "Value did not match type(s): string").value(other.clone()))
        }
    }
}

fn mode(given: Option<&Value>) -> Result<Mode, Violation> {
    let modes = [Mode::Shadow, Mode::Canary];
    let given = given.filter(|given| !given.is_null());
    let given = given.ok_or_else(|| Violation::new("mode", "required", "Field is required but missing"))?;
    modes.into_iter().find(|mode| given.as_str() == Some(mode.name())).ok_or_else(|| {
        let words = "Value not found in enumerated list of values";
        Violation::new("mode", "enum", words).target(modes.map(Mode::name).to_vec()).value(given.clone())
    })
}

/// What is left out is as usual; what is null is not judged.
fn abort(given: Option<&Value>, mode: Option<Mode>, broken: &mut Violations) -> Abort {
    let mut abort = Abort::default();
    let given = match given {
        None | Some(Value::Null) => return abort,
        Some(Value::Object(given)) => given,
        Some(other) => {
            let message = "Value did not match type(s): object";
            broken.push(Violation::new("abort", "type", message).value(other.clone()));
            return abort;
        }
    };
    for (name, value) in given {
        match rule(name, value, mode) {
            Ok(number) => set(&mut abort, name, number),
            Err(violation) => broken.push(violation),
        }
    }
    abort
}

fn rule(name: &str, value: &Value, mode: Option<Mode>) -> Result<Option<u64>, Violation> {
    let path = format!("abort.{}", name.chars().take(64).collect::<String>().replace('.', "%2E"));
    let Some((_, least, most)) = RULES.into_iter().find(|(known, ..)| *known == name) else {
        let known: Vec<&str> = RULES.iter().map(|(known, ..)| *known).collect();
        return Err(Violation::new(path, "unknown", "There is no such rule").target(known));
    };
    if name == "differences_percent" && mode == Some(Mode::Canary) && !value.is_null() {
        return Err(Violation::new(path, "mode", "Only a shadow is compared"));
    }
    if value.is_null() && name != "after_calls" {
        return Ok(None);
    }
    whole(path, value, least, most).map(Some)
}

fn whole(path: String, value: &Value, least: u64, most: u64) -> Result<u64, Violation> {
    let Some(number) = value.as_u64() else {
        let message = "Value did not match type(s): integer";
        return Err(Violation::new(path, "type", message).value(value.clone()));
    };
    if number < least {
        return Err(Violation::new(path, "minimum", format!("Value must be at least {least}")).target(least));
    }
    if number > most {
        return Err(Violation::new(path, "maximum", format!("Value must be at most {most}")).target(most));
    }
    Ok(number)
}

fn set(abort: &mut Abort, name: &str, number: Option<u64>) {
    let small = number.map(|number| u32::try_from(number).unwrap_or(u32::MAX));
    match name {
        "errors" => abort.errors = small,
        "error_percent" => abort.error_percent = number.map(narrow),
        "after_calls" => abort.after_calls = small.unwrap_or(abort.after_calls),
        "differences_percent" => abort.differences_percent = number.map(narrow),
        "fuel" => abort.fuel = number,
        _ => abort.microseconds = number,
    }
}

fn narrow(number: u64) -> u8 {
    u8::try_from(number).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(data: &Value) -> Result<Wanted, Vec<(String, &'static str)>> {
        let read = Wanted::read(data.as_object().unwrap());
        read.map_err(|Violations(broken)| broken.into_iter().map(|one| (one.path, one.constraint)).collect())
    }

    #[test]
    fn what_is_left_out_is_as_usual_and_null_switches_a_rule_off() {
        let usual = read(&json!({"version": "2", "mode": "canary"})).unwrap();
        assert_eq!((usual.percent, usual.abort), (10, Abort::default()));
        let set = json!({"errors": null, "fuel": 7, "differences_percent": 0});
        let set = read(&json!({"version": "2", "mode": "shadow", "percent": 100, "abort": set})).unwrap();
        let expected = Abort { errors: None, fuel: Some(7), differences_percent: Some(0), ..Abort::default() };
        assert_eq!((set.percent, set.abort), (100, expected));
    }

    #[test]
    fn everything_that_is_wrong_is_named_with_its_rule() {
        let abort =
            json!({"errors": 0, "error_percent": 101, "after_calls": null, "differences_percent": 1, "speed": 1});
        let broken = read(&json!({"mode": "canary", "percent": 0, "abort": abort, "colour": 1})).unwrap_err();
        for expected in [
            ("version", "required"),
            ("percent", "minimum"),
            ("colour", "unknown"),
            ("abort.errors", "minimum"),
            ("abort.error_percent", "maximum"),
            ("abort.after_calls", "type"),
            ("abort.differences_percent", "mode"),
            ("abort.speed", "unknown"),
        ] {
            assert!(broken.iter().any(|(path, rule)| (&**path, *rule) == expected), "{expected:?}: {broken:?}");
        }
        for (mode, rule) in [(json!(7), "enum"), (json!("both"), "enum"), (Value::Null, "required")] {
            assert_eq!(read(&json!({"version": "2", "mode": mode})).unwrap_err(), [("mode".to_owned(), rule)]);
        }
    }
}
