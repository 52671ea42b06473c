//! The objects that messages are about. A message about an object that is not there is refused before anything is done.

use std::collections::VecDeque;

use kmip_client::Exchange;
use kmip_client::protocol::operation::{Activate, Create, CreateKeyPair, Register, Request};
use kmip_client::ttlv::enumeration::SecretDataType;
use kmip_client::ttlv::{ProtocolVersion, Tag, Type, Walk};

use crate::message::Random;
use crate::mutate::Node;

/// The maximum number of known identifiers. The oldest are forgotten first.
const MOST: usize = 64;

#[derive(Default)]
pub(crate) struct Objects(VecDeque<String>);

impl Objects {
    /// Remembers the identifiers in an answer, and returns those that are new.
    pub(crate) fn learn(&mut self, answer: &[u8]) -> Vec<String> {
        let mut fresh = Vec::new();
        for visit in Walk::new(answer).map_while(Result::ok) {
            if visit.item.tag() != Tag::UNIQUE_IDENTIFIER || visit.item.ty() != Type::TextString {
                continue;
            }
            let Ok(id) = std::str::from_utf8(visit.item.value()) else { continue };
            if id.is_empty() || self.0.iter().any(|known| known == id) {
                continue;
            }
            if self.0.len() == MOST {
                self.0.pop_front();
            }
            self.0.push_back(id.to_owned());
            fresh.push(id.to_owned());
        }
        fresh
    }

    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// Puts identifiers that the server knows in place of the generated ones.
    pub(crate) fn put_into(&self, frame: &[u8], random: &mut Random) -> Vec<u8> {
        match Node::of_message(frame) {
            Some(mut root) if !self.0.is_empty() => {
                self.put(&mut root, random);
                root.to_message()
            }
            _ => frame.to_vec(),
        }
    }

    fn put(&self, node: &mut Node, random: &mut Random) {
        if node.is(Tag::UNIQUE_IDENTIFIER, Type::TextString) {
            node.value = self.0[random.below(self.0.len())].clone().into_bytes();
        }
        node.inside.iter_mut().for_each(|inside| self.put(inside, random));
    }
}

/// Returns requests that make objects of several kinds.
pub(crate) fn requests(version: ProtocolVersion) -> Vec<Vec<u8>> {
    [
        request(version, &Create::aes(256)),
        request(version, &CreateKeyPair::rsa(2048)),
        request(version, &Register::secret_data(SecretDataType::PASSWORD, b"correct horse")),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Returns the request that makes an object active.
pub(crate) fn activation(version: ProtocolVersion, id: &str) -> Option<Vec<u8>> {
    request(version, &Activate::id(id))
}

/// Returns the message, unless the version does not have it.
fn request<R: Request>(version: ProtocolVersion, request: &R) -> Option<Vec<u8>> {
    Some(Exchange::new(version, request).ok()?.request().to_vec())
}
