//! The scenes of the day.

use std::fs;
use std::path::Path;
use std::time::Duration;

use examples::{Failure, Gated, ServerArgs};
use kmip_client::blocking::Client;
use kmip_client::protocol::operation::{Create, Destroy, Revoke};
use kmip_client::test_server::{Fault, TestServer};
use kmip_client::ttlv::V1_1;
use kmip_client::ttlv::enumeration::{OperationCode, ResultReason, RevocationReasonCode};
use kmip_client::{Config, Thumbprint, Trust};

use crate::Stop;
use crate::disk::{self, Backend};
use crate::keys::{Cache, Key, Purpose, fetch};
use crate::page::Page;
use crate::vcenter::{self, Component};
use crate::vm::Vm;

/// The virtual machine of the day.
pub(crate) const VM: &str = "web-01";

const HOST: Component<'_> =
    Component { kind: "ESXi Server", name: "esx-01.example", identifier: "564d3c7a-0d59-4b1c-8e0e-6b9a5a0b7c11" };

const MACHINE: Component<'_> =
    Component { kind: "Virtual Machine", name: VM, identifier: "50231c6e-6f0e-4c8b-9b5f-2d1f6f1d6a01" };

/// The length of the disk, in bytes.
const DISK: usize = 1024 * 1024 + 4096;

/// The state of the day.
pub(crate) struct Day<'f> {
    gated: Gated,
    config: Config,
    folder: &'f Path,
    backend: Backend,
    cache: Cache,
    /// The keys that were created on the KMS.
    created: Vec<String>,
}

impl<'f> Day<'f> {
    pub(crate) fn new(gated: Gated, server: &ServerArgs, folder: &'f Path, backend: Backend) -> Self {
        // vCenter uses KMIP 1.1.
        let config = gated.config.clone().version(server.kmip.unwrap_or(V1_1));
        // A starting host does not wait long.
        let config = config.connect_timeout(Duration::from_secs(5)).attempt_timeout(Duration::from_secs(10));
        Self { gated, config, folder, backend, cache: Cache::default(), created: Vec::new() }
    }

    /// Runs all scenes. The keys are destroyed at the end, also after an error.
    pub(crate) fn go_through(mut self, page: &mut Page<'_, '_>, keep: bool) -> Result<(), Stop> {
        let scenes = self.scenes(page);
        if keep {
            page.scene("Kept")?;
            page.step("files", &self.folder.display().to_string(), "")?;
            page.step("keys", "on the KMS:", &self.created.join("\n              "))?;
            return scenes;
        }
        for gate in &self.gated.gates {
            // If it cannot be opened again, the other one is enough.
            let _ = gate.restore();
        }
        let cleaned = self.clean_up(page);
        scenes.and(cleaned)
    }

    fn scenes(&mut self, page: &mut Page<'_, '_>) -> Result<(), Stop> {
        page.scene("1. The KMS becomes a key provider")?;
        vcenter::trust(&self.config, page)?;
        self.status(page)?;

        page.scene("2. Two keys: one of the host, one of the virtual machine")?;
        self.create_key(&HOST, page)?;
        let (kek, key) = self.create_key(&MACHINE, page)?;

        page.scene("3. The disk is encrypted")?;
        let plain = self.folder.join("plain.img");
        disk::write_plain(&plain, DISK)?;
        let mut vm = Vm::encrypt(self.folder, VM, &plain, (&kek, &key), self.backend)?;
        page.step("disk", &format!("{}: {} bytes, {}", file_name(&vm.disk()), DISK, self.backend.describe()), "")?;
        page.step("config", &format!("{VM}.vm: the wrapped data key, and the identifier of the key"), "")?;

        page.scene("4. The host restarts")?;
        self.cache.drop_all();
        let mut vm_again = Vm::load(self.folder, VM)?;
        page.step("fetch", "the key, by the identifier in web-01.vm", &vm_again.kek)?;
        self.read(&vm_again, page)?;

        page.scene("5. Shallow re-key: a new key of the KMS, the data stays as it is")?;
        let before = fs::metadata(vm_again.disk()).and_then(|data| data.modified()).ok();
        let (new_kek, new_key) = self.create_key(&MACHINE, page)?;
        let old_key = self.cache.key(&self.config, &vm_again.kek)?.clone();
        vm_again.rekey_shallow(&old_key, (&new_kek, &new_key))?;
        let untouched = before == fs::metadata(vm_again.disk()).and_then(|data| data.modified()).ok();
        page.step(
            "re-key",
            if untouched { "the data key is wrapped anew, the disk untouched" } else { "the disk changed" },
            "",
        )?;
        self.read(&vm_again, page)?;
        if vm_again.replace_dek(&new_key, self.backend)? {
            page.step("amend", "qemu-img has replaced the data key in the image, by encrypt.new-secret", "")?;
            self.read(&vm_again, page)?;
        }
        vm = vm_again;

        page.scene("6. Deep re-key: new keys, new data; an endpoint goes down in the middle of it")?;
        let (deep_kek, deep_key) = self.create_key_with(&MACHINE, page, |gated, page| {
            gated.gates[0].cut();
            page.step("outage", &format!("{} goes down here", gated.gates[0].address()), "")?;
            Ok(())
        })?;
        let old_key = self.cache.key(&self.config, &vm.kek)?.clone();
        vm.rekey_deep(&old_key, (&deep_kek, &deep_key), self.backend)?;
        page.step("re-key", &format!("{}: encrypted with a new data key", file_name(&vm.disk())), "")?;
        self.read(&vm, page)?;
        self.status(page)?;

        self.outage(&vm, page)?;
        self.diagnoses(&kek, page)
    }

    /// Shows an outage of all endpoints.
    fn outage(&mut self, vm: &Vm, page: &mut Page<'_, '_>) -> Result<(), Stop> {
        page.scene("7. All endpoints are down")?;
        for gate in &self.gated.gates {
            gate.cut();
        }
        let new = vcenter::create_key(&self.config, &MACHINE, page, |_| Ok(()));
        page.step("new VM", &format!("cannot generate key: {}", refused(new.map(drop))?), "")?;
        self.read(vm, page)?;
        self.cache.drop_all();
        page.step("restart", "the host forgets its keys", "")?;
        let read = self.cache.key(&self.config, &vm.kek).map(drop);
        page.step("read", &format!("cannot open the disk: {}", refused(read.map_err(Stop::from))?), "")?;
        for gate in &self.gated.gates {
            gate.restore().map_err(|error| Failure::Other(format!("cannot open the relay again: {error}")))?;
        }
        page.step("back", "the endpoints answer again", "")?;
        self.read(vm, page)
    }

    /// Shows the distinct reasons for which a key is unavailable.
    fn diagnoses(&mut self, old_kek: &str, page: &mut Page<'_, '_>) -> Result<(), Stop> {
        page.scene("8. What can be wrong with a key")?;
        let kms = vcenter::burst(&self.config)?;
        kms.call(&Revoke::id(old_kek, RevocationReasonCode::CESSATION_OF_OPERATION))?;
        let mut shown = Vec::new();
        shown.push(fetch(&self.config, old_kek, Purpose::Protect));
        kms.call(&Destroy::id(old_kek))?;
        self.created.retain(|id| id != old_kek);
        shown.push(fetch(&self.config, old_kek, Purpose::Read));
        let created = kms.call(&Create::aes(256))?;
        let new = created.payload().unique_identifier.to_string();
        self.created.push(new.clone());
        shown.push(fetch(&self.config, &new, Purpose::Read));

        // The policies of a real KMS cannot be changed here.
        for server in &self.gated.embedded {
            server.fail(Fault::Refuse(ResultReason::PERMISSION_DENIED).on(OperationCode::GET_ATTRIBUTES).always());
        }
        if self.gated.embedded.is_empty() {
            page.step("note", "a refused permission is shown on the embedded KMS only", "")?;
        } else {
            shown.push(fetch(&self.config, &new, Purpose::Read));
        }
        self.gated.embedded.iter().for_each(TestServer::heal);

        for gate in &self.gated.gates {
            gate.cut();
        }
        shown.push(fetch(&self.config, &new, Purpose::Read));
        for gate in &self.gated.gates {
            gate.restore().map_err(|error| Failure::Other(format!("cannot open the relay again: {error}")))?;
        }
        // The thumbprint of another certificate.
        let other = Trust::pinned(Thumbprint::sha256_of(b"the certificate of another server"));
        shown.push(fetch(&self.config.clone().trust(other), &new, Purpose::Read));

        for (number, result) in shown.into_iter().enumerate() {
            page.step(&format!("({})", number + 1), &refused(result.map(drop).map_err(Stop::from))?, "")?;
        }
        Ok(())
    }

    /// Creates a key as vCenter does, and caches it.
    fn create_key(&mut self, component: &Component<'_>, page: &mut Page<'_, '_>) -> Result<(String, Key), Stop> {
        self.create_key_with(component, page, |_, _| Ok(()))
    }

    fn create_key_with(
        &mut self,
        component: &Component<'_>,
        page: &mut Page<'_, '_>,
        after_create: impl FnOnce(&Gated, &mut Page<'_, '_>) -> Result<(), Stop>,
    ) -> Result<(String, Key), Stop> {
        let gated = &self.gated;
        let (id, key) = vcenter::create_key(&self.config, component, page, |page| after_create(gated, page))?;
        self.created.push(id.clone());
        self.cache.keep(&id, key.clone());
        Ok((id, key))
    }

    /// Opens the disk and compares it with the original.
    fn read(&mut self, vm: &Vm, page: &mut Page<'_, '_>) -> Result<(), Stop> {
        let (plain, opened) = (self.folder.join("plain.img"), self.folder.join("opened.img"));
        vm.decrypt(self.cache.key(&self.config, &vm.kek)?, &opened, self.backend)?;
        let same = disk::is_same(&plain, &opened)?;
        fs::remove_file(&opened).map_err(Failure::file("remove", &opened))?;
        if same {
            page.step("read", "the disk opens, every byte as it was", "")?;
        } else {
            return Err(Failure::Other("the disk opens with other bytes than were encrypted".into()).into());
        }
        Ok(())
    }

    /// Prints the status of the endpoints.
    fn status(&self, page: &mut Page<'_, '_>) -> Result<(), Stop> {
        let status = Client::connect(&self.config)?.probe();
        page.step("status", &status.to_string(), "")?;
        Ok(())
    }

    /// Destroys the keys and removes the files. vCenter leaves its keys on the KMS.
    fn clean_up(&self, page: &mut Page<'_, '_>) -> Result<(), Stop> {
        page.scene("9. The example cleans up")?;
        let kms = vcenter::burst(&self.config)?;
        let mut destroyed = 0;
        for id in &self.created {
            // Refused for a key that is not active, or is already destroyed.
            let _ = kms.call(&Revoke::id(id, RevocationReasonCode::CESSATION_OF_OPERATION));
            destroyed += usize::from(kms.call(&Destroy::id(id)).is_ok());
        }
        page.step("destroy", &format!("{destroyed} of the {} keys that are left", self.created.len()), "")?;
        for file in fs::read_dir(self.folder).map_err(Failure::file("read", self.folder))?.flatten() {
            let name = file.file_name();
            let name = name.to_string_lossy();
            if name == "plain.img" || name.starts_with(VM) {
                fs::remove_file(file.path()).map_err(Failure::file("remove", file.path()))?;
            }
        }
        Ok(())
    }
}

/// Returns the reason for which a key is unavailable. Any other error ends the day.
fn refused(result: Result<(), Stop>) -> Result<String, Stop> {
    match result {
        Err(Stop::Key(error)) => Ok(error.to_string()),
        Err(stop) => Err(stop),
        Ok(()) => Err(Failure::Other("the KMS gave a key that it should not have given".into()).into()),
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
