//! Carriers that do what they are told, at the times they are told.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use parking_lot::Mutex;
use strowger_media::{MediaConfig, MediaEngine};
use strowger_sip::{Answer, InDialog, LegEvent, Party};
use tokio::sync::mpsc;

use crate::candidate::Candidate;
use crate::ports::{Caller, LegControl, LegError, Legs, StartedLeg};

pub(crate) const SDP: &str = "v=0\r\nc=IN IP4 127.0.0.1\r\nm=audio 9 RTP/AVP 0\r\n";

/// What a carrier does, each event so long after the one before.
pub(crate) type Script = Vec<(Duration, LegEvent)>;

/// What was done to a leg.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Done {
    Started(String),
    Abandoned(String),
    HungUp(String, Vec<(String, String)>),
    Asked(String),
    Dialled(char, Duration),
}

/// Carriers by their request URI's host, in the order of their scripts.
#[derive(Default)]
pub(crate) struct FakeLegs {
    scripts: Mutex<VecDeque<Result<Script, LegError>>>,
    pub(crate) done: Arc<Mutex<Vec<Done>>>,
    engine: Mutex<Option<Arc<MediaEngine>>>,
    /// Lets a test end calls from the far end.
    pub(crate) far: Mutex<Vec<mpsc::Sender<LegEvent>>>,
}

pub(crate) fn at(milliseconds: u64, event: LegEvent) -> (Duration, LegEvent) {
    (Duration::from_millis(milliseconds), event)
}

pub(crate) fn progress(status: u16, sdp: bool) -> LegEvent {
    LegEvent::Progress { status, reason: "Progress".into(), sdp: sdp.then(|| SDP.to_owned()) }
}

pub(crate) fn answer() -> LegEvent {
    LegEvent::Answered { status: 200, reason: "OK".into(), sdp: Some(SDP.into()) }
}

pub(crate) fn refuse(status: u16) -> LegEvent {
    LegEvent::Refused { status, reason: format!("Refused {status}"), retry_after: None, headers: Vec::new() }
}

impl FakeLegs {
    /// Each leg follows the next script; `Sent` goes before it.
    pub(crate) fn new(scripts: Vec<Script>) -> Arc<Self> {
        let legs = Self::default();
        legs.scripts.lock().extend(scripts.into_iter().map(Ok));
        Arc::new(legs)
    }

    pub(crate) fn failing(error: LegError) -> Arc<Self> {
        let legs = Self::default();
        legs.scripts.lock().push_back(Err(error));
        Arc::new(legs)
    }

    pub(crate) fn done(&self) -> Vec<Done> {
        self.done.lock().clone()
    }

    /// The far end of the last leg.
    pub(crate) async fn far_event(&self, event: LegEvent) {
        let far = self.far.lock().last().cloned().unwrap();
        far.send(event).await.unwrap();
    }

    pub(crate) async fn far_hangs_up(&self) {
        self.far_event(LegEvent::Ended { by: Party::Far, reason: None, headers: Vec::new() }).await;
    }

    fn engine(&self) -> Arc<MediaEngine> {
        let config = || MediaConfig { ip: "127.0.0.1".parse().unwrap(), ports: 50_000..=59_000 };
        self.engine.lock().get_or_insert_with(|| MediaEngine::new(config())).clone()
    }
}

#[async_trait]
impl Legs for FakeLegs {
    async fn start(&self, candidate: &Candidate, _: &Caller) -> Result<StartedLeg, LegError> {
        let script = self.scripts.lock().pop_front().unwrap_or_else(|| Ok(Vec::new()))?;
        let gateway = candidate.gateway().to_owned();
        self.done.lock().push(Done::Started(gateway.clone()));
        let mut media = self.engine().open().await.unwrap();
        media.offer(&candidate.codecs);
        let (far, events) = mpsc::channel(16);
        self.far.lock().push(far.clone());
        tokio::spawn(async move {
            far.send(LegEvent::Sent).await.ok();
            for (pause, event) in script {
                tokio::time::sleep(pause).await;
                far.send(event).await.ok();
            }
        });
        let control = Arc::new(FakeControl { gateway: gateway.clone(), done: self.done.clone() });
        Ok(StartedLeg { call_id: format!("call@{gateway}"), events, control, media })
    }
}

struct FakeControl {
    gateway: String,
    done: Arc<Mutex<Vec<Done>>>,
}

#[async_trait]
impl LegControl for FakeControl {
    async fn abandon(&self) {
        self.done.lock().push(Done::Abandoned(self.gateway.clone()));
    }

    async fn hangup(&self, headers: Vec<(String, String)>) -> Result<(), String> {
        if headers.iter().any(|(name, _)| name == "Via") {
            return Err("headers: Via is set by the stack".into());
        }
        self.done.lock().push(Done::HungUp(self.gateway.clone(), headers));
        Ok(())
    }

    /// OPTIONS are never answered.
    async fn request(&self, request: InDialog) -> Result<Answer, String> {
        if request.method == "OPTIONS" {
            std::future::pending::<()>().await;
        }
        self.done.lock().push(Done::Asked(format!("{} {}", request.method, request.body)));
        match request.body.as_str() {
            "gone" => Err("the leg has ended".into()),
            "refuse" => Ok(Answer { status: 488, reason: "Not Acceptable Here".into() }),
            _ => Ok(Answer { status: 200, reason: "OK".into() }),
        }
    }

    async fn dtmf(&self, digit: char, duration: Duration) -> Result<Answer, String> {
        self.done.lock().push(Done::Dialled(digit, duration));
        Ok(Answer { status: 200, reason: "OK".into() })
    }
}
