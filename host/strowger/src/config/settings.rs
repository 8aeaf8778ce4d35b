//! Every setting of the server.

use super::declare::settings;
use super::kind::{
    Address, Directives, Format, Hidden, Kind, Maybe, Networks, Path, Ports, RedisUrl, Seconds, Switch, Whole,
};
use super::reader::Reader;
use super::setting::{Section, Setting};

/// An administrator's key.
pub(super) type AdminKey = Hidden<4, 512>;

settings! {
    /// This process.
    node: Node {
        /// Load a demonstration account where the installation is new.
        demo: Switch = "false", as "demo";
        /// How long live calls, their records and their status events may take at the end.
        stop_within_s: Seconds<1, 600> = "5";
    }

    /// The REST APIs.
    http: Http {
        /// Address of the REST APIs; port 0 takes a free one.
        listen: Address = "127.0.0.1:8080", as "http";
        /// Connections at the same time; more are answered 503 and closed.
        max_connections: Whole<1, 1_000_000> = "4096";
        /// Bytes of a request's body; more are answered 413.
        max_body: Whole<1_024, 64_000_000> = "8000000";
        /// The time in which a body must have arrived.
        body_timeout_s: Seconds<1, 600> = "30";
        /// The time a client has for the head of a request, waiting between two requests included.
        idle_timeout_s: Seconds<1, 600> = "30";
    }

    /// SIP.
    sip: Sip {
        /// Address of SIP over UDP; port 0 takes a free one. RTP uses the same IP address.
        listen: Address = "127.0.0.1:5060", as "sip";
    }

    /// Media.
    rtp: Rtp {
        /// Ports of RTP, first and last; a call takes an even one.
        ports: Ports = "20000-29998";
    }

    /// Where state is kept.
    store: Store {
        /// Folder of the embedded store, and of what a node keeps for itself where state is in Redis; it is created.
        data: Path = "data", as "data";
        /// State in Redis instead of the embedded store.
        redis: Maybe<RedisUrl>, as "redis";
    }

    /// Keys to the APIs.
    auth: Auth {
        /// A key with admin scope. Without it a new installation makes one and prints it once.
        admin_key: Maybe<AdminKey>, as "admin-key";
        /// A file with the admin key in its first line.
        admin_key_file: Maybe<Path>, as "admin-key-file";
    }

    /// Calls.
    calls: Calls {
        /// Calls that may be live at once on this node; more are answered 503.
        max_live: Whole<1, 100_000> = "2000";
        /// Carriers that one call tries.
        max_attempts: Whole<1, 1_000> = "32";
        /// How long the record of a call is kept after its end.
        retention_s: Seconds<60, 31_536_000> = "3600";
        /// How long an update of a live call is waited for before it is answered 202, as under way.
        update_wait_s: Seconds<1, 60> = "2";
    }

    /// Webhooks.
    hooks: Hooks {
        /// Networks that webhooks may reach although they are not public. Loopback is allowed where the APIs listen on loopback.
        allow: Networks = "", as "hook-allow";
    }

    /// Plugins.
    plugins: Plugins {
        /// Folder of components to install at the start, named NAME@VERSION.wasm; they are for all accounts.
        folder: Maybe<Path>, as "plugins";
    }

    /// Sounds.
    media: Media {
        /// Folder of the WAV files that `play` names as `file:NAME`; `media` in the data folder where it is left out.
        folder: Maybe<Path>, as "media";
    }

    /// Log lines, on standard error.
    log: Log {
        /// What is logged: `error`, `warn`, `info`, `debug`, `trace`, or directives as in `info,strowger_calls=debug`.
        level: Directives = "info", as "log";
        /// How a line is written.
        format: Format = "text";
    }
}
