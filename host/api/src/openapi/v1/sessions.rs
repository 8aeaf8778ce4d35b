//! `/logout`.

use super::super::description::describe;
use super::{Subject, subject};
use crate::table::Verb::Post;

pub(super) fn described() -> Subject {
    let about = "The tokens of `/v2/user_auth` and `/v2/api_auth` open `/v1` too.";
    let descriptions = vec![
        describe(Post, "/logout", "revoke", "session")
            .says("Logs out", "The token of the request ends, in `/v2` too. An API key is answered 400.")
            .answers_nothing(),
    ];
    subject("v1 sessions", about, descriptions)
}
