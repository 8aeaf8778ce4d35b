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

#[test]
fn the_recovery_of_jobs_has_two_names_in_every_source() {
    let seconds = |file: &str, variables: &[(&str, &str)], options: &[(&str, &str)]| {
        let jobs = loaded(file, variables, options).expect("a sound configuration").config.jobs;
        (jobs.job_recover_timeout_s.as_secs(), jobs.job_recover_threshold_s.as_secs())
    };
    assert_eq!(seconds("", &[], &[]), (21_600, 3_600));
    assert_eq!(seconds("[jobs]\njob_recover_timeout_s = 7\njob_recovery_threshold_s = 8", &[], &[]), (7, 8));
    assert_eq!(seconds("[jobs]\njob_recovery_timeout_s = 7\njob_recover_threshold_s = 8", &[], &[]), (7, 8));
    let variables = [("STROWGER_JOB_RECOVER_THRESHOLD_S", "8"), ("STROWGER_JOB_RECOVERY_TIMEOUT_S", "7")];
    assert_eq!(seconds("", &variables, &[]), (7, 8));
    assert_eq!(seconds("", &variables, &[("job-recover-timeout-s", "9")]), (9, 8));
    let twice = "[jobs]\njob_recover_timeout_s = 7\njob_recovery_timeout_s = 7";
    let told = loaded(twice, &[], &[]).err().expect("both names are given");
    assert!(told[0].contains("mean the same"), "{told:?}");
    let variables = [("STROWGER_JOB_RECOVERY_TIMEOUT_S", "7"), ("STROWGER_JOB_RECOVER_TIMEOUT_S", "7")];
    let told = loaded("", &variables, &[]).err().expect("both names are given");
    assert!(told[0].contains("mean the same"), "{told:?}");
}
