//! The requests of the simulation, and the responses of its servers: each response belongs to one request only.

use bytes::Bytes;
use kmip_ttlv::enumeration::{KeyFormatType, ObjectType, OperationCode, ResultReason, ResultStatus};
use kmip_ttlv::{ProtocolVersion, Rules, Tag, Type, V2_1};

use crate::protocol::Id;
use crate::protocol::message::{RequestMessage, ResponseBatchItem, ResponseHeader, ResponseMessage};
use crate::protocol::object::{KeyBlock, KeyValue, Object, SymmetricKey};
use crate::protocol::operation::{
    ActivateResponse, CreateResponse, DiscoverVersionsResponse, EncryptResponse, GetAttributeListResponse, GetResponse,
    LocateResponse, RequestPayload, ResponsePayload,
};

/// The parts of a request on which its response depends.
pub(super) struct Asked<'r> {
    version: ProtocolVersion,
    pub(super) operation: OperationCode,
    id: Option<&'r [u8]>,
    /// The name of the call.
    pub(super) name: &'r str,
}

impl<'r> Asked<'r> {
    pub(super) fn read(request: &'r [u8]) -> Self {
        let (message, _) = RequestMessage::<RequestPayload<'_>>::decode_message(request, Rules::STRICT).unwrap();
        let item = &message.batch_items[0];
        let text = |tag| first(request, tag, Type::TextString).unwrap_or_default();
        let name = match item.operation {
            OperationCode::DISCOVER_VERSIONS => b"",
            OperationCode::ENCRYPT => first(request, Tag::DATA, Type::ByteString).unwrap(),
            OperationCode::CREATE | OperationCode::LOCATE => text(Tag::NAME_VALUE),
            _ => text(Tag::UNIQUE_IDENTIFIER),
        };
        Self {
            version: message.header.protocol_version,
            operation: item.operation,
            id: first(request, Tag::UNIQUE_BATCH_ITEM_ID, Type::ByteString),
            name: std::str::from_utf8(name).unwrap(),
        }
    }
}

/// Returns the value of the first item with this tag and type, at any depth.
fn first(message: &[u8], tag: Tag, ty: Type) -> Option<&[u8]> {
    let [_, tag @ ..] = tag.value().to_be_bytes();
    let at = message.windows(4).position(|head| head[..3] == tag && Type::from_code(head[3]) == Some(ty))?;
    let length = u32::from_be_bytes(message[at + 4..at + 8].try_into().unwrap());
    Some(&message[at + 8..][..usize::try_from(length).unwrap()])
}

/// The key of all calls of Encrypt.
pub(super) const KEY: &str = "the key of all";

/// Returns the key of an object, or the ciphertext of data.
pub(super) fn secret_of(name: &str) -> Vec<u8> {
    name.bytes().cycle().take(32).collect()
}

/// Returns the response to a request; the refusal of a busy server if `is_busy`.
pub(super) fn to(asked: &Asked<'_>, echoes: bool, is_busy: bool) -> Bytes {
    let name = asked.name;
    let unique_identifier = Id::Text(name);
    let secret = secret_of(name);
    let payload = match asked.operation {
        OperationCode::DISCOVER_VERSIONS => {
            ResponsePayload::DiscoverVersions(DiscoverVersionsResponse { protocol_versions: vec![V2_1] })
        }
        OperationCode::ACTIVATE => ResponsePayload::Activate(ActivateResponse { unique_identifier }),
        OperationCode::CREATE => ResponsePayload::Create(CreateResponse {
            object_type: ObjectType::SYMMETRIC_KEY,
            unique_identifier,
            ..CreateResponse::default()
        }),
        OperationCode::LOCATE => ResponsePayload::Locate(LocateResponse {
            unique_identifiers: vec![unique_identifier],
            ..LocateResponse::default()
        }),
        OperationCode::ENCRYPT => ResponsePayload::Encrypt(EncryptResponse {
            unique_identifier: Id::Text(KEY),
            data: Some(&secret),
            ..EncryptResponse::default()
        }),
        OperationCode::GET => ResponsePayload::Get(GetResponse {
            object_type: ObjectType::SYMMETRIC_KEY,
            unique_identifier,
            object: Object::SymmetricKey(SymmetricKey::new(KeyBlock::new(
                KeyFormatType::RAW,
                KeyValue::from_bytes(&secret),
            ))),
        }),
        _ => ResponsePayload::GetAttributeList(GetAttributeListResponse {
            unique_identifier,
            attribute_references: Vec::new(),
        }),
    };
    let item = ResponseBatchItem {
        operation: Some(asked.operation),
        unique_batch_item_id: asked.id.filter(|_| echoes),
        result_status: if is_busy { ResultStatus::OPERATION_FAILED } else { ResultStatus::SUCCESS },
        result_reason: is_busy.then_some(ResultReason::SERVER_LIMIT_EXCEEDED),
        payload: (!is_busy).then_some(payload),
        ..ResponseBatchItem::default()
    };
    let protocol_version = if asked.operation == OperationCode::DISCOVER_VERSIONS { asked.version } else { V2_1 };
    let header = ResponseHeader { protocol_version, batch_count: Some(1), ..ResponseHeader::default() };
    Bytes::from(ResponseMessage { header, batch_items: vec![item] }.encode_message().unwrap())
}
