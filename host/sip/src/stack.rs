//! The stack: one listening address, many legs.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::core::Core;
use crate::engine::Engine;
use crate::error::{InviteError, SipError};
use crate::inbound;
use crate::invite::Invite;
use crate::leg::{Leg, OutboundLeg, Plan, Sink, Task};

const COMMANDS: usize = 8;
const SHUTDOWN_LIMIT: Duration = Duration::from_secs(3);

/// How the stack is set up.
#[derive(Debug, Clone)]
pub struct SipConfig {
    /// Where to listen (UDP). Port 0 takes a free one.
    pub listen: SocketAddr,
    /// The address that peers are told in Via and Contact, where it is not the one that is listened on.
    pub advertised: Option<SocketAddr>,
    /// The `User-Agent` header.
    pub user_agent: String,
    /// How many legs may be live at once, those being torn down included.
    pub max_legs: usize,
}

impl SipConfig {
    /// The defaults on `listen`.
    pub fn new(listen: SocketAddr) -> Self {
        let user_agent = concat!("Strowger/", env!("CARGO_PKG_VERSION")).to_owned();
        Self { listen, advertised: None, user_agent, max_legs: 2_000 }
    }
}

/// A running SIP stack.
pub struct SipStack {
    core: Arc<Core>,
    max_legs: usize,
}

impl SipStack {
    /// Opens the listening socket and starts serving it.
    ///
    /// # Errors
    /// [`SipError::Bind`] when the address is not to be had.
    pub async fn bind(config: SipConfig) -> Result<Arc<Self>, SipError> {
        let SipConfig { listen, advertised, user_agent, max_legs } = config;
        let (engine, incoming) =
            Engine::bind(listen, advertised, &user_agent).await.map_err(|source| SipError::Bind { listen, source })?;
        let max_legs = max_legs.min(Semaphore::MAX_PERMITS);
        let core = Arc::new(Core {
            engine,
            dialogs: Arc::default(),
            legs: Arc::new(Semaphore::new(max_legs)),
            shutdown: CancellationToken::new(),
            tasks: TaskTracker::new(),
        });
        tokio::spawn(inbound::dispatch(Arc::clone(&core), incoming));
        Ok(Arc::new(Self { core, max_legs }))
    }

    /// The address that is listened on, with its real port.
    pub fn local_addr(&self) -> SocketAddr {
        self.core.engine.local()
    }

    /// Checks `invite` and starts a leg with it. What happens on the network is told by the leg's events.
    ///
    /// # Errors
    /// A field that cannot be sent, no free leg, or a stack that shuts down.
    pub async fn invite(&self, invite: Invite) -> Result<OutboundLeg, InviteError> {
        let plan = Plan::check(invite)?;
        if self.core.shutdown.is_cancelled() {
            return Err(InviteError::ShuttingDown);
        }
        let permit = Arc::clone(&self.core.legs).try_acquire_owned();
        let permit = permit.map_err(|_| InviteError::Busy { limit: self.max_legs })?;
        let (sink, events) = Sink::new();
        let (commands, receiver) = mpsc::channel(COMMANDS);
        let call_id = plan.call_id.clone();
        let task = Task::new(Arc::clone(&self.core), plan, sink, receiver, permit);
        self.core.tasks.spawn(task.run());
        Ok(OutboundLeg { call_id, events, leg: Leg { commands } })
    }

    /// Hangs up every leg and closes the socket, in bounded time.
    pub async fn shutdown(&self) {
        self.core.shutdown.cancel();
        self.core.tasks.close();
        // A far end that does not answer its BYE is not waited for.
        let _ = tokio::time::timeout(SHUTDOWN_LIMIT, self.core.tasks.wait()).await;
        self.core.engine.close();
    }

    /// How many legs are live, those being torn down included.
    pub fn live_legs(&self) -> usize {
        self.max_legs - self.core.legs.available_permits()
    }
}

impl Drop for SipStack {
    fn drop(&mut self) {
        self.core.shutdown.cancel();
        self.core.engine.close();
    }
}
