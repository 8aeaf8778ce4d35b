//! What a store carries beside the guest.

use std::sync::Arc;

use strowger_model::Owner;
use wasmtime::component::ResourceTable;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use crate::deadline::Deadline;
use crate::decision::{Decision, RequestFields};
use crate::fault::HostCallsExceeded;
use crate::http_client::GuardedClient;
use crate::limits::{Growth, Limits};
use crate::module::Module;

/// The host side of one instance.
pub(crate) struct State {
    pub(crate) limits: Arc<Limits>,
    pub(crate) growth: Growth,
    pub(crate) table: ResourceTable,
    /// `name@version`, for its log lines.
    pub(crate) plugin: Arc<str>,
    /// Whose calls it works for.
    #[expect(dead_code, reason = "read by the imports that are an account's own")]
    pub(crate) owner: Owner,
    /// The decision being made, while a step selects.
    pub(crate) decision: Option<Box<Decision>>,
    /// The request being formatted, while a rewriter runs.
    pub(crate) request: Option<Arc<RequestFields>>,
    /// The time budget of the invocation that runs.
    pub(crate) deadline: Deadline,
    host_calls_left: u32,
    pub(crate) log_bytes_left: usize,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    client: GuardedClient,
}

impl State {
    pub(crate) fn new(module: &Module, owner: Owner) -> Self {
        let limits = Arc::clone(&module.limits);
        let mut table = ResourceTable::new();
        table.set_max_capacity(limits.handles);
        Self {
            growth: Growth::new(&limits),
            table,
            plugin: module.shared_id(),
            owner,
            decision: None,
            request: None,
            deadline: Deadline::default(),
            host_calls_left: limits.host_calls,
            log_bytes_left: limits.log_bytes,
            wasi: WasiCtx::builder().build(),
            http: WasiHttpCtx::new(),
            client: module.shared.client.granted(module.grants.http.clone()),
            limits,
        }
    }

    /// Gives an invocation its full allowance of host calls and log text.
    pub(crate) fn refill(&mut self) {
        self.host_calls_left = self.limits.host_calls;
        self.log_bytes_left = self.limits.log_bytes;
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

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { hooks: &mut self.client, table: &mut self.table, ctx: &mut self.http }
    }
}
