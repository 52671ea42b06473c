//! NLnet Labs' kmip-protocol and kmip-ttlv beside kmip-client: the driver for `compare`.
//!
//! Their types are for clients: requests are written and never read, responses are read and never written.

use std::fs;
use std::hint::black_box;
use std::path::Path;

use compare_driver::{Stack, Timed, serve, time};
use kmip_protocol::client::tls::openssl::connect;
use kmip_protocol::client::{ClientCertificate, ConnectionSettings};
use kmip_protocol::types::common::KeyMaterial;
use kmip_protocol::types::response::{KeyValue, ManagedObject, ResponseMessage};

/// Fetches a key with a client, whose type has no public name, and returns the length of the key.
type Get = Box<dyn Fn(&str) -> Result<usize, String>>;

#[derive(Default)]
struct Nlnet {
    get: Option<Get>,
}

impl Stack for Nlnet {
    const NAME: &str = "NLnet Labs";
    const VERSION: &str = "0.4";

    fn decode(&self, message: &[u8], times: u64) -> Result<Timed, String> {
        if message.starts_with(&[0x42, 0x00, 0x78]) {
            return Err("its types of requests cannot be read".into());
        }
        let decode = || nlnet_kmip_ttlv::de::from_slice::<ResponseMessage>(black_box(message));
        let (took, count) = time(times, || decode().map(|message| black_box(message).batch_items.len()))?;
        Ok(Timed { took, count })
    }

    fn connect(&mut self, host: &str, port: u16, folder: &Path) -> Result<(), String> {
        let read = |file: &str| fs::read(folder.join(file)).map_err(|error| format!("{file}: {error}"));
        let settings = ConnectionSettings {
            host: host.into(),
            port,
            username: None,
            password: None,
            insecure: false,
            client_cert: Some(ClientCertificate::SeparatePem {
                cert_bytes: read("client.pem")?,
                key_bytes: Some(read("client.key")?),
            }),
            server_cert: None,
            ca_cert: Some(read("ca.pem")?),
            connect_timeout: None,
            read_timeout: None,
            write_timeout: None,
            max_response_bytes: None,
        };
        let client = connect(&settings).map_err(|error| error.to_string())?;
        self.get = Some(Box::new(move |id| {
            let got = client.get_key(id).map_err(|error| error.to_string())?;
            let ManagedObject::SymmetricKey(key) = got.cryptographic_object else {
                return Err("no symmetric key".into());
            };
            match key.key_block.key_value {
                KeyValue { key_material: KeyMaterial::Bytes(bytes), .. } => Ok(bytes.len()),
                _ => Err("no plain key".into()),
            }
        }));
        Ok(())
    }

    fn get(&mut self, id: &str, times: u64) -> Result<Timed, String> {
        let get = self.get.as_ref().ok_or("connect first")?;
        let (took, count) = time(times, || get(id))?;
        Ok(Timed { took, count })
    }
}

fn main() -> std::io::Result<()> {
    serve(Nlnet::default())
}
