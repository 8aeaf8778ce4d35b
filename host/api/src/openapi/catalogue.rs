//! Every description, and which endpoint has which.

use super::description::Description;
use super::listed::{Listed, Part};
use super::{v1, v2};

/// Endpoints that belong together.
pub(super) struct Subject {
    pub(super) part: Part,
    /// The tag of its operations.
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    pub(super) descriptions: Vec<Description>,
}

/// Every subject, in the order in which the document tells them.
pub(super) fn subjects() -> Vec<Subject> {
    v2::subjects().into_iter().chain(v1::subjects()).chain([super::document::beside()]).collect()
}

/// Older names of `/resources`.
const ALIASES: [&str; 2] = ["/local_resources", "/global_resources"];

/// What the endpoint is described by: an older name by what it stands for.
pub(super) fn find(subjects: &[Subject], listed: Listed) -> Option<(&Subject, &Description)> {
    let path = listed.described();
    let rest = ALIASES.iter().filter(|_| listed.deprecated).find_map(|alias| path.strip_prefix(alias));
    let is_described = |described: &str| match rest {
        Some(rest) => described.strip_prefix("/resources") == Some(rest),
        None => described == path,
    };
    subjects.iter().filter(|subject| subject.part == listed.part).find_map(|subject| {
        let mut found = subject.descriptions.iter();
        Some((subject, found.find(|it| it.verb == listed.verb && is_described(it.path))?))
    })
}
