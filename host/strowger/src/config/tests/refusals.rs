//! What is refused, and in which words.

use super::loaded;

fn complaints(file: &str, variables: &[(&str, &str)], options: &[(&str, &str)]) -> Vec<String> {
    loaded(file, variables, options).err().expect("complaints")
}

#[test]
fn unknown_keys_are_told_with_their_line_and_what_may_be_meant() {
    for (file, expected) in [
        ("[htpt]", "strowger.toml line 1: unknown key `htpt`: did you mean `http`?"),
        ("\n[http]\n\nlisten_ = ''", "strowger.toml line 4: unknown key `http.listen_`: did you mean `http.listen`?"),
        ("[http]\nmax_live = 1", "strowger.toml line 2: unknown key `http.max_live`: did you mean `calls.max_live`?"),
        ("admin_key = 'x'", "strowger.toml line 1: unknown key `admin_key`: did you mean `auth.admin_key`?"),
        ("[zzz]", "strowger.toml line 1: unknown key `zzz`"),
        ("http = 1", "strowger.toml line 1: `http` must be a section: [http]"),
    ] {
        assert_eq!(complaints(file, &[], &[]), [expected], "{file}");
    }
}

#[test]
fn unknown_variables_are_told_with_what_may_be_meant() {
    assert_eq!(
        complaints("", &[("STROWGER_HTPT", "x")], &[]),
        ["STROWGER_HTPT: unknown variable: did you mean `STROWGER_HTTP`?"]
    );
}

#[test]
fn variables_of_kubernetes_the_build_and_the_tests_are_none_of_ours() {
    let foreign = ["SERVICE_HOST", "SERVICE_PORT_HTTP", "PORT", "PORT_8080_TCP_ADDR", "WASM_RUSTC", "TEST_BINARY"];
    for name in foreign {
        let name = format!("STROWGER_{name}");
        assert!(loaded("", &[(&name, "tcp://10.0.0.1:80"), ("PATH", "/bin")], &[]).is_ok(), "{name}");
    }
}

#[test]
fn a_value_that_breaks_its_rule_is_told_with_its_key_its_source_and_the_rule() {
    let rule = "`calls.max_live` must be a whole number from 1 to 100000, not";
    for (file, variables, options, expected) in [
        ("[calls]\nmax_live = 0", &[][..], &[][..], format!("strowger.toml line 2: {rule} `0`")),
        ("[calls]\nmax_live = '7'", &[], &[], format!("strowger.toml line 2: {rule} a string")),
        ("", &[("STROWGER_CALLS_MAX_LIVE", "many")], &[], format!("STROWGER_CALLS_MAX_LIVE: {rule} `many`")),
        ("", &[], &[("calls-max-live", "-1")], format!("--calls-max-live: {rule} `-1`")),
    ] {
        assert_eq!(complaints(file, variables, options), [expected]);
    }
}

#[test]
fn a_port_range_ascends() {
    for text in ["", "20000", "20100-20000", "80-90", "a-b"] {
        let found = complaints("", &[], &[("rtp-ports", text)]);
        assert!(found[0].starts_with("--rtp-ports: `rtp.ports` must be FIRST-LAST"), "{found:?}");
    }
    let config = loaded("", &[], &[("rtp-ports", "20000-20100")]).expect("a sound configuration").config;
    assert_eq!(config.rtp.ports, (20_000, 20_100));
}

#[test]
fn a_wrong_value_is_told_even_where_it_is_overruled() {
    let found = complaints("[sip]\nlisten = 'here'", &[("STROWGER_SIP", "127.0.0.1:1")], &[]);
    assert!(found[0].starts_with("strowger.toml line 2: `sip.listen` must be an IP address"), "{found:?}");
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let file = "[http]\nlisten = 1\nmax_boddy = 1\n[clls]\n[log]\nformat = 'xml'";
    let found = complaints(file, &[("STROWGER_SIP", "x"), ("STROWGER_X", "")], &[("data", "")]);
    assert_eq!(found.len(), 7, "{found:#?}");
}

#[test]
fn text_that_is_no_toml_is_told_with_its_line() {
    for file in ["[http]\nlisten = ", "[http]\n[http]", "[http]\nlisten = 'a'\nlisten = 'b'", "\n]"] {
        let found = complaints(file, &[], &[]);
        assert!(found[0].starts_with("strowger.toml line "), "{found:?}");
    }
}

#[test]
fn a_secret_that_breaks_its_rule_is_not_repeated() {
    let found =
        complaints("[auth]\nadmin_key = 'a s3cret'", &[], &[("redis", "http://u:s3cret@h"), ("admin-key", "s3c")]);
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(!found.concat().contains("s3c"), "{found:?}");
}

#[test]
fn the_admin_key_has_one_source() {
    let found = complaints("[auth]\nadmin_key = 'abcd'\nadmin_key_file = 'f'", &[], &[]);
    assert_eq!(found, ["`auth.admin_key` and `auth.admin_key_file` are both given: leave one out"]);
}

#[test]
fn carriers_can_be_told_one_address_of_all() {
    let everywhere = ("sip", "0.0.0.0:5060");
    let found = complaints("", &[], &[everywhere]);
    assert!(found[0].starts_with("`sip.listen` is every address of this machine"), "{found:?}");
    for advertised in [("rtp-advertised", "192.0.2.1"), ("sip-advertised", "192.0.2.1:5060")] {
        let config = loaded("", &[], &[everywhere, advertised]).expect("a sound configuration").config;
        assert_eq!(config.rtp_advertised(), "192.0.2.1".parse().ok());
    }
}

#[test]
fn a_base_url_has_no_path() {
    let advertised = |url: &str| {
        let options = [("http-advertised", url)];
        loaded("", &[], &options).ok().and_then(|loaded| loaded.config.http.advertised)
    };
    assert_eq!(advertised("https://api.example:8443/").as_deref(), Some("https://api.example:8443"));
    for url in ["", "api.example", "ftp://api.example", "http://", "http://a/b", "http://u:p@a"] {
        assert_eq!(advertised(url), None, "{url}");
    }
}
