//! An operation that waits for the writer, and who waits for its outcome.

use tokio::sync::oneshot;

use crate::StoreError;
use crate::clock::Moment;
use crate::ordered::Transaction;

/// An operation. It runs once, in the transaction of a group, and its outcome is answered once the group is durable.
pub(super) trait Job: Send {
    /// Does it. An error is its own refusal, which is also its outcome.
    fn run(&mut self, transaction: &mut dyn Transaction, now: Moment) -> Result<(), StoreError>;

    /// Answers, with the group's fault where that could not be written.
    fn finish(self: Box<Self>, written: Result<(), StoreError>);
}

pub(super) type Outcome<T> = oneshot::Receiver<Result<T, StoreError>>;

pub(super) fn job<T, W>(work: W) -> (Box<dyn Job>, Outcome<T>)
where
    T: Send + 'static,
    W: FnOnce(&mut dyn Transaction, Moment) -> Result<T, StoreError> + Send + 'static,
{
    let (reply, outcome) = oneshot::channel();
    (Box::new(Waiting { work: Some(work), outcome: None, reply }), outcome)
}

struct Waiting<T, W> {
    work: Option<W>,
    outcome: Option<Result<T, StoreError>>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, W> Job for Waiting<T, W>
where
    T: Send,
    W: FnOnce(&mut dyn Transaction, Moment) -> Result<T, StoreError> + Send,
{
    fn run(&mut self, transaction: &mut dyn Transaction, now: Moment) -> Result<(), StoreError> {
        let Some(work) = self.work.take() else { return Ok(()) };
        let outcome = work(transaction, now);
        let refused = outcome.as_ref().map(drop).map_err(Clone::clone);
        self.outcome = Some(outcome);
        refused
    }

    fn finish(self: Box<Self>, written: Result<(), StoreError>) {
        let outcome = match (written, self.outcome) {
            (Ok(()), Some(outcome)) => outcome,
            (Ok(()), None) => Err(StoreError::closed()),
            (Err(error), _) => Err(error),
        };
        // Who asked may have gone.
        let _ = self.reply.send(outcome);
    }
}
