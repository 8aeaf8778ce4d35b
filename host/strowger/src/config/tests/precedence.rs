//! Who overrules whom.

use super::loaded;

fn listens(file: &str, variables: &[(&str, &str)], options: &[(&str, &str)]) -> u16 {
    loaded(file, variables, options).expect("a sound configuration").config.http.listen.port()
}

#[test]
fn an_option_overrules_the_environment_which_overrules_the_file_which_overrules_the_default() {
    let file = "[http]\nlisten = '127.0.0.1:1001'";
    let (variable, option) = (("STROWGER_HTTP", "127.0.0.1:1002"), ("http", "127.0.0.1:1003"));
    assert_eq!(listens("", &[], &[]), 8_080);
    assert_eq!(listens(file, &[], &[]), 1_001);
    assert_eq!(listens(file, &[variable], &[]), 1_002);
    assert_eq!(listens(file, &[variable], &[option]), 1_003);
    assert_eq!(listens(file, &[], &[option]), 1_003);
}

#[test]
fn a_source_may_overrule_with_the_default() {
    let file = "[http]\nlisten = '127.0.0.1:1001'";
    assert_eq!(listens(file, &[("STROWGER_HTTP", "127.0.0.1:8080")], &[]), 8_080);
}

#[test]
fn an_empty_variable_gives_nothing() {
    assert_eq!(listens("", &[("STROWGER_HTTP", "")], &[]), 8_080);
}

#[test]
fn lists_numbers_and_switches_are_written_as_each_source_writes_them() {
    let file = "[hooks]\nallow = ['10.0.0.0/8', 'fd00::/8']\n[node]\ndemo = true\n[calls]\nmax_live = 1_0";
    let variables =
        [("STROWGER_HOOK_ALLOW", "10.0.0.0/8, fd00::/8"), ("STROWGER_DEMO", "1"), ("STROWGER_CALLS_MAX_LIVE", "10")];
    for (file, variables) in [(file, &[][..]), ("", &variables[..])] {
        let config = loaded(file, variables, &[]).expect("a sound configuration").config;
        assert_eq!((config.hooks.allow.len(), config.node.demo, config.calls.max_live), (2, true, 10));
    }
}
