//! Files, whole and in pieces.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;

fn rows(text: &str) -> Table {
    read(text.as_bytes(), &Column::ALL).unwrap()
}

fn failures(text: &str) -> String {
    String::from_utf8(rows(text).failures).unwrap()
}

fn refused(text: &str) -> FileError {
    read(text.as_bytes(), &Column::ALL).unwrap_err()
}

#[test]
fn columns_come_in_any_order_and_empty_cells_are_no_values() {
    let table = rows("resource,value,name,selector,stop_time\nr,0.4,lcr,7495,\nr,,lcr,7496,63734925092\n");
    let row = |selector: &str, value: Option<&str>, stop_time| SelectorRow {
        name: "lcr".into(),
        selector: selector.into(),
        resource: "r".into(),
        value: value.map(str::to_owned),
        start_time: None,
        stop_time,
        extra: Map::new(),
    };
    assert_eq!(table.rows, [row("7495", Some("0.4"), None), row("7496", None, Some(63_734_925_092))]);
}

#[test]
fn the_documented_misspelling_of_start_time_is_understood() {
    let table = rows("name,selector,resource,stat_time\nlcr,7,r,12\n");
    assert_eq!(table.rows[0].start_time, Some(12));
}

#[test]
fn quotes_line_ends_and_a_byte_order_mark_are_those_of_any_csv() {
    let table = rows("\u{feff}name,selector,resource\r\n\r\n\"l,\"\"c\n r\",7,r\r\nlcr,8,r");
    let names: Vec<_> = table.rows.iter().map(|row| (row.name.as_str(), row.selector.as_str())).collect();
    assert_eq!(names, [("l,\"c\n r", "7"), ("lcr", "8")]);
}

#[test]
fn a_row_that_fails_is_told_with_its_line_its_reason_and_its_cells() {
    let text =
        "name,selector,resource,start_time\r\n\r\nlcr,7,r,\r\n,7,r,never\r\nlcr,7\r\n\"a\r\nb\",7,r,1\r\nlcr,7,,1\r\n";
    let table = rows(text);
    assert_eq!((table.rows.len(), table.failed), (2, 3));
    let told = failures(text);
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines[0], "line,reason,name,selector,resource,start_time");
    assert!(lines[1].starts_with("4,") && lines[1].ends_with(",,7,r,never"), "{}", lines[1]);
    assert!(lines[1].contains("name: ") && lines[1].contains("start_time: "), "{}", lines[1]);
    assert_eq!(lines[2], "5,\"the row has 2 columns, the header 4\",lcr,7");
    assert!(lines[3].starts_with("8,resource: "), "{}", lines[3]);
}

#[test]
fn what_is_not_utf_8_fails_its_row_only() {
    let table = read(b"name,selector,resource\nlcr,\xff,r\nlcr,7,r\n", &Column::ALL).unwrap();
    assert_eq!((table.rows.len(), table.failed), (1, 1));
    assert!(table.failures.windows(9).any(|bytes| bytes == b"not UTF-8"));
}

#[test]
fn a_header_is_told_all_that_is_wrong_with_it() {
    let expected = HeaderError {
        unknown: vec!["carrier".into()],
        missing: vec!["resource"],
        repeated: vec!["start_time"],
        ..HeaderError::default()
    };
    assert_eq!(refused("name,selector,carrier,start_time,stat_time\n"), expected.into());
    assert_eq!(refused(""), HeaderError::EMPTY.into());
    let wide = format!("name,selector,resource{}\n", ",x".repeat(1_000));
    let FileError::Header(HeaderError { unknown, .. }) = refused(&wide) else { panic!("it has unknown columns") };
    assert_eq!(unknown.len(), 16);
}

#[test]
fn columns_that_an_action_does_not_know_are_unknown() {
    let error = read(b"name,selector,resource,value\n", &Column::MANDATORY).unwrap_err();
    assert_eq!(error, HeaderError { unknown: vec!["value".into()], ..HeaderError::default() }.into());
}

#[test]
fn a_quote_that_is_never_closed_is_no_row_of_a_gigabyte() {
    let text = format!("name,selector,resource\nlcr,7,r\nlcr,\"7,r\n{}", "lcr,8,r\n".repeat(MAX_RECORD / 8));
    assert_eq!(refused(&text), FormatError::TooLong(3).into());
}

/// A file's rows and failures, read in pieces of that size.
fn in_pieces(bytes: &[u8], size: usize) -> Table {
    let mut records = Records::new(bytes, Position::START, End::File);
    let columns = Columns::of(records.next().unwrap().unwrap().fields, &Column::ALL).unwrap();
    let mut table = Table { failures: columns.failures_header(), ..Table::default() };
    let (mut position, mut size) = (records.position(), size.max(1));
    let least = size;
    while !position.is_at(bytes.len()) {
        let end = position.index().saturating_add(size).min(bytes.len());
        let kind = if end == bytes.len() { End::File } else { End::Piece };
        let piece = Piece { bytes: &bytes[position.index()..end], start: position, end: kind };
        let mut take = |row| {
            table.rows.push(row);
            Ok(())
        };
        let outcome = piece.read(&columns, Bounds { records: 2, failures: 2 }, &mut take).unwrap();
        // A piece without a complete record is read anew with more behind it.
        size = if outcome.position == position { size * 2 } else { least };
        position = outcome.position;
        table.failed += outcome.failed;
        table.failures.extend(outcome.failures);
    }
    table
}

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[0-9]{1,6}",
        "[a-z,\"\r\n é]{0,8}",
        Just("-1".to_owned()),
        Just(" 7 ".to_owned()),
        Just("+7".to_owned()),
        Just("9223372036854775808".to_owned()),
        (120_usize..260).prop_map(|length| "x".repeat(length)),
        (60_usize..140).prop_map(|length| "é".repeat(length)),
    ]
}

fn records() -> impl Strategy<Value = Vec<Vec<String>>> {
    let record = prop_oneof![
        9 => proptest::collection::vec(cell(), 6),
        1 => proptest::collection::vec(cell(), 1..8),
    ];
    proptest::collection::vec(record, 0..12)
}

fn file(records: &[Vec<String>]) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    writer.write_record(Column::ALL.map(Column::name)).unwrap();
    records.iter().for_each(|record| writer.write_record(record).unwrap());
    writer.into_inner().unwrap()
}

/// What the schema makes of a record, without the reader's short cut.
fn by_schema(cells: &[String]) -> Option<SelectorRow> {
    let cells = Column::ALL.into_iter().zip(cells);
    let given = cells.filter(|(column, cell)| !cell.is_empty() || Column::MANDATORY.contains(column));
    let mut row: Map<String, Value> = given.map(|(column, cell)| (column.name().to_owned(), json!(cell))).collect();
    strowger_model::selector_row::validate(&mut row).ok()?;
    serde_json::from_value(Value::Object(row)).ok()
}

proptest! {
    #[test]
    fn a_row_is_judged_as_the_schema_judges_it(records in records()) {
        let table = read(&file(&records), &Column::ALL).unwrap();
        let six = records.iter().filter(|cells| cells.len() == Column::ALL.len());
        let expected: Vec<SelectorRow> = six.filter_map(|cells| by_schema(cells)).collect();
        prop_assert_eq!(table.failed, (records.len() - expected.len()) as u64);
        prop_assert_eq!(table.rows, expected);
    }

    #[test]
    fn where_a_file_is_cut_changes_nothing(records in records(), size in 1_usize..200) {
        let file = file(&records);
        prop_assert_eq!(in_pieces(&file, size), read(&file, &Column::ALL).unwrap());
    }

    #[test]
    fn a_file_is_counted_as_it_arrives(records in records(), size in 1_usize..50) {
        let file = file(&records);
        let mut count = Count::new(&Column::ALL);
        file.chunks(size).for_each(|bytes| count.add(bytes).unwrap());
        let counted = count.finish().unwrap();
        let table = read(&file, &Column::ALL).unwrap();
        prop_assert_eq!(counted.records, table.rows.len() as u64 + table.failed);
    }

    #[test]
    fn nothing_brings_the_reader_down(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let file = [b"name,selector,resource\n".as_slice(), &bytes].concat();
        if let Ok(table) = read(&file, &Column::ALL) {
            prop_assert_eq!(in_pieces(&file, 16), table);
        }
        let _ = read(&bytes, &Column::ALL);
    }
}
