//! The application's `messaging_hook`: told of messages that came in, which it may answer, and of what became of those that were sent.

use std::time::Duration;

use serde_json::{Value, json};
use strowger_calls::Hook;
use strowger_model::call_record::CallDirection;
use strowger_model::{AccountId, Message, MessageProvider, MessageRequest, Secret, time};
use strowger_sandbox::hook::{self, Event, EventKind, Verb};
use strowger_store::StoreError;

use crate::service::Messages;

/// Pauses before the second and the third try.
const BACK_OFF: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(2)];

/// Messages that one answer may send.
const MOST_ANSWERS: usize = 10;

impl Messages {
    /// Tells the hook while the caller goes on.
    pub(crate) fn tell_beside(&self, message: Message, provider: MessageProvider) {
        let messages = self.clone();
        tokio::spawn(async move { messages.tell(&message, &provider).await });
    }

    /// Tells the hook, up to three times, and does what it answers to a message that came in.
    pub(crate) async fn tell(&self, message: &Message, provider: &MessageProvider) {
        let account = message.account_sid;
        let answered = match self.hook(message).await {
            Ok(None) => return,
            Ok(Some((hook, secret))) => self.asked(account, &hook, message, provider, secret.as_ref()).await,
            Err(reason) => Err(reason),
        };
        match answered {
            Ok(verbs) if message.direction == CallDirection::Inbound => self.answer(message, verbs).await,
            Ok(_) => {}
            Err(reason) => {
                tracing::warn!(%account, message_sid = %message.message_sid, reason, "a messaging hook was not told");
            }
        }
    }

    async fn hook(&self, message: &Message) -> Result<Option<(Hook, Option<Secret>)>, String> {
        let told = |error: StoreError| error.to_string();
        let Some(sid) = message.application_sid else { return Ok(None) };
        let application = self.application(message.account_sid, sid).await.map_err(told)?;
        let Some(hook) = application.and_then(|application| application.messaging_hook) else { return Ok(None) };
        let hook = Hook::parse("messaging_hook", &json!(hook)).map_err(|fault| fault.to_string())?;
        let account = self.account(message.account_sid).await.map_err(told)?;
        Ok(Some((hook, account.map(|account| account.webhook_secret))))
    }

    async fn asked(
        &self,
        account: AccountId,
        hook: &Hook,
        message: &Message,
        provider: &MessageProvider,
        secret: Option<&Secret>,
    ) -> Result<Vec<Verb>, String> {
        let payload = payload(message, provider);
        let mut pauses = BACK_OFF.into_iter();
        loop {
            let event = event(message, &payload, hook.to_json(secret));
            let asking = self.0.hooks.ask(hook.plugin(), account, &event);
            let answer = tokio::time::timeout(self.0.config.hook_timeout, asking).await;
            match (answer.unwrap_or_else(|_| Err("did not answer in time".to_owned())), pauses.next()) {
                (Ok(verbs), _) => return Ok(verbs.unwrap_or_default()),
                (Err(_), Some(pause)) => tokio::time::sleep(pause).await,
                (Err(reason), None) => return Err(reason),
            }
        }
    }

    /// Sends the messages of an answer; what else it asks for needs a call, which a message has not.
    async fn answer(&self, message: &Message, verbs: Vec<Verb>) {
        for verb in verbs.into_iter().take(MOST_ANSWERS) {
            let outcome = match reply(verb) {
                Ok(request) => {
                    let provider = request.provider.clone().or_else(|| Some(message.provider.clone()));
                    let application_sid = request.application_sid.or(message.application_sid);
                    let request = MessageRequest { provider, application_sid, ..request };
                    self.send(message.account_sid, request).await.map(drop).map_err(|error| error.to_string())
                }
                Err(reason) => Err(reason),
            };
            if let Err(reason) = outcome {
                tracing::warn!(account = %message.account_sid, message_sid = %message.message_sid, reason, "an answer is left out");
            }
        }
    }
}

fn reply(verb: Verb) -> Result<MessageRequest, String> {
    match verb {
        Verb::Other(other) if other.name == "message" => {
            let properties: Value = serde_json::from_str(&other.properties).map_err(|error| error.to_string())?;
            MessageRequest::from_request(&properties).map_err(|error| error.to_string())
        }
        Verb::Other(other) => Err(format!("{}: a message has no call", other.name)),
        _ => Err("a message has no call".to_owned()),
    }
}

fn payload(message: &Message, provider: &MessageProvider) -> String {
    let mut payload = json!({
        "message_sid": message.message_sid,
        "account_sid": message.account_sid.hyphenated(),
        "application_sid": message.application_sid,
        "direction": message.direction,
        "provider": provider.name,
        "carrier": provider.name,
        "from": message.from,
        "to": message.to,
    });
    let Value::Object(fields) = &mut payload else { return payload.to_string() };
    if message.direction == CallDirection::Inbound {
        fields.insert("text".into(), json!(message.text));
        fields.insert("media".into(), json!(message.media));
    } else {
        fields.insert("message_status".into(), json!(message.status));
    }
    let optional = [
        ("carrier_message_id", &message.provider_id),
        ("message_failure_reason", &message.reason),
        ("code", &message.code),
    ];
    for (name, value) in optional {
        if let Some(value) = value {
            fields.insert(name.into(), json!(value));
        }
    }
    payload.to_string()
}

/// As of a call, for the plugins that answer hooks know events of calls.
fn event(message: &Message, payload: &str, hook: String) -> Event {
    let (kind, direction) = match message.direction {
        CallDirection::Inbound => (EventKind::SessionNew, hook::CallDirection::Inbound),
        CallDirection::Outbound => (EventKind::CallStatus, hook::CallDirection::Outbound),
    };
    let call = hook::Call {
        call_sid: message.message_sid.to_string(),
        account_sid: message.account_sid.hyphenated(),
        application_sid: message.application_sid.map(|sid| sid.to_string()),
        call_id: message.provider_id.clone().unwrap_or_default(),
        direction,
        from: message.from.clone(),
        to: message.to.clone(),
        status: hook::CallStatus::Completed,
        sip_status: 200,
        sip_reason: "OK".to_owned(),
        duration: None,
        tag: None,
    };
    let time = u64::try_from(time::unix_now()).unwrap_or_default();
    Event { kind, call, time, payload: payload.to_owned(), hook }
}
