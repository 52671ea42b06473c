//! Messages that are not quite what they were.

use kmip_client::ttlv::{Item, Reader, Tag, Type};

use crate::message::Random;

/// An item with its contents apart.
#[derive(Clone)]
pub(crate) struct Node {
    tag: [u8; 3],
    ty: u8,
    pub(crate) value: Vec<u8>,
    pub(crate) inside: Vec<Node>,
}

/// Changes one to three items of a message. What comes out is well-formed, but for values that their type does not
/// have.
pub(crate) fn rearranged(frame: &[u8], random: &mut Random) -> Vec<u8> {
    let Some(mut root) = Node::of_message(frame) else { return frame.to_vec() };
    for _ in 0..=random.below(3) {
        let count = root.count();
        change(&mut root, &mut random.below(count), random);
    }
    root.to_message()
}

/// Changes bytes of a message, but not its length: a server would wait for the rest, as it should.
pub(crate) fn damaged(mut frame: Vec<u8>, random: &mut Random) -> Vec<u8> {
    for _ in 0..=random.below(4) {
        let at = 8 + random.below(frame.len().saturating_sub(8).max(1));
        if let Some(byte) = frame.get_mut(at) {
            *byte = match random.below(4) {
                0 => 0xFF,
                1 => byte.wrapping_add(1),
                _ => *byte ^ 1 << random.below(8),
            };
        }
    }
    frame
}

impl Node {
    /// Takes a message apart; `None` if it is not well-formed from the start.
    pub(crate) fn of_message(frame: &[u8]) -> Option<Self> {
        Some(Self::of(&Reader::new(frame).next_item().ok()??))
    }

    fn of(item: &Item<'_>) -> Self {
        let mut inside = Vec::new();
        if let Ok(mut fields) = item.as_structure() {
            while let Ok(Some(field)) = fields.next_item() {
                inside.push(Self::of(&field));
            }
        }
        let value = if item.ty() == Type::Structure { Vec::new() } else { item.value().to_vec() };
        Self { tag: item.tag().to_bytes(), ty: item.ty().code(), value, inside }
    }

    pub(crate) fn is(&self, tag: Tag, ty: Type) -> bool {
        self.tag == tag.to_bytes() && self.ty == ty.code()
    }

    fn count(&self) -> usize {
        1 + self.inside.iter().map(Self::count).sum::<usize>()
    }

    pub(crate) fn to_message(&self) -> Vec<u8> {
        let mut message = Vec::new();
        self.write(&mut message);
        message
    }

    fn write(&self, into: &mut Vec<u8>) {
        let mut value = self.value.clone();
        self.inside.iter().for_each(|inside| inside.write(&mut value));
        into.extend(self.tag);
        into.push(self.ty);
        into.extend(u32::try_from(value.len()).unwrap_or(u32::MAX).to_be_bytes());
        into.append(&mut value);
        into.resize(into.len().next_multiple_of(8), 0);
    }
}

/// Changes the item at this place, counted from the root in the order of the message.
fn change(node: &mut Node, place: &mut usize, random: &mut Random) {
    for at in 0..node.inside.len() {
        if *place == 0 {
            break;
        }
        *place -= 1;
        if *place == 0 {
            change_at(node, at, random);
            return;
        }
        change(&mut node.inside[at], place, random);
    }
}

fn change_at(parent: &mut Node, at: usize, random: &mut Random) {
    match random.below(8) {
        0 => drop(parent.inside.remove(at)),
        1 => parent.inside.insert(at, parent.inside[at].clone()),
        2 => {
            let other = random.below(parent.inside.len());
            parent.inside.swap(at, other);
        }
        3 => {
            let mut tags = Tag::TABLE.entries();
            let other = random.below(tags.len());
            parent.inside[at].tag =
                tags.nth(other).and_then(|tag| Tag::try_from(tag.value()).ok()).map_or([0; 3], Tag::to_bytes);
        }
        4 => parent.inside[at].ty = u8::try_from(random.below(18)).unwrap_or(0),
        5 => {
            // As deep as a message may be, and deeper.
            let mut node = parent.inside[at].clone();
            for _ in 0..1 << (2 + random.below(8)) {
                node = Node { tag: node.tag, ty: Type::Structure.code(), value: Vec::new(), inside: vec![node] };
            }
            parent.inside[at] = node;
        }
        6 => {
            let length = [0, 1, 4, 8, 16, 1 << 10, 1 << 16][random.below(7)];
            let byte = [0, b'A', 0x80, 0xFF][random.below(4)];
            parent.inside[at].value = vec![byte; length];
        }
        _ => match parent.inside[at].value.last_mut() {
            Some(byte) => *byte ^= 1 << random.below(8),
            None => parent.inside[at].value = vec![0xFF; 8],
        },
    }
}
