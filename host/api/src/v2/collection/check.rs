//! Items over what is stored: what is written for them, and what the reply says of it.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use strowger_model::{Violation, Violations, patch};
use strowger_store::{Document, Expect, Write};

use super::super::documents::{self, Stamp};
use super::super::peers::{Address, Addresses, Peers};
use super::super::resources;
use super::Mode;
use super::items::Item;
use super::refusals::Refusal;

type Fields = Map<String, Value>;

/// What becomes of some items.
#[derive(Debug, Default)]
pub(super) struct Checked {
    pub(super) writes: Vec<Write>,
    /// The documents as members of a JSON object, several to a text.
    pub(super) written: Vec<String>,
    pub(super) refused: Vec<(String, Refusal)>,
    /// The addresses of peers, to be claimed before they are written.
    pub(super) addresses: Addresses,
}

/// What peers there may be.
#[derive(Debug)]
pub(super) struct PeerRules {
    pub(super) peers: Peers,
    /// Items whose addresses are another's.
    pub(super) refused: BTreeMap<String, Violations>,
}

impl Checked {
    /// `stored` are the documents of the items, in the same order.
    pub(super) fn of(
        items: &[Item],
        stored: Vec<Option<Document>>,
        mode: Mode,
        stamp: &Stamp,
        rules: &PeerRules,
    ) -> Self {
        let mut checked = Self::default();
        let mut written = String::new();
        for (item, stored) in items.iter().zip(stored) {
            match document(item, stored, mode, rules) {
                Err(refusal) => checked.refused.push((item.id.clone(), refusal)),
                Ok(Changed { private, public, addresses, expect }) => {
                    if !addresses.is_empty() {
                        checked.addresses.insert(item.id.clone(), addresses);
                    }
                    let public = documents::with_id(public, &item.id);
                    let comma = if written.is_empty() { "" } else { "," };
                    written.push_str(comma);
                    written.push_str(&json!(item.id).to_string());
                    written.push(':');
                    written.push_str(&serde_json::to_string(&public).unwrap_or_default());
                    let body = stamp.body(&item.id, private, public);
                    checked.writes.push(Write::put(stamp.key(&item.id), body, expect));
                }
            }
        }
        checked.written.push(written);
        checked
    }

    /// These and those that follow them.
    pub(super) fn and(mut self, later: Self) -> Self {
        self.writes.extend(later.writes);
        self.written.extend(later.written);
        self.refused.extend(later.refused);
        self.addresses.extend(later.addresses);
        self
    }
}

/// A document that is valid.
struct Changed {
    private: Fields,
    public: Fields,
    addresses: Vec<Address>,
    expect: Expect,
}

fn document(item: &Item, stored: Option<Document>, mode: Mode, rules: &PeerRules) -> Result<Changed, Refusal> {
    if let Some(taken) = rules.refused.get(&item.id) {
        return Err(Refusal::Broken(taken.clone()));
    }
    let expect = stored.as_ref().map_or(Expect::Absent, |document| Expect::Revision(document.revision.clone()));
    let current = stored.filter(|document| !documents::is_deleted(&document.body)).map(|document| document.body);
    let (private, public) = match (mode, current) {
        (Mode::Create, Some(_)) => {
            let taken = Violation::new("id", "unique", "A resource has this id already");
            return Err(Refusal::Broken(taken.into()));
        }
        (Mode::Merge, None) => return Err(Refusal::Missing),
        (Mode::Create, None) => (Fields::new(), fields(item)?),
        (Mode::Merge, Some(body)) => {
            let (private, public) = documents::parted(body);
            (private, merged(public, fields(item)?))
        }
    };
    let (public, addresses) = resources::checked(rules.peers, public).map_err(Refusal::Broken)?;
    Ok(Changed { private, public, addresses, expect })
}

fn fields(item: &Item) -> Result<Fields, Refusal> {
    serde_json::from_str(&item.text)
        .map_err(|_| Refusal::Broken(Violations::from(Violation::new("data", "invalid", "Value is no JSON object"))))
}

fn merged(stored: Fields, fields: Fields) -> Fields {
    let mut merged = Value::Object(stored);
    patch::merge(&mut merged, Value::Object(fields));
    match merged {
        Value::Object(merged) => merged,
        _ => Fields::new(),
    }
}
