//! The life of a key, and the possible refusals by IAM.

use std::fmt::Display;

use examples::{Failure, Output, labelled, report};
use kmip_client::Error;
use kmip_client::blocking::Client;
use kmip_client::protocol::Secret;
use kmip_client::protocol::object::KeyBlock;
use kmip_client::protocol::operation::{
    Activate, Create, Decrypt, Destroy, Encrypt, Get, GetAttributes, Locate, ReKey, Revoke,
};
use kmip_client::ttlv::enumeration::{OperationCode, ResultReason, RevocationReasonCode};
use kmip_client::ttlv::{Tag, V1_2, V1_4};

const PLAINTEXT: &[u8] = b"attack at dawn";

/// The IAM actions with known names: from OVHcloud's guides, and from its audit log.
const ACTIONS: [(OperationCode, &str); 8] = [
    (OperationCode::ACTIVATE, "okms:kmip:activate"),
    (OperationCode::DECRYPT, "okms:kmip:decrypt"),
    (OperationCode::DESTROY, "okms:kmip:destroy"),
    (OperationCode::ENCRYPT, "okms:kmip:encrypt"),
    (OperationCode::GET, "okms:kmip:get"),
    (OperationCode::GET_ATTRIBUTES, "okms:kmip:getAttributes"),
    (OperationCode::LOCATE, "okms:kmip:locate"),
    (OperationCode::RE_KEY, "okms:kmip:rekey"),
];

/// Prints the steps, and explains refusals.
struct Page<'p, 'o> {
    output: &'p mut Output<'o>,
}

impl Page<'_, '_> {
    fn step(&mut self, what: &str, detail: impl Display) -> Result<(), Failure> {
        writeln!(self.output, "{}", labelled(0, what, &detail.to_string()))?;
        Ok(())
    }

    /// Unwraps the result of a call. Explains a refusal by IAM, or of an unsupported operation, and returns `None`.
    fn allowed<T>(&mut self, operation: OperationCode, result: Result<T, Error>) -> Result<Option<T>, Failure> {
        let error = match result {
            Ok(done) => return Ok(Some(done)),
            Err(error) => error,
        };
        let what = operation.to_string();
        match error.reason() {
            Some(ResultReason::PERMISSION_DENIED) => self.step(&what, refused_by_iam(operation, &error))?,
            Some(ResultReason::OPERATION_NOT_SUPPORTED) => {
                self.step(&what, "the endpoint does not have this operation")?;
            }
            _ => return Err(error.into()),
        }
        Ok(None)
    }
}

/// Explains which permission a refusal by IAM requires.
fn refused_by_iam(operation: OperationCode, error: &Error) -> String {
    let action = ACTIONS.iter().find(|(known, _)| *known == operation).map(|(_, action)| *action);
    let action = action.map_or_else(|| format!("the KMIP action of {operation}"), str::to_owned);
    format!(
        "IAM refuses: {}. Allow {action} in a policy of the identity that the certificate belongs to.",
        report(error)
    )
}

/// Creates a key, uses it, replaces it, and destroys both.
pub(crate) fn go_through(kms: &Client, rest_key: Option<&str>, output: &mut Output<'_>) -> Result<(), Failure> {
    let mut page = Page { output };
    let name = format!("okms-example-{}", std::process::id());
    let created = kms.call(&Create::aes(256).name(&name));
    let Some(created) = page.allowed(OperationCode::CREATE, created)? else {
        return Err(Failure::Coded { text: "without Create there is no key to show the rest with".into(), code: 4 });
    };
    let id = created.payload().unique_identifier.to_string();
    page.step("Create", format!("AES-256, {id}"))?;
    let mut keys = vec![id.clone()];
    let used = use_key(kms, &id, &name, &mut keys, &mut page);
    let traps = used.and_then(|()| traps(kms, &name, rest_key, &mut page));
    // The keys are destroyed, even after an error.
    let destroyed = destroy(kms, &keys, &mut page);
    traps.and(destroyed)
}

fn use_key(kms: &Client, id: &str, name: &str, keys: &mut Vec<String>, page: &mut Page<'_, '_>) -> Result<(), Failure> {
    if page.allowed(OperationCode::ACTIVATE, kms.call(&Activate::id(id)))?.is_some() {
        page.step("Activate", "it may be used from now on; a second Activate would fail")?;
    }
    let mut asked = GetAttributes::id(id).attribute(Tag::STATE);
    if kms.version() >= V1_4 {
        asked = asked.attribute(Tag::EXTRACTABLE).attribute(Tag::SENSITIVE);
    }
    if let Some(reply) = page.allowed(OperationCode::GET_ATTRIBUTES, kms.call(&asked))? {
        let attributes = reply.payload().attributes.unwrap_or_default();
        let listed: Vec<_> = attributes.iter().map(|value| format!("{}: {value}", value.name())).collect();
        page.step("Attributes", listed.join(", "))?;
    }
    encrypt(kms, id, page)?;
    if let Some(reply) = page.allowed(OperationCode::GET, kms.call(&Get::id(id)))? {
        let object = reply.payload().object;
        let bytes = object.key_block().and_then(KeyBlock::bytes).map_or(0, Secret::len);
        page.step("Get", format!("{bytes} bytes: who may do this has the key itself"))?;
    }
    if let Some(reply) = page.allowed(OperationCode::RE_KEY, kms.call(&ReKey::id(id)))? {
        let new = reply.payload().unique_identifier.to_string();
        page.step("ReKey", format!("{new} takes the name {name}"))?;
        keys.push(new);
    }
    Ok(())
}

/// Shows Encrypt and Decrypt, which the endpoint's guide of 2024 does not list and later guides use.
fn encrypt(kms: &Client, id: &str, page: &mut Page<'_, '_>) -> Result<(), Failure> {
    if kms.version() < V1_2 {
        return page.step("Encrypt", format!("KMIP {} does not have it: 1.2 does", kms.version()));
    }
    let encrypted = kms.call(&Encrypt::aes_gcm(id, PLAINTEXT));
    let Some(encrypted) = page.allowed(OperationCode::ENCRYPT, encrypted)? else { return Ok(()) };
    let payload = encrypted.payload();
    let (Some((ciphertext, tag)), Some(iv)) = (payload.ciphertext_and_tag(), payload.iv_counter_nonce) else {
        return page.step("Encrypt", "the endpoint answers without an IV or a tag: give it an IV of your own");
    };
    page.step("Encrypt", format!("{} bytes by AES-GCM, without the key leaving the KMS", PLAINTEXT.len()))?;
    let joined = [ciphertext, tag].concat();
    let decrypted = if kms.version() < V1_4 {
        kms.call(&Decrypt::aes_gcm_joined(id, iv, &joined))
    } else {
        kms.call(&Decrypt::aes_gcm(id, iv, ciphertext, tag))
    };
    let Some(decrypted) = page.allowed(OperationCode::DECRYPT, decrypted)? else { return Ok(()) };
    if decrypted.payload().data.is_some_and(|data| data.expose() == PLAINTEXT) {
        page.step("Decrypt", "the same bytes come back")
    } else {
        Err(Failure::Other("Decrypt gives other bytes than were encrypted".into()))
    }
}

/// Shows the two traps.
fn traps(kms: &Client, name: &str, rest_key: Option<&str>, page: &mut Page<'_, '_>) -> Result<(), Failure> {
    writeln!(page.output)?;
    for attempt in 1..=2 {
        let located = page.allowed(OperationCode::LOCATE, kms.call(&Locate::name(name)))?;
        match located {
            Some(reply) => {
                let found = reply.payload().unique_identifiers.len();
                page.step("Locate", format!("by the name {name}: {found} found"))?;
                break;
            }
            None if attempt == 1 => {
                page.step(
                    "trap 1",
                    "Sources differ on whether Locate has an IAM action. Keep identifiers, not names. Once more:",
                )?;
            }
            None => {}
        }
    }
    // Without one, a made-up identifier of that form.
    let id = rest_key.unwrap_or("00000000-0000-4000-8000-000000000000");
    match kms.call(&Get::id(id)) {
        Ok(_) => page.step("trap 2", format!("KMIP has the service key {id}: the two name spaces are one here")),
        Err(error) if error.is_not_found() => page.step(
            "trap 2",
            format!("Get of {id}: not found. Service keys that were made over REST are in another name space: KMIP never has them."),
        ),
        Err(error) => page.allowed(OperationCode::GET, Err::<(), _>(error)).map(drop),
    }
}

fn destroy(kms: &Client, keys: &[String], page: &mut Page<'_, '_>) -> Result<(), Failure> {
    writeln!(page.output)?;
    for id in keys {
        // Refused for a key that is not active.
        let revoke = Revoke::id(id, RevocationReasonCode::CESSATION_OF_OPERATION).message("end of the example");
        let revoked = kms.call(&revoke).is_ok();
        if page.allowed(OperationCode::DESTROY, kms.call(&Destroy::id(id)))?.is_some() {
            page.step(
                "Destroy",
                format!("{id}{}", if revoked { ", revoked before" } else { ", which was not active" }),
            )?;
        }
    }
    Ok(())
}
