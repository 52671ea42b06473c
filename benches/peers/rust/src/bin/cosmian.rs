//! cosmian_kmip beside kmip-client: the driver for `compare`. It is a codec; the client of Cosmian KMS speaks HTTP.

use std::hint::black_box;

use compare_driver::{Stack, repeat, serve};
use cosmian_kmip::kmip_0::kmip_messages::{RequestMessage, ResponseMessage};
use cosmian_kmip::ttlv::{KmipFlavor, TTLV, TTLValue, TtlvError, from_ttlv, to_ttlv};

struct Cosmian;

fn is_request(message: &[u8]) -> bool {
    message.starts_with(&[0x42, 0x00, 0x78])
}

fn parse(message: &[u8]) -> Result<TTLV, TtlvError> {
    TTLV::from_bytes(black_box(message), KmipFlavor::Kmip1)
}

fn items(ttlv: &TTLV) -> usize {
    match &ttlv.value {
        TTLValue::Structure(inside) => 1 + inside.iter().map(items).sum::<usize>(),
        _ => 1,
    }
}

impl Stack for Cosmian {
    const NAME: &str = "cosmian_kmip";
    const VERSION: &str = "5.28";

    fn decode(&self, message: &[u8], times: u64) -> Result<usize, String> {
        if is_request(message) {
            repeat(times, || {
                Ok::<_, TtlvError>(black_box(from_ttlv::<RequestMessage>(parse(message)?)?).batch_item.len())
            })
        } else {
            repeat(times, || {
                Ok::<_, TtlvError>(black_box(from_ttlv::<ResponseMessage>(parse(message)?)?).batch_item.len())
            })
        }
    }

    fn encode(&self, message: &[u8], times: u64) -> Result<Vec<u8>, String> {
        let wrong = |error: TtlvError| error.to_string();
        let ttlv = parse(message).map_err(wrong)?;
        if is_request(message) {
            let typed: RequestMessage = from_ttlv(ttlv).map_err(wrong)?;
            repeat(times, || to_ttlv(black_box(&typed))?.to_bytes(KmipFlavor::Kmip1))
        } else {
            let typed: ResponseMessage = from_ttlv(ttlv).map_err(wrong)?;
            repeat(times, || to_ttlv(black_box(&typed))?.to_bytes(KmipFlavor::Kmip1))
        }
    }

    fn walk(&self, message: &[u8], times: u64) -> Result<usize, String> {
        repeat(times, || parse(message).map(|ttlv| items(&ttlv)))
    }
}

fn main() -> std::io::Result<()> {
    serve(Cosmian)
}
