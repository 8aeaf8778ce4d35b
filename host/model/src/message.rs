//! Messages: SMS and their like, sent and received.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

use crate::call_record::CallDirection;
use crate::v1::{V1Error, hyphenated};
use crate::{AccountId, Sid};

/// Longest number, name or short code.
const MAX_END: usize = 128;
/// Longest text in characters: more than any provider takes.
const MAX_TEXT: usize = 10_000;
const MAX_MEDIA: usize = 10;
const MAX_URL: usize = 2_048;

/// Where a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageStatus {
    /// Its provider has it and has not sent it yet.
    Queued,
    /// Its provider has sent it.
    Sent,
    /// It has arrived.
    Delivered,
    /// It has not arrived.
    Undelivered,
    /// It came to nothing.
    Failed,
    /// It came in.
    Received,
}

impl MessageStatus {
    /// Whether nothing follows: what is told late does not undo it.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Delivered | Self::Undelivered | Self::Failed | Self::Received)
    }
}

/// A message. What it does not have is absent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Its id.
    pub message_sid: Sid,
    /// Whose it is.
    #[serde(serialize_with = "hyphenated")]
    pub account_sid: AccountId,
    /// The application that is told of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application_sid: Option<Sid>,
    /// Which way it goes.
    pub direction: CallDirection,
    /// The provider's name.
    pub provider: String,
    /// Who sends it.
    pub from: String,
    /// Who gets it.
    pub to: String,
    /// What it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// URLs of pictures and the like.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub media: Vec<String>,
    /// Where it stands.
    pub status: MessageStatus,
    /// The provider's own id of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_id: Option<String>,
    /// The provider's own code of what went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// What went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What the provider answered.
    #[serde(rename = "providerResponse", default, skip_serializing_if = "Option::is_none")]
    pub response: Option<Value>,
    /// When it came or was sent.
    #[serde(with = "time::serde::rfc2822")]
    pub created_at: OffsetDateTime,
}

impl Message {
    /// A message that came in.
    #[must_use]
    pub fn received(account_sid: AccountId, provider: String, from: String, to: String) -> Self {
        Self::new(account_sid, CallDirection::Inbound, provider, from, to, MessageStatus::Received)
    }

    /// A message that is to be sent.
    #[must_use]
    pub fn outbound(account_sid: AccountId, provider: String, request: MessageRequest) -> Self {
        let MessageRequest { from, to, text, media, application_sid, .. } = request;
        let new = Self::new(account_sid, CallDirection::Outbound, provider, from, to, MessageStatus::Queued);
        Self { text, media, application_sid, ..new }
    }

    fn new(
        account_sid: AccountId,
        direction: CallDirection,
        provider: String,
        from: String,
        to: String,
        status: MessageStatus,
    ) -> Self {
        Self {
            message_sid: Sid::random(),
            account_sid,
            application_sid: None,
            direction,
            provider,
            from,
            to,
            text: None,
            media: Vec::new(),
            status,
            provider_id: None,
            code: None,
            reason: None,
            response: None,
            created_at: crate::time::now(),
        }
    }
}

/// A message that somebody wants sent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MessageRequest {
    /// Who sends it.
    pub from: String,
    /// Who gets it.
    pub to: String,
    /// What it says.
    pub text: Option<String>,
    /// URLs of pictures and the like.
    pub media: Vec<String>,
    /// The provider that it is to go through.
    pub provider: Option<String>,
    /// The application that is told what becomes of it.
    pub application_sid: Option<Sid>,
}

impl MessageRequest {
    /// Reads a request body. Further properties are left alone, as they always were.
    ///
    /// # Errors
    /// The first rule that it breaks, in the documented words.
    pub fn from_request(body: &Value) -> Result<Self, V1Error> {
        let from = end(body, "from")?;
        let to = end(body, "to")?;
        let (text, media) = (text(body)?, media(body)?);
        if text.is_none() && media.is_empty() {
            return Err(V1Error::new("either text or media required in outbound message"));
        }
        let application_sid = match given(body, "application_sid") {
            None => None,
            Some(sid) => Some(parsed(sid).ok_or_else(|| V1Error::new("invalid application_sid"))?),
        };
        Ok(Self { from, to, text, media, provider: provider(body)?, application_sid })
    }
}

fn parsed(sid: &Value) -> Option<Sid> {
    sid.as_str()?.parse().ok()
}

/// What is there and not `null` or empty.
fn given<'a>(body: &'a Value, name: &str) -> Option<&'a Value> {
    body.get(name).filter(|value| !value.is_null() && *value != "")
}

fn end(body: &Value, name: &str) -> Result<String, V1Error> {
    let text = given(body, name).ok_or_else(|| V1Error(format!("missing {name} property")))?;
    let is_fine = |text: &&str| text.len() <= MAX_END && !text.chars().any(char::is_control);
    let text = text.as_str().filter(is_fine);
    text.map(str::to_owned).ok_or_else(|| V1Error(format!("{name} must be text of at most {MAX_END} characters")))
}

fn provider(body: &Value) -> Result<Option<String>, V1Error> {
    let Some(name) = given(body, "provider").or_else(|| given(body, "carrier")) else { return Ok(None) };
    name.as_str().map(|name| Some(name.to_owned())).ok_or_else(|| V1Error::new("provider must be the name of one"))
}

fn text(body: &Value) -> Result<Option<String>, V1Error> {
    match given(body, "text") {
        None => Ok(None),
        Some(Value::String(text)) if text.chars().count() <= MAX_TEXT => Ok(Some(text.clone())),
        Some(_) => Err(V1Error(format!("text must be text of at most {MAX_TEXT} characters"))),
    }
}

fn media(body: &Value) -> Result<Vec<String>, V1Error> {
    let urls: Vec<&Value> = match given(body, "media") {
        None => Vec::new(),
        Some(Value::Array(urls)) => urls.iter().collect(),
        Some(url) => vec![url],
    };
    let is_url = |url: &&str| url.len() <= MAX_URL && !url.contains(|c: char| c.is_control() || c.is_whitespace());
    let read: Option<Vec<String>> = urls.iter().map(|url| url.as_str().filter(is_url).map(str::to_owned)).collect();
    read.filter(|urls| urls.len() <= MAX_MEDIA)
        .ok_or_else(|| V1Error(format!("media must be at most {MAX_MEDIA} URLs of at most {MAX_URL} characters")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_documented_request_is_read() {
        let body = json!({"from": "13322060388", "to": "+15083084809", "provider": "peerless", "text": "please call"});
        let request = MessageRequest::from_request(&body).unwrap();
        assert_eq!((request.from.as_str(), request.provider.as_deref()), ("13322060388", Some("peerless")));
        let message = Message::outbound(AccountId::random(), "peerless".into(), request);
        let stored = serde_json::to_value(&message).unwrap();
        assert_eq!((&stored["status"], &stored["direction"]), (&json!("queued"), &json!("outbound")));
        assert!(stored.as_object().unwrap().values().all(|value| !value.is_null()));
        assert_eq!(serde_json::from_value::<Message>(stored).unwrap(), message);
    }

    #[test]
    fn what_is_missing_is_said_in_the_documented_words_and_order() {
        for (body, message) in [
            (json!({}), "missing from property"),
            (json!({"from": "", "to": "2"}), "missing from property"),
            (json!({"from": "1"}), "missing to property"),
            (json!({"from": "1", "to": "2"}), "either text or media required in outbound message"),
            (
                json!({"from": "1", "to": "2", "text": "", "media": []}),
                "either text or media required in outbound message",
            ),
            (json!({"from": 1, "to": "2", "text": "x"}), "from must be text of at most 128 characters"),
            (json!({"from": "1", "to": "2", "text": 7}), "text must be text of at most 10000 characters"),
            (
                json!({"from": "1", "to": "2", "text": "x".repeat(10_001)}),
                "text must be text of at most 10000 characters",
            ),
            (
                json!({"from": "1", "to": "2", "media": ["a b"]}),
                "media must be at most 10 URLs of at most 2048 characters",
            ),
            (json!({"from": "1", "to": "2", "text": "x", "provider": 1}), "provider must be the name of one"),
            (json!({"from": "1", "to": "2", "text": "x", "application_sid": "y"}), "invalid application_sid"),
        ] {
            assert_eq!(MessageRequest::from_request(&body).unwrap_err().0, message, "{body}");
        }
        let media = json!({"from": "1", "to": "2", "media": "http://a/1.png"});
        assert_eq!(MessageRequest::from_request(&media).unwrap().media, ["http://a/1.png"]);
    }
}
