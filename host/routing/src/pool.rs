//! The carriers that a request is routed over, as one immutable snapshot.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;
use strowger_model::document;
use strowger_model::resource::Resource;
use strowger_sandbox::Carrier;
use strowger_store::Document;

use crate::digest::Digest;

/// One carrier of the pool.
pub(crate) struct PoolCarrier {
    pub(crate) resource: Resource,
    /// Whether it is a global resource.
    pub(crate) global: bool,
}

/// Enabled carriers by resource id ascending: the order that ties keep. Row `n` of the pool is entry `n` here.
#[derive(Default)]
pub(crate) struct Pool {
    carriers: Vec<PoolCarrier>,
    /// As the selectors see them, in the same order.
    pub(crate) rows: Vec<Carrier>,
    row_by_id: HashMap<String, u32>,
    /// Of its carriers' documents: two pools with the same one are alike.
    pub(crate) digest: String,
}

impl Pool {
    /// Builds the pool. A document that cannot be read is left out and logged: one bad carrier must not stop an account's calls.
    pub(crate) fn new(documents: impl Iterator<Item = (Document, bool)>) -> Self {
        let mut pool = Self::default();
        let mut digest = Digest::default();
        for (document, global) in documents {
            match document.decode::<Resource>() {
                Ok(resource) if resource.enabled => {
                    let id = document.key.id.clone();
                    for part in [&*id, &*document.revision.0, if global { "global" } else { "own" }] {
                        digest.add(part);
                    }
                    pool.push(Resource { id, ..resource }, global, &document.body);
                }
                Ok(_) => {}
                Err(error) => {
                    tracing::error!(resource = %document.key.id, %error, "unreadable carrier resource left out")
                }
            }
        }
        pool.digest = digest.into_text();
        pool
    }

    fn push(&mut self, resource: Resource, global: bool, body: &Value) {
        let Ok(row) = u32::try_from(self.carriers.len()) else { return };
        self.row_by_id.insert(resource.id.clone(), row);
        let public = body.as_object().map(document::without_secrets).unwrap_or_default();
        self.rows.push(Carrier {
            id: resource.id.clone(),
            name: resource.name.clone(),
            weight_cost: resource.weight_cost,
            flags: resource.flags.clone(),
            rules: resource.rules.clone(),
            cid_rules: resource.cid_rules.clone(),
            document: Value::Object(public).to_string(),
        });
        self.carriers.push(PoolCarrier { resource, global });
    }

    pub(crate) fn get(&self, row: u32) -> Option<&PoolCarrier> {
        self.carriers.get(usize::try_from(row).ok()?)
    }

    pub(crate) fn row_of(&self, id: &str) -> Option<u32> {
        self.row_by_id.get(id).copied()
    }

    pub(crate) fn id(&self, row: u32) -> &str {
        self.get(row).map_or("", |carrier| carrier.resource.id.as_str())
    }
}

/// A pool is shared by every chain that is prepared over it.
pub(crate) type SharedPool = Arc<Pool>;
