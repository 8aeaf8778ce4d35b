//! `/v1`: service providers, accounts, API keys, applications and calls.

use crate::index;

mod accounts;
mod alerts;
mod api_keys;
mod app_env;
mod applications;
mod calls;
mod carriers;
mod clients;
mod conferences;
mod dispatch;
mod error;
mod installation;
mod limits;
mod listing;
mod message_providers;
mod messages;
mod messaging;
mod not_built;
mod objects;
mod owned;
mod paths;
mod phone_numbers;
mod queues;
mod recent_calls;
mod reply;
mod request;
mod routes;
mod sbcs;
mod service_providers;
mod sessions;
mod sip_realms;
mod webhook_secret;
mod webhooks;
mod window;

pub(crate) use api_keys::LONGEST_GRACE;
pub(crate) use dispatch::{router, unknown};
pub(crate) use paths::normalise;

pub(crate) use routes::{OPEN, ROUTES};
