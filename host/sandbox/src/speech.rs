//! Standard output and standard error of an instance: lines of its journal.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use async_trait::async_trait;
use bytes::Bytes;
use parking_lot::Mutex;
use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};

use crate::journal::{Journal, MAX_LINE};
use crate::plugin_log::LogLevel;

/// Bytes that one write may have.
const MAX_WRITE: usize = 64 << 10;

/// One of the two streams.
pub(crate) struct Speech {
    journal: Arc<Journal>,
    level: LogLevel,
    /// What has no end of line yet.
    line: Mutex<Vec<u8>>,
}

impl Speech {
    /// Standard output and standard error.
    pub(crate) fn streams(journal: &Arc<Journal>) -> [Arc<Self>; 2] {
        [LogLevel::Info, LogLevel::Warn].map(|level| {
            let (journal, line) = (Arc::clone(journal), Mutex::default());
            Arc::new(Self { journal, level, line })
        })
    }

    fn hear(&self, bytes: &[u8]) {
        let mut line = self.line.lock();
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let room = MAX_LINE.saturating_sub(line.len());
            line.extend(piece.iter().take(room));
            if piece.ends_with(b"\n") {
                self.journal.write(self.level, &String::from_utf8_lossy(&line));
                line.clear();
            }
        }
    }

    /// Writes what is left as a line.
    pub(crate) fn end_line(&self) {
        let mut line = self.line.lock();
        if !line.is_empty() {
            self.journal.write(self.level, &String::from_utf8_lossy(&line));
            line.clear();
        }
    }
}

/// The stream that a guest writes to.
#[derive(Clone)]
pub(crate) struct Mouth(pub(crate) Arc<Speech>);

impl IsTerminal for Mouth {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Mouth {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

#[async_trait]
impl Pollable for Mouth {
    async fn ready(&mut self) {}
}

impl OutputStream for Mouth {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.0.hear(&bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(MAX_WRITE)
    }
}

impl AsyncWrite for Mouth {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.0.hear(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
