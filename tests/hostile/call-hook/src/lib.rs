//! A call hook that does what no hook should, for tests of the sandbox. What, its hook says; what came of it, a `tag` verb tells.

mod fetch;
mod files;
mod keys;

use std::sync::atomic::{AtomicU32, Ordering};

use serde::Deserialize;
use serde_json::{Value, json};
use strowger_sdk::call_hook::{CallHook, Event, Verb};
use strowger_sdk::log::{self, Level};
use strowger_sdk::verbs::{Gather, HookTarget, Say, SipRequest, Synthesizer, SynthesizerGender, TextOrJson};
use strowger_sdk::{Description, PluginError};
use wasip2::clocks::monotonic_clock;

struct Hostile;

static EVENTS: AtomicU32 = AtomicU32::new(0);

/// What to do.
#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
enum Misdeed {
    /// Never answers.
    Loop,
    /// Fetches a URL, and follows redirects as far as it is let.
    Fetch { url: String },
    /// The same, for a hook whose `url` is the plugin's.
    Visit { page: String },
    /// Sends a body of so many bytes.
    Send { url: String, bytes: usize },
    /// Has so many requests under way at once.
    Many { url: String, count: usize },
    /// Fetches a URL so many times, one after the other.
    Again { url: String, count: usize },
    /// Reads files, as far as it is let.
    Read { paths: Vec<String> },
    /// Writes a file.
    Write { path: String },
    /// Does what it says to its keys, one after the other.
    Remember { steps: Vec<keys::Step> },
    /// Sleeps for so many milliseconds of real time, and says how long that was.
    Sleep { ms: u64 },
    /// Counts the events that this memory has seen.
    Count,
    /// Answers with verbs of the contract, one of them with headers that are no JSON where that is asked for.
    Speak { headers: String },
    /// Writes so many lines.
    Log { lines: usize, text: String },
}

impl CallHook for Hostile {
    const DESCRIPTION: Description = Description::new("Misbehaves", "{}");

    fn on_event(event: Event) -> Result<Option<Vec<Verb>>, PluginError> {
        let misdeed = serde_json::from_str(&event.hook).unwrap_or(Misdeed::Loop);
        if let Misdeed::Speak { headers } = misdeed {
            return Ok(Some(speech(headers)));
        }
        Ok(Some(vec![Verb::tag(&json!({"told": misdeed.commit()}))]))
    }
}

fn speech(headers: String) -> Vec<Verb> {
    let synthesizer = Synthesizer {
        vendor: "google".into(),
        voice: Some(TextOrJson::Json(json!({"name": "x"}).to_string())),
        gender: Some(SynthesizerGender::Female),
        ..Synthesizer::default()
    };
    let say = Say { text: Some(vec!["hello".into()]), synthesizer: Some(synthesizer), ..Say::default() };
    let hook = HookTarget { url: "/digits".into(), ..HookTarget::default() };
    let gather = Gather { action_hook: Some(hook), num_digits: Some(4.0), say: Some(say), ..Gather::default() };
    let request = SipRequest { method: "INFO".into(), headers: Some(headers), ..SipRequest::default() };
    vec![Verb::Gather(gather), Verb::SipRequest(request)]
}

impl Misdeed {
    fn commit(self) -> Value {
        match self {
            Self::Loop => loop {
                std::hint::black_box(());
            },
            Self::Fetch { url } | Self::Visit { page: url } => fetch::following(url),
            Self::Send { url, bytes } => fetch::once(&url, &vec![b'x'; bytes]).tell(),
            Self::Many { url, count } => fetch::at_once(&url, count),
            Self::Again { url, count } => (0..count).map(|_| fetch::once(&url, &[]).tell()).collect(),
            Self::Read { paths } => paths.iter().map(|path| files::read(path)).collect(),
            Self::Write { path } => files::write(&path),
            Self::Remember { steps } => steps.into_iter().map(keys::Step::take).collect(),
            Self::Sleep { ms } => {
                let before = monotonic_clock::now();
                monotonic_clock::subscribe_duration(ms * 1_000_000).block();
                json!((monotonic_clock::now() - before) / 1_000_000 >= ms)
            }
            Self::Speak { .. } => Value::Null,
            Self::Count => json!(EVENTS.fetch_add(1, Ordering::Relaxed) + 1),
            Self::Log { lines, text } => {
                for _ in 0..lines {
                    log::log(Level::Error, &text);
                }
                json!("logged")
            }
        }
    }
}

strowger_sdk::export_call_hook!(Hostile);
