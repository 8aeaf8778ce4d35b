//! `/v1/Accounts/{sid}/Messages`, and the providers that they go through.

use super::super::description::{Shape, describe};
use super::{Subject, subject};
use crate::table::Verb::{Delete, Get, Post, Put};

const LIST: &str = "/accounts/{account}/messages";
const PROVIDERS: &str = "/accounts/{account}/messageproviders";
const PROVIDER: &str = "/accounts/{account}/messageproviders/{message_provider}";

pub(super) fn described() -> Subject {
    let about = "Messages, sent through an account's message providers or brought by them. An application's `messaging_hook` is told of those that come in, which it may answer with `message`, and of what became of the others.";
    let descriptions = vec![
        describe(Get, LIST, "list", "messages")
            .says("Lists messages", "The latest first. An array, or an object around it where `page` is given.")
            .query(&["page", "page_size"])
            .answers(200, Shape::One("V1Messages"), "The list."),
        describe(Post, LIST, "create", "message")
            .says("Sends a message", "Through the provider that it names, or the only one. 422 where the provider does not take it, 503 where it cannot be asked.")
            .takes_one("V1MessageRequest")
            .answers(201, Shape::One("V1SentMessage"), "The provider has it.")
            .refuses(&[422]),
        describe(Get, "/accounts/{account}/messages/{message}", "read", "message")
            .says("Reads a message", "With what its provider says became of it.")
            .shows("V1Message"),
        describe(Post, "/accounts/{account}/messaging/{messaging}", "receive", "message")
            .says("Takes what a message provider brings", "Whether a request is the provider's is for its plugin to say; one that is not is answered 404. What is sent and answered is the provider's affair.")
            .takes_one("V1ProvidersRequest")
            .answers(204, Shape::Nothing, "It is kept."),
    ];
    subject("v1 messages", about, descriptions)
}

pub(super) fn providers() -> Subject {
    let about = "Whom an account's messages go through: a `message-provider` plugin and what it is told. `http-messages`, which is built in, speaks HTTP.";
    let descriptions = vec![
        describe(Get, PROVIDERS, "list", "message_providers")
            .says("Lists message providers", "Without their parameters.")
            .lists("V1ListedMessageProvider"),
        describe(Post, PROVIDERS, "create", "message_provider")
            .says("Makes a message provider", "")
            .takes_one("V1MessageProviderRequest")
            .makes(),
        describe(Get, PROVIDER, "read", "message_provider")
            .says("Reads a message provider", "")
            .shows("V1MessageProvider"),
        describe(Put, PROVIDER, "update", "message_provider")
            .says("Changes a message provider", "")
            .takes_one("V1MessageProviderChange")
            .answers_nothing()
            .refuses(&[409, 422]),
        describe(Delete, PROVIDER, "delete", "message_provider")
            .says("Removes a message provider", "")
            .answers_nothing(),
    ];
    subject("v1 message providers", about, descriptions)
}
