//! What runs in this process beside the API, and the order in which it starts and ends.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use strowger_calls::CallManager;
use strowger_jobs::numbers::{AddNumbers, Recovery, TidyNumberJobs};
use strowger_jobs::tasks::{RunTask, Tasks, TidyTasks};
use strowger_jobs::{EraseAccount, FoldQueue, FoldRows, JobRunner, JudgePlugin, Work};
use strowger_messages::Messages;
use strowger_nodes::{Membership, NodeInfo};
use strowger_plugins::{PluginLogs, Plugins, PluginsLimits};
use strowger_routing::Router;
use strowger_rows::SelectorRows;
use strowger_sip::SipStack;
use strowger_store::Store;
use tokio::task::AbortHandle;

use crate::api;
use crate::config::Config;
use crate::wiring::{self, StartError};

/// A node of the installation.
pub struct Node {
    /// Where its APIs listen.
    pub http: SocketAddr,
    /// Its SIP.
    pub sip: Arc<SipStack>,
    /// Decides which carriers take a call.
    pub router: Arc<Router>,
    /// Its calls.
    pub calls: Arc<CallManager>,
    /// The nodes, of which it is one.
    pub nodes: Arc<Membership>,
    /// Selector rows.
    pub rows: SelectorRows,
    /// What is done with uploaded files.
    pub tasks: Tasks,
    /// Plugins.
    pub plugins: Plugins,
    /// Messages.
    pub messages: Messages,
    jobs: Arc<JobRunner>,
    _recovery: Recovery,
    _folds: FoldQueue,
    looks: AbortHandle,
}

impl Node {
    /// Starts everything. Whoever is told of deaths is there before the first look for dead nodes, so that what an earlier process left
    /// behind is in order when this returns.
    pub async fn start(config: &Config, store: &Arc<dyn Store>, http: SocketAddr) -> Result<Self, StartError> {
        let logs = Arc::<PluginLogs>::default();
        let sandbox = wiring::sandbox(config, store, &logs).await?;
        let rows = SelectorRows::new(Arc::clone(store));
        let quotas =
            PluginsLimits { uploads_per_day: config.plugins.uploads_per_day.into(), ..PluginsLimits::default() };
        let plugins = Plugins::with_logs(Arc::clone(store), Arc::clone(&sandbox), quotas, logs);
        let looking = plugins.clone();
        let looks = async move { tokio::join!(looking.keep_looking(), looking.keep_forgetting()) };
        let looks = tokio::spawn(looks).abort_handle();
        let router = wiring::router(config, store, &plugins, &rows);
        let telephony = wiring::telephony(config).await?;
        let nodes = Membership::start(Arc::clone(store), info(config, http, telephony.0.local_addr())).await?;
        let messages = wiring::messages(config, store, &plugins, &nodes);
        let calls = wiring::calls(config, store, &sandbox, &plugins, &router, &telephony, (&nodes, &messages));
        let tasks = Tasks::new(Arc::clone(store), rows.clone(), api::task_limits(config));
        let works: Vec<Arc<dyn Work>> = vec![
            Arc::new(EraseAccount::default()),
            Arc::new(AddNumbers),
            Arc::new(FoldRows::new(rows.clone())),
            Arc::new(JudgePlugin::new(plugins.clone())),
            Arc::new(RunTask::new(Arc::clone(store), rows.clone())),
            Arc::new(TidyTasks::new(tasks.clone())),
            Arc::new(api::tidy_number_jobs(config)),
        ];
        let folds = FoldQueue::start(Arc::clone(store), rows.clone());
        TidyTasks::queue(&**store).await?;
        TidyNumberJobs::queue(&**store).await?;
        let jobs = JobRunner::start(Arc::clone(store), &nodes, works, wiring::jobs_config(config));
        let settings = &config.jobs;
        let recovery =
            Recovery::start(Arc::clone(store), settings.job_recover_timeout_s, settings.job_recover_threshold_s);
        nodes.attend().await?;
        Ok(Self {
            http,
            sip: telephony.0,
            router,
            calls,
            nodes,
            rows,
            tasks,
            plugins,
            messages,
            jobs,
            _recovery: recovery,
            _folds: folds,
            looks,
        })
    }

    /// Ends calls, then jobs, and leaves the others last: until then they must not think that its calls are over.
    pub async fn stop(&self, patience: Duration) {
        tracing::info!("stopping");
        self.looks.abort();
        self.calls.shutdown(patience).await;
        self.jobs.shutdown(patience).await;
        self.sip.shutdown().await;
        self.nodes.shutdown().await;
    }
}

fn info(config: &Config, http: SocketAddr, sip: SocketAddr) -> NodeInfo {
    let name = config.node.name.clone().unwrap_or_else(|| http.to_string());
    let http = config.http.advertised.clone().unwrap_or_else(|| format!("http://{http}"));
    NodeInfo { name, http, sip: config.sip.advertised.unwrap_or(sip).to_string() }
}
