//! The default chain through the built-in components.

use std::sync::Arc;

use strowger_model::Chain;
use strowger_sandbox::{
    Carrier, Decision, Grants, NoRows, PreparedStep, RequestFields, RoutedCall, Sandbox, SandboxConfig,
};

/// A sandbox with the built-in plugins installed.
///
/// # Panics
/// Where they do not install: there is nothing to measure then.
#[expect(clippy::expect_used, reason = "a benchmark without its subject must stop")]
pub async fn sandbox() -> Sandbox {
    let config = SandboxConfig { instances: 100, ..SandboxConfig::default() };
    let sandbox = Sandbox::new(config).expect("the engine starts");
    for plugin in strowger_bundle::plugins() {
        let grants = Grants::any_host();
        sandbox
            .install(plugin.name, plugin.version, plugin.component, grants)
            .await
            .expect("a built-in plugin installs");
    }
    sandbox
}

/// The default chain, prepared.
pub struct SandboxedChain(Vec<PreparedStep>);

impl SandboxedChain {
    /// Prepares every step over the pool.
    ///
    /// # Panics
    /// Where a step refuses its own default parameters.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a benchmark without its subject must stop")]
    pub fn prepare(sandbox: &Sandbox, pool: &[Carrier]) -> Self {
        let steps = Chain::default_chain().steps;
        let prepared = steps.iter().map(|step| {
            sandbox.prepare_step(&step.module, &step.parameters.to_string(), pool).expect("a step is prepared")
        });
        Self(prepared.collect())
    }

    /// One decision: the chosen rows.
    ///
    /// # Panics
    /// Where a step fails.
    #[expect(clippy::expect_used, reason = "a benchmark without its subject must stop")]
    pub fn decide(&mut self, call: &RoutedCall, fields: &Arc<RequestFields>) -> Vec<u32> {
        let mut rows = Vec::new();
        let decision = Decision::new(Arc::clone(fields), Arc::new(NoRows), call.time, false).about(call.clone());
        let mut decision = Some(Box::new(decision));
        for step in &mut self.0 {
            let Some(carried) = decision.take() else { break };
            let (handed_back, selected) = step.select(carried, &rows);
            decision = handed_back;
            rows = selected.expect("a step selects").rows;
        }
        rows
    }
}
