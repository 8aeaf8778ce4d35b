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
                "`is_active` and its plan are for its service provider to say, `rate_limit` for administrators. An account gives itself a \
                 `sip_realm` at `…/SipRealms/{realm}`.",
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
        describe(Get, "/accounts/{account}/webhooksecret", "read", "webhook_secret")
            .says("Tells what its webhooks are signed with", "Replaces it first where `regenerate` asks for that.")
            .query(&["regenerate"])
            .shows("V1WebhookSecret")
            .refuses(&[409]),
        describe(Post, "/accounts/{account}/siprealms/{sip_realm}", "create", "sip_realm")
            .says("Gives it a SIP domain", "422 where another account has it.")
            .answers_nothing()
            .refuses(&[409, 422]),
        describe(Get, "/accounts/{account}/registeredsipusers", "list", "registered_sip_users")
            .says(
                "Lists who is registered",
                "Nobody: registrations are not built. 400 where the account has no SIP domain.",
            )
            .lists("V1SipUser"),
        describe(Get, "/accounts/{account}/registeredsipusers/{sip_user}", "read", "registered_sip_user")
            .says("Reads where a client of the account is registered", "Nowhere: registrations are not built.")
            .shows("V1Registration"),
        describe(Get, "/accounts/{account}/callcount", "read", "call_count")
            .says("Counts its live calls", "Those of all nodes.")
            .shows("V1CallCount"),
    ];
    subject("v1 accounts", about, descriptions)
}
