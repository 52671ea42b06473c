//! The server without its network, for fuzz targets and tests that ask it more than a connection could carry.

use std::sync::{Arc, LazyLock};

use kmip_ttlv::{V1_0, V3_0, VersionRange};

use super::authority::pki::Pki;
use super::front::conversation::{Conversation, Received};
use super::front::custom::CustomOperations;
use super::front::kms::{Kms, Settings};
use super::front::users::Users;
use crate::config::{provider, spoken};

/// A server of every version, without objects, network and TLS.
#[allow(missing_debug_implementations, reason = "not for use from outside")]
pub struct Bare(Kms);

/// A message that a client sent, and the answer of the server as it goes out.
#[derive(Debug)]
pub struct Answered {
    /// `None` if the bytes are no message.
    pub request: Option<Vec<u8>>,
    /// The answer: a message, or an HTTP response around one.
    pub answer: Vec<u8>,
}

impl Bare {
    /// Creates a server. All of them share one authority, which is made once.
    ///
    /// # Panics
    ///
    /// Panics if the process has no provider of cryptography.
    #[must_use]
    pub fn new() -> Self {
        static PKI: LazyLock<Arc<Pki>> = LazyLock::new(|| Arc::new(Pki::new()));
        let random = provider().expect("aws-lc-rs is a feature that test-server turns on").secure_random;
        let settings = Settings {
            versions: spoken(VersionRange::between(V1_0, V3_0)),
            users: Users::default(),
            operations: None,
            lenient: false,
            custom: CustomOperations::default(),
        };
        Self(Kms::new(settings, random, Arc::clone(&PKI)))
    }

    /// Answers one message.
    #[must_use]
    pub fn answer(&self, frame: &[u8]) -> Vec<u8> {
        self.0.answer(frame, "fuzz").to_vec()
    }

    /// Answers what a client sends over one connection, until it ends or breaks. The connection takes HTTP too.
    #[must_use]
    pub fn converse(&self, sent: &[u8]) -> Vec<Answered> {
        let (Some((first, mut rest)), mut answers) = (sent.split_first(), Vec::new()) else { return Vec::new() };
        let mut conversation = Conversation::begun_with(*first, true);
        while let Ok(next) = conversation.next(&mut rest, || false) {
            match next {
                Received::End => break,
                Received::Message(frame, wrapping) => {
                    self.0.record_request(&frame);
                    let answer = wrapping.around(&self.0.answer(&frame, "fuzz")).to_vec();
                    answers.push(Answered { request: Some(frame.to_vec()), answer });
                    if wrapping.is_last() {
                        break;
                    }
                }
                Received::Unreadable(error) => {
                    answers.push(Answered { request: None, answer: self.0.refuse_unreadable(&error).to_vec() });
                    break;
                }
                Received::Refused(refusal) => {
                    answers.push(Answered { request: None, answer: refusal.response().into_bytes() });
                    if refusal.is_last() {
                        break;
                    }
                }
            }
        }
        answers
    }
}

impl Default for Bare {
    fn default() -> Self {
        Self::new()
    }
}
