//! Mailboxes: a channel for each. A message goes out with a mark, since it may go out twice when its answer is lost.

use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::hearing::Mark;
use super::listener::Open;
use super::scripts::{Call, POST};
use super::shared::Shared;
use crate::{Mailbox, StoreError};

/// How long opening waits for the listening connection.
const OPENING: Duration = Duration::from_secs(5);

pub(super) async fn post(shared: &Shared, name: &str, mark: &Mark, message: &[u8]) -> Result<(), StoreError> {
    let call = Call::new(&POST, vec![shared.keys.mailbox(name)]).arg([mark.as_slice(), message].concat());
    shared.link.script::<i64>(&call).await.map(drop)
}

pub(super) async fn open(shared: &Shared, opened: &mpsc::Sender<Open>, name: &str) -> Result<Mailbox, StoreError> {
    let mark = rand::random();
    let mailbox = shared.hearing.open_at(mark, name);
    let opening = async {
        let (heard, subscribed) = oneshot::channel();
        opened.send(Open { name: name.to_owned(), heard }).await.map_err(|_| StoreError::closed())?;
        subscribed.await.map_err(|_| StoreError::closed())?;
        post(shared, name, &mark, b"").await?;
        mailbox.await.map_err(|_| StoreError::closed())
    };
    let late = |_| StoreError::Unreachable("messages of other processes cannot be heard now".into());
    timeout(OPENING, opening).await.map_err(late)?
}
