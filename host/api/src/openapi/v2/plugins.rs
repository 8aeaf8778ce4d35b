//! `/plugins`.

use super::super::description::describe;
use super::{Subject, subject};
use crate::table::Verb::{Get, Put};

pub(super) fn described() -> Subject {
    let about = "Plugins of an account's own. They are not built: whoever may ask is told so.";
    let descriptions = vec![
        describe(Get, "/plugins", "list", "plugins")
            .says("Lists plugins", "Not built.")
            .lists("Plugin")
            .refuses(&[501]),
        describe(Put, "/plugins", "upload", "plugin")
            .says("Uploads a plugin", "Not built.")
            .shows("Plugin")
            .refuses(&[501]),
    ];
    subject("plugins", about, descriptions)
}
