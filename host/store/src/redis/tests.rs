//! Against real servers, each test on one of its own.

mod conforming;

use std::sync::Arc;

use crate::{RedisConfig, RedisStore};

async fn open(url: &str) -> Arc<RedisStore> {
    RedisStore::open(RedisConfig::parse(url).unwrap()).await.unwrap()
}
