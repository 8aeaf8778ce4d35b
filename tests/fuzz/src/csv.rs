//! Selector rows in CSV.

use serde_json::Value;
use strowger_jobs::table::{self, Bounds, Column, Columns, End, Piece, Position, Records};
use strowger_model::selector_row;

/// A file. Its rows keep the rules of selector rows, and it is read alike as a whole and in two pieces, wherever it is cut.
pub fn csv(file: &[u8]) {
    let Ok(whole) = table::read(file, &Column::ALL) else { return };
    for row in &whole.rows {
        let Ok(Value::Object(mut row)) = serde_json::to_value(row) else { unreachable!("a row is an object") };
        assert_eq!(selector_row::validate(&mut row), Ok(()), "a row that breaks the rules");
    }
    for cut in [file.len() / 3, file.len() / 2, file.len().saturating_sub(1)] {
        let (rows, failures) = in_two(file, cut);
        assert_eq!(rows, (whole.rows.len() as u64, whole.failed), "cut at {cut}");
        assert_eq!(failures, whole.failures, "cut at {cut}");
    }
}

/// Counts of the rows that were taken and failed, and the failures.
fn in_two(file: &[u8], cut: usize) -> ((u64, u64), Vec<u8>) {
    let mut records = Records::new(file, Position::START, End::File);
    let header = records.next().ok().flatten().and_then(|header| Columns::of(header.fields, &Column::ALL).ok());
    let Some(columns) = header else { unreachable!("it has been read before") };
    let start = records.position();
    let behind = usize::try_from(start.offset).unwrap_or(usize::MAX);
    let (mut taken, mut failed, mut failures) = (0, 0, columns.failures_header());
    let mut position = start;
    for (until, end) in [(cut.max(behind), End::Piece), (file.len(), End::File)] {
        let from = usize::try_from(position.offset).unwrap_or(usize::MAX);
        let piece = Piece { bytes: file.get(from..until).unwrap_or_default(), start: position, end };
        let outcome = piece.read(&columns, Bounds::default(), &mut |_| Ok(()));
        let Ok(outcome) = outcome else { unreachable!("it has been read before") };
        taken += outcome.taken;
        failed += outcome.failed;
        failures.extend(outcome.failures);
        position = outcome.position;
    }
    ((taken, failed), failures)
}
