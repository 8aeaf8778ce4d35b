//! What every call's task works with.

use std::sync::Arc;

use strowger_media::AudioLibrary;

use crate::asker::Asker;
use crate::config::CallsConfig;
use crate::ports::{Legs, Routes, Texts};
use crate::queue_events::QueueEvents;

/// Handles that are cheap to clone.
#[derive(Clone)]
pub(crate) struct Services {
    pub(crate) legs: Arc<dyn Legs>,
    pub(crate) routes: Arc<dyn Routes>,
    pub(crate) asker: Asker,
    pub(crate) library: Arc<AudioLibrary>,
    pub(crate) texts: Arc<dyn Texts>,
    pub(crate) queue_events: QueueEvents,
    pub(crate) config: Arc<CallsConfig>,
}
