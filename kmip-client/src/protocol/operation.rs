//! Operations, one file for each, with request and response side by side (KMIP 2.1, 6; KMIP 1.4, 4).
//!
//! Each operation is a unit type, whose functions create the requests. The setters of the request add the rest.
//!
//! | Task | Operation | Requests | KMIP | |
//! |---|---|---|---|---|
//! | Make | [`Create`](struct@Create) | [`aes`](Create::aes), [`symmetric_key`](Create::symmetric_key) | 1.0 | |
//! | | [`CreateKeyPair`](struct@CreateKeyPair) | [`rsa`](CreateKeyPair::rsa), [`ec`](CreateKeyPair::ec) | 1.0 | |
//! | | [`DeriveKey`](struct@DeriveKey) | [`aes`](DeriveKey::aes), [`symmetric_key`](DeriveKey::symmetric_key), [`secret_data`](DeriveKey::secret_data) | 1.0 | |
//! | | [`CreateSplitKey`](struct@CreateSplitKey) | [`xor`](CreateSplitKey::xor), [`polynomial`](CreateSplitKey::polynomial) | 1.2 | |
//! | | [`JoinSplitKey`](struct@JoinSplitKey) | [`symmetric_key`](JoinSplitKey::symmetric_key), [`secret_data`](JoinSplitKey::secret_data) | 1.2 | |
//! | | [`Certify`](struct@Certify) | [`id`](Certify::id), [`pkcs10`](Certify::pkcs10) | 1.0 | issues a certificate for a public key or a request |
//! | | [`CreateUser`](struct@CreateUser) | [`named`](CreateUser::named) | 3.0 | |
//! | | [`CreateGroup`](struct@CreateGroup) | [`named`](CreateGroup::named) | 3.0 | |
//! | | [`CreateCredential`](struct@CreateCredential) | [`password`](CreateCredential::password), [`certificate`](CreateCredential::certificate), [`object`](CreateCredential::object) | 3.0 | |
//! | Bring | [`Register`](struct@Register) | [`symmetric_key`](Register::symmetric_key), [`private_key`](Register::private_key), [`public_key`](Register::public_key), [`certificate`](Register::certificate), [`secret_data`](Register::secret_data), [`opaque_object`](Register::opaque_object), [`object`](Register::object) | 1.0 | the server chooses the identifier |
//! | | [`Import`](struct@Import) | [`object`](Import::object) | 1.4 | keeps identifier, state and dates |
//! | Fetch | [`Get`](struct@Get) | [`id`](Get::id) | 1.0 | the object |
//! | | [`Export`](struct@Export) | [`id`](Export::id) | 1.4 | the object with all of its attributes |
//! | Find | [`Locate`](struct@Locate) | [`name`](Locate::name), [`attribute`](Locate::attribute), [`all`](Locate::all) | 1.0 | |
//! | Read attributes | [`GetAttributes`](struct@GetAttributes) | [`id`](GetAttributes::id) | 1.0 | with their values |
//! | | [`GetAttributeList`](struct@GetAttributeList) | [`id`](GetAttributeList::id) | 1.0 | their names |
//! | Change attributes | [`AddAttribute`](struct@AddAttribute) | [`id`](AddAttribute::id) | 1.0 | |
//! | | [`ModifyAttribute`](struct@ModifyAttribute) | [`id`](ModifyAttribute::id) | 1.0 | |
//! | | [`DeleteAttribute`](struct@DeleteAttribute) | [`id`](DeleteAttribute::id) | 1.0 | |
//! | | [`SetAttribute`](struct@SetAttribute) | [`id`](SetAttribute::id) | 2.0 | |
//! | | [`AdjustAttribute`](struct@AdjustAttribute) | [`increment`](AdjustAttribute::increment), [`decrement`](AdjustAttribute::decrement), [`negate`](AdjustAttribute::negate), [`id`](AdjustAttribute::id) | 2.0 | |
//! | Begin and replace | [`Activate`](struct@Activate) | [`id`](Activate::id) | 1.0 | |
//! | | [`ReKey`](struct@ReKey) | [`id`](ReKey::id) | 1.0 | |
//! | | [`ReKeyKeyPair`](struct@ReKeyKeyPair) | [`id`](ReKeyKeyPair::id) | 1.1 | |
//! | | [`ReCertify`](struct@ReCertify) | [`id`](ReCertify::id), [`pkcs10`](ReCertify::pkcs10) | 1.0 | |
//! | | [`ReProvision`](struct@ReProvision) | [`key_pair`](ReProvision::key_pair), [`certificate_request`](ReProvision::certificate_request), [`certificate`](ReProvision::certificate) | 2.0 | the client's own access |
//! | Use | [`Encrypt`](struct@Encrypt) | [`aes_gcm`](Encrypt::aes_gcm), [`aes_cbc`](Encrypt::aes_cbc), [`rsa_oaep`](Encrypt::rsa_oaep), [`data`](Encrypt::data), [`with`](Encrypt::with) | 1.2 | |
//! | | [`Decrypt`](struct@Decrypt) | [`aes_gcm`](Decrypt::aes_gcm), [`aes_gcm_joined`](Decrypt::aes_gcm_joined), [`aes_cbc`](Decrypt::aes_cbc), [`rsa_oaep`](Decrypt::rsa_oaep), [`data`](Decrypt::data), [`with`](Decrypt::with) | 1.2 | |
//! | | [`Sign`](struct@Sign) | [`data`](Sign::data), [`digest`](Sign::digest) | 1.2 | |
//! | | [`SignatureVerify`](struct@SignatureVerify) | [`data`](SignatureVerify::data), [`digest`](SignatureVerify::digest) | 1.2 | |
//! | | [`Mac`](struct@Mac) | [`data`](Mac::data) | 1.2 | |
//! | | [`MacVerify`](struct@MacVerify) | [`data`](MacVerify::data) | 1.2 | |
//! | | [`Hash`](struct@Hash) | [`sha256`](Hash::sha256), [`with`](Hash::with) | 1.2 | |
//! | | [`RngRetrieve`](struct@RngRetrieve) | [`bytes`](RngRetrieve::bytes) | 1.2 | |
//! | | [`RngSeed`](struct@RngSeed) | [`bytes`](RngSeed::bytes) | 1.2 | |
//! | | [`Validate`](struct@Validate) | [`id`](Validate::id), [`certificate`](Validate::certificate) | 1.0 | a chain of certificates |
//! | May it be used? | [`Check`](struct@Check) | [`id`](Check::id) | 1.0 | |
//! | | [`GetUsageAllocation`](struct@GetUsageAllocation) | [`bytes`](GetUsageAllocation::bytes), [`objects`](GetUsageAllocation::objects), [`units`](GetUsageAllocation::units) | 1.0 | |
//! | | [`ObtainLease`](struct@ObtainLease) | [`id`](ObtainLease::id) | 1.0 | |
//! | End | [`Revoke`](struct@Revoke) | [`id`](Revoke::id), [`key_compromise`](Revoke::key_compromise) | 1.0 | an active key, before it is destroyed |
//! | | [`Deactivate`](struct@Deactivate) | [`id`](Deactivate::id) | 3.0 | |
//! | | [`Archive`](struct@Archive) | [`id`](Archive::id) | 1.0 | |
//! | | [`Recover`](struct@Recover) | [`id`](Recover::id) | 1.0 | |
//! | | [`Destroy`](struct@Destroy) | [`id`](Destroy::id) | 1.0 | |
//! | | [`Obliterate`](struct@Obliterate) | [`id`](Obliterate::id) | 3.0 | with its attributes |
//! | Ask the server | [`Query`](struct@Query) | [`functions`](Query::functions) | 1.0 | or `capabilities` of the clients |
//! | | [`DiscoverVersions`](struct@DiscoverVersions) | [`all`](DiscoverVersions::all), [`among`](DiscoverVersions::among) | 1.1 | |
//! | | [`Ping`](struct@Ping) | [`server`](Ping::server) | 2.1 | |
//! | | [`GetConstraints`](struct@GetConstraints) | [`all`](GetConstraints::all) | 2.1 | |
//! | Answers that come later | [`Poll`](struct@Poll) | [`correlation_value`](Poll::correlation_value) | 1.0 | or `with_asynchronous` of the clients |
//! | | [`Cancel`](struct@Cancel) | [`correlation_value`](Cancel::correlation_value) | 1.0 | |
//! | | [`Process`](struct@Process) | [`request`](Process::request) | 2.1 | |
//! | | [`QueryAsynchronousRequests`](struct@QueryAsynchronousRequests) | [`all`](QueryAsynchronousRequests::all), [`operations`](QueryAsynchronousRequests::operations), [`correlation_values`](QueryAsynchronousRequests::correlation_values) | 2.1 | |
//! | Sessions and rights | [`Login`](struct@Login) | [`ticket`](Login::ticket) | 2.0 | |
//! | | [`Logout`](struct@Logout) | [`ticket`](Logout::ticket) | 2.0 | |
//! | | [`DelegatedLogin`](struct@DelegatedLogin) | [`rights`](DelegatedLogin::rights) | 2.0 | |
//! | | [`SetEndpointRole`](struct@SetEndpointRole) | [`role`](SetEndpointRole::role) | 2.0 | |
//! | Administration | [`SetConstraints`](struct@SetConstraints) | [`constraints`](SetConstraints::constraints) | 2.1 | |
//! | | [`SetDefaults`](struct@SetDefaults) | [`defaults`](SetDefaults::defaults), [`none`](SetDefaults::none) | 2.1 | |
//! | | [`Log`](struct@Log) | [`message`](Log::message) | 2.0 | |
//! | | [`Interop`](struct@Interop) | [`begin`](Interop::begin), [`end`](Interop::end), [`reset`](Interop::reset) | 2.0 | marks of a test run |
//! | | [`Pkcs11`](struct@Pkcs11) | [`function`](Pkcs11::function) | 2.0 | PKCS#11 over KMIP |
//! | From server to client | [`Notify`](struct@Notify) | [`id`](Notify::id) | 1.0 | an object has changed |
//! | | [`Put`](struct@Put) | [`new_object`](Put::new_object), [`replacement`](Put::replacement) | 1.0 | an object |
//!
//! A new operation takes one file here and one row in `operations!` below; `CONTRIBUTING.md` shows an example. A
//! program declares an operation that this crate lacks, such as a vendor's, by [`operation!`](crate::operation).

use kmip_ttlv::enumeration::OperationCode;
use kmip_ttlv::{Decode, Encode, Item, Reader, Result, Tag, Writer};

use crate::protocol::{begin, vacate};

mod declare;
mod macros;
mod parts;
mod payload;
mod protection;
mod scope;

use self::macros::{fetched_key, id_only, new_object, object_only};
pub(crate) use self::parts::Place;
pub use self::parts::{MultiPart, Part};
pub use self::payload::Payload;
use self::payload::payloads;
pub use self::protection::ProtectionStorageMasks;
pub use self::scope::{ObjectGroups, ObjectTypes, Objects, OperationList};

/// An operation: its code, and the types of its request and response.
///
/// It is implemented by a unit type for each operation: [`Create`], [`Get`] and so on. A vendor's operation can
/// implement it too.
pub trait Operation: 'static {
    /// The code of the operation.
    const CODE: OperationCode;
    /// The requested operations.
    type Request<'a>: Encode + Decode<'a>;
    /// The results.
    type Response<'r>: Encode + Decode<'r>;
    /// `true` if the response only names the object of the request. A success with a missing or empty payload then
    /// counts as a response about that object; otherwise it is an error.
    const ECHOES_IDENTIFIER: bool = false;
}

/// The request of an operation, ready to be sent.
pub trait Request: Encode + Sync {
    /// The operation.
    type Operation: Operation;

    /// Returns the consequence of sending the request a second time, after the response to the first was lost.
    fn repeat(&self) -> Repeat {
        Repeat::Never
    }

    /// Returns `true` if sending the request twice has neither an effect nor a cost that sending it once does not have:
    /// the same as [`Repeat::Free`]. Implement [`Request::repeat`] alone, which the client reads.
    fn is_idempotent(&self) -> bool {
        self.repeat() == Repeat::Free
    }

    /// Returns the first contradictory item of the request, and the remedy. The client does not send such a request.
    fn problem(&self) -> Option<(Tag, &'static str)> {
        None
    }
}

/// The consequence of sending a request a second time.
///
/// ```
/// use kmip_client::protocol::operation::{Create, Encrypt, Get, Repeat, Request};
///
/// assert_eq!(Get::id("9dc02223").repeat(), Repeat::Free);
/// assert_eq!(Get::id("9dc02223").wrapped_with("4711").repeat(), Repeat::Metered); // wrapping uses the other key
/// assert_eq!(Encrypt::aes_gcm("9dc02223", b"attack at dawn").repeat(), Repeat::Metered);
/// assert_eq!(Create::aes(256).repeat(), Repeat::Never);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Repeat {
    /// The effect may occur a second time. A client never repeats the request.
    Never,
    /// The request changes nothing but the Usage Limits of a key, which may count it twice (KMIP 1.4, 3.21). A client
    /// repeats it only if its caller allows that.
    Metered,
    /// No consequence. A client repeats the request.
    Free,
}

/// A row has: the file; the operation with the type of its request; the type of its response; the constant of its code;
/// `echoes identifier` if the response adds nothing ([`Operation::ECHOES_IDENTIFIER`]); the method of the request that
/// looks for a [problem](Request::problem), if any; and the consequence of sending a request twice. That is nothing for
/// `free`, a use of a key for `metered`, and the effect of the operation by default. `if` names a method of the request
/// that has to hold for that; `else` applies otherwise. `as Box` boxes a response that is much larger than others
/// inside [`ResponsePayload`], so that batch items stay small.
macro_rules! operations {
    ($($file:ident: $operation:ident($request:ty) -> $response:ty $(as $boxed:ident)? = $code:ident $(echoes $what:ident)? $(where $problem:ident)? $(, $repeat:ident $(if $when:ident $(else $other:ident)?)?)?;)*) => {
        $(
            mod $file;
            pub use self::$file::*;

            impl Operation for $operation {
                const CODE: OperationCode = OperationCode::$code;
                type Request<'a> = $request;
                type Response<'a> = $response;
                $(const ECHOES_IDENTIFIER: bool = operations!(@echoes $what);)?
            }

            impl<'a> Request for $request {
                type Operation = $operation;

                #[inline]
                fn repeat(&self) -> Repeat {
                    operations!(@ self $(, $repeat $($when $($other)?)?)?)
                }

                $(fn problem(&self) -> Option<(Tag, &'static str)> {
                    self.$problem()
                })?
            }
        )*

        payloads! {
            /// The payload of a request, with one variant for each operation.
            RequestPayload, $($operation($request) = $code;)*
        }

        payloads! {
            /// The payload of a response, with one variant for each operation.
            ResponsePayload, $($operation($response $(as $boxed)?) = $code;)*
        }
    };
    (@echoes identifier) => { true };
    (@ $this:ident) => { Repeat::Never };
    (@ $this:ident, free) => { Repeat::Free };
    (@ $this:ident, metered) => { Repeat::Metered };
    (@ $this:ident, $repeat:ident $when:ident) => { operations!(@ $this, $repeat $when never) };
    (@ $this:ident, never) => { Repeat::Never };
    (@ $this:ident, $repeat:ident $when:ident $other:ident) => {
        if $this.$when() { operations!(@ $this, $repeat) } else { operations!(@ $this, $other) }
    };
}

operations! {
    activate: Activate(ActivateRequest<'a>) -> ActivateResponse<'a> = ACTIVATE echoes identifier;
    add_attribute: AddAttribute(AddAttributeRequest<'a>) -> AddAttributeResponse<'a> = ADD_ATTRIBUTE echoes identifier;
    adjust_attribute: AdjustAttribute(AdjustAttributeRequest<'a>) -> AdjustAttributeResponse<'a> = ADJUST_ATTRIBUTE echoes identifier;
    archive: Archive(ArchiveRequest<'a>) -> ArchiveResponse<'a> = ARCHIVE echoes identifier;
    cancel: Cancel(CancelRequest<'a>) -> CancelResponse<'a> = CANCEL;
    certify: Certify(CertifyRequest<'a>) -> CertifyResponse<'a> = CERTIFY;
    check: Check(CheckRequest<'a>) -> CheckResponse<'a> = CHECK, free;
    create: Create(CreateRequest<'a>) -> CreateResponse<'a> = CREATE;
    create_credential: CreateCredential(CreateCredentialRequest<'a>) -> CreateCredentialResponse<'a> = CREATE_CREDENTIAL;
    create_group: CreateGroup(CreateGroupRequest<'a>) -> CreateGroupResponse<'a> = CREATE_GROUP;
    create_key_pair: CreateKeyPair(CreateKeyPairRequest<'a>) -> CreateKeyPairResponse<'a> = CREATE_KEY_PAIR;
    create_split_key: CreateSplitKey(CreateSplitKeyRequest<'a>) -> CreateSplitKeyResponse<'a> = CREATE_SPLIT_KEY;
    create_user: CreateUser(CreateUserRequest<'a>) -> CreateUserResponse<'a> = CREATE_USER;
    deactivate: Deactivate(DeactivateRequest<'a>) -> DeactivateResponse<'a> = DEACTIVATE echoes identifier;
    decrypt: Decrypt(DecryptRequest<'a>) -> DecryptResponse<'a> = DECRYPT, metered if is_single_part;
    delegated_login: DelegatedLogin(DelegatedLoginRequest<'a>) -> DelegatedLoginResponse<'a> = DELEGATED_LOGIN;
    delete_attribute: DeleteAttribute(DeleteAttributeRequest<'a>) -> DeleteAttributeResponse<'a> = DELETE_ATTRIBUTE echoes identifier;
    derive_key: DeriveKey(DeriveKeyRequest<'a>) -> DeriveKeyResponse<'a> = DERIVE_KEY;
    destroy: Destroy(DestroyRequest<'a>) -> DestroyResponse<'a> = DESTROY echoes identifier;
    discover_versions: DiscoverVersions(DiscoverVersionsRequest) -> DiscoverVersionsResponse = DISCOVER_VERSIONS, free;
    encrypt: Encrypt(EncryptRequest<'a>) -> EncryptResponse<'a> = ENCRYPT, metered if is_single_part;
    export: Export(ExportRequest<'a>) -> ExportResponse<'a> = EXPORT, free if is_unwrapped else metered;
    get: Get(GetRequest<'a>) -> GetResponse<'a> = GET, free if is_unwrapped else metered;
    get_attribute_list: GetAttributeList(GetAttributeListRequest<'a>) -> GetAttributeListResponse<'a> = GET_ATTRIBUTE_LIST, free;
    get_attributes: GetAttributes(GetAttributesRequest<'a>) -> GetAttributesResponse<'a> = GET_ATTRIBUTES, free;
    get_constraints: GetConstraints(GetConstraintsRequest) -> GetConstraintsResponse<'a> = GET_CONSTRAINTS, free;
    get_usage_allocation: GetUsageAllocation(GetUsageAllocationRequest<'a>) -> GetUsageAllocationResponse<'a> = GET_USAGE_ALLOCATION echoes identifier;
    hash: Hash(HashRequest<'a>) -> HashResponse<'a> = HASH, free if is_single_part;
    import: Import(ImportRequest<'a>) -> ImportResponse<'a> = IMPORT echoes identifier;
    interop: Interop(InteropRequest<'a>) -> InteropResponse = INTEROP;
    join_split_key: JoinSplitKey(JoinSplitKeyRequest<'a>) -> JoinSplitKeyResponse<'a> = JOIN_SPLIT_KEY;
    locate: Locate(LocateRequest<'a>) -> LocateResponse<'a> = LOCATE, free;
    log: Log(LogRequest<'a>) -> LogResponse = LOG;
    login: Login(LoginRequest) -> LoginResponse<'a> = LOGIN;
    logout: Logout(LogoutRequest<'a>) -> LogoutResponse = LOGOUT;
    mac: Mac(MacRequest<'a>) -> MacResponse<'a> = MAC, metered if is_single_part;
    mac_verify: MacVerify(MacVerifyRequest<'a>) -> MacVerifyResponse<'a> = MAC_VERIFY, metered if is_single_part;
    modify_attribute: ModifyAttribute(ModifyAttributeRequest<'a>) -> ModifyAttributeResponse<'a> = MODIFY_ATTRIBUTE echoes identifier;
    notify: Notify(NotifyRequest<'a>) -> NotifyResponse = NOTIFY;
    obliterate: Obliterate(ObliterateRequest<'a>) -> ObliterateResponse = OBLITERATE;
    obtain_lease: ObtainLease(ObtainLeaseRequest<'a>) -> ObtainLeaseResponse<'a> = OBTAIN_LEASE;
    ping: Ping(PingRequest) -> PingResponse = PING, free;
    pkcs11: Pkcs11(Pkcs11Request<'a>) -> Pkcs11Response<'a> = PKCS_11;
    poll: Poll(PollRequest<'a>) -> PollResponse<'a> = POLL;
    process: Process(ProcessRequest<'a>) -> ProcessResponse = PROCESS;
    put: Put(PutRequest<'a>) -> PutResponse = PUT;
    query: Query(QueryRequest<'a>) -> QueryResponse<'a> as Box = QUERY, free;
    query_asynchronous_requests: QueryAsynchronousRequests(QueryAsynchronousRequestsRequest<'a>) -> QueryAsynchronousRequestsResponse<'a> = QUERY_ASYNCHRONOUS_REQUESTS, free;
    re_certify: ReCertify(ReCertifyRequest<'a>) -> ReCertifyResponse<'a> = RE_CERTIFY;
    re_key: ReKey(ReKeyRequest<'a>) -> ReKeyResponse<'a> = RE_KEY;
    re_key_key_pair: ReKeyKeyPair(ReKeyKeyPairRequest<'a>) -> ReKeyKeyPairResponse<'a> = RE_KEY_KEY_PAIR;
    re_provision: ReProvision(ReProvisionRequest<'a>) -> ReProvisionResponse<'a> = RE_PROVISION;
    recover: Recover(RecoverRequest<'a>) -> RecoverResponse<'a> = RECOVER echoes identifier;
    register: Register(RegisterRequest<'a>) -> RegisterResponse<'a> = REGISTER where mislabelled;
    revoke: Revoke(RevokeRequest<'a>) -> RevokeResponse<'a> = REVOKE echoes identifier;
    rng_retrieve: RngRetrieve(RngRetrieveRequest) -> RngRetrieveResponse<'a> = RNG_RETRIEVE;
    rng_seed: RngSeed(RngSeedRequest<'a>) -> RngSeedResponse = RNG_SEED;
    set_attribute: SetAttribute(SetAttributeRequest<'a>) -> SetAttributeResponse<'a> = SET_ATTRIBUTE echoes identifier;
    set_constraints: SetConstraints(SetConstraintsRequest<'a>) -> SetConstraintsResponse = SET_CONSTRAINTS;
    set_defaults: SetDefaults(SetDefaultsRequest<'a>) -> SetDefaultsResponse = SET_DEFAULTS;
    set_endpoint_role: SetEndpointRole(SetEndpointRoleRequest) -> SetEndpointRoleResponse = SET_ENDPOINT_ROLE;
    sign: Sign(SignRequest<'a>) -> SignResponse<'a> = SIGN, metered if is_single_part;
    signature_verify: SignatureVerify(SignatureVerifyRequest<'a>) -> SignatureVerifyResponse<'a> = SIGNATURE_VERIFY, metered if is_single_part;
    validate: Validate(ValidateRequest<'a>) -> ValidateResponse = VALIDATE, free;
}
