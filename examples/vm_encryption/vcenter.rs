//! The requests of vCenter to a KMS, step by step, in KMIP 1.1: as decoded from the traffic of vCenter 7.0.3.
//!
//! Every burst of requests opens a connection of its own, which begins with Discover Versions. Keys have no names: the
//! key's identifier is stored in the configuration of the virtual machine, and vendor attributes on the KMS state the
//! purpose of the key.

use kmip_client::blocking::Client;
use kmip_client::protocol::attribute::{AttributeReference, AttributeValue};
use kmip_client::protocol::operation::{Activate, AddAttribute, Create, DiscoverVersions, GetAttributes, Query};
use kmip_client::ttlv::enumeration::QueryFunction;
use kmip_client::{Config, Error};

use crate::Stop;
use crate::keys::{self, Key};
use crate::page::Page;

/// The owner of the key.
pub(crate) struct Component<'a> {
    /// "ESXi Server" or "Virtual Machine".
    pub(crate) kind: &'a str,
    /// The address of the host, or the name of the virtual machine.
    pub(crate) name: &'a str,
    /// A UUID of the component.
    pub(crate) identifier: &'a str,
}

const PRODUCT: [(&str, &str); 3] =
    [("x-Product_Version", "7.0.3 build-19480866"), ("x-Vendor", "VMware, Inc."), ("x-Product", "VMware vSphere")];

/// Opens the connection of a burst, whose first request is Discover Versions with an empty list.
pub(crate) fn burst(config: &Config) -> Result<Client, Error> {
    let kms = Client::connect(config)?;
    kms.call(&DiscoverVersions::all())?;
    Ok(kms)
}

/// Sends the requests of vCenter when a key provider is added: is the server alive, and which one is it.
pub(crate) fn trust(config: &Config, page: &mut Page<'_, '_>) -> Result<(), Stop> {
    let kms = burst(config)?;
    let told = match kms.call(&Query::functions([QueryFunction::QUERY_SERVER_INFORMATION])) {
        Ok(reply) => reply.payload().vendor_identification.map(str::to_owned),
        // Some servers do not support this one.
        Err(Error::Refused(_)) => None,
        Err(error) => return Err(error.into()),
    };
    let vendor = told.as_deref().unwrap_or("a KMS that does not say its name");
    page.step("provider", &format!("{vendor}, KMIP {}", kms.version()), "")?;
    if let Some(thumbprint) = kms.server_thumbprint() {
        page.step("", &format!("SHA-256 {}...", thumbprint.to_string().get(..29).unwrap_or_default()), "")?;
    }
    Ok(())
}

/// Creates and labels a key, in the bursts of vCenter. Returns its identifier, and the key as fetched in between.
///
/// `after_create` runs when the key exists and is not yet labelled.
pub(crate) fn create_key(
    config: &Config,
    component: &Component<'_>,
    page: &mut Page<'_, '_>,
    after_create: impl FnOnce(&mut Page<'_, '_>) -> Result<(), Stop>,
) -> Result<(String, Key), Stop> {
    let kms = burst(config)?;
    // Usage Mask 12: encrypt and decrypt.
    let created = kms.call(&Create::aes(256))?;
    let id = created.payload().unique_identifier.to_string();
    page.step("create", &format!("AES-256 for {}, without a name", component.name), &id)?;

    after_create(page)?;
    label(config, &id, &PRODUCT, page)?;

    let kms = burst(config)?;
    let key = keys::get(&kms, &id)?;
    kms.call(&GetAttributes::id(&id).state())?;
    kms.call(&Activate::id(&id))?;
    page.step("activate", &format!("{} bytes fetched, then activated", key.len()), "")?;

    let own = [("x-Identifier", component.identifier), ("x-Component", component.kind), ("x-Name", component.name)];
    label(config, &id, &own, page)?;
    Ok((id, key))
}

/// Requests three vendor attributes, one at a time, and adds them in one batch. A refusal of attributes, as by PyKMIP,
/// is ignored: only the administrator needs them.
fn label(config: &Config, id: &str, labels: &[(&str, &str); 3], page: &mut Page<'_, '_>) -> Result<(), Stop> {
    let kms = burst(config)?;
    for (name, _) in labels {
        match kms.call(&GetAttributes::id(id).attribute(AttributeReference::custom(name))) {
            Ok(_) | Err(Error::Refused(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let [first, second, third] = labels.map(|(name, value)| AddAttribute::id(id, AttributeValue::custom(name, value)));
    let results = match kms.batch(&(first, second, third)) {
        Ok((first, second, third)) => [first.map(drop), second.map(drop), third.map(drop)].into_iter().collect(),
        // Refused as a whole.
        Err(error) => vec![Err(error)],
    };
    let kept = results.iter().filter(|result| result.is_ok()).count();
    let names = labels.map(|(name, _)| name).join(", ");
    match results.into_iter().find_map(Result::err) {
        None => page.step("label", &names, "")?,
        Some(Error::Refused(_) | Error::NotExecuted(_)) => {
            page.step("label", &format!("the KMS kept {kept} of {names}; going on"), "")?;
        }
        Some(error) => return Err(error.into()),
    }
    Ok(())
}
