//! Requests of plugins over TLS and over IPv6: which certificates count, and which grants and addresses.
#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up must stop")]

mod support;

use std::io;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use serde_json::{Value, json};
use strowger_sandbox::{AddressPolicy, Grants, Resolve, Sandbox, SandboxConfig, SandboxError};
use support::{Asked, Server, ask};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// Every name is the machine itself, by these addresses.
#[derive(Debug)]
struct Always(Vec<IpAddr>);

#[async_trait]
impl Resolve for Always {
    async fn resolve(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        Ok(self.0.clone())
    }
}

/// An authority of the operator's own.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    folder: TempDir,
}

impl Authority {
    fn new() -> Self {
        let mut parameters = CertificateParams::new(Vec::new()).unwrap();
        parameters.distinguished_name.push(DnType::CommonName, "an authority for tests");
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ca.pem"), parameters.self_signed(&key).unwrap().pem()).unwrap();
        Self { issuer: Issuer::new(parameters, key), folder }
    }

    fn file(&self) -> Option<PathBuf> {
        Some(self.folder.path().join("ca.pem"))
    }

    /// A server's side of TLS, with a certificate for those names and addresses.
    fn vouch(&self, names: &[&str]) -> TlsAcceptor {
        self.sign(CertificateParams::new(names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>()).unwrap())
    }

    fn sign(&self, parameters: CertificateParams) -> TlsAcceptor {
        let key = KeyPair::generate().unwrap();
        let certificate = parameters.signed_by(&key, &self.issuer).unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let tls = tls.with_no_client_auth().with_single_cert(vec![certificate.der().clone()], key).unwrap();
        TlsAcceptor::from(Arc::new(tls))
    }
}

/// 127.0.0.2 and the IPv6 loopback play public addresses, and every name is both.
fn config(authorities: Option<PathBuf>) -> SandboxConfig {
    let allowed = vec!["127.0.0.2".parse().unwrap(), "::1".parse().unwrap()];
    let addresses = vec!["127.0.0.2".parse().unwrap()];
    let resolver: Option<Arc<dyn Resolve>> = Some(Arc::new(Always(addresses)));
    SandboxConfig { addresses: AddressPolicy { allowed }, resolver, authorities, ..support::config() }
}

fn granted(hosts: &Value) -> Grants {
    Grants::read(&json!({"http": {"hosts": hosts}})).unwrap()
}

async fn fetch(config: SandboxConfig, hosts: &Value, url: &str) -> Asked {
    ask(config, granted(hosts), &json!({"do": "fetch", "url": url})).await
}

#[tokio::test]
async fn a_host_with_a_certificate_of_a_trusted_authority_is_reached_by_name_and_by_address() {
    let authority = Authority::new();
    let tls = authority.vouch(&["api.example", "127.0.0.2", "::1"]);
    for (address, host) in [("127.0.0.2", "api.example"), ("127.0.0.2", "127.0.0.2"), ("::1", "[::1]")] {
        let server = Server::start_secure(address, &tls, "200 OK", "hello", "").await;
        let asked = fetch(config(authority.file()), &json!([host]), &format!("https://{host}:{}/", server.port)).await;
        assert_eq!(asked.told(), json!([{"status": 200, "body": 5}]), "{host}");
        assert_eq!((asked.log.warnings().len(), server.requests()), (0, 1));
    }
}

/// Each is refused in the handshake: the server never sees the request.
#[tokio::test]
async fn a_certificate_that_proves_nothing_is_refused() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let mut expired = CertificateParams::new(vec!["api.example".to_owned()]).unwrap();
    (expired.not_before, expired.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
    let mut early = CertificateParams::new(vec!["api.example".to_owned()]).unwrap();
    early.not_before = date_time_ymd(4000, 1, 1);
    for (what, tls) in [
        ("of an authority that nobody trusts", stranger.vouch(&["api.example"])),
        ("for another name", authority.vouch(&["other.example", "127.0.0.2"])),
        ("expired", authority.sign(expired)),
        ("not valid yet", authority.sign(early)),
    ] {
        let server = Server::start_secure("127.0.0.2", &tls, "200 OK", "hello", "").await;
        let url = format!("https://api.example:{}/", server.port);
        let asked = fetch(config(authority.file()), &json!(["*"]), &url).await;
        assert_eq!(asked.told(), json!([{"error": "TlsCertificateError"}]), "{what}");
        let told = format!(
            "request to api.example:{} denied: its certificate is not valid for that host, or of no authority that is trusted",
            server.port
        );
        assert_eq!((asked.log.warnings(), server.requests()), (vec![told], 0), "{what}");
    }
}

#[tokio::test]
async fn without_the_operators_authority_only_the_public_ones_count() {
    let tls = Authority::new().vouch(&["::1"]);
    let server = Server::start_secure("::1", &tls, "200 OK", "hello", "").await;
    let asked = fetch(config(None), &json!(["*"]), &format!("https://[::1]:{}/", server.port)).await;
    assert_eq!((asked.told(), server.requests()), (json!([{"error": "TlsCertificateError"}]), 0));
}

#[tokio::test]
async fn neither_side_takes_plain_text_for_tls() {
    let authority = Authority::new();
    let plain = TcpListener::bind("127.0.0.2:0").await.unwrap();
    let url = format!("https://{}/", plain.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = plain.accept().await.unwrap();
        // What a web server says to what is no request; it closes only when the client has.
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        while stream.read(&mut [0; 512]).await.is_ok_and(|read| read > 0) {}
    });
    let asked = fetch(config(None), &json!(["*"]), &url).await;
    assert_eq!(asked.told(), json!([{"error": "TlsProtocolError"}]));
    let secure = Server::start_secure("127.0.0.2", &authority.vouch(&["127.0.0.2"]), "200 OK", "hello", "").await;
    let asked = fetch(config(authority.file()), &json!(["*"]), &format!("http://127.0.0.2:{}/", secure.port)).await;
    assert_eq!((asked.told(), secure.requests()), (json!([{"error": "HttpProtocolError"}]), 0));
}

#[tokio::test]
async fn a_redirect_from_https_to_http_needs_a_grant_of_http_too() {
    let authority = Authority::new();
    let plain = Server::start("127.0.0.2", "200 OK", "hello", "").await;
    let location = format!("location: http://api.example:{}/\r\n", plain.port);
    let tls = authority.vouch(&["api.example"]);
    let secure = Server::start_secure("127.0.0.2", &tls, "302 Found", "", &location).await;
    let url = format!("https://api.example:{}/", secure.port);
    let asked = fetch(config(authority.file()), &json!(["https://api.example"]), &url).await;
    assert_eq!(asked.told(), json!([{"status": 302, "body": 0}, {"error": "HttpRequestDenied"}]));
    assert_eq!(plain.requests(), 0);
    let asked = fetch(config(authority.file()), &json!(["https://api.example", "http://api.example"]), &url).await;
    assert_eq!(asked.told(), json!([{"status": 302, "body": 0}, {"status": 200, "body": 5}]));
}

#[tokio::test]
async fn a_redirect_from_https_to_a_private_address_leads_nowhere() {
    let authority = Authority::new();
    let inside = Server::start("127.0.0.1", "200 OK", "secret", "").await;
    for host in ["127.0.0.1", "[::ffff:127.0.0.1]", "[::127.0.0.1]"] {
        let location = format!("location: http://{host}:{}/\r\n", inside.port);
        let tls = authority.vouch(&["::1"]);
        let secure = Server::start_secure("::1", &tls, "301 Moved Permanently", "", &location).await;
        let url = format!("https://[::1]:{}/", secure.port);
        let asked = fetch(config(authority.file()), &json!(["*"]), &url).await;
        assert_eq!(asked.told(), json!([{"status": 301, "body": 0}, {"error": "DestinationIpProhibited"}]), "{host}");
    }
    assert_eq!(inside.requests(), 0);
}

#[tokio::test]
async fn an_ipv6_address_is_granted_as_such_however_it_is_spelled() {
    let server = Server::start("::1", "200 OK", "hello", "").await;
    let port = server.port;
    for grant in ["::1".to_owned(), "[::1]".to_owned(), format!("http://[0:0::1]:{port}"), format!("*:{port}")] {
        for host in ["[::1]", "[0:0:0:0:0:0:0:1]"] {
            let asked = fetch(config(None), &json!([grant]), &format!("http://{host}:{port}/")).await;
            assert_eq!(asked.told(), json!([{"status": 200, "body": 5}]), "{grant} {host}");
        }
    }
    let seen = server.requests();
    for grant in ["::2".to_owned(), "[::1]:1".to_owned(), "https://[::1]".to_owned(), "localhost".to_owned()] {
        let asked = fetch(config(None), &json!([grant]), &format!("http://[::1]:{port}/")).await;
        assert_eq!(asked.told(), json!([{"error": "HttpRequestDenied"}]), "{grant}");
    }
    assert_eq!(server.requests(), seen);
}

#[tokio::test]
async fn an_ipv6_address_that_is_not_public_is_not_reached() {
    let server = Server::start("::1", "200 OK", "secret", "").await;
    let port = server.port;
    let inside = ["::1", "fe80::1", "fd00::1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::1", "::"];
    for address in inside {
        let resolver: Option<Arc<dyn Resolve>> = Some(Arc::new(Always(vec![address.parse().unwrap()])));
        let closed = SandboxConfig { addresses: AddressPolicy::default(), resolver, ..support::config() };
        for host in [format!("[{address}]"), "inside.example".to_owned()] {
            let asked = fetch(closed.clone(), &json!(["*"]), &format!("http://{host}:{port}/")).await;
            assert_eq!(asked.told(), json!([{"error": "DestinationIpProhibited"}]), "{host} {address}");
        }
    }
    assert_eq!(server.requests(), 0);
}

#[tokio::test]
async fn of_a_name_in_both_families_only_the_permitted_address_is_tried() {
    let inside = Server::start("127.0.0.1", "200 OK", "secret", "").await;
    let _outside = Server::start_on("::1", inside.port, "200 OK", "public!", "").await;
    let addresses = vec!["127.0.0.1".parse().unwrap(), "::1".parse().unwrap()];
    let both = SandboxConfig { resolver: Some(Arc::new(Always(addresses))), ..config(None) };
    let asked = fetch(both, &json!(["both.example"]), &format!("http://both.example:{}/", inside.port)).await;
    assert_eq!(asked.told(), json!([{"status": 200, "body": 7}]));
    assert_eq!(inside.requests(), 0);
}

#[tokio::test]
async fn an_address_with_a_zone_is_no_target() {
    let asked = fetch(config(None), &json!(["*"]), "http://[fe80::1%25lo]/").await;
    assert_eq!(asked.told(), json!([{"error": "HttpRequestUriInvalid"}]));
}

#[tokio::test]
async fn a_file_of_authorities_that_cannot_be_used_is_told_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    for (text, told) in [
        (None, "No such file"),
        (Some("no PEM at all"), "no certificate in it"),
        (Some("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), "invalid peer certificate"),
    ] {
        if let Some(text) = text {
            std::fs::write(&file, text).unwrap();
        }
        let refused = Sandbox::new(config(Some(file.clone()))).map(|_| ());
        assert!(matches!(&refused, Err(SandboxError::Trust(error)) if error.to_string().contains(told)), "{refused:?}");
    }
}
