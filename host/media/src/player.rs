//! One prompt on its way out.

use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::Audio;
use crate::audio::{FRAME_SAMPLES, SAMPLE_RATE};

/// How often a prompt is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loops {
    /// That many times.
    Times(u32),
    /// Until it is stopped.
    Forever,
}

/// How a prompt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Played {
    /// Whether it was played to its end as often as was asked.
    pub completed: bool,
    /// For how long it was heard.
    pub milliseconds: u64,
}

/// A prompt and where it is. When it is dropped, whoever waits for it learns how far it came.
#[derive(Debug)]
pub(crate) struct Player {
    audio: Audio,
    loops: Loops,
    position: usize,
    played: u64,
    cancel: CancellationToken,
    done: Option<oneshot::Sender<Played>>,
}

impl Player {
    pub(crate) fn new(audio: Audio, loops: Loops, cancel: CancellationToken, done: oneshot::Sender<Played>) -> Self {
        let loops = if audio.samples().is_empty() { Loops::Times(0) } else { loops };
        Self { audio, loops, position: 0, played: 0, cancel, done: Some(done) }
    }

    /// Whether nobody wants to hear it any more, or all of it was heard.
    pub(crate) fn is_over(&self) -> bool {
        self.cancel.is_cancelled() || self.loops == Loops::Times(0)
    }

    /// Appends one frame; the end of the prompt is filled up with silence.
    pub(crate) fn next_frame(&mut self, frame: &mut Vec<i16>) {
        let wanted = frame.len() + FRAME_SAMPLES;
        while frame.len() < wanted && !self.is_over() {
            let rest = self.audio.samples().get(self.position..).unwrap_or_default();
            let part = rest.get(..wanted - frame.len()).unwrap_or(rest);
            frame.extend_from_slice(part);
            self.position += part.len();
            self.played += part.len() as u64;
            if self.position >= self.audio.samples().len() {
                self.position = 0;
                self.loops = self.loops.one_less();
            }
        }
        frame.resize(wanted, 0);
    }

    /// Lets one frame's time pass unheard: the far end is on hold, or the clock stalled.
    pub(crate) fn skip_frame(&mut self) {
        self.next_frame(&mut Vec::with_capacity(FRAME_SAMPLES));
    }
}

impl Loops {
    fn one_less(self) -> Self {
        match self {
            Self::Times(times) => Self::Times(times.saturating_sub(1)),
            Self::Forever => Self::Forever,
        }
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        let milliseconds = self.played * 1_000 / u64::from(SAMPLE_RATE);
        let played = Played { completed: self.loops == Loops::Times(0), milliseconds };
        if let Some(done) = self.done.take() {
            let _ = done.send(played);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn player(samples: usize, loops: Loops) -> (Player, oneshot::Receiver<Played>, CancellationToken) {
        let (done, outcome) = oneshot::channel();
        let cancel = CancellationToken::new();
        let samples: Vec<i16> = (1..=samples).map(|sample| i16::try_from(sample).unwrap()).collect();
        (Player::new(Audio::new(samples), loops, cancel.clone(), done), outcome, cancel)
    }

    #[test]
    fn the_last_frame_is_filled_up_with_silence() {
        let (mut player, mut outcome, _) = player(200, Loops::Times(1));
        let mut heard = Vec::new();
        while !player.is_over() {
            player.next_frame(&mut heard);
        }
        drop(player);
        assert_eq!(heard.len(), 320);
        assert_eq!((heard[199], heard[200]), (200, 0));
        assert_eq!(outcome.try_recv().unwrap(), Played { completed: true, milliseconds: 25 });
    }

    #[test]
    fn a_loop_goes_on_within_the_frame() {
        let (mut player, ..) = player(100, Loops::Times(2));
        let mut frame = Vec::new();
        player.next_frame(&mut frame);
        assert_eq!((frame[99], frame[100], frame[159]), (100, 1, 60));
        assert!(!player.is_over());
    }

    #[test]
    fn a_prompt_that_is_stopped_says_how_far_it_came() {
        let (mut player, mut outcome, cancel) = player(100, Loops::Forever);
        player.next_frame(&mut Vec::new());
        assert!(!player.is_over());
        cancel.cancel();
        assert!(player.is_over());
        drop(player);
        assert_eq!(outcome.try_recv().unwrap(), Played { completed: false, milliseconds: 20 });
    }

    #[test]
    fn an_empty_prompt_is_over_at_once_even_for_ever() {
        let (player, mut outcome, _) = player(0, Loops::Forever);
        assert!(player.is_over());
        drop(player);
        assert!(outcome.try_recv().unwrap().completed);
    }
}
