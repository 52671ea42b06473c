//! Reads the address of a server.

use std::{net::Ipv6Addr, str::FromStr};

use rustls::pki_types::ServerName;

use super::ConfigError;
use crate::exchange::endpoint::Endpoint;

/// The port that IANA assigned to KMIP over TLS.
const DEFAULT_PORT: u16 = 5696;

/// The port of HTTPS.
const HTTPS_PORT: u16 = 443;

/// The recommended path of KMIP on a server (KMIP Additional Message Encodings 1.0, 2.3).
const DEFAULT_PATH: &str = "/kmip";

impl FromStr for Endpoint {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        let address = || without_user_info(text);
        let (authority, path) = match split_url(text) {
            Ok(split) => split,
            Err(problem) => return Err(ConfigError::InvalidUrl { address: address(), problem }),
        };
        let (host, port) = split(authority).ok_or_else(|| ConfigError::InvalidHost { address: address() })?;
        let port = match port {
            None if path.is_some() => HTTPS_PORT,
            None => DEFAULT_PORT,
            // `u16::from_str` would accept a sign.
            Some(port) if port.starts_with('+') => return Err(ConfigError::InvalidPort { address: address() }),
            Some(port) => match port.parse() {
                Ok(0) | Err(_) => return Err(ConfigError::InvalidPort { address: address() }),
                Ok(port) => port,
            },
        };
        if host.is_empty() {
            return Err(ConfigError::NoHost { address: address() });
        }
        if ServerName::try_from(host).is_err() {
            return Err(ConfigError::InvalidHost { address: address() });
        }
        Ok(Self { host: host.to_owned(), port, path })
    }
}

/// Returns an address as printed in errors. Anything before an `@` is omitted, because it may be a password.
pub(crate) fn without_user_info(address: &str) -> String {
    let Some((user_info, host)) = address.rsplit_once('@') else { return address.to_owned() };
    match user_info.split_once("://") {
        Some((scheme, _)) => format!("{scheme}://...@{host}"),
        None => format!("...@{host}"),
    }
}

/// Splits the address of the server from the path and query of a URL, or describes the error in the URL.
fn split_url(text: &str) -> Result<(&str, Option<String>), &'static str> {
    let Some((scheme, rest)) = text.split_once("://") else { return Ok((text, None)) };
    match scheme.to_ascii_lowercase().as_str() {
        "https" if cfg!(feature = "https") => {}
        "https" => {
            return Err(
                "is a URL, and KMIP over HTTPS needs the feature `https` of kmip-client: turn it on, or write host:port",
            );
        }
        "http" => return Err("is a URL without TLS, and KMIP goes over TLS alone: write https://"),
        _ => return Err("is a URL of another scheme than https: write host:port for KMIP over TLS"),
    }
    let (authority, path) = match rest.find(['/', '?', '#']) {
        Some(at) => rest.split_at(at),
        None => (rest, DEFAULT_PATH),
    };
    // The characters that HTTP transmits unchanged (RFC 9112, 3.2.1): no line breaks, and no fragment.
    if !path.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("has a path with spaces, or characters other than ASCII's: write them as %20 and the like");
    }
    if path.contains('#') {
        return Err("has a fragment, which is not sent to servers: leave out what begins with #");
    }
    if authority.contains('@') {
        return Err("has a user name, and clients are known by their certificates: leave out what is before the @");
    }
    let slash = if path.starts_with('/') { "" } else { "/" };
    Ok((authority, Some(format!("{slash}{path}"))))
}

/// Splits host and port. Returns `None` for an address whose brackets are wrong or missing.
fn split(text: &str) -> Option<(&str, Option<&str>)> {
    if let Some(bracketed) = text.strip_prefix('[') {
        let (host, rest) = bracketed.split_once(']')?;
        host.parse::<Ipv6Addr>().ok()?;
        return match rest {
            "" => Some((host, None)),
            _ => Some((host, Some(rest.strip_prefix(':')?))),
        };
    }
    match text.split_once(':') {
        None => Some((text, None)),
        // `::1:5696` is ambiguous: an address, or an address and a port. Brackets are required.
        Some((_, rest)) if rest.contains(':') => None,
        Some((host, port)) => Some((host, Some(port))),
    }
}
