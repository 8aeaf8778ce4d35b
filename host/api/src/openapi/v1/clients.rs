//! `/v1/Clients`.

use super::super::description::describe;
use super::{Subject, subject};
use crate::table::Verb::{Delete, Get, Post, Put};

const CLIENTS: &str = "/clients";
const CLIENT: &str = "/clients/{client}";

pub(super) fn described() -> Subject {
    let about = "The SIP users of accounts: what telephones will register as. Registrations are not built yet.";
    let descriptions = vec![
        describe(Get, CLIENTS, "list", "clients")
            .says(
                "Lists SIP users",
                "Those of the accounts that the caller reaches. Of a password, its first character is shown.",
            )
            .lists("V1Client"),
        describe(Post, CLIENTS, "create", "client")
            .says("Makes a SIP user", "Administrators and service providers name its account.")
            .takes_one("V1ClientRequest")
            .makes(),
        describe(Get, CLIENT, "read", "client")
            .says("Reads a SIP user", "Of its password, the first character is shown.")
            .shows("V1Client"),
        describe(Put, CLIENT, "update", "client")
            .says("Changes the fields that the body names", "A password as it is shown changes nothing.")
            .takes_one("V1ClientChange")
            .answers_nothing()
            .refuses(&[409]),
        describe(Delete, CLIENT, "delete", "client").says("Removes a SIP user", "").answers_nothing(),
    ];
    subject("v1 clients", about, descriptions)
}
