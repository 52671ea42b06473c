#!/usr/bin/env python3
"""Encodes the messages of the XML files beside it to TTLV, one line of hex digits for each, in a file beside each.

It is an encoder of its own: it shares neither code nor tables with the crates. It knows the item types from the
specification (KMIP 1.4, 9.1; KMIP 3.0, 9.1) and numbers from `kmip-ttlv/registry`. The tests compare its bytes with what
the crates encode and decode. `fuzz/vectors.rs` writes the XML files.

    python3 kmip-ttlv/tests/corpus/generated/encode.py [--check]

With --check it writes nothing, and fails if a file is not what it would write.
"""

import csv
import datetime
import pathlib
import struct
import sys
import xml.etree.ElementTree as ElementTree

HERE = pathlib.Path(__file__).resolve().parent
REGISTRY = HERE.parents[2] / "registry"
TYPES = ["Structure", "Integer", "LongInteger", "BigInteger", "Enumeration", "Boolean", "TextString", "ByteString",
         "DateTime", "Interval", "DateTimeExtended", "Identifier", "Reference", "NameReference"]
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def table(name):
    with open(REGISTRY / name, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


TAGS = {row["canonical"]: int(row["tag_hex"], 16) for row in table("tags.csv")}
# The enumeration or mask that a tag has, and that an attribute has by its name in KMIP 1.x.
MASKS = {row["mask"] for row in table("masks.csv")}
MEANINGS = {row["canonical"]: row["enumeration"] or (row["name"] if row["name"] in MASKS else None)
            for row in table("tags.csv")}
ATTRIBUTES = {row["name"]: row["canonical"] for row in table("attributes.csv")}
VALUES = {}
for row in table("enumerations.csv"):
    VALUES.setdefault((row["enumeration"], row["canonical"]), int(row["value_hex"], 16))
for row in table("masks.csv"):
    VALUES.setdefault((row["mask"], row["canonical"]), int(row["bit_hex"], 16))
for row in table("aliases.csv"):
    VALUES.setdefault((row["enumeration"], row["alias"]), int(row["value_hex"], 16))


def number(text, meaning):
    """The number of a name, or of hex digits."""
    if text.startswith("0x"):
        return int(text, 16)
    # Without an enumeration it is one of tags.
    return VALUES[meaning, text] if (meaning, text) in VALUES else TAGS[text]


def integer(text, meaning):
    """An Integer: a decimal number, or the bits of a mask."""
    if text.lstrip("-").isdigit():
        return int(text)
    bits = 0
    for word in text.split():
        bits |= number(word, meaning)
    return bits - (1 << 32) if bits >= 1 << 31 else bits


def seconds(text):
    """The seconds of a time since 1970. The years may be beyond those of Python."""
    if text.startswith("0x"):
        value = int(text, 16)
        return value - (1 << 64) if value >= 1 << 63 else value
    return (datetime.datetime.fromisoformat(text.replace("Z", "+00:00")) - EPOCH) // datetime.timedelta(seconds=1)


def microseconds(text):
    if text.startswith("0x"):
        value = int(text, 16)
        return value - (1 << 64) if value >= 1 << 63 else value
    if text.lstrip("-").isdigit():
        return int(text)
    return (datetime.datetime.fromisoformat(text.replace("Z", "+00:00")) - EPOCH) // datetime.timedelta(microseconds=1)


def value(element, type_name, meaning):
    """The bytes of a value, without padding."""
    text = element.get("value")
    if type_name == "Structure":
        return b"".join(items(element))
    if type_name == "Integer":
        return struct.pack(">i", integer(text, meaning))
    if type_name == "LongInteger":
        return struct.pack(">q", int(text))
    if type_name == "BigInteger":
        return bytes.fromhex(text)
    if type_name == "Enumeration":
        return struct.pack(">I", number(text, meaning))
    if type_name == "Boolean":
        return struct.pack(">Q", {"true": 1, "false": 0}[text])
    if type_name == "ByteString":
        return bytes.fromhex(text)
    if type_name == "DateTime":
        return struct.pack(">q", seconds(text))
    if type_name == "Interval":
        return struct.pack(">I", int(text))
    if type_name == "DateTimeExtended":
        return struct.pack(">q", microseconds(text))
    return text.encode("utf-8")


def item(element, meaning):
    name = element.get("tag") if element.tag == "TTLV" else element.tag
    tag = int(name, 16) if name.startswith("0x") else TAGS[name]
    type_name = element.get("type", "Structure")
    content = value(element, type_name, meaning)
    header = tag.to_bytes(3, "big") + bytes([TYPES.index(type_name) + 1]) + struct.pack(">I", len(content))
    return header + content + bytes(-len(content) % 8)


def items(parent):
    """The items of a structure. A value under Attribute Value means what the name before it says."""
    attribute = None
    for element in parent:
        meaning = MEANINGS.get(element.tag)
        if element.tag == "AttributeName":
            attribute = ATTRIBUTES.get(element.get("value"))
        if element.tag == "AttributeValue":
            meaning = MEANINGS.get(attribute)
        yield item(element, meaning)


def main():
    stale = []
    for file in sorted(HERE.glob("*.xml")):
        root = ElementTree.parse(file).getroot()
        messages = root if root.tag == "KMIP" else [root]
        lines = "".join(item(message, None).hex().upper() + "\n" for message in messages)
        target = file.with_suffix(".hex")
        if "--check" not in sys.argv[1:]:
            target.write_text(lines, encoding="ascii")
        elif target.read_text(encoding="ascii") != lines:
            stale.append(target.name)
    if stale:
        sys.exit(f"not what the XML says: {', '.join(stale)}")


main()
