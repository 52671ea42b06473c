//! PKCS#11: the server calls a function of PKCS#11 for the client.

use kmip_ttlv::enumeration::{Pkcs11Function, Pkcs11ReturnCode};
use kmip_ttlv::{V2_0, ttlv_struct};

use crate::protocol::Secret;
use crate::protocol::either::either;

/// PKCS#11: the server calls a function of PKCS#11 for the client. KMIP 2.1, 6.1.37. Since KMIP 2.0.
///
/// How the parameters become bytes, the PKCS#11 profile says; here they are bytes.
///
/// ```
/// use kmip_client::protocol::operation::{Pkcs11, Pkcs11Call};
/// use kmip_client::ttlv::enumeration::Pkcs11Function;
///
/// let request = Pkcs11::function(Pkcs11Function::C_INITIALIZE).input(&[1]);
/// assert_eq!(request.function, Pkcs11Call::Standard(Pkcs11Function::C_INITIALIZE));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Pkcs11;

impl Pkcs11 {
    /// Calls this function.
    #[must_use]
    pub fn function<'a>(function: Pkcs11Function) -> Pkcs11Request<'a> {
        Pkcs11Request { function: Pkcs11Call::Standard(function), ..Pkcs11Request::default() }
    }
}

either! {
    /// A function of PKCS#11.
    pub enum Pkcs11Call {
        /// One of the standard: its number is its place in `CK_FUNCTION_LIST`, from 1.
        Standard(Pkcs11Function): Enumeration,
        /// One of a vendor.
        Vendor(i32): Integer,
    }
}

ttlv_struct! {
    /// Which function to call, and with what.
    pub struct Pkcs11Request<'a> {
        /// The name of the interface that has the function; that of version 3.0 where it is left out.
        pub interface: Option<&'a str> = PKCS_11_INTERFACE in V2_0..,
        /// The function.
        pub function: Pkcs11Call = PKCS_11_FUNCTION in V2_0..,
        /// What the last answer gave, if it gave something: it ties calls together.
        pub correlation_value: Option<&'a [u8]> = CORRELATION_VALUE in V2_0..,
        /// What goes into the function. PINs and keys may be among it.
        pub input_parameters: Option<Secret<'a>> = PKCS_11_INPUT_PARAMETERS in V2_0..,
    }
}

impl<'a> Pkcs11Request<'a> {
    /// Passes these parameters.
    #[must_use]
    pub const fn input(mut self, parameters: &'a [u8]) -> Self {
        self.input_parameters = Some(Secret::new(parameters));
        self
    }

    /// Goes on where the answer with this Correlation Value left off.
    #[must_use]
    pub const fn after(mut self, correlation_value: &'a [u8]) -> Self {
        self.correlation_value = Some(correlation_value);
        self
    }
}

ttlv_struct! {
    /// What the function gave.
    pub struct Pkcs11Response<'a> {
        /// The name of the interface that has the function; that of version 3.0 where it is left out.
        pub interface: Option<&'a str> = PKCS_11_INTERFACE in V2_0..,
        /// The function.
        pub function: Pkcs11Call = PKCS_11_FUNCTION in V2_0..,
        /// What the next request has to give.
        pub correlation_value: Option<&'a [u8]> = CORRELATION_VALUE in V2_0..,
        /// What came out of the function. Keys may be among it.
        pub output_parameters: Option<Secret<'a>> = PKCS_11_OUTPUT_PARAMETERS in V2_0..,
        /// What the function returned: `CK_RV`.
        pub return_code: Pkcs11ReturnCode = PKCS_11_RETURN_CODE in V2_0..,
    }
}
