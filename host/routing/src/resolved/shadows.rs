//! The chains that a chain's decisions are compared with: one for each version that is tried as a shadow.

use std::collections::HashMap;
use std::sync::Arc;

use strowger_model::chain::Chain;
use strowger_plugins::Mode;

use super::{Named, Resolver};
use crate::breakers::Breakers;
use crate::shadow::Shadow;

impl Resolver<'_> {
    pub(super) fn shadows(&self, chain: &Chain, found: &HashMap<String, Named>) -> Vec<Arc<Shadow>> {
        let shadow = |(name, named): (&String, &Named)| {
            let running = named.running.as_ref().filter(|running| running.mode() == Mode::Shadow)?;
            let active = named.module.as_ref().ok()?.id().into();
            let instead = Named { module: Ok(Arc::clone(&running.candidate)), running: None, is_shadow: true };
            let mut tried: HashMap<String, Named> = found.clone();
            tried.insert(name.clone(), instead);
            let breakers = Breakers::default();
            let quiet = Resolver { plugins: self.plugins, breakers: &breakers, owner: self.owner, is_live: false };
            tried.values_mut().for_each(|named| named.running = None);
            Some(Arc::new(Shadow::new(Arc::clone(running), active, quiet.chain(chain, &tried))))
        };
        found.iter().filter_map(shadow).collect()
    }
}
