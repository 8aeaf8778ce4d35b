//! What an installation tells of itself, and asks of passwords.

use super::super::description::{Shape, describe};
use super::{Subject, subject};
use crate::table::Verb::{Delete, Get, Post};

pub(super) fn described() -> Subject {
    let about = "What an installation tells of itself: its domains, the addresses that SIP is sent to, what passwords of users have to be like.";
    let descriptions = vec![
        describe(Get, "/systeminformation", "read", "system_information")
            .says("Tells the installation's domains", "`null` is what nobody has said.")
            .shows("V1SystemInformation"),
        describe(Post, "/systeminformation", "write", "system_information")
            .says("Changes what the body names", "For administrators.")
            .takes_one("V1SystemInformationChange")
            .answers(201, Shape::One("V1SystemInformation"), "How it is now.")
            .refuses(&[409]),
        describe(Get, "/passwordsettings", "read", "password_settings")
            .says("Tells what a user's new password has to be like", "In `/v2` as well.")
            .shows("V1PasswordSettings"),
        describe(Post, "/passwordsettings", "write", "password_settings")
            .says("Changes the rules that the body names", "For administrators. Passwords that users have go on.")
            .takes_one("V1PasswordSettingsChange")
            .answers(201, Shape::One("V1Nothing"), "They hold.")
            .refuses(&[409]),
        describe(Get, "/sbcs", "list", "sbcs")
            .says(
                "Lists where SIP is sent to",
                "The addresses of the caller's service provider; where it has none, those of nobody in particular.",
            )
            .query(&["of_provider"])
            .lists("V1Sbc"),
        describe(Post, "/sbcs", "create", "sbc")
            .says("Adds an address", "For administrators.")
            .takes_one("V1SbcRequest")
            .makes(),
        describe(Delete, "/sbcs/{sbc}", "delete", "sbc")
            .says("Removes an address", "For administrators.")
            .answers_nothing(),
    ];
    subject("v1 installation", about, descriptions)
}

pub(super) fn webhooks() -> Subject {
    let about = "Hooks apart from what they belong to. Those of an application are part of it.";
    let descriptions = vec![
        describe(Post, "/webhooks", "create", "webhook")
            .says("Makes a webhook", "Administrators and service providers name its account.")
            .takes_one("V1WebhookRequest")
            .makes(),
        describe(Get, "/webhooks/{webhook}", "read", "webhook").says("Reads a webhook", "").shows("V1Webhook"),
    ];
    subject("v1 webhooks", about, descriptions)
}
