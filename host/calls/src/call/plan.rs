//! What a call is placed with: the request, completed by its application.

use std::time::Duration;

use serde_json::{Map, Value, json};
use strowger_model::application::Speech;
use strowger_model::{Application, Sid};

use crate::create::{CreateCall, Handling, Inline, RoutingOptions, Target, app_json};
use crate::error::CreateError;
use crate::hook::{Hook, HookRef};
use crate::payload;
use crate::ports::Caller;
use crate::verbs::Verb;

/// A call that can be placed.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) application_sid: Option<Sid>,
    pub(crate) caller: Caller,
    pub(crate) target: Target,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) routing: RoutingOptions,
    pub(crate) ring: Duration,
    pub(crate) time_limit: Option<Duration>,
    pub(crate) tag: Option<Map<String, Value>>,
    pub(crate) script: Script,
    /// Whether the account is told of what happens in its queues.
    pub(crate) tells_queues: bool,
}

/// What is run when the call is answered.
#[derive(Debug, Default)]
pub(crate) struct Script {
    /// Run instead of asking the hook.
    pub(crate) verbs: Option<Vec<Verb>>,
    pub(crate) call_hook: Option<Hook>,
    pub(crate) status_hook: Option<Hook>,
    /// Who is asked about requests of the far end inside the dialog.
    pub(crate) request_hook: Option<HookRef>,
    /// What only the first event of a call tells: speech settings and the application's variables.
    pub(crate) opening: Map<String, Value>,
}

impl Plan {
    /// Completes the request. `application` is the one that it names.
    pub(crate) fn new(request: CreateCall, application: Option<Application>) -> Result<Self, CreateError> {
        let CreateCall { from, caller_name, from_host, target, handling, timeout, time_limit, .. } = request;
        let CreateCall { headers, routing, tag, request_hook, .. } = request;
        let application_sid = application.as_ref().map(|application| application.application_sid);
        let mut script = match (application, handling) {
            (Some(application), _) => Script::of_application(&application)?,
            (None, Handling::Inline(inline)) => {
                let Inline { call_hook, status_hook, verbs, speech } = *inline;
                let opening = opening(&Speech::from(speech), None);
                Script { verbs, call_hook, status_hook, request_hook: None, opening }
            }
            (None, Handling::Application(sid)) => return Err(CreateError::NoApplication(sid)),
        };
        script.request_hook = request_hook;
        script.settle_status_hook()?;
        let caller = Caller { from, name: caller_name, host: from_host };
        Ok(Self {
            application_sid,
            caller,
            target,
            headers,
            routing,
            ring: timeout,
            time_limit,
            tag,
            script,
            tells_queues: false,
        })
    }

    /// The headers of the INVITE: those of the target win over those of the call.
    pub(crate) fn invite_headers(&self) -> Vec<(String, String)> {
        let (Target::Phone { headers: own, .. } | Target::Sip { headers: own, .. }) = &self.target;
        let replaced = |name: &str| own.iter().any(|(known, _)| known.eq_ignore_ascii_case(name));
        let kept = self.headers.iter().filter(|(name, _)| !replaced(name));
        own.iter().chain(kept).cloned().collect()
    }
}

impl Script {
    /// Hands the script over to whoever runs it.
    pub(crate) fn take(&mut self) -> Self {
        std::mem::take(self)
    }

    /// Status events of a call hook over a WebSocket belong to its session, where they have no hook of their own.
    fn settle_status_hook(&mut self) -> Result<(), CreateError> {
        let call_hook = self.call_hook.as_ref();
        match &self.status_hook {
            Some(hook) => hook
                .check_beside("call_status_hook", call_hook)
                .map_err(|fault| CreateError::Invalid(fault.to_string()))?,
            None => self.status_hook = call_hook.filter(|hook| hook.is_socket()).cloned(),
        }
        Ok(())
    }

    fn of_application(application: &Application) -> Result<Self, CreateError> {
        let hook = |name: &str, hook: &strowger_model::Hook| {
            let value = serde_json::to_value(hook).unwrap_or_default();
            Hook::parse(name, &value).map_err(|fault| CreateError::Invalid(fault.to_string()))
        };
        let verbs = application.app_json.as_ref().map(|text| app_json(&json!(text))).transpose()?;
        Ok(Self {
            verbs,
            call_hook: Some(hook("call_hook", &application.call_hook)?),
            status_hook: Some(hook("call_status_hook", &application.call_status_hook)?),
            request_hook: None,
            opening: opening(&application.speech, application.env_vars.as_ref()),
        })
    }
}

fn opening(speech: &Speech, env_vars: Option<&Map<String, Value>>) -> Map<String, Value> {
    let mut opening = Map::from_iter([("defaults".to_owned(), payload::defaults(speech))]);
    if let Some(vars) = env_vars {
        opening.insert("env_vars".into(), Value::Object(vars.clone()));
    }
    opening
}
