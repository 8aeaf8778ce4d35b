//! What went wrong with an account's calls: told to its owner.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::v1::hyphenated;
use crate::{AccountId, Sid};

/// What an alert is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AlertType {
    /// A webhook answered with a status that is none of consent, or failed in a way of its own.
    WebhookFailure,
    /// A webhook could not be reached, or did not answer as it should.
    WebhookConnectionFailure,
    /// A webhook answered 404.
    WebhookUrlNotfound,
    /// A webhook answered 401 or 403.
    WebhookAuthFailure,
    /// What a webhook answered is no application.
    InvalidAppPayload,
    /// No carrier takes the number of a call.
    NoCarrier,
    /// The account may have no calls.
    #[serde(rename = "account is inactive or suspended")]
    AccountInactive,
    /// The account has as many calls as it may.
    AccountCallLimit,
    /// The accounts of the service provider have together as many calls as they may.
    ServiceProviderCallLimit,
}

/// An alert. What it does not have is absent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    /// When.
    #[serde(with = "time::serde::rfc2822")]
    pub time: OffsetDateTime,
    /// Whose.
    #[serde(serialize_with = "hyphenated")]
    pub account_sid: AccountId,
    /// About what.
    pub alert_type: AlertType,
    /// What went wrong, in words.
    pub message: String,
    /// The hook, without query and fragment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The status that was answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The application.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application_sid: Option<Sid>,
    /// The call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_sid: Option<Sid>,
}

impl Alert {
    /// One of now, about no hook, application or call in particular.
    #[must_use]
    pub fn new(account_sid: AccountId, alert_type: AlertType, message: String) -> Self {
        let time = crate::time::now();
        Self { time, account_sid, alert_type, message, url: None, status: None, application_sid: None, call_sid: None }
    }
}
