//! Every setting of the server.

use super::declare::settings;
use super::kind::{
    Address, Affix, BaseUrl, Codecs, Directives, Format, Formatters, Hidden, Ip, Kind, Maybe, Networks, Path, Ports,
    Prefix, RedisUrl, Route, Seconds, Switch, Whole, Words,
};
use super::reader::Reader;
use super::setting::{Section, Setting};

/// An administrator's key.
pub(super) type AdminKey = Hidden<4, 512>;
/// The password of an ACL user.
pub(super) type RedisPassword = Hidden<1, 512>;
/// A zone becomes part of a URI, which takes what a prefix takes.
pub(super) type Zone = Prefix;
/// Keys for secrets at rest.
pub(super) type SealingKeys = Hidden<16, 4_096>;

settings! {
    /// This process.
    node: Node {
        /// What operators see it as; the address of its APIs where it is left out.
        name: Maybe<Words<64>>;
        /// Load a demonstration account where the installation is new.
        demo: Switch = "false", as "demo";
        /// How long live calls, their records and their status events may take at the end.
        stop_within_s: Seconds<1, 600> = "5";
    }

    /// The REST APIs.
    http: Http {
        /// Address of the REST APIs; port 0 takes a free one.
        listen: Address = "127.0.0.1:8080", as "http";
        /// Base URL by which operators and other nodes reach the APIs; http:// and the address that is listened on where it is left out.
        advertised: Maybe<BaseUrl>;
        /// Connections at the same time; more are answered 503 and closed.
        max_connections: Whole<1, 1_000_000> = "4096";
        /// Bytes of a request's body; more are answered 413.
        max_body: Whole<1_024, 64_000_000> = "8000000";
        /// The time in which a body must have arrived.
        body_timeout_s: Seconds<1, 600> = "30";
        /// The time a client has for the head of a request, waiting between two requests included.
        idle_timeout_s: Seconds<1, 600> = "30";
        /// Networks of proxies whose `X-Forwarded-For` is believed.
        trusted_proxies: Networks = "";
    }

    /// SIP.
    sip: Sip {
        /// Address of SIP over UDP; port 0 takes a free one. RTP uses the same IP address.
        listen: Address = "127.0.0.1:5060", as "sip";
        /// The address that carriers are told in Via and Contact, where it is another one: behind NAT, or listening on all addresses.
        advertised: Maybe<Address>;
    }

    /// Media.
    rtp: Rtp {
        /// Ports of RTP, first and last; a call takes an even one.
        ports: Ports = "20000-29998";
        /// The IP address that carriers are told to send to; that of `sip.advertised`, or of `sip.listen`, where it is left out.
        advertised: Maybe<Ip>;
    }

    /// Where state is kept.
    store: Store {
        /// Folder of the embedded store, and of what a node keeps for itself where state is in Redis; it is created.
        data: Path = "data", as "data";
    }

    /// State in Redis instead of the embedded store; several nodes may share one.
    redis: Redis {
        /// Where it is: redis://HOST:PORT/DATABASE, redis+sentinel://HOST:PORT,HOST:PORT/MASTER or redis+cluster://HOST:PORT,HOST:PORT;
        /// with TLS from rediss on. It may carry USER:PASSWORD@.
        url: Maybe<RedisUrl>, as "redis";
        /// The ACL user.
        username: Maybe<Words<256>>;
        /// Its password, instead of the URL's.
        password: Maybe<RedisPassword>;
        /// A file with the password in its first line.
        password_file: Maybe<Path>;
        /// The ACL user of the sentinels.
        sentinel_username: Maybe<Words<256>>;
        /// Its password.
        sentinel_password: Maybe<RedisPassword>;
        /// A file with the sentinels' password in its first line.
        sentinel_password_file: Maybe<Path>;
        /// PEM file of the authorities that TLS trusts; the public ones where it is left out.
        ca_file: Maybe<Path>;
        /// PEM file of the certificate that is shown to the server.
        cert_file: Maybe<Path>;
        /// PEM file of that certificate's key.
        cert_key_file: Maybe<Path>;
        /// The first part of every key and channel, so that several installations can share one Redis.
        prefix: Prefix = "strowger";
    }

    /// Secrets at rest: passwords of gateways and hooks are sealed in the store.
    secrets: Secrets {
        /// The keys, ID:BASE64 of 32 bytes each; the first one seals.
        keys: Maybe<SealingKeys>;
        /// A file with the keys, one a line; it is made with a fresh one. `secrets.key` in the data folder where it is left out. Nodes
        /// that share a Redis need the same.
        key_file: Maybe<Path>;
    }

    /// Keys to the APIs.
    auth: Auth {
        /// A key with admin scope. Without it a new installation makes one and prints it once.
        admin_key: Maybe<AdminKey>, as "admin-key";
        /// A file with the admin key in its first line.
        admin_key_file: Maybe<Path>, as "admin-key-file";
        /// How long a token is good for after a key or a log-in was traded for it.
        token_lifetime_s: Seconds<60, 604_800> = "3600";
        /// How long one key signs tokens.
        signing_key_lifetime_s: Seconds<60, 31_536_000> = "86400";
        /// Least characters of a user's password.
        shortest_password: Whole<4, 128> = "8";
        /// KiB of memory that hashing a password takes (Argon2id), in accounts that get their first user from then on.
        password_memory_kib: Whole<1_024, 1_048_576> = "19456";
        /// Passes over that memory.
        password_passes: Whole<1, 64> = "2";
        /// Passwords that are hashed at the same time; more log-ins are answered 503.
        concurrent_hashes: Whole<1, 256> = "4";
    }

    /// How often callers may ask; more is answered 429. Nodes that share a store share the rates. A rate of 0 is no limit.
    limits: Limits {
        /// Requests a second of one API key or user, in the long run.
        key_rate: Whole<0, 1_000_000> = "1000";
        /// Its requests at once after a pause.
        key_burst: Whole<1, 1_000_000> = "2000";
        /// Requests a second of all keys and users of one account.
        account_rate: Whole<0, 1_000_000> = "2000";
        /// Their requests at once after a pause.
        account_burst: Whole<1, 1_000_000> = "4000";
        /// Failed authentications a second from one address (IPv6: one /64).
        failure_rate: Whole<0, 1_000_000> = "2";
        /// Its failures at once after a pause.
        failure_burst: Whole<1, 1_000_000> = "200";
        /// Log-ins to one account that may fail in a minute; more are answered 429, right or wrong.
        failed_logins: Whole<1, 1_000_000> = "30";
    }

    /// Calls.
    calls: Calls {
        /// Calls that may be live at once on this node; more are answered 503.
        max_live: Whole<1, 100_000> = "2000";
        /// Carriers that one call tries.
        max_attempts: Whole<1, 1_000> = "32";
        /// How long the record of a call is kept after its end.
        retention_s: Seconds<60, 31_536_000> = "3600";
        /// How long a call is kept among the recent calls of its account.
        recent_retention_s: Seconds<60, 315_360_000> = "7776000";
        /// How long alerts are kept.
        alert_retention_s: Seconds<60, 315_360_000> = "7776000";
        /// How long the final status event of a call is kept for a web server that does not take it.
        event_retention_s: Seconds<60, 31_536_000> = "86400";
        /// How long an update of a live call is waited for before it is answered 202, as under way.
        update_wait_s: Seconds<1, 60> = "2";
    }

    /// Messages.
    messages: MessageSettings {
        /// How long the record of a message is kept.
        retention_s: Seconds<60, 315_360_000> = "2592000";
    }

    /// How calls are shown to carriers, where their documents leave it open.
    carriers: Carriers {
        /// The zone that this node is in: the value of `zone` in the INVITE parameters of gateways.
        zone: Zone = "local", as "zone";
        /// Show every carrier the caller at the SIP realm of its account, as with `format_from_uri` in every carrier's document.
        format_from_uri: Switch = "false";
        /// How long a gateway that says nothing itself may take to ring.
        progress_timeout_s: Seconds<1, 600> = "8";
        /// Put before the number where neither gateway nor classifier has a prefix; an empty one in a document is its word.
        default_prefix: Maybe<Affix>;
        /// Put after the number, likewise.
        default_suffix: Maybe<Affix>;
        /// The SIP URI that calls go to over gateways that have no `route`, whatever was dialled; an empty one in a document is its word.
        default_route: Maybe<Route>;
        /// The codecs that carriers are offered whose documents list none, in this order.
        default_codecs: Codecs = "";
        /// The formatters of carriers that have none, as JSON.
        default_formatters: Maybe<Formatters>;
        /// Show emergency services a number of the account's own: its emergency caller id, else the call's, else the first of its numbers.
        ensure_valid_emergency_cid: Switch = "false";
        /// Refuse emergency calls of accounts that have no number to show.
        deny_invalid_emergency_cid: Switch = "false";
        /// The number that is shown then where they are not refused; nobody's where it is left out.
        default_emergency_cid_number: Maybe<Affix>;
        /// Let accounts have peers: carriers whose calls are taken by their IP address alone. No two may have the same one.
        allow_peers: Switch = "false";
    }

    /// Background work.
    jobs: Jobs {
        /// Jobs that this node does at once.
        concurrency: Whole<1, 256> = "4";
        /// How often jobs at a standstill are looked for. Those of a node that has died are taken up within seconds, whatever this says.
        job_recover_timeout_s: Seconds<1, 2_678_400> = "21600", as "job-recover-timeout-s", or "job_recovery_timeout_s";
        /// How long a job may stand still before its worker is replaced although it lives. One that has died is replaced after 10 s at most.
        job_recover_threshold_s: Seconds<1, 2_678_400> = "3600", as "job-recover-threshold-s", or "job_recovery_threshold_s";
    }

    /// Files of selector rows, imported and deleted in the background.
    tasks: Tasks {
        /// Bytes of a file; more are answered 413.
        max_file_bytes: Whole<1_024, 4_294_967_295> = "2147483648";
        /// Tasks that an account keeps; a further one takes the place of the oldest that is over.
        kept: Whole<1, 10_000> = "100";
        /// How long a task is kept that is over, or that nobody starts.
        retention_s: Seconds<60, 31_536_000> = "2592000";
        /// How long a job is kept that has assigned numbers. The numbers stay.
        number_jobs_retention_s: Seconds<60, 31_536_000> = "2592000";
    }

    /// Webhooks.
    hooks: Hooks {
        /// Networks that webhooks may reach although they are not public. Loopback is allowed where the APIs listen on loopback.
        allow: Networks = "", as "hook-allow";
        /// PEM file of authorities that webhooks and plugins trust with HTTPS, beside the public ones.
        ca_file: Maybe<Path>;
    }

    /// Plugins.
    plugins: Plugins {
        /// Folder of components to install at the start, named NAME@VERSION.wasm; they are for all accounts.
        folder: Maybe<Path>, as "plugins";

        /// Folder of compiled components, which only the server writes; `code` in the data folder where it is left out. Losing it costs
        /// nothing but compiling again.
        code_folder: Maybe<Path>;

        /// Folder with a folder for each account, named by its 32 hex digits, whose files plugins may read where they are granted
        /// `folder`. There are none where it is left out.
        files: Maybe<Path>;

        /// Bytes of memory that compiling an uploaded component may take.
        compile_memory_bytes: Whole<268_435_456, 4_294_967_295> = "2147483648";

        /// How long it may take.
        compile_time_s: Seconds<1, 3_600> = "120";

        /// Millions of fuel units that preparing a step may take; about two thousand make a second.
        prepare_fuel: Whole<1, 100_000> = "4000";
        /// Milliseconds that it may take.
        prepare_ms: Whole<1, 60_000> = "2000";
        /// Millions of fuel units that one decision of a step may take.
        select_fuel: Whole<1, 10_000> = "20";
        /// Milliseconds that it may take.
        select_ms: Whole<1, 5_000> = "10";
        /// Millions of fuel units that one event of a hook, or one message, may take.
        hook_fuel: Whole<1, 100_000> = "200";
        /// Milliseconds of processor time that it may take.
        hook_ms: Whole<1, 30_000> = "100";
        /// How long it may take with all that it waits for.
        hook_timeout_s: Seconds<1, 120> = "15";
        /// MiB of memory of one instance.
        memory_mib: Whole<1, 1_024> = "64";
        /// Instances that may live at once on this node, prepared steps among them.
        instances: Whole<10, 20_000> = "2000";
        /// Those of one account. A call over any of its account's limits is refused at once and waits for nobody.
        account_instances: Whole<1, 20_000> = "500";
        /// MiB of memory of all instances of one account.
        account_memory_mib: Whole<1, 1_048_576> = "2048";
        /// Millions of fuel units a second that plugins may use for one account, in the long run; 0 is no limit.
        account_fuel: Whole<0, 4_294_967_295> = "10000";
        /// Components that an account may upload on one day, by UTC; 0 is no limit.
        uploads_per_day: Whole<0, 1_000_000> = "500";
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
