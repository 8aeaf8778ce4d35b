//! A response's body, bounded in size and in time.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, Sleep, sleep};
use wasmtime_wasi_http::{Error, WasiBody};

use super::told::hyper_told;
use crate::host_pattern::Target;
use crate::journal::Journal;
use crate::plugin_log::LogLevel;

/// What a response is read under.
pub(super) struct Terms {
    pub(super) target: Target,
    pub(super) journal: Arc<Journal>,
    /// Bytes of its body.
    pub(super) limit: usize,
    /// Between one piece and the next.
    pub(super) wait: Duration,
    /// A request is under way until its response has been read or dropped.
    pub(super) _turn: OwnedSemaphorePermit,
}

pub(super) struct Bounded {
    body: Incoming,
    left: usize,
    sleep: Pin<Box<Sleep>>,
    terms: Terms,
}

impl Bounded {
    pub(super) fn boxed(body: Incoming, terms: Terms) -> WasiBody {
        Self { body, left: terms.limit, sleep: Box::pin(sleep(terms.wait)), terms }.boxed_unsync()
    }

    fn counted(&mut self, frame: Frame<Bytes>) -> Result<Frame<Bytes>, Error> {
        let length = frame.data_ref().map_or(0, Bytes::len);
        match self.left.checked_sub(length) {
            Some(left) => {
                self.left = left;
                Ok(frame)
            }
            None => {
                let Terms { target, journal, limit, .. } = &self.terms;
                journal.write(LogLevel::Warn, &format!("response of {target} has more than {limit} bytes: cut off"));
                Err(Error::HttpResponseBodySize(u64::try_from(*limit).ok()))
            }
        }
    }
}

impl Body for Bounded {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let this = &mut *self;
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) {
            this.sleep.as_mut().reset(Instant::now() + this.terms.wait);
            let counted = frame.map(|frame| {
                let frame = frame.map_err(|error| hyper_told(&error).unwrap_or(Error::HttpProtocolError))?;
                this.counted(frame)
            });
            return Poll::Ready(counted);
        }
        ready!(this.sleep.as_mut().poll(cx));
        Poll::Ready(Some(Err(Error::ConnectionReadTimeout)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
