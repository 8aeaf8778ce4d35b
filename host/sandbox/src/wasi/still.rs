//! Time and chance of selectors and formatters. A decision that is made again, in a trace or a replay, must come out alike: the clock
//! shows the moment of the decision and stands still while it is made, and random numbers are drawn from a seed of the call. They are
//! no secrets. Where there is no decision (a step is prepared, a formatter runs) the clock shows the moment at which the invocation first
//! read it, and the seed is that of the plugin.

use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};
use strowger_model::Owner;
use wasmtime::component::Resource;
use wasmtime_wasi::async_trait;
use wasmtime_wasi::p2::bindings::clocks::monotonic_clock::{self, Instant};
use wasmtime_wasi::p2::bindings::clocks::wall_clock::{self, Datetime};
use wasmtime_wasi::p2::bindings::random::{insecure, insecure_seed, random};
use wasmtime_wasi::p2::{DynPollable, Pollable, subscribe};

use super::MAX_RANDOM;
use crate::decision::Decision;
use crate::module::PluginId;
use crate::state::State;

/// What the monotonic clock advances by with each reading, so that whoever waits for it to advance does not wait for ever.
const STEP: u64 = 1_000;

/// Time and chance of one invocation after another.
pub(crate) struct Still {
    /// Of the plugin.
    seed: [u8; 32],
    wall: Option<Duration>,
    monotonic: u64,
    chance: Option<Chance>,
}

/// SHA-256 in counter mode: the same on every machine and in every version of the host.
struct Chance {
    seed: [u8; 32],
    counter: u64,
}

impl Chance {
    fn block(&mut self) -> [u8; 32] {
        self.counter = self.counter.wrapping_add(1);
        Sha256::new().chain_update(self.seed).chain_update(self.counter.to_le_bytes()).finalize().into()
    }

    fn number(&mut self) -> u64 {
        self.block().into_iter().take(8).fold(0, |number, byte| number << 8 | u64::from(byte))
    }
}

impl Still {
    /// Of one account's instance: what another account draws with the same plugin of the same call tells nothing of it.
    pub(crate) fn new(plugin: &PluginId, owner: Owner) -> Self {
        let seed = Sha256::new().chain_update(&plugin.name).chain_update([0]).chain_update(&plugin.version);
        let seed = seed.chain_update([0]).chain_update(owner.to_string()).finalize();
        Self { seed: seed.into(), wall: None, monotonic: 0, chance: None }
    }

    /// Another invocation.
    pub(crate) fn begin(&mut self) {
        (self.wall, self.monotonic, self.chance) = (None, 0, None);
    }
}

impl Decision {
    fn seed(&self, plugin: [u8; 32]) -> [u8; 32] {
        let number = |text: &str| u64::try_from(text.len()).unwrap_or(u64::MAX).to_le_bytes();
        let caller = self.call.cid_number.as_deref().unwrap_or_default();
        let mut seed = Sha256::new().chain_update(plugin).chain_update(self.time.to_le_bytes());
        for text in [self.call.number.as_str(), caller, &self.request.to_json()] {
            seed.update(number(text));
            seed.update(text);
        }
        seed.finalize().into()
    }
}

impl State {
    fn standing(&mut self) -> Duration {
        match &self.decision {
            Some(decision) => Duration::from_secs(decision.time),
            None => *self
                .still
                .wall
                .get_or_insert_with(|| SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()),
        }
    }

    fn chance(&mut self) -> &mut Chance {
        let (plugin, decision) = (self.still.seed, self.decision.as_deref());
        self.still.chance.get_or_insert_with(|| {
            let seed = decision.map_or(plugin, |decision| decision.seed(plugin));
            Chance { seed, counter: 0 }
        })
    }

    fn chance_bytes(&mut self, length: u64) -> wasmtime::Result<Vec<u8>> {
        if length > MAX_RANDOM {
            wasmtime::bail!("asks for {length} random bytes, more than {MAX_RANDOM}");
        }
        let length = usize::try_from(length)?;
        let chance = self.chance();
        Ok(std::iter::repeat_with(|| chance.block()).flatten().take(length).collect())
    }

    /// Nobody waits for it: a timer has run out at once or never does.
    fn timer(&mut self, is_due: bool) -> wasmtime::Result<Resource<DynPollable>> {
        let timer = self.table.push(Timer { is_due })?;
        subscribe(&mut self.table, timer)
    }
}

struct Timer {
    is_due: bool,
}

#[async_trait]
impl Pollable for Timer {
    async fn ready(&mut self) {
        if !self.is_due {
            std::future::pending().await
        }
    }
}

impl wall_clock::Host for State {
    fn now(&mut self) -> wasmtime::Result<Datetime> {
        let now = self.standing();
        Ok(Datetime { seconds: now.as_secs(), nanoseconds: now.subsec_nanos() })
    }

    fn resolution(&mut self) -> wasmtime::Result<Datetime> {
        Ok(Datetime { seconds: 1, nanoseconds: 0 })
    }
}

impl monotonic_clock::Host for State {
    fn now(&mut self) -> wasmtime::Result<Instant> {
        self.still.monotonic = self.still.monotonic.saturating_add(STEP);
        Ok(self.still.monotonic)
    }

    fn resolution(&mut self) -> wasmtime::Result<u64> {
        Ok(STEP)
    }

    fn subscribe_instant(&mut self, when: Instant) -> wasmtime::Result<Resource<DynPollable>> {
        let is_due = when <= self.still.monotonic;
        self.timer(is_due)
    }

    fn subscribe_duration(&mut self, duration: u64) -> wasmtime::Result<Resource<DynPollable>> {
        self.timer(duration == 0)
    }
}

impl random::Host for State {
    fn get_random_bytes(&mut self, length: u64) -> wasmtime::Result<Vec<u8>> {
        self.chance_bytes(length)
    }

    fn get_random_u64(&mut self) -> wasmtime::Result<u64> {
        Ok(self.chance().number())
    }
}

impl insecure::Host for State {
    fn get_insecure_random_bytes(&mut self, length: u64) -> wasmtime::Result<Vec<u8>> {
        self.chance_bytes(length)
    }

    fn get_insecure_random_u64(&mut self) -> wasmtime::Result<u64> {
        Ok(self.chance().number())
    }
}

impl insecure_seed::Host for State {
    fn insecure_seed(&mut self) -> wasmtime::Result<(u64, u64)> {
        let chance = self.chance();
        Ok((chance.number(), chance.number()))
    }
}
