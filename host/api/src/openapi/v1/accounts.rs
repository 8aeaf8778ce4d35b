//! `/v1/Accounts`.

use super::super::description::describe;
use super::{Subject, subject};
use crate::table::Verb::{Delete, Get, Post, Put};

pub(super) fn described() -> Subject {
    let about = "Accounts: whose carriers, applications and calls.";
    let descriptions = vec![
        describe(Get, "/accounts", "list", "accounts")
            .says("Lists accounts", "Those that the caller reaches, without their secrets.")
            .lists("V1Account"),
        describe(Post, "/accounts", "create", "account")
            .says("Makes an account", "Below the caller's service provider, or the one that an administrator names.")
            .takes_one("V1AccountRequest")
            .makes(),
        describe(Get, "/accounts/{account}", "read", "account")
            .says("Reads an account", "With the secret that its webhooks are signed with.")
            .shows("V1Account"),
        describe(Put, "/accounts/{account}", "update", "account")
            .says(
                "Changes the fields that the body names",
                "`is_active` is for its service provider to say, `rate_limit` for administrators.",
            )
            .takes_one("V1AccountChange")
            .answers_nothing()
            .refuses(&[409, 422]),
        describe(Delete, "/accounts/{account}", "delete", "account")
            .says("Closes an account", "At once; a job removes what was its own.")
            .answers_nothing()
            .refuses(&[409]),
        describe(Get, "/accounts/{account}/apikeys", "list", "account_api_keys")
            .says("Lists its keys", "Not the tokens themselves.")
            .lists("V1ApiKey"),
    ];
    subject("v1 accounts", about, descriptions)
}
