//! The protocol of `compare`, for stacks in Rust: a stack implements [`Stack`], and its program calls [`serve`].
//!
//! `benches/README.md` has the protocol, which any language can speak without this module.

use std::fmt::Display;
use std::hint::black_box;
use std::io::{self, BufRead, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::json;

/// The version of the protocol.
pub const PROTOCOL: u32 = 2;

/// The error of a stack that does not offer a command.
pub const NOT_OFFERED: &str = "not offered";

/// A measurement of one operation.
pub struct Timed {
    /// The time of all repetitions.
    pub took: Duration,
    /// The size of the last repetition: batch items if decoded, bytes if encoded or fetched, items of any depth if
    /// walked.
    pub count: usize,
}

/// A KMIP implementation to measure.
///
/// A message begins with the tag of a request (`420078`) or of a response (`42007B`). A panic counts as a crash.
pub trait Stack {
    /// The name in tables.
    const NAME: &str;
    /// The version of the implementation.
    const VERSION: &str;

    /// Decodes the message into its typed form.
    fn decode(&self, message: &[u8], times: u64) -> Result<Timed, String>;

    /// Decodes the message once, and measures how long the typed form takes to encode into a fresh buffer; returns the
    /// last one too.
    fn encode(&self, message: &[u8], times: u64) -> Result<(Timed, Vec<u8>), String> {
        let _ = (message, times);
        Err(NOT_OFFERED.into())
    }

    /// Visits each TTLV item without making typed messages.
    fn walk(&self, message: &[u8], times: u64) -> Result<Timed, String> {
        let _ = (message, times);
        Err(NOT_OFFERED.into())
    }

    /// Opens one connection with the files `ca.pem`, `client.pem` and `client.key` of a folder.
    fn connect(&mut self, host: &str, port: u16, folder: &Path) -> Result<(), String> {
        let _ = (host, port, folder);
        Err(NOT_OFFERED.into())
    }

    /// Fetches a symmetric key over the connection.
    fn get(&mut self, id: &str, times: u64) -> Result<Timed, String> {
        let _ = (id, times);
        Err(NOT_OFFERED.into())
    }
}

/// Repeats an operation, and returns how long it took with the last result.
///
/// # Errors
///
/// Returns the first error as text.
pub fn time<T, E: Display>(times: u64, mut operation: impl FnMut() -> Result<T, E>) -> Result<(Duration, T), String> {
    let start = Instant::now();
    for _ in 1..times {
        black_box(operation().map_err(|error| error.to_string())?);
    }
    let last = operation().map_err(|error| error.to_string())?;
    Ok((start.elapsed(), black_box(last)))
}

/// Answers the commands on standard input until it ends.
///
/// # Errors
///
/// Returns an error if standard input or output fails.
pub fn serve<S: Stack>(stack: S) -> io::Result<()> {
    let mut session = Session { stack, message: Vec::new(), encoded: Vec::new() };
    let mut output = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let answer = session.answer(&line?).unwrap_or_else(|why| json!({ "error": why }));
        writeln!(output, "{answer}")?;
        output.flush()?;
    }
    Ok(())
}

struct Session<S> {
    stack: S,
    message: Vec<u8>,
    encoded: Vec<u8>,
}

impl<S: Stack> Session<S> {
    fn answer(&mut self, line: &str) -> Result<serde_json::Value, String> {
        let (command, rest) = line.split_once(' ').unwrap_or((line, ""));
        let timed = match command {
            "hello" => return Ok(json!({ "protocol": PROTOCOL, "name": S::NAME, "version": S::VERSION })),
            "message" => {
                self.message = from_hex(rest).ok_or("not hexadecimal digits")?;
                return Ok(json!({}));
            }
            "decode" => self.stack.decode(&self.message, number(rest)?)?,
            "walk" => self.stack.walk(&self.message, number(rest)?)?,
            "encode" => {
                let (timed, encoded) = self.stack.encode(&self.message, number(rest)?)?;
                self.encoded = encoded;
                timed
            }
            "bytes" => return Ok(json!({ "hex": to_hex(&self.encoded) })),
            "connect" => {
                let mut words = rest.splitn(3, ' ');
                let (Some(host), Some(port), Some(folder)) = (words.next(), words.next(), words.next()) else {
                    return Err("connect HOST PORT FOLDER".into());
                };
                let port = port.parse().map_err(|_| format!("{port}: not a port"))?;
                self.stack.connect(host, port, Path::new(folder))?;
                return Ok(json!({}));
            }
            "get" => {
                let (times, id) = rest.split_once(' ').ok_or("get N ID")?;
                self.stack.get(id, number(times)?)?
            }
            _ => return Err(NOT_OFFERED.into()),
        };
        Ok(json!({ "ns": u64::try_from(timed.took.as_nanos()).unwrap_or(u64::MAX), "count": timed.count }))
    }
}

fn number(text: &str) -> Result<u64, String> {
    match text.parse() {
        Ok(times) if times > 0 => Ok(times),
        _ => Err(format!("{text:?}: not a number of repetitions")),
    }
}

/// The bytes that hexadecimal digits stand for; `None` if there is anything else.
#[must_use]
pub fn from_hex(digits: &str) -> Option<Vec<u8>> {
    let value = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    let bytes = pairs.iter().map(|[high, low]| Some(value(*high)? << 4 | value(*low)?));
    if rest.is_empty() { bytes.collect() } else { None }
}

/// The hexadecimal digits of bytes.
#[must_use]
pub fn to_hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::{NOT_OFFERED, Session, Stack, Timed, from_hex, time, to_hex};

    struct Even;

    impl Stack for Even {
        const NAME: &str = "even";
        const VERSION: &str = "1";

        fn decode(&self, message: &[u8], times: u64) -> Result<Timed, String> {
            let even = || if message.len().is_multiple_of(2) { Ok(message.len()) } else { Err("an odd message") };
            let (took, count) = time(times, even)?;
            Ok(Timed { took, count })
        }
    }

    fn session() -> Session<Even> {
        Session { stack: Even, message: Vec::new(), encoded: vec![0x0A, 0xBC] }
    }

    #[test]
    fn every_command_is_answered_with_json() {
        let mut session = session();
        assert_eq!(session.answer("hello").expect("is answered")["name"], "even");
        assert_eq!(session.answer("message 42007b00"), Ok(serde_json::json!({})));
        assert_eq!(session.answer("decode 3").expect("is answered")["count"], 4);
        assert_eq!(session.answer("bytes").expect("is answered")["hex"], "0abc");
        session.message.push(0);
        assert_eq!(session.answer("decode 3"), Err("an odd message".into()));
    }

    #[test]
    fn wrong_commands_are_errors() {
        for line in
            ["", "decoed 1", "decode", "decode 0", "decode x", "message 4g", "message 420", "connect here", "get 1"]
        {
            session().answer(line).expect_err(line);
        }
        assert_eq!(session().answer("walk 1"), Err(NOT_OFFERED.into()));
    }

    #[test]
    fn hexadecimal_digits_and_back() {
        let bytes: Vec<u8> = (0..=255).collect();
        assert_eq!(from_hex(&to_hex(&bytes)), Some(bytes));
        assert_eq!(from_hex("AbCd"), Some(vec![0xAB, 0xCD]));
    }
}
