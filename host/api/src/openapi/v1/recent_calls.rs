//! `/v1/Accounts/{sid}/RecentCalls`, and those of a service provider.

use super::super::description::{Description, Shape, describe};
use super::{Subject, subject};
use crate::table::Verb::Get;

const WHERE: [(&str, &str, &str); 2] = [
    ("/accounts/{account}/recentcalls", "/accounts/{account}/recentcalls/{call}", "recent_call"),
    (
        "/serviceproviders/{provider}/recentcalls",
        "/serviceproviders/{provider}/recentcalls/{call}",
        "provider_recent_call",
    ),
];

const QUERY: [&str; 9] =
    ["recent_page", "count", "days", "start", "end", "trunk", "direction", "answered", "recent_filter"];

pub(super) fn described() -> Subject {
    let about = "Calls that are over, kept for as long as the installation says.";
    subject("v1 recent calls", about, WHERE.into_iter().flat_map(|(list, one, noun)| both(list, one, noun)).collect())
}

fn both(list: &'static str, one: &'static str, noun: &'static str) -> [Description; 2] {
    [
        describe(Get, list, "list", noun)
            .says(
                "Lists recent calls",
                "The latest first. 422 where more calls would have to be looked through than one request may.",
            )
            .query(&QUERY)
            .answers(200, Shape::One("V1RecentCalls"), "The page.")
            .refuses(&[422]),
        describe(Get, one, "read", noun)
            .says("Reads a recent call", "With every attempt at a carrier.")
            .shows("V1RecentCall"),
    ]
}
