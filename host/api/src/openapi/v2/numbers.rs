//! `/phone_numbers`.

use super::super::description::describe;
use super::{Subject, subject};
use crate::table::Verb::{Delete, Get};

pub(super) fn described() -> Subject {
    let about = "Telephone numbers: what they are, and whose. An account's are its own; the installation's are a pool.";
    let descriptions = vec![
        describe(Get, "/phone_numbers", "list", "numbers")
            .says("Lists the numbers", "Jobs add them.")
            .query(super::FILTERS)
            .query(&["number_sort"])
            .pages("PhoneNumber"),
        describe(Get, "/phone_numbers/{number}", "read", "number")
            .says(
                "Reads a number",
                "In any form that the dial plan knows. An administrator who names no account is told whose it is.",
            )
            .shows("PhoneNumber")
            .revisioned(),
        describe(Delete, "/phone_numbers/{number}", "delete", "number")
            .says("Gives a number back", "")
            .shows("DeletedNumber")
            .refuses(&[409])
            .revisioned(),
        describe(Get, "/phone_numbers/classifiers/{number}", "classify", "number")
            .says("Tells a number in all its forms, and its class", "By the installation's dial plan.")
            .shows("NumberForms"),
    ];
    subject("numbers", about, descriptions)
}
