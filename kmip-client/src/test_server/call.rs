//! One item of a batch while it is worked on: who asks, what came before in the batch, and where the objects are.

use std::fmt::Write as _;

use kmip_ttlv::enumeration::{OperationCode, UniqueIdentifierPlaceholder};
use kmip_ttlv::{Decode, Encode, ProtocolVersion, Rules, Tag, V2_0, decode, encode};
use rustls::crypto::SecureRandom;
use zeroize::Zeroizing;

use super::generate::random_bytes;
use super::object::Managed;
use super::pki::Pki;
use super::refusal::{Cause, Refusal};
use super::store::{Store, View};
use crate::protocol::Id;

/// The payload of an answer, encoded.
pub(super) type Answer = Zeroizing<Vec<u8>>;

/// What a batch has brought forth so far, so that later items can refer to it.
#[derive(Default)]
pub(super) struct Produced {
    /// The ID Placeholder (KMIP 2.1, 6.1; KMIP 1.4, 4).
    placeholder: Option<String>,
    /// The identifiers in the answers so far, with the operations that gave them.
    identifiers: Vec<(OperationCode, String)>,
}

pub(super) struct Call<'s> {
    pub(super) store: &'s mut Store,
    pub(super) view: View<'s>,
    pub(super) random: &'s dyn SecureRandom,
    /// Who signs certificates.
    pub(super) authority: &'s Pki,
    /// The versions that the server speaks, newest first.
    pub(super) versions: &'s [ProtocolVersion],
    pub(super) produced: &'s mut Produced,
}

impl<'s> Call<'s> {
    /// Reads the payload of the request, and refuses what the version of the message does not have.
    pub(super) fn request<'a, T: Decode<'a> + Encode>(&self, payload: &'a [u8]) -> Result<T, Refusal> {
        let version = self.view.version;
        let request: T = decode(payload, Tag::REQUEST_PAYLOAD, version, Rules::STRICT)
            .map_err(|error| Cause::InvalidMessage.because(error.to_string()))?;
        match encode(&request, Tag::REQUEST_PAYLOAD, version) {
            Ok(bytes) => drop(Zeroizing::new(bytes)),
            Err(error) => return Err(Cause::InvalidField.because(error.to_string())),
        }
        Ok(request)
    }

    /// Encodes the payload of the answer.
    pub(super) fn answer(&self, payload: &impl Encode) -> Result<Answer, Refusal> {
        answer(self.view, payload)
    }

    /// The object that a request means.
    pub(super) fn object(&mut self, id: Option<&Id<'_>>) -> Result<&mut Managed, Refusal> {
        let id = self.resolve(id)?;
        self.store.get(&id, self.view)
    }

    /// The identifier that a request means: none stands for the ID Placeholder.
    pub(super) fn resolve(&self, id: Option<&Id<'_>>) -> Result<String, Refusal> {
        use UniqueIdentifierPlaceholder as By;
        let last = |operation, nth_last: usize| {
            let given = self.produced.identifiers.iter().rev().filter(move |(by, _)| *by == operation);
            given.map(|(_, id)| id).nth(nth_last)
        };
        let found = match id {
            Some(Id::Text(id)) => return Ok((*id).to_owned()),
            None | Some(Id::Placeholder) => self.produced.placeholder.as_ref(),
            Some(Id::Index(index)) => self.nth(*index),
            Some(Id::Enumerated(By::CREATE)) => last(OperationCode::CREATE, 0),
            Some(Id::Enumerated(By::REGISTER)) => last(OperationCode::REGISTER, 0),
            Some(Id::Enumerated(By::LOCATE)) => last(OperationCode::LOCATE, 0),
            Some(Id::Enumerated(By::RE_KEY)) => last(OperationCode::RE_KEY, 0),
            // The private key is answered before the public key.
            Some(Id::Enumerated(By::CREATE_KEY_PAIR_PUBLIC_KEY)) => last(OperationCode::CREATE_KEY_PAIR, 0),
            Some(Id::Enumerated(By::CREATE_KEY_PAIR_PRIVATE_KEY)) => last(OperationCode::CREATE_KEY_PAIR, 1),
            // Create Key Pair stands for both keys: the operation would have to be repeated for each.
            Some(Id::Enumerated(_)) => {
                return Err(Cause::FeatureNotSupported.because("the server does not know this way to name an object"));
            }
        };
        found
            .cloned()
            .ok_or_else(|| Cause::ObjectNotFound.because("no earlier item of the batch has given this identifier"))
    }

    fn nth(&self, index: i32) -> Option<&String> {
        let identifiers = &self.produced.identifiers;
        let distance = usize::try_from(index.unsigned_abs()).ok()?;
        let place = if index < 0 { identifiers.len().checked_sub(distance)? } else { distance };
        identifiers.get(place).map(|(_, id)| id)
    }

    /// Notes the identifiers in the answer of an operation that makes or finds objects. Later items mean the first, or none.
    pub(super) fn produce<'i>(
        &mut self,
        operation: OperationCode,
        placeholder: Option<&str>,
        identifiers: impl IntoIterator<Item = &'i str>,
    ) {
        self.produced.placeholder = placeholder.map(str::to_owned);
        self.produced.identifiers.extend(identifiers.into_iter().map(|id| (operation, id.to_owned())));
    }

    /// Later items that mean the ID Placeholder fail.
    pub(super) fn clear_placeholder(&mut self) {
        self.produced.placeholder = None;
    }

    /// A new Unique Identifier: a random UUID, as most servers give.
    pub(super) fn new_id(&self) -> Result<String, Refusal> {
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

    /// Whether the client speaks KMIP 1.x.
    pub(super) fn is_v1(&self) -> bool {
        self.view.version < V2_0
    }
}

/// Encodes the payload of an answer to a client of the version of the view.
pub(super) fn answer(view: View<'_>, payload: &impl Encode) -> Result<Answer, Refusal> {
    match encode(payload, Tag::RESPONSE_PAYLOAD, view.version) {
        Ok(bytes) => Ok(Zeroizing::new(bytes)),
        Err(error) => Err(Cause::General.because(format!("the answer does not fit the version: {error}"))),
    }
}
