//! Values that are secrets, or carry one.

use std::fmt;

use strowger_model::Secret;

use super::{Kind, Shape};

/// What is shown instead of a secret.
const CONCEALED: &str = "…";

/// A secret of visible ASCII characters.
pub struct Hidden<const LEAST: usize, const MOST: usize>;

impl<const LEAST: usize, const MOST: usize> Kind for Hidden<LEAST, MOST> {
    type Value = Secret;
    const SHAPE: Shape = Shape::Text;
    const PLACEHOLDER: &'static str = "SECRET";
    const IS_SECRET: bool = true;

    fn rule() -> String {
        format!("{LEAST} to {MOST} visible ASCII characters without spaces")
    }

    fn read(text: &str) -> Option<Secret> {
        let fits = (LEAST..=MOST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then(|| Secret::new(text))
    }

    fn show(_: &str) -> String {
        CONCEALED.to_owned()
    }
}

/// Where Redis is: a URL that may carry a password, which is not printed.
#[derive(Clone, PartialEq, Eq)]
pub struct RedisUrl(String);

impl RedisUrl {
    /// The whole URL, for the client.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for RedisUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Self::show(&self.0))
    }
}

impl Kind for RedisUrl {
    type Value = Self;
    const SHAPE: Shape = Shape::Text;
    const PLACEHOLDER: &'static str = "URL";
    const IS_SECRET: bool = true;

    fn rule() -> String {
        "a URL that begins with redis:// or rediss:// (TLS)".to_owned()
    }

    fn read(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("redis://").or_else(|| text.strip_prefix("rediss://"))?;
        let fits = !rest.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then(|| Self(text.to_owned()))
    }

    fn show(text: &str) -> String {
        let hidden = || {
            let (scheme, rest) = text.split_once("://")?;
            let (credentials, place) = rest.rsplit_once('@')?;
            let user = credentials.split(':').next()?;
            Some(format!("{scheme}://{user}:{CONCEALED}@{place}"))
        };
        hidden().unwrap_or_else(|| text.to_owned())
    }
}
