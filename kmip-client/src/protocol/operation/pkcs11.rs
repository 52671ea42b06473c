//! The PKCS#11 operation.

use kmip_ttlv::enumeration::{Pkcs11Function, Pkcs11ReturnCode};
use kmip_ttlv::{V2_0, ttlv_struct};

use crate::protocol::Secret;
use crate::protocol::either::either;

/// Calls a function of PKCS#11 on the server. KMIP 2.1, 6.1.37. Since KMIP 2.0.
///
/// The PKCS#11 profile defines the encoding of the parameters, which are opaque bytes here.
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
    #[inline]
    pub fn function<'a>(function: Pkcs11Function) -> Pkcs11Request<'a> {
        Pkcs11Request { function: Pkcs11Call::Standard(function), ..Pkcs11Request::default() }
    }
}

either! {
    /// A function of PKCS#11.
    pub enum Pkcs11Call {
        /// A function of the standard, by its position in `CK_FUNCTION_LIST`, from 1.
        Standard(Pkcs11Function): Enumeration,
        /// A vendor's function.
        Vendor(i32): Integer,
    }
}

ttlv_struct! {
    #[compact]
    /// A call of a PKCS#11 function.
    pub struct Pkcs11Request<'a> {
        /// The name of the interface that has the function; the one of version 3.0 by default.
        pub interface: Option<&'a str> = PKCS_11_INTERFACE in V2_0..,
        /// The function.
        pub function: Pkcs11Call = PKCS_11_FUNCTION in V2_0..,
        /// The correlation value of the last response, if it had one: it ties calls together.
        pub correlation_value: Option<&'a [u8]> = CORRELATION_VALUE in V2_0..,
        /// The function's input. It may contain PINs and keys.
        pub input_parameters: Option<Secret<'a>> = PKCS_11_INPUT_PARAMETERS in V2_0..,
    }
}

impl<'a> Pkcs11Request<'a> {
    /// Sets the parameters of the call.
    #[must_use]
    pub const fn input(mut self, parameters: &'a [u8]) -> Self {
        self.input_parameters = Some(Secret::new(parameters));
        self
    }

    /// Continues after the response with this Correlation Value.
    #[must_use]
    pub const fn after(mut self, correlation_value: &'a [u8]) -> Self {
        self.correlation_value = Some(correlation_value);
        self
    }
}

ttlv_struct! {
    #[compact]
    /// The result of a PKCS#11 function.
    pub struct Pkcs11Response<'a> {
        /// The name of the interface that has the function; the one of version 3.0 by default.
        pub interface: Option<&'a str> = PKCS_11_INTERFACE in V2_0..,
        /// The function.
        pub function: Pkcs11Call = PKCS_11_FUNCTION in V2_0..,
        /// The correlation value for the next request.
        pub correlation_value: Option<&'a [u8]> = CORRELATION_VALUE in V2_0..,
        /// The function's output. It may contain keys.
        pub output_parameters: Option<Secret<'a>> = PKCS_11_OUTPUT_PARAMETERS in V2_0..,
        /// The function's return code: `CK_RV`.
        pub return_code: Pkcs11ReturnCode = PKCS_11_RETURN_CODE in V2_0..,
    }
}
