//! `/api_keys`: an account's keys, the same ones that `/v1` shows. A key is told once, when it is made or gets another token.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use strowger_model::api_key::{ApiKey, Scope, TokenForm};
use strowger_model::time::{self, to_gregorian};
use strowger_model::{AccountId, Rate, Sid, Violation, Violations};

use super::error::Error;
use super::filters::Filters;
use super::reply::Reply;
use super::request::Request;
use crate::tenants::{self, Rotation};
use crate::v1::LONGEST_GRACE;

/// Unknown fields that one reply tells of.
const MOST_FAULTS: usize = 20;

pub(super) async fn list(request: Request) -> Result<Reply, Error> {
    let account = privileged(&request)?;
    let keys = tenants::keys_of(&request.state, Scope::Account(account)).await?;
    let filters = Filters::of(&request)?;
    let rows = keys.iter().map(shown).map(Value::Object).filter(|row| filters.admit_body(row));
    Ok(Reply::ok(rows.collect::<Vec<Value>>()))
}

pub(super) async fn create(mut request: Request) -> Result<Reply, Error> {
    let account = privileged(&request)?;
    let fields = std::mem::take(&mut request.envelope).into_object()?;
    check_known(&fields, &["expires", "rate_limit"])?;
    let expires = match fields.get("expires").filter(|expires| !expires.is_null()) {
        None => None,
        Some(given) => Some(moment(given)?),
    };
    let rate_limit = rate(&request, fields.get("rate_limit"))?;
    let key = ApiKey { rate_limit, ..ApiKey::with_scope(Scope::Account(account), expires) };
    let token = tenants::issue_key(request.by(), &key, TokenForm::Hex).await?;
    let mut told = shown(&key);
    told.insert("api_key".into(), json!(token.expose()));
    Ok(Reply::created(told, key.api_key_sid.hex()))
}

/// The rate that the key shall have, if the caller may give it one.
fn rate(request: &Request, given: Option<&Value>) -> Result<Option<Rate>, Violations> {
    let Some(given) = given.filter(|given| !given.is_null()) else { return Ok(None) };
    let rate = Rate::deserialize(given).ok().filter(|rate| rate.is_sensible()).ok_or_else(|| {
        let message = format!("Value must have requests_per_second and burst, each from 1 to {}", Rate::HIGHEST);
        Violations::from(Violation::new("rate_limit", "wrong_format", message))
    })?;
    if request.caller.is_admin() || request.state.rate_limits().is_modest(Some(rate)) {
        return Ok(Some(rate));
    }
    Err(Violation::new("rate_limit", "maximum", "Value must not be above the installation's rate").into())
}

/// A Gregorian second.
fn moment(given: &Value) -> Result<::time::OffsetDateTime, Violations> {
    let second = match given {
        Value::String(text) => text.parse().ok(),
        given => given.as_i64(),
    };
    let moment =
        second.map(time::from_gregorian).and_then(|unix| ::time::OffsetDateTime::from_unix_timestamp(unix).ok());
    // RFC 2822, in which keys are stored, has years of four digits from 1900 on.
    let moment = moment.filter(|moment| (1900..=9999).contains(&moment.year()));
    moment.ok_or_else(|| {
        Violation::new("expires", "wrong_format", "Value must be Gregorian seconds").value(given.clone()).into()
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
pub(super) async fn rotate(mut request: Request) -> Result<Reply, Error> {
    let (_, key) = named(&request).await?;
    let grace = grace(&mut request)?;
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

/// The time that a token goes on for when its key gets another one.
pub(super) fn grace(request: &mut Request) -> Result<Duration, Error> {
    let given = request.parameter("grace_s");
    let mut is_silent = true;
    if !request.envelope.is_empty() {
        let fields = std::mem::take(&mut request.envelope).into_object()?;
        check_known(&fields, &["grace_s"])?;
        is_silent = fields.get("grace_s").is_none_or(Value::is_null);
    }
    match given.map(|given| given.parse()) {
        None if is_silent => Ok(Duration::ZERO),
        Some(Ok(seconds)) if seconds <= LONGEST_GRACE => Ok(Duration::from_secs(seconds)),
        _ => {
            let message = format!("Value must be a number of seconds up to {LONGEST_GRACE}");
            Err(Violation::new("grace_s", "maximum", message).target(LONGEST_GRACE).into())
        }
    }
}

/// A key keeps nothing for its clients: a field that is not known would be a mistake about what the key opens.
fn check_known(fields: &Map<String, Value>, known: &[&str]) -> Result<(), Violations> {
    let unknown = fields.keys().filter(|field| !known.contains(&field.as_str()));
    let broken = unknown.take(MOST_FAULTS).map(|field| {
        let path = field.chars().take(64).collect::<String>().replace('.', "%2E");
        Violation::new(path, "additionalProperties", "The field is not known")
    });
    Violations(broken.collect()).into_result()
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
    shown.extend(key.rate_limit.map(|rate| ("rate_limit".to_owned(), json!(rate))));
    shown
}
