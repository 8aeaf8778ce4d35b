//! What a store keeps.

use std::fmt;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use strowger_model::Owner;

/// The type of a document; each has its own key range below its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A service provider (system).
    ServiceProvider,
    /// An account (system).
    Account,
    /// An API key by the hash of its token (system).
    ApiKey,
    /// A carrier resource.
    Resource,
    /// The routing chain; the one id is `resource_selector_rules`.
    SelectorRules,
    /// A selector row.
    SelectorRow,
    /// An application.
    Application,
    /// A call record.
    Call,
    /// What is kept of a call that is over.
    RecentCall,
    /// What went wrong with a hook of an account.
    Alert,
    /// The final status event of a call, which nobody has taken yet (system).
    StatusEvent,
    /// Installation settings (system).
    Setting,
    /// A unique name, or where an object lies: `sip_realm:example.com`, `application:{sid}`.
    Index,
    /// A user of an account.
    User,
    /// A token that was given back before it lapsed (system).
    RevokedToken,
    /// A process that serves this store (system).
    Node,
    /// Background work (system).
    Job,
    /// What an account knows of a telephone number; the id is the number.
    PhoneNumber,
    /// A request to add many telephone numbers.
    NumberJob,
    /// Some numbers of such a request, and what became of them: `{job}:{number of the part}`.
    NumberJobPart,
    /// What parts the selector rows of a name have; the id is the name. The parts are blobs.
    SelectorTable,
    /// The description of bytes that the store keeps: see [`crate::Blob`].
    Blob,
    /// Work on a file that somebody uploaded.
    Task,
    /// A plugin; the id is its name.
    Plugin,
    /// A version of a plugin: `NAME@VERSION`. Its component is a blob.
    PluginVersion,
    /// What a plugin remembers for an account, and how much that is.
    PluginValue,
    /// Whom an account's messages go through.
    MessageProvider,
    /// A message that was sent or came in.
    Message,
    /// A conference; the id is its name.
    Conference,
    /// A call's place in a conference; the id is the call's.
    Participant,
    /// A queue; the id is its name.
    Queue,
    /// A call's place in a queue; the id is the call's.
    QueuedCall,
    /// A SIP user of an account.
    Client,
    /// Where SIP is sent to (system).
    Sbc,
    /// A hook apart from what it belongs to.
    Webhook,
    /// The limits of an account, or (system) of the service provider whose id it has.
    Limits,
}

impl Kind {
    /// The name that keys and errors use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ServiceProvider => "service_provider",
            Self::Account => "account",
            Self::ApiKey => "api_key",
            Self::Resource => "resource",
            Self::SelectorRules => "selector_rules",
            Self::SelectorRow => "selector_row",
            Self::Application => "application",
            Self::Call => "call",
            Self::RecentCall => "recent_call",
            Self::Alert => "alert",
            Self::StatusEvent => "status_event",
            Self::Setting => "setting",
            Self::Index => "index",
            Self::User => "user",
            Self::RevokedToken => "revoked_token",
            Self::Node => "node",
            Self::Job => "job",
            Self::PhoneNumber => "phone_number",
            Self::NumberJob => "number_job",
            Self::NumberJobPart => "number_job_part",
            Self::SelectorTable => "selector_table",
            Self::Blob => "blob",
            Self::Task => "task",
            Self::Plugin => "plugin",
            Self::PluginVersion => "plugin_version",
            Self::PluginValue => "plugin_value",
            Self::MessageProvider => "message_provider",
            Self::Message => "message",
            Self::Conference => "conference",
            Self::Participant => "participant",
            Self::Queue => "queue",
            Self::QueuedCall => "queued_call",
            Self::Client => "client",
            Self::Sbc => "sbc",
            Self::Webhook => "webhook",
            Self::Limits => "limits",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Every kind.
    pub const ALL: [Self; 36] = [
        Self::ServiceProvider,
        Self::Account,
        Self::ApiKey,
        Self::Resource,
        Self::SelectorRules,
        Self::SelectorRow,
        Self::Application,
        Self::Call,
        Self::RecentCall,
        Self::Alert,
        Self::StatusEvent,
        Self::Setting,
        Self::Index,
        Self::User,
        Self::RevokedToken,
        Self::Node,
        Self::Job,
        Self::PhoneNumber,
        Self::NumberJob,
        Self::NumberJobPart,
        Self::SelectorTable,
        Self::Blob,
        Self::Task,
        Self::Plugin,
        Self::PluginVersion,
        Self::PluginValue,
        Self::MessageProvider,
        Self::Message,
        Self::Conference,
        Self::Participant,
        Self::Queue,
        Self::QueuedCall,
        Self::Client,
        Self::Limits,
        Self::Sbc,
        Self::Webhook,
    ];
}

/// Where a document lies.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// Whose it is.
    pub owner: Owner,
    /// What it is.
    pub kind: Kind,
    /// Its id, unique within owner and kind.
    pub id: String,
}

impl Key {
    /// The key of a document.
    pub fn new(owner: impl Into<Owner>, kind: Kind, id: impl Into<String>) -> Self {
        Self { owner: owner.into(), kind, id: id.into() }
    }
}

/// A revision: `{count}-{digest of the body}`, new with every write.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Revision(pub String);

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A stored document.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// Where it lies.
    pub key: Key,
    /// Its newest revision.
    pub revision: Revision,
    /// Its JSON.
    pub body: Value,
    /// From then on it does not exist any more.
    pub expires: Option<SystemTime>,
}

/// What must hold of the stored document for a write to happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expect {
    /// Nothing.
    Anything,
    /// It does not exist.
    Absent,
    /// It exists, whatever its revision.
    Present,
    /// It has this revision.
    Revision(Revision),
}
