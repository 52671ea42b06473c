//! Encoders that fill in the lengths of structures when they end.

use super::decode::{Attribute, Header, Payload, Request, Response};
use super::*;

/// Encodes a response into the buffer, replacing its contents.
pub fn encode_response(response: &Response<'_>, out: &mut Vec<u8>) {
    out.clear();
    let message = begin(out, RESPONSE_MESSAGE);
    header(out, RESPONSE_HEADER, &response.header);
    for item in &response.items {
        let body = begin(out, BATCH_ITEM);
        four(out, OPERATION, item.operation);
        if let Some(id) = item.unique_batch_item_id {
            bytes(out, UNIQUE_BATCH_ITEM_ID, id);
        }
        four(out, RESULT_STATUS, item.result_status);
        let payload = begin(out, RESPONSE_PAYLOAD);
        encode_payload(out, &item.payload);
        end(out, payload);
        end(out, body);
    }
    end(out, message);
}

#[inline]
fn encode_payload(out: &mut Vec<u8>, payload: &Payload<'_>) {
    match payload {
        Payload::Get {
            object_type,
            unique_identifier,
            key_format_type,
            key_material,
            cryptographic_algorithm,
            cryptographic_length,
        } => {
            four(out, OBJECT_TYPE, *object_type);
            bytes(out, UNIQUE_IDENTIFIER, unique_identifier.as_bytes());
            let object = begin(out, SYMMETRIC_KEY);
            let block = begin(out, KEY_BLOCK);
            four(out, KEY_FORMAT_TYPE, *key_format_type);
            let value = begin(out, KEY_VALUE);
            bytes(out, KEY_MATERIAL, key_material);
            end(out, value);
            four(out, CRYPTOGRAPHIC_ALGORITHM, *cryptographic_algorithm);
            four(out, CRYPTOGRAPHIC_LENGTH, cryptographic_length.cast_unsigned());
            end(out, block);
            end(out, object);
        }
        Payload::Locate(found) => {
            for identifier in found {
                bytes(out, UNIQUE_IDENTIFIER, identifier.as_bytes());
            }
        }
    }
}

/// Encodes a request into the buffer, replacing its contents.
pub fn encode_request(request: &Request<'_>, out: &mut Vec<u8>) {
    out.clear();
    let message = begin(out, REQUEST_MESSAGE);
    header(out, REQUEST_HEADER, &request.header);
    for item in &request.items {
        let body = begin(out, BATCH_ITEM);
        four(out, OPERATION, item.operation);
        let payload = begin(out, REQUEST_PAYLOAD);
        four(out, OBJECT_TYPE, item.object_type);
        let template = begin(out, TEMPLATE_ATTRIBUTE);
        for attribute in &item.attributes {
            encode_attribute(out, attribute);
        }
        end(out, template);
        end(out, payload);
        end(out, body);
    }
    end(out, message);
}

#[inline]
fn encode_attribute(out: &mut Vec<u8>, attribute: &Attribute<'_>) {
    let body = begin(out, ATTRIBUTE);
    match *attribute {
        Attribute::Algorithm(algorithm) => {
            bytes(out, ATTRIBUTE_NAME, b"Cryptographic Algorithm");
            four(out, ATTRIBUTE_VALUE_ENUMERATION, algorithm);
        }
        Attribute::Length(length) => {
            bytes(out, ATTRIBUTE_NAME, b"Cryptographic Length");
            four(out, ATTRIBUTE_VALUE_INTEGER, length.cast_unsigned());
        }
        Attribute::UsageMask(mask) => {
            bytes(out, ATTRIBUTE_NAME, b"Cryptographic Usage Mask");
            four(out, ATTRIBUTE_VALUE_INTEGER, mask.cast_unsigned());
        }
        Attribute::Name { value, ty } => {
            bytes(out, ATTRIBUTE_NAME, b"Name");
            let name = begin(out, ATTRIBUTE_VALUE_STRUCTURE);
            bytes(out, NAME_VALUE, value.as_bytes());
            four(out, NAME_TYPE, ty);
            end(out, name);
        }
    }
    end(out, body);
}

#[inline]
fn header(out: &mut Vec<u8>, head: u32, header: &Header) {
    let body = begin(out, head);
    let version = begin(out, PROTOCOL_VERSION);
    four(out, PROTOCOL_VERSION_MAJOR, header.version.0.into());
    four(out, PROTOCOL_VERSION_MINOR, header.version.1.into());
    end(out, version);
    if let Some(time_stamp) = header.time_stamp {
        sixteen(out, TIME_STAMP, 8, time_stamp.cast_unsigned());
    }
    four(out, BATCH_COUNT, header.batch_count.cast_unsigned());
    end(out, body);
}

/// Begins a structure, and returns the offset of its value.
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

#[inline]
fn four(out: &mut Vec<u8>, head: u32, value: u32) {
    sixteen(out, head, 4, u64::from(value) << 32);
}

#[inline]
fn sixteen(out: &mut Vec<u8>, head: u32, length: u64, value: u64) {
    let item = u128::from(u64::from(head) << 32 | length) << 64 | u128::from(value);
    out.extend_from_slice(&item.to_be_bytes());
}

#[inline]
fn bytes(out: &mut Vec<u8>, head: u32, value: &[u8]) {
    out.extend_from_slice(&(u64::from(head) << 32 | u64::from(value.len() as u32)).to_be_bytes());
    out.extend_from_slice(value);
    out.extend_from_slice(&[0; 8][..value.len().wrapping_neg() % 8]);
}
