//! The selection of a KMS: profiles in a file, overridden by variables and flags.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use examples::{Failure, read};
use kmip_client::blocking::Client;
use kmip_client::ttlv::ProtocolVersion;
use kmip_client::{Config, Credentials, Identity, Trust};
use serde::Deserialize;
use zeroize::Zeroizing;

/// Flags and variables that select a KMS; each overrides the same setting of the profile.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "The KMS")]
pub(crate) struct Connection {
    /// The profile to use (default: the default profile of the file)
    #[arg(long, short = 'p', global = true, value_name = "NAME", env = "KMIP_PROFILE", hide_env_values = true)]
    pub(crate) profile: Option<String>,
    /// The file with the profiles
    #[arg(long, global = true, value_name = "FILE", env = "KMIP_CONFIG", hide_env_values = true)]
    pub(crate) config: Option<PathBuf>,
    /// An endpoint; several times for a cluster
    #[arg(
        long,
        global = true,
        value_name = "HOST[:PORT]",
        env = "KMIP_SERVER",
        hide_env_values = true,
        value_delimiter = ','
    )]
    pub(crate) server: Vec<String>,
    /// The CA of the servers, in PEM
    #[arg(long, global = true, value_name = "FILE", env = "KMIP_CA", hide_env_values = true)]
    pub(crate) ca: Option<PathBuf>,
    /// The thumbprint of a server's certificate, SHA-1 or SHA-256
    #[arg(
        long,
        global = true,
        value_name = "HEX",
        env = "KMIP_THUMBPRINT",
        hide_env_values = true,
        value_delimiter = ','
    )]
    pub(crate) thumbprint: Vec<String>,
    /// The name in the servers' certificates, if it is not the host
    #[arg(long, global = true, value_name = "NAME", env = "KMIP_SERVER_NAME", hide_env_values = true)]
    pub(crate) server_name: Option<String>,
    /// The client's certificate, in PEM
    #[arg(long, global = true, value_name = "FILE", env = "KMIP_CERT", hide_env_values = true)]
    pub(crate) cert: Option<PathBuf>,
    /// The client's private key, in PEM; its passphrase is in KMIP_PASSPHRASE
    #[arg(long, global = true, value_name = "FILE", env = "KMIP_KEY", hide_env_values = true)]
    pub(crate) key: Option<PathBuf>,
    /// The client's certificate and key in one PKCS#12 file
    #[arg(long, global = true, value_name = "FILE", env = "KMIP_PKCS12", hide_env_values = true)]
    pub(crate) pkcs12: Option<PathBuf>,
    /// A file with the passphrase of the key, in place of KMIP_PASSPHRASE
    #[arg(long, global = true, value_name = "FILE", env = "KMIP_PASSPHRASE_FILE", hide_env_values = true)]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// The user, in addition to the certificate; the password is in KMIP_PASSWORD
    #[arg(long, global = true, value_name = "NAME", env = "KMIP_USER", hide_env_values = true)]
    pub(crate) user: Option<String>,
    /// A file with the password of the user, in place of KMIP_PASSWORD
    #[arg(long, global = true, value_name = "FILE", env = "KMIP_PASSWORD_FILE", hide_env_values = true)]
    pub(crate) password_file: Option<PathBuf>,
    /// The version of KMIP (default: negotiated)
    #[arg(long, global = true, value_name = "VERSION", env = "KMIP_VERSION", hide_env_values = true)]
    pub(crate) kmip: Option<ProtocolVersion>,
    /// The timeout of a whole call, in seconds
    #[arg(long, global = true, value_name = "SECONDS", env = "KMIP_TIMEOUT", hide_env_values = true)]
    pub(crate) timeout: Option<u64>,
}

/// The file with the profiles.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    default: Option<String>,
    #[serde(default)]
    profile: BTreeMap<String, Profile>,
}

/// One KMS.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Profile {
    #[serde(default)]
    endpoints: Vec<String>,
    #[serde(default)]
    read_only: Vec<String>,
    ca: Option<PathBuf>,
    #[serde(default)]
    thumbprints: Vec<String>,
    server_name: Option<String>,
    cert: Option<PathBuf>,
    key: Option<PathBuf>,
    pkcs12: Option<PathBuf>,
    passphrase_file: Option<PathBuf>,
    user: Option<String>,
    password_file: Option<PathBuf>,
    version: Option<String>,
    timeout: Option<u64>,
}

impl Connection {
    /// Connects to the selected KMS.
    pub(crate) fn connect(&self) -> Result<Client, Failure> {
        Ok(Client::connect(&self.settings()?)?)
    }

    /// Returns the same for another profile, without the flags for a server.
    pub(crate) fn other(&self, profile: &str) -> Self {
        Self { profile: Some(profile.to_owned()), config: self.config.clone(), ..Self::default() }
    }

    /// Returns the configuration of the selected KMS.
    pub(crate) fn settings(&self) -> Result<Config, Failure> {
        let profile = self.merged()?;
        let Some((first, others)) = profile.endpoints.split_first() else {
            return Err(Failure::Usage(format!(
                "no KMS is named: give --server HOST, or name endpoints in {}; `kmip demo` needs none",
                self.path().map_or_else(|| "a profile".to_owned(), |path| path.display().to_string())
            )));
        };
        let mut config = others.iter().fold(Config::new(first), Config::endpoint);
        config = profile.read_only.iter().fold(config, Config::read_only_endpoint);
        config = config.trust(trust(&profile)?).identity(identity(&profile)?);
        if let Some(name) = &profile.server_name {
            config = config.server_name(name);
        }
        if let Some(user) = &profile.user {
            let password = secret("KMIP_PASSWORD", profile.password_file.as_deref())?.ok_or_else(|| {
                Failure::Usage(format!("the password of {user} is missing: set KMIP_PASSWORD, or give --password-file"))
            })?;
            config = config.credential(Credentials::user(user, &password));
        }
        if let Some(version) = &profile.version {
            let version =
                version.parse().map_err(|_| Failure::Usage(format!("{version} is no version of KMIP: 1.4, say")))?;
            config = config.version(version);
        }
        if let Some(seconds) = profile.timeout {
            config = config.total_timeout(Duration::from_secs(seconds));
        }
        Ok(config)
    }

    /// Returns the settings of the client alone, for a server that is not trusted yet.
    pub(crate) fn server_settings(&self, server: &str) -> Config {
        let config = Config::new(server);
        match &self.server_name {
            Some(name) => config.server_name(name),
            None => config,
        }
    }

    /// Returns the profile with the flags applied.
    fn merged(&self) -> Result<Profile, Failure> {
        let mut profile = self.profile()?;
        if !self.server.is_empty() {
            profile.endpoints.clone_from(&self.server);
            profile.read_only.clear();
        }
        if !self.thumbprint.is_empty() {
            profile.thumbprints.clone_from(&self.thumbprint);
        }
        if self.cert.is_some() || self.key.is_some() || self.pkcs12.is_some() {
            (profile.cert, profile.key, profile.pkcs12) = (self.cert.clone(), self.key.clone(), self.pkcs12.clone());
        }
        let over = |mine: &Option<PathBuf>, its: &mut Option<PathBuf>| {
            if mine.is_some() {
                its.clone_from(mine);
            }
        };
        over(&self.ca, &mut profile.ca);
        over(&self.passphrase_file, &mut profile.passphrase_file);
        over(&self.password_file, &mut profile.password_file);
        for (mine, its) in [(&self.server_name, &mut profile.server_name), (&self.user, &mut profile.user)] {
            if mine.is_some() {
                its.clone_from(mine);
            }
        }
        if let Some(version) = self.kmip {
            profile.version = Some(version.to_string());
        }
        profile.timeout = self.timeout.or(profile.timeout);
        Ok(profile)
    }

    /// Returns the profile from the file.
    fn profile(&self) -> Result<Profile, Failure> {
        let Some(path) = self.path() else { return Ok(Profile::default()) };
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            // The file is optional, unless it was named.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && self.config.is_none() => {
                return match &self.profile {
                    Some(name) => Err(unknown(name, &[], &path)),
                    None => Ok(Profile::default()),
                };
            }
            Err(error) => return Err(Failure::file("read", &path)(error)),
        };
        let file: File = toml::from_str(&text).map_err(|error| invalid(&path, &text, &error))?;
        let Some(name) = self.profile.as_ref().or(file.default.as_ref()) else {
            let mut profiles = file.profile.into_values();
            return Ok(match (profiles.next(), profiles.next()) {
                (Some(only), None) => only.relative_to(&path),
                _ => Profile::default(),
            });
        };
        match file.profile.get(name) {
            Some(profile) => Ok(profile.clone().relative_to(&path)),
            None => Err(unknown(name, &file.profile.keys().collect::<Vec<_>>(), &path)),
        }
    }

    /// Returns the path of the file with the profiles: as given, or the default under XDG's rules.
    pub(crate) fn path(&self) -> Option<PathBuf> {
        let folder = || {
            let given = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).filter(|folder| folder.is_absolute());
            given.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".config")))
        };
        self.config.clone().or_else(|| Some(folder()?.join("kmip").join("config.toml")))
    }
}

impl Profile {
    /// Resolves file names in the file relative to it.
    fn relative_to(mut self, path: &Path) -> Self {
        let folder = path.parent().unwrap_or(Path::new("."));
        let Self { ca, cert, key, pkcs12, passphrase_file, password_file, .. } = &mut self;
        for file in [ca, cert, key, pkcs12, passphrase_file, password_file].into_iter().flatten() {
            *file = folder.join(&file);
        }
        self
    }
}

fn unknown(name: &str, known: &[&String], path: &Path) -> Failure {
    let known: Vec<_> = known.iter().map(|name| name.as_str()).collect();
    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    Failure::Usage(format!("there is no profile {name} in {}: there is {known}", path.display()))
}

/// Formats the fault and its position in one line.
fn invalid(path: &Path, text: &str, error: &toml::de::Error) -> Failure {
    let line = error.span().map_or(1, |span| 1 + text[..span.start.min(text.len())].matches('\n').count());
    Failure::Usage(format!("{}, line {line}: {}", path.display(), error.message().replace('\n', "; ")))
}

fn trust(profile: &Profile) -> Result<Trust, Failure> {
    let mut trust = match &profile.ca {
        Some(ca) => Some(Trust::ca_pem(read(ca)?)?),
        None => None,
    };
    for thumbprint in &profile.thumbprints {
        trust = Some(match trust {
            Some(trust) => trust.with_thumbprint(thumbprint)?,
            None => Trust::thumbprint(thumbprint)?,
        });
    }
    trust.ok_or_else(|| {
        Failure::Usage("nothing says which server to trust: give --ca FILE, or pin one with `kmip trust HOST`".into())
    })
}

/// Reads a secret from a file, without the line's end, or from a variable.
fn secret(variable: &str, file: Option<&Path>) -> Result<Option<Zeroizing<String>>, Failure> {
    let Some(path) = file else { return Ok(std::env::var(variable).ok().map(Zeroizing::new)) };
    let bytes = Zeroizing::new(read(path)?);
    let text = std::str::from_utf8(&bytes).map_err(|_| Failure::Usage(format!("{} is not text", path.display())))?;
    Ok(Some(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned())))
}

fn identity(profile: &Profile) -> Result<Identity, Failure> {
    let passphrase = secret("KMIP_PASSPHRASE", profile.passphrase_file.as_deref())?.unwrap_or_default();
    match (&profile.cert, &profile.key, &profile.pkcs12) {
        (None, None, Some(file)) => Ok(Identity::from_pkcs12(read(file)?, &passphrase)?),
        (Some(cert), Some(key), None) if passphrase.is_empty() => Ok(Identity::from_pem(read(cert)?, read(key)?)?),
        (Some(cert), Some(key), None) => Ok(Identity::from_encrypted_pem(read(cert)?, read(key)?, &passphrase)?),
        _ => Err(Failure::Usage(
            "the client's certificate is missing: give --cert FILE and --key FILE, or --pkcs12 FILE".into(),
        )),
    }
}
