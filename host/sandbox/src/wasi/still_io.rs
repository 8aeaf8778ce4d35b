//! `wasi:io` for plugins that run to their end at once: what is ready is done, and whoever would wait is ended. Waiting would hold up the
//! call, and every other call of the same worker.

use futures::FutureExt;
use wasmtime::component::{Resource, ResourceTable};
use wasmtime_wasi::p2::bindings::io::poll::{Host as WaitingPoll, HostPollable as WaitingPollable};
use wasmtime_wasi::p2::bindings::io::streams::{
    Host as WaitingStreams, HostInputStream as WaitingInput, HostOutputStream as WaitingOutput,
    StreamError as WaitingError,
};
use wasmtime_wasi::p2::bindings::sync::io::{poll, streams};
use wasmtime_wasi::p2::{DynInputStream, DynOutputStream, DynPollable, StreamError, StreamResult};

use crate::state::State;

#[derive(Debug, thiserror::Error)]
#[error("it waits, which a selector or a formatter cannot")]
struct Waits;

/// What comes of it without waiting.
fn at_once<T>(future: impl Future<Output = wasmtime::Result<T>>) -> wasmtime::Result<T> {
    future.now_or_never().unwrap_or_else(|| Err(Waits.into()))
}

fn stream_at_once<T>(future: impl Future<Output = StreamResult<T>>) -> StreamResult<T> {
    future.now_or_never().unwrap_or_else(|| Err(StreamError::Trap(Waits.into())))
}

impl State {
    fn io(&mut self) -> wasmtime::Result<&mut ResourceTable> {
        self.count_host_call()?;
        Ok(&mut self.table)
    }

    fn stream_io(&mut self) -> StreamResult<&mut ResourceTable> {
        self.io().map_err(StreamError::Trap)
    }
}

impl poll::Host for State {
    fn poll(&mut self, pollables: Vec<Resource<DynPollable>>) -> wasmtime::Result<Vec<u32>> {
        at_once(WaitingPoll::poll(self.io()?, pollables))
    }
}

impl poll::HostPollable for State {
    fn ready(&mut self, pollable: Resource<DynPollable>) -> wasmtime::Result<bool> {
        at_once(WaitingPollable::ready(self.io()?, pollable))
    }

    fn block(&mut self, pollable: Resource<DynPollable>) -> wasmtime::Result<()> {
        at_once(WaitingPollable::block(self.io()?, pollable))
    }

    fn drop(&mut self, pollable: Resource<DynPollable>) -> wasmtime::Result<()> {
        WaitingPollable::drop(&mut self.table, pollable)
    }
}

impl streams::Host for State {
    fn convert_stream_error(&mut self, error: StreamError) -> wasmtime::Result<streams::StreamError> {
        Ok(match WaitingStreams::convert_stream_error(&mut self.table, error)? {
            WaitingError::LastOperationFailed(error) => streams::StreamError::LastOperationFailed(error),
            WaitingError::Closed => streams::StreamError::Closed,
        })
    }
}

impl streams::HostInputStream for State {
    fn read(&mut self, stream: Resource<DynInputStream>, length: u64) -> StreamResult<Vec<u8>> {
        WaitingInput::read(self.stream_io()?, stream, length)
    }

    fn blocking_read(&mut self, stream: Resource<DynInputStream>, length: u64) -> StreamResult<Vec<u8>> {
        stream_at_once(WaitingInput::blocking_read(self.stream_io()?, stream, length))
    }

    fn skip(&mut self, stream: Resource<DynInputStream>, length: u64) -> StreamResult<u64> {
        WaitingInput::skip(self.stream_io()?, stream, length)
    }

    fn blocking_skip(&mut self, stream: Resource<DynInputStream>, length: u64) -> StreamResult<u64> {
        stream_at_once(WaitingInput::blocking_skip(self.stream_io()?, stream, length))
    }

    fn subscribe(&mut self, stream: Resource<DynInputStream>) -> wasmtime::Result<Resource<DynPollable>> {
        WaitingInput::subscribe(self.io()?, stream)
    }

    fn drop(&mut self, stream: Resource<DynInputStream>) -> wasmtime::Result<()> {
        at_once(WaitingInput::drop(&mut self.table, stream))
    }
}

impl streams::HostOutputStream for State {
    fn check_write(&mut self, stream: Resource<DynOutputStream>) -> StreamResult<u64> {
        WaitingOutput::check_write(self.stream_io()?, stream)
    }

    fn write(&mut self, stream: Resource<DynOutputStream>, bytes: Vec<u8>) -> StreamResult<()> {
        WaitingOutput::write(self.stream_io()?, stream, bytes)
    }

    fn blocking_write_and_flush(&mut self, stream: Resource<DynOutputStream>, bytes: Vec<u8>) -> StreamResult<()> {
        stream_at_once(WaitingOutput::blocking_write_and_flush(self.stream_io()?, stream, bytes))
    }

    fn flush(&mut self, stream: Resource<DynOutputStream>) -> StreamResult<()> {
        WaitingOutput::flush(self.stream_io()?, stream)
    }

    fn blocking_flush(&mut self, stream: Resource<DynOutputStream>) -> StreamResult<()> {
        stream_at_once(WaitingOutput::blocking_flush(self.stream_io()?, stream))
    }

    fn subscribe(&mut self, stream: Resource<DynOutputStream>) -> wasmtime::Result<Resource<DynPollable>> {
        WaitingOutput::subscribe(self.io()?, stream)
    }

    fn write_zeroes(&mut self, stream: Resource<DynOutputStream>, length: u64) -> StreamResult<()> {
        WaitingOutput::write_zeroes(self.stream_io()?, stream, length)
    }

    fn blocking_write_zeroes_and_flush(&mut self, stream: Resource<DynOutputStream>, length: u64) -> StreamResult<()> {
        stream_at_once(WaitingOutput::blocking_write_zeroes_and_flush(self.stream_io()?, stream, length))
    }

    fn splice(
        &mut self,
        to: Resource<DynOutputStream>,
        from: Resource<DynInputStream>,
        length: u64,
    ) -> StreamResult<u64> {
        WaitingOutput::splice(self.stream_io()?, to, from, length)
    }

    fn blocking_splice(
        &mut self,
        to: Resource<DynOutputStream>,
        from: Resource<DynInputStream>,
        length: u64,
    ) -> StreamResult<u64> {
        stream_at_once(WaitingOutput::blocking_splice(self.stream_io()?, to, from, length))
    }

    fn drop(&mut self, stream: Resource<DynOutputStream>) -> wasmtime::Result<()> {
        at_once(WaitingOutput::drop(&mut self.table, stream))
    }
}
