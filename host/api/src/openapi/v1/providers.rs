//! `/v1/ServiceProviders`.

use super::super::description::describe;
use super::{Subject, subject};
use crate::table::Verb::{Delete, Get, Post, Put};

pub(super) fn described() -> Subject {
    let about = "Service providers: who keeps accounts.";
    let descriptions = vec![
        describe(Get, "/serviceproviders", "list", "service_providers")
            .says("Lists service providers", "All of them for an administrator, its own one for a service provider.")
            .lists("V1ServiceProvider"),
        describe(Post, "/serviceproviders", "create", "service_provider")
            .says("Makes a service provider", "For administrators.")
            .takes_one("V1ServiceProviderRequest")
            .makes(),
        describe(Get, "/serviceproviders/{provider}", "read", "service_provider")
            .says("Reads a service provider", "Its accounts are shown it without its secrets.")
            .shows("V1ServiceProvider"),
        describe(Put, "/serviceproviders/{provider}", "update", "service_provider")
            .says(
                "Changes the fields that the body names",
                "A `registration_hook` that it does not name is taken away. 422 where another one has the name or the `root_domain`.",
            )
            .takes_one("V1ServiceProviderChange")
            .answers_nothing()
            .refuses(&[409, 422]),
        describe(Delete, "/serviceproviders/{provider}", "delete", "service_provider")
            .says("Removes a service provider", "For administrators; one that has accounts stays: that is 403.")
            .answers_nothing()
            .refuses(&[409]),
        describe(Get, "/serviceproviders/{provider}/accounts", "list", "service_provider_accounts")
            .says("Lists its accounts", "To an account, itself alone.")
            .lists("V1Account"),
        describe(Get, "/serviceproviders/{provider}/apikeys", "list", "service_provider_api_keys")
            .says("Lists its keys", "Not the tokens themselves.")
            .lists("V1ApiKey"),
    ];
    subject("v1 service providers", about, descriptions)
}
