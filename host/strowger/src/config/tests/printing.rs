//! What is shown of a configuration.

use super::super::given::settings;
use super::super::reference::reference;
use super::loaded;

/// The file that shows every setting.
const REFERENCE: &str = include_str!("../../../../../examples/strowger.toml");

#[test]
fn what_is_printed_says_where_it_is_from() {
    let file = "[calls]\nmax_live = 7";
    let loaded = loaded(file, &[("STROWGER_DEMO", "yes")], &[("http", "[::1]:0")]).expect("a sound configuration");
    let printed = loaded.print();
    for line in [
        "max_live = 7  # strowger.toml line 2",
        "demo = true  # STROWGER_DEMO",
        "listen = \"[::1]:0\"  # --http",
        "ports = \"20000-29998\"  # default",
        "# admin_key is left out",
    ] {
        assert!(printed.lines().any(|printed| printed == line), "{line} in {printed}");
    }
}

#[test]
fn what_is_printed_makes_the_same_configuration() {
    let options = [("hook-allow", "10.0.0.0/8,::1"), ("http", "127.0.0.1:9"), ("log", "info,strowger_calls=debug")];
    let first = loaded("", &[], &options).expect("a sound configuration");
    let again = loaded(&first.print(), &[], &[]).unwrap_or_else(|found| panic!("{found:?}"));
    assert_eq!(format!("{:?}", again.config), format!("{:?}", first.config));
}

#[test]
fn secrets_are_concealed_in_print_and_debug() {
    let file = "[auth]\nadmin_key = 's3cret'\n[redis]\nurl = 'rediss://me:s3cret@host:1/2'";
    let loaded = loaded(file, &[], &[]).expect("a sound configuration");
    let printed = loaded.print();
    assert!(!printed.contains("s3cret"), "{printed}");
    assert!(printed.contains("url = \"rediss://me:…@host:1/2\""), "{printed}");
    assert!(!format!("{:?}", loaded.config).contains("s3cret"), "{:?}", loaded.config);
}

#[test]
fn the_reference_file_is_the_one_that_the_settings_make() {
    assert_eq!(REFERENCE, reference(), "write it anew: strowger config reference > examples/strowger.toml");
}

#[test]
fn the_reference_changes_nothing_as_it_is_or_with_its_defaults_written_out() {
    let written = reference().replace("\n#", "\n").lines().filter(|line| is_toml(line)).collect::<Vec<_>>().join("\n");
    let defaults = loaded("", &[], &[]).expect("a sound configuration");
    for file in [reference(), written] {
        let loaded = loaded(&file, &[], &[]).unwrap_or_else(|found| panic!("{found:#?}\n{file}"));
        assert_eq!(format!("{:?}", loaded.config), format!("{:?}", defaults.config));
    }
}

fn is_toml(line: &str) -> bool {
    line.starts_with('[') || line.split_once(" = ").is_some_and(|(key, value)| !key.contains(' ') && value != "…")
}

#[test]
fn no_two_settings_have_a_name_in_common() {
    for name in [
        |setting: &_| super::super::setting::Setting::path(setting),
        |setting: &_| super::super::setting::Setting::variable(setting),
    ] {
        let mut names: Vec<String> = settings().map(name).collect();
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
