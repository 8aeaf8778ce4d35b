//! `/api_auth`, `/user_auth` and `/token_auth`.

use super::super::description::{Shape, describe};
use super::{Subject, subject};
use crate::table::Verb::{Delete, Get, Put};

pub(super) fn described() -> Subject {
    let about = "Tokens: what a key or a log-in is traded for, for an hour or as long as the installation says.";
    let issued = "The token is the answer's `auth_token`. `restrictions` limit what it is good for.";
    let descriptions = vec![
        describe(Put, "/api_auth", "trade", "api_key")
            .says("Trades an API key for a token", issued)
            .takes_one("ApiAuth")
            .answers(201, Shape::One("Session"), "A token was issued."),
        describe(Put, "/user_auth", "log_in", "user")
            .says("Trades a user's log-in for a token", issued)
            .takes_one("UserAuth")
            .answers(201, Shape::One("Session"), "A token was issued."),
        describe(Get, "/user_auth/{token}", "describe", "token")
            .says(
                "Tells whose a token is",
                "For whoever has it, and whoever may act on its account. It is not repeated.",
            )
            .shows("Session"),
        describe(Get, "/token_auth", "check", "token")
            .says(
                "Tells whose the request's own token is",
                "Any valid token or key may ask, whatever it is restricted to.",
            )
            .shows("Session"),
        describe(Delete, "/token_auth", "revoke", "token")
            .says("Ends the request's own token", "On every node at once. A key is not ended by this: that is 400.")
            .shows("Session"),
    ];
    subject("tokens", about, descriptions)
}
