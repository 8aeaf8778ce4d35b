//! Running one verb.

use std::sync::Arc;

use serde_json::{Map, Value, json};
use strowger_media::{Audio, AudioLibrary, MediaSession, Played};

use crate::hook::HookRef;
use crate::verbs::{Play, Verb};

/// What is left to do when a verb has run.
#[derive(Debug, PartialEq)]
pub(crate) enum Effect {
    /// The next verb.
    Nothing,
    /// Another tag.
    Tag(Map<String, Value>),
    /// Ask for another application.
    Redirect { action_hook: HookRef, status_hook: Option<HookRef> },
    /// Tell how a prompt went, to whom it may concern.
    Played {
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

/// Runs a verb as far as sound and time go.
pub(crate) async fn perform(verb: Verb, media: &MediaSession, library: &Arc<AudioLibrary>) -> Effect {
    match verb {
        Verb::Answer => Effect::Nothing,
        Verb::Pause(length) => {
            tokio::time::sleep(length).await;
            Effect::Nothing
        }
        Verb::Play(prompt) => play(prompt, media, library).await,
        Verb::Tag(tag) => Effect::Tag(tag),
        Verb::Redirect { action_hook, status_hook } => Effect::Redirect { action_hook, status_hook },
        Verb::Hangup(headers) => Effect::Hangup(headers),
        Verb::NotBuilt(name) => Effect::Stop(format!("{name}: this verb is not built")),
    }
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
    outcome(prompt, told, None)
}

fn failed(prompt: Play, fault: String) -> Effect {
    outcome(prompt, json!({"reason": "playFailed", "status": "fail"}), Some(fault))
}

fn outcome(prompt: Play, told: Value, fault: Option<String>) -> Effect {
    let Value::Object(mut told) = told else { return Effect::Nothing };
    if let Some(id) = prompt.id {
        told.insert("verb_id".into(), json!(id));
    }
    Effect::Played { hook: prompt.action_hook, told, fault }
}

fn shown(source: &str) -> String {
    source.split(['?', '#']).next().unwrap_or(source).chars().take(100).collect()
}
