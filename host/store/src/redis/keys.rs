//! The names of keys and channels.

use strowger_model::{AccountId, Owner};

use crate::{Kind, Listing, Name, Upload};

/// Names keys; each owner's have one hash tag, so that they lie in one slot of a cluster.
#[derive(Debug, Clone)]
pub(super) struct Keys {
    prefix: String,
}

impl Keys {
    pub(super) fn new(prefix: &str) -> Self {
        Self { prefix: prefix.to_owned() }
    }

    fn of(&self, owner: Owner, rest: impl std::fmt::Display) -> String {
        format!("{}:{{{owner}}}:{rest}", self.prefix)
    }

    /// Hash of records by id.
    pub(super) fn documents(&self, owner: Owner, kind: Kind) -> String {
        self.of(owner, format_args!("documents:{}", kind.name()))
    }

    /// Sorted set of the ids.
    pub(super) fn ids(&self, owner: Owner, kind: Kind) -> String {
        self.of(owner, format_args!("ids:{}", kind.name()))
    }

    /// Sorted set of sort key, NUL, id.
    pub(super) fn listing(&self, owner: Owner, kind: Kind, listing: Listing) -> String {
        self.of(owner, format_args!("listing:{}:{}", kind.name(), listing.name()))
    }

    /// What a script needs of a kind, in its order.
    pub(super) fn kind(&self, owner: Owner, kind: Kind) -> impl Iterator<Item = String> {
        let listings = Listing::ALL.map(|listing| self.listing(owner, kind, listing));
        [self.documents(owner, kind), self.ids(owner, kind)].into_iter().chain(listings)
    }

    /// Sorted set of kind, NUL, id by when the document ends.
    pub(super) fn expiries(&self, owner: Owner) -> String {
        self.of(owner, "expiries")
    }

    /// Stream of changes; the positions are its ids.
    pub(super) fn feed(&self, owner: Owner) -> String {
        self.of(owner, "feed")
    }

    /// Position of the last change.
    pub(super) fn sequence(&self, owner: Owner) -> String {
        self.of(owner, "sequence")
    }

    /// Answer of a step that may be sent again.
    pub(super) fn answer(&self, owner: Owner, id: &str) -> String {
        self.of(owner, format_args!("answer:{id}"))
    }

    pub(super) fn counter(&self, name: &Name) -> String {
        self.of(name.owner, format_args!("counter:{}", name.name))
    }

    /// Hash of holder and token.
    pub(super) fn lease(&self, name: &Name) -> String {
        self.of(name.owner, format_args!("lease:{}", name.name))
    }

    /// The last fencing token.
    pub(super) fn token(&self, owner: Owner) -> String {
        self.of(owner, "token")
    }

    pub(super) fn stream(&self, name: &Name) -> String {
        self.of(name.owner, format_args!("stream:{}", name.name))
    }

    /// Sorted set of the streams' names.
    pub(super) fn streams(&self, owner: Owner) -> String {
        self.of(owner, "streams")
    }

    /// Hash of chunks by index.
    pub(super) fn upload(&self, upload: &Upload) -> String {
        self.of(upload.owner, format_args!("upload:{}", upload.id))
    }

    /// Sorted set of the owners that have anything.
    pub(super) fn owners(&self) -> String {
        self.of(Owner::System, "owners")
    }

    /// The version of all this.
    pub(super) fn format(&self) -> String {
        self.of(Owner::System, "format")
    }

    /// Channel of the notices of all owners.
    pub(super) fn changes(&self) -> String {
        format!("{}:changes", self.prefix)
    }

    pub(super) fn mailbox(&self, name: &str) -> String {
        format!("{}{name}", self.mailboxes())
    }

    /// What the channels of mailboxes begin with.
    pub(super) fn mailboxes(&self) -> String {
        format!("{}:mailbox:", self.prefix)
    }
}

/// An owner as keys and notices write it.
pub(super) fn parse_owner(text: &str) -> Option<Owner> {
    match text {
        "system" => Some(Owner::System),
        account => account.parse::<AccountId>().ok().map(Owner::Account),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_tag_is_the_owner_whatever_a_name_holds() {
        let keys = Keys::new("strowger");
        let account = AccountId::random();
        let name = Name::new(account, "{x}:{y}");
        assert_eq!(keys.stream(&name), format!("strowger:{{{}}}:stream:{{x}}:{{y}}", account.hex()));
        assert_eq!(keys.owners(), "strowger:{system}:owners");
    }
}
