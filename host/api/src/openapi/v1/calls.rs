//! `/v1/Accounts/{sid}/Calls`.

use super::super::description::{Description, Shape, describe};
use super::{Subject, subject};
use crate::table::Verb::{self, Delete, Get, Post, Put};

const LIST: &str = "/accounts/{account}/calls";
const ONE: &str = "/accounts/{account}/calls/{call}";

pub(super) fn described() -> Subject {
    let about = "Calls: placed, watched, changed and hung up. One that is over is kept for an hour, or as long as the installation says.";
    let descriptions = vec![
        describe(Get, LIST, "list", "calls")
            .says("Lists calls", "Live ones and those not over for long, the latest first. An array, or an object around it where `page` is given.")
            .query(&["page", "page_size", "direction", "call_from", "call_to", "callStatus"])
            .answers(200, Shape::One("V1Calls"), "The list."),
        describe(Post, LIST, "create", "call")
            .says("Places a call", "Answered when its INVITE is on the wire. 422 and 503 name the call whose record tells why it came to nothing.")
            .takes_one("V1CallRequest")
            .answers(201, Shape::One("V1PlacedCall"), "The INVITE is on the wire.")
            .refuses(&[422]),
        describe(Get, ONE, "read", "call").says("Reads a call", "With every attempt at a carrier.").shows("V1Call"),
        describe(Get, "/accounts/{account}/calls/{call}/routing", "explain", "call")
            .says("Tells how a call was decided", "As `/v2` does: with the reason for every carrier that a step dropped, where it can still be told.")
            .shows("Decision"),
        update(Put, "update"),
        update(Post, "change"),
        describe(Delete, ONE, "delete", "call")
            .says("Hangs a call up, and removes its record", "")
            .answers_nothing()
            .answers(202, Shape::Nothing, "It is under way.")
            .refuses(&[422]),
    ];
    subject("v1 calls", about, descriptions)
}

fn update(verb: Verb, action: &'static str) -> Description {
    describe(verb, ONE, action, "call")
        .says("Changes a live call", "Hangs it up, gives it another hook, tags it, sends digits or a request to its far end: one of them at a time.")
        .takes_one("V1CallChange")
        .answers(200, Shape::One("V1SipAnswer"), "What the far end answered to a `sip_request`.")
        .answers(202, Shape::Nothing, "It is under way.")
        .answers_nothing()
        .refuses(&[422])
}
