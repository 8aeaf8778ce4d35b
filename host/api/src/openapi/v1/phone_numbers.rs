//! `/v1/PhoneNumbers`.

use super::super::description::{Shape, describe};
use super::{Subject, subject};
use crate::table::Verb::{Delete, Get, Post, Put};

const LIST: &str = "/phonenumbers";
const ONE: &str = "/phonenumbers/{phone_number}";

pub(super) fn described() -> Subject {
    let about = "Telephone numbers: the same ones as `/v2/phone_numbers` has, and which application answers each. A number is one account's and nobody else's, or in the pool, from which its service provider gives it to an account.";
    let descriptions = vec![
        describe(Get, LIST, "list", "phone_numbers")
            .says("Lists numbers", "In the order of numbers. An array, or an object around it where `page` is given.")
            .query(&["page", "page_size", "number_part", "of_account", "of_provider"])
            .answers(200, Shape::One("V1PhoneNumbers"), "The list."),
        describe(Post, LIST, "create", "phone_number")
            .says("Adds a number", "422 where somebody has it.")
            .takes_one("V1PhoneNumberRequest")
            .makes(),
        describe(Get, ONE, "read", "phone_number").says("Reads a number", "").shows("V1PhoneNumber"),
        describe(Put, ONE, "update", "phone_number")
            .says("Gives a number to an application or to another account", "")
            .takes_one("V1PhoneNumberChange")
            .answers_nothing()
            .refuses(&[409]),
        describe(Delete, ONE, "delete", "phone_number")
            .says("Gives a number back", "Anybody may add it then.")
            .answers_nothing()
            .refuses(&[409]),
        describe(Get, "/serviceproviders/{provider}/phonenumbers", "list", "provider_phone_numbers")
            .says("Lists the numbers of a service provider and of its accounts", "")
            .query(&["page", "page_size", "number_part", "of_account"])
            .answers(200, Shape::One("V1PhoneNumbers"), "The list."),
    ];
    subject("v1 phone numbers", about, descriptions)
}
