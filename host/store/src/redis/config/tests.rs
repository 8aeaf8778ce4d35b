use super::*;

fn parsed(url: &str) -> RedisConfig {
    RedisConfig::parse(url).unwrap()
}

fn addresses(config: &RedisConfig) -> Vec<String> {
    config.nodes.iter().map(ToString::to_string).collect()
}

#[test]
fn one_server_has_a_port_and_a_database() {
    let config = parsed("redis://cache.example");
    assert_eq!((addresses(&config), config.database), (vec!["cache.example:6379".to_owned()], 0));
    assert_eq!((config.topology.clone(), config.tls.clone()), (Topology::Single, None));
    let config = parsed("rediss://[::1]:7000/3");
    assert_eq!((addresses(&config), config.database), (vec!["[::1]:7000".to_owned()], 3));
    assert_eq!(config.tls, Some(Tls::default()));
}

#[test]
fn sentinels_know_the_master_by_a_name() {
    let config = parsed("redis+sentinel://a,b:7000/main/2");
    assert_eq!(config.topology, Topology::Sentinel { master: "main".into() });
    assert_eq!((addresses(&config), config.database), (vec!["a:26379".to_owned(), "b:7000".to_owned()], 2));
}

#[test]
fn a_cluster_has_several_nodes_and_no_database() {
    let config = parsed("rediss+cluster://u:p@a:1,b:2,c:3");
    assert_eq!((config.topology.clone(), addresses(&config).len()), (Topology::Cluster, 3));
    assert_eq!(RedisConfig::parse("redis+cluster://a:1/1"), Err(RedisConfigError::Path));
}

#[test]
fn a_login_is_decoded() {
    let login = parsed("redis://strowger:p%40ss%2Fword@h").login.unwrap();
    assert_eq!((login.username.as_deref(), login.password.expose()), (Some("strowger"), "p@ss/word"));
    let login = parsed("redis://:only@h").login.unwrap();
    assert_eq!((login.username, login.password.expose()), (None, "only"));
}

#[test]
fn a_wrong_url_is_told_by_its_part() {
    let cases = [
        ("http://h", RedisConfigError::Scheme),
        ("redis+ring://h", RedisConfigError::Scheme),
        ("h:6379", RedisConfigError::Scheme),
        ("redis://", RedisConfigError::Hosts),
        ("redis://h:port", RedisConfigError::Hosts),
        ("redis://a,b", RedisConfigError::Hosts),
        ("redis://user@h", RedisConfigError::Login),
        ("redis://:%ff@h", RedisConfigError::Login),
        ("redis://h/first", RedisConfigError::Path),
        ("redis+sentinel://h", RedisConfigError::Path),
    ];
    for (url, error) in cases {
        assert_eq!(RedisConfig::parse(url), Err(error), "{url}");
    }
}

#[test]
fn a_prefix_leaves_the_hash_tag_alone() {
    assert_eq!(parsed("redis://h").prefix("{a}"), Err(RedisConfigError::Prefix));
    assert_eq!(parsed("redis://h").prefix(""), Err(RedisConfigError::Prefix));
    assert_eq!(parsed("redis://h").prefix("east:1").unwrap().prefix, "east:1");
}

#[test]
fn nothing_prints_the_password() {
    let config = parsed("redis+cluster://u:DrWoody@a,b").sentinel_login(None, Secret::new("DrWoody"));
    assert!(!format!("{config:?} {}", config.describe()).contains("DrWoody"));
}
