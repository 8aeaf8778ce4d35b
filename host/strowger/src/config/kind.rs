//! Kinds of values. A value is text in the environment and on the command line; the file writes numbers, booleans and lists as such.

mod address;
mod carrier;
mod conceal;
mod number;
mod redis;
mod text;

pub use address::{Address, BaseUrl, Ip};
pub use carrier::{Affix, Codecs, Formatters, Route};
pub use conceal::Hidden;
pub use number::{Ports, Seconds, Switch, Whole};
pub use redis::{Prefix, RedisUrl};
pub use text::{Directives, Format, LogFormat, Networks, Path, Words};

/// How a value is written in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A string.
    Text,
    /// An integer.
    Number,
    /// `true` or `false`.
    Switch,
    /// An array of strings; elsewhere its items are parted by commas.
    List,
}

/// A kind of value.
pub trait Kind {
    /// The value.
    type Value;
    /// How it is written.
    const SHAPE: Shape;
    /// What stands for a value in a description of options.
    const PLACEHOLDER: &'static str;
    /// Whether it is a secret or carries one.
    const IS_SECRET: bool = false;

    /// What a value must be, to follow "must be".
    fn rule() -> String;

    /// The value of a text, if it keeps the rule.
    fn read(text: &str) -> Option<Self::Value>;

    /// The value where nothing is given, if that is allowed.
    fn absent() -> Option<Self::Value> {
        None
    }

    /// A text that keeps the rule, as it may be shown.
    fn show(text: &str) -> String {
        text.to_owned()
    }
}

/// A value that may be left out.
pub struct Maybe<K>(std::marker::PhantomData<K>);

impl<K: Kind> Kind for Maybe<K> {
    type Value = Option<K::Value>;
    const SHAPE: Shape = K::SHAPE;
    const PLACEHOLDER: &'static str = K::PLACEHOLDER;
    const IS_SECRET: bool = K::IS_SECRET;

    fn rule() -> String {
        K::rule()
    }

    fn read(text: &str) -> Option<Self::Value> {
        K::read(text).map(Some)
    }

    fn absent() -> Option<Self::Value> {
        Some(None)
    }

    fn show(text: &str) -> String {
        K::show(text)
    }
}
