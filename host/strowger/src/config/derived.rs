//! What follows from the configuration.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use strowger_model::Secret;
use strowger_store::sealed::{Keyring, KeyringError};
use strowger_store::{RedisConfig, RedisConfigError, Tls};

use super::kind::Kind;
use super::load::bounded;
use super::settings::{AdminKey, Auth, Config, Redis, RedisPassword};

/// The file of the keys for secrets at rest, inside the data folder.
const KEY_FILE: &str = "secrets.key";

/// A setting that cannot be followed.
#[derive(Debug, thiserror::Error)]
pub enum SettingError {
    /// A file with a secret cannot be read.
    #[error("`{setting}`: {path}: {source}")]
    Read {
        /// What names the file.
        setting: &'static str,
        /// The file.
        path: String,
        /// Why not.
        source: std::io::Error,
    },
    /// The first line of a file is no such secret.
    #[error("`{setting}`: the first line of {path} must be {rule}")]
    Broken {
        /// What names the file.
        setting: &'static str,
        /// The file.
        path: String,
        /// What it must be.
        rule: String,
    },
    /// Redis.
    #[error("`redis`: {0}")]
    Redis(#[from] RedisConfigError),
    /// The keys for secrets at rest.
    #[error("`secrets.keys`: {0}")]
    Keys(#[from] KeyringError),
}

/// Where the keys for secrets at rest are.
pub enum SealingKeys {
    /// In the configuration.
    Given(Keyring),
    /// In a file.
    File(PathBuf),
}

impl Config {
    /// The folder of WAV files.
    pub fn media_folder(&self) -> PathBuf {
        self.media.folder.clone().unwrap_or_else(|| self.store.data.join("media"))
    }

    /// The folder of compiled components, and beside it the file of the key that tags them.
    pub fn code(&self) -> (PathBuf, PathBuf) {
        let folder = self.plugins.code_folder.clone().unwrap_or_else(|| self.store.data.join("code"));
        let key = folder.with_extension("key");
        (folder, key)
    }

    /// The IP address that descriptions of media offer, where it is not the one that is listened on.
    pub fn rtp_advertised(&self) -> Option<IpAddr> {
        self.rtp.advertised.or(self.sip.advertised.map(|address| address.ip()))
    }

    /// The keys for secrets at rest.
    pub fn sealing_keys(&self) -> Result<SealingKeys, SettingError> {
        Ok(match (&self.secrets.keys, &self.secrets.key_file) {
            (Some(keys), _) => SealingKeys::Given(Keyring::parse(keys.expose())?),
            (None, Some(file)) => SealingKeys::File(file.clone()),
            (None, None) => SealingKeys::File(self.store.data.join(KEY_FILE)),
        })
    }

    /// Follows every setting that names a file or is made of several, and starts nothing.
    pub fn try_out(&self) -> Result<(), SettingError> {
        self.auth.admin_key()?;
        self.redis.client()?;
        self.sealing_keys()?;
        Ok(())
    }
}

impl Auth {
    /// The admin key, from wherever it is configured.
    pub fn admin_key(&self) -> Result<Option<Secret>, SettingError> {
        secret::<AdminKey>(self.admin_key.as_ref(), "auth.admin_key_file", self.admin_key_file.as_deref())
    }
}

impl Redis {
    /// Where state is, if it is in Redis.
    pub fn client(&self) -> Result<Option<RedisConfig>, SettingError> {
        self.url.as_ref().map(|url| self.client_at(url.expose())).transpose()
    }

    /// A Redis elsewhere, entered in the same way.
    pub fn client_at(&self, url: &str) -> Result<RedisConfig, SettingError> {
        let mut client = RedisConfig::parse(url)?.prefix(&self.prefix)?;
        let password =
            secret::<RedisPassword>(self.password.as_ref(), "redis.password_file", self.password_file.as_deref())?;
        if let Some(password) = password {
            client = client.login(self.username.clone(), password);
        }
        let password = secret::<RedisPassword>(
            self.sentinel_password.as_ref(),
            "redis.sentinel_password_file",
            self.sentinel_password_file.as_deref(),
        )?;
        if let Some(password) = password {
            client = client.sentinel_login(self.sentinel_username.clone(), password);
        }
        let pair = self.cert_file.clone().zip(self.cert_key_file.clone());
        if self.ca_file.is_some() || pair.is_some() {
            client = client.tls(Tls { ca: self.ca_file.clone(), client: pair });
        }
        Ok(client)
    }
}

/// A secret that is given, or the one in the first line of a file.
fn secret<K: Kind<Value = Secret>>(
    given: Option<&Secret>,
    setting: &'static str,
    file: Option<&Path>,
) -> Result<Option<Secret>, SettingError> {
    let Some(file) = file.filter(|_| given.is_none()) else { return Ok(given.cloned()) };
    let path = file.display().to_string();
    let text = bounded(file).map_err(|source| SettingError::Read { setting, path: path.clone(), source })?;
    let secret = K::read(text.lines().next().unwrap_or_default().trim());
    secret.map(Some).ok_or_else(|| SettingError::Broken { setting, path, rule: K::rule() })
}
