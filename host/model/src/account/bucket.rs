//! Where an account's recordings are to be kept: a vendor of object storage, and the credentials for it.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::v1::{Fields, V1Error};

/// Longest text.
const MAX_TEXT: usize = 4_096;

/// Longest `service_key`, in bytes of JSON.
const MAX_SERVICE_KEY: usize = 16 * 1024;

/// Most tags that recordings get.
const MAX_TAGS: usize = 50;

/// Characters of a secret that are shown.
const SHOWN: usize = 6;

const KNOWN: &[&str] = &[
    "vendor",
    "name",
    "region",
    "endpoint",
    "access_key_id",
    "secret_access_key",
    "service_key",
    "connection_string",
    "tags",
];

/// What each vendor needs.
const VENDORS: [(&str, &[&str]); 4] = [
    ("aws_s3", &["access_key_id", "secret_access_key", "name", "region"]),
    ("s3_compatible", &["access_key_id", "secret_access_key", "name", "endpoint"]),
    ("google", &["service_key"]),
    ("azure", &["name", "connection_string"]),
];

/// Where the secrets lie, as JSON pointers (RFC 6901).
const SECRETS: [&str; 3] = ["/secret_access_key", "/connection_string", "/service_key/private_key"];

/// The credentials of a bucket, as they are stored: with their secrets.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BucketCredential(Value);

impl BucketCredential {
    /// Reads credentials; none for the vendor `none`. A secret that is given as it is shown stays as it was in `present`.
    ///
    /// # Errors
    /// The first rule that they break.
    pub(super) fn parse(given: &Value, present: Option<&Self>) -> Result<Option<Self>, V1Error> {
        if !given.is_object() {
            return Err(V1Error::new("bucket_credential must be an object"));
        }
        let fields = Fields::of(given, &[KNOWN]).map_err(|error| V1Error(format!("bucket_credential: {error}")))?;
        let vendor = text(fields, "vendor")?.ok_or_else(|| missing("vendor"))?;
        if vendor == "none" {
            return Ok(None);
        }
        let needed = needed_by(&vendor)?;
        let mut read = Map::new();
        for name in KNOWN {
            let value = match *name {
                "service_key" => service_key(fields)?,
                "tags" => tags(fields)?,
                name => text(fields, name)?.map(Value::String),
            };
            read.extend(value.map(|value| ((*name).to_owned(), value)));
        }
        if let Some(name) = needed.iter().find(|name| !read.contains_key(**name)) {
            return Err(missing(name));
        }
        Ok(Some(Self(Value::Object(read)).with_secrets_of(present)))
    }

    /// The same with its secrets obscured.
    #[must_use]
    pub fn obscured(&self) -> Self {
        let mut shown = self.clone();
        for secret in SECRETS {
            if let Some(Value::String(text)) = shown.0.pointer_mut(secret) {
                *text = obscured(text);
            }
        }
        shown
    }

    fn with_secrets_of(mut self, present: Option<&Self>) -> Self {
        let Some(present) = present else { return self };
        let shown = present.obscured();
        for secret in SECRETS {
            if let (Some(given), Some(kept)) = (self.0.pointer_mut(secret), present.0.pointer(secret))
                && Some(&*given) == shown.0.pointer(secret)
            {
                given.clone_from(kept);
            }
        }
        self
    }
}

impl fmt::Debug for BucketCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.obscured().0, f)
    }
}

/// The beginning, and an `X` for each character of the rest. Of a secret that is hardly longer nothing is shown.
fn obscured(secret: &str) -> String {
    let shown = if secret.chars().count() > 2 * SHOWN { SHOWN } else { 0 };
    secret.chars().enumerate().map(|(place, letter)| if place < shown { letter } else { 'X' }).collect()
}

fn missing(name: &str) -> V1Error {
    V1Error(format!("missing field bucket_credential.{name}"))
}

fn needed_by(vendor: &str) -> Result<&'static [&'static str], V1Error> {
    let found = VENDORS.iter().find(|(name, _)| *name == vendor);
    found.map(|(_, needed)| *needed).ok_or_else(|| {
        let known = VENDORS.map(|(name, _)| name).join(", ");
        V1Error(format!("bucket_credential.vendor must be one of {known}, none"))
    })
}

/// A text that says something.
fn text(fields: Fields<'_>, name: &str) -> Result<Option<String>, V1Error> {
    let text = fields.text(name, MAX_TEXT).map_err(|error| V1Error(format!("bucket_credential.{error}")))?;
    Ok(text.filter(|text| !text.trim().is_empty()))
}

/// The key of a service account: an object, or its JSON text, as vendors give it out.
fn service_key(fields: Fields<'_>) -> Result<Option<Value>, V1Error> {
    let key = match fields.value("service_key") {
        None => return Ok(None),
        Some(Value::String(text)) if text.len() <= MAX_SERVICE_KEY => serde_json::from_str(text).unwrap_or_default(),
        Some(value) => value.clone(),
    };
    let is_key = key.get("private_key").is_some_and(Value::is_string) && key.to_string().len() <= MAX_SERVICE_KEY;
    let rule = || {
        V1Error(format!(
            "bucket_credential.service_key must be a JSON object with a private_key, of at most {MAX_SERVICE_KEY} bytes"
        ))
    };
    if is_key { Ok(Some(key)) } else { Err(rule()) }
}

fn tags(fields: Fields<'_>) -> Result<Option<Value>, V1Error> {
    let Some(tags) = fields.value("tags") else { return Ok(None) };
    let is_text = |tag: &Value, name: &str| tag.get(name).and_then(Value::as_str).is_some_and(|text| text.len() <= 256);
    let is_tag = |tag: &Value| is_text(tag, "Key") && is_text(tag, "Value");
    match tags.as_array() {
        Some(list) if list.len() <= MAX_TAGS && list.iter().all(is_tag) => Ok(Some(tags.clone())),
        _ => Err(V1Error(format!(
            "bucket_credential.tags must be a list of at most {MAX_TAGS} objects with Key and Value"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn aws() -> Value {
        json!({"vendor": "aws_s3", "name": "calls", "region": "eu-west-1", "access_key_id": "AKIA0123456789",
            "secret_access_key": "wJalrXUtnFEMI/K7MDENG", "tags": [{"Key": "team", "Value": "voice"}]})
    }

    fn read(given: &Value) -> BucketCredential {
        BucketCredential::parse(given, None).unwrap().unwrap()
    }

    #[test]
    fn secrets_are_shown_by_their_beginning_alone() {
        let shown = serde_json::to_value(read(&aws()).obscured()).unwrap();
        assert_eq!(shown["secret_access_key"], "wJalrXXXXXXXXXXXXXXXX");
        assert_eq!((&shown["access_key_id"], &shown["tags"][0]["Key"]), (&json!("AKIA0123456789"), &json!("team")));
        assert!(!format!("{:?}", read(&aws())).contains("UtnFEMI"));
        let azure = json!({"vendor": "azure", "name": "calls", "connection_string": "short"});
        assert_eq!(serde_json::to_value(read(&azure).obscured()).unwrap()["connection_string"], "XXXXX");
        let key = json!({"private_key": "-----BEGIN PRIVATE KEY-----", "client_email": "a@b"}).to_string();
        let google = serde_json::to_value(read(&json!({"vendor": "google", "service_key": key})).obscured()).unwrap();
        assert_eq!(google["service_key"]["private_key"], "-----BXXXXXXXXXXXXXXXXXXXXX");
    }

    #[test]
    fn what_is_sent_back_as_it_was_shown_stays() {
        let before = read(&aws());
        let mut shown = serde_json::to_value(before.obscured()).unwrap();
        shown["region"] = json!("eu-west-2");
        let after = BucketCredential::parse(&shown, Some(&before)).unwrap().unwrap();
        assert_eq!(
            (&after.0["region"], &after.0["secret_access_key"]),
            (&json!("eu-west-2"), &before.0["secret_access_key"])
        );
        shown["secret_access_key"] = json!("another one altogether");
        let after = BucketCredential::parse(&shown, Some(&before)).unwrap().unwrap();
        assert_eq!(after.0["secret_access_key"], "another one altogether");
    }

    #[test]
    fn each_vendor_needs_its_own() {
        let without = |vendor: &str, name: &str| {
            let mut given = aws();
            given["vendor"] = json!(vendor);
            given[name] = Value::Null;
            BucketCredential::parse(&given, None).unwrap_err().0
        };
        assert_eq!(without("aws_s3", "region"), "missing field bucket_credential.region");
        assert_eq!(without("aws_s3", "secret_access_key"), "missing field bucket_credential.secret_access_key");
        assert_eq!(without("s3_compatible", "x"), "bucket_credential: unknown field x");
        assert_eq!(without("s3_compatible", "region"), "missing field bucket_credential.endpoint");
        assert_eq!(without("google", "name"), "missing field bucket_credential.service_key");
        assert_eq!(without("azure", "name"), "missing field bucket_credential.name");
        let known = "bucket_credential.vendor must be one of aws_s3, s3_compatible, google, azure, none";
        assert_eq!(without("floppy", "name"), known);
        assert_eq!(without("aws_s3", "vendor"), "missing field bucket_credential.vendor");
        let refused = |given: Value| BucketCredential::parse(&given, None).unwrap_err().0;
        assert!(
            refused(json!({"vendor": "google", "service_key": "{}"}))
                .contains("must be a JSON object with a private_key")
        );
        assert!(refused(json!({"vendor": "google", "tags": [1]})).starts_with("bucket_credential.tags must be"));
        assert_eq!(refused(json!("s3")), "bucket_credential must be an object");
        assert_eq!(BucketCredential::parse(&json!({"vendor": "none"}), None).unwrap(), None);
    }
}
