//! Whatever is put, removed, published and folded: listings and look-ups are those of a plain map.

use std::collections::BTreeMap;

use proptest::prelude::*;
use strowger_store::{Direction, MemoryStore};

use super::support::{SMALL, World};
use crate::publication::Mode;
use crate::{Carrier, Hit, RowBook, RowFilter, RowId, SelectorRow, SelectorRows, StoredRow, Table};

type Model = BTreeMap<RowId, SelectorRow>;

#[derive(Debug, Clone)]
enum Act {
    Put(Vec<SelectorRow>),
    Remove(prop::sample::Index),
    Move(prop::sample::Index, SelectorRow),
    Publish(Mode, Vec<Vec<SelectorRow>>),
    Fold(String),
    /// Another process opens the store.
    Reopen,
}

fn a_row() -> impl Strategy<Value = SelectorRow> {
    let window = (prop::option::of(0..4_i64), prop::option::of(0..4_i64));
    let selector = prop_oneof![8 => "[12]{1,3}", 1 => Just("^1.2$".to_owned())];
    let texts = ("[xy]", selector, "[ab]{1,2}", prop::option::of("[0-9]{0,2}"), any::<bool>());
    (texts, window).prop_map(|((name, selector, resource, value, has_note), (start_time, stop_time))| {
        let mut extra = serde_json::Map::new();
        if has_note {
            extra.insert("note".into(), serde_json::json!([1, "two"]));
        }
        SelectorRow { name, selector, resource, value, start_time, stop_time, extra }
    })
}

fn an_act() -> impl Strategy<Value = Act> {
    let rows = || prop::collection::vec(a_row(), 1..12);
    let mode = prop::sample::select(vec![Mode::Upsert, Mode::Replace, Mode::Delete]);
    prop_oneof![
        3 => rows().prop_map(Act::Put),
        3 => any::<prop::sample::Index>().prop_map(Act::Remove),
        1 => (any::<prop::sample::Index>(), a_row()).prop_map(|(which, row)| Act::Move(which, row)),
        3 => (mode, prop::collection::vec(rows(), 1..6)).prop_map(|(mode, runs)| Act::Publish(mode, runs)),
        1 => "[xy]".prop_map(Act::Fold),
        1 => Just(Act::Reopen),
    ]
}

fn published(model: &mut Model, mode: Mode, runs: &[Vec<SelectorRow>]) {
    let rows: Vec<&SelectorRow> = runs.iter().flatten().collect();
    match mode {
        Mode::Upsert => {}
        Mode::Replace => model.retain(|id, _| rows.iter().all(|row| row.name != id.name)),
        Mode::Delete => model.retain(|_, own| {
            let same = |row: &&SelectorRow| {
                row.name == own.name && row.selector == own.selector && row.resource == own.resource
            };
            !rows.iter().any(same)
        }),
    }
    if mode != Mode::Delete {
        model.extend(rows.into_iter().map(|row| (RowId::of(row), row.clone())));
    }
}

async fn act(world: &mut World, model: &mut Model, number: usize, act: Act) {
    let nth = |model: &Model, which: prop::sample::Index| {
        (!model.is_empty()).then(|| model.keys().nth(which.index(model.len())).unwrap().clone())
    };
    match act {
        Act::Put(rows) => {
            model.extend(rows.iter().map(|row| (RowId::of(row), row.clone())));
            world.rows.put(world.owner, rows, None).await.unwrap();
        }
        Act::Remove(which) => {
            let Some(id) = nth(model, which) else { return };
            let removed = world.rows.remove(world.owner, &id, None, None).await.unwrap();
            assert_eq!(Some(removed.row), model.remove(&id));
        }
        Act::Move(which, row) => {
            let Some(id) = nth(model, which) else { return };
            let to = RowId::of(&row);
            let moved = world.rows.replace(world.owner, &id, row.clone(), None, None).await;
            assert_eq!(moved.is_ok(), to == id || !model.contains_key(&to));
            if moved.is_ok() {
                model.remove(&id);
                model.insert(to, row);
            }
        }
        Act::Publish(mode, runs) => {
            let before = model.clone();
            published(model, mode, &runs);
            let counts = world.publish(&number.to_string(), mode, runs).await.unwrap();
            let gone = before.keys().filter(|id| !model.contains_key(id)).count() as u64;
            let came = model.keys().filter(|id| !before.contains_key(id)).count() as u64;
            let changed = model.iter().filter(|(id, row)| before.get(id).is_some_and(|old| old != *row)).count() as u64;
            assert_eq!((counts.added, counts.changed, counts.removed), (came, changed, gone), "{mode:?}");
        }
        Act::Fold(name) => world.rows.fold(world.owner, &name).await.unwrap(),
        Act::Reopen => world.rows = SelectorRows::with_limits(std::sync::Arc::clone(&world.store), SMALL),
    }
}

fn check(book: &RowBook, model: &Model) {
    let mut counts: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for row in model.values() {
        *counts.entry((&row.name, &row.resource)).or_default() += 1;
    }
    for name in ["x", "y"] {
        let of = counts.iter().filter(|((of, _), _)| *of == name);
        let of: Vec<(String, u64)> = of.map(|((_, resource), count)| ((*resource).to_owned(), *count)).collect();
        assert_eq!(book.resources_of(name), of);
        let named = book.names().into_iter().find(|(of, _)| of == name).map_or(0, |(_, count)| count);
        assert_eq!(named, of.iter().map(|(_, count)| count).sum::<u64>());
    }
    for (id, row) in model {
        assert_eq!(book.get(id), Some(StoredRow::from(row.clone())));
    }
    check_pages(book, model);
    for at in 0..4 {
        check_lookups(book, model, at);
    }
}

fn check_pages(book: &RowBook, model: &Model) {
    for (name, resource) in [(None, None), (Some("x"), None), (None, Some("a")), (Some("y"), Some("b"))] {
        let filter = RowFilter { name: name.map(Into::into), resource: resource.map(Into::into) };
        let wanted = |row: &&SelectorRow| {
            name.is_none_or(|name| row.name == name) && resource.is_none_or(|resource| row.resource == resource)
        };
        let mut expected: Vec<SelectorRow> = model.values().filter(wanted).cloned().collect();
        for direction in [Direction::Ascending, Direction::Descending] {
            let mut read: Vec<StoredRow> = Vec::new();
            loop {
                let page = book.page(&filter, read.last().map(|last| &last.id), direction, 3);
                read.extend_from_slice(&page);
                if page.len() < 3 {
                    break;
                }
            }
            let read: Vec<SelectorRow> = read.into_iter().map(|stored| stored.row).collect();
            assert_eq!(read, expected, "{filter:?} {direction:?}");
            expected.reverse();
        }
    }
}

/// Carrier, length and value of what is found, sorted.
fn found(table: &Table, look: impl FnOnce(&Table, &mut dyn FnMut(Hit<'_>))) -> Vec<(String, usize, String)> {
    let carriers: Vec<Vec<&str>> = table.carriers().collect();
    let mut hits = Vec::new();
    look(table, &mut |hit| {
        let carrier = match hit.carrier {
            Carrier::Numbered { part, number } => carriers[part][number as usize],
            Carrier::Named(carrier) => carrier,
        };
        hits.push((carrier.to_owned(), hit.length, hit.value.to_string()));
    });
    hits.sort();
    hits
}

fn check_lookups(book: &RowBook, model: &Model, at: i64) {
    for name in ["x", "y"] {
        let rows: Vec<&SelectorRow> = model.values().filter(|row| row.name == name && row.is_current(at)).collect();
        let expected = |is_wanted: &dyn Fn(&str) -> bool| {
            let wanted = rows.iter().filter(|row| is_wanted(&row.selector));
            let hit = |row: &&SelectorRow| {
                (row.resource.clone(), row.selector.len(), row.number().unwrap_or(f64::NAN).to_string())
            };
            let mut hits: Vec<_> = wanted.map(hit).collect();
            hits.sort();
            hits
        };
        let Some(table) = book.table(name) else {
            assert!(rows.is_empty());
            continue;
        };
        for number in ["1", "12", "1212", "2", "^1.2$"] {
            let exact = found(table, |table, visit| table.exact(number, at, visit));
            assert_eq!(exact, expected(&|selector| selector == number));
            let prefixes = found(table, |table, visit| table.prefixes(number, at, visit));
            assert_eq!(prefixes, expected(&|selector| number.starts_with(selector)));
            let mut is_match = |_: &str| number == "1212";
            let matching = found(table, |table, visit| table.matching(number, at, &mut is_match, visit));
            let is_expression = |selector: &str| selector.starts_with('^');
            let matches = |selector: &str| match is_expression(selector) {
                true => number == "1212",
                false => number.contains(selector),
            };
            assert_eq!(matching, expected(&matches));
        }
        let mut lowest: BTreeMap<&str, f64> = BTreeMap::new();
        for (resource, window, value) in table.each_sum().filter(|(_, window, _)| window.covers(at)) {
            assert!(rows.iter().any(|row| row.resource == resource && row.start_time == window.start));
            let best = lowest.entry(resource).or_insert(f64::NAN);
            *best = best.min(value);
        }
        for resource in ["a", "aa", "b"] {
            let own: Vec<&&SelectorRow> = rows.iter().filter(|row| row.resource == resource).collect();
            let expected = own.iter().filter_map(|row| row.number()).fold(f64::NAN, f64::min);
            assert_eq!(lowest.contains_key(resource), !own.is_empty());
            assert_eq!(lowest.get(resource).copied().unwrap_or(f64::NAN).to_string(), expected.to_string());
            let mut selectors: Vec<String> = own.iter().map(|row| row.selector.clone()).collect();
            selectors.dedup();
            assert_eq!(table.selectors_of(resource, at), selectors);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_book_is_as_a_plain_map(acts in prop::collection::vec(an_act(), 1..16)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut world = World::within(MemoryStore::new(), SMALL);
            let mut model = Model::new();
            for (number, step) in acts.into_iter().enumerate() {
                act(&mut world, &mut model, number, step).await;
                check(&world.rows.book(world.owner).await.unwrap(), &model);
            }
        });
    }
}
