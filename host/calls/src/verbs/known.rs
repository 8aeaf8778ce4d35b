//! Verbs of the documents that are not built, so that a script which uses one is told apart from a misspelt one.

use super::{Verb, VerbError};

const NOT_BUILT: [&str; 32] = [
    "alert",
    "conference",
    "config",
    "deepgram_s2s",
    "dequeue",
    "dial",
    "dialogflow",
    "dtmf",
    "dub",
    "elevenlabs_s2s",
    "enqueue",
    "gather",
    "google_s2s",
    "leave",
    "lex",
    "listen",
    "llm",
    "message",
    "microsoft_s2s",
    "openai_s2s",
    "pipeline",
    "rasa",
    "rest:dial",
    "s2s",
    "say",
    "sip:decline",
    "sip:refer",
    "sip:request",
    "stream",
    "transcribe",
    "ultravox_s2s",
    "voiceagent_s2s",
];

pub(super) fn not_built(name: &str) -> Result<Verb, VerbError> {
    if NOT_BUILT.contains(&name) {
        return Ok(Verb::NotBuilt(name.to_owned()));
    }
    Err(VerbError::Unknown(name.chars().take(64).collect()))
}
