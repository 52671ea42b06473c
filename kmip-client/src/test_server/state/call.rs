//! The context of one batch item: the requester, the results of the batch so far, and the objects.

use std::fmt::Write as _;

use kmip_ttlv::enumeration::{DataPlaceholder, OperationCode, UniqueIdentifierPlaceholder};
use kmip_ttlv::{Decode, Encode, ProtocolVersion, Rules, Tag, V1_4, V2_0, decode, encode};
use rustls::crypto::SecureRandom;
use zeroize::Zeroizing;

use crate::protocol::attribute::Name;
use crate::protocol::{Data, Id};
use crate::test_server::authority::pki::Pki;
use crate::test_server::base::produced::nth;
pub(in crate::test_server) use crate::test_server::base::produced::{Answer, Produced};
use crate::test_server::base::refusal::{Cause, Refusal};
use crate::test_server::crypto::generate::random_bytes;
use crate::test_server::objects::object::Managed;
use crate::test_server::objects::store::Store;
use crate::test_server::objects::view::View;
use crate::test_server::state::jobs::Jobs;
use crate::test_server::state::streams::{Part, Streams, Work};

/// Returns the operation that an enumerated identifier of KMIP 2.x refers to, and the index of the identifier; `None`
/// for all of them. In the response for a pair, the private key comes first.
fn meaning(by: UniqueIdentifierPlaceholder) -> Option<(OperationCode, Option<usize>)> {
    use UniqueIdentifierPlaceholder as By;
    Some(match by {
        By::CERTIFY => (OperationCode::CERTIFY, None),
        By::CREATE => (OperationCode::CREATE, None),
        By::CREATE_KEY_PAIR => (OperationCode::CREATE_KEY_PAIR, None),
        By::CREATE_KEY_PAIR_PRIVATE_KEY => (OperationCode::CREATE_KEY_PAIR, Some(0)),
        By::CREATE_KEY_PAIR_PUBLIC_KEY => (OperationCode::CREATE_KEY_PAIR, Some(1)),
        By::CREATE_SPLIT_KEY => (OperationCode::CREATE_SPLIT_KEY, None),
        By::DERIVE_KEY => (OperationCode::DERIVE_KEY, None),
        By::IMPORT => (OperationCode::IMPORT, None),
        By::JOIN_SPLIT_KEY => (OperationCode::JOIN_SPLIT_KEY, None),
        By::LOCATE => (OperationCode::LOCATE, None),
        By::REGISTER => (OperationCode::REGISTER, None),
        By::RE_KEY => (OperationCode::RE_KEY, None),
        By::RE_CERTIFY => (OperationCode::RE_CERTIFY, None),
        By::RE_KEY_KEY_PAIR => (OperationCode::RE_KEY_KEY_PAIR, None),
        By::RE_KEY_KEY_PAIR_PRIVATE_KEY => (OperationCode::RE_KEY_KEY_PAIR, Some(0)),
        By::RE_KEY_KEY_PAIR_PUBLIC_KEY => (OperationCode::RE_KEY_KEY_PAIR, Some(1)),
        _ => return None,
    })
}

pub(in crate::test_server) struct Call<'s> {
    pub(in crate::test_server) store: &'s mut Store,
    pub(in crate::test_server) streams: &'s mut Streams,
    /// The requests with pending results.
    pub(in crate::test_server) jobs: &'s mut Jobs,
    pub(in crate::test_server) view: View<'s>,
    pub(in crate::test_server) random: &'s dyn SecureRandom,
    /// The authority that signs certificates.
    pub(in crate::test_server) authority: &'s Pki,
    /// The versions that the server speaks, newest first.
    pub(in crate::test_server) versions: &'s [ProtocolVersion],
    /// The operations that the server supports.
    pub(in crate::test_server) operations: &'s Dispatch,
    pub(in crate::test_server) produced: &'s mut Produced,
}

/// The decoding rules for clients that deviate from the standard.
pub(in crate::test_server) const LENIENT: Rules = Rules::STRICT.skip_unknown().integer_stand_ins().any_padding();

/// A handler, which executes an operation with this encoded payload.
pub(in crate::test_server) type Handler = fn(&mut Call<'_>, &[u8]) -> Result<Answer, Refusal>;

/// The operations that a server supports. Each is there in the versions that have it.
#[derive(Clone)]
pub(in crate::test_server) struct Dispatch(Vec<(OperationCode, Handler)>);

impl Dispatch {
    pub(in crate::test_server) fn new(rows: impl IntoIterator<Item = (OperationCode, Handler)>) -> Self {
        Self(rows.into_iter().collect())
    }

    /// Returns the operations that a client of this version can request.
    pub(in crate::test_server) fn of_version(&self, version: ProtocolVersion) -> impl Iterator<Item = OperationCode> {
        let has = move |code: &OperationCode| code.versions().is_some_and(|range| range.contains(version));
        self.0.iter().map(|(code, _)| *code).filter(has)
    }

    /// Returns the operation with this code, if the version has it.
    pub(in crate::test_server) fn find(&self, code: OperationCode, version: ProtocolVersion) -> Option<Handler> {
        let known = self.of_version(version).any(|known| known == code);
        self.0.iter().find(|(row, _)| known && *row == code).map(|(_, operation)| *operation)
    }
}

impl<'s> Call<'s> {
    /// Decodes the payload of the request. Refuses fields that the version of the message lacks, unless the server is
    /// lenient.
    pub(in crate::test_server) fn request<'a, T: Decode<'a> + Encode>(&self, payload: &'a [u8]) -> Result<T, Refusal> {
        let version = self.view.version;
        let rules = if self.view.lenient { LENIENT } else { Rules::STRICT };
        let request: T = decode(payload, Tag::REQUEST_PAYLOAD, version, rules)
            .map_err(|error| Cause::InvalidMessage.because(error.to_string()))?;
        if self.view.lenient {
            return Ok(request);
        }
        match encode(&request, Tag::REQUEST_PAYLOAD, version) {
            Ok(bytes) => drop(Zeroizing::new(bytes)),
            Err(error) => return Err(Cause::InvalidField.because(error.to_string())),
        }
        Ok(request)
    }

    /// Encodes the payload of the answer.
    pub(in crate::test_server) fn answer(&self, payload: &impl Encode) -> Result<Answer, Refusal> {
        answer(self.view, payload)
    }

    /// Returns the object that a request refers to.
    pub(in crate::test_server) fn object(&mut self, id: Option<&Id<'_>>) -> Result<&mut Managed, Refusal> {
        let id = self.resolve(id)?;
        self.store.get(&id, self.view)
    }

    /// Returns the identifier that a request refers to; the ID Placeholder if it has none.
    pub(in crate::test_server) fn resolve(&self, id: Option<&Id<'_>>) -> Result<String, Refusal> {
        let found = match id {
            Some(Id::Text(id) | Id::Reference(id)) => return Ok((*id).to_owned()),
            None | Some(Id::Placeholder) => self.produced.placeholder.as_ref(),
            Some(Id::Index(index)) => self.produced.nth(*index),
            Some(Id::Enumerated(by)) => {
                let (operation, which) = meaning(*by).ok_or_else(|| {
                    Cause::FeatureNotSupported.because("the server does not know this way to name an object")
                })?;
                match (self.produced.by(operation), which) {
                    // The operation would have to be repeated for each, with one response for all.
                    ([_, _, ..], None) => {
                        return Err(Cause::FeatureNotSupported.because("the identifier means several objects"));
                    }
                    (identifiers, which) => identifiers.get(which.unwrap_or(0)),
                }
            }
            Some(Id::Name(_)) => {
                return Err(Cause::FeatureNotSupported.because("the server does not find objects by their names"));
            }
        };
        found
            .cloned()
            .ok_or_else(|| Cause::ObjectNotFound.because("no earlier item of the batch has given this identifier"))
    }

    /// Records the identifiers in the response of an operation that creates or finds objects. Later items refer to the
    /// first, or to none.
    pub(in crate::test_server) fn produce<'i>(
        &mut self,
        operation: OperationCode,
        placeholder: Option<&str>,
        identifiers: impl IntoIterator<Item = &'i str>,
    ) {
        self.produced.placeholder = placeholder.map(str::to_owned);
        self.produced.answers.push((operation, identifiers.into_iter().map(str::to_owned).collect()));
    }

    /// Returns the data that a request refers to; empty if it has none.
    pub(in crate::test_server) fn data<'d>(&'d self, data: Option<&Data<'d>>) -> Result<&'d [u8], Refusal> {
        use DataPlaceholder as Of;
        let results = &self.produced.data;
        let found = match data {
            None => return Ok(&[]),
            Some(Data::Bytes(bytes)) => return Ok(bytes.expose()),
            Some(Data::Index(index)) => nth(results.iter(), *index),
            Some(Data::ResultOf(operation)) => {
                let code = match *operation {
                    Of::DECRYPT => OperationCode::DECRYPT,
                    Of::ENCRYPT => OperationCode::ENCRYPT,
                    Of::HASH => OperationCode::HASH,
                    Of::MAC_MAC_DATA => OperationCode::MAC,
                    Of::RNG_RETRIEVE => OperationCode::RNG_RETRIEVE,
                    Of::SIGN_SIGNATURE_DATA => OperationCode::SIGN,
                    Of::SIGNATURE_VERIFY => OperationCode::SIGNATURE_VERIFY,
                    _ => return Err(Cause::FeatureNotSupported.because("the server does not know these data")),
                };
                results.iter().rfind(|(by, _)| *by == code)
            }
        };
        let found =
            found.ok_or_else(|| Cause::InvalidField.because("no earlier item of the batch has given these data"))?;
        Ok(&found.1)
    }

    /// Records the data in the response of an operation, for later items.
    pub(in crate::test_server) fn produce_data(&mut self, operation: OperationCode, data: &[u8]) {
        self.produced.data.push((operation, Zeroizing::new(data.to_vec())));
    }

    /// Clears the ID Placeholder, so that later items that refer to it fail.
    pub(in crate::test_server) fn clear_placeholder(&mut self) {
        self.produced.placeholder = None;
    }

    /// Returns a new Unique Identifier: a random UUID, as in most servers.
    pub(in crate::test_server) fn new_id(&self) -> Result<String, Refusal> {
        let mut bytes = random_bytes(self.random, 16)?;
        bytes[6] = bytes[6] & 0x0F | 0x40;
        bytes[8] = bytes[8] & 0x3F | 0x80;
        let mut id = String::with_capacity(36);
        for (place, byte) in bytes.iter().enumerate() {
            let dash = if matches!(place, 4 | 6 | 8 | 10) { "-" } else { "" };
            let _ = write!(id, "{dash}{byte:02x}");
        }
        Ok(id)
    }

    /// Returns `true` if the client has an object with this name, so that no other object of the client can have it.
    pub(in crate::test_server) fn is_name_taken(&self, name: &Name<'_>) -> bool {
        !self.view.lenient && self.store.has_name(name, self.view.owner)
    }

    /// Returns `true` if another object of the client has this name, so that this one cannot have it.
    pub(in crate::test_server) fn is_name_of_another(&self, name: &Name<'_>, id: &str) -> bool {
        !self.view.lenient && self.store.another_has_name(name, self.view.owner, id)
    }

    /// Returns `true` if the client uses KMIP 1.x.
    pub(in crate::test_server) fn is_v1(&self) -> bool {
        self.view.version < V2_0
    }
}

/// Encodes the payload of an answer to a client of the version of the view.
pub(in crate::test_server) fn answer(view: View<'_>, payload: &impl Encode) -> Result<Answer, Refusal> {
    let encoded = encode(payload, Tag::RESPONSE_PAYLOAD, view.version);
    // Fields of a later version were accepted, and are returned as received.
    let is_lenient = view.lenient && view.version < V1_4;
    match encoded.or_else(|error| if is_lenient { encode(payload, Tag::RESPONSE_PAYLOAD, V1_4) } else { Err(error) }) {
        Ok(bytes) => Ok(Zeroizing::new(bytes)),
        Err(error) => Err(Cause::FeatureNotSupported.because(format!("the answer does not fit the version: {error}"))),
    }
}

impl Call<'_> {
    /// Calls [`Streams::resume`] for the requester.
    pub(in crate::test_server) fn resume(
        &mut self,
        operation: OperationCode,
        part: Part<'_>,
    ) -> Result<Option<(Option<String>, Work)>, Refusal> {
        self.streams.resume(self.view.owner, operation, part)
    }

    /// Calls [`Streams::suspend`] for the requester.
    pub(in crate::test_server) fn suspend(
        &mut self,
        operation: OperationCode,
        part: Part<'_>,
        id: Option<&str>,
        work: Work,
    ) -> Result<Option<Vec<u8>>, Refusal> {
        self.streams.suspend(self.view.owner, operation, part, id, work)
    }
}
