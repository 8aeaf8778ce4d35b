//! What a store carries beside the guest.

use std::sync::Arc;

use strowger_model::Owner;
use wasmtime::component::ResourceTable;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use crate::deadline::Deadline;
use crate::decision::{Decision, RequestFields};
use crate::fault::HostCallsExceeded;
use crate::http_client::Outgoing;
use crate::imports::kv::Remembered;
use crate::imports::regex::Room;
use crate::journal::Journal;
use crate::key_values::KeySpace;
use crate::lane::Took;
use crate::limits::{Growth, Limits};
use crate::module::Module;
use crate::speech::Speech;
use crate::wasi::{self, Still};

/// Bytes of a request's or a response's headers, with what the host needs to hold them.
const MAX_FIELDS: usize = 64 << 10;

/// The host side of one instance.
pub(crate) struct State {
    pub(crate) limits: Arc<Limits>,
    pub(crate) growth: Growth,
    pub(crate) table: ResourceTable,
    /// What it says.
    pub(crate) journal: Arc<Journal>,
    /// The decision being made, while a step selects.
    pub(crate) decision: Option<Box<Decision>>,
    /// The request being formatted, while a rewriter runs.
    pub(crate) request: Option<Arc<RequestFields>>,
    /// The time budget of the invocation that runs.
    pub(crate) deadline: Deadline,
    /// What it may remember.
    pub(crate) remembered: Option<Remembered>,
    /// Time and chance of an invocation that must come out alike again.
    pub(crate) still: Still,
    /// What its last answer took.
    pub(crate) took: Option<Took>,
    /// What its regular expressions may still take.
    pub(crate) regex: Room,
    streams: [Arc<Speech>; 2],
    host_calls_left: u32,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    outgoing: Outgoing,
}

impl State {
    pub(crate) fn new(module: &Module, owner: Owner) -> Self {
        let limits = Arc::clone(&module.limits);
        let shared = &module.shared;
        let plugin = Arc::clone(&module.plugin);
        let journal = Arc::new(Journal::new(owner, plugin, shared.log.clone(), &limits));
        let streams = Speech::streams(&journal);
        let (clients, grant) = (Arc::clone(&shared.clients), module.http_grant.clone());
        let mut http = WasiHttpCtx::new();
        http.set_field_size_limit(MAX_FIELDS);
        let mut table = ResourceTable::new();
        table.set_max_capacity(limits.handles);
        Self {
            growth: Growth::new(&limits),
            table,
            decision: None,
            request: None,
            deadline: Deadline::default(),
            remembered: remembered(module, owner),
            still: Still::new(&module.plugin, owner),
            took: None,
            regex: Room::default(),
            host_calls_left: limits.host_calls,
            wasi: wasi::context(module, owner, &streams),
            streams,
            http,
            outgoing: Outgoing::new(clients, grant, owner, Arc::clone(&journal), Arc::clone(&limits)),
            journal,
            limits,
        }
    }

    /// Gives an invocation its full allowance of host calls and log text.
    pub(crate) fn refill(&mut self) {
        self.still.begin();
        self.host_calls_left = self.limits.host_calls;
        self.journal.refill();
    }

    /// Ends an invocation: what was written without an end of line is a line now.
    pub(crate) fn settle(&self) {
        self.streams.iter().for_each(|stream| stream.end_line());
    }

    /// Counts one call of the host.
    pub(crate) fn count_host_call(&mut self) -> wasmtime::Result<()> {
        match self.host_calls_left.checked_sub(1) {
            Some(left) => {
                self.host_calls_left = left;
                Ok(())
            }
            None => Err(HostCallsExceeded.into()),
        }
    }

    /// The request that the guest may read in this invocation.
    pub(crate) fn request(&self) -> Option<&RequestFields> {
        self.decision.as_ref().map(|decision| &*decision.request).or(self.request.as_deref())
    }
}

/// `kv` of a plugin that is granted it.
fn remembered(module: &Module, owner: Owner) -> Option<Remembered> {
    let (keeper, quota) = module.shared.key_values.as_ref().zip(module.grants.kv)?;
    let space = KeySpace { owner, plugin: Arc::clone(&module.plugin), quota };
    Some(Remembered { keeper: Arc::clone(keeper), space })
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { hooks: &mut self.outgoing, table: &mut self.table, ctx: &mut self.http }
    }
}
