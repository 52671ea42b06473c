//! The two halves of a key pair on a server.

use kmip_ttlv::Tag;
use kmip_ttlv::enumeration::{CryptographicUsageMask, LinkType, ObjectType, State};

use super::SignError;
use crate::client::error::Error;
use crate::client::kmip::Kmip;
use crate::keys::{FetchError, PublicKey, public_key};
use crate::protocol::attribute::AttributeValue;
use crate::protocol::operation::{GetAttributes, GetAttributesRequest};

/// Both halves, checked as far as their attributes allow.
pub(super) struct Halves {
    pub(super) private: String,
    pub(super) public_id: String,
    pub(super) public: PublicKey,
    pub(super) limited: bool,
}

/// The relevant attributes of an object.
#[derive(Default)]
struct Seen {
    object_type: Option<ObjectType>,
    state: Option<State>,
    mask: Option<CryptographicUsageMask>,
    limited: bool,
    private: Option<String>,
    public: Option<String>,
}

impl Halves {
    /// Follows the links from this object.
    pub(super) async fn linked(kms: &impl Kmip, id: &str) -> Result<Self, SignError> {
        const TO_PRIVATE: LinkType = LinkType::PRIVATE_KEY_LINK;
        const TO_PUBLIC: LinkType = LinkType::PUBLIC_KEY_LINK;
        let seen = Seen::of(kms, id).await?;
        let (private, public) = match seen.object_type {
            Some(ObjectType::CERTIFICATE) => {
                let public = follow(id, TO_PUBLIC, seen.public)?;
                let half = Seen::at_end(kms, id, TO_PUBLIC, &public).await?;
                (follow(&public, TO_PRIVATE, half.private.or(seen.private))?, public)
            }
            Some(ObjectType::PUBLIC_KEY) => (follow(id, TO_PRIVATE, seen.private)?, id.to_owned()),
            Some(ObjectType::PRIVATE_KEY) | None => {
                seen.check(id)?;
                let public = follow(id, TO_PUBLIC, seen.public)?;
                let limited = seen.limited;
                let key = public_half(kms, id, TO_PUBLIC, &public).await?;
                return Ok(Self { private: id.to_owned(), public_id: public, public: key, limited });
            }
            Some(found) => return Err(SignError::Kind { id: id.to_owned(), found }),
        };
        let seen = Seen::at_end(kms, &public, TO_PRIVATE, &private).await?;
        seen.check(&private)?;
        let key = fetched(kms, &public).await?;
        Ok(Self { private, public_id: public, public: key, limited: seen.limited })
    }

    /// Loads the halves with these identifiers.
    pub(super) async fn given(kms: &impl Kmip, private: &str, public: &str) -> Result<Self, SignError> {
        let seen = Seen::of(kms, private).await?;
        seen.check(private)?;
        let key = fetched(kms, public).await?;
        Ok(Self { private: private.to_owned(), public_id: public.to_owned(), public: key, limited: seen.limited })
    }
}

impl Seen {
    async fn of(kms: &impl Kmip, id: &str) -> Result<Self, Error> {
        let wanted = [Tag::OBJECT_TYPE, Tag::STATE, Tag::CRYPTOGRAPHIC_USAGE_MASK, Tag::USAGE_LIMITS];
        let request = wanted.into_iter().fold(GetAttributes::id(id), GetAttributesRequest::attribute);
        let request = request.links(kms.version());
        let reply = kms.call(&request).await?;
        let mut seen = Self::default();
        for value in reply.payload().attributes.unwrap_or_default().iter() {
            match value {
                AttributeValue::ObjectType(kind) => seen.object_type = Some(*kind),
                AttributeValue::State(state) => seen.state = Some(*state),
                AttributeValue::CryptographicUsageMask(mask) => seen.mask = Some(*mask),
                AttributeValue::UsageLimits(_) => seen.limited = true,
                other => seen.follow_link(other),
            }
        }
        Ok(seen)
    }

    fn follow_link(&mut self, value: &AttributeValue<'_>) {
        let Some(link) = value.link() else { return };
        let to = link.linked_object_identifier.as_str().map(str::to_owned);
        match link.link_type {
            LinkType::PRIVATE_KEY_LINK => self.private = to,
            LinkType::PUBLIC_KEY_LINK => self.public = to,
            _ => {}
        }
    }

    /// Loads the object at a link.
    async fn at_end(kms: &impl Kmip, id: &str, link: LinkType, to: &str) -> Result<Self, SignError> {
        Self::of(kms, to).await.map_err(|error| broken(error, id, link, to))
    }

    /// Checks that the private key may sign. Facts that the server does not return are left to its own check.
    fn check(&self, id: &str) -> Result<(), SignError> {
        let id = || id.to_owned();
        match self.object_type {
            Some(ObjectType::PRIVATE_KEY) | None => {}
            Some(found) => return Err(SignError::Kind { id: id(), found }),
        }
        match self.state {
            Some(State::ACTIVE) | None => {}
            Some(state) => return Err(SignError::State { id: id(), state }),
        }
        match self.mask {
            Some(mask) if !mask.contains(CryptographicUsageMask::SIGN) => Err(SignError::Usage { id: id(), mask }),
            _ => Ok(()),
        }
    }
}

fn follow(id: &str, link: LinkType, to: Option<String>) -> Result<String, SignError> {
    to.ok_or_else(|| SignError::NoLink { id: id.to_owned(), link })
}

fn broken(error: Error, id: &str, link: LinkType, to: &str) -> SignError {
    if error.is_not_found() {
        SignError::BrokenLink { id: id.to_owned(), link, to: to.to_owned() }
    } else {
        SignError::Kms(error)
    }
}

async fn public_half(kms: &impl Kmip, id: &str, link: LinkType, to: &str) -> Result<PublicKey, SignError> {
    fetched(kms, to).await.map_err(|error| match error {
        SignError::Kms(error) => broken(error, id, link, to),
        other => other,
    })
}

async fn fetched(kms: &impl Kmip, id: &str) -> Result<PublicKey, SignError> {
    public_key(kms, id).await.map_err(|error| match error {
        FetchError::Kms(error) => SignError::Kms(error),
        FetchError::Key { id, problem } => SignError::Key { id, problem },
    })
}
