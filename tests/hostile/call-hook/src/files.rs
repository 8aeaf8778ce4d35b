//! Files through `wasi:filesystem`.

use serde_json::{Value, json};
use wasip2::filesystem::preopens;
use wasip2::filesystem::types::{DescriptorFlags, ErrorCode, OpenFlags, PathFlags};

/// The text of a file, or why not.
pub(crate) fn read(path: &str) -> Value {
    let Some((root, _)) = preopens::get_directories().into_iter().next() else { return json!("no folder") };
    let follow = PathFlags::SYMLINK_FOLLOW;
    let opened = root.open_at(follow, path, OpenFlags::empty(), DescriptorFlags::READ);
    match opened.and_then(|file| file.read(1 << 16, 0)) {
        Ok((bytes, _)) => json!(String::from_utf8_lossy(&bytes)),
        Err(code) => failed(code),
    }
}

pub(crate) fn write(path: &str) -> Value {
    let Some((root, _)) = preopens::get_directories().into_iter().next() else { return json!("no folder") };
    let create = root.open_at(PathFlags::empty(), path, OpenFlags::CREATE, DescriptorFlags::WRITE);
    let change = root.open_at(PathFlags::empty(), path, OpenFlags::empty(), DescriptorFlags::WRITE);
    let folder = root.create_directory_at("new").err();
    let removed = root.unlink_file_at(path).err();
    let linked = root.symlink_at("/etc/passwd", "link").err();
    json!([create.err(), change.err(), folder, removed, linked].map(|code| code.map(failed)))
}

fn failed(code: ErrorCode) -> Value {
    json!({"error": code.name()})
}
