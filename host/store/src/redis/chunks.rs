//! Uploads: each a hash of chunks that Redis ends by itself, until a batch makes it stay.

use bytes::Bytes;

use super::keys::Keys;
use super::link::Link;
use super::scripts::{Call, PUT_CHUNK};
use crate::{StoreError, Upload, bounds};

/// Milliseconds that an upload may take.
const LIFETIME: u64 = 3_600_000;

pub(super) async fn put(link: &Link, keys: &Keys, upload: &Upload, index: u32, chunk: &[u8]) -> Result<(), StoreError> {
    bounds::chunk(index, chunk)?;
    let call = Call::new(&PUT_CHUNK, vec![keys.upload(upload)]).arg(index).arg(chunk).arg(LIFETIME);
    match link.script(&call).await? {
        true => Ok(()),
        false => Err(StoreError::Fault(format!("the upload {} is complete", upload.id))),
    }
}

pub(super) async fn get(link: &Link, keys: &Keys, upload: &Upload, index: u32) -> Result<Option<Bytes>, StoreError> {
    let mut command = redis::cmd("HGET");
    command.arg(keys.upload(upload)).arg(index);
    let chunk: Option<Vec<u8>> = link.command(&command).await?;
    Ok(chunk.map(Bytes::from))
}
