//! The task behind a session: paces what is sent, counts what is received.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::UdpSocket;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use crate::Negotiated;
use crate::audio::FRAME_SAMPLES;
use crate::pacer::{Due, Pacer};
use crate::player::Player;
use crate::ports::PortLease;
use crate::rtp::{self, Header};
use crate::stats::Stats;
use crate::telephone_event::{Dialling, Packet};

/// Larger than any datagram of audio; what is longer is cut and then fails to parse or is merely counted.
const MAX_DATAGRAM: usize = 2_048;

/// What a session asks its stream to send.
#[derive(Debug)]
pub(crate) enum Sound {
    Prompt(Player),
    Digits(Dialling),
}

/// Requests for digits that may wait for those before them.
const WAITING_DIGITS: usize = 16;

#[derive(Debug)]
pub(crate) struct Stream {
    socket: UdpSocket,
    stats: Arc<Stats>,
    agreed: Option<Negotiated>,
    /// Where to send; follows the far end's port behind a NAT, never its address.
    target: Option<SocketAddr>,
    player: Option<Player>,
    /// The first one is being sent.
    dialling: VecDeque<Dialling>,
    header: Header,
    frame: Vec<i16>,
    packet: Vec<u8>,
}

impl Stream {
    pub(crate) fn new(socket: UdpSocket, stats: Arc<Stats>) -> Self {
        let (sequence, timestamp, ssrc) = (rand::random(), rand::random(), rand::random());
        let header = Header { marker: true, payload_type: 0, sequence, timestamp, ssrc };
        let (frame, packet) = (Vec::with_capacity(FRAME_SAMPLES), Vec::with_capacity(FRAME_SAMPLES + 12));
        Self {
            socket,
            stats,
            agreed: None,
            target: None,
            player: None,
            dialling: VecDeque::new(),
            header,
            frame,
            packet,
        }
    }

    /// Runs until the session is dropped; the port is given back after the socket is closed.
    pub(crate) async fn run(
        mut self,
        mut agreement: watch::Receiver<Option<Negotiated>>,
        mut sounds: mpsc::Receiver<Sound>,
        lease: PortLease,
    ) {
        let mut pacer = Pacer::starting(Instant::now());
        let mut datagram = [0; MAX_DATAGRAM];
        let mut receiving = true;
        loop {
            tokio::select! {
                changed = agreement.changed() => {
                    if changed.is_err() { break }
                    let agreed = *agreement.borrow_and_update();
                    if self.agreed.is_none() { pacer = Pacer::starting(Instant::now()) }
                    self.agree(agreed);
                }
                Some(sound) = sounds.recv() => match sound {
                    Sound::Prompt(player) => self.player = Some(player),
                    Sound::Digits(dialling) if self.dialling.len() < WAITING_DIGITS => self.dialling.push_back(dialling),
                    // Whoever waits for them learns that they were not sent.
                    Sound::Digits(_) => {}
                },
                received = self.socket.recv_from(&mut datagram), if receiving => match received {
                    Ok((length, source)) => self.receive(datagram.get(..length).unwrap_or_default(), source),
                    // A socket that fails once fails always; waiting for it again would spin.
                    Err(_) => receiving = false,
                },
                () = tokio::time::sleep_until(pacer.deadline()), if self.agreed.is_some() => {
                    self.tick(pacer.take(Instant::now()));
                }
            }
        }
        drop(self);
        drop(lease);
    }

    fn agree(&mut self, agreed: Option<Negotiated>) {
        let remote = agreed.map(|agreed| agreed.remote);
        if self.agreed.map(|agreed| agreed.remote) != remote {
            self.target = remote;
        }
        self.header.payload_type = agreed.map_or(0, |agreed| agreed.payload_type);
        self.agreed = agreed;
    }

    /// Only packets from the address of the description count: anybody can send to an open port.
    fn receive(&mut self, datagram: &[u8], source: SocketAddr) {
        if rtp::is_rtcp(datagram) {
            return;
        }
        let expected = self.agreed.is_some_and(|agreed| agreed.remote.ip() == source.ip());
        match rtp::parse(datagram).filter(|_| expected) {
            Some((header, payload)) => {
                self.stats.count_received(&header, payload);
                self.target = Some(source);
            }
            None => self.stats.count_refused(),
        }
    }

    fn tick(&mut self, due: Due) {
        if due.skipped > 0 {
            self.stats.count_skipped(due.skipped);
        }
        for _ in 0..due.skipped {
            self.pass();
        }
        for _ in 0..due.frames {
            match (self.agreed, self.target) {
                (Some(agreed), Some(target)) if agreed.may_send() => match self.next_event(agreed) {
                    Some((payload_type, event)) => self.send_event(payload_type, &event, target),
                    None => self.send(agreed, target),
                },
                _ => self.pass(),
            }
        }
    }

    fn send(&mut self, agreed: Negotiated, target: SocketAddr) {
        self.frame.clear();
        self.next_frame();
        self.header.write(&mut self.packet);
        agreed.codec.encode(self.frame.iter().copied(), &mut self.packet);
        // A full socket buffer loses this frame, as a full link would; the next one must not be late for it.
        if self.socket.try_send_to(&self.packet, target).is_ok() {
            self.stats.count_sent();
        }
        self.header.sequence = self.header.sequence.wrapping_add(1);
        self.header.marker = false;
        self.advance();
    }

    /// The event's packet that is due in place of sound.
    fn next_event(&mut self, agreed: Negotiated) -> Option<(u8, Packet)> {
        let dialling = self.dialling.front_mut()?;
        let event =
            agreed.telephone_event.and_then(|payload_type| Some((payload_type, dialling.next(self.header.timestamp)?)));
        if agreed.telephone_event.is_none() || dialling.is_over() {
            self.dialling.pop_front();
        }
        event
    }

    /// Sound passes unheard while an event is sent (RFC 4733 section 2.5.1.2), and begins anew behind it.
    fn send_event(&mut self, payload_type: u8, event: &Packet, target: SocketAddr) {
        let header = Header { marker: event.marker, payload_type, timestamp: event.timestamp, ..self.header };
        header.write(&mut self.packet);
        self.packet.extend_from_slice(&event.payload);
        if self.socket.try_send_to(&self.packet, target).is_ok() {
            self.stats.count_sent();
        }
        self.header.sequence = self.header.sequence.wrapping_add(1);
        self.pass();
    }

    fn next_frame(&mut self) {
        self.drop_finished();
        match &mut self.player {
            Some(player) => player.next_frame(&mut self.frame),
            None => self.frame.resize(FRAME_SAMPLES, 0),
        }
        self.drop_finished();
    }

    /// A frame's time goes by without a packet; the next packet starts a talk spurt.
    fn pass(&mut self) {
        self.drop_finished();
        if let Some(player) = &mut self.player {
            player.skip_frame();
        }
        self.drop_finished();
        self.header.marker = true;
        self.advance();
    }

    fn drop_finished(&mut self) {
        if self.player.as_ref().is_some_and(Player::is_over) {
            self.player = None;
        }
    }

    fn advance(&mut self) {
        let samples = u32::try_from(FRAME_SAMPLES).unwrap_or_default();
        self.header.timestamp = self.header.timestamp.wrapping_add(samples);
    }
}

#[cfg(test)]
mod tests;
