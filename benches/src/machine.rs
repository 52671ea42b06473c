//! Processors and process memory, as the operating system reports them.
//!
//! Both are there on Linux only. Elsewhere the programs run without them, and [`LINUX_ONLY`] says what is missing.

use std::io;
use std::process::Command;

/// A note for users of other systems; `None` on Linux.
pub const LINUX_ONLY: Option<&str> = if cfg!(target_os = "linux") {
    None
} else {
    Some("This is not Linux: nothing is bound to a processor, so that times vary more, and no memory is measured.")
};

/// Keeps this process, and the threads and processes that it starts from now on, to these processors: `0`, or `0-1023`
/// for all.
///
/// Does nothing where the system is not Linux. The command `taskset` of util-linux does it, since Rust has no function
/// for it.
pub fn bind_to_processors(list: &str) -> io::Result<()> {
    if LINUX_ONLY.is_some() {
        return Ok(());
    }
    let done = Command::new("taskset").args(["-cp", list, &std::process::id().to_string()]).output();
    let done = done.map_err(|error| io::Error::new(error.kind(), format!("taskset, of util-linux: {error}")))?;
    if done.status.success() { Ok(()) } else { Err(io::Error::other(String::from_utf8_lossy(&done.stderr).trim())) }
}

/// Returns the resident memory of a process in bytes: now, and at most so far.
///
/// Fails where the system is not Linux: the figures come from `/proc`.
pub fn resident_memory(process: u32) -> io::Result<(u64, u64)> {
    if LINUX_ONLY.is_some() {
        return Err(io::Error::new(io::ErrorKind::Unsupported, "memory is read from /proc, which Linux has"));
    }
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kibibytes| kibibytes << 10)
    };
    // A process that has ended, and is not waited for yet, has none.
    field("VmRSS:").zip(field("VmHWM:")).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "it has no memory"))
}

/// Forgets the peak that [`resident_memory`] has, and returns what is resident now.
///
/// Fails where the system is not Linux, and for processes of others.
pub fn forget_peak(process: u32) -> io::Result<u64> {
    let (now, _) = resident_memory(process)?;
    std::fs::write(format!("/proc/{process}/clear_refs"), "5")?;
    Ok(now)
}

/// Returns the model of the processor, or the instruction set where the system does not tell.
#[must_use]
pub fn processor() -> String {
    let known = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = known.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    model.map_or_else(|| std::env::consts::ARCH.into(), |(_, model)| model.trim().into())
}

/// Returns the time in UTC, as RFC 3339 has it.
#[must_use]
pub fn date() -> String {
    let now = std::time::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_secs());
    kmip_ttlv::DateTime(i64::try_from(now).unwrap_or(i64::MAX)).to_string()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::{forget_peak, resident_memory};

    #[test]
    fn memory_of_this_process_grows_with_what_it_touches() {
        const TOUCHED: usize = 64 << 20;
        let (now, most) = resident_memory(std::process::id()).expect("/proc is there");
        assert!(now > 0 && most >= now);
        let touched = std::hint::black_box(vec![1_u8; TOUCHED]);
        let (_, most) = resident_memory(std::process::id()).expect("/proc is there");
        assert!(most >= touched.len() as u64);
        drop(touched);
        forget_peak(std::process::id()).expect("it is ours");
        let (_, most) = resident_memory(std::process::id()).expect("/proc is there");
        assert!(most < TOUCHED as u64);
    }
}
