//! What a plugin is, and what it is written in.

use std::fmt;

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// The kinds of plugin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A step of a routing chain.
    Selector,
    /// Rewrites requests and endpoints.
    Formatter,
    /// Answers a call's events with verbs.
    CallHook,
    /// Sends and receives messages through one provider.
    MessageProvider,
}

impl Kind {
    /// As the contract writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Selector => "selector",
            Self::Formatter => "formatter",
            Self::CallHook => "call-hook",
            Self::MessageProvider => "message-provider",
        }
    }

    /// Whether it may wait for the network and the store.
    #[must_use]
    pub fn may_wait(self) -> bool {
        matches!(self, Self::CallHook | Self::MessageProvider)
    }

    /// As a part of identifiers.
    #[must_use]
    pub fn identifier(self) -> &'static str {
        match self {
            Self::CallHook => "call_hook",
            Self::MessageProvider => "message_provider",
            other => other.name(),
        }
    }

    /// The world that it is built for.
    #[must_use]
    pub fn world(self) -> &'static str {
        match self {
            Self::Selector => "selector-plugin",
            Self::Formatter => "formatter-plugin",
            Self::CallHook => "call-hook-plugin",
            Self::MessageProvider => "message-provider-plugin",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The languages that a plugin is built from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Rust, by cargo.
    Rust,
    /// JavaScript or TypeScript, by componentize-js.
    Js,
    /// Python, by componentize-py.
    Python,
    /// C, by clang.
    C,
}

impl Language {
    /// As manifests write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Js => "js",
            Self::Python => "python",
            Self::C => "c",
        }
    }
}
