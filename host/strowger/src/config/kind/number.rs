//! Numbers, durations, ranges of ports, switches.

use std::time::Duration;

use super::{Kind, Shape};

/// A whole number within bounds.
pub struct Whole<const LEAST: u32, const MOST: u32>;

impl<const LEAST: u32, const MOST: u32> Kind for Whole<LEAST, MOST> {
    type Value = u32;
    const SHAPE: Shape = Shape::Number;
    const PLACEHOLDER: &'static str = "NUMBER";

    fn rule() -> String {
        format!("a whole number from {LEAST} to {MOST}")
    }

    fn read(text: &str) -> Option<u32> {
        text.parse().ok().filter(|number| (LEAST..=MOST).contains(number))
    }
}

/// A number of seconds within bounds.
pub struct Seconds<const LEAST: u32, const MOST: u32>;

impl<const LEAST: u32, const MOST: u32> Kind for Seconds<LEAST, MOST> {
    type Value = Duration;
    const SHAPE: Shape = Shape::Number;
    const PLACEHOLDER: &'static str = "SECONDS";

    fn rule() -> String {
        format!("a whole number of seconds from {LEAST} to {MOST}")
    }

    fn read(text: &str) -> Option<Duration> {
        Whole::<LEAST, MOST>::read(text).map(|seconds| Duration::from_secs(seconds.into()))
    }
}

/// `FIRST-LAST`.
pub struct Ports;

impl Kind for Ports {
    type Value = (u16, u16);
    const SHAPE: Shape = Shape::Text;
    const PLACEHOLDER: &'static str = "FIRST-LAST";

    fn rule() -> String {
        "FIRST-LAST, two ports from 1024 on in ascending order".to_owned()
    }

    fn read(text: &str) -> Option<(u16, u16)> {
        let (first, last) = text.split_once('-')?;
        let range: (u16, u16) = (first.parse().ok()?, last.parse().ok()?);
        (range.0 >= 1024 && range.0 < range.1).then_some(range)
    }
}

/// On or off.
pub struct Switch;

impl Kind for Switch {
    type Value = bool;
    const SHAPE: Shape = Shape::Switch;
    const PLACEHOLDER: &'static str = "BOOL";

    fn rule() -> String {
        "true or false".to_owned()
    }

    fn read(text: &str) -> Option<bool> {
        match text.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" => Some(true),
            "false" | "0" | "no" | "off" => Some(false),
            _ => None,
        }
    }

    fn show(text: &str) -> String {
        Self::read(text).unwrap_or_default().to_string()
    }
}
