//! Rules between settings.

use super::error::Problem;
use super::settings::Config;

/// The rules that the configuration breaks.
pub fn broken(config: &Config) -> Vec<Problem> {
    let mut problems = Vec::new();
    if config.auth.admin_key.is_some() && config.auth.admin_key_file.is_some() {
        problems.push(Problem::general("`auth.admin_key` and `auth.admin_key_file` are both given: leave one out"));
    }
    problems
}
