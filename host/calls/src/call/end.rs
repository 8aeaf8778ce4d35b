//! How an answered call ends.

use crate::command::Reply;

/// Why a conversation is over.
pub(crate) enum End {
    /// The far end hung up, or was lost.
    Far,
    /// This side hangs up.
    Near {
        /// Headers of the BYE.
        headers: Vec<(String, String)>,
        /// Why, where it is not what the application or the API asked for.
        reason: Option<String>,
        /// Who waits for it.
        reply: Option<Reply>,
    },
}

impl End {
    /// There is nothing left to do.
    pub(crate) fn finished() -> Self {
        Self::Near { headers: Vec::new(), reason: None, reply: None }
    }

    /// Somebody asked for it.
    pub(crate) fn asked(reply: Option<Reply>) -> Self {
        Self::Near { headers: Vec::new(), reason: None, reply }
    }

    /// Something went wrong.
    pub(crate) fn because(reason: impl Into<String>) -> Self {
        Self::Near { headers: Vec::new(), reason: Some(reason.into()), reply: None }
    }
}
