//! `/v2/accounts`, the tree of them, and the audit.

use super::super::description::{Description, Shape, describe};
use super::{Subject, subject};
use crate::table::Verb::{Delete, Get, Patch, Post, Put};

pub(super) fn described() -> Subject {
    let about = "The tree of service providers and the accounts below them, as far as the caller reaches. `{account}` may be a service provider here.";
    subject("accounts", about, [nodes(), tree()].concat())
}

fn nodes() -> Vec<Description> {
    vec![
        describe(Get, "/accounts", "list", "accounts")
            .says("Lists service providers and accounts", "Service providers first.")
            .query(super::FILTERS)
            .pages("NodeRow"),
        describe(Put, "/accounts", "create", "account")
            .says(
                "Makes an account",
                "Below the caller's service provider, or the one that an administrator names in `service_provider_id`.",
            )
            .takes_one("NewAccount")
            .creates("Node")
            .refuses(&[404, 409])
            .revisioned(),
        describe(Get, "/accounts/{account}", "read", "account")
            .says("Reads an account or a service provider", "")
            .shows("Node")
            .revisioned(),
        describe(Put, "/accounts/{account}", "create", "account_below")
            .says("Makes an account below a service provider", "An account has none below it: that is 400.")
            .takes_one("Account")
            .creates("Node")
            .refuses(&[409])
            .revisioned(),
        describe(Post, "/accounts/{account}", "replace", "account")
            .says(
                "Replaces an account's fields",
                "`enabled` is for its service provider to say, `rate_limit` and whose it is for administrators.",
            )
            .takes_one("Account")
            .shows("Node")
            .answers(201, Shape::One("Node"), "An account was made below it: `verb=put`.")
            .refuses(&[409])
            .revisioned(),
        describe(Patch, "/accounts/{account}", "update", "account")
            .says("Merges fields into an account's", "")
            .takes_one("AccountPatch")
            .shows("Node")
            .refuses(&[409])
            .revisioned(),
        describe(Delete, "/accounts/{account}", "delete", "account")
            .says(
                "Closes an account",
                "At once; a job removes what was its own. A service provider that has accounts stays: that is 409.",
            )
            .shows("DeletedNode")
            .refuses(&[409])
            .revisioned(),
    ]
}

fn tree() -> Vec<Description> {
    let list = |path, noun, summary, about| describe(Get, path, "list", noun).says(summary, about);
    vec![
        list("/children", "children", "Lists what lies right below", "").query(super::FILTERS).pages("NodeRow"),
        list("/descendants", "descendants", "Lists everything below", "The tree has one level of accounts.")
            .query(super::FILTERS)
            .pages("NodeRow"),
        list("/siblings", "siblings", "Lists what lies beside, and itself", "An account's own key reaches none.")
            .query(super::FILTERS)
            .pages("NodeRow"),
        list("/parents", "parents", "Lists the way to it from the top", "").lists("NodeName"),
        list("/tree", "tree", "Lists that way as far as the caller reaches", "").lists("NodeName"),
        list(
            "/audit",
            "audit",
            "Lists who changed what, when and from where",
            "Documents are named by their ids and revisions; what is in them is not told.",
        )
        .query(&["audit_kind", "audit_id", "audit_account", "created_from", "created_to"])
        .pages("AuditEntry"),
    ]
}
