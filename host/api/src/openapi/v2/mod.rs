//! The endpoints of `/v2` in words.

mod accounts;
mod collections;
mod decisions;
mod jobs;
mod keys;
mod numbers;
mod plugins;
mod resources;
mod rollouts;
mod rules;
mod selectors;
mod sessions;
mod tasks;
mod users;

use super::catalogue::Subject;
use super::description::Description;
use super::listed::Part;

/// Every subject, in the order in which the document tells them.
pub(super) fn subjects() -> Vec<Subject> {
    vec![
        sessions::described(),
        accounts::described(),
        keys::described(),
        users::described(),
        resources::described(),
        collections::described(),
        jobs::described(),
        numbers::described(),
        rules::described(),
        selectors::described(),
        tasks::described(),
        plugins::described(),
        rollouts::described(),
        decisions::described(),
    ]
}

/// Filters of lists of documents.
const FILTERS: &[&str] = &[
    "filter",
    "has_key",
    "key_missing",
    "has_value",
    "value_missing",
    "created_from",
    "created_to",
    "modified_from",
    "modified_to",
];

fn subject(name: &'static str, about: &'static str, descriptions: Vec<Description>) -> Subject {
    Subject { part: Part::V2, name, about, descriptions }
}
