//! A carrier to practise with: it answers every call the same way and counts the voice it hears. No part of a
//! production set-up, and the far end of this crate's own tests.

mod call;
mod gate;
mod media;

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rsipstack::sip::Method;
use rsipstack::transaction::TransactionReceiver;
use rsipstack::transaction::transaction::Transaction;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::core::{Dialogs, Undelivered};
use crate::digest::DigestAlgorithm;
use crate::engine::Engine;
use crate::error::SipError;
use crate::invite::Credentials;
use crate::leg::ALLOW;
use crate::message;
use crate::server;
use gate::Gate;

const USER_AGENT: &str = concat!("Strowger-Practice-Carrier/", env!("CARGO_PKG_VERSION"));
const MAX_CALLS: usize = 512;
const SHUTDOWN_LIMIT: Duration = Duration::from_secs(1);
const MAX_REPORTS: usize = 1_024;

/// How the practice carrier behaves.
#[derive(Debug, Clone)]
pub struct PracticeConfig {
    /// Where it listens (UDP). Port 0 takes a free one.
    pub listen: SocketAddr,
    /// The final status of every call, 200 to 699.
    pub answer: u16,
    /// How long it waits before that.
    pub after: Duration,
    /// Whether it sends 180 Ringing first.
    pub ring: bool,
    /// Whom it lets in; everybody by default.
    pub challenge: Option<PracticeChallenge>,
}

/// A user that the practice carrier asks for.
#[derive(Debug, Clone)]
pub struct PracticeChallenge {
    /// The user; `realm` is `practice` by default.
    pub credentials: Credentials,
    /// The algorithm that it insists on.
    pub algorithm: DigestAlgorithm,
}

impl PracticeConfig {
    /// Answers with 200 at once.
    pub fn new(listen: SocketAddr) -> Self {
        Self { listen, answer: 200, after: Duration::ZERO, ring: false, challenge: None }
    }
}

/// How a practice call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PracticeEnd {
    /// With the configured refusal.
    Refused,
    /// The caller cancelled before the answer.
    Cancelled,
    /// The caller hung up.
    HungUp,
    /// The caller went silent: no ACK, or nothing for the longest time that a practice call may last.
    Lost,
}

/// One finished call, for a log line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PracticeCall {
    /// The Call-ID.
    pub call_id: String,
    /// The called address, as in the Request-URI.
    pub to: String,
    /// The final status that was sent.
    pub status: u16,
    /// How many RTP packets were heard.
    pub rtp_packets: u64,
    /// The digits that were dialled, as RTP events or by INFO.
    pub digits: String,
    /// From the INVITE to the end.
    pub lasted: Duration,
    /// How it ended.
    pub end: PracticeEnd,
}

impl fmt::Display for PracticeCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = match self.end {
            PracticeEnd::Refused => "refused",
            PracticeEnd::Cancelled => "cancelled",
            PracticeEnd::HungUp => "hung up",
            PracticeEnd::Lost => "lost",
        };
        let Self { call_id, to, status, rtp_packets, digits, lasted, .. } = self;
        write!(f, "{to} {status} {end} after {} ms, {rtp_packets} RTP packets", lasted.as_millis())?;
        if !digits.is_empty() {
            write!(f, ", digits {digits}")?;
        }
        write!(f, " ({call_id})")
    }
}

/// A carrier that listens; [`PracticeCarrier::run`] makes it answer.
pub struct PracticeCarrier {
    shared: Arc<Shared>,
    incoming: TransactionReceiver,
}

/// What its calls share.
struct Shared {
    config: PracticeConfig,
    engine: Arc<Engine>,
    dialogs: Arc<Dialogs>,
    gate: Option<Gate>,
    calls: Arc<Semaphore>,
    shutdown: CancellationToken,
    tasks: TaskTracker,
}

impl PracticeCarrier {
    /// Opens the carrier's socket.
    ///
    /// # Errors
    /// [`SipError::NotFinal`] for an answer that is no final status, [`SipError::Bind`] when the address is taken.
    pub async fn bind(config: PracticeConfig) -> Result<Self, SipError> {
        if !(200..700).contains(&config.answer) {
            return Err(SipError::NotFinal(config.answer));
        }
        let listen = config.listen;
        let (engine, incoming) =
            Engine::bind(listen, None, USER_AGENT).await.map_err(|source| SipError::Bind { listen, source })?;
        let shared = Shared {
            gate: config.challenge.clone().map(Gate::new),
            config,
            engine,
            dialogs: Arc::default(),
            calls: Arc::new(Semaphore::new(MAX_CALLS)),
            shutdown: CancellationToken::new(),
            tasks: TaskTracker::new(),
        };
        Ok(Self { shared: Arc::new(shared), incoming })
    }

    /// The address that it listens on, with its real port.
    pub fn local_addr(&self) -> SocketAddr {
        self.shared.engine.local()
    }

    /// Answers calls until `shutdown` resolves, and reports each when it is over.
    pub async fn run(mut self, shutdown: impl Future<Output = ()> + Send, mut report: impl FnMut(PracticeCall) + Send) {
        let (reports, mut finished) = mpsc::channel(MAX_REPORTS);
        let mut shutdown = std::pin::pin!(shutdown);
        loop {
            tokio::select! {
                () = &mut shutdown => break,
                Some(call) = finished.recv() => report(call),
                Some(request) = self.incoming.recv() => self.take(request, &reports).await,
            }
        }
        self.shared.shutdown.cancel();
        self.shared.tasks.close();
        drop(reports);
        // Callers that do not acknowledge are not waited for.
        let rest = async {
            while let Some(call) = finished.recv().await {
                report(call)
            }
        };
        let _ = tokio::time::timeout(SHUTDOWN_LIMIT, rest).await;
        self.shared.engine.close();
    }

    async fn take(&self, request: Transaction, reports: &mpsc::Sender<PracticeCall>) {
        if message::is_in_dialog(&request.original) {
            if let Err(Undelivered::Unknown(request) | Undelivered::Full(request)) =
                self.shared.dialogs.deliver(request)
            {
                server::reply(*request, 481, &[]).await;
            }
            return;
        }
        match request.original.method {
            Method::Invite => match Arc::clone(&self.shared.calls).try_acquire_owned() {
                Ok(place) => self.start(request, place, reports.clone()),
                Err(_) => server::reply(request, 503, &[("Retry-After", "5")]).await,
            },
            Method::Options => server::reply(request, 200, &[("Allow", ALLOW)]).await,
            _ => server::reply(request, 405, &[("Allow", ALLOW)]).await,
        }
    }

    fn start(&self, invite: Transaction, place: OwnedSemaphorePermit, reports: mpsc::Sender<PracticeCall>) {
        let shared = Arc::clone(&self.shared);
        self.shared.tasks.spawn(async move {
            if let Some(call) = call::take(&shared, invite).await {
                // Only a carrier that is gone takes no reports.
                let _ = reports.send(call).await;
            }
            drop(place);
        });
    }
}
