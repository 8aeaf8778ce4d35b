//! Keys whose order is that of what they name. Parts end with a NUL, which sorts before whatever a longer part goes on with.

use std::ops::Range;

use strowger_model::Owner;

use crate::{Key, Kind, Listing, Name, Position, StoreError, Upload};

/// What all keys of an owner begin with: its name, which is empty for the installation, so that it comes first.
pub(super) fn owner(owner: Owner) -> Vec<u8> {
    match owner {
        Owner::System => vec![0],
        Owner::Account(id) => part(id.hex()),
    }
}

fn part(text: String) -> Vec<u8> {
    let mut bytes = text.into_bytes();
    bytes.push(0);
    bytes
}

fn join(mut prefix: Vec<u8>, rest: &[u8]) -> Vec<u8> {
    prefix.extend_from_slice(rest);
    prefix
}

/// All keys that begin so.
pub(super) fn beginning(prefix: Vec<u8>) -> Range<Vec<u8>> {
    let mut end = prefix.clone();
    while let Some(last) = end.pop() {
        if let Some(next) = last.checked_add(1) {
            end.push(next);
            break;
        }
    }
    prefix..end
}

/// The least key above one.
pub(super) fn above(key: Vec<u8>) -> Vec<u8> {
    join(key, &[0])
}

pub(super) fn documents(of: Owner, kind: Kind) -> Vec<u8> {
    join(owner(of), &part(kind.name().to_owned()))
}

pub(super) fn document(key: &Key) -> Vec<u8> {
    join(documents(key.owner, key.kind), key.id.as_bytes())
}

pub(super) fn listing(of: Owner, kind: Kind, listing: Listing) -> Vec<u8> {
    join(documents(of, kind), &part(listing.name().to_owned()))
}

pub(super) fn listed(key: &Key, listing: Listing, sort: &str) -> Vec<u8> {
    let mut bytes = self::listing(key.owner, key.kind, listing);
    bytes.extend_from_slice(&part(sort.to_owned()));
    join(bytes, key.id.as_bytes())
}

/// Of counters and leases, each in a table of its own.
pub(super) fn named(name: &Name) -> Vec<u8> {
    join(owner(name.owner), name.name.as_bytes())
}

pub(super) fn token(of: Owner) -> Vec<u8> {
    join(owner(of), b"token")
}

pub(super) fn heads(of: Owner) -> Vec<u8> {
    join(owner(of), b"stream\0")
}

pub(super) fn head(stream: &Name) -> Vec<u8> {
    join(heads(stream.owner), stream.name.as_bytes())
}

pub(super) fn stream(stream: &Name) -> Vec<u8> {
    join(owner(stream.owner), &part(stream.name.clone()))
}

pub(super) fn entry(stream: &Name, position: Position) -> Vec<u8> {
    let mut bytes = self::stream(stream);
    bytes.extend_from_slice(&position.millisecond.to_be_bytes());
    join(bytes, &position.number.to_be_bytes())
}

pub(super) fn change(of: Owner, sequence: u64) -> Vec<u8> {
    join(owner(of), &sequence.to_be_bytes())
}

pub(super) fn upload(upload: &Upload) -> Vec<u8> {
    join(owner(upload.owner), upload.id.as_bytes())
}

pub(super) fn chunks(upload: &Upload) -> Vec<u8> {
    join(owner(upload.owner), &part(upload.id.clone()))
}

pub(super) fn chunk(upload: &Upload, index: u32) -> Vec<u8> {
    join(chunks(upload), &index.to_be_bytes())
}

pub(super) fn damaged() -> StoreError {
    StoreError::Fault("a damaged key".into())
}

/// The first part of a key and what follows it.
fn first_part(key: &[u8]) -> Result<(&str, &[u8]), StoreError> {
    let end = key.iter().position(|byte| *byte == 0).ok_or_else(damaged)?;
    let (first, rest) = key.split_at(end);
    Ok((str::from_utf8(first).map_err(|_| damaged())?, rest.get(1..).unwrap_or_default()))
}

pub(super) fn text(bytes: &[u8]) -> Result<&str, StoreError> {
    str::from_utf8(bytes).map_err(|_| damaged())
}

/// What follows a prefix.
pub(super) fn after<'k>(prefix: &[u8], key: &'k [u8]) -> Result<&'k [u8], StoreError> {
    key.strip_prefix(prefix).ok_or_else(damaged)
}

pub(super) fn parse_owner(key: &[u8]) -> Result<(Owner, &[u8]), StoreError> {
    match first_part(key)? {
        ("", rest) => Ok((Owner::System, rest)),
        (id, rest) => Ok((Owner::Account(id.parse().map_err(|_| damaged())?), rest)),
    }
}

pub(super) fn parse_document(key: &[u8]) -> Result<Key, StoreError> {
    let (owner, rest) = parse_owner(key)?;
    let (kind, id) = first_part(rest)?;
    Ok(Key::new(owner, Kind::from_name(kind).ok_or_else(damaged)?, text(id)?))
}

/// The sort key and the id of a listing's entry, without what all of the listing begin with.
pub(super) fn parse_listed(rest: &[u8]) -> Result<(&str, &str), StoreError> {
    let (sort, id) = first_part(rest)?;
    Ok((sort, text(id)?))
}

pub(super) fn parse_upload(key: &[u8]) -> Result<Upload, StoreError> {
    let (owner, id) = parse_owner(key)?;
    Ok(Upload { owner, id: text(id)?.to_owned() })
}

/// A number that a key or value consists of.
pub(super) fn number(bytes: &[u8]) -> Result<u64, StoreError> {
    bytes.try_into().map(u64::from_be_bytes).map_err(|_| damaged())
}

pub(super) fn parse_position(bytes: &[u8]) -> Result<Position, StoreError> {
    let (millisecond, rest) = bytes.split_at_checked(8).ok_or_else(damaged)?;
    Ok(Position { millisecond: number(millisecond)?, number: number(rest)? })
}

#[cfg(test)]
mod tests {
    use strowger_model::AccountId;

    use super::*;

    #[test]
    fn a_kind_whose_name_begins_with_another_one_is_apart() {
        let rows = beginning(documents(Owner::System, Kind::SelectorRow));
        let rules = document(&Key::new(Owner::System, Kind::SelectorRules, "selector_row\0x"));
        assert!(!rows.contains(&rules));
    }

    #[test]
    fn the_installation_comes_before_the_accounts_in_their_order() {
        let mut owners = [Owner::System, AccountId::random().into(), AccountId::random().into()];
        owners.sort_by_key(|of| owner(*of));
        assert!(owners.is_sorted());
    }

    #[test]
    fn a_key_says_what_it_names() {
        for of in [Owner::System, AccountId::random().into()] {
            let key = Key::new(of, Kind::Call, "a\0b");
            assert_eq!(parse_document(&document(&key)).unwrap(), key);
            let entry = listed(&key, Listing::Name, "z");
            let rest = after(&listing(of, Kind::Call, Listing::Name), &entry).unwrap();
            assert_eq!(parse_listed(rest).unwrap(), ("z", "a\0b"));
        }
    }

    #[test]
    fn keys_that_begin_so_end_before_the_next() {
        assert_eq!(beginning(vec![1, 0xff, 0xff]), vec![1, 0xff, 0xff]..vec![2]);
    }
}
