//! `/api_keys`: an account's keys, the same ones that `/v1` shows. A key is told once, when it is made or gets another token.

use std::time::Duration;

use serde_json::{Map, Value, json};
use strowger_model::api_key::{ApiKey, Scope, TokenForm};
use strowger_model::time::{self, to_gregorian};
use strowger_model::{AccountId, Sid, Violation};

use super::error::Error;
use super::reply::Reply;
use super::request::Request;
use crate::tenants::{self, Rotation};
use crate::v1::LONGEST_GRACE;

pub(super) async fn list(request: Request) -> Result<Reply, Error> {
    let account = privileged(&request)?;
    let keys = tenants::keys_of(&request.state, Scope::Account(account)).await?;
    Ok(Reply::ok(keys.iter().map(shown).map(Value::Object).collect::<Vec<Value>>()))
}

pub(super) async fn create(mut request: Request) -> Result<Reply, Error> {
    let account = privileged(&request)?;
    let fields = std::mem::take(&mut request.envelope).into_object()?;
    let expires = match fields.get("expires").filter(|expires| !expires.is_null()) {
        None => None,
        Some(given) => Some(moment(given)?),
    };
    let key = ApiKey::with_scope(Scope::Account(account), expires);
    let token = tenants::issue_key(request.by(), &key, TokenForm::Hex).await?;
    let mut told = shown(&key);
    told.insert("api_key".into(), json!(token.expose()));
    Ok(Reply::created(told, key.api_key_sid.hex()))
}

/// A Gregorian second.
fn moment(given: &Value) -> Result<::time::OffsetDateTime, Violation> {
    let second = match given {
        Value::String(text) => text.parse().ok(),
        given => given.as_i64(),
    };
    let moment =
        second.map(time::from_gregorian).and_then(|unix| ::time::OffsetDateTime::from_unix_timestamp(unix).ok());
    // RFC 2822, in which keys are stored, has years of four digits from 1900 on.
    let moment = moment.filter(|moment| (1900..=9999).contains(&moment.year()));
    moment.ok_or_else(|| {
        Violation::new("expires", "wrong_format", "Value must be Gregorian seconds").value(given.clone())
    })
}

pub(super) async fn read(request: Request) -> Result<Reply, Error> {
    let (_, key) = named(&request).await?;
    Ok(Reply::ok(shown(&key)))
}

pub(super) async fn remove(request: Request) -> Result<Reply, Error> {
    let (stored, key) = named(&request).await?;
    tenants::remove_key(request.by(), &stored, &key).await?;
    let mut told = shown(&key);
    told.insert("_read_only".into(), json!({"deleted": true}));
    Ok(Reply::ok(told))
}

/// Gives the key another token. With `grace_s` the one before goes on for so many seconds.
pub(super) async fn rotate(request: Request) -> Result<Reply, Error> {
    let (_, key) = named(&request).await?;
    let grace = grace(&request)?;
    let rotation = Rotation { form: TokenForm::Hex, grace };
    let (key, token) = tenants::rotate_key(request.by(), key.api_key_sid, rotation).await?;
    let mut told = shown(&key);
    told.insert("api_key".into(), json!(token.expose()));
    if !grace.is_zero() {
        let end = time::now() + grace;
        told.insert("previous_expires".into(), json!(to_gregorian(end.unix_timestamp())));
    }
    Ok(Reply::ok(told))
}

pub(super) fn grace(request: &Request) -> Result<Duration, Error> {
    let Some(given) = request.parameter("grace_s") else { return Ok(Duration::ZERO) };
    match given.parse() {
        Ok(seconds) if seconds <= LONGEST_GRACE => Ok(Duration::from_secs(seconds)),
        _ => {
            let message = format!("Value must be a number of seconds up to {LONGEST_GRACE}");
            Err(Violation::new("grace_s", "maximum", message).target(LONGEST_GRACE).into())
        }
    }
}

/// The account, if the caller may see its keys.
pub(super) fn privileged(request: &Request) -> Result<AccountId, Error> {
    match request.owner.account() {
        Some(account) if request.caller.is_privileged() => Ok(account),
        _ => Err(Error::Forbidden),
    }
}

/// The path's key, if it is the account's.
async fn named(request: &Request) -> Result<(String, ApiKey), Error> {
    let account = privileged(request)?;
    let id = request.segment("key");
    let unknown = || Error::BadIdentifier(id.chars().take(64).collect());
    let sid: Sid = id.parse().map_err(|_| unknown())?;
    let found = tenants::find_key(&request.state, sid).await?;
    found.filter(|(_, key)| key.scope == Scope::Account(account)).ok_or_else(unknown)
}

/// A key as its account sees it.
pub(super) fn shown(key: &ApiKey) -> Map<String, Value> {
    let second = |moment: ::time::OffsetDateTime| json!(to_gregorian(moment.unix_timestamp()));
    let mut shown = Map::new();
    shown.insert("id".into(), json!(key.api_key_sid.hex()));
    shown.insert("created".into(), second(key.created_at));
    shown.insert("last_used".into(), key.last_used.map(second).unwrap_or_default());
    shown.insert("expires".into(), key.expires_at.map(second).unwrap_or_default());
    shown
}
