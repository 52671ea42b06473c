//! Credentials that a client keeps, to show with each of its requests.

use std::fmt;
use std::sync::Arc;

use kmip_ttlv::{Decode, Encode, Reader, Result, Tag, V2_1, Writer};
use zeroize::Zeroizing;

use crate::protocol::message::{Authentication, Credential, TicketCredential, UsernameAndPassword};
use crate::protocol::{Password, Ticket};

/// Who asks, beside the client certificate: a user, a device, a ticket, or several of these (KMIP 2.1, 9.4 and 9.11).
///
/// Owned, cheap to clone, and wiped when the last clone goes. Printing it shows nothing. [`Config::credential`](crate::Config::credential)
/// takes it for all requests of a client, `with_credential` of both clients for some.
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
    /// The structure Authentication, encoded: it is read again for each request, in the version of which it may not be possible.
    encoded: Arc<Zeroizing<Vec<u8>>>,
}

/// Why decoding does not fail.
const ENCODED_HERE: &str = "it was encoded from the same types";

impl Credentials {
    /// A user name and a password.
    ///
    /// # Panics
    ///
    /// Where one of them has 4 GiB or more, which no message can hold.
    #[must_use]
    pub fn user(name: &str, password: &str) -> Self {
        let password = Some(Password::new(password));
        let user = Credential::UsernameAndPassword(UsernameAndPassword { username: name, password });
        Self::of(&user).expect("texts of less than 4 GiB can be encoded")
    }

    /// The ticket that a Login has given. KMIP 2.0 and later.
    ///
    /// # Panics
    ///
    /// Where the ticket has 4 GiB or more, which no message can hold.
    #[must_use]
    pub fn ticket(ticket: Ticket<'_>) -> Self {
        Self::of(&Credential::Ticket(TicketCredential { ticket })).expect("a ticket of less than 4 GiB can be encoded")
    }

    /// Any credential: a device, an attestation, a password for one time, and so on.
    ///
    /// # Errors
    ///
    /// Where a field is longer than a message can hold. Whether the version of a request has this type of credential shows when there is one.
    pub fn of(credential: &Credential<'_>) -> Result<Self> {
        Self::encode(&Authentication { credentials: vec![credential.clone()] })
    }

    /// These and others, for one request. KMIP 1.4 and later.
    ///
    /// # Errors
    ///
    /// Where they are longer than a message can hold.
    pub fn and(&self, others: &Self) -> Result<Self> {
        let mut all = self.authentication();
        all.credentials.extend(others.authentication().credentials);
        Self::encode(&all)
    }

    fn encode(authentication: &Authentication<'_>) -> Result<Self> {
        const TAG: Tag = Tag::AUTHENTICATION;
        // Exactly its size, so that growing leaves no copy behind.
        let buffer = Vec::with_capacity(authentication.encoded_len(TAG, V2_1));
        let mut writer = Writer::with_buffer(V2_1, buffer).in_any_version();
        let encoded = authentication.encode(TAG, &mut writer);
        let buffer = Arc::new(Zeroizing::new(writer.into_vec()));
        encoded.map(|()| Self { encoded: buffer })
    }

    /// What goes into the header of a request.
    pub(super) fn authentication(&self) -> Authentication<'_> {
        let mut reader = Reader::new(&self.encoded).with_version(V2_1);
        Authentication::decode_next(&mut reader, Tag::AUTHENTICATION).expect(ENCODED_HERE)
    }

    /// Whether this version can say it.
    #[cfg(feature = "_client")]
    pub(super) fn fit(&self, version: kmip_ttlv::ProtocolVersion) -> bool {
        let encoded = super::authentication(self, version).and_then(|authentication| {
            kmip_ttlv::encode(&authentication, Tag::AUTHENTICATION, version).map(Zeroizing::new)
        });
        encoded.is_ok_and(|encoded| kmip_ttlv::check_vocabulary(&encoded, version).is_ok())
    }
}

/// Prints no more than that there are some: not even a name.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials")
    }
}
