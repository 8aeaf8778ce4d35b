//! The verdict on a component, the same as at its upload, as people read it.

use std::fmt;

use strowger_sandbox::{PluginId, Terms, Verdict};

use crate::format::{bytes, count};
use crate::trial::sandbox;
use crate::{KitError, Project, Tools};

/// A verdict, to be shown.
#[derive(Debug, Clone)]
pub struct Judged(pub Verdict);

/// Gives the verdict on a project's component.
///
/// # Errors
/// Where it is not built, or the sandbox cannot be set up.
pub async fn judge(project: &Project, tools: &Tools<'_>) -> Result<Judged, KitError> {
    let component = project.built()?;
    let plugin = PluginId::system(&project.name, &project.version);
    let examined = sandbox(tools)?.examine(&plugin, component.into(), Terms::default()).await;
    Ok(Judged(examined.verdict))
}

impl fmt::Display for Judged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = &self.0;
        let mut line = |name: &str, value: String| writeln!(f, "{name:<12} {value}");
        line("digest", format!("sha256:{}", verdict.digest))?;
        line("size", bytes(verdict.size))?;
        line("world", verdict.world.clone().unwrap_or_else(|| "none of ours".into()))?;
        if !verdict.summary.is_empty() {
            line("summary", verdict.summary.clone())?;
        }
        line("imports", listed(&verdict.imports))?;
        let capabilities: Vec<String> = verdict.capabilities.iter().map(|asked| asked.name().to_owned()).collect();
        line("to grant", listed(&capabilities))?;
        line("memory", format!("{} at the start", bytes(verdict.initial_memory)))?;
        line("compiled", format!("in {} ms to {}", verdict.compile_ms, bytes(verdict.code_bytes)))?;
        if let Some(trial) = &verdict.trial {
            let (begun, described) = (count(trial.instantiate_us), count(trial.describe_us));
            line(
                "trial",
                format!("instantiated in {begun} µs, described in {described} µs, fuel {}", count(trial.fuel)),
            )?;
        }
        for fault in &verdict.faults {
            writeln!(f, "REFUSED      [{}] {}\n             {}", fault.rule, fault.message, fault.mend)?;
        }
        writeln!(f, "verdict      {}", if verdict.accepted { "accepted" } else { "refused" })
    }
}

fn listed(names: &[String]) -> String {
    if names.is_empty() { "nothing".into() } else { names.join(", ") }
}
