//! What is sent to the far end of an answered call: digits, and requests inside the dialog.

use std::sync::Arc;
use std::time::Duration;

use strowger_media::{Digits, MediaSession};
use strowger_sip::{Answer, InDialog};

use crate::command::Outcome;
use crate::error::UpdateError;
use crate::ports::LegControl;

/// Sends digits, in the media where the far end takes them there (RFC 4733), else by INFO. They are on their way when this returns;
/// what it returns resolves when the last one is over.
pub(crate) async fn dial(
    digits: Digits,
    each: Duration,
    media: &MediaSession,
    control: Arc<dyn LegControl>,
) -> impl Future<Output = Outcome> + Send + 'static {
    let in_media = if media.takes_events() { Some(media.dial(digits.clone(), each).await) } else { None };
    async move {
        match in_media {
            None => by_info(&digits, each, &*control).await,
            Some(dialled) => match dialled.finished().await {
                true => Ok(None),
                false => Err(UpdateError::NotSent("dtmf: the digits were not all sent".into())),
            },
        }
    }
}

async fn by_info(digits: &Digits, each: Duration, control: &dyn LegControl) -> Outcome {
    for digit in digits.chars() {
        let answer = control.dtmf(digit, each).await.map_err(UpdateError::NotSent)?;
        if answer.status >= 300 {
            let Answer { status, reason } = answer;
            return Err(UpdateError::NotSent(format!("dtmf: the far end answered {status} {reason}")));
        }
    }
    Ok(None)
}

/// Sends a request; the outcome is the far end's answer, whatever it is.
pub(crate) async fn request(request: InDialog, control: Arc<dyn LegControl>) -> Outcome {
    control.request(request).await.map(Some).map_err(UpdateError::NotSent)
}
