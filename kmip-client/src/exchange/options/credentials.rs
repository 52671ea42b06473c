//! Credentials that a client keeps and sends with each of its requests.

use std::fmt;
use std::sync::Arc;

use kmip_ttlv::{Decode, Encode, Reader, Result, Tag, V2_1, Writer};
use zeroize::Zeroizing;

use crate::protocol::message::{Authentication, Credential, TicketCredential, UsernameAndPassword};
use crate::protocol::{Password, Ticket};

/// Credentials in addition to the client certificate: a user, a device, a ticket, or several of these (KMIP 2.1, 9.4
/// and 9.11).
///
/// They are owned, cheap to clone, and wiped when the last clone is dropped. Printing them shows nothing.
/// [`Config::credential`](crate::Config::credential) sets them for all requests of a client, `with_credential` of both
/// clients for some.
///
/// ```
/// use kmip_client::Credentials;
/// use kmip_client::protocol::message::{Credential, DeviceCredential};
///
/// let user = Credentials::user("backup", "hunter2");
/// assert_eq!(format!("{user:?}"), "Credentials");
///
/// let device = DeviceCredential::default().device_serial_number("4711");
/// let both = user.and(&Credentials::of(&Credential::Device(device))?)?; // several need KMIP 1.4
/// # let _ = both;
/// # Ok::<(), kmip_client::ttlv::Error>(())
/// ```
#[derive(Clone)]
pub struct Credentials {
    /// The encoded structure Authentication. It is decoded again for each request, whose version may not support it.
    encoded: Arc<Zeroizing<Vec<u8>>>,
}

/// The reason for which decoding cannot fail.
const ENCODED_HERE: &str = "it was encoded from the same types";

impl Credentials {
    /// Creates a user name and a password.
    ///
    /// # Panics
    ///
    /// Panics if one of them has 4 GiB or more, which no message can hold.
    #[must_use]
    #[inline]
    pub fn user(name: &str, password: &str) -> Self {
        let password = Some(Password::new(password));
        let user = Credential::UsernameAndPassword(UsernameAndPassword { username: name, password });
        Self::of(&user).expect("texts of less than 4 GiB can be encoded")
    }

    /// Creates the credential of a ticket from Login. KMIP 2.0 and later.
    ///
    /// # Panics
    ///
    /// Panics if the ticket has 4 GiB or more, which no message can hold.
    #[must_use]
    #[inline]
    pub fn ticket(ticket: Ticket<'_>) -> Self {
        Self::of(&Credential::Ticket(TicketCredential { ticket })).expect("a ticket of less than 4 GiB can be encoded")
    }

    /// Creates any credential: a device, an attestation, a one-time password, and so on.
    ///
    /// # Errors
    ///
    /// Fails if a field is longer than a message can hold. A type of credential that the version of a request does not
    /// have is reported when that request is encoded.
    #[inline]
    pub fn of(credential: &Credential<'_>) -> Result<Self> {
        Self::encode(&Authentication { credentials: vec![credential.clone()] })
    }

    /// Combines these credentials with others for one request. KMIP 1.4 and later.
    ///
    /// # Errors
    ///
    /// Fails if they are longer than a message can hold.
    #[inline]
    pub fn and(&self, others: &Self) -> Result<Self> {
        let mut all = self.authentication();
        all.credentials.extend(others.authentication().credentials);
        Self::encode(&all)
    }

    #[inline]
    fn encode(authentication: &Authentication<'_>) -> Result<Self> {
        let mut writer = Writer::new(V2_1).in_any_version();
        let encoded = authentication.encode(Tag::AUTHENTICATION, &mut writer);
        let buffer = Arc::new(Zeroizing::new(writer.into_vec()));
        encoded.map(|()| Self { encoded: buffer })
    }

    /// Returns the field of the request's header.
    pub(super) fn authentication(&self) -> Authentication<'_> {
        let mut reader = Reader::new(&self.encoded).with_version(V2_1);
        Authentication::decode_next(&mut reader, Tag::AUTHENTICATION).expect(ENCODED_HERE)
    }
}

/// Prints that there are credentials, but not even a name.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials")
    }
}
