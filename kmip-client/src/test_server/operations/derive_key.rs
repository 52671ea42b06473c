//! Derive Key (KMIP 2.1, 6.1.14; KMIP 1.4, 4.6).

use kmip_ttlv::enumeration::{
    DerivationMethod, HashingAlgorithm, KeyFormatType, LinkType, ObjectType, OperationCode, SecretDataType,
};
use zeroize::Zeroizing;

use super::super::crypto::cipher::{Blocks, CipherScheme, Direction};
use super::super::crypto::{derive, digest};
use super::create::{algorithm, key_block, length, link};
use crate::protocol::Id;
use crate::protocol::attribute::CryptographicParameters;
use crate::protocol::object::{KeyBlock, KeyValue, Object, SecretData, SymmetricKey};
use crate::protocol::operation::{DerivationParameters, DeriveKeyRequest, DeriveKeyResponse};
use crate::test_server::base::refusal::{Cause, Refusal};
use crate::test_server::crypto::generate::whole_bytes;
use crate::test_server::operations::limits::{Key, Purpose};
use crate::test_server::operations::new_object::{insert, key_len, requested};
use crate::test_server::state::call::{Answer, Call};

type Bytes = Zeroizing<Vec<u8>>;

pub(super) fn derive_key(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    let request: DeriveKeyRequest<'_> = call.request(payload)?;
    let attributes = requested(call, [&request.attributes])?;
    let bits = length(&attributes)?;
    let len = match request.object_type {
        ObjectType::SYMMETRIC_KEY => key_len(call, algorithm(&attributes)?, bits)?,
        ObjectType::SECRET_DATA => whole_bytes(bits)?,
        _ => return Err(Cause::UnknownKind.because("Derive Key makes symmetric keys and secret data")),
    };
    let mut bases = Vec::with_capacity(request.unique_identifiers.len());
    for id in &request.unique_identifiers {
        // The ID Placeholder is not allowed here; the other placeholders of 2.x are.
        if *id == Id::Placeholder {
            return Err(Cause::InvalidField.because("the ID Placeholder is no object to derive from"));
        }
        let key = Key::of(call, Some(id), Purpose::DERIVE)?;
        if !matches!(key.object_type, ObjectType::SYMMETRIC_KEY | ObjectType::SECRET_DATA) {
            return Err(Cause::NotDerivable.because("keys are derived from symmetric keys and secret data"));
        }
        bases.push(key);
    }
    let input = Input::of(&bases, &request.derivation_parameters)?;
    // PyKMIP uses this name for HKDF, and derives from secret data with it.
    let is_hkdf = call.view.lenient && request.derivation_method == DerivationMethod::HMAC && input.key.is_none();
    let method = if is_hkdf { DerivationMethod::HKDF } else { request.derivation_method };
    let mut derived = input.derive(method, len)?;
    if derived.len() < len {
        return Err(Cause::Cryptographic.because("the derivation method does not give as many bytes"));
    }
    derived.truncate(len);

    let object = match request.object_type {
        ObjectType::SYMMETRIC_KEY => Object::SymmetricKey(SymmetricKey {
            key_block: key_block(KeyFormatType::RAW, &derived, algorithm(&attributes)?, bits),
        }),
        _ => Object::SecretData(SecretData {
            secret_data_type: SecretDataType::SEED,
            key_block: KeyBlock {
                key_format_type: KeyFormatType::RAW,
                key_value: Some(KeyValue::from_bytes(&derived)),
                ..KeyBlock::default()
            },
        }),
    };
    let id = insert(call, &object, attributes, true)?;
    for base in &bases {
        link(call, &base.id, LinkType::DERIVED_KEY_LINK, &id)?;
        link(call, &id, LinkType::DERIVATION_BASE_OBJECT_LINK, &base.id)?;
    }
    call.produce(OperationCode::DERIVE_KEY, Some(&id), [id.as_str()]);
    call.answer(&DeriveKeyResponse { unique_identifier: Id::Text(&id), attributes: None })
}

/// The input of a derivation.
struct Input<'a> {
    /// The object that the request names first.
    first: &'a Key,
    /// The symmetric key among the objects.
    key: Option<&'a Key>,
    /// The Derivation Data, or the secret data in its place.
    data: Option<&'a [u8]>,
    given: &'a DerivationParameters<'a>,
    parameters: CryptographicParameters<'a>,
}

impl<'a> Input<'a> {
    fn of(bases: &'a [Key], given: &'a DerivationParameters<'a>) -> Result<Self, Refusal> {
        let first = bases.first().ok_or_else(|| Cause::InvalidMessage.because("there is nothing to derive from"))?;
        let is_key = |key: &&Key| key.object_type == ObjectType::SYMMETRIC_KEY;
        let secret = bases.iter().find(|key| !is_key(key)).map(|key| key.bytes.as_slice());
        let data = given.derivation_data.first().map(|data| data.expose());
        Ok(Self {
            first,
            key: bases.iter().find(is_key),
            data: data.or(secret),
            given,
            parameters: first.parameters(given.cryptographic_parameters.as_ref()),
        })
    }

    fn derive(&self, method: DerivationMethod, len: usize) -> Result<Bytes, Refusal> {
        let takes_secret_as_key = matches!(method, DerivationMethod::HKDF | DerivationMethod::AWS_SIGNATURE_VERSION_4);
        if !takes_secret_as_key {
            let secret = self.first.object_type == ObjectType::SECRET_DATA;
            if secret && !self.given.derivation_data.is_empty() {
                return Err(Cause::InvalidMessage.because("there are Derivation Data and a Secret Data object"));
            }
            if self.given.derivation_data.len() > 1 {
                return Err(Cause::InvalidField.because("the method takes Derivation Data once"));
            }
        }
        match method {
            DerivationMethod::PBKDF2 => {
                let salt = self.given.salt.ok_or_else(|| missing("Salt"))?;
                let iterations = self.given.iteration_count.ok_or_else(|| missing("Iteration Count"))?;
                derive::pbkdf2(digest::named(&self.parameters)?, self.data()?, salt, iterations, len)
            }
            DerivationMethod::HASH => {
                let hash = digest::hash(digest::named(&self.parameters)?)?;
                let input = match (self.key, self.data) {
                    (Some(key), None) => key.bytes.as_slice(),
                    (None, Some(data)) => data,
                    _ => return Err(Cause::InvalidMessage.because("a hash is that of a key or of data, not of both")),
                };
                Ok(Zeroizing::new(aws_lc_rs::digest::digest(hash, input).as_ref().to_vec()))
            }
            DerivationMethod::HMAC => {
                let algorithm = digest::hmac_of(self.hash_of_key()?)?;
                let key = aws_lc_rs::hmac::Key::new(algorithm, &self.key()?.bytes);
                Ok(Zeroizing::new(aws_lc_rs::hmac::sign(&key, self.data()?).as_ref().to_vec()))
            }
            DerivationMethod::ENCRYPT => self.encrypt(),
            DerivationMethod::NIST800_108_C => {
                derive::counter_mode(self.hash_of_key()?, &self.key()?.bytes, self.data()?, len)
            }
            DerivationMethod::HKDF => {
                let hash = self.parameters.hashing_algorithm.unwrap_or(HashingAlgorithm::SHA_256);
                let info = self.given.derivation_data.first().map(|data| data.expose()).unwrap_or_default();
                derive::hkdf(hash, &self.first.bytes, self.given.salt.unwrap_or_default(), info, len)
            }
            DerivationMethod::AWS_SIGNATURE_VERSION_4 => {
                if self.given.derivation_data.len() != 3 {
                    return Err(Cause::InvalidField.because("the Derivation Data are date, region and service"));
                }
                let scope = self.given.derivation_data.iter().map(|data| data.expose());
                derive::aws_signature_4(&self.first.bytes, scope)
            }
            method => Err(Cause::InvalidField.because(format!("the server does not derive by {method}"))),
        }
    }

    fn encrypt(&self) -> Result<Bytes, Refusal> {
        let key = self.key()?;
        let CipherScheme::Blocks(mode, padded) =
            CipherScheme::of(key.algorithm(&self.parameters)?, key.bytes.len(), &self.parameters)?
        else {
            return Err(Cause::BadParameters.because("keys are derived in modes that do not authenticate"));
        };
        let scheme = CipherScheme::Blocks(mode, padded);
        // A missing IV is an IV of zeros.
        let zeros = vec![0; scheme.iv_len()];
        let iv = self.given.initialization_vector.filter(|iv| !iv.is_empty()).unwrap_or(&zeros);
        if iv.len() != scheme.iv_len() {
            return Err(Cause::InvalidField.because(format!("the mode needs an IV of {} bytes", scheme.iv_len())));
        }
        Blocks::new((mode, padded), Direction::Encrypt, iv).update(&key.bytes, self.data()?, true)
    }

    /// Returns the hash of an HMAC key, or else that of the parameters.
    fn hash_of_key(&self) -> Result<HashingAlgorithm, Refusal> {
        let own = self.key()?.algorithm(&CryptographicParameters::default()).ok().and_then(digest::hash_of_hmac);
        own.map_or_else(|| digest::named(&self.parameters), Ok)
    }

    fn key(&self) -> Result<&'a Key, Refusal> {
        self.key.ok_or_else(|| Cause::NotDerivable.because("the method needs a symmetric key to derive from"))
    }

    fn data(&self) -> Result<&'a [u8], Refusal> {
        self.data.ok_or_else(|| missing("Derivation Data"))
    }
}

fn missing(field: &str) -> Refusal {
    Cause::InvalidField.because(format!("the method needs {field}"))
}
