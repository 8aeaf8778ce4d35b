//! Starts that are refused, in clear words.

use strowger_tests::{ADMIN_KEY, Server, ServerOptions, refused_start};
use tempfile::TempDir;

#[tokio::test]
async fn a_server_with_a_wrong_configuration_does_not_start() {
    let data = TempDir::new().expect("a temporary folder");
    let file = data.path().join("wrong.toml");
    std::fs::write(&file, "[calls]\nmax_life = 1\n").unwrap();
    let told = refused_start(data.path(), &["--config", &file.display().to_string()]).await;
    assert!(told.contains("wrong.toml line 2: unknown key `calls.max_life`: did you mean `calls.max_live`?"), "{told}");
    assert!(!told.contains(ADMIN_KEY), "{told}");
    assert!(!data.path().join("strowger.redb").exists(), "nothing was begun");
}

#[tokio::test]
async fn a_server_with_another_key_for_secrets_at_rest_does_not_start() {
    let data = TempDir::new().expect("a temporary folder");
    let options = || ServerOptions { data: Some(data.path().to_owned()), ..ServerOptions::default() };
    Server::start_with(options()).await.kill();
    let key = data.path().join("secrets.key");
    let kept = std::fs::read(&key).unwrap();
    std::fs::remove_file(&key).unwrap();
    let told = refused_start(data.path(), &[]).await;
    assert!(told.contains("secrets at rest") && told.contains("secrets.key"), "{told}");
    assert!(!key.exists(), "a key that opens nothing is not left behind");
    // The store is as it was: with its own key it opens.
    std::fs::write(&key, kept).unwrap();
    std::fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let server = Server::start_with(options()).await;
    let _ = server.admin(strowger_tests::Method::GET, "/v1/Accounts", None).await.with_status(200);
}

#[tokio::test]
async fn a_key_file_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let data = TempDir::new().expect("a temporary folder");
    Server::start_with(ServerOptions { data: Some(data.path().to_owned()), ..ServerOptions::default() }).await.kill();
    let key = data.path().join("secrets.key");
    assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    std::fs::set_permissions(&key, PermissionsExt::from_mode(0o644)).unwrap();
    let told = refused_start(data.path(), &[]).await;
    assert!(told.contains("0644") && told.contains("chmod 600"), "{told}");
}
