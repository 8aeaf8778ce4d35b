//! Where a Redis is.

use std::fmt;

use strowger_store::RedisConfig;

use super::conceal::CONCEALED;
use super::{Kind, Shape};

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
        "redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE], or so with redis+sentinel://…/MASTER or redis+cluster://; rediss for TLS"
            .to_owned()
    }

    fn read(text: &str) -> Option<Self> {
        RedisConfig::parse(text).is_ok().then(|| Self(text.to_owned()))
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

/// What keys and channels in Redis begin with.
pub struct Prefix;

impl Kind for Prefix {
    type Value = String;
    const SHAPE: Shape = Shape::Text;
    const PLACEHOLDER: &'static str = "TEXT";

    fn rule() -> String {
        "1 to 64 letters, digits, '-', '_', '.' or ':'".to_owned()
    }

    fn read(text: &str) -> Option<String> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
        ((1..=64).contains(&text.len()) && text.bytes().all(fits)).then(|| text.to_owned())
    }
}
