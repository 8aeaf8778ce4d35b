//! `Limits` of accounts and service providers.

use super::super::description::{Shape, describe};
use super::{Subject, subject};
use crate::table::Verb::{Delete, Get, Post};

const OF_ACCOUNT: &str = "/accounts/{account}/limits";
const OF_PROVIDER: &str = "/serviceproviders/{provider}/limits";

pub(super) fn described() -> Subject {
    let about = "How much of something an account, or all accounts of a service provider together, may have. `voice_call_session` and `voice_call_session_license` bound the calls that are live at once, 0 being no bound: `POST Calls` answers 429 beyond, and an alert tells it. The other categories are kept.";
    let list = |path, name| {
        describe(Get, path, "list", name)
            .says("Lists limits", "One for each category that has any.")
            .query(&["limit_category"])
    };
    let set = |path, name| {
        describe(Post, path, "set", name)
            .takes_one("V1LimitRequest")
            .answers(201, Shape::One("V1Made"), "It is set.")
            .refuses(&[409])
    };
    let remove = |path, name| {
        describe(Delete, path, "delete", name).query(&["limit_category"]).answers_nothing().refuses(&[409])
    };
    let removes = "Removes the limit of the category, or all";
    let descriptions = vec![
        list(OF_ACCOUNT, "account_limits").lists("V1AccountLimit"),
        set(OF_ACCOUNT, "account_limit")
            .says("Sets an account's limit", "For its service provider and administrators."),
        remove(OF_ACCOUNT, "account_limits").says(removes, "For its service provider and administrators."),
        list(OF_PROVIDER, "provider_limits").lists("V1ProviderLimit"),
        set(OF_PROVIDER, "provider_limit").says("Sets a service provider's limit", "For administrators."),
        remove(OF_PROVIDER, "provider_limits").says(removes, "For administrators."),
    ];
    subject("v1 limits", about, descriptions)
}
