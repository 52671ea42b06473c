//! Query, Discover Versions, Log and Ping (KMIP 2.1, 6.1.40, 6.1.16, 6.1.29 and 6.1.36; KMIP 1.4, 4.25 and 4.26).

use kmip_ttlv::enumeration::{
    ClientRegistrationMethod, DestroyAction, ObjectType, ProtectionStorageMask, QueryFunction, RngAlgorithm, RngMode,
    ShreddingAlgorithm, UnwrapMode,
};
use kmip_ttlv::{Reader, Tag, V1_4, V2_1, Writer};

use crate::protocol::attribute::RngParameters;
use crate::protocol::operation::{
    CapabilityInformation, DiscoverVersionsRequest, DiscoverVersionsResponse, LogRequest, LogResponse, PingRequest,
    PingResponse, ProtectionStorageMasks, QueryRequest, QueryResponse,
};
use crate::test_server::base::refusal::{Cause, Refusal};
use crate::test_server::state::call::{Answer, Call};

/// The vendor name of the server.
const VENDOR: &str = "kmip-client test server";

/// The kinds of objects that can be registered.
const OBJECT_TYPES: [ObjectType; 10] = [
    ObjectType::CERTIFICATE,
    ObjectType::SYMMETRIC_KEY,
    ObjectType::PUBLIC_KEY,
    ObjectType::PRIVATE_KEY,
    ObjectType::SPLIT_KEY,
    ObjectType::TEMPLATE,
    ObjectType::SECRET_DATA,
    ObjectType::OPAQUE_OBJECT,
    ObjectType::PGP_KEY,
    ObjectType::CERTIFICATE_REQUEST,
];

/// Responds to the requested functions only. Unknown functions, and those without information, add nothing.
pub(super) fn query(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    let request: QueryRequest<'_> = call.request(payload)?;
    if request.query_functions.is_empty() {
        return Err(Cause::InvalidMessage.because("the query asks nothing"));
    }
    let version = call.view.version;
    let mut response = QueryResponse::default();
    let mut information = Writer::new(version);
    for function in request.query_functions {
        // The response to a function that the version lacks could not be encoded.
        if !function.versions().is_some_and(|range| range.contains(version)) {
            continue;
        }
        match function {
            QueryFunction::QUERY_OPERATIONS => {
                response.operations = call.operations.of_version(version).collect();
            }
            QueryFunction::QUERY_OBJECTS => {
                let has = |kind: &ObjectType| kind.versions().is_some_and(|range| range.contains(version));
                response.object_types = OBJECT_TYPES.into_iter().filter(has).collect();
            }
            QueryFunction::QUERY_SERVER_INFORMATION => {
                response.vendor_identification = Some(VENDOR);
                // KMIP 1.x leaves the content to vendors; 2.x has fields for it.
                if !call.is_v1() {
                    write_information(&mut information).map_err(|error| Cause::General.because(error.to_string()))?;
                }
            }
            QueryFunction::QUERY_RNGS => {
                let rng_algorithm = RngAlgorithm::UNSPECIFIED;
                response.rng_parameters = vec![RngParameters { rng_algorithm, ..RngParameters::default() }];
            }
            QueryFunction::QUERY_CAPABILITIES => {
                response.capabilities = vec![CapabilityInformation {
                    streaming: Some(true),
                    asynchronous: Some(true),
                    attestation: Some(false),
                    batch_undo: (version >= V1_4).then_some(true),
                    batch_continue: (version >= V1_4).then_some(true),
                    unwrap_mode: Some(UnwrapMode::NOT_PROCESSED),
                    destroy_action: Some(DestroyAction::KEY_MATERIAL_DELETED),
                    shredding_algorithm: Some(ShreddingAlgorithm::UNSUPPORTED),
                    rng_mode: Some(RngMode::SHARED_INSTANTIATION),
                    quantum_safe: (version >= V2_1).then_some(false),
                }];
            }
            QueryFunction::QUERY_CLIENT_REGISTRATION_METHODS => {
                response.client_registration_methods = vec![ClientRegistrationMethod::SERVER_PRE_GENERATED];
            }
            QueryFunction::QUERY_STORAGE_PROTECTION_MASKS => {
                let masks = vec![ProtectionStorageMask::SOFTWARE];
                response.protection_storage_masks = Some(ProtectionStorageMasks { masks });
            }
            _ => {}
        }
    }
    response.server_information = Reader::new(information.as_slice()).next_item().ok().flatten();
    call.answer(&response)
}

fn write_information(writer: &mut Writer) -> Result<(), kmip_ttlv::Error> {
    let started = writer.begin(Tag::SERVER_INFORMATION);
    writer.text_string(Tag::SERVER_VERSION, env!("CARGO_PKG_VERSION"))?;
    writer.text_string(Tag::PRODUCT_NAME, VENDOR)?;
    writer.end(started)
}

pub(super) fn discover_versions(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    let request: DiscoverVersionsRequest = call.request(payload)?;
    let asked = &request.protocol_versions;
    let both = call.versions.iter().filter(|version| asked.is_empty() || asked.contains(version));
    call.answer(&DiscoverVersionsResponse { protocol_versions: both.copied().collect() })
}

pub(super) fn log(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    // The server has no log, and discards the message.
    let LogRequest { log_message: _ } = call.request(payload)?;
    call.answer(&LogResponse {})
}

pub(super) fn ping(call: &mut Call<'_>, payload: &[u8]) -> Result<Answer, Refusal> {
    let PingRequest {} = call.request(payload)?;
    call.answer(&PingResponse {})
}
