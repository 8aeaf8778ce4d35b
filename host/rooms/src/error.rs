//! Why nothing was changed.

use strowger_model::Sid;
use strowger_store::StoreError;

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum RoomError {
    /// There is no such queue, conference or place of a call.
    #[error("no such object")]
    Missing,
    /// Another one has the name.
    #[error("Duplicate entry '{0}' for key 'name'")]
    Taken(String),
    /// The account has as many as it may.
    #[error("an account has at most {0} of them")]
    TooMany(usize),
    /// There is no such live call in the account.
    #[error("call {0} is not live")]
    NotLive(Sid),
    /// The call waits already.
    #[error("call {0} is in a queue already")]
    Waiting(Sid),
    /// The queue is full.
    #[error("queue {name} has its {most} calls")]
    Full {
        /// Its name.
        name: String,
        /// What it may hold.
        most: u32,
    },
    /// What only the mixer of media can do.
    #[error("conference: '{0}' needs the mixing of media, which is not built")]
    NeedsMedia(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
