//! `/plugins/{plugin}/rollout`.

use super::super::description::describe;
use super::{Subject, subject};
use crate::table::Verb::{Delete, Get, Put};

pub(super) fn described() -> Subject {
    let about = "Rollouts: a version of a plugin that is tried on calls before it becomes the active one, and given up by itself where it is too bad.";
    let descriptions = vec![
        describe(Get, "/plugins/{plugin}/rollout", "read", "rollout")
            .says("Reads a rollout", "With what the node that answers has seen of it. The revision is the plugin's; figures do not change it.")
            .shows("Rollout")
            .revisioned(),
        describe(Put, "/plugins/{plugin}/rollout", "begin", "rollout")
            .says("Tries a version", ROLL_OUT)
            .takes_one("RolloutRequest")
            .shows("Rollout")
            .refuses(&[409])
            .asks_revision(),
        describe(Delete, "/plugins/{plugin}/rollout", "end", "rollout")
            .says("Ends a rollout", "All calls go by the active version from the next one on. Making the version active ends its rollout too.")
            .shows("Rollout")
            .refuses(&[409])
            .asks_revision(),
    ];
    subject("rollouts", about, descriptions)
}

const ROLL_OUT: &str = "As a `canary` the version answers a share of the calls wherever the plugin is named without a version, always those of the same callers; where it fails, the active version answers. As a `shadow` it is asked beside the active version and compared, and its answer is never used. Of the same version in the same mode only the share and the rules are changed, and the figures go on. Selectors have both modes, call hooks canaries only.";
