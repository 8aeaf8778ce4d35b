//! The connection that all commands share: kept up by a task of its own, with every request bounded and retried.
//!
//! What is retried must do no harm when it is done twice: reads, and scripts that remember their answers.

use std::sync::Arc;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use redis::aio::ConnectionLike;
use redis::{Cmd, FromRedisValue, Pipeline, RedisError, Value};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::time::{Instant, timeout, timeout_at};

use super::connect::{Connector, Wire};
use super::faults::{Remedy, at_start, reason, remedy, unexpected};
use super::scripts::Call;
use crate::StoreError;

/// Requests that may be under way; further ones are answered [`StoreError::Overloaded`].
const IN_FLIGHT: u32 = 1_024;

/// How long a request is tried anew, and how long after Redis has gone requests still wait for it.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long an answer is waited for.
pub(super) const LIMIT: Duration = Duration::from_secs(5);

/// Waits between two tries.
pub(super) fn pauses(longest: Duration) -> impl Iterator<Item = Duration> + Send {
    let shortest = Duration::from_millis(10);
    ExponentialBuilder::default()
        .with_min_delay(shortest)
        .with_max_delay(longest)
        .without_max_times()
        .with_jitter()
        .build()
}

#[derive(Clone)]
enum State {
    Up { wire: Wire, number: u64 },
    Down { since: Instant, reason: Arc<str> },
    Closed,
}

/// The shared connection.
pub(super) struct Link {
    place: String,
    state: watch::Receiver<State>,
    lost: mpsc::Sender<u64>,
    permits: Semaphore,
}

/// What is asked.
pub(super) enum Request<'r> {
    Command(&'r Cmd),
    Pipeline(&'r Pipeline),
    Script(&'r Call),
}

impl Request<'_> {
    async fn send(&self, wire: &mut Wire) -> Result<Value, RedisError> {
        match self {
            Self::Command(command) => wire.req_packed_command(command).await?.extract_error(),
            Self::Pipeline(pipeline) => pipeline.query_async(wire).await,
            Self::Script(call) => call.send(wire).await,
        }
    }
}

impl Link {
    /// Connects, and answers what keeps the connection up.
    pub(super) async fn open(connector: Arc<Connector>) -> Result<(Self, impl Future<Output = ()> + Send), StoreError> {
        let place = connector.config.describe();
        let wire = connector.wire().await.map_err(|error| at_start(&place, &error))?;
        let (sender, state) = watch::channel(State::Up { wire, number: 0 });
        let (lost, reports) = mpsc::channel(16);
        let permits = Semaphore::new(IN_FLIGHT as usize);
        Ok((Self { place, state, lost, permits }, keep_up(connector, sender, reports)))
    }

    pub(super) async fn command<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, StoreError> {
        self.ask(Request::Command(command), LIMIT).await
    }

    pub(super) async fn pipeline<T: FromRedisValue>(&self, pipeline: &Pipeline) -> Result<T, StoreError> {
        self.ask(Request::Pipeline(pipeline), LIMIT).await
    }

    pub(super) async fn script<T: FromRedisValue>(&self, call: &Call) -> Result<T, StoreError> {
        self.ask(Request::Script(call), LIMIT).await
    }

    pub(super) async fn ask<T: FromRedisValue>(&self, request: Request<'_>, limit: Duration) -> Result<T, StoreError> {
        let _permit = self.permits.try_acquire().map_err(|refused| match refused {
            tokio::sync::TryAcquireError::Closed => StoreError::closed(),
            tokio::sync::TryAcquireError::NoPermits => StoreError::Overloaded,
        })?;
        let value = self.try_until_done(request, limit).await?;
        redis::from_redis_value(value).map_err(|error| unexpected(&error.to_string()))
    }

    async fn try_until_done(&self, request: Request<'_>, limit: Duration) -> Result<Value, StoreError> {
        let mut deadline = None;
        for pause in pauses(Duration::from_millis(250)) {
            let (mut wire, number) = self.wire(deadline).await?;
            let outcome = timeout(limit, request.send(&mut wire)).await;
            let (remedy, reason) = match outcome {
                Ok(Ok(value)) => return Ok(value),
                Ok(Err(error)) => (remedy(&error), reason(&error)),
                Err(_) => (Remedy::Reconnect, "no answer in time".to_owned()),
            };
            if remedy == Remedy::GiveUp {
                return Err(StoreError::Fault(format!("Redis: {reason}")));
            }
            let end = *deadline.get_or_insert_with(|| Instant::now() + PATIENCE);
            let is_over = Instant::now() >= end;
            if remedy == Remedy::Reconnect && (is_over || !wire.heals_itself()) {
                // Where the queue is full, the loss is known.
                let _ = self.lost.try_send(number);
            }
            if is_over {
                return Err(self.unreachable(&reason));
            }
            tokio::time::sleep(pause).await;
        }
        Err(self.unreachable("tried too often"))
    }

    /// The connection, once it is up.
    async fn wire(&self, deadline: Option<Instant>) -> Result<(Wire, u64), StoreError> {
        let mut state = self.state.clone();
        loop {
            let (since, reason) = match &*state.borrow_and_update() {
                State::Up { wire, number } => return Ok((wire.clone(), *number)),
                State::Down { since, reason } => (*since, reason.clone()),
                State::Closed => return Err(StoreError::closed()),
            };
            let end = deadline.unwrap_or(since + PATIENCE);
            match timeout_at(end, state.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return Err(StoreError::closed()),
                Err(_) => return Err(self.unreachable(&reason)),
            }
        }
    }

    fn unreachable(&self, reason: &str) -> StoreError {
        StoreError::Unreachable(format!("{}: {reason}", self.place))
    }

    /// Refuses what comes, and waits for what is under way.
    pub(super) async fn close(&self, longest: Duration) {
        // Nobody closes it but this.
        let _ = timeout(longest, self.permits.acquire_many(IN_FLIGHT)).await;
        self.permits.close();
    }
}

/// Reconnects whenever the connection of that number was lost, until the link is gone.
async fn keep_up(connector: Arc<Connector>, state: watch::Sender<State>, mut lost: mpsc::Receiver<u64>) {
    let mut current = 0;
    while let Some(number) = lost.recv().await {
        if number != current {
            continue;
        }
        let since = Instant::now();
        state.send_replace(State::Down { since, reason: "the connection was lost".into() });
        tracing::warn!(redis = %connector.config.describe(), "the connection to Redis was lost");
        current += 1;
        for pause in pauses(Duration::from_secs(1)) {
            match connector.wire().await {
                Ok(wire) => {
                    tracing::info!(redis = %connector.config.describe(), "connected to Redis");
                    state.send_replace(State::Up { wire, number: current });
                    break;
                }
                Err(error) => {
                    state.send_replace(State::Down { since, reason: reason(&error).into() });
                    tokio::time::sleep(pause).await;
                }
            }
        }
    }
    state.send_replace(State::Closed);
}
