use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::Map;
use strowger_model::selector_row::SelectorRow;

use super::*;
use crate::identity::RowKey;

fn row(selector: &str, resource: &str, value: Option<&str>, window: Window) -> SelectorRow {
    SelectorRow {
        name: "lcr".into(),
        selector: selector.into(),
        resource: resource.into(),
        value: value.map(str::to_owned),
        start_time: window.start,
        stop_time: window.stop,
        extra: Map::new(),
    }
}

fn built(rows: &BTreeMap<RowKey, SelectorRow>) -> Part {
    let mut builder = PartBuilder::new();
    for (key, row) in rows {
        builder.push(key.bytes(), &Payload::write(row)).unwrap();
    }
    Part::open(&builder.finish().unwrap()).unwrap()
}

fn keyed(rows: impl IntoIterator<Item = SelectorRow>) -> BTreeMap<RowKey, SelectorRow> {
    rows.into_iter().map(|row| (RowKey::of(&row), row)).collect()
}

fn some_rows() -> impl Strategy<Value = BTreeMap<RowKey, SelectorRow>> {
    let window = (prop::option::of(0..3_i64), prop::option::of(0..3_i64));
    let one = ("[12]{1,4}", "[ab]{1,2}", prop::option::of("[0-9]{0,2}"), window);
    let rows = prop::collection::vec(one, 1..60);
    rows.prop_map(|rows| {
        keyed(rows.into_iter().map(|(selector, resource, value, (start, stop))| {
            row(&selector, &resource, value.as_deref(), Window { start, stop })
        }))
    })
}

proptest! {
    #[test]
    fn a_part_says_what_was_put_into_it(rows in some_rows()) {
        let part = built(&rows);
        prop_assert_eq!(part.rows() as usize, rows.len());
        for (place, (key, row)) in rows.iter().enumerate() {
            let place = u32::try_from(place).unwrap();
            prop_assert_eq!(part.key(place).unwrap(), key.bytes());
            prop_assert_eq!(part.find(key), Some(place));
            let payload = part.payload_of(place).unwrap();
            prop_assert_eq!(payload.value, row.value.as_deref());
            prop_assert_eq!(part.value_of(place).to_bits(), number_of(row.value.as_deref()).to_bits());
        }
        let counted: u32 = part.totals().iter().map(|total| total.rows).sum();
        prop_assert_eq!(counted, part.rows());
    }

    #[test]
    fn a_bound_is_before_the_first_key_that_is_not_smaller(rows in some_rows(), other in some_rows()) {
        let part = built(&rows);
        for key in other.keys() {
            let expected = rows.keys().filter(|own| *own < key).count();
            prop_assert_eq!(part.lower_bound(key.bytes()) as usize, expected);
            prop_assert_eq!(part.find(key).is_some(), rows.contains_key(key));
        }
    }

    #[test]
    fn every_beginning_of_a_number_is_found_in_one_walk(rows in some_rows(), number in "[12]{1,6}") {
        let part = built(&rows);
        let mut found = Vec::new();
        part.each_prefix(number.as_bytes(), &mut |length, group| {
            found.extend((group.start..group.end).map(|row| (length, part.key(row).unwrap())));
        });
        let expected: Vec<_> = rows
            .keys()
            .filter(|key| number.starts_with(key.selector()))
            .map(|key| (key.selector().len(), key.bytes().to_vec()))
            .collect();
        prop_assert_eq!(&found, &expected);
        if !found.is_empty() {
            prop_assert!(part.may_have_prefix(number.as_bytes()));
        }
    }
}

#[test]
fn kept_keys_and_times_are_read_back() {
    let window = Window { start: Some(5), stop: None };
    let mut kept = row("7495", "RES-4", Some("0.40"), window);
    kept.extra.insert("note".into(), serde_json::json!({"by": "us"}));
    let part = built(&keyed([kept.clone()]));
    assert_eq!(part.payload_of(0).unwrap().extra(), kept.extra);
    assert_eq!(part.window_of(0), Some(window));
    assert_eq!([4, 5].map(|second| window.covers(second)), [false, true]);
}

#[test]
fn bytes_that_are_no_part_are_refused() {
    let part = {
        let mut builder = PartBuilder::new();
        let row = row("7", "a", None, Window::default());
        builder.push(RowKey::of(&row).bytes(), &Payload::write(&row)).unwrap();
        builder.finish().unwrap()
    };
    for length in 0..part.len() {
        assert!(Part::open(&part.slice(..length)).is_err(), "{length} bytes");
    }
    assert!(Part::open(&Bytes::from_static(b"selrows2 and what a later version would say")).is_err());
}

#[test]
fn a_row_of_many_like_it_takes_few_bytes() {
    let rows = (0..2_000).flat_map(|n| {
        (0..20).map(move |carrier| {
            let value = format!("0.{:04}", (n * 7 + carrier * 13) % 500);
            row(&format!("7{n:05}"), &format!("carrier-{carrier:02}"), Some(&value), Window::default())
        })
    });
    let rows = keyed(rows);
    let part = built(&rows);
    assert!(part.size() / rows.len() < 8, "{} bytes", part.size());
}
