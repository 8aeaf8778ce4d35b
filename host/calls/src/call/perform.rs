//! Running one verb.

use std::sync::Arc;

use serde_json::{Map, Value, json};
use strowger_media::{Audio, AudioLibrary, MediaSession, Played};
use strowger_model::AccountId;

use super::signal;
use crate::command::Outcome;
use crate::hook::HookRef;
use crate::ports::{LegControl, NotSent, Texts};
use crate::verbs::{Config, Play, Text, Verb};

/// What is left to do when a verb has run.
#[derive(Debug, PartialEq)]
pub(crate) enum Effect {
    /// The next verb.
    Nothing,
    /// Other settings.
    Config(Config),
    /// Another tag.
    Tag(Map<String, Value>),
    /// Ask for another application.
    Redirect { action_hook: HookRef, status_hook: Option<HookRef> },
    /// Tell how a verb went, to whom it may concern.
    Told {
        hook: Option<HookRef>,
        told: Map<String, Value>,
        /// What is wrong with it.
        fault: Option<String>,
    },
    /// Hang up.
    Hangup(Vec<(String, String)>),
    /// The application cannot go on.
    Stop(String),
}

/// What a verb works with.
pub(crate) struct Means {
    pub(crate) account: AccountId,
    pub(crate) control: Arc<dyn LegControl>,
    pub(crate) media: MediaSession,
    pub(crate) library: Arc<AudioLibrary>,
    pub(crate) texts: Arc<dyn Texts>,
}

/// Runs a verb as far as sound, signals, messages and time go.
pub(crate) async fn perform(verb: Verb, means: &Means) -> Effect {
    let Means { account, control, media, library, texts } = means;
    match verb {
        // An alert is what the far end of a call that comes in would be shown before the answer.
        Verb::Answer | Verb::Alert(_) => Effect::Nothing,
        Verb::Config(config) => Effect::Config(config),
        Verb::Dtmf { digits, each } => dtmf(signal::dial(digits, each, media, control.clone()).await.await),
        Verb::SipRequest(asked) => {
            let outcome = signal::request(asked.request, control.clone()).await;
            requested(asked.id, asked.action_hook, outcome)
        }
        Verb::Pause(length) => {
            tokio::time::sleep(length).await;
            Effect::Nothing
        }
        Verb::Play(prompt) => play(prompt, media, library).await,
        Verb::Tag(tag) => Effect::Tag(tag),
        Verb::Message(text) => message(text, *account, &**texts).await,
        Verb::Redirect { action_hook, status_hook } => Effect::Redirect { action_hook, status_hook },
        Verb::Hangup(headers) => Effect::Hangup(headers),
        Verb::NotBuilt(name) => Effect::Stop(format!("{name}: this verb is not built")),
    }
}

fn dtmf(outcome: Outcome) -> Effect {
    match outcome {
        Ok(_) => Effect::Nothing,
        Err(error) => Effect::Told { hook: None, told: Map::new(), fault: Some(error.to_string()) },
    }
}

fn requested(id: Option<String>, hook: Option<HookRef>, outcome: Outcome) -> Effect {
    let told = match outcome {
        Ok(Some(answer)) if answer.status < 300 => json!({"result": "success", "sip_status": answer.status}),
        Ok(answer) => {
            let status = answer.map(|answer| answer.status);
            json!({"result": "failed", "sip_status": status})
        }
        Err(error) => json!({"result": "failed", "err": error.to_string()}),
    };
    outcome_of(id, hook, told, None)
}

async fn message(text: Text, account: AccountId, texts: &dyn Texts) -> Effect {
    let carrier = text.request.as_ref().ok().and_then(|request| request.provider.clone());
    let mut fault = None;
    let sent = match text.request {
        Ok(request) => texts.send(account, request).await,
        Err(fault) => Err(NotSent::Refused(fault.to_string())),
    };
    let told = match sent {
        Ok(message) => json!({
            "message_sid": message.message_sid,
            "message_status": "success",
            "carrier": message.provider,
            "carrier_message_id": message.provider_id,
        }),
        Err(reason) => {
            fault = text.action_hook.is_none().then(|| format!("message: {reason}"));
            let status = match reason {
                NotSent::NoProvider(_) => "no carriers",
                NotSent::Refused(_) => "failure",
                NotSent::Fault(_) => "system error",
            };
            json!({"message_status": status, "carrier": carrier, "message_failure_reason": reason.to_string()})
        }
    };
    outcome_of(text.id, text.action_hook, without_nulls(told), fault)
}

fn without_nulls(mut told: Value) -> Value {
    if let Value::Object(fields) = &mut told {
        fields.retain(|_, value| !value.is_null());
    }
    told
}

async fn play(prompt: Play, media: &MediaSession, library: &Arc<AudioLibrary>) -> Effect {
    let audio = match first_playable(&prompt, library).await {
        Ok(audio) => prompt.cut(audio),
        Err(fault) => return failed(prompt, fault),
    };
    let mut playing = media.play(audio, prompt.loops).await;
    let played = match prompt.timeout {
        None => playing.finished().await,
        Some(timeout) => match tokio::time::timeout(timeout, playing.finished()).await {
            Ok(played) => played,
            Err(_) => playing.stop().await,
        },
    };
    completed(prompt, played)
}

/// Sources are tried in turn; what is wrong with each is told only where none can be played.
async fn first_playable(prompt: &Play, library: &Arc<AudioLibrary>) -> Result<Audio, String> {
    let mut faults = Vec::new();
    for source in &prompt.sources {
        match load(source, library).await {
            Ok(audio) => return Ok(audio),
            Err(fault) => faults.push(format!("play: {}: {fault}", shown(source))),
        }
    }
    Err(faults.join("; "))
}

async fn load(source: &str, library: &Arc<AudioLibrary>) -> Result<Audio, String> {
    let name = match source.split_once(':') {
        Some(("file", name)) => name,
        Some(("http" | "https", _)) => return Err("prompts over HTTP are not built".into()),
        _ => source,
    };
    library.load(name).await.map_err(|error| error.to_string())
}

fn completed(prompt: Play, played: Played) -> Effect {
    let told = json!({
        "reason": "playCompleted",
        "playback_seconds": played.milliseconds / 1_000,
        "playback_milliseconds": played.milliseconds,
        // Samples at 8 kHz, as `seekOffset` counts them.
        "playback_last_offset_pos": prompt.seek as u64 + played.milliseconds * 8,
    });
    outcome_of(prompt.id, prompt.action_hook, told, None)
}

fn failed(prompt: Play, fault: String) -> Effect {
    outcome_of(prompt.id, prompt.action_hook, json!({"reason": "playFailed", "status": "fail"}), Some(fault))
}

fn outcome_of(id: Option<String>, hook: Option<HookRef>, told: Value, fault: Option<String>) -> Effect {
    let Value::Object(mut told) = told else { return Effect::Nothing };
    if let Some(id) = id {
        told.insert("verb_id".into(), json!(id));
    }
    Effect::Told { hook, told, fault }
}

fn shown(source: &str) -> String {
    source.split(['?', '#']).next().unwrap_or(source).chars().take(100).collect()
}
