//! Which authorities vouch for the servers that plugins talk to: the public ones, and those that the operator adds.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

/// The authorities that the operator adds cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// A file that cannot be read, or is no PEM.
    #[error("{}: {reason}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// Why not.
        reason: String,
    },
    /// A file without a certificate.
    #[error("{}: no certificate in it", .0.display())]
    Empty(PathBuf),
    /// The TLS provider lacks the versions that are safe.
    #[error("TLS: {0}")]
    Provider(#[from] rustls::Error),
}

/// TLS that trusts the public authorities and those in that PEM file.
///
/// # Errors
/// [`TrustError`], where the file has anything but certificates of authorities.
pub(crate) fn client_config(authorities: Option<&Path>) -> Result<ClientConfig, TrustError> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(file) = authorities {
        add(&mut roots, file)?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(tls.with_root_certificates(roots).with_no_client_auth())
}

fn add(roots: &mut RootCertStore, file: &Path) -> Result<(), TrustError> {
    let unusable = |error: &dyn std::fmt::Display| TrustError::File { file: file.into(), reason: error.to_string() };
    let before = roots.len();
    for certificate in CertificateDer::pem_file_iter(file).map_err(|error| unusable(&error))? {
        let certificate = certificate.map_err(|error| unusable(&error))?;
        roots.add(certificate).map_err(|error| unusable(&error))?;
    }
    if roots.len() == before { Err(TrustError::Empty(file.into())) } else { Ok(()) }
}
