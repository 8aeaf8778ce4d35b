//! `strowger config check`, `print` and `reference`.

use std::path::Path;

use tempfile::TempDir;

use crate::{Ended, run};

/// A folder with this `strowger.toml`.
fn folder(text: &str) -> TempDir {
    let folder = TempDir::new().expect("a temporary folder");
    std::fs::write(folder.path().join("strowger.toml"), text).unwrap();
    folder
}

#[test]
fn a_sound_configuration_is_told_and_shown_with_where_each_value_is_from() {
    let folder = folder("[http]\nlisten = '127.0.0.1:1'\n[sip]\nlisten = '127.0.0.1:2'\n[calls]\nmax_live = 3\n");
    let variables = [("STROWGER_SIP", "127.0.0.1:4"), ("STROWGER_CALLS_MAX_LIVE", "5")];
    let option = ["--calls-max-live", "6"];
    let Ended { succeeded, said, complained } =
        run(folder.path(), &variables, &["config", "check", option[0], option[1]]);
    assert!(succeeded && complained.is_empty(), "{complained}");
    assert!(said.contains("strowger.toml") && said.contains("127.0.0.1:1") && said.contains("127.0.0.1:4"), "{said}");
    let printed = run(folder.path(), &variables, &["config", "print", option[0], option[1]]).said;
    for line in [
        "listen = \"127.0.0.1:1\"  # strowger.toml line 2",
        "listen = \"127.0.0.1:4\"  # STROWGER_SIP",
        "max_live = 6  # --calls-max-live",
        "max_attempts = 32  # default",
    ] {
        assert!(printed.lines().any(|printed| printed == line), "{line}: {printed}");
    }
}

#[test]
fn everything_that_is_wrong_is_told_at_once_and_the_check_fails() {
    let folder = folder("[http]\nlissten = '127.0.0.1:1'\n\n[htpt]\n");
    let ended = run(folder.path(), &[("STROWGER_HTPT", "x")], &["config", "check", "--rtp-ports", "9-1"]);
    assert!(!ended.succeeded && ended.said.is_empty(), "{}", ended.said);
    for complaint in [
        "strowger.toml line 2: unknown key `http.lissten`: did you mean `http.listen`?",
        "strowger.toml line 4: unknown key `htpt`: did you mean `http`?",
        "STROWGER_HTPT: unknown variable: did you mean `STROWGER_HTTP`?",
        "--rtp-ports: `rtp.ports` must be FIRST-LAST, two ports from 1024 on in ascending order, not `9-1`",
    ] {
        assert!(ended.complained.contains(complaint), "{complaint}: {}", ended.complained);
    }
}

#[test]
fn the_file_is_named_by_the_option_before_the_variable() {
    let folder = folder("[calls]\nmax_live = 1\n");
    for (name, number) in [("a.toml", 2), ("b.toml", 3)] {
        std::fs::write(folder.path().join(name), format!("[calls]\nmax_live = {number}\n")).unwrap();
    }
    let print = |variables: &[(&str, &str)], options: &[&str]| {
        run(folder.path(), variables, &[&["config", "print"], options].concat()).said
    };
    assert!(print(&[], &[]).contains("max_live = 1  # strowger.toml line 2"));
    assert!(print(&[("STROWGER_CONFIG", "a.toml")], &[]).contains("max_live = 2  # a.toml line 2"));
    let option = ["--config", "b.toml"];
    assert!(print(&[("STROWGER_CONFIG", "a.toml")], &option).contains("max_live = 3  # b.toml line 2"));
    let missing = run(folder.path(), &[], &["config", "check", "--config", "none.toml"]);
    assert!(!missing.succeeded && missing.complained.contains("none.toml"), "{}", missing.complained);
}

#[test]
fn secrets_are_not_printed_and_files_with_secrets_are_read() {
    let folder = folder("[auth]\nadmin_key_file = 'key'\n[redis]\nurl = 'redis://me:s3cret@localhost/1'\n");
    let missing = run(folder.path(), &[], &["config", "check"]);
    assert!(!missing.succeeded && missing.complained.contains("`auth.admin_key_file`: key:"), "{}", missing.complained);
    std::fs::write(folder.path().join("key"), "an admin s3cret\n").unwrap();
    let broken = run(folder.path(), &[], &["config", "check"]);
    assert!(!broken.succeeded && broken.complained.contains("the first line of key must be"), "{}", broken.complained);
    std::fs::write(folder.path().join("key"), "an-admin-s3cret\n").unwrap();
    let sound = run(folder.path(), &[], &["config", "check"]);
    assert!(sound.succeeded, "{}", sound.complained);
    let printed = run(folder.path(), &[("STROWGER_REDIS_PASSWORD", "s3cret")], &["config", "print"]);
    assert!(printed.said.contains("url = \"redis://me:…@localhost/1\""), "{}", printed.said);
    for Ended { said, complained, .. } in [missing, broken, sound, printed] {
        assert!(!said.contains("s3cret") && !complained.contains("s3cret"), "{said}{complained}");
    }
}

#[test]
fn the_reference_is_the_file_in_the_examples_and_a_sound_configuration() {
    let folder = TempDir::new().expect("a temporary folder");
    let printed = run(folder.path(), &[], &["config", "reference"]).said;
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/strowger.toml");
    assert!(std::fs::read_to_string(&example).unwrap() == printed);
    let checked = run(folder.path(), &[], &["config", "check", "--config", &example.display().to_string()]);
    assert!(checked.succeeded, "{}", checked.complained);
}
