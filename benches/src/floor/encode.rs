//! Encoders that fill in the lengths of structures when they end.

use super::decode::{Attribute, Extension, Got, Header, Payload, Request, Response, Value};
use super::*;

/// Encodes a response into the buffer, in place of what it holds.
pub fn encode_response(response: &Response<'_>, out: &mut Vec<u8>) {
    out.clear();
    let message = begin(out, RESPONSE_MESSAGE);
    response_header(out, &response.header);
    for item in &response.items {
        let body = begin(out, BATCH_ITEM);
        optional(out, OPERATION, item.operation, four);
        optional(out, UNIQUE_BATCH_ITEM_ID, item.unique_batch_item_id, bytes);
        four(out, RESULT_STATUS, item.result_status);
        optional(out, RESULT_REASON, item.result_reason, four);
        optional(out, RESULT_MESSAGE, item.result_message, text);
        optional(out, ASYNCHRONOUS_CORRELATION_VALUE, item.asynchronous_correlation_value, bytes);
        optional(out, RESPONSE_PAYLOAD, item.payload.as_ref(), response_payload);
        optional(out, MESSAGE_EXTENSION, item.message_extension.as_ref(), extension);
        end(out, body);
    }
    end(out, message);
}

#[inline]
fn response_header(out: &mut Vec<u8>, header: &Header<'_>) {
    let body = begin(out, RESPONSE_HEADER);
    version(out, header.version);
    optional(out, TIME_STAMP, header.time_stamp, date_time);
    optional(out, NONCE, header.nonce, nonce);
    optional(out, SERVER_HASHED_PASSWORD, header.server_hashed_password, bytes);
    header.attestation_types.iter().for_each(|ty| four(out, ATTESTATION_TYPE, *ty));
    optional(out, CLIENT_CORRELATION_VALUE, header.client_correlation_value, text);
    optional(out, SERVER_CORRELATION_VALUE, header.server_correlation_value, text);
    optional(out, BATCH_COUNT, header.batch_count, integer);
    end(out, body);
}

fn nonce(out: &mut Vec<u8>, head: u32, (id, value): (&[u8], &[u8])) {
    let body = begin(out, head);
    bytes(out, NONCE_ID, id);
    bytes(out, NONCE_VALUE, value);
    end(out, body);
}

#[inline]
fn response_payload(out: &mut Vec<u8>, head: u32, payload: &Payload<'_>) {
    let body = begin(out, head);
    match payload {
        Payload::Get(key) => got(out, key),
        Payload::Locate(located_items, found) => {
            optional(out, LOCATED_ITEMS, *located_items, integer);
            found.iter().for_each(|identifier| text(out, UNIQUE_IDENTIFIER, identifier));
        }
    }
    end(out, body);
}

#[inline]
fn got(out: &mut Vec<u8>, got: &Got<'_>) {
    four(out, OBJECT_TYPE, got.object_type);
    text(out, UNIQUE_IDENTIFIER, got.unique_identifier);
    let object = begin(out, SYMMETRIC_KEY);
    let block = begin(out, KEY_BLOCK);
    four(out, KEY_FORMAT_TYPE, got.key_format_type);
    optional(out, KEY_COMPRESSION_TYPE, got.key_compression_type, four);
    if let Some(material) = got.key_material {
        let value = begin(out, KEY_VALUE);
        bytes(out, KEY_MATERIAL, material);
        end(out, value);
    }
    optional(out, CRYPTOGRAPHIC_ALGORITHM, got.cryptographic_algorithm, four);
    optional(out, CRYPTOGRAPHIC_LENGTH, got.cryptographic_length, integer);
    optional(out, KEY_WRAPPING_DATA, got.key_wrapping_data, unread);
    end(out, block);
    end(out, object);
}

/// Encodes a request into the buffer, in place of what it holds.
pub fn encode_request(request: &Request<'_>, out: &mut Vec<u8>) {
    out.clear();
    let message = begin(out, REQUEST_MESSAGE);
    request_header(out, &request.header);
    for item in &request.items {
        let body = begin(out, BATCH_ITEM);
        four(out, OPERATION, item.operation);
        optional(out, UNIQUE_BATCH_ITEM_ID, item.unique_batch_item_id, bytes);
        let payload = begin(out, REQUEST_PAYLOAD);
        four(out, OBJECT_TYPE, item.object_type);
        let template = begin(out, TEMPLATE_ATTRIBUTE);
        item.attributes.iter().for_each(|value| attribute(out, value));
        end(out, template);
        end(out, payload);
        optional(out, MESSAGE_EXTENSION, item.message_extension.as_ref(), extension);
        end(out, body);
    }
    end(out, message);
}

#[inline]
fn request_header(out: &mut Vec<u8>, header: &Header<'_>) {
    let body = begin(out, REQUEST_HEADER);
    version(out, header.version);
    optional(out, MAXIMUM_RESPONSE_SIZE, header.maximum_response_size, integer);
    optional(out, CLIENT_CORRELATION_VALUE, header.client_correlation_value, text);
    optional(out, SERVER_CORRELATION_VALUE, header.server_correlation_value, text);
    optional(out, ASYNCHRONOUS_INDICATOR, header.asynchronous_indicator, boolean);
    optional(out, ATTESTATION_CAPABLE_INDICATOR, header.attestation_capable_indicator, boolean);
    header.attestation_types.iter().for_each(|ty| four(out, ATTESTATION_TYPE, *ty));
    optional(out, AUTHENTICATION, header.authentication, unread);
    optional(out, BATCH_ERROR_CONTINUATION_OPTION, header.batch_error_continuation_option, four);
    optional(out, BATCH_ORDER_OPTION, header.batch_order_option, boolean);
    optional(out, TIME_STAMP, header.time_stamp, date_time);
    optional(out, BATCH_COUNT, header.batch_count, integer);
    end(out, body);
}

#[inline]
fn attribute(out: &mut Vec<u8>, attribute: &Attribute<'_>) {
    let body = begin(out, ATTRIBUTE);
    let name = match attribute.value {
        Value::Algorithm(_) => "Cryptographic Algorithm",
        Value::Length(_) => "Cryptographic Length",
        Value::UsageMask(_) => "Cryptographic Usage Mask",
        Value::Name(..) => "Name",
    };
    text(out, ATTRIBUTE_NAME, name);
    optional(out, ATTRIBUTE_INDEX, attribute.index, integer);
    match attribute.value {
        Value::Algorithm(algorithm) => four(out, ATTRIBUTE_VALUE_ENUMERATION, algorithm),
        Value::Length(value) | Value::UsageMask(value) => integer(out, ATTRIBUTE_VALUE_INTEGER, value),
        Value::Name(value, ty) => {
            let name = begin(out, ATTRIBUTE_VALUE_STRUCTURE);
            text(out, NAME_VALUE, value);
            four(out, NAME_TYPE, ty);
            end(out, name);
        }
    }
    end(out, body);
}

fn extension(out: &mut Vec<u8>, head: u32, extension: &Extension<'_>) {
    let body = begin(out, head);
    text(out, VENDOR_IDENTIFICATION, extension.vendor_identification);
    boolean(out, CRITICALITY_INDICATOR, extension.criticality_indicator);
    unread(out, VENDOR_EXTENSION, extension.vendor_extension);
    end(out, body);
}

#[inline]
fn version(out: &mut Vec<u8>, (major, minor): (u8, u8)) {
    let version = begin(out, PROTOCOL_VERSION);
    integer(out, PROTOCOL_VERSION_MAJOR, major.into());
    integer(out, PROTOCOL_VERSION_MINOR, minor.into());
    end(out, version);
}

#[inline]
fn optional<T>(out: &mut Vec<u8>, head: u32, value: Option<T>, write: impl FnOnce(&mut Vec<u8>, u32, T)) {
    if let Some(value) = value {
        write(out, head, value);
    }
}

/// Begins a structure; gives the offset of its value.
#[inline]
fn begin(out: &mut Vec<u8>, head: u32) -> usize {
    out.extend_from_slice(&(u64::from(head) << 32).to_be_bytes());
    out.len()
}

#[inline]
fn end(out: &mut [u8], body: usize) {
    let length = (out.len() - body) as u32;
    out[body - 4..body].copy_from_slice(&length.to_be_bytes());
}

/// A structure that was not read.
fn unread(out: &mut Vec<u8>, head: u32, body: &[u8]) {
    bytes(out, head, body);
}

#[inline]
fn integer(out: &mut Vec<u8>, head: u32, value: i32) {
    four(out, head, value.cast_unsigned());
}

#[inline]
fn four(out: &mut Vec<u8>, head: u32, value: u32) {
    sixteen(out, head, 4, u64::from(value) << 32);
}

#[inline]
fn date_time(out: &mut Vec<u8>, head: u32, value: i64) {
    sixteen(out, head, 8, value.cast_unsigned());
}

#[inline]
fn boolean(out: &mut Vec<u8>, head: u32, value: bool) {
    sixteen(out, head, 8, value.into());
}

#[inline]
fn sixteen(out: &mut Vec<u8>, head: u32, length: u64, value: u64) {
    let item = u128::from(u64::from(head) << 32 | length) << 64 | u128::from(value);
    out.extend_from_slice(&item.to_be_bytes());
}

#[inline]
fn text(out: &mut Vec<u8>, head: u32, value: &str) {
    bytes(out, head, value.as_bytes());
}

#[inline]
fn bytes(out: &mut Vec<u8>, head: u32, value: &[u8]) {
    out.extend_from_slice(&(u64::from(head) << 32 | u64::from(value.len() as u32)).to_be_bytes());
    out.extend_from_slice(value);
    out.extend_from_slice(&[0; 8][..value.len().wrapping_neg() % 8]);
}
