//! Requests of the far end inside the dialog, told to the hook that wants them: one after the other, in the order in which they came.

use std::collections::VecDeque;
use std::pin::Pin;

use serde_json::{Map, Value, json};
use strowger_sandbox::hook::EventKind;

use super::line::Line;
use crate::asker::Asker;
use crate::verbs::Verb;

/// Requests of one call that may wait for a slow hook; what comes beyond them is told as a fault.
const WAITING: usize = 16;

type Answer = Pin<Box<dyn Future<Output = Result<Option<Vec<Verb>>, String>> + Send>>;

/// What waits for the hook, and what it was asked last.
#[derive(Default)]
pub(crate) struct Requests {
    waiting: VecDeque<Map<String, Value>>,
    asked: Option<Answer>,
}

impl Requests {
    /// Takes in an INFO. The stack has answered it already.
    pub(crate) fn take(&mut self, content_type: &str, body: &str, line: &mut Line, asker: &Asker) {
        if line.script.request_hook.is_none() {
            return;
        }
        if self.waiting.len() == WAITING {
            return line.fault("sipRequestWithinDialogHook: too many requests at once, one was left out");
        }
        let told = [("sip_method", "INFO"), ("sip_body", body), ("content_type", content_type)];
        self.waiting.push_back(told.into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect());
        self.ask_next(line, asker);
    }

    /// The hook's next answer; never, where it is asked nothing.
    pub(crate) async fn answer(&mut self) -> Result<Option<Vec<Verb>>, String> {
        match &mut self.asked {
            Some(asked) => asked.await,
            None => std::future::pending().await,
        }
    }

    /// Whether the hook still has to answer.
    pub(crate) fn is_asking(&self) -> bool {
        self.asked.is_some()
    }

    /// The verbs of an answer take the place of those that are left.
    pub(crate) fn answered(
        &mut self,
        answer: Result<Option<Vec<Verb>>, String>,
        line: &mut Line,
        asker: &Asker,
    ) -> Option<Vec<Verb>> {
        self.asked = None;
        self.ask_next(line, asker);
        answer.unwrap_or_else(|reason| {
            line.fault(&format!("sipRequestWithinDialogHook failed: {reason}"));
            None
        })
    }

    fn ask_next(&mut self, line: &mut Line, asker: &Asker) {
        if self.is_asking() {
            return;
        }
        let Some(told) = self.waiting.pop_front() else { return };
        let Some(hook) = &line.script.request_hook else { return };
        let hook = match hook.resolve("sipRequestWithinDialogHook", line.script.call_hook.as_ref()) {
            Ok(hook) => hook,
            Err(fault) => return line.fault(&fault.to_string()),
        };
        let event = line.event(EventKind::VerbHook, &hook, told);
        let (asker, account) = (asker.clone(), line.record().account_sid);
        self.asked = Some(Box::pin(async move { asker.ask(account, &hook, &event).await }));
    }
}
