//! What kind of failure the words of a hook tell of: those of the webhook plugin, of WebSockets and of the reader of verbs.

use strowger_model::alert::AlertType;

/// The type of alert, and the HTTP status that was answered.
pub(super) fn read(reason: &str) -> (AlertType, Option<u16>) {
    let Some(said) = ["webhook ", "websocket "].iter().find_map(|who| reason.strip_prefix(who)) else {
        return (AlertType::WebhookFailure, None);
    };
    let Some(answer) = said.strip_prefix("answered ") else { return (AlertType::WebhookConnectionFailure, None) };
    let status = answer.parse().ok();
    let about = match status {
        None => AlertType::InvalidAppPayload,
        Some(404) => AlertType::WebhookUrlNotfound,
        Some(401 | 403) => AlertType::WebhookAuthFailure,
        Some(_) => AlertType::WebhookFailure,
    };
    (about, status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_tell_what_failed() {
        use AlertType::{
            InvalidAppPayload, WebhookAuthFailure, WebhookConnectionFailure, WebhookFailure, WebhookUrlNotfound,
        };
        for (reason, expected) in [
            ("webhook answered 500", (WebhookFailure, Some(500))),
            ("webhook answered 404", (WebhookUrlNotfound, Some(404))),
            ("websocket answered 401", (WebhookAuthFailure, Some(401))),
            ("webhook answered invalid JSON: eof", (InvalidAppPayload, None)),
            ("webhook refused the connection", (WebhookConnectionFailure, None)),
            ("websocket did not acknowledge in time", (WebhookConnectionFailure, None)),
            ("the plugin's own words", (WebhookFailure, None)),
        ] {
            assert_eq!(read(reason), expected, "{reason}");
        }
    }
}
