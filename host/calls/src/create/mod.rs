//! A request to place a call.

mod fields;
mod routing;
mod target;

pub(crate) use fields::is_truthy;

use std::time::Duration;

use serde_json::{Map, Value};
use strowger_model::Sid;

use crate::error::CreateError;
use crate::hook::{Hook, HookRef};
use crate::verbs::{self, Verb};
use fields::Fields;

pub use routing::{Privacy, RoutingOptions};
pub use target::{SipAuth, Target};

/// How long a call rings by default.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);

/// Longest `timeout` in seconds.
const MAX_TIMEOUT: u64 = 600;

/// Longest `timeLimit` in seconds: a day.
const MAX_TIME_LIMIT: u64 = 86_400;

const MAX_HEADERS: usize = 32;
const MAX_TAG: usize = 16 << 10;

/// Documented properties that ask for what is not built.
const NOT_BUILT: [&str; 3] = ["amd", "dual_streams", "referHook"];

const KNOWN: [&str; 16] = [
    "account_sid",
    "answerOnBridge",
    "app_json",
    "application_sid",
    "call_hook",
    "call_status_hook",
    "callerName",
    "from",
    "fromHost",
    "headers",
    "routing",
    "sipRequestWithinDialogHook",
    "tag",
    "timeLimit",
    "timeout",
    "to",
];

/// A call to be placed.
#[derive(Debug, Clone)]
pub struct CreateCall {
    /// The calling number, or a SIP URI.
    pub from: String,
    /// The caller's name.
    pub caller_name: Option<String>,
    /// Host of the From URI.
    pub from_host: Option<String>,
    /// Whom to call.
    pub target: Target,
    /// What happens when the call is answered.
    pub handling: Handling,
    /// Time until the answer.
    pub timeout: Duration,
    /// Time from the answer until the call is hung up.
    pub time_limit: Option<Duration>,
    /// Headers of the INVITE.
    pub headers: Vec<(String, String)>,
    /// What the chain and the carriers are told besides.
    pub routing: RoutingOptions,
    /// What its owner attaches to the call.
    pub tag: Option<Map<String, Value>>,
    /// Who is asked about requests of the far end inside the dialog.
    pub request_hook: Option<HookRef>,
}

/// What happens when a call is answered.
#[derive(Debug, Clone)]
pub enum Handling {
    /// What this application says.
    Application(Sid),
    /// What the request itself says.
    Inline(Box<Inline>),
}

/// An application that exists for one call only.
#[derive(Debug, Clone)]
pub struct Inline {
    /// Who is asked for verbs; not asked where there are verbs.
    pub call_hook: Option<Hook>,
    /// Who is told of the call's states.
    pub status_hook: Option<Hook>,
    /// The verbs.
    pub verbs: Option<Vec<Verb>>,
    /// Speech settings by their documented names.
    pub speech: Map<String, Value>,
}

impl CreateCall {
    /// Reads a request body.
    ///
    /// # Errors
    /// [`CreateError::Invalid`] in the documented words, or [`CreateError::NotBuilt`].
    pub fn parse(body: &Value) -> Result<Self, CreateError> {
        let fields = Fields::of(body)?;
        let from = fields.text("from", 256)?.ok_or_else(|| invalid("missing from parameter"))?;
        let target = Target::parse(fields.get("to"))?;
        let routing = routing(&fields, &target)?;
        let handling = handling(&fields)?;
        if let Some(name) = NOT_BUILT.iter().find(|name| fields.is_truthy(name)) {
            return Err(CreateError::NotBuilt((*name).to_owned()));
        }
        fields.none_but(|name| KNOWN.contains(&name) || NOT_BUILT.contains(&name) || is_speech(name))?;
        Ok(Self {
            from,
            caller_name: fields.text("callerName", 128)?,
            from_host: fields.text("fromHost", 253)?.map(host).transpose()?,
            target,
            handling,
            timeout: fields.seconds("timeout", MAX_TIMEOUT)?.unwrap_or(DEFAULT_TIMEOUT),
            time_limit: fields.seconds("timeLimit", MAX_TIME_LIMIT)?,
            headers: fields.headers("headers", MAX_HEADERS)?,
            routing,
            tag: fields.object("tag", MAX_TAG)?.map(trimmed),
            request_hook: request_hook(&fields)?,
        })
    }
}

/// A SIP URI is called past chain and carriers: what they would be told is refused rather than dropped.
fn routing(fields: &Fields<'_>, target: &Target) -> Result<RoutingOptions, CreateError> {
    match (fields.get("routing"), target) {
        (None, _) => Ok(RoutingOptions::default()),
        (Some(options), Target::Phone { .. }) => RoutingOptions::parse(options),
        (Some(_), Target::Sip { .. }) => Err(invalid("routing is for calls to a phone, not to a SIP URI")),
    }
}

fn handling(fields: &Fields<'_>) -> Result<Handling, CreateError> {
    if let Some(sid) = fields.get("application_sid") {
        let sid = sid.as_str().and_then(|sid| sid.parse().ok());
        return sid.map(Handling::Application).ok_or_else(|| invalid("invalid application_sid"));
    }
    let call_hook = hook(fields, "call_hook")?;
    let verbs = fields.get("app_json").map(app_json).transpose()?;
    if call_hook.is_none() && verbs.is_none() {
        return Err(invalid("either call_hook or application_sid required"));
    }
    let status_hook = hook(fields, "call_status_hook")?;
    let speech = fields.subset(is_speech);
    Ok(Handling::Inline(Box::new(Inline { call_hook, status_hook, verbs, speech })))
}

fn hook(fields: &Fields<'_>, name: &str) -> Result<Option<Hook>, CreateError> {
    fields.get(name).map(|value| Hook::parse(name, value)).transpose().map_err(|fault| invalid(fault.to_string()))
}

/// It may be relative to the application's `call_hook`.
fn request_hook(fields: &Fields<'_>) -> Result<Option<HookRef>, CreateError> {
    let name = "sipRequestWithinDialogHook";
    let hook = fields.get(name).map(|value| HookRef::parse(name, value)).transpose();
    hook.map_err(|fault| invalid(fault.to_string()))
}

/// The verbs of `app_json`: a list, or the text of one.
///
/// # Errors
/// [`CreateError::Invalid`] with the documented words for what is wrong with it.
pub(crate) fn app_json(value: &Value) -> Result<Vec<Verb>, CreateError> {
    let parsed = match value.as_str() {
        Some(text) => serde_json::from_str(text).ok(),
        None => Some(value.clone()),
    };
    let application = parsed.ok_or_else(|| invalid("app_json is not JSON"))?;
    verbs::parse(&application).map_err(|error| invalid(format!("app_json: {error}")))
}

fn is_speech(name: &str) -> bool {
    ["speech_synthesis_", "speech_recognizer_", "fallback_speech_"].iter().any(|prefix| name.starts_with(prefix))
}

/// Only what a host name or address is made of: it becomes part of a URI.
fn host(host: String) -> Result<String, CreateError> {
    let fine = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte));
    if fine && !host.is_empty() { Ok(host) } else { Err(invalid("fromHost must be a host name or an IP address")) }
}

fn trimmed(mut tag: Map<String, Value>) -> Map<String, Value> {
    for value in tag.values_mut() {
        if let Value::String(text) = value {
            *text = text.trim().to_owned();
        }
    }
    tag
}

fn invalid(message: impl Into<String>) -> CreateError {
    CreateError::Invalid(message.into())
}

#[cfg(test)]
mod tests;
