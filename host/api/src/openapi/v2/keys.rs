//! `/api_keys`, and `/api_key`.

use super::super::description::{Description, Shape, describe};
use super::{Subject, subject};
use crate::table::Verb::{Delete, Get, Post, Put};

pub(super) fn described() -> Subject {
    let about = "API keys of an account, the same ones that `/v1` shows. Only a hash of a key is stored: it is told once, when it is made.";
    let descriptions = vec![
        describe(Get, "/api_key", "read", "main_key")
            .says("Reads about the key that has no id", "Not the key itself.")
            .shows("Key"),
        main(
            describe(Put, "/api_key", "create", "main_key")
                .says("Makes the key that has no id, or gives it another token", GRACE),
        ),
        main(
            describe(Post, "/api_key", "rotate", "main_key")
                .says("Gives the key that has no id another token, or makes it", GRACE),
        )
        .answers(200, Shape::One("Key"), "It was read or removed: `verb`."),
        describe(Delete, "/api_key", "delete", "main_key")
            .says("Removes the key that has no id", "")
            .shows("DeletedKey"),
        describe(Get, "/api_keys", "list", "keys").says("Lists the keys", "Not the keys themselves.").lists("Key"),
        describe(Put, "/api_keys", "create", "key")
            .says("Makes a key", "`rate_limit` may not be above the installation's, unless an administrator says so.")
            .takes_one("KeyRequest")
            .creates("IssuedKey")
            .refuses(&[409]),
        describe(Get, "/api_keys/{key}", "read", "key").says("Reads about a key", "Not the key itself.").shows("Key"),
        describe(Delete, "/api_keys/{key}", "delete", "key")
            .says("Removes a key", "Tokens that it was traded for end with it.")
            .shows("DeletedKey")
            .refuses(&[409]),
        describe(Post, "/api_keys/{key}/rotate", "rotate", "key")
            .says("Gives a key another token", GRACE)
            .query(&["grace_s"])
            .may_take("Grace")
            .shows("IssuedKey")
            .refuses(&[409]),
    ];
    subject("keys", about, descriptions)
}

const GRACE: &str = "With `grace_s` the token before goes on for so many seconds.";

fn main(description: Description) -> Description {
    description
        .query(&["grace_s"])
        .may_take("Grace")
        .answers(201, Shape::One("IssuedKey"), "The key has another token.")
        .refuses(&[409])
}
