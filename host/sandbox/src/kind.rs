//! The kinds of plugin.

use serde::{Deserialize, Serialize};

/// What a plugin is: the world that it is built for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModuleKind {
    /// A step of a routing chain.
    Selector,
    /// A request formatter.
    Formatter,
    /// The logic of a call.
    CallHook,
    /// Messages through one provider.
    MessageProvider,
}

impl ModuleKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Selector, Self::Formatter, Self::CallHook, Self::MessageProvider];

    /// The name of the interface that such a plugin exports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Selector => "selector",
            Self::Formatter => "formatter",
            Self::CallHook => "call-hook",
            Self::MessageProvider => "message-provider",
        }
    }

    /// The world that such a plugin is built for.
    #[must_use]
    pub fn world(self) -> String {
        format!("strowger:plugin/{}-plugin@0.1.0", self.name())
    }
}
