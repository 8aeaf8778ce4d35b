use std::sync::Arc;

use proptest::prelude::*;

use super::MemoryStore;
use crate::{Store, conformance};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_store_in_memory_conforms() {
    let store: Arc<dyn Store> = MemoryStore::new();
    conformance::all(&store).await;
}

proptest! {
    #[test]
    fn any_sequence_of_batches_does_what_a_map_does(batches in conformance::model::operations()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let store: Arc<dyn Store> = MemoryStore::new();
        runtime.block_on(conformance::model::check(&store, batches));
    }
}
