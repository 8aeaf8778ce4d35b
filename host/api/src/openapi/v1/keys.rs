//! `/v1/ApiKeys`.

use super::super::description::{Shape, describe};
use super::{Subject, subject};
use crate::table::Verb::{Delete, Post};

pub(super) fn described() -> Subject {
    let about = "API keys. A token is told once, when its key is made or gets another one.";
    let descriptions = vec![
        describe(Post, "/apikeys", "create", "api_key")
            .says("Makes a key", "Nobody makes one that opens more than their own. With no account and no service provider it is an administrator's.")
            .takes_one("V1ApiKeyRequest")
            .answers(201, Shape::One("V1IssuedKey"), "The key and its token.")
            .refuses(&[409]),
        describe(Delete, "/apikeys/{key}", "delete", "api_key")
            .says("Removes a key", "Tokens that it was traded for end with it.")
            .answers_nothing()
            .refuses(&[409]),
        describe(Post, "/apikeys/{key}/rotate", "rotate", "api_key")
            .says("Gives a key another token", "With `grace_s` the token before goes on for so many seconds, up to a week.")
            .may_take("V1Rotation")
            .answers(201, Shape::One("V1RotatedKey"), "The key's other token.")
            .refuses(&[409]),
    ];
    subject("v1 keys", about, descriptions)
}
