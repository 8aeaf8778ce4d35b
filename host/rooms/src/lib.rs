//! Where calls meet: queues in which they wait, and conferences. Both are documents of an account; the place of a call is one too, and ends
//! with the call ([`leaving`]).

mod conferences;
mod error;
mod glob;
mod places;
mod queues;

pub use conferences::Conferences;
pub use error::RoomError;
pub use places::leaving;
pub use queues::Queues;

#[cfg(test)]
mod tests;
