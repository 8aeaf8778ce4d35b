//! Accounts: whose carriers, applications and calls.

mod bucket;
mod recording;
mod subscription;
mod subspace;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::chain::RouteBy;
use crate::v1::{Fields, V1Error, from_zero_one, hyphenated, zero_one};
use crate::{AccountId, CallerIds, Formatter, Hook, Rate, Secret, Sid};

pub use bucket::BucketCredential;
pub use recording::{RecordFormat, Recording};
pub use subscription::{PlanType, Subscription};
pub use subspace::Subspace;

const FIELDS: &[&str] = &[
    "account_sid",
    "service_provider_sid",
    "name",
    "sip_realm",
    "registration_hook",
    "queue_event_hook",
    "device_calling_application_sid",
    "siprec_hook_sid",
    "disable_cdrs",
    "enable_debug_log",
    "is_active",
    "webhook_secret",
    "hunt",
    "hunt_accounts",
    "route_by",
    "rate_limit",
    "caller_id",
    "formatter",
];

/// Accounts over whose carriers another one's calls may go.
const MOST_HUNTED: usize = 64;

/// Over whose carriers an account's calls go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hunt {
    /// The account's own.
    Local,
    /// The installation's.
    Global,
    /// The account's own, then the installation's.
    LocalThenGlobal,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its id.
    #[serde(serialize_with = "hyphenated")]
    pub account_sid: AccountId,
    /// Who keeps it.
    pub service_provider_sid: Sid,
    /// Its name.
    pub name: String,
    /// Its SIP domain, in lower case, unique in the installation.
    #[serde(default)]
    pub sip_realm: Option<String>,
    /// Who is asked about registrations.
    #[serde(default)]
    pub registration_hook: Option<Hook>,
    /// Who is told of its queues.
    #[serde(default)]
    pub queue_event_hook: Option<Hook>,
    /// The application for calls of its devices.
    #[serde(default)]
    pub device_calling_application_sid: Option<Sid>,
    /// The application for calls that are to be recorded by SIPREC (RFC 7866).
    #[serde(default)]
    pub siprec_hook_sid: Option<Sid>,
    /// Whether nothing is kept of its calls among the recent ones.
    #[serde(default, serialize_with = "zero_one", deserialize_with = "from_zero_one")]
    pub disable_cdrs: bool,
    /// Whether its calls are to be logged in detail.
    #[serde(default, serialize_with = "zero_one", deserialize_with = "from_zero_one")]
    pub enable_debug_log: bool,
    /// Its plan.
    #[serde(flatten)]
    pub subscription: Subscription,
    /// Whether its calls are recorded.
    #[serde(flatten)]
    pub recording: Recording,
    /// Its access to Subspace.
    #[serde(flatten)]
    pub subspace: Subspace,
    /// An account that is not active has no calls.
    #[serde(serialize_with = "zero_one", deserialize_with = "from_zero_one")]
    pub is_active: bool,
    /// What its webhooks are signed with.
    #[serde(serialize_with = "Secret::reveal")]
    pub webhook_secret: Secret,
    /// Over whose carriers its calls go; `None` is over its own where it has enabled ones, else over the installation's.
    #[serde(default)]
    pub hunt: Option<Hunt>,
    /// Other accounts over whose carriers its calls may go, where they ask for it. Administrators list them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hunt_accounts: Vec<AccountId>,
    /// How its calls are routed; `None` is as the installation says.
    #[serde(default)]
    pub route_by: Option<RouteBy>,
    /// How often its keys and users together may ask, where that is not the installation's rate. Administrators set it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate_limit: Option<Rate>,
    /// Who its calls say they are from, where a carrier asks for another id than the call's own or a call has none.
    #[serde(default, skip_serializing_if = "CallerIds::is_empty")]
    pub caller_id: CallerIds,
    /// What formats the endpoints of its calls; `None` is the built-in formatter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub formatter: Option<Formatter>,
    /// When it was made.
    #[serde(with = "time::serde::rfc2822")]
    pub created_at: OffsetDateTime,
    /// What clients of `/v2` keep with it; `/v1` does not show it.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub extra: Map<String, Value>,
}

impl Account {
    /// A new one from a request body, kept by that service provider. A `webhook_secret` in it is ignored: the host makes them.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn from_request(body: &Value, service_provider_sid: Sid) -> Result<Self, V1Error> {
        let fields = known(body)?;
        let mut account = Self::named(fields.required_text("name", 64)?, service_provider_sid);
        account.apply(fields)?;
        Ok(account)
    }

    /// A new one with nothing but a name.
    pub(crate) fn named(name: String, service_provider_sid: Sid) -> Self {
        Self {
            account_sid: AccountId::random(),
            service_provider_sid,
            name,
            sip_realm: None,
            registration_hook: None,
            queue_event_hook: None,
            device_calling_application_sid: None,
            siprec_hook_sid: None,
            disable_cdrs: false,
            enable_debug_log: false,
            subscription: Subscription::default(),
            recording: Recording::default(),
            subspace: Subspace::default(),
            is_active: true,
            webhook_secret: fresh_webhook_secret(),
            hunt: None,
            hunt_accounts: Vec::new(),
            route_by: None,
            rate_limit: None,
            caller_id: CallerIds::default(),
            formatter: None,
            created_at: crate::time::now(),
            extra: Map::new(),
        }
    }

    /// The service provider that a body names.
    ///
    /// # Errors
    /// Where it is no id.
    pub fn requested_provider(body: &Value) -> Result<Option<Sid>, V1Error> {
        known(body)?.sid("service_provider_sid")
    }

    /// Changes what the body names.
    ///
    /// # Errors
    /// The first rule that it breaks; nothing has changed then.
    pub fn update(&mut self, body: &Value) -> Result<(), V1Error> {
        let fields = known(body)?;
        if fields.raw("service_provider_sid").is_some() {
            return Err(V1Error::new("service_provider_sid may not be modified"));
        }
        let mut changed = self.clone();
        changed.apply(fields)?;
        *self = changed;
        Ok(())
    }

    /// Replaces what its webhooks are signed with.
    pub fn rotate_webhook_secret(&mut self) {
        self.webhook_secret = fresh_webhook_secret();
    }

    fn apply(&mut self, fields: Fields<'_>) -> Result<(), V1Error> {
        fields.immutable("account_sid")?;
        if fields.raw("name").is_some() {
            self.name = fields.required_text("name", 64)?;
        }
        if fields.raw("sip_realm").is_some() {
            self.sip_realm = sip_realm(fields)?;
        }
        self.apply_hooks(fields)?;
        self.apply_flags(fields)?;
        self.subscription.apply(fields)?;
        self.recording.apply(fields)?;
        self.subspace.apply(fields)?;
        self.apply_routing(fields)
    }

    /// Over whose carriers its calls go, and who they say they are from.
    fn apply_routing(&mut self, fields: Fields<'_>) -> Result<(), V1Error> {
        if fields.raw("hunt").is_some() {
            self.hunt = fields.named("hunt", "local, global, local_then_global")?;
        }
        if let Some(given) = fields.raw("hunt_accounts") {
            self.hunt_accounts = hunt_accounts(given)?;
        }
        if fields.raw("rate_limit").is_some() {
            self.rate_limit = fields.rate("rate_limit")?;
        }
        if let Some(given) = fields.raw("caller_id") {
            let ids = if given.is_null() { Ok(CallerIds::default()) } else { CallerIds::parse("caller_id", given) };
            self.caller_id = ids.map_err(V1Error)?;
        }
        if let Some(given) = fields.raw("formatter") {
            let formatter = (!given.is_null()).then(|| Formatter::parse("formatter", given));
            self.formatter = formatter.transpose().map_err(V1Error)?;
        }
        if fields.raw("route_by").is_some() {
            self.route_by = fields.named("route_by", "resources, resource_selectors")?;
        }
        Ok(())
    }

    fn apply_hooks(&mut self, fields: Fields<'_>) -> Result<(), V1Error> {
        let hooks =
            [("registration_hook", &mut self.registration_hook), ("queue_event_hook", &mut self.queue_event_hook)];
        for (name, hook) in hooks {
            if fields.raw(name).is_some() {
                *hook = fields.hook(name, "an account")?;
            }
        }
        let applications = [
            ("device_calling_application_sid", &mut self.device_calling_application_sid),
            ("siprec_hook_sid", &mut self.siprec_hook_sid),
        ];
        for (name, application) in applications {
            if fields.raw(name).is_some() {
                *application = fields.sid(name)?;
            }
        }
        Ok(())
    }

    fn apply_flags(&mut self, fields: Fields<'_>) -> Result<(), V1Error> {
        let flags = [
            ("is_active", &mut self.is_active),
            ("disable_cdrs", &mut self.disable_cdrs),
            ("enable_debug_log", &mut self.enable_debug_log),
        ];
        for (name, flag) in flags {
            if let Some(given) = fields.flag(name)? {
                *flag = given;
            }
        }
        Ok(())
    }
}

/// The fields of a body, of which one that earlier versions of the documents had is refused with what took its place.
fn known(body: &Value) -> Result<Fields<'_>, V1Error> {
    if body.get("device_calling_hook").is_some() {
        return Err(V1Error::new("device_calling_hook is not supported: use device_calling_application_sid"));
    }
    Fields::of(body, &[FIELDS, subscription::FIELDS, recording::FIELDS, subspace::FIELDS])
}

fn hunt_accounts(given: &Value) -> Result<Vec<AccountId>, V1Error> {
    let rule = || V1Error(format!("hunt_accounts must be a list of at most {MOST_HUNTED} account sids"));
    match given {
        Value::Null => Ok(Vec::new()),
        Value::Array(sids) if sids.len() <= MOST_HUNTED => {
            sids.iter().map(|sid| sid.as_str().and_then(|sid| sid.parse().ok()).ok_or_else(rule)).collect()
        }
        _ => Err(rule()),
    }
}

fn fresh_webhook_secret() -> Secret {
    Secret::new(format!("wh_secret_{}", Uuid::new_v4().simple()))
}

fn sip_realm(fields: Fields<'_>) -> Result<Option<String>, V1Error> {
    let Some(realm) = fields.text("sip_realm", 132)? else { return Ok(None) };
    let is_label = |label: &str| {
        let spelled = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        spelled && (1..=63).contains(&label.len())
    };
    if realm.split('.').all(is_label) {
        return Ok(Some(realm.to_ascii_lowercase()));
    }
    Err(V1Error(format!("invalid sip_realm: {realm}")))
}

#[cfg(test)]
mod tests;
