//! `/decisions`, and what is made of them.

use super::super::description::describe;
use super::{Subject, subject};
use crate::table::Verb::{Get, Post};

pub(super) fn described() -> Subject {
    let about = "Decisions: what the account's last calls were decided with, how, and what a change would change.";
    let descriptions = vec![
        describe(Get, "/decisions", "list", "decisions")
            .says("Lists decisions", "Of the last 1,000 calls, the newest first.")
            .query(&["decided_call", "decided_number"])
            .pages("Decision"),
        describe(Get, "/calls/{call}/routing", "explain", "call")
            .says("Tells how a call was decided", EXPLAINED)
            .shows("Decision"),
        describe(Post, "/plugins/{plugin}/versions/{version}/replay", "replay", "plugin_version")
            .says("Makes the last decisions again with a version", "In place of the one that the chain's steps mean by the plugin's name; over today's carriers. No call is touched.")
            .may_take("ReplayRequest")
            .shows("Replayed")
            .refuses(&[409]),
        describe(Post, "/resource_selectors/replay", "replay", "rules")
            .says("Makes the last decisions again by another chain", "Beside the chain that calls go by, over today's carriers. No call is touched.")
            .takes_one("ChainReplayRequest")
            .shows("Replayed")
            .refuses(&[409]),
    ];
    subject("decisions", about, descriptions)
}

const EXPLAINED: &str = "With the reason for every carrier that a step dropped, as long as the chain and the carriers are those that it was decided with; else `explained` is false and `reason` says why. 404 where it was not decided by a chain, or too many were decided since.";
