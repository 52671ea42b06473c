//! All objects of the server.

use std::collections::HashMap;

use kmip_ttlv::enumeration::ObjectType;
use kmip_ttlv::{DateTime, ProtocolVersion, Tag};

use crate::protocol::attribute::{AttributeValue, Name};
use crate::test_server::base::habits::Habits;
use crate::test_server::base::refusal::{Cause, Refusal};
use crate::test_server::objects::object::Managed;

/// The objects, oldest first. None is ever removed: of a destroyed one the attributes stay. A copy is what a batch goes back to that is
/// undone.
#[derive(Clone, Default)]
pub(in crate::test_server) struct Store {
    objects: Vec<Managed>,
    places: HashMap<String, usize>,
}

/// Who looks, when, and in which version of KMIP.
#[derive(Clone, Copy)]
pub(in crate::test_server) struct View<'s> {
    pub(in crate::test_server) owner: &'s str,
    pub(in crate::test_server) now: DateTime,
    pub(in crate::test_server) version: ProtocolVersion,
    /// How the server does things in another way.
    pub(in crate::test_server) habits: Habits,
}

impl View<'_> {
    /// Whether there is such an object for this client. Others' objects do not exist for it, nor do kinds of objects that its
    /// version does not have.
    fn shows(&self, object: &Managed) -> bool {
        object.owner == self.owner && object.object_type.versions().is_none_or(|range| range.contains(self.version))
    }
}

impl Store {
    pub(in crate::test_server) fn insert(&mut self, object: Managed) {
        self.places.insert(object.id.clone(), self.objects.len());
        self.objects.push(object);
    }

    /// Puts an object where one with the same identifier and owner is.
    pub(in crate::test_server) fn replace(&mut self, object: Managed) {
        if let Some(place) = self.places.get(&object.id) {
            self.objects[*place] = object;
        }
    }

    /// Whether any client has an object with this identifier.
    pub(in crate::test_server) fn is_taken(&self, id: &str) -> bool {
        self.places.contains_key(id)
    }

    /// The object with this identifier, in the state that it has by now. In the archive nothing can be done with it.
    pub(in crate::test_server) fn get(&mut self, id: &str, view: View<'_>) -> Result<&mut Managed, Refusal> {
        let object = self.get_anywhere(id, view)?;
        match object.is_archived() {
            true => Err(Cause::Archived.because("the object is archived: it has to be recovered first")),
            false => Ok(object),
        }
    }

    /// [`Self::get`], in the archive too.
    pub(in crate::test_server) fn get_anywhere(&mut self, id: &str, view: View<'_>) -> Result<&mut Managed, Refusal> {
        let object = self.places.get(id).map(|place| &mut self.objects[*place]).filter(|object| view.shows(object));
        let object =
            object.ok_or_else(|| Cause::ObjectNotFound.because("there is no object with this Unique Identifier"))?;
        object.refresh(view.now)?;
        Ok(object)
    }

    /// Whether the client has an object with this identifier.
    pub(in crate::test_server) fn contains(&self, id: &str, view: View<'_>) -> bool {
        self.places.get(id).is_some_and(|place| view.shows(&self.objects[*place]))
    }

    /// All objects that the client may see, in the states that they have by now, newest first.
    pub(in crate::test_server) fn all(&mut self, view: View<'_>) -> Result<impl Iterator<Item = &Managed>, Refusal> {
        let mut shown = self.objects.iter_mut().filter(move |object| view.shows(object));
        shown.try_for_each(|object| object.refresh(view.now))?;
        Ok(self.objects.iter().rev().filter(move |object| view.shows(object)))
    }

    /// Whether an object of this client that is not destroyed has the name.
    pub(in crate::test_server) fn has_name(&self, name: &Name<'_>, owner: &str) -> bool {
        self.bearers(name, owner).next().is_some()
    }

    /// Whether an object of this client other than this one, and not destroyed, has the name.
    pub(in crate::test_server) fn another_has_name(&self, name: &Name<'_>, owner: &str, id: &str) -> bool {
        self.bearers(name, owner).any(|object| object.id != id)
    }

    /// The template of this client with the name.
    pub(in crate::test_server) fn template(&self, name: &Name<'_>, owner: &str) -> Option<&Managed> {
        self.bearers(name, owner).find(|object| object.object_type == ObjectType::TEMPLATE)
    }

    /// The objects of this client that have the name and are not destroyed.
    fn bearers<'s>(&'s self, name: &Name<'_>, owner: &str) -> impl Iterator<Item = &'s Managed> {
        let is_named = |object: &Managed| {
            object.attributes.all(Tag::NAME.into()).any(|owned| owned.value() == AttributeValue::Name(*name))
        };
        self.objects.iter().filter(move |object| object.owner == owner && !object.is_destroyed() && is_named(object))
    }
}
