//! Which fields are secret, by kind: what is sealed at rest.

use strowger_model::document::is_secret;

use crate::{Key, Kind};

/// The setting that signs page keys.
const CURSOR_SECRET: &str = "cursor_secret";

/// The setting that signs tokens.
const TOKEN_KEYS: &str = "token_keys";

/// The secret fields of a document: at any depth those whose name says so, and those named here because they may hold credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fields {
    also: &'static [&'static str],
}

impl Fields {
    /// None where nothing of the document is secret. Keys of the API and passwords of users are stored as hashes.
    pub(super) fn of(key: &Key) -> Option<Self> {
        let also: &[&str] = match (key.kind, key.id.as_str()) {
            (Kind::Resource, _) => &["custom_sip_headers"],
            (Kind::Application, _) => &["env_vars"],
            (Kind::MessageProvider, _) => &["parameters"],
            (Kind::Account, _) => &["bucket_credential"],
            (Kind::Setting, CURSOR_SECRET) => &["bytes"],
            (Kind::Setting, TOKEN_KEYS) => &["keys"],
            (Kind::ServiceProvider | Kind::Setting | Kind::StatusEvent | Kind::Client | Kind::Webhook, _) => &[],
            _ => return None,
        };
        Some(Self { also })
    }

    /// The kinds that have any.
    pub(super) const KINDS: [Kind; 9] = [
        Kind::Resource,
        Kind::Application,
        Kind::Account,
        Kind::ServiceProvider,
        Kind::Setting,
        Kind::StatusEvent,
        Kind::MessageProvider,
        Kind::Client,
        Kind::Webhook,
    ];

    pub(super) fn holds(self, name: &str) -> bool {
        self.also.contains(&name) || is_secret(name)
    }
}

#[cfg(test)]
mod tests {
    use strowger_model::Owner;

    use super::*;

    fn of(kind: Kind) -> Option<Fields> {
        Fields::of(&Key::new(Owner::System, kind, "a"))
    }

    #[test]
    fn every_kind_with_secrets_is_in_the_list_and_no_other() {
        for kind in Kind::ALL {
            assert_eq!(of(kind).is_some(), Fields::KINDS.contains(&kind), "{kind:?}");
        }
    }

    #[test]
    fn a_name_says_what_is_secret() {
        let fields = of(Kind::Resource).unwrap();
        for secret in ["password", "auth_password", "Webhook_Secret", "custom_sip_headers"] {
            assert!(fields.holds(secret), "{secret}");
        }
        assert!(!fields.holds("username"));
    }

    #[test]
    fn a_setting_has_secrets_of_its_own() {
        let holds = |id: &str, name: &str| Fields::of(&Key::new(Owner::System, Kind::Setting, id)).unwrap().holds(name);
        assert!(holds(CURSOR_SECRET, "bytes"));
        assert!(holds(TOKEN_KEYS, "keys"));
        assert!(!holds("routing", "keys"));
    }
}
