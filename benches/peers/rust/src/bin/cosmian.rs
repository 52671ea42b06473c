//! cosmian_kmip beside kmip-client: the driver for `compare`. It is a codec; the client of Cosmian KMS speaks HTTP.

use std::hint::black_box;

use compare_driver::{Stack, Timed, serve, time};
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

    fn decode(&self, message: &[u8], times: u64) -> Result<Timed, String> {
        let (took, count) = if is_request(message) {
            time(times, || {
                Ok::<_, TtlvError>(black_box(from_ttlv::<RequestMessage>(parse(message)?)?).batch_item.len())
            })
        } else {
            time(times, || {
                Ok::<_, TtlvError>(black_box(from_ttlv::<ResponseMessage>(parse(message)?)?).batch_item.len())
            })
        }?;
        Ok(Timed { took, count })
    }

    fn encode(&self, message: &[u8], times: u64) -> Result<(Timed, Vec<u8>), String> {
        let wrong = |error: TtlvError| error.to_string();
        let ttlv = parse(message).map_err(wrong)?;
        let (took, encoded) = if is_request(message) {
            let typed: RequestMessage = from_ttlv(ttlv).map_err(wrong)?;
            time(times, || to_ttlv(black_box(&typed))?.to_bytes(KmipFlavor::Kmip1))
        } else {
            let typed: ResponseMessage = from_ttlv(ttlv).map_err(wrong)?;
            time(times, || to_ttlv(black_box(&typed))?.to_bytes(KmipFlavor::Kmip1))
        }?;
        Ok((Timed { took, count: encoded.len() }, encoded))
    }

    fn walk(&self, message: &[u8], times: u64) -> Result<Timed, String> {
        let (took, count) = time(times, || parse(message).map(|ttlv| items(&ttlv)))?;
        Ok(Timed { took, count })
    }
}

fn main() -> std::io::Result<()> {
    serve(Cosmian)
}
