//! `play`.

use std::time::Duration;

use serde_json::{Map, Value};
use strowger_media::{Audio, Loops};
use strowger_sandbox::hook;

use super::{VerbError, hook_ref, loops};
use crate::hook::HookRef;

/// Sources of one verb; the rest is not tried.
const MAX_SOURCES: usize = 32;

/// A prompt to be played.
#[derive(Debug, Clone, PartialEq)]
pub struct Play {
    /// The author's name for the verb.
    pub id: Option<String>,
    /// Tried in turn.
    pub sources: Vec<String>,
    /// How often the first source that can be played is played.
    pub loops: Loops,
    /// Samples at 8 kHz that are left out at the beginning.
    pub seek: usize,
    /// When to stop, finished or not.
    pub timeout: Option<Duration>,
    /// Who is told how it went.
    pub action_hook: Option<HookRef>,
}

impl Play {
    pub(super) fn from_properties(properties: &Map<String, Value>) -> Result<Self, VerbError> {
        Ok(Self {
            id: properties.get("id").and_then(Value::as_str).map(ToOwned::to_owned),
            sources: sources(properties.get("url"))?,
            loops: properties.get("loop").map_or(Ok(Loops::Times(1)), loops_of)?,
            seek: whole(properties, "seekOffset")?.map_or(0, |samples| usize::try_from(samples).unwrap_or(usize::MAX)),
            timeout: whole(properties, "timeoutSecs")?.filter(|seconds| *seconds > 0).map(Duration::from_secs),
            action_hook: hook_ref(properties, "actionHook")?,
        })
    }

    /// What is left of the sound behind the offset.
    #[must_use]
    pub fn cut(&self, audio: Audio) -> Audio {
        if self.seek == 0 { audio } else { Audio::new(audio.samples().get(self.seek..).unwrap_or_default()) }
    }
}

impl From<hook::Play> for Play {
    fn from(play: hook::Play) -> Self {
        Self {
            id: None,
            sources: play.urls.into_iter().take(MAX_SOURCES).collect(),
            loops: loops(play.loops),
            seek: 0,
            timeout: None,
            action_hook: play.action_hook.map(HookRef::from),
        }
    }
}

fn sources(url: Option<&Value>) -> Result<Vec<String>, VerbError> {
    let sources = match url {
        Some(Value::String(url)) => vec![url.clone()],
        Some(Value::Array(urls)) => {
            urls.iter().take(MAX_SOURCES).filter_map(Value::as_str).map(ToOwned::to_owned).collect()
        }
        _ => Vec::new(),
    };
    if sources.is_empty() { Err(invalid("url")) } else { Ok(sources) }
}

fn loops_of(value: &Value) -> Result<Loops, VerbError> {
    if value.as_str() == Some("forever") {
        return Ok(Loops::Forever);
    }
    let times = natural(value).and_then(|times| u32::try_from(times).ok());
    times.map(loops).ok_or_else(|| invalid("loop"))
}

fn whole(properties: &Map<String, Value>, name: &'static str) -> Result<Option<u64>, VerbError> {
    properties.get(name).map(|value| natural(value).ok_or_else(|| invalid(name))).transpose()
}

/// A whole number that is not negative, or its text.
fn natural(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
}

fn invalid(property: &'static str) -> VerbError {
    VerbError::Value { verb: "play", property }
}
