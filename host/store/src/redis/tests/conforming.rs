use std::sync::Arc;

use proptest::prelude::*;
use strowger_test_redis::{Cluster, Redis};

use super::open;
use crate::{Store, conformance};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_server_conforms() {
    let redis = Redis::start();
    let store: Arc<dyn Store> = open(&redis.url()).await;
    conformance::all(&store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_cluster_conforms() {
    let cluster = Cluster::start();
    let store: Arc<dyn Store> = open(&cluster.url()).await;
    conformance::all(&store).await;
}

#[test]
fn any_sequence_of_batches_does_what_a_map_does() {
    let redis = Redis::start();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let store: Arc<dyn Store> = runtime.block_on(open(&redis.url()));
    proptest!(ProptestConfig::with_cases(24), |(batches in conformance::model::operations())| {
        runtime.block_on(conformance::model::check(&store, batches));
    });
}
