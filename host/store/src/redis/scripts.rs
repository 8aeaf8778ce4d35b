//! The scripts: each one atomic step. All of them name every key they touch in `KEYS`, which are of one owner.
//!
//! They are called by digest; a server that does not know one yet gets its text.

use std::sync::LazyLock;

use redis::aio::ConnectionLike;
use redis::{ErrorKind, RedisError, Script, ServerErrorKind, ToRedisArgs, Value};

use super::connect::Wire;

/// A script and its digest.
pub(super) struct Lua {
    text: &'static str,
    digest: LazyLock<String>,
}

macro_rules! script {
    ($($part:literal),+) => {{
        // Redis 7 keeps a script that begins so to the keys it names, and starts none that writes while there is no memory.
        const TEXT: &str = concat!("#!lua\n", $(include_str!(concat!("scripts/", $part))),+);
        Lua { text: TEXT, digest: LazyLock::new(|| Script::new(TEXT).get_hash().to_owned()) }
    }};
}

/// One batch.
pub(super) static APPLY: Lua = script!("documents.lua", "apply.lua");
/// The end of what has expired.
pub(super) static SWEEP: Lua = script!("documents.lua", "sweep.lua");
/// An addition to a counter.
pub(super) static COUNT: Lua = script!("count.lua");
/// The taking of a lease.
pub(super) static ACQUIRE: Lua = script!("acquire.lua");
/// The extension of a lease.
pub(super) static RENEW: Lua = script!("renew.lua");
/// The giving back of a lease.
pub(super) static RELEASE: Lua = script!("release.lua");
/// Entries for a stream.
pub(super) static APPEND: Lua = script!("append.lua");
/// Entries for a stream where they stood in another one.
pub(super) static APPEND_AT: Lua = script!("append_at.lua");
/// A chunk of an upload.
pub(super) static PUT_CHUNK: Lua = script!("put_chunk.lua");

/// A message for a mailbox.
pub(super) static POST: Lua = script!("post.lua");

/// A script with its keys and arguments.
pub(super) struct Call {
    script: &'static Lua,
    keys: Vec<String>,
    arguments: Vec<Vec<u8>>,
}

impl Call {
    pub(super) fn new(script: &'static Lua, keys: Vec<String>) -> Self {
        Self { script, keys, arguments: Vec::new() }
    }

    pub(super) fn arg(mut self, argument: impl ToRedisArgs) -> Self {
        self.push(argument);
        self
    }

    pub(super) fn push(&mut self, argument: impl ToRedisArgs) {
        self.arguments.extend(argument.to_redis_args());
    }

    /// Bytes of all arguments.
    pub(super) fn size(&self) -> usize {
        self.arguments.iter().map(Vec::len).sum()
    }

    pub(super) async fn send(&self, wire: &mut Wire) -> Result<Value, RedisError> {
        match self.ask(wire, "EVALSHA", &self.script.digest).await {
            Err(error) if error.kind() == ErrorKind::Server(ServerErrorKind::NoScript) => {
                self.ask(wire, "EVAL", self.script.text).await
            }
            answer => answer,
        }
    }

    async fn ask(&self, wire: &mut Wire, name: &str, script: &str) -> Result<Value, RedisError> {
        let mut command = redis::cmd(name);
        command.arg(script).arg(self.keys.len()).arg(&self.keys).arg(&self.arguments);
        wire.req_packed_command(&command).await?.extract_error()
    }
}
