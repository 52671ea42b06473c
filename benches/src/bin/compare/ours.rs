//! kmip-ttlv and kmip-client, as a stack among the others.

use std::hint::black_box;
use std::path::Path;

use benches::driver::{Stack, Timed, time};
use benches::workload::{decode_request, decode_response};
use kmip_client::protocol::object::KeyBlock;
use kmip_client::protocol::operation::Get;
use kmip_client::{Config, Identity, Trust, blocking};
use kmip_ttlv::{Tag, V1_4, Walk};

#[derive(Default)]
pub(crate) struct KmipClient {
    connection: Option<blocking::Client>,
}

fn is_request(message: &[u8]) -> bool {
    message.starts_with(&Tag::REQUEST_MESSAGE.to_bytes())
}

impl Stack for KmipClient {
    const NAME: &str = "kmip-client";
    const VERSION: &str = env!("CARGO_PKG_VERSION");

    fn decode(&self, message: &[u8], times: u64) -> Result<Timed, String> {
        let (took, count) = if is_request(message) {
            time(times, || decode_request(black_box(message)).map(|(message, _)| black_box(message).batch_items.len()))
        } else {
            time(times, || decode_response(black_box(message)).map(|(message, _)| black_box(message).batch_items.len()))
        }?;
        Ok(Timed { took, count })
    }

    fn encode(&self, message: &[u8], times: u64) -> Result<(Timed, Vec<u8>), String> {
        let (took, encoded) = if is_request(message) {
            let (typed, _) = decode_request(message).map_err(|error| error.to_string())?;
            time(times, || black_box(&typed).encode_message())
        } else {
            let (typed, _) = decode_response(message).map_err(|error| error.to_string())?;
            time(times, || black_box(&typed).encode_message())
        }?;
        Ok((Timed { took, count: encoded.len() }, encoded))
    }

    fn walk(&self, message: &[u8], times: u64) -> Result<Timed, String> {
        let walk = || {
            let mut items = 0;
            for visit in Walk::new(black_box(message)) {
                black_box(visit?.item.tag());
                items += 1;
            }
            Ok::<_, kmip_ttlv::Error>(items)
        };
        let (took, count) = time(times, walk)?;
        Ok(Timed { took, count })
    }

    fn connect(&mut self, host: &str, port: u16, folder: &Path) -> Result<(), String> {
        let read = |file: &str| std::fs::read(folder.join(file)).map_err(|error| format!("{file}: {error}"));
        let identity = Identity::from_pem(read("client.pem")?, read("client.key")?);
        let trust = Trust::ca_pem(read("ca.pem")?);
        let config = Config::new(format!("{host}:{port}"))
            .version(V1_4)
            .identity(identity.map_err(|error| error.to_string())?)
            .trust(trust.map_err(|error| error.to_string())?);
        self.connection = Some(blocking::Client::connect(&config).map_err(|error| error.to_string())?);
        Ok(())
    }

    fn get(&mut self, id: &str, times: u64) -> Result<Timed, String> {
        let kms = self.connection.as_ref().ok_or("connect first")?;
        let get = || -> Result<usize, Box<dyn std::error::Error>> {
            let reply = kms.call(&Get::id(id))?;
            let object = reply.payload().object;
            let key = object.key_block().and_then(KeyBlock::bytes).ok_or("no plain key")?;
            Ok(key.expose().len())
        };
        let (took, count) = time(times, get)?;
        Ok(Timed { took, count })
    }
}
