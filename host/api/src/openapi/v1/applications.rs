//! `/v1/Applications`, also below an account.

use super::super::description::{Description, Shape, describe};
use super::{Subject, subject};
use crate::table::Verb::{self, Delete, Get, Post, Put};

pub(super) fn described() -> Subject {
    let about = "Applications: what happens with a call.";
    let mut descriptions = of("/applications", "/applications/{application}", "application", "applications");
    let (list, one) = ("/accounts/{account}/applications", "/accounts/{account}/applications/{application}");
    descriptions.extend(of(list, one, "account_application", "account_applications"));
    descriptions.push(
        describe(Get, "/serviceproviders/{provider}/applications", "list", "provider_applications")
            .says("Lists the applications of a service provider's accounts", "Without the passwords of their hooks.")
            .query(&["page", "page_size", "name_part"])
            .answers(200, Shape::One("V1Applications"), "The list."),
    );
    descriptions.push(
        describe(Get, "/appenv", "read", "app_env")
            .says(
                "Reads which variables an application takes",
                "What the server of that call hook answers to OPTIONS. 204 where it tells none, 400 where what it tells is no schema.",
            )
            .query(&["app_env_url"])
            .shows("V1EnvSchema")
            .answers(204, Shape::Nothing, "There is no schema."),
    );
    subject("v1 applications", about, descriptions)
}

/// They lie in two places.
fn of(list: &'static str, one: &'static str, noun: &'static str, nouns: &'static str) -> Vec<Description> {
    let change = |verb: Verb, action| describe(verb, one, action, noun);
    vec![
        describe(Get, list, "list", nouns)
            .says(
                "Lists applications",
                "Without the passwords of their hooks. An array, or an object around it where `page` is given.",
            )
            .query(&["page", "page_size", "name_part"])
            .answers(200, Shape::One("V1Applications"), "The list."),
        describe(Post, list, "create", noun)
            .says(
                "Makes an application",
                "Its name is unique in its account. `env_vars` are checked by the schema that the call hook's server answers to OPTIONS.",
            )
            .takes_one("V1ApplicationRequest")
            .makes(),
        change(Get, "read").says("Reads an application", "").shows("V1Application"),
        change(Put, "update")
            .says("Changes the fields that the body names", "")
            .takes_one("V1ApplicationChange")
            .answers_nothing()
            .refuses(&[409, 422]),
        change(Delete, "delete").says("Removes an application", "").answers_nothing().refuses(&[409, 422]),
    ]
}
