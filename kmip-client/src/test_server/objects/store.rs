//! All objects of the server.

use std::collections::HashMap;
use std::sync::Arc;

use kmip_ttlv::enumeration::ObjectType;

use crate::protocol::attribute::{AttributeValue, Name};
use crate::test_server::base::refusal::{Cause, Refusal};
use crate::test_server::objects::attributes::OwnedAttributes;
use crate::test_server::objects::object::Managed;
use crate::test_server::objects::view::View;

/// The objects, oldest first. The attributes of a destroyed object stay; an obliterated one leaves an unreachable slot.
///
/// A batch with the Undo option keeps a clone. Clones share the objects until one of them changes an object.
#[derive(Clone, Default)]
pub(in crate::test_server) struct Store {
    objects: Vec<Arc<Managed>>,
    slots: HashMap<Arc<str>, usize>,
    /// The slots of each client, by its name.
    owners: HashMap<Arc<str>, Slots>,
}

/// The slots of one client's objects, oldest first.
///
/// Invariant: every destroyed object is in one of the two lists, every other object is in `live`. [`Store::sweep`]
/// moves newly destroyed objects, so that searches read each of them once.
#[derive(Clone, Default)]
struct Slots {
    live: Vec<usize>,
    destroyed: Vec<usize>,
}

impl View<'_> {
    /// Returns `true` if the object exists for this client. Hidden are the objects of other clients, kinds of objects
    /// that the client's version lacks, and on a lenient server destroyed objects.
    fn shows(&self, object: &Managed) -> bool {
        object.owner == self.owner
            && object.object_type.versions().is_none_or(|range| range.contains(self.version))
            && !(self.lenient && object.is_destroyed())
    }
}

/// The objects that a search reads.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::test_server) enum Searched {
    /// Objects that are not destroyed.
    Live,
    /// All objects, destroyed ones included.
    All,
}

impl Store {
    pub(in crate::test_server) fn insert(&mut self, object: Managed) {
        let slot = self.objects.len();
        self.slots.insert(object.id.as_str().into(), slot);
        self.slots_of(&object.owner).live.push(slot);
        self.objects.push(Arc::new(object));
    }

    /// Replaces the object with the same identifier and owner.
    pub(in crate::test_server) fn replace(&mut self, object: Managed) {
        let Some(&slot) = self.slots.get(object.id.as_str()) else { return };
        let slots = self.slots_of(&object.owner);
        slots.destroyed.retain(|destroyed| *destroyed != slot);
        if let Err(place) = slots.live.binary_search(&slot) {
            slots.live.insert(place, slot);
        }
        self.objects[slot] = Arc::new(object);
    }

    /// Forgets the object with its value, its attributes and its identifier.
    pub(in crate::test_server) fn forget(&mut self, id: &str) {
        let Some(slot) = self.slots.remove(id) else { return };
        let object = Arc::make_mut(&mut self.objects[slot]);
        (object.attributes, object.value) = (OwnedAttributes::default(), None);
        let owner = object.owner.clone();
        let slots = self.slots_of(&owner);
        slots.live.retain(|live| *live != slot);
        slots.destroyed.retain(|destroyed| *destroyed != slot);
    }

    fn slots_of(&mut self, owner: &str) -> &mut Slots {
        if !self.owners.contains_key(owner) {
            self.owners.insert(owner.into(), Slots::default());
        }
        self.owners.get_mut(owner).expect("it was inserted where it was missing")
    }

    /// Returns `true` if any client has an object with this identifier.
    pub(in crate::test_server) fn is_taken(&self, id: &str) -> bool {
        self.slots.contains_key(id)
    }

    /// Returns the object with this identifier in its current state. Refuses an archived object.
    pub(in crate::test_server) fn get(&mut self, id: &str, view: View<'_>) -> Result<&mut Managed, Refusal> {
        let object = self.get_anywhere(id, view)?;
        if object.is_archived() {
            Err(Cause::Archived.because("the object is archived: it has to be recovered first"))
        } else {
            Ok(object)
        }
    }

    /// Does the same as [`Self::get`], but finds archived objects too.
    pub(in crate::test_server) fn get_anywhere(&mut self, id: &str, view: View<'_>) -> Result<&mut Managed, Refusal> {
        let object = self.slots.get(id).map(|slot| &mut self.objects[*slot]).filter(|object| view.shows(object));
        let cause = if view.lenient { Cause::ItemNotFound } else { Cause::ObjectNotFound };
        let object = object.ok_or_else(|| cause.because("there is no object with this Unique Identifier"))?;
        let object = Arc::make_mut(object);
        object.refresh(view.now)?;
        Ok(object)
    }

    /// Returns `true` if the client has an object with this identifier.
    pub(in crate::test_server) fn contains(&self, id: &str, view: View<'_>) -> bool {
        self.slots.get(id).is_some_and(|slot| view.shows(&self.objects[*slot]))
    }

    /// Returns the objects that the client may see in their current states, newest first.
    pub(in crate::test_server) fn search(
        &mut self,
        view: View<'_>,
        searched: Searched,
    ) -> Result<impl Iterator<Item = &Managed>, Refusal> {
        self.sweep(view)?;
        let mut found = Vec::new();
        if let Some(slots) = self.owners.get(view.owner) {
            found.extend(&slots.live);
            if searched == Searched::All {
                found.extend(&slots.destroyed);
                found.sort_unstable();
            }
        }
        let objects = &self.objects;
        Ok(found.into_iter().rev().map(|slot: usize| &*objects[slot]).filter(move |object| view.shows(object)))
    }

    /// Makes the transitions of this client's objects whose dates have passed, and moves destroyed ones to their own
    /// list.
    fn sweep(&mut self, view: View<'_>) -> Result<(), Refusal> {
        let Some(slots) = self.owners.get_mut(view.owner) else { return Ok(()) };
        for slot in &slots.live {
            let object = &mut self.objects[*slot];
            if object.is_due(view.now) {
                Arc::make_mut(object).refresh(view.now)?;
            }
        }
        let objects = &self.objects;
        slots.destroyed.extend(slots.live.extract_if(.., |slot| objects[*slot].is_destroyed()));
        Ok(())
    }

    /// Returns `true` if an object of this client that is not destroyed has the name.
    pub(in crate::test_server) fn has_name(&self, name: &Name<'_>, owner: &str) -> bool {
        self.named(name, owner).next().is_some()
    }

    /// Returns `true` if an object of this client other than this one, and not destroyed, has the name.
    pub(in crate::test_server) fn another_has_name(&self, name: &Name<'_>, owner: &str, id: &str) -> bool {
        self.named(name, owner).any(|object| object.id != id)
    }

    /// Returns the template of this client with the name.
    pub(in crate::test_server) fn template(&self, name: &Name<'_>, owner: &str) -> Option<&Managed> {
        self.named(name, owner).find(|object| object.object_type == ObjectType::TEMPLATE)
    }

    /// Returns the objects of this client that have the name and are not destroyed.
    fn named<'s>(&'s self, name: &Name<'_>, owner: &str) -> impl Iterator<Item = &'s Managed> {
        let value = AttributeValue::Name(*name);
        let live = self.owners.get(owner).map_or(&[][..], |slots| &slots.live);
        let objects = live.iter().map(|slot| &*self.objects[*slot]);
        objects.filter(move |object| object.attributes.has_value(&value) && !object.is_destroyed())
    }
}

#[cfg(test)]
mod tests {
    use kmip_ttlv::enumeration::State;
    use kmip_ttlv::{DateTime, Tag, V1_4};

    use super::*;
    use crate::test_server::base::habits::Habits;

    const NONE: Habits =
        Habits { raw_signatures: false, longest_salt: false, no_links: false, no_digested_data: false };

    const VIEW: View<'_> = View { owner: "alice", now: DateTime(10), version: V1_4, lenient: false, habits: NONE };

    fn object(id: &str, owner: &str) -> Managed {
        let mut attributes = OwnedAttributes::default();
        attributes.set(&AttributeValue::State(State::PRE_ACTIVE)).expect("a state is kept");
        Managed {
            id: id.to_owned(),
            owner: owner.to_owned(),
            object_type: ObjectType::SYMMETRIC_KEY,
            attributes,
            value: None,
        }
    }

    fn ids(store: &mut Store, searched: Searched) -> Vec<String> {
        store.search(VIEW, searched).expect("no date is reached").map(|object| object.id.clone()).collect()
    }

    #[test]
    fn searches_read_each_destroyed_object_once() {
        let mut store = Store::default();
        for (id, owner) in [("a", "alice"), ("b", "alice"), ("c", "bob"), ("d", "alice")] {
            store.insert(object(id, owner));
        }
        assert_eq!(ids(&mut store, Searched::Live), ["d", "b", "a"]);
        store.get("b", VIEW).and_then(|object| object.destroy(VIEW.now)).expect("it is Pre-Active");
        assert_eq!(store.owners["alice"].live, [0, 1, 3]);
        assert_eq!(ids(&mut store, Searched::Live), ["d", "a"]);
        assert_eq!(store.owners["alice"].live, [0, 3]);
        assert_eq!(ids(&mut store, Searched::All), ["d", "b", "a"]);

        // An import may replace a destroyed object.
        store.replace(object("b", "alice"));
        assert_eq!(ids(&mut store, Searched::Live), ["d", "b", "a"]);
        assert_eq!((store.owners["alice"].live.len(), store.owners["alice"].destroyed.len()), (3, 0));
    }

    #[test]
    fn a_clone_keeps_what_the_original_changes() {
        let mut store = Store::default();
        store.insert(object("a", "alice"));
        let mut before = store.clone();
        store.get("a", VIEW).and_then(|object| object.activate(VIEW.now)).expect("it is Pre-Active");
        store.insert(object("b", "alice"));
        assert_eq!(before.get("a", VIEW).map(|object| object.state()), Ok(State::PRE_ACTIVE));
        assert!(!before.contains("b", VIEW) && store.contains("b", VIEW));
        assert_eq!(store.get("a", VIEW).map(|object| object.attributes.date(Tag::ACTIVATION_DATE)), Ok(Some(VIEW.now)));
    }
}
