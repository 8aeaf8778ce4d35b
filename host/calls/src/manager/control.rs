//! Changing and ending calls, wherever they live.

use strowger_model::{AccountId, Sid};
use strowger_nodes::NodeId;
use strowger_store::{Expect, StoreExt};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::oneshot;

use super::{CallManager, Updated};
use crate::command::{Command, Update};
use crate::error::UpdateError;
use crate::remote::Remote;
use crate::stored::{Stored, key};

impl CallManager {
    /// Changes a live call.
    ///
    /// # Errors
    /// [`UpdateError`]; nothing has changed then, except that it is not known after [`UpdateError::Unanswered`].
    pub async fn update(&self, account: AccountId, sid: Sid, update: Update) -> Result<Updated, UpdateError> {
        if self.registry.find(account, sid).is_some() {
            return self.update_here(account, sid, update).await;
        }
        let stored = self.stored(account, sid).await?.ok_or(UpdateError::NotFound)?;
        match self.elsewhere(&stored) {
            Some(node) => self.remote(node, account, sid).update(&update).await,
            None => Err(UpdateError::Gone(sid)),
        }
    }

    /// Hangs up a live call and removes its record.
    ///
    /// # Errors
    /// [`UpdateError::NotFound`], [`UpdateError::Busy`], [`UpdateError::Unanswered`], [`UpdateError::Store`].
    pub async fn delete(&self, account: AccountId, sid: Sid) -> Result<Updated, UpdateError> {
        if self.registry.find(account, sid).is_some() {
            return self.delete_here(account, sid).await;
        }
        let stored = self.stored(account, sid).await?.ok_or(UpdateError::NotFound)?;
        if let Some(node) = self.elsewhere(&stored) {
            match self.remote(node, account, sid).delete().await {
                // It is over, or its node is: what is left is the record.
                Err(UpdateError::Gone(_)) => {}
                outcome => return outcome,
            }
        }
        self.store.delete(key(account, sid), Expect::Anything).await?;
        Ok(Updated::Done)
    }

    /// As [`Self::update`], for a call of this process.
    pub(crate) async fn update_here(
        &self,
        account: AccountId,
        sid: Sid,
        update: Update,
    ) -> Result<Updated, UpdateError> {
        let call = self.registry.find(account, sid).ok_or(UpdateError::Gone(sid))?;
        let (reply, outcome) = oneshot::channel();
        call.commands.try_send(Command::Update(update, reply)).map_err(|error| match error {
            TrySendError::Full(_) => UpdateError::Busy,
            TrySendError::Closed(_) => UpdateError::Gone(sid),
        })?;
        match tokio::time::timeout(self.services.config.update_wait, outcome).await {
            Ok(Ok(outcome)) => outcome.map(|answer| answer.map_or(Updated::Done, Updated::Answered)),
            // The call ended before it came to this update.
            Ok(Err(_)) => Err(UpdateError::Gone(sid)),
            Err(_) => Ok(Updated::UnderWay),
        }
    }

    /// As [`Self::delete`], for a call of this process.
    pub(crate) async fn delete_here(&self, account: AccountId, sid: Sid) -> Result<Updated, UpdateError> {
        let call = self.registry.find(account, sid).ok_or(UpdateError::Gone(sid))?;
        call.discard();
        // A full queue holds what ends the call or is soon read.
        let ending = async {
            let _ = call.commands.send(Command::End).await;
            call.gone.cancelled().await;
        };
        match tokio::time::timeout(self.services.config.update_wait, ending).await {
            Ok(()) => Ok(Updated::Done),
            Err(_) => Ok(Updated::UnderWay),
        }
    }

    /// The other node that has the call, where it lives.
    fn elsewhere(&self, stored: &Stored) -> Option<NodeId> {
        let is_live = !stored.record.call_status.is_final();
        stored.node_id.filter(|node| is_live && *node != self.nodes.id())
    }

    fn remote(&self, node: NodeId, account: AccountId, call: Sid) -> Remote<'_> {
        Remote { nodes: &self.nodes, node, account, call, wait: self.services.config.update_wait }
    }
}
