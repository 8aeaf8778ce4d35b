//! `/resource_selectors`, as far as it is about rows.

use super::super::description::{Description, Shape, describe};
use super::{Subject, subject};
use crate::table::Verb::{Delete, Get, Patch, Post, Put};

const ALL: &str = "/resource_selectors";
const ONE: &str = "/resource_selectors/{row}";

pub(super) fn described() -> Subject {
    let about = "Selector rows: what a chain's `database:NAME` looks up. A row is identified by its name, selector, carrier and times, and so is its id.";
    let mut descriptions = vec![
        describe(Get, ALL, "list", "rows").says("Lists all rows", LAST_FIRST).query(super::FILTERS).pages("StoredRow"),
        describe(Put, ALL, "create", "row")
            .says("Makes a row", "409 where it is there already.")
            .takes_one("SelectorRow")
            .creates("StoredRow")
            .refuses(&[409])
            .tells_revision(),
        describe(Put, "/resource_selectors/rows", "load", "rows")
            .says("Loads rows", "All of them or none. A row that is there already is written over.")
            .takes(Shape::List("SelectorRow"))
            .answers(201, Shape::One("Count"), "They are loaded.")
            .refuses(&[409]),
    ];
    descriptions.extend(one());
    descriptions.extend(counts());
    subject("selectors", about, descriptions)
}

const LAST_FIRST: &str = "By name, selector and carrier, the last one first.";

fn one() -> [Description; 4] {
    [
        describe(Get, ONE, "read", "row").says("Reads a row", "").shows("StoredRow").revisioned(),
        describe(Post, ONE, "replace", "row")
            .says("Replaces a row", "One that is identified by something else then has another id.")
            .takes_one("SelectorRow")
            .shows("StoredRow")
            .refuses(&[409])
            .revisioned(),
        describe(Patch, ONE, "update", "row")
            .says("Merges fields into a row's", "")
            .takes_one("RowPatch")
            .shows("StoredRow")
            .refuses(&[409])
            .revisioned(),
        describe(Delete, ONE, "delete", "row")
            .says("Removes a row", "")
            .shows("DeletedRow")
            .refuses(&[409])
            .revisioned(),
    ]
}

fn counts() -> [Description; 6] {
    let list = |path, noun, summary| {
        describe(Get, path, "list", noun).says(summary, "Each with the number of its rows.").pages("Counted")
    };
    let rows = |path, noun| {
        describe(Get, path, "list", noun)
            .says(
                "Lists the rows of a name and a carrier",
                "In short: the selector, and the value where there is one. `format=full` asks for the rows.",
            )
            .query(&["format"])
            .query(super::FILTERS)
            .pages("ShortRow")
    };
    [
        list("/resource_selectors/name", "row_names", "Lists the names of rows"),
        list("/resource_selectors/name/{name}", "row_resources_of_name", "Lists the carriers of a name"),
        rows("/resource_selectors/name/{name}/resource/{resource}", "rows_by_name"),
        list("/resource_selectors/resource", "row_resources", "Lists the carriers that rows name"),
        list("/resource_selectors/resource/{resource}", "row_names_of_resource", "Lists the names of a carrier"),
        rows("/resource_selectors/resource/{resource}/name/{name}", "rows_by_resource"),
    ]
}
