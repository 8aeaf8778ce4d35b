//! An answered call: its application runs verb by verb until it is finished or something breaks in.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::time::Duration;

use serde_json::{Map, Value};
use strowger_model::call_record::TerminatedBy;
use strowger_sandbox::hook::EventKind;
use tokio::time::Instant;

use super::end::End;
use super::floor::{Floor, Interrupt};
use super::line::Line;
use super::perform::{Effect, Means, perform};
use super::requests::Requests;
use crate::hook::{Hook, HookRef};
use crate::ports::{LegControl, StartedLeg};
use crate::services::Services;
use crate::verbs::{Config, Verb};

/// How long the stack may take to put a BYE on the wire before the call counts as over all the same.
const BYE: Duration = Duration::from_secs(5);

pub(crate) struct Conversation<'a> {
    floor: Floor<'a>,
    means: Means,
    verbs: VecDeque<Verb>,
}

type Flow = ControlFlow<End>;

impl<'a> Conversation<'a> {
    pub(crate) fn new(services: &Services, line: &'a mut Line, leg: StartedLeg, time_limit: Option<Duration>) -> Self {
        let StartedLeg { events, control, media, .. } = leg;
        let means = Means {
            account: line.record().account_sid,
            control: control.clone(),
            media,
            library: services.library.clone(),
            texts: services.texts.clone(),
        };
        let until = time_limit.map(|limit| Instant::now() + limit);
        let floor = Floor {
            line,
            events,
            redirecting: None,
            until,
            asker: services.asker.clone(),
            control,
            requests: Requests::default(),
            queued: VecDeque::new(),
        };
        Self { floor, means, verbs: VecDeque::new() }
    }

    pub(crate) async fn run(mut self) {
        let mut flow = self.open().await;
        let end = loop {
            match flow {
                ControlFlow::Continue(()) => flow = self.step().await,
                ControlFlow::Break(end) => break end,
            }
        };
        self.close(end).await;
    }

    /// The verbs that the call starts with.
    async fn open(&mut self) -> Flow {
        let script = &mut self.floor.line.script;
        if let Some(verbs) = script.verbs.take() {
            self.verbs = verbs.into();
            return Flow::Continue(());
        }
        let Some(hook) = script.call_hook.clone() else { return Flow::Continue(()) };
        let opening = std::mem::take(&mut script.opening);
        match self.ask(EventKind::SessionNew, &hook, opening).await? {
            Ok(()) => Flow::Continue(()),
            Err(reason) => {
                let reason = format!("call_hook failed: {reason}");
                self.floor.line.fault(&reason);
                Flow::Break(End::because(reason))
            }
        }
    }

    async fn step(&mut self) -> Flow {
        let next = self.verbs.pop_front().or_else(|| self.floor.queued.pop_front());
        let Some(verb) = next else {
            let interrupt = self.floor.idle(&self.means.media).await;
            return self.break_in(interrupt);
        };
        let effect = tokio::select! {
            biased;
            interrupt = self.floor.interrupted(&self.means.media) => return self.break_in(interrupt),
            effect = perform(verb, &self.means) => effect,
        };
        self.follow(effect).await
    }

    async fn follow(&mut self, effect: Effect) -> Flow {
        match effect {
            Effect::Nothing => {}
            Effect::Tag(tag) => self.floor.line.tag(tag),
            Effect::Config(Config { request_hook }) => {
                if request_hook.is_some() {
                    self.floor.line.script.request_hook = request_hook;
                }
            }
            Effect::Redirect { action_hook, status_hook } => {
                return self.redirect(&action_hook, status_hook.as_ref()).await;
            }
            Effect::Told { hook, told, fault } => {
                if let Some(fault) = fault {
                    self.floor.line.fault(&fault);
                }
                if let Some(hook) = hook {
                    return self.action(&hook, told).await;
                }
            }
            Effect::Hangup(headers) => return Flow::Break(End::Near { headers, reason: None, reply: None }),
            Effect::Stop(reason) => {
                self.floor.line.fault(&reason);
                return Flow::Break(End::because(reason));
            }
        }
        Flow::Continue(())
    }

    /// Asks for another application, whose hooks take the place of the present ones.
    async fn redirect(&mut self, action_hook: &HookRef, status_hook: Option<&HookRef>) -> Flow {
        let hooks = self.floor.line.redirected(action_hook, status_hook);
        let outcome = match hooks {
            Ok((hook, status_hook)) => {
                let outcome = self.ask(EventKind::SessionRedirect, &hook, Map::new()).await?;
                if outcome.is_ok() {
                    self.floor.asker.adopt(&hook).await;
                    self.floor.line.adopt(hook, status_hook);
                }
                outcome
            }
            Err(fault) => Err(fault.to_string()),
        };
        self.report("redirect", outcome);
        Flow::Continue(())
    }

    /// Tells a verb's hook how the verb went.
    async fn action(&mut self, hook: &HookRef, told: Map<String, Value>) -> Flow {
        let outcome = match hook.resolve("actionHook", self.floor.line.script.call_hook.as_ref()) {
            Ok(hook) => self.ask(EventKind::VerbHook, &hook, told).await?,
            Err(fault) => Err(fault.to_string()),
        };
        self.report("actionHook", outcome);
        Flow::Continue(())
    }

    /// A hook that fails in the middle of a call is reported, and the verbs that are left go on.
    fn report(&mut self, what: &str, outcome: Result<(), String>) {
        if let Err(reason) = outcome {
            self.floor.line.fault(&format!("{what} failed: {reason}"));
        }
    }

    /// Asks a hook; verbs in its answer replace those that are left.
    async fn ask(
        &mut self,
        kind: EventKind,
        hook: &Hook,
        told: Map<String, Value>,
    ) -> ControlFlow<End, Result<(), String>> {
        let event = self.floor.line.event(kind, hook, told);
        let (asker, account) = (self.floor.asker.clone(), self.floor.line.record().account_sid);
        let answer = tokio::select! {
            biased;
            interrupt = self.floor.interrupted(&self.means.media) => {
                return match self.break_in(interrupt) {
                    Flow::Continue(()) => ControlFlow::Continue(Ok(())),
                    Flow::Break(end) => ControlFlow::Break(end),
                };
            }
            answer = asker.ask(account, hook, &event) => answer,
        };
        ControlFlow::Continue(answer.map(|verbs| {
            if let Some(verbs) = verbs {
                self.verbs = verbs.into();
            }
        }))
    }

    fn break_in(&mut self, interrupt: Interrupt) -> Flow {
        match interrupt {
            Interrupt::Replaced(verbs) => {
                self.verbs = verbs.into();
                self.floor.queued.clear();
                Flow::Continue(())
            }
            Interrupt::Queued => Flow::Continue(()),
            Interrupt::End(end) => Flow::Break(end),
        }
    }

    async fn close(self, end: End) {
        match end {
            End::Far => self.floor.line.completed(TerminatedBy::Caller, None),
            End::Near { headers, reason, reply } => {
                hang_up(&*self.means.control, headers, self.floor.line).await;
                self.floor.line.completed(TerminatedBy::Strowger, reason);
                if let Some(reply) = reply {
                    // Whoever asked may have stopped waiting.
                    let _ = reply.send(Ok(None));
                }
            }
        }
    }
}

/// Headers that are refused do not keep a call alive.
async fn hang_up(control: &dyn LegControl, headers: Vec<(String, String)>, line: &mut Line) {
    let refused = match tokio::time::timeout(BYE, control.hangup(headers)).await {
        Ok(Err(reason)) => reason,
        Ok(Ok(())) | Err(_) => return,
    };
    line.fault(&format!("hangup: {refused}"));
    let _ = tokio::time::timeout(BYE, control.hangup(Vec::new())).await;
}
