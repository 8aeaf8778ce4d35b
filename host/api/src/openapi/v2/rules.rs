//! `/resource_selectors`, as far as it is about chains.

use super::super::description::describe;
use super::{Subject, subject};
use crate::table::Verb::{Delete, Get, Post};

pub(super) fn described() -> Subject {
    let about = "Routing chains: the steps that choose the carriers of a call, and what they decide.";
    let descriptions = vec![
        describe(Get, "/resource_selectors/rules", "read", "rules")
            .says("Reads the chain", "404 where none was saved: then the installation's, or the default one, routes.")
            .shows("StoredRules")
            .refuses(&[404])
            .revisioned(),
        describe(Post, "/resource_selectors/rules", "save", "rules")
            .says("Saves the chain", "Every step is checked: its module must be installed and take its parameters.")
            .takes_one("Rules")
            .shows("StoredRules")
            .refuses(&[404, 409])
            .revisioned(),
        describe(Delete, "/resource_selectors/rules", "delete", "rules")
            .says(
                "Removes the chain",
                "Calls go by the installation's, or by the default one where that has none either.",
            )
            .shows("DeletedRules")
            .refuses(&[404, 409])
            .revisioned(),
        describe(Post, "/resource_selectors/route", "explain", "route")
            .says(
                "Explains how a call would be routed",
                "By the code that routes calls. `rules` tries a chain that is not saved. No call is placed.",
            )
            .takes_one("RouteRequest")
            .shows("Route"),
        describe(Get, "/resource_selectors/modules", "list", "modules")
            .says(
                "Lists the installed modules",
                "With the JSON Schema of their parameters, by which chains are checked.",
            )
            .lists("Module"),
        describe(Get, "/resource_selectors/whois", "find", "gateway")
            .says("Finds whose gateway an address is", WHOIS)
            .query(&["ip", "port", "realm"])
            .shows("Gateway")
            .refuses(&[404]),
        describe(Post, "/resource_selectors/whois", "look_up", "gateway")
            .says("Finds whose gateway an address is", WHOIS)
            .takes_one("Source")
            .shows("Gateway")
            .refuses(&[404]),
    ];
    subject("rules", about, descriptions)
}

const WHOIS: &str = "By the code that tells who is calling. 404 where it is nobody's.";
