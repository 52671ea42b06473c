//! Stands in for the recovery of RSA numbers without the feature `rsa-recover`.

use kmip_ttlv::BigInteger;

use crate::keys::error::{CRT, KeyError};
use crate::keys::private::PrivateKey;

pub(super) fn recover(
    _: BigInteger<'_>,
    _: BigInteger<'_>,
    _: BigInteger<'_>,
    _: Option<(BigInteger<'_>, BigInteger<'_>)>,
) -> Result<PrivateKey, KeyError> {
    Err(KeyError::Incomplete { missing: CRT })
}
