//! How large what comes in may be.

use serde_json::Value;

use crate::{CHUNK, MAX_BLOB, MAX_BODY, MAX_MESSAGE, Name, StoreError, Upload};

/// Longest id or name in bytes.
const MAX_ID: usize = 512;

/// Longest id of an upload in bytes.
const MAX_UPLOAD_ID: usize = 64;

fn refused(reason: String) -> StoreError {
    StoreError::Fault(reason)
}

fn length(what: &str, text: &str, most: usize) -> Result<(), StoreError> {
    if text.is_empty() || text.len() > most {
        return Err(refused(format!("{what} has 1 to {most} bytes, not {}", text.len())));
    }
    Ok(())
}

fn printable(what: &str, text: &str) -> Result<(), StoreError> {
    length(what, text, MAX_ID)?;
    if text.chars().any(char::is_control) {
        return Err(refused(format!("{what} has no control characters")));
    }
    Ok(())
}

pub(crate) fn id(id: &str) -> Result<(), StoreError> {
    length("an id", id, MAX_ID)
}

pub(crate) fn name(name: &Name) -> Result<(), StoreError> {
    printable("a name", &name.name)
}

pub(crate) fn holder(holder: &str) -> Result<(), StoreError> {
    printable("a lease's holder", holder)
}

pub(crate) fn mailbox(name: &str) -> Result<(), StoreError> {
    printable("a mailbox's name", name)
}

pub(crate) fn message(message: &[u8]) -> Result<(), StoreError> {
    if message.len() > MAX_MESSAGE {
        return Err(refused(format!("a message has at most {MAX_MESSAGE} bytes, not {}", message.len())));
    }
    Ok(())
}

/// A body as it is stored.
pub(crate) fn body(body: &Value) -> Result<Vec<u8>, StoreError> {
    let bytes = serde_json::to_vec(body).map_err(|error| refused(error.to_string()))?;
    if bytes.len() > MAX_BODY {
        return Err(refused(format!("a body has at most {MAX_BODY} bytes of JSON, not {}", bytes.len())));
    }
    Ok(bytes)
}

pub(crate) fn upload(upload: &Upload) -> Result<(), StoreError> {
    length("an upload's id", &upload.id, MAX_UPLOAD_ID)?;
    if !upload.id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return Err(refused("an upload's id has letters, digits and '-' only".into()));
    }
    Ok(())
}

pub(crate) fn chunk(index: u32, chunk: &[u8]) -> Result<(), StoreError> {
    if chunk.len() > CHUNK {
        return Err(refused(format!("a chunk has at most {CHUNK} bytes, not {}", chunk.len())));
    }
    let chunks = MAX_BLOB.div_ceil(CHUNK as u64);
    if u64::from(index) >= chunks {
        return Err(refused(format!("an upload has at most {chunks} chunks")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_a_length() {
        assert!(id("").is_err());
        assert!(id(&"x".repeat(513)).is_err());
        assert!(id(&"x".repeat(512)).is_ok());
    }

    #[test]
    fn a_name_is_printable() {
        let named = |text: &str| name(&Name::new(strowger_model::Owner::System, text));
        assert!(named("node:1").is_ok());
        assert!(named("a\nb").is_err());
        assert!(named("").is_err());
    }

    #[test]
    fn a_body_has_a_size() {
        assert!(body(&Value::String("x".repeat(MAX_BODY - 2))).is_ok());
        assert!(body(&Value::String("x".repeat(MAX_BODY - 1))).is_err());
    }

    #[test]
    fn an_upload_has_a_plain_id_and_so_many_chunks() {
        let named = |id: &str| upload(&Upload { owner: strowger_model::Owner::System, id: id.into() });
        assert!(named("0b-1C").is_ok());
        assert!(named("a/b").is_err());
        assert!(named(&"x".repeat(65)).is_err());
        assert!(chunk(255, &[0; CHUNK]).is_ok());
        assert!(chunk(256, b"").is_err());
        assert!(chunk(0, &[0; CHUNK + 1]).is_err());
    }
}
