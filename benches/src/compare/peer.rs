//! The process of a stack.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::driver::PROTOCOL;

use super::Fault;
use super::answer::{Answer, start_of};

/// The time limit for a stack to say hello: interpreters load their modules.
const HELLO: Duration = Duration::from_secs(20);
/// The address space of a stack, in KiB. An allocation that trusts a forged length exceeds it.
const ADDRESS_SPACE_KIB: u32 = 4 << 20;
/// The longest line that is read of a stack: the digits of a message of 16 MiB fit.
const LINE: u64 = 33 << 20;
/// A command up to this length fits any pipe, and is written at once.
const SHORT: usize = 4096;

/// The command that starts a stack.
#[derive(Clone, Debug)]
pub struct Launch {
    /// The name until the stack says its own.
    pub name: String,
    /// The program, and its arguments.
    pub command: Vec<OsString>,
}

/// A stack. Its process is started anew after it crashed or was ended.
pub struct Peer {
    launch: Launch,
    process: Option<Process>,
    /// The answer to hello.
    name: String,
    version: String,
}

struct Process {
    child: Child,
    /// `None` once it is to end.
    input: Option<Arc<Mutex<ChildStdin>>>,
    lines: Receiver<String>,
    /// Lines on standard error.
    complaints: Receiver<String>,
}

impl Peer {
    /// Starts a stack, and asks for its name.
    ///
    /// # Errors
    ///
    /// Returns [`Fault::NotThere`] if its program does not start, and any other fault if it does not say hello.
    pub fn start(launch: Launch) -> Result<Self, Fault> {
        let name = launch.name.clone();
        let mut peer = Self { launch, process: None, name, version: String::new() };
        peer.process()?;
        Ok(peer)
    }

    /// Returns its name in tables.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns its version.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Returns the process ID while it runs.
    #[must_use]
    pub fn id(&self) -> Option<u32> {
        self.process.as_ref().map(|process| process.child.id())
    }

    /// Sends a command, and returns the answer with the time that both took. Ends the program if it hung or answered
    /// nonsense.
    ///
    /// # Errors
    ///
    /// Returns the fault.
    pub fn ask(&mut self, command: &str, limit: Duration) -> Result<(Answer, Duration), Fault> {
        let asked = self.process()?.ask(command, limit);
        if !matches!(asked, Ok(_) | Err(Fault::Declined(_))) {
            self.end();
        }
        asked
    }

    /// Ends the program. The next command starts it anew.
    pub fn end(&mut self) {
        self.process = None;
    }

    fn process(&mut self) -> Result<&mut Process, Fault> {
        let process = match self.process.take() {
            Some(process) => process,
            None => {
                let mut process = Process::start(&self.launch)?;
                let hello = match process.ask("hello", HELLO) {
                    Err(Fault::Crashed(how)) => return Err(Fault::NotThere(how)),
                    answered => answered?.0,
                };
                if hello.protocol != Some(PROTOCOL) {
                    let spoken = hello.protocol.map_or("none".into(), |version| version.to_string());
                    return Err(Fault::Untrue(format!(
                        "it speaks version {spoken} of the protocol, this is {PROTOCOL}"
                    )));
                }
                self.name = hello.name.map_or_else(|| self.launch.name.clone(), |name| start_of(&name).into());
                self.version = start_of(&hello.version.unwrap_or_default()).into();
                process
            }
        };
        Ok(self.process.insert(process))
    }
}

impl Process {
    fn start(launch: &Launch) -> Result<Self, Fault> {
        let mut child = command(launch)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| Fault::NotThere(error.to_string()))?;
        let (input, output, errors) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (sender, lines) = mpsc::channel();
        let (complain, complaints) = mpsc::channel();
        if let (Some(output), Some(errors)) = (output, errors) {
            thread::spawn(move || each_line(output, |line| sender.send(line).is_ok()));
            thread::spawn(move || {
                // The first line is the reason, where panics and exceptions print a backtrace behind it. The rest is
                // read, so that the stack does not wait for that.
                let mut complain = Some(complain);
                each_line(errors, |line| {
                    _ = complain.take_if(|_| !line.trim().is_empty()).map(|complain| complain.send(line));
                    true
                });
            });
        }
        Ok(Self { child, input: input.map(|input| Arc::new(Mutex::new(input))), lines, complaints })
    }

    fn ask(&mut self, command: &str, limit: Duration) -> Result<(Answer, Duration), Fault> {
        let start = Instant::now();
        if let Some(input) = &self.input {
            if command.len() <= SHORT {
                write_line(input, command);
            } else {
                // A stack that does not read would have the writer wait.
                let (input, command) = (Arc::clone(input), command.to_owned());
                thread::spawn(move || write_line(&input, &command));
            }
        }
        match self.lines.recv_timeout(limit) {
            Ok(line) => Answer::parse(&line).map(|answer| (answer, start.elapsed())),
            Err(RecvTimeoutError::Timeout) => Err(Fault::Hung(limit)),
            Err(RecvTimeoutError::Disconnected) => Err(Fault::Crashed(self.last_words())),
        }
    }

    /// Returns the exit status, with the first line of standard error.
    fn last_words(&mut self) -> String {
        const GRACE: Duration = Duration::from_secs(2);
        self.input = None;
        let start = Instant::now();
        let status = loop {
            match self.child.try_wait() {
                Ok(Some(status)) => break status.to_string(),
                Ok(None) if start.elapsed() < GRACE => thread::sleep(Duration::from_millis(5)),
                _ => break "it closed its output".into(),
            }
        };
        match self.complaints.recv_timeout(GRACE) {
            Ok(said) => format!("{} ({status})", start_of(&said)),
            Err(_) => status,
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

fn write_line(input: &Mutex<ChildStdin>, line: &str) {
    let mut input = input.lock().unwrap_or_else(PoisonError::into_inner);
    // An error is a stack that has ended; the missing answer says so too, with its reason.
    _ = input.write_all(format!("{line}\n").as_bytes()).and_then(|()| input.flush());
}

/// Limits the address space where a shell can do it.
fn command(launch: &Launch) -> Command {
    const LIMITED: &str = r#"ulimit -c 0; ulimit -v "$0" 2>/dev/null; exec "$@""#;
    if cfg!(unix) {
        let mut command = Command::new("sh");
        command.args(["-c", LIMITED, &ADDRESS_SPACE_KIB.to_string()]).args(&launch.command);
        command
    } else {
        let mut words = launch.command.iter();
        let mut command = Command::new(words.next().cloned().unwrap_or_default());
        command.args(words);
        command
    }
}

/// Passes on lines until one is not taken. A line over the limit is passed on in parts.
fn each_line(output: impl Read, mut take: impl FnMut(String) -> bool) {
    let mut reader = BufReader::new(output);
    loop {
        let mut line = Vec::new();
        match reader.by_ref().take(LINE).read_until(b'\n', &mut line) {
            Ok(1..) if take(String::from_utf8_lossy(&line).into_owned()) => {}
            _ => return,
        }
    }
}
