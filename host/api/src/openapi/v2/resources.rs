//! `/resources`.

use super::super::description::describe;
use super::{Subject, subject};
use crate::table::Verb::{Delete, Get, Patch, Post, Put};

pub(super) fn described() -> Subject {
    let about = "Carriers: an account's own, or the installation's. `local_resources` and `global_resources` are their older names.";
    let descriptions = vec![
        describe(Get, "/resources", "list", "resources")
            .says(
                "Lists carriers",
                "By id, the last one first. Filters are of the whole document and all of them hold.",
            )
            .query(super::FILTERS)
            .query(&["sort"])
            .pages("ResourceRow"),
        describe(Put, "/resources", "create", "resource")
            .says("Makes a carrier", "With the `id` that it is given, or one of the host's.")
            .takes_one("Resource")
            .creates("StoredResource")
            .refuses(&[409])
            .revisioned(),
        describe(Get, "/resources/{id}", "read", "resource")
            .says("Reads a carrier", "With the passwords of its gateways.")
            .shows("StoredResource")
            .revisioned(),
        describe(Post, "/resources/{id}", "replace", "resource")
            .says("Replaces a carrier", "The next call is routed by it.")
            .takes_one("Resource")
            .shows("StoredResource")
            .refuses(&[409])
            .revisioned(),
        describe(Patch, "/resources/{id}", "update", "resource")
            .says("Merges fields into a carrier's", "`null` removes a field at any depth, a list replaces a list.")
            .takes_one("ResourcePatch")
            .shows("StoredResource")
            .refuses(&[409])
            .revisioned(),
        describe(Delete, "/resources/{id}", "delete", "resource")
            .says("Removes a carrier", "It is kept out of sight, unless `should_soft_delete=false`.")
            .query(&["should_soft_delete"])
            .shows("DeletedResource")
            .refuses(&[409])
            .revisioned(),
        describe(Post, "/resources/format", "format", "request")
            .says("Tries formatters", "What they make of a request, by the code that formats calls.")
            .takes_one("FormatRequest")
            .shows("FormattedRequest"),
    ];
    subject("resources", about, descriptions)
}
