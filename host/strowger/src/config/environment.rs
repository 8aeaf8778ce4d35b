//! Settings in the environment.

use super::error::Problem;
use super::given::{Given, Source, settings};
use super::setting::Setting;
use super::suggest::{did_you_mean, nearest};

/// What our variables begin with.
pub(super) const PREFIX: &str = "STROWGER_";

/// Names the file.
pub(super) const CONFIG: &str = "STROWGER_CONFIG";

/// Variables that are not for the server: those of the build and the tests, and those that Kubernetes sets in every container beside a
/// service named `strowger` (<https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables>).
fn is_foreign(name: &str) -> bool {
    let rest = name.strip_prefix(PREFIX).unwrap_or(name);
    let prefixes = ["TEST_", "WASM_RUSTC", "SERVICE_HOST", "SERVICE_PORT", "PORT_"];
    rest == "PORT" || prefixes.iter().any(|prefix| rest.starts_with(prefix))
}

/// What the variables give. An empty one gives nothing.
pub fn given(variables: &[(String, String)], problems: &mut Vec<Problem>) -> Vec<Given> {
    let mut given = Vec::new();
    for (name, text) in variables.iter().filter(|(name, _)| name.starts_with(PREFIX)) {
        let means = |setting: &&Setting| setting.variable() == *name || setting.other_variable().as_ref() == Some(name);
        match settings().find(means) {
            Some(_) if text.is_empty() => {}
            Some(setting) if given.iter().any(|given: &Given| given.setting.path() == setting.path()) => {
                let (one, other) = (setting.variable(), setting.other_variable().unwrap_or_default());
                problems.push(Problem::at(name, format!("`{one}` and `{other}` mean the same: leave one out")));
            }
            Some(setting) => {
                given.push(Given { setting, source: Source::Environment(name.clone()), text: text.clone() });
            }
            None if name == CONFIG || is_foreign(name) => {}
            None => problems.push(Problem::at(name, format!("unknown variable{}", suggestion(name)))),
        }
    }
    given
}

fn suggestion(name: &str) -> String {
    let known: Vec<String> = settings().map(Setting::variable).chain([CONFIG.to_owned()]).collect();
    let rests = known.iter().filter_map(|known| known.strip_prefix(PREFIX));
    let nearest = nearest(name.strip_prefix(PREFIX).unwrap_or(name), rests);
    did_you_mean(nearest.map(|rest| format!("{PREFIX}{rest}")))
}
