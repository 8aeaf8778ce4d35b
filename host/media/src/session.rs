//! The media of one leg, as its call sees it.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::player::Player;
use crate::ports::PortLease;
use crate::sdp::{self, Local, SdpError};
use crate::stats::Stats;
use crate::stream::{Sound, Stream};
use crate::telephone_event::Dialling;
use crate::{Audio, Codec, Digits, Loops, Negotiated, Played, StatsSnapshot};

/// Prompts and digits that may wait for the session's task; it takes them at once, so that a longer queue would hold nothing.
const WAITING_SOUNDS: usize = 4;

/// One leg's socket and the task that serves it. Both end when the session is dropped.
#[derive(Debug)]
pub struct MediaSession {
    local: SocketAddr,
    advertised: SocketAddr,
    session_id: u32,
    version: u32,
    codecs: Vec<Codec>,
    rtcp_mux: bool,
    agreed: watch::Sender<Option<Negotiated>>,
    sounds: mpsc::Sender<Sound>,
    stats: Arc<Stats>,
}

/// A prompt that is being played; dropping the handle stops it.
#[derive(Debug)]
pub struct PlayHandle {
    outcome: oneshot::Receiver<Played>,
    cancel: DropGuard,
}

impl MediaSession {
    pub(crate) fn start(socket: UdpSocket, lease: PortLease, advertised: Option<IpAddr>) -> std::io::Result<Self> {
        let local = socket.local_addr()?;
        let advertised = SocketAddr::new(advertised.unwrap_or(local.ip()), local.port());
        let (agreed, agreement) = watch::channel(None);
        let (sounds, incoming) = mpsc::channel(WAITING_SOUNDS);
        let stats = Arc::new(Stats::default());
        tokio::spawn(Stream::new(socket, stats.clone()).run(agreement, incoming, lease));
        let (session_id, version) = (rand::random::<u32>() >> 1, 0);
        let codecs = Codec::DEFAULT_ORDER.to_vec();
        Ok(Self { local, advertised, session_id, version, codecs, rtcp_mux: false, agreed, sounds, stats })
    }

    /// Where this leg receives.
    #[must_use]
    pub fn local_address(&self) -> SocketAddr {
        self.local
    }

    /// Descriptions offer RTCP on the port of RTP from here on (RFC 5761).
    pub fn mux_rtcp(&mut self) {
        self.rtcp_mux = true;
    }

    /// The description that offers these codecs, most wanted first.
    pub fn offer(&mut self, codecs: &[Codec]) -> String {
        self.codecs = codecs.to_vec();
        let offered: Vec<(u8, Codec)> = codecs.iter().map(|codec| (codec.payload_type(), *codec)).collect();
        self.version += 1;
        let (address, session_id, version) = (self.advertised, self.session_id, self.version);
        sdp::describe(&Local { address, session_id, version, codecs: &offered, rtcp_mux: self.rtcp_mux })
    }

    /// Takes the far end's description, its answer or a later offer of its own: from here on the leg is sent what is played,
    /// and silence between.
    ///
    /// # Errors
    /// [`SdpError`] where the description cannot be used; what was agreed before stays.
    pub fn accept(&self, description: impl AsRef<[u8]>) -> Result<Negotiated, SdpError> {
        let agreed = sdp::negotiate(description.as_ref(), &self.codecs)?;
        self.agreed.send_replace(Some(agreed));
        Ok(agreed)
    }

    /// Whether the far end has described itself.
    #[must_use]
    pub fn is_agreed(&self) -> bool {
        self.agreed.borrow().is_some()
    }

    /// Plays a prompt in place of the one that may be playing, which is stopped.
    pub async fn play(&self, audio: Audio, loops: Loops) -> PlayHandle {
        let (done, outcome) = oneshot::channel();
        let cancel = CancellationToken::new();
        let player = Player::new(audio, loops, cancel.clone(), done);
        // Where the task is gone the player is dropped here, which reports it as stopped.
        let _ = self.sounds.send(Sound::Prompt(player)).await;
        PlayHandle { outcome, cancel: cancel.drop_guard() }
    }

    /// Whether the far end takes digits as RTP events.
    #[must_use]
    pub fn takes_events(&self) -> bool {
        self.agreed.borrow().is_some_and(|agreed| agreed.telephone_event.is_some())
    }

    /// Sends digits as RTP events (RFC 4733) of that length each, after those that may be on their way. A prompt goes on
    /// unheard meanwhile. A far end that takes no events is sent nothing.
    pub async fn dial(&self, digits: Digits, each: Duration) -> DialHandle {
        let (done, outcome) = oneshot::channel();
        let cancel = CancellationToken::new();
        let _ = self.sounds.send(Sound::Digits(Dialling::new(digits, each, cancel.clone(), done))).await;
        DialHandle { outcome, _cancel: cancel.drop_guard() }
    }

    /// What the socket saw so far.
    #[must_use]
    pub fn stats(&self) -> StatsSnapshot {
        self.stats.snapshot()
    }
}

/// Digits that are being sent; dropping the handle leaves out the rest of them.
#[derive(Debug)]
pub struct DialHandle {
    outcome: oneshot::Receiver<bool>,
    _cancel: DropGuard,
}

impl DialHandle {
    /// Waits until all were sent; false where too many wait already, or the session ended.
    pub async fn finished(self) -> bool {
        self.outcome.await.unwrap_or(false)
    }
}

impl PlayHandle {
    /// Waits until the prompt was played, or was stopped by another one or by the session's end.
    pub async fn finished(&mut self) -> Played {
        (&mut self.outcome).await.unwrap_or(Played { completed: false, milliseconds: 0 })
    }

    /// Stops the prompt and says how far it came.
    pub async fn stop(self) -> Played {
        drop(self.cancel);
        self.outcome.await.unwrap_or(Played { completed: false, milliseconds: 0 })
    }
}
