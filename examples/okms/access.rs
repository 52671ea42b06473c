//! The endpoint and the access certificate, in the form that OVHcloud issues.

use std::path::Path;

use examples::{Failure, read};
use kmip_client::{Config, Identity, Trust};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::Arguments;

type Text = Zeroizing<String>;

/// Returns the configuration described by the arguments; `None` if they have no endpoint.
pub(crate) fn config(arguments: &Arguments) -> Result<Option<Config>, Failure> {
    let endpoint = match (&arguments.endpoint, &arguments.okms) {
        (Some(endpoint), _) => endpoint.clone(),
        (None, Some(file)) => field(&json(file)?, file, "kmipEndpoint")?.to_string(),
        (None, None) if arguments.credential.is_some() || arguments.cert.is_some() => {
            let message =
                "--endpoint is missing, as in eu-west-rbx.okms.ovh.net:5696; OVHcloud shows it as kmipEndpoint";
            return Err(Failure::Usage(message.into()));
        }
        (None, None) => return Ok(None),
    };
    let (certificate, key) = match (&arguments.credential, &arguments.cert, &arguments.key) {
        (Some(file), None, key) => of_credential(file, key.as_deref())?,
        (None, Some(certificate), Some(key)) => (text(certificate)?, text(key)?),
        _ => {
            let message = "the access certificate is missing: give --credential, or --cert and --key";
            return Err(Failure::Usage(message.into()));
        }
    };
    let identity = Identity::from_pem(with_line_breaks(&certificate), with_line_breaks(&key))?;
    let trust = match (&arguments.ca, &arguments.thumbprint) {
        (Some(ca), None) => Trust::ca_pem(read(ca)?)?,
        (Some(ca), Some(thumbprint)) => Trust::ca_pem(read(ca)?)?.with_thumbprint(thumbprint)?,
        (None, Some(thumbprint)) => Trust::thumbprint(thumbprint)?,
        (None, None) => Trust::webpki_roots(),
    };
    Ok(Some(Config::new(endpoint).identity(identity).trust(trust)))
}

fn text(file: &Path) -> Result<Text, Failure> {
    let bytes = Zeroizing::new(read(file)?);
    let text = std::str::from_utf8(&bytes).map_err(|_| Failure::Other(format!("{} is no text", file.display())))?;
    Ok(Text::new(text.to_owned()))
}

fn json(file: &Path) -> Result<Value, Failure> {
    serde_json::from_str(&text(file)?)
        .map_err(|error| Failure::Other(format!("{} is not JSON: {error}", file.display())))
}

/// Returns a field of the JSON of OVHcloud's API, at any depth, because the document may be nested in others.
fn field(json: &Value, file: &Path, name: &str) -> Result<Text, Failure> {
    find(json, name)
        .map(|text| Text::new(text.to_owned()))
        .ok_or_else(|| Failure::Other(format!("{} has no {name}", file.display())))
}

fn find<'j>(json: &'j Value, name: &str) -> Option<&'j str> {
    match json {
        Value::Object(fields) => match fields.get(name).and_then(Value::as_str) {
            Some(text) => Some(text),
            None => fields.values().find_map(|value| find(value, name)),
        },
        Value::Array(values) => values.iter().find_map(|value| find(value, name)),
        _ => None,
    }
}

/// Reads certificate and key of an access certificate.
fn of_credential(file: &Path, key: Option<&Path>) -> Result<(Text, Text), Failure> {
    let json = json(file)?;
    let Ok(certificate) = field(&json, file, "certificatePEM") else {
        let status = find(&json, "status").unwrap_or("not ready");
        let message =
            format!("{} has no certificatePEM yet (status {status}): fetch the credential again", file.display());
        return Err(Failure::Other(message));
    };
    let key = match key {
        Some(key) => text(key)?,
        None => field(&json, file, "privateKeyPEM").map_err(|_| {
            let file = file.display();
            Failure::Other(format!(
                "{file} has no privateKeyPEM: OVHcloud hands it out once, with the answer that creates the credential, and not at \
                 all for a CSR; give --key, or create another credential"
            ))
        })?,
    };
    Ok((certificate, key))
}

/// Restores line breaks in PEM that was copied out of JSON with `\n` in their place.
fn with_line_breaks(pem: &Text) -> Text {
    Text::new(if pem.contains("\\n") { pem.replace("\\r", "").replace("\\n", "\n") } else { pem.as_str().to_owned() })
}
