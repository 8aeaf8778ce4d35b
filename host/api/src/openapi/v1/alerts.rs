//! `/v1/Accounts/{sid}/Alerts`, and those of a service provider.

use super::super::description::{Description, Shape, describe};
use super::{Subject, subject};
use crate::table::Verb::Get;

const QUERY: [&str; 6] = ["recent_page", "count", "days", "start", "end", "alert_type"];

pub(super) fn described() -> Subject {
    let about = "What went wrong with the hooks of an account, kept for as long as the installation says.";
    let lists = [("/accounts/{account}/alerts", "alert"), ("/serviceproviders/{provider}/alerts", "provider_alert")];
    subject("v1 alerts", about, lists.into_iter().map(|(path, noun)| list(path, noun)).collect())
}

fn list(path: &'static str, noun: &'static str) -> Description {
    describe(Get, path, "list", noun)
        .says(
            "Lists alerts",
            "The latest first. 422 where more alerts would have to be looked through than one request may.",
        )
        .query(&QUERY)
        .answers(200, Shape::One("V1Alerts"), "The page.")
        .refuses(&[422])
}
