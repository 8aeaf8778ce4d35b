//! Reading a body within its bounds of size and time.

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio::time::Instant;

/// Bytes that are parsed faster than they are handed to another thread and back.
const PARSED_INLINE: usize = 64 * 1024;

/// Why a body was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BodyError {
    #[error("the body is larger than {0} bytes")]
    TooLarge(usize),
    #[error("the body did not arrive in time")]
    TimedOut,
    #[error("the body was cut off")]
    CutOff,
    #[error("reading the body was interrupted")]
    Interrupted,
}

/// How much of a body that is too large is read and thrown away, and for how long.
const DISCARDED: usize = 64 << 20;
const DISCARDED_WITHIN: Duration = Duration::from_secs(2);

/// The whole body. A declared length over the limit is refused without keeping a byte.
pub(crate) async fn read(
    headers: &HeaderMap,
    mut body: Body,
    limit: usize,
    within: Duration,
) -> Result<Bytes, BodyError> {
    let too_large = declared_length(headers).is_some_and(|length| length > limit as u64);
    let collected = match too_large {
        true => Err(BodyError::TooLarge(limit)),
        false => collect(&mut body, limit, within).await,
    };
    // A client that waits for `100 Continue` (RFC 9110 section 10.1.1) has sent nothing yet, and must not be asked to.
    if matches!(collected, Err(BodyError::TooLarge(_))) && !headers.contains_key(header::EXPECT) {
        discard(body).await;
    }
    collected
}

async fn collect(body: &mut Body, limit: usize, within: Duration) -> Result<Bytes, BodyError> {
    match tokio::time::timeout(within, Limited::new(body, limit).collect()).await {
        Err(_) => Err(BodyError::TimedOut),
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(BodyError::TooLarge(limit)),
        Ok(Err(_)) => Err(BodyError::CutOff),
    }
}

/// Most clients read no answer before they have sent their body: a connection that is closed on them is all that they would see.
async fn discard(body: Body) {
    let mut rest = Limited::new(body, DISCARDED);
    let reading = async { while let Some(Ok(_)) = rest.frame().await {} };
    // What has not come by then is not waited for.
    let _ = tokio::time::timeout(DISCARDED_WITHIN, reading).await;
}

/// What `parse` makes of the body. A large one is parsed where no call waits for it.
pub(crate) async fn parsed<T: Send + 'static>(
    body: Bytes,
    parse: impl FnOnce(&[u8]) -> T + Send + 'static,
) -> Result<T, BodyError> {
    if body.len() <= PARSED_INLINE {
        return Ok(parse(&body));
    }
    tokio::task::spawn_blocking(move || parse(&body)).await.map_err(|_| BodyError::Interrupted)
}

/// The longest that a body may take that is taken piece by piece.
const STREAMED_WITHIN: Duration = Duration::from_secs(50 * 60);

/// A body that is taken piece by piece, since it may be larger than what is held.
pub(crate) struct Incoming {
    body: Body,
    limit: u64,
    taken: u64,
    /// The longest wait for the next piece.
    pause: Duration,
    until: Instant,
    is_declared: bool,
    awaits_continue: bool,
}

impl Incoming {
    /// A body of at most `limit` bytes. Where its declared length is more, no byte of it is taken.
    pub(crate) fn new(headers: &HeaderMap, body: Body, limit: u64, pause: Duration) -> Self {
        let is_declared = declared_length(headers).is_some_and(|length| length > limit);
        let awaits_continue = headers.contains_key(header::EXPECT);
        let until = Instant::now() + STREAMED_WITHIN;
        Self { body, limit, taken: 0, pause, until, is_declared, awaits_continue }
    }

    /// The next bytes; none at its end.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, BodyError> {
        if self.is_declared {
            return Err(self.too_large());
        }
        let until = self.until.min(Instant::now() + self.pause);
        loop {
            let frame = tokio::time::timeout_at(until, self.body.frame()).await.map_err(|_| BodyError::TimedOut)?;
            let Some(frame) = frame else { return Ok(None) };
            // What is no data is a trailer, which says nothing here.
            let Ok(bytes) = frame.map_err(|_| BodyError::CutOff)?.into_data() else { continue };
            self.taken = self.taken.saturating_add(bytes.len() as u64);
            return if self.taken > self.limit { Err(self.too_large()) } else { Ok(Some(bytes)) };
        }
    }

    /// Lets the rest come and go, so that the client reads why.
    pub(crate) async fn discard(self) {
        // Nothing was sent yet, and must not be asked for (RFC 9110 section 10.1.1).
        if !(self.awaits_continue && self.taken == 0) {
            discard(self.body).await;
        }
    }

    fn too_large(&self) -> BodyError {
        BodyError::TooLarge(usize::try_from(self.limit).unwrap_or(usize::MAX))
    }
}

fn declared_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: usize = 8;

    async fn read_text(text: &'static str) -> Result<Bytes, BodyError> {
        read(&HeaderMap::new(), Body::from(text), LIMIT, Duration::from_secs(1)).await
    }

    #[tokio::test]
    async fn a_body_up_to_the_limit_is_read() {
        assert_eq!(read_text("12345678").await.unwrap(), "12345678");
        assert_eq!(read_text("123456789").await, Err(BodyError::TooLarge(LIMIT)));
    }

    #[tokio::test]
    async fn a_declared_length_over_the_limit_is_refused_unread() {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_LENGTH, 9.into());
        assert_eq!(read(&headers, Body::empty(), LIMIT, Duration::from_secs(1)).await, Err(BodyError::TooLarge(LIMIT)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_is_too_large_is_not_waited_for_either() {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_LENGTH, 9.into());
        let stalled = Body::from_stream(futures::stream::pending::<Result<Bytes, std::io::Error>>());
        assert_eq!(read(&headers, stalled, LIMIT, Duration::from_secs(30)).await, Err(BodyError::TooLarge(LIMIT)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_in_pieces_is_bounded_in_size_and_in_waiting() {
        let incoming = |body| Incoming::new(&HeaderMap::new(), body, LIMIT as u64, Duration::from_secs(30));
        let mut whole = incoming(Body::from("12345678"));
        assert_eq!(whole.next().await, Ok(Some(Bytes::from("12345678"))));
        assert_eq!(whole.next().await, Ok(None));
        assert_eq!(incoming(Body::from("123456789")).next().await, Err(BodyError::TooLarge(LIMIT)));
        let stalled = Body::from_stream(futures::stream::pending::<Result<Bytes, std::io::Error>>());
        assert_eq!(incoming(stalled).next().await, Err(BodyError::TimedOut));
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_LENGTH, 9.into());
        let mut declared = Incoming::new(&headers, Body::empty(), LIMIT as u64, Duration::from_secs(30));
        assert_eq!(declared.next().await, Err(BodyError::TooLarge(LIMIT)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_never_ends_is_given_up() {
        let stalled = Body::from_stream(futures::stream::pending::<Result<Bytes, std::io::Error>>());
        assert_eq!(read(&HeaderMap::new(), stalled, LIMIT, Duration::from_secs(30)).await, Err(BodyError::TimedOut));
    }
}
