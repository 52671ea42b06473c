//! Config and Endpoint: accepted input, and the error for each kind of wrong input.
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use kmip_client::{Config, ConfigError, Endpoint, Trust, test_server::Pki};
use kmip_ttlv::{ProtocolVersion, V1_1, V1_4, V2_0, V2_1, V3_0};

fn config(address: &str) -> Config {
    Config::new(address).trust(Trust::ca_pem(Pki::new().ca_pem()).unwrap())
}

#[test]
fn addresses() {
    for (text, host, port, written) in [
        ("kms", "kms", 5696, "kms:5696"),
        ("kms:5700", "kms", 5700, "kms:5700"),
        ("kms_server:1", "kms_server", 1, "kms_server:1"),
        ("kms-1.example.:65535", "kms-1.example.", 65535, "kms-1.example.:65535"),
        ("127.0.0.1", "127.0.0.1", 5696, "127.0.0.1:5696"),
        ("127.0.0.1:5700", "127.0.0.1", 5700, "127.0.0.1:5700"),
        ("[::1]", "::1", 5696, "[::1]:5696"),
        ("[2001:db8::7]:5700", "2001:db8::7", 5700, "[2001:db8::7]:5700"),
    ] {
        let endpoint: Endpoint = text.parse().unwrap();
        assert_eq!((endpoint.host(), endpoint.port()), (host, port), "{text}");
        assert_eq!(endpoint.to_string(), written);
        assert_eq!(written.parse::<Endpoint>().unwrap(), endpoint);
        config(text).check().unwrap();
    }
}

#[test]
fn addresses_that_are_none() {
    type Check = fn(&ConfigError) -> bool;
    let no_host: Check = |error| matches!(error, ConfigError::NoHost { .. });
    let host: Check = |error| matches!(error, ConfigError::InvalidHost { .. });
    let port: Check = |error| matches!(error, ConfigError::InvalidPort { .. });
    let url: Check = |error| matches!(error, ConfigError::InvalidUrl { .. });
    for (text, expected, says) in [
        ("", no_host, "has no host"),
        (":5696", no_host, "has no host"),
        ("kms:", port, "1 to 65535"),
        ("kms:0", port, "1 to 65535"),
        ("kms:+1", port, "1 to 65535"),
        ("kms:65536", port, "1 to 65535"),
        ("kms:kmip", port, "1 to 65535"),
        ("[::1]:", port, "1 to 65535"),
        ("http://kms", url, "write https://"),
        ("kmip://kms", url, "another scheme"),
        ("kms/path", host, "or path"),
        ("kms server", host, "neither a DNS name nor an IP address"),
        ("k\u{e4}se", host, "neither a DNS name nor an IP address"),
        ("::1", host, "in brackets"),
        ("::1:5696", host, "in brackets"),
        ("[::1", host, "in brackets"),
        ("[::1]5696", host, "in brackets"),
        ("[kms]:5696", host, "in brackets"),
        ("[127.0.0.1]", host, "in brackets"),
    ] {
        let error = text.parse::<Endpoint>().unwrap_err();
        assert!(expected(&error), "{text}: {error:?}");
        let said = error.to_string();
        assert!(said.contains(says) && said.contains(&format!("{text:?}")), "{said}");
        assert!(expected(&config(text).check().unwrap_err()), "{text}");
    }
}

#[cfg(not(feature = "https"))]
#[test]
fn urls_need_a_feature() {
    let error = "https://kms:9998/kmip".parse::<Endpoint>().unwrap_err();
    assert!(error.to_string().contains("feature `https`"), "{error}");
}

#[cfg(feature = "https")]
#[test]
fn urls() {
    for (text, port, path, written) in [
        ("https://kms", 443, "/kmip", "https://kms:443/kmip"),
        ("HTTPS://kms:9998/", 9998, "/", "https://kms:9998/"),
        ("https://[::1]:9998/a/b%20c?d=e", 9998, "/a/b%20c?d=e", "https://[::1]:9998/a/b%20c?d=e"),
        ("https://kms?d=e", 443, "/?d=e", "https://kms:443/?d=e"),
    ] {
        let endpoint: Endpoint = text.parse().unwrap();
        assert_eq!((endpoint.port(), endpoint.path(), endpoint.to_string().as_str()), (port, Some(path), written));
        assert_eq!(written.parse::<Endpoint>().unwrap(), endpoint);
        config(text).check().unwrap();
    }
    for (text, says) in [
        ("https://", "has no host"),
        ("https:///kmip", "has no host"),
        ("https://kms:0/kmip", "1 to 65535"),
        ("https://::1/kmip", "in brackets"),
        ("https://alice:secret@kms/kmip", "user name"),
        ("https://kms/kmip#top", "fragment"),
        ("https://kms/k mip", "%20"),
        ("https://kms/kmip\r\nX: y", "%20"),
        ("https://kms/k\u{e4}se", "%20"),
    ] {
        let error = text.parse::<Endpoint>().unwrap_err().to_string();
        assert!(error.contains(says), "{text}: {error}");
    }
}

#[test]
fn server_names() {
    config("10.0.0.1").server_name("kms.internal").check().unwrap();
    config("kms").server_name("10.0.0.1").check().unwrap();
    let error = config("kms").server_name("kms:5696").check().unwrap_err();
    assert!(matches!(&error, ConfigError::InvalidServerName { name } if name == "kms:5696"), "{error:?}");
    assert!(error.to_string().contains("\"kms:5696\""), "{error}");
}

#[test]
fn trust_is_asked_for() {
    let error = Config::new("kms").check().unwrap_err();
    assert!(matches!(error, ConfigError::NoTrust));
    let said = error.to_string();
    assert!(said.contains("Trust::ca_pem") && said.contains("Trust::thumbprint"), "{said}");
}

#[test]
fn versions() {
    config("kms").check().unwrap();
    config("kms").version(V1_4).check().unwrap();
    config("kms").versions(V1_1..=V1_4).check().unwrap();
    config("kms").versions(V2_0..).check().unwrap();
    config("kms").versions(V2_1..=V3_0).check().unwrap();
    config("kms").version(V3_0).check().unwrap();
    let error = config("kms").version(ProtocolVersion::new(4, 0)).check().unwrap_err();
    assert!(matches!(error, ConfigError::NoVersion { .. }));
    assert!(error.to_string().ends_with("is allowed by 4.0 only"), "{error}");
    // Between two versions, but not one of them; and an empty range.
    assert!(config("kms").version(ProtocolVersion::new(1, 7)).check().is_err());
    assert!(config("kms").versions(V1_4..=V1_1).check().is_err());
}

#[test]
fn limits() {
    let zero = Duration::ZERO;
    for (config, name) in [
        (config("kms").connect_timeout(zero), "connect timeout"),
        (config("kms").attempt_timeout(zero), "attempt timeout"),
        (config("kms").total_timeout(zero), "total timeout"),
    ] {
        let error = config.check().unwrap_err();
        assert!(matches!(error, ConfigError::ZeroTimeout { .. }), "{error:?}");
        assert!(error.to_string().contains(&format!("the {name} is zero")), "{error}");
    }
}

#[test]
fn debug_shows_no_key() {
    let pki = Pki::new();
    let alice = pki.issue_client("alice");
    let text = format!("{:?}", config("kms").identity(alice.identity().unwrap()));
    assert!(text.contains("kms") && text.contains(&alice.identity().unwrap().thumbprint().to_string()), "{text}");
    assert!(!text.contains("PRIVATE") && !text.contains("alice"), "{text}");
}
