//! Conversion of messages: TTLV as bytes or hex, XML, JSON, and readable text.
//!
//! ```text
//! cargo run --release --example ttlv -- --from hex|bin|xml|json --to hex|bin|xml|json|text [--typed] [--show-secrets] [FILE]
//! ```
//!
//! Reads one or more messages from FILE or standard input, and writes them in the same order:
//!
//! | form | several messages are |
//! |---|---|
//! | hex | one a line, blanks between the digits allowed |
//! | bin | one after another |
//! | xml | inside `<KMIP>` |
//! | json | read from an array, or one after another; written as an array |
//! | text | one after another; keys and passwords are kept back, unless `--show-secrets` is given |
//!
//! `--typed` decodes each message to the typed messages of `kmip-client` and encodes it again, and fails if anything is
//! lost or changed.
//!
//! On bad input it prints `error: message 3: PATH: what at byte N` and exits with 1. N counts from the start of the
//! message in hex and bin, from the start of the document in xml and json. Only text is written before all input is
//! read.

use std::io::{Read as _, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use examples::Failure;
use kmip_client::protocol::message::{RequestMessage, ResponseMessage};
use kmip_client::ttlv::{Error, ErrorKind, Reader, Rules, Tag, Text, Walk, json, xml};
use zeroize::Zeroizing;

/// Converts messages between forms; reads standard input if no FILE is given
#[derive(Parser)]
#[command(name = "ttlv", max_term_width = 80)]
struct Arguments {
    /// The form of the input: hex, bin, xml, json
    #[arg(long, value_name = "FORM", value_parser = readable)]
    from: Form,
    /// The form of the output: hex, bin, xml, json, or text for people
    #[arg(long, value_name = "FORM")]
    to: Form,
    /// Take each message through the typed messages of kmip-client, and fail where that changes it
    #[arg(long)]
    typed: bool,
    /// Show keys and passwords in text too
    #[arg(long)]
    show_secrets: bool,
    /// The input
    file: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    Hex,
    Bin,
    Xml,
    Json,
    Text,
}

fn readable(name: &str) -> Result<Form, String> {
    match Form::from_str(name, false) {
        Ok(Form::Text) => Err("text is for people: it is written, not read".into()),
        Ok(form) => Ok(form),
        Err(_) => Err("the forms are hex, bin, xml and json".into()),
    }
}

fn main() -> ExitCode {
    examples::main(|arguments: &Arguments, output| arguments.run(&arguments.input()?, output))
}

impl Arguments {
    fn input(&self) -> Result<Zeroizing<Vec<u8>>, Failure> {
        if let Some(file) = &self.file {
            return examples::read(file);
        }
        let mut input = Zeroizing::new(Vec::new());
        std::io::stdin().read_to_end(&mut input).map_err(Failure::file("read", "standard input"))?;
        Ok(input)
    }

    fn run(&self, input: &[u8], out: &mut (impl Write + ?Sized)) -> Result<(), Failure> {
        let mut messages = Vec::new();
        for (index, message) in read(self.from, input).map_err(Failure::Other)?.enumerate() {
            let fail = |error: &dyn std::fmt::Display| Failure::Other(format!("message {}: {error}", index + 1));
            let message = message.map_err(|error| fail(&error))?;
            let fault = check(&message).and_then(|()| if self.typed { check_typed(&message) } else { Ok(()) });
            if self.to == Form::Text {
                // A malformed message is shown as far as possible.
                write!(out, "{}", self.text(&message))?;
            }
            fault.map_err(|error| fail(&error))?;
            messages.push(message);
        }
        let written = write(self.to, &messages).map_err(Failure::Other)?;
        out.write_all(&written)?;
        Ok(out.flush()?)
    }

    fn text<'a>(&self, message: &'a [u8]) -> Text<'a> {
        let text = Text::new(message);
        if self.show_secrets { text.show_secrets() } else { text }
    }
}

type Messages<'a> = Box<dyn Iterator<Item = Result<Vec<u8>, Error>> + 'a>;

/// Returns the messages of the input in order.
fn read(form: Form, input: &[u8]) -> Result<Messages<'_>, String> {
    let text = || {
        std::str::from_utf8(input)
            .map_err(|error| format!("message 1: the input is not UTF-8 at byte {}", error.valid_up_to()))
    };
    Ok(match form {
        Form::Hex => Box::new(text()?.lines().filter(|line| !line.trim().is_empty()).map(read_hex)),
        Form::Bin => Box::new(split(input)),
        Form::Xml => Box::new(xml::from_xml(text()?)),
        Form::Json => Box::new(json::from_json(text()?)),
        Form::Text => Box::new(std::iter::empty()),
    })
}

fn read_hex(line: &str) -> Result<Vec<u8>, Error> {
    let fail =
        |bytes: &[u8], what| Err(Reader::part_of(bytes, bytes.len()..bytes.len(), 0).error(ErrorKind::Syntax(what)));
    let mut bytes = Vec::with_capacity(line.len() / 2);
    let mut high = None;
    for c in line.chars().filter(|c| !c.is_whitespace()) {
        let Some(digit) = c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()) else {
            return fail(&bytes, "not a hex digit");
        };
        match high.take() {
            None => high = Some(digit),
            Some(high) => bytes.push(high << 4 | digit),
        }
    }
    if high.is_some() { fail(&bytes, "half a byte") } else { Ok(bytes) }
}

/// Splits concatenated messages. Invalid bytes are returned whole, to be refused by [`check`].
fn split(mut rest: &[u8]) -> impl Iterator<Item = Result<Vec<u8>, Error>> + '_ {
    std::iter::from_fn(move || {
        let end = match Reader::new(rest).next_item() {
            Ok(None) => return None,
            Ok(Some(item)) => item.range().end,
            Err(_) => rest.len(),
        };
        let (message, behind) = rest.split_at(end);
        rest = behind;
        Some(Ok(message.to_vec()))
    })
}

/// Checks that a message is exactly one well-formed item.
fn check(message: &[u8]) -> Result<(), Error> {
    let walked = Walk::new(message).try_for_each(|visit| visit.map(drop));
    walked
        .and_then(|()| {
            let mut reader = Reader::new(message);
            reader.next_item()?;
            match message.len() - reader.offset() {
                0 => Ok(()),
                left => Err(reader.error(ErrorKind::TrailingBytes(left))),
            }
        })
        .map_err(|error| error.locate(message))
}

/// Checks that a message is unchanged by typed decoding and encoding.
fn check_typed(message: &[u8]) -> Result<(), Error> {
    let fail = |what, visit: Option<kmip_client::ttlv::Visit<'_>>| {
        let (range, depth) = visit.map_or((0..message.len(), 0), |visit| (visit.item.range(), visit.depth));
        let level = u8::try_from(depth).unwrap_or(u8::MAX);
        Err(Reader::part_of(message, range, level).error(ErrorKind::Value(what)).locate(message))
    };
    let typed = match Reader::new(message).peek_tag() {
        Some(Tag::REQUEST_MESSAGE) => RequestMessage::decode_message(message, Rules::STRICT)?.0.encode_again()?,
        Some(Tag::RESPONSE_MESSAGE) => ResponseMessage::decode_message(message, Rules::STRICT)?.0.encode_again()?,
        _ => return fail("there is no type for what is neither a request nor a response", None),
    };
    if typed == message {
        return Ok(());
    }
    // The lengths of enclosing structures differ too, but do not show the position.
    let mut after = Walk::new(&typed).flatten();
    let lost = Walk::new(message).flatten().find(|before| {
        let same = |after: kmip_client::ttlv::Visit<'_>| {
            let tag = (after.depth, after.item.tag(), after.item.ty());
            tag == (before.depth, before.item.tag(), before.item.ty())
                && (before.item.ty() == kmip_client::ttlv::Type::Structure || after.item.value() == before.item.value())
        };
        !after.next().is_some_and(same)
    });
    fail("the typed message has lost or changed this", lost)
}

/// Returns the messages in this form; text was written before.
fn write(form: Form, messages: &[Vec<u8>]) -> Result<Vec<u8>, String> {
    match form {
        Form::Hex => Ok(messages.iter().flat_map(|message| write_hex(message).into_bytes()).collect()),
        Form::Bin => Ok(messages.concat()),
        Form::Xml => xml::to_xml(&messages.concat()).map(String::into_bytes).map_err(|error| {
            // Finds the message that failed.
            let errors = messages.iter().enumerate().filter_map(|(n, message)| Some((n, xml::to_xml(message).err()?)));
            let mut said = errors.map(|(n, error)| format!("message {}: {error}", n + 1));
            said.next().unwrap_or_else(|| error.to_string())
        }),
        Form::Json => json::to_json(&messages.concat()).map(String::into_bytes).map_err(|error| error.to_string()),
        Form::Text => Ok(Vec::new()),
    }
}

/// Returns a line of hex digits.
fn write_hex(message: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or_default();
    let digits = message.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]);
    digits.chain(['\n']).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    /// A request of KMIP 1.4: Get, of the key `77777777`. 120 bytes.
    const GET: &str = "420078010000007042007701000000384200690100000020\
        42006a0200000004000000010000000042006b0200000004000000040000000042000d020000000400000001000000004200\
        0f010000002842005c05000000040000000a00000000420079010000001042009407000000083737373737373737";

    fn arguments(line: &str) -> Result<Arguments, clap::Error> {
        Arguments::try_parse_from(std::iter::once("ttlv").chain(line.split_whitespace()))
    }

    /// Returns the output and the error of the tool.
    fn run(line: &str, input: impl AsRef<[u8]>) -> (String, String) {
        let mut out = Vec::new();
        let ended = arguments(line).unwrap().run(input.as_ref(), &mut out);
        (String::from_utf8(out).unwrap(), ended.err().map(|failure| failure.to_string()).unwrap_or_default())
    }

    #[test]
    fn every_form_from_every_other() {
        let hex = format!("{0}\n{0}\n", GET);
        let bin = {
            let mut out = Vec::new();
            arguments("--from hex --to bin").unwrap().run(hex.as_bytes(), &mut out).unwrap();
            out
        };
        assert_eq!(bin.len(), 240);
        let xml = run("--from hex --to xml --typed", &hex).0;
        let json = run("--from hex --to json --typed", &hex).0;
        assert!(xml.starts_with("<KMIP>\n<RequestMessage>") && json.starts_with("[\n{\"tag\":\"RequestMessage\""));
        for (form, input) in
            [("hex", hex.as_bytes()), ("bin", &bin), ("xml", xml.as_bytes()), ("json", json.as_bytes())]
        {
            for typed in ["", "--typed"] {
                assert_eq!(run(&format!("--from {form} --to hex {typed}"), input), (hex.clone(), String::new()));
                assert_eq!(run(&format!("--from {form} --to xml {typed}"), input), (xml.clone(), String::new()));
                assert_eq!(run(&format!("--from {form} --to json {typed}"), input), (json.clone(), String::new()));
                let text = run(&format!("--from {form} --to text {typed}"), input).0;
                assert_eq!(text.matches("RequestMessage\n").count(), 2);
            }
        }
        assert_eq!(run("--from hex --to hex", "\n").0, "");
        assert_eq!(run("--from hex --to xml", "").0, "<KMIP>\n</KMIP>\n");
        assert_eq!(run("--from xml --to hex", "<KMIP/>"), (String::new(), String::new()));
        let spaced = format!("{} {}\r\n", &GET[..16], GET[16..].to_uppercase());
        assert_eq!(run("--from hex --to hex", spaced).0.trim_end(), GET);
    }

    #[test]
    fn secrets_are_kept_back_in_text() {
        let password = "4200a10700000007 68756e7465723200";
        assert_eq!(run("--from hex --to text", password).0, "Password: <7 bytes, redacted>\n");
        assert_eq!(run("--from hex --to text --show-secrets", password).0, "Password: \"hunter2\"\n");
    }

    #[test]
    fn bad_input_says_where() {
        let second = |line: &str, hex: &str| run(line, format!("{}\n\n{hex}\n", GET));
        let error = |hex: &str| second("--from hex --to json", hex).1;
        assert_eq!(error("4200zz"), "message 2: not a hex digit at byte 2");
        assert_eq!(error("420"), "message 2: half a byte at byte 1");
        assert_eq!(error("é"), "message 2: not a hex digit at byte 0");
        assert_eq!(error("420078"), "message 2: the header of the item is cut off, 3 of 8 bytes are there at byte 0");
        assert_eq!(
            error(&GET.replace("42005c05", "42005c0f")),
            "message 2: RequestMessage/BatchItem/Operation: unknown item type 0x0f at byte 80"
        );
        assert_eq!(error(&GET.repeat(2)), "message 2: 120 bytes follow where the message ends at byte 120");
        // Text shows a malformed message as far as possible.
        let (text, error) = second("--from hex --to text", &GET.replace("42005c05", "42005c0f"));
        assert!(text.ends_with(
            "  BatchItem\n<malformed: RequestMessage/BatchItem/Operation: unknown item type 0x0f at byte 80>\n"
        ));
        assert!(error.starts_with("message 2: RequestMessage/BatchItem/Operation: "));

        assert_eq!(
            run("--from bin --to hex", "GET / HTTP/1.1").1,
            "message 1: 0x474554: unknown item type 0x20 at byte 0"
        );
        assert_eq!(run("--from json --to hex", b"{\"tag\":\"\xFF\"}").1, "message 1: the input is not UTF-8 at byte 8");
        assert_eq!(
            run("--from xml --to hex", "<KMIP><Name/><Names/></KMIP>").1,
            "message 2: Tag has no such name at byte 13"
        );
        assert_eq!(
            run(
                "--from json --to xml",
                r#"[{"tag":"Name"}, {"tag":"NameValue", "type":"TextString", "value":"\u0000"}]"#
            )
            .1,
            "message 2: NameValue: XML cannot carry the character U+0000 at byte 0"
        );
    }

    #[test]
    fn typed_is_strict() {
        assert_eq!(
            run("--from xml --to hex --typed", "<Name/>").1,
            "message 1: Name: there is no type for what is neither a request nor a response at byte 0"
        );
        let unknown = run("--from hex --to xml", GET)
            .0
            .replace("</RequestPayload>", "<Fresh type=\"Boolean\" value=\"1\"/></RequestPayload>");
        assert_eq!(
            run("--from xml --to hex --typed", &unknown).1,
            "message 1: RequestMessage/BatchItem/RequestPayload/Fresh: the item has no place here at byte 120"
        );
        assert_eq!(run("--from xml --to hex", &unknown).1, "");
    }

    #[test]
    fn arguments_that_do_not_fit() {
        for line in [
            "",
            "--from hex",
            "--to hex",
            "--from text --to hex",
            "--from hex --to pdf",
            "--from hex --to hex a b",
            "--hex",
        ] {
            assert!(arguments(line).is_err(), "{line}");
        }
        let all = arguments("--typed --from hex --show-secrets --to text FILE").unwrap();
        assert!(all.typed && all.show_secrets && all.file.is_some());
    }
}
