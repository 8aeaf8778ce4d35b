//! Secondary listings: in which other orders than by id documents can be read.
//!
//! What a document is listed under follows from its kind and body alone, so that no writer can forget it; the store writes
//! the entries in the same atomic step as the document.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use strowger_model::time;

use crate::Kind;

/// Longest sort key in bytes; longer ones are cut, and then sorted by id among their equals.
const LONGEST: usize = 256;

/// An order of the documents of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Listing {
    /// By when they were made: Gregorian seconds in 12 digits, as [`by_second`] writes them.
    Created,
    /// By name, in lower case.
    Name,
    /// By telephone number.
    Number,
    /// By whose they are among the documents of the installation: an account's service provider; the scope of an API key.
    Holder,
    /// Those that are not over yet, by when they were made.
    Live,
}

impl Listing {
    /// Every listing.
    pub const ALL: [Self; 5] = [Self::Created, Self::Name, Self::Number, Self::Holder, Self::Live];

    /// The name that keys use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Name => "name",
            Self::Number => "number",
            Self::Holder => "holder",
            Self::Live => "live",
        }
    }
}

/// Gregorian seconds as a sort key.
#[must_use]
pub fn by_second(gregorian: i64) -> String {
    format!("{:012}", gregorian.max(0))
}

/// One entry of a document in a listing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct ListingEntry {
    pub(crate) listing: Listing,
    pub(crate) sort: String,
}

/// What a document is listed under.
pub(crate) fn entries(kind: Kind, body: &Value) -> Vec<ListingEntry> {
    let listed = |listing, sort: Option<String>| sort.map(|sort| ListingEntry { listing, sort: clean(&sort) });
    let text = |field: &str| body.get(field).and_then(Value::as_str).map(str::to_owned);
    let name = |field: &str| listed(Listing::Name, text(field).map(|name| name.to_lowercase()));
    let created = listed(Listing::Created, created(kind, body));
    let live = |end: &str| {
        let since = created.clone().filter(|_| body.get(end).is_none_or(Value::is_null));
        since.map(|entry| ListingEntry { listing: Listing::Live, ..entry })
    };
    let entries: Vec<Option<ListingEntry>> = match kind {
        Kind::ServiceProvider | Kind::Resource | Kind::Application => vec![created, name("name")],
        Kind::Account => vec![created, name("name"), listed(Listing::Holder, text("service_provider_sid"))],
        Kind::User | Kind::Client => vec![created, name("username")],
        Kind::ApiKey => vec![created, listed(Listing::Holder, holder(body))],
        Kind::Call => vec![live("terminated_at"), created, listed(Listing::Number, text("to"))],
        Kind::RecentCall | Kind::Alert | Kind::Message | Kind::MessageProvider | Kind::Conference | Kind::Queue => {
            vec![created]
        }
        Kind::Participant => vec![listed(Listing::Holder, text("conference"))],
        Kind::QueuedCall => vec![listed(Listing::Holder, text("queue"))],
        Kind::PhoneNumber => vec![created, listed(Listing::Number, text("id"))],
        Kind::Job => vec![live("finished_at"), created],
        Kind::NumberJob => vec![live("pvt_finished"), created],
        _ => Vec::new(),
    };
    entries.into_iter().flatten().collect()
}

/// What a document is sorted by in that listing, if it is in it.
pub(crate) fn sort_key(kind: Kind, body: &Value, listing: Listing) -> Option<String> {
    entries(kind, body).into_iter().find(|entry| entry.listing == listing).map(|entry| entry.sort)
}

/// `/v2` documents say it in Gregorian seconds, `/v1` objects in RFC 2822.
fn created(kind: Kind, body: &Value) -> Option<String> {
    if let Some(seconds) = body.get("pvt_created").and_then(Value::as_i64) {
        return Some(by_second(seconds));
    }
    let field = match kind {
        Kind::Call | Kind::RecentCall => "attempted_at",
        Kind::Alert => "time",
        _ => "created_at",
    };
    let date = time::parse_date(body.get(field)?.as_str()?)?;
    Some(by_second(time::to_gregorian(date.unix_timestamp())))
}

/// The scope of an API key: `admin`, `service_provider:{sid}`, `account:{hex}`.
fn holder(body: &Value) -> Option<String> {
    match body.get("scope")? {
        Value::String(scope) => Some(scope.clone()),
        Value::Object(scope) => scope.iter().next().and_then(|(kind, id)| Some(format!("{kind}:{}", id.as_str()?))),
        _ => None,
    }
}

fn clean(sort: &str) -> String {
    let mut clean = String::with_capacity(sort.len().min(LONGEST));
    for character in sort.chars().filter(|character| !character.is_control()) {
        if clean.len() + character.len_utf8() > LONGEST {
            break;
        }
        clean.push(character);
    }
    clean
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sorts(kind: Kind, body: Value) -> Vec<(&'static str, String)> {
        entries(kind, &body).into_iter().map(|entry| (entry.listing.name(), entry.sort)).collect()
    }

    #[test]
    fn both_ways_of_telling_time_sort_alike() {
        let v1 = sorts(Kind::Application, json!({"name": "B", "created_at": "Thu, 05 Sep 2019 17:51:32 +0000"}));
        let v2 = sorts(Kind::Resource, json!({"name": "B", "pvt_created": 63_734_925_092_i64}));
        assert_eq!(v1, [("created", "063734925092".to_owned()), ("name", "b".to_owned())]);
        assert_eq!(v1, v2);
    }

    #[test]
    fn calls_and_jobs_are_listed_as_live_until_they_end() {
        let live = json!({"to": "+1", "attempted_at": "Thu, 05 Sep 2019 17:51:32 +0000"});
        let listed = |body: &Value| sorts(Kind::Call, body.clone()).iter().any(|(listing, _)| *listing == "live");
        assert!(listed(&live));
        let mut over = live;
        over["terminated_at"] = json!("Thu, 05 Sep 2019 17:51:40 +0000");
        assert!(!listed(&over));
        let job = json!({"created_at": "Thu, 05 Sep 2019 17:51:32 +0000"});
        assert!(sorts(Kind::Job, job.clone()).iter().any(|(listing, _)| *listing == "live"));
        let over = json!({"created_at": job["created_at"], "finished_at": job["created_at"]});
        assert_eq!(sorts(Kind::Job, over).len(), 1);
        assert_eq!(sorts(Kind::NumberJob, json!({"pvt_created": 1})).len(), 2);
        assert_eq!(sorts(Kind::NumberJob, json!({"pvt_created": 1, "pvt_finished": 2})).len(), 1);
    }

    #[test]
    fn a_key_is_listed_under_its_scope() {
        assert_eq!(sorts(Kind::ApiKey, json!({"scope": "admin"})), [("holder", "admin".to_owned())]);
        let of_account = json!({"scope": {"account": "ab"}});
        assert_eq!(sorts(Kind::ApiKey, of_account), [("holder", "account:ab".to_owned())]);
    }

    #[test]
    fn a_sort_key_is_bounded_and_has_no_control_characters() {
        assert_eq!(clean("a\0b\nc"), "abc");
        assert_eq!(clean(&"é".repeat(200)).len(), 256);
    }
}
