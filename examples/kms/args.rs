//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use examples::Failure;
use kmip_client::Identity;
use kmip_client::test_server::{Builder, Pki, Script, TestServer};
use kmip_client::ttlv::{ProtocolVersion, V1_0, V3_0, VersionRange};

use crate::fault;

/// Runs the embedded KMS: a KMIP server in memory, for testing clients in any language.
#[derive(Parser, Debug)]
#[command(name = "kms", version, about, max_term_width = 80, args_override_self = true)]
pub(crate) struct Arguments {
    /// The address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:5696")]
    pub(crate) listen: SocketAddr,
    /// The folder of the CA and the certificates: ca.pem, server.pem, client.pem and their keys; what is there is used
    /// again
    #[arg(long, value_name = "DIR", default_value = "kms-pki")]
    pub(crate) pki: PathBuf,
    /// A name or address in the server's certificate, beside localhost and the address of --listen; several times for
    /// more
    #[arg(long, value_name = "NAME")]
    pub(crate) san: Vec<String>,
    /// The name of a client to issue NAME.pem and NAME.key for; several times for more. Each sees its own objects only
    #[arg(long, value_name = "NAME", default_value = "client")]
    pub(crate) client: Vec<String>,
    /// A user that every message has to show, with this password; several times for more
    #[arg(long, value_name = "NAME:PASSWORD", value_parser = user)]
    pub(crate) user: Vec<(String, String)>,
    /// Serve KMIP over HTTPS too, on the same port, at /kmip
    #[arg(long)]
    pub(crate) https: bool,
    /// The versions of KMIP: one, or the first and the last, as in 1.0-1.4
    #[arg(long, value_name = "VERSIONS", default_value = "1.0-2.1", value_parser = versions)]
    pub(crate) versions: VersionRange,
    /// The only version of TLS
    #[arg(long, value_name = "VERSION")]
    pub(crate) tls: Option<Tls>,
    /// Accept what PyKMIP and Percona's kmippp send against the standard
    #[arg(long)]
    pub(crate) lenient: bool,
    /// Refuse whatever would change something
    #[arg(long)]
    pub(crate) read_only: bool,
    /// A fault to inject, as in lose-reply:Create or delay=250ms,always; see below
    #[arg(long, value_name = "FAULT", value_parser = fault::parse, long_help = fault::HELP)]
    pub(crate) fail: Vec<Script>,
}

#[derive(ValueEnum, Clone, Copy, Debug)]
pub(crate) enum Tls {
    #[value(name = "1.2")]
    V1_2,
    #[value(name = "1.3")]
    V1_3,
}

fn user(text: &str) -> Result<(String, String), &'static str> {
    let (name, password) = text.split_once(':').ok_or("write it as NAME:PASSWORD")?;
    Ok((name.to_owned(), password.to_owned()))
}

fn versions(text: &str) -> Result<VersionRange, String> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let version = |text: &str| text.parse::<ProtocolVersion>().map_err(|_| format!("{text:?} is no version of KMIP"));
    let (first, last) = (version(first)?, version(last)?);
    if V1_0 <= first && first <= last && last <= V3_0 {
        Ok(VersionRange::between(first, last))
    } else {
        Err("the server speaks 1.0 to 2.1, and 3.0 where it is named".into())
    }
}

impl Arguments {
    /// Returns the names in the server's certificate.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names = self.san.clone();
        names.extend(["localhost", "127.0.0.1", "::1"].map(str::to_owned));
        let ip = self.listen.ip();
        if !ip.is_unspecified() && !names.contains(&ip.to_string()) {
            names.push(ip.to_string());
        }
        names
    }

    /// Returns the settings of the server.
    pub(crate) fn settings(&self, authority: Pki, server: Identity) -> Result<Builder, Failure> {
        let mut settings =
            TestServer::builder().listen(self.listen).pki(authority).identity(server).versions(self.versions);
        for (name, password) in &self.user {
            settings = settings.user(name, password);
        }
        if self.https {
            settings = settings.https();
        }
        if self.lenient {
            settings = settings.lenient();
        }
        Ok(match self.tls {
            None => settings,
            Some(Tls::V1_2) => settings.tls12_only(),
            Some(Tls::V1_3) => settings.tls13_only(),
        })
    }

    /// Describes the unusual settings.
    pub(crate) fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.lenient {
            notes.push("accepts requests against the standard".to_owned());
        }
        if self.read_only {
            notes.push("refuses changes".to_owned());
        }
        if !self.user.is_empty() {
            let names: Vec<_> = self.user.iter().map(|(name, _)| name.as_str()).collect();
            notes.push(format!("asks for the password of {}", names.join(" or ")));
        }
        if !self.fail.is_empty() {
            let plural = if self.fail.len() == 1 { "" } else { "s" };
            notes.push(format!("injects {} fault{plural}", self.fail.len()));
        }
        notes
    }
}
