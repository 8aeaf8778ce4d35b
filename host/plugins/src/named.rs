//! Which chains, hooks, accounts and message providers name plugins.

use serde_json::Value;
use strowger_model::Owner;
use strowger_model::chain::{Chain, Step};
use strowger_store::{Document, Key, Kind, Scan, Store, StoreError, StoreExt};

use crate::name::Reference;

/// What a hook's URL begins with where a plugin answers it.
const SCHEME: &str = "plugin:";
/// Owners that are read at once.
const PAGE: usize = 100;

/// Every reference to a plugin that an owner's plugins may answer, and the place that it is in, in words.
pub(crate) struct Naming(pub(crate) Vec<(Reference, String)>);

impl Naming {
    /// An account's plugins are named by its own documents, the installation's by everybody's.
    pub(crate) async fn of(store: &dyn Store, owner: Owner) -> Result<Self, StoreError> {
        let mut naming = Self(Vec::new());
        match owner {
            Owner::Account(account) => {
                naming.read(store, owner).await?;
                let key = Key::new(Owner::System, Kind::Account, account.hex());
                store.get(&key).await?.iter().for_each(|document| naming.account(document));
            }
            Owner::System => {
                let mut after = None;
                loop {
                    let page = store.owners(after, PAGE).await?;
                    for owner in &page {
                        naming.read(store, *owner).await?;
                    }
                    match page.last() {
                        Some(last) => after = Some(*last),
                        None => break,
                    }
                }
                let accounts = store.collect(Scan::of(Owner::System, Kind::Account)).await?;
                accounts.iter().for_each(|document| naming.account(document));
            }
        }
        Ok(naming)
    }

    async fn read(&mut self, store: &dyn Store, owner: Owner) -> Result<(), StoreError> {
        for document in store.all(owner, Kind::SelectorRules).await? {
            self.chain(&document);
        }
        for document in store.all(owner, Kind::Application).await? {
            self.hooks(&document);
        }
        for document in store.all(owner, Kind::MessageProvider).await? {
            self.provider(&document);
        }
        Ok(())
    }

    fn provider(&mut self, document: &Document) {
        let reference = document.body.get("plugin").and_then(Value::as_str).and_then(|name| name.parse().ok());
        let place = || format!("message provider {}", document.key.id);
        self.0.extend(reference.map(|reference: Reference| (reference, place())));
    }

    fn chain(&mut self, document: &Document) {
        let rules = document.body.get("rules").unwrap_or(&Value::Null);
        let Ok(chain) = Chain::parse(rules) else { return };
        let candidates = chain.steps.iter().flat_map(Step::candidates);
        let names = candidates.filter_map(|(name, _)| name.parse().ok());
        let place = format!("the chain of {}", document.key.owner);
        self.0.extend(names.map(|reference: Reference| (reference, place.clone())));
    }

    fn account(&mut self, document: &Document) {
        self.hooks(document);
        let formatter = document.body.pointer("/formatter/plugin").and_then(Value::as_str);
        if let Some(Ok(reference)) = formatter.map(str::parse) {
            self.0.push((reference, format!("the formatter of account {}", document.key.id)));
        }
    }

    fn hooks(&mut self, document: &Document) {
        let place = format!("{} {}", document.key.kind.name(), document.key.id);
        urls(&document.body, &mut |url| {
            if let Some(Ok(reference)) = url.strip_prefix(SCHEME).map(str::parse) {
                self.0.push((reference, place.clone()));
            }
        });
    }
}

/// Every `url` of a document, however deep.
fn urls(value: &Value, visit: &mut impl FnMut(&str)) {
    match value {
        Value::Object(fields) => {
            if let Some(url) = fields.get("url").and_then(Value::as_str) {
                visit(url);
            }
            fields.values().for_each(|value| urls(value, visit));
        }
        Value::Array(values) => values.iter().for_each(|value| urls(value, visit)),
        _ => {}
    }
}
