//! The properties of a request body. `null` is the same as absent.

use std::time::Duration;

use serde_json::{Map, Value};

use super::invalid;
use crate::error::CreateError;
use crate::verbs;

pub(super) struct Fields<'a>(&'a Map<String, Value>);

impl<'a> Fields<'a> {
    pub(super) fn of(body: &'a Value) -> Result<Self, CreateError> {
        body.as_object().map(Self).ok_or_else(|| invalid("the body must be a JSON object"))
    }

    pub(super) fn get(&self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// What JavaScript takes for true.
    pub(super) fn is_truthy(&self, name: &str) -> bool {
        self.get(name).is_some_and(is_truthy)
    }

    pub(super) fn none_but(&self, known: impl Fn(&str) -> bool) -> Result<(), CreateError> {
        match self.first_but(known) {
            Some(unknown) => Err(invalid(format!("unknown property {unknown}"))),
            None => Ok(()),
        }
    }

    /// A property that is not known, cut to what is worth showing.
    pub(super) fn first_but(&self, known: impl Fn(&str) -> bool) -> Option<String> {
        self.0.keys().find(|name| !known(name)).map(|name| shown(name))
    }

    pub(super) fn subset(&self, wanted: impl Fn(&str) -> bool) -> Map<String, Value> {
        let fields = self.0.iter().filter(|(name, value)| wanted(name) && value.is_string());
        fields.map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    /// Text without control characters, which would end up in headers.
    pub(super) fn text(&self, name: &str, longest: usize) -> Result<Option<String>, CreateError> {
        let Some(value) = self.get(name) else { return Ok(None) };
        match value.as_str() {
            Some(text) if is_line(text, longest) => Ok(Some(text.to_owned())),
            _ => Err(invalid(format!("{name} must be text of 1 to {longest} characters without control characters"))),
        }
    }

    pub(super) fn seconds(&self, name: &str, longest: u64) -> Result<Option<Duration>, CreateError> {
        let Some(value) = self.get(name) else { return Ok(None) };
        match value.as_u64() {
            Some(seconds) if (1..=longest).contains(&seconds) => Ok(Some(Duration::from_secs(seconds))),
            _ => Err(invalid(format!("{name} must be a whole number of seconds from 1 to {longest}"))),
        }
    }

    pub(super) fn object(&self, name: &str, most_bytes: usize) -> Result<Option<Map<String, Value>>, CreateError> {
        let Some(value) = self.get(name) else { return Ok(None) };
        match value.as_object() {
            Some(object) if value.to_string().len() <= most_bytes => Ok(Some(object.clone())),
            _ => Err(invalid(format!("{name} must be an object of at most {most_bytes} bytes"))),
        }
    }

    pub(super) fn headers(&self, name: &str, most: usize) -> Result<Vec<(String, String)>, CreateError> {
        let headers = verbs::headers(&self.object(name, 16 << 10)?.unwrap_or_default());
        if headers.len() > most {
            return Err(invalid(format!("{name} must be at most {most} headers")));
        }
        strowger_sip::check_headers(&headers).map_err(|fault| invalid(fault.to_string()))?;
        Ok(headers)
    }
}

pub(crate) fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

/// One line of text of a bounded length.
pub(super) fn is_line(text: &str, longest: usize) -> bool {
    !text.trim().is_empty() && text.chars().count() <= longest && !text.chars().any(char::is_control)
}

pub(super) fn shown(text: &str) -> String {
    text.chars().take(256).collect()
}
