//! Reading a body within its bounds of size and time.

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};

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
    async fn a_body_that_never_ends_is_given_up() {
        let stalled = Body::from_stream(futures::stream::pending::<Result<Bytes, std::io::Error>>());
        assert_eq!(read(&HeaderMap::new(), stalled, LIMIT, Duration::from_secs(30)).await, Err(BodyError::TimedOut));
    }
}
