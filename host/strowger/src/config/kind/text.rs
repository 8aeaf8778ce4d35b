//! Text of some form.

use std::path::PathBuf;

use strowger_sandbox::Network;

use super::{Kind, Shape};

/// A file or a folder; a relative one is taken from the working directory.
pub struct Path;

impl Kind for Path {
    type Value = PathBuf;
    const SHAPE: Shape = Shape::Text;
    const PLACEHOLDER: &'static str = "PATH";

    fn rule() -> String {
        "a path".to_owned()
    }

    fn read(text: &str) -> Option<PathBuf> {
        (!text.is_empty() && !text.contains('\0')).then(|| text.into())
    }
}

/// Text of a bounded length without control characters.
pub struct Words<const MOST: usize>;

impl<const MOST: usize> Kind for Words<MOST> {
    type Value = String;
    const SHAPE: Shape = Shape::Text;
    const PLACEHOLDER: &'static str = "TEXT";

    fn rule() -> String {
        format!("text of 1 to {MOST} characters")
    }

    fn read(text: &str) -> Option<String> {
        let fits = (1..=MOST).contains(&text.chars().count()) && !text.contains(char::is_control);
        fits.then(|| text.to_owned())
    }
}

/// Networks in CIDR notation.
pub struct Networks;

impl Kind for Networks {
    type Value = Vec<Network>;
    const SHAPE: Shape = Shape::List;
    const PLACEHOLDER: &'static str = "CIDR";

    fn rule() -> String {
        "a list of networks, as in 10.0.0.0/8 or fd00::/8".to_owned()
    }

    fn read(text: &str) -> Option<Vec<Network>> {
        let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
        items.map(|item| item.parse().ok()).collect()
    }
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// The kind of a [`LogFormat`].
pub struct Format;

impl Kind for Format {
    type Value = LogFormat;
    const SHAPE: Shape = Shape::Text;
    const PLACEHOLDER: &'static str = "FORMAT";

    fn rule() -> String {
        "text or json".to_owned()
    }

    fn read(text: &str) -> Option<LogFormat> {
        match text {
            "text" => Some(LogFormat::Text),
            "json" => Some(LogFormat::Json),
            _ => None,
        }
    }
}

/// Directives of a log filter.
pub struct Directives;

impl Kind for Directives {
    type Value = String;
    const SHAPE: Shape = Shape::Text;
    const PLACEHOLDER: &'static str = "LEVEL";

    fn rule() -> String {
        "a level (error, warn, info, debug, trace, off) or directives such as info,strowger_calls=debug".to_owned()
    }

    fn read(text: &str) -> Option<String> {
        let is_filter = text.len() <= 1_024 && tracing_subscriber::EnvFilter::try_new(text).is_ok();
        is_filter.then(|| text.to_owned())
    }
}
