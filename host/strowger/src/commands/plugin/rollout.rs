//! `strowger plugin rollout`: a version that is tried before it becomes the active one.

#![expect(clippy::print_stdout, reason = "this is what the command is for")]

use clap::{ArgGroup, Args};
use serde_json::{Map, Value, json};

use super::args::ServerArgs;
use super::remote::text;
use super::server::Server;
use crate::Failure;

/// Options of `strowger plugin rollout`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("mode").args(["canary", "shadow"]))]
pub struct RolloutArgs {
    /// The plugin.
    pub name: String,

    /// The version to be tried; without one the rollout is shown.
    #[arg(requires = "mode", conflicts_with = "stop")]
    pub version: Option<String>,

    /// Have the version answer that many percent of the callers.
    #[arg(long, value_name = "PERCENT", requires = "version")]
    pub canary: Option<u8>,

    /// Have the version compared with the active one on that many percent of the calls.
    #[arg(long, value_name = "PERCENT", requires = "version")]
    pub shadow: Option<u8>,

    /// End the rollout.
    #[arg(long)]
    pub stop: bool,

    /// Give the version up after so many errors.
    #[arg(long, value_name = "COUNT", requires = "version")]
    pub errors: Option<u32>,

    /// Give the version up where it fails more calls than that.
    #[arg(long, value_name = "PERCENT", requires = "version")]
    pub error_percent: Option<u8>,

    /// Calls before which shares and means are not judged.
    #[arg(long, value_name = "COUNT", requires = "version")]
    pub after_calls: Option<u32>,

    /// Give a shadow up that answers more calls otherwise.
    #[arg(long, value_name = "PERCENT", requires = "shadow")]
    pub differences_percent: Option<u8>,

    /// Give the version up where a call takes more fuel on average.
    #[arg(long, value_name = "UNITS", requires = "version")]
    pub fuel: Option<u64>,

    /// Give the version up where a call takes longer on average.
    #[arg(long, value_name = "MICROSECONDS", requires = "version")]
    pub microseconds: Option<u64>,

    /// Which server.
    #[command(flatten)]
    pub server: ServerArgs,
}

impl RolloutArgs {
    /// What the server is asked for.
    fn wanted(&self, version: &str) -> Value {
        let (mode, percent) = match self.shadow {
            Some(percent) => ("shadow", Some(percent)),
            None => ("canary", self.canary),
        };
        let rules = [
            ("errors", self.errors.map(u64::from)),
            ("error_percent", self.error_percent.map(u64::from)),
            ("after_calls", self.after_calls.map(u64::from)),
            ("differences_percent", self.differences_percent.map(u64::from)),
            ("fuel", self.fuel),
            ("microseconds", self.microseconds),
        ];
        let abort: Map<String, Value> =
            rules.into_iter().filter_map(|(name, set)| Some((name.to_owned(), json!(set?)))).collect();
        json!({"version": version, "mode": mode, "percent": percent, "abort": abort})
    }
}

/// Begins, shows or ends a rollout.
pub async fn rollout(args: &RolloutArgs) -> Result<(), Failure> {
    let (server, path) = (Server::of(&args.server)?, format!("/{}/rollout", args.name));
    let told = match (&args.version, args.stop) {
        (Some(version), _) => server.put(&path, &args.wanted(version)).await?,
        (None, true) => server.delete(&path).await?,
        (None, false) => server.get(&path).await?,
    };
    print!("{}", shown(&told));
    Ok(())
}

fn shown(told: &Value) -> String {
    let mut out = format!(
        "{}@{} is tried as {} on {} % beside {}: {}\n",
        text(told, "plugin"),
        text(told, "version"),
        text(told, "mode"),
        told.get("percent").and_then(Value::as_u64).unwrap_or_default(),
        text(told, "active"),
        text(told, "state"),
    );
    if let Some(reason) = told.get("reason").and_then(Value::as_str) {
        out.push_str(&format!("  because {reason}\n"));
    }
    let number = |pointer: String| told.pointer(&pointer).and_then(Value::as_u64).unwrap_or_default();
    for (word, version) in [("candidate", text(told, "version")), ("active", text(told, "active"))] {
        let of = |field: &str| number(format!("/figures/{word}/{field}"));
        let (calls, errors, fuel, us) = (of("calls"), of("errors"), of("mean_fuel"), of("mean_us"));
        out.push_str(&format!("  {version}: {calls} calls, {errors} errors, {fuel} fuel and {us} us on average\n"));
    }
    let compared = number("/figures/compared".into());
    if compared > 0 {
        let different = number("/figures/different".into());
        out.push_str(&format!("  {compared} answers compared, {different} others\n"));
    }
    for difference in told.pointer("/figures/differences").and_then(Value::as_array).into_iter().flatten() {
        let reasons = difference.get("reasons").and_then(Value::as_array).into_iter().flatten();
        let reasons: Vec<&str> = reasons.filter_map(Value::as_str).collect();
        out.push_str(&format!("    {}: {}\n", text(difference, "number"), reasons.join("; ")));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rollout_is_told_in_words() {
        let used = json!({"calls": 3, "errors": 0, "mean_fuel": 7, "mean_us": 1});
        let difference = json!({"number": "+1", "reasons": ["the order differs"]});
        let told = shown(&json!({
            "plugin": "mine", "version": "2", "active": "1", "mode": "shadow", "percent": 100, "state": "running",
            "figures": {"candidate": used, "active": used, "compared": 3, "different": 1, "differences": [difference]},
        }));
        assert_eq!(
            told,
            "mine@2 is tried as shadow on 100 % beside 1: running\n  2: 3 calls, 0 errors, 7 fuel and 1 us on average\n  \
             1: 3 calls, 0 errors, 7 fuel and 1 us on average\n  3 answers compared, 1 others\n    +1: the order differs\n"
        );
    }
}
