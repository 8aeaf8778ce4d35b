//! The verdict on an uploaded plugin.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use strowger_model::{AccountId, Owner};
use strowger_plugins::{Intake, Plugins, PluginsError, Version};
use strowger_store::{Author, Batch, Store};

use crate::{Context, Job, Progress, Step, Work, WorkError};

const NAME: &str = "judge-plugin";

/// How often a version is looked for that is not there: its upload ends a moment after its job was queued, or was cut off.
const LOOKS: u64 = 60;
const PAUSE: Duration = Duration::from_secs(1);

/// What a job is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Input {
    /// None for the installation's.
    account: Option<AccountId>,
    name: String,
    version: String,
}

/// Ends an upload: the version is there, and will be judged whatever becomes of this process.
///
/// # Errors
/// Those of [`Intake::finish`]; then there is no version.
pub async fn finish_upload(
    store: &dyn Store,
    intake: Intake,
    own: Option<Author>,
    of_job: Option<Author>,
) -> Result<Version, PluginsError> {
    let (owner, name, version) = intake.about();
    let input = Input { account: owner.account(), name: name.to_owned(), version: version.to_owned() };
    // The job is there before the version says that it waits for one: no version waits for ever.
    let job = Job::new(NAME, None, json!(input));
    store.apply(Batch::of(vec![job.enqueue()]).by(of_job)).await?;
    intake.finish(own).await
}

/// Judges uploaded versions.
pub struct JudgePlugin {
    plugins: Plugins,
}

impl JudgePlugin {
    /// The work over the plugins of this process.
    #[must_use]
    pub fn new(plugins: Plugins) -> Self {
        Self { plugins }
    }
}

#[async_trait]
impl Work for JudgePlugin {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn step(&self, context: &Context, cursor: Option<&Value>) -> Result<Step, WorkError> {
        let input = Input::deserialize(&context.job().input).map_err(|error| WorkError::Hopeless(error.to_string()))?;
        let owner = input.account.map_or(Owner::System, Owner::Account);
        match self.plugins.judge(owner, &input.name, &input.version).await {
            Ok(Some(_)) => Ok(Step::Done { progress: Progress { done: 1, total: Some(1) } }),
            Ok(None) => Ok(look_again(cursor.and_then(Value::as_u64).unwrap_or(0))),
            Err(PluginsError::Store(error)) => Err(error.into()),
            Err(error) => Err(WorkError::Failed(error.to_string())),
        }
    }
}

fn look_again(looks: u64) -> Step {
    let progress = Progress { done: 0, total: Some(1) };
    if looks >= LOOKS {
        return Step::Done { progress };
    }
    Step::Later { cursor: json!(looks + 1), progress, pause: PAUSE }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_that_never_comes_is_not_waited_for_for_ever() {
        assert!(matches!(look_again(0), Step::Later { pause: PAUSE, .. }));
        assert!(matches!(look_again(LOOKS), Step::Done { .. }));
    }
}
