//! What a call hook or message provider remembers from one event to the next, by grant. In a component this is the host's; natively
//! each thread remembers for itself, without quota and without forgetting.

#[cfg(target_arch = "wasm32")]
mod bindings {
    #![allow(unsafe_code, missing_docs, clippy::all, clippy::pedantic, reason = "generated code")]

    wit_bindgen::generate!({
        path: "../../wit",
        inline: "package strowger:sdk; world kv { import strowger:plugin/kv@0.1.0; }",
        world: "strowger:sdk/kv",
        generate_all,
    });

    pub use strowger::plugin::kv::{Error, delete, get, increment, keys, set};
}

#[cfg(not(target_arch = "wasm32"))]
mod bindings {
    use std::cell::RefCell;
    use std::collections::BTreeMap;
    use std::ops::Bound;

    /// Why a key or value is not read or written.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub enum Error {
        /// The plugin is not granted this.
        Denied,
        /// More than the grant allows.
        Quota(u64),
        /// More than a key or value may have.
        TooLarge(u64),
        /// The key is empty or has control characters.
        BadKey,
        /// An increment of what is no number.
        NotANumber,
        /// The store is not there, or busy.
        Unavailable(String),
    }

    thread_local! {
        static KEPT: RefCell<BTreeMap<String, Vec<u8>>> = const { RefCell::new(BTreeMap::new()) };
    }

    /// The value of a key.
    ///
    /// # Errors
    /// None natively.
    pub fn get(key: &str) -> Result<Option<Vec<u8>>, Error> {
        Ok(KEPT.with_borrow(|kept| kept.get(key).cloned()))
    }

    /// Writes a value.
    ///
    /// # Errors
    /// [`Error::BadKey`].
    pub fn set(key: &str, value: &[u8], _: Option<u32>) -> Result<(), Error> {
        if key.is_empty() || key.contains(char::is_control) {
            return Err(Error::BadKey);
        }
        KEPT.with_borrow_mut(|kept| kept.insert(key.to_owned(), value.to_owned()));
        Ok(())
    }

    /// Whether there was one.
    ///
    /// # Errors
    /// None natively.
    pub fn delete(key: &str) -> Result<bool, Error> {
        Ok(KEPT.with_borrow_mut(|kept| kept.remove(key)).is_some())
    }

    /// Adds to a number.
    ///
    /// # Errors
    /// [`Error::NotANumber`], and those of [`set`].
    pub fn increment(key: &str, by: i64, ttl: Option<u32>) -> Result<i64, Error> {
        let known = get(key)?.map_or(Ok("0".to_owned()), String::from_utf8).map_err(|_| Error::NotANumber)?;
        let sum = known.parse::<i64>().ok().and_then(|known| known.checked_add(by)).ok_or(Error::NotANumber)?;
        set(key, sum.to_string().as_bytes(), ttl)?;
        Ok(sum)
    }

    /// Keys that begin with `prefix`, after `after`.
    ///
    /// # Errors
    /// None natively.
    pub fn keys(prefix: &str, after: Option<&str>, limit: u32) -> Result<Vec<String>, Error> {
        let limit = usize::try_from(limit.min(1_000)).unwrap_or(0);
        let from = after.filter(|after| *after >= prefix).map_or(Bound::Included(prefix), Bound::Excluded);
        Ok(KEPT.with_borrow(|kept| {
            let range = kept.range::<str, _>((from, Bound::Unbounded)).map(|(key, _)| key);
            range.take_while(|key| key.starts_with(prefix)).take(limit).cloned().collect()
        }))
    }
}

pub use bindings::{Error, delete, get, increment, keys, set};
