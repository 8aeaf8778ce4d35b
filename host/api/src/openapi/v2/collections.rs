//! `/resources/collection`.

use super::super::description::{Shape, describe};
use super::{Subject, subject};
use crate::table::Verb::{Post, Put};

pub(super) fn described() -> Subject {
    let about =
        "Up to 10,000 carriers in one request: all or none of them, or with `partial=true` as many as are right.";
    let descriptions = vec![
        describe(Put, "/resources/collection", "create", "resource_collection")
            .says("Makes many carriers", "With the ids that they are given, or the host's.")
            .query(&["partial"])
            .takes(Shape::List("Resource"))
            .answers(200, Shape::One("Collected"), "Some of them were made: `partial`.")
            .answers(201, Shape::One("Collected"), "All of them were made.")
            .refuses(&[409, 412]),
        describe(Post, "/resources/collection", "update", "resource_collection")
            .says("Merges fields into many carriers'", "Each names its `id`.")
            .query(&["partial"])
            .takes(Shape::List("CollectionPatch"))
            .answers(200, Shape::One("Collected"), "They were changed.")
            .answers(201, Shape::One("Collected"), "They were made: `verb=put`.")
            .refuses(&[409, 412]),
    ];
    subject("collections", about, descriptions)
}
