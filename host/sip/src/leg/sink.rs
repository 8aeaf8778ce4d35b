//! The bounded stream of a leg's events.

use tokio::sync::mpsc;
use tokio::sync::mpsc::OwnedPermit;

use crate::event::LegEvent;

/// Events that an owner who does not look may fall behind; what follows is dropped, except what may not be.
const CAPACITY: usize = 32;

/// The leg's end of the stream. Room for the events that must arrive is kept from the start, so telling never waits.
pub(crate) struct Sink {
    events: Option<mpsc::Sender<LegEvent>>,
    sent: Option<OwnedPermit<LegEvent>>,
    answered: Option<OwnedPermit<LegEvent>>,
    last: Option<OwnedPermit<LegEvent>>,
}

impl Sink {
    /// A stream and its receiving end.
    pub(crate) fn new() -> (Self, mpsc::Receiver<LegEvent>) {
        let (events, receiver) = mpsc::channel(CAPACITY);
        // Reserving in an empty channel cannot fail; without room the event would go the way of the others.
        let reserve = || events.clone().try_reserve_owned().ok();
        let (sent, answered, last) = (reserve(), reserve(), reserve());
        (Self { events: Some(events), sent, answered, last }, receiver)
    }

    /// Tells an event on the way.
    pub(crate) fn tell(&mut self, event: LegEvent) {
        let room = match event {
            // The first one counts, however many addresses and challenges follow.
            LegEvent::Sent => match self.sent.take() {
                None => return,
                room => room,
            },
            LegEvent::Answered { .. } => self.answered.take(),
            _ => None,
        };
        match (room, &self.events) {
            (Some(room), _) => drop(room.send(event)),
            (None, Some(events)) => {
                if events.try_send(event).is_err() {
                    tracing::debug!("an event of a leg that nobody listens to was dropped");
                }
            }
            (None, None) => {}
        }
    }

    /// Tells the last event and closes the stream. Only the first call counts.
    pub(crate) fn close(&mut self, event: LegEvent) {
        if let Some(room) = self.last.take() {
            drop(room.send(event));
        }
        (self.events, self.sent, self.answered) = (None, None, None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Party;

    fn ringing() -> LegEvent {
        LegEvent::Progress { status: 180, reason: "Ringing".into(), sdp: None }
    }

    #[tokio::test]
    async fn a_flood_of_ringing_crowds_out_neither_the_answer_nor_the_end() {
        let (mut sink, mut events) = Sink::new();
        (0..1_000).for_each(|_| sink.tell(ringing()));
        sink.tell(LegEvent::Answered { status: 200, reason: "OK".into(), sdp: None });
        sink.close(LegEvent::Ended { by: Party::Near, reason: None, headers: Vec::new() });
        let mut seen = Vec::new();
        while let Some(event) = events.recv().await {
            seen.push(event);
        }
        assert!(seen.len() <= CAPACITY);
        assert!(matches!(&seen[seen.len() - 2..], [LegEvent::Answered { .. }, LegEvent::Ended { .. }]));
    }

    #[tokio::test]
    async fn there_is_one_sent_and_one_last_event() {
        let (mut sink, mut events) = Sink::new();
        sink.tell(LegEvent::Sent);
        sink.tell(LegEvent::Sent);
        sink.close(LegEvent::Unreachable { reason: "x".into() });
        sink.close(LegEvent::Unreachable { reason: "y".into() });
        assert_eq!(events.recv().await, Some(LegEvent::Sent));
        assert_eq!(events.recv().await, Some(LegEvent::Unreachable { reason: "x".into() }));
        assert_eq!(events.recv().await, None);
    }
}
