//! The file that keys are kept in.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::sealed::{KeyringError, add_key};

fn mode(files: &Files) -> u32 {
    fs::metadata(files.path()).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_file_is_made_for_its_owner_alone_and_read_again() {
    let files = Files::new();
    let made = files.keyring();
    assert_eq!(mode(&files), 0o600);
    assert_eq!(files.keyring().ids(), made.ids());
    assert_eq!(fs::read_dir(files.folder.path()).unwrap().count(), 1, "nothing else is left");
}

#[test]
fn of_many_who_make_the_file_one_does() {
    let files = Files::new();
    let ids: Vec<_> = std::thread::scope(|scope| {
        let openers: Vec<_> = (0..16).map(|_| scope.spawn(|| files.keyring().ids())).collect();
        openers.into_iter().map(|opener| opener.join().unwrap()).collect()
    });
    assert!(ids.iter().all(|one| *one == ids[0]), "{ids:?}");
}

#[test]
fn a_file_that_others_may_read_is_refused() {
    let files = Files::new();
    files.keyring();
    for shared in [0o640, 0o604, 0o620] {
        fs::set_permissions(files.path(), Permissions::from_mode(shared)).unwrap();
        let refused = Keyring::open(files.path()).unwrap_err().to_string();
        assert!(refused.contains(&format!("has mode {shared:04o}")) && refused.contains("chmod 600"), "{refused}");
    }
}

#[test]
fn a_file_without_keys_is_refused_and_kept() {
    let files = Files::new();
    fs::write(files.path(), "").unwrap();
    fs::set_permissions(files.path(), Permissions::from_mode(0o600)).unwrap();
    assert!(matches!(Keyring::open(files.path()), Err(KeyringError::Empty)));
    assert_eq!(fs::read(files.path()).unwrap(), b"");
}

#[test]
fn an_added_key_opens_and_does_not_seal() {
    let files = Files::new();
    let first = files.keyring().ids();
    let added = add_key(&files.path()).unwrap();
    assert_eq!(files.keyring().ids(), [first[0].clone(), added]);
    assert_eq!(mode(&files), 0o600);
}

#[test]
fn comments_and_links_survive_a_change() {
    let files = Files::new();
    let text = fs::read_to_string({
        files.keyring();
        files.path()
    });
    let link = files.folder.path().join("link");
    std::os::unix::fs::symlink(files.path(), &link).unwrap();
    add_key(&link).unwrap();
    assert!(link.is_symlink());
    assert!(fs::read_to_string(files.path()).unwrap().starts_with(&text.unwrap()));
}

#[test]
fn keys_come_from_configuration_too() {
    let files = Files::new();
    files.keyring();
    add_key(&files.path()).unwrap();
    let text = fs::read_to_string(files.path()).unwrap();
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(Keyring::parse(&lines.join(",")).unwrap().ids(), files.keyring().ids());
    assert_eq!(Keyring::parse(&text).unwrap().ids(), files.keyring().ids());
    let refused = Keyring::parse("hunter2").unwrap_err().to_string();
    assert_eq!(refused, "line 1 of the keyring: a key is ID:BASE64");
}

#[test]
fn a_keyring_prints_no_key() {
    let files = Files::new();
    let keyring = files.keyring();
    let text = fs::read_to_string(files.path()).unwrap();
    let secret = text.lines().last().unwrap().split_once(':').unwrap().1;
    let printed = format!("{keyring:?}");
    assert!(printed.contains(&keyring.ids()[0]) && !printed.contains(secret), "{printed}");
}
