//! Records in a request as the file that they would be.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use strowger_jobs::table::Column;
use strowger_model::Violation;

use super::super::error::Error;

/// Broken records that one reply tells of.
const MOST_FAULTS: usize = 100;

/// The file of `{"records": [{…}, …]}`. Its columns are those that any record has.
pub(super) fn file(mut data: Map<String, Value>, known: &[Column]) -> Result<Vec<u8>, Error> {
    let records = match data.shift_remove("records") {
        Some(Value::Array(records)) => records,
        Some(_) => return Err(Violation::new("records", "type", "Value must be an array").into()),
        None => return Err(Violation::new("records", "required", "Field is required but missing").into()),
    };
    let columns = columns(&records, known);
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut broken = Vec::new();
    write(&mut writer, &columns)?;
    for (index, record) in records.iter().enumerate() {
        match cells(record, &columns) {
            Ok(cells) => write(&mut writer, &cells)?,
            Err((field, message)) => broken.push(Violation::new(format!("records.{index}{field}"), "type", message)),
        }
        if broken.len() == MOST_FAULTS {
            break;
        }
    }
    strowger_model::Violations(broken).into_result()?;
    writer.into_inner().map_err(|_| Error::Unavailable("the records could not be written".into()))
}

/// Those that rows can have in their own order, then whatever else there is, for the header's check to tell.
fn columns(records: &[Value], known: &[Column]) -> Vec<String> {
    let named: BTreeSet<&str> =
        records.iter().filter_map(Value::as_object).flat_map(Map::keys).map(String::as_str).collect();
    let known = known.iter().map(|column| column.name()).filter(|name| named.contains(name));
    let mut columns: Vec<String> = known.map(str::to_owned).collect();
    let others = named.into_iter().filter(|name| !columns.iter().any(|column| column == name));
    let others: Vec<String> = others.map(str::to_owned).collect();
    columns.extend(others);
    columns
}

fn cells(record: &Value, columns: &[String]) -> Result<Vec<String>, (String, &'static str)> {
    let Value::Object(record) = record else { return Err((String::new(), "Value must be an object")) };
    let cell = |column: &String| match record.get(column) {
        None | Some(Value::Null) => Ok(String::new()),
        Some(Value::String(text)) => Ok(text.clone()),
        Some(value @ (Value::Number(_) | Value::Bool(_))) => Ok(value.to_string()),
        Some(_) => Err((format!(".{column}"), "Value must be a string or a number")),
    };
    columns.iter().map(cell).collect()
}

fn write(writer: &mut csv::Writer<Vec<u8>>, cells: &[String]) -> Result<(), Error> {
    // A line without a cell would be an empty line.
    let cells = if cells.is_empty() { &[String::new()] } else { cells };
    writer.write_record(cells).map_err(|error| Error::Unavailable(error.to_string()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn written(records: Value) -> Result<String, Value> {
        let data = json!({"records": records}).as_object().unwrap().clone();
        let file = file(data, &Column::ALL).map_err(|error| error.data())?;
        Ok(String::from_utf8(file).unwrap())
    }

    #[test]
    fn records_are_lines_under_the_columns_that_they_have() {
        let records =
            json!([{"selector": "7", "name": "a,b", "resource": "r"}, {"name": "x", "value": 0.4, "start_time": null}]);
        let expected = "name,selector,resource,value,start_time\n\"a,b\",7,r,,\nx,,,0.4,\n";
        assert_eq!(written(records).unwrap(), expected);
    }

    #[test]
    fn what_no_cell_can_hold_is_told_with_its_place() {
        let told = written(json!([{"name": ["a"]}, 7])).unwrap_err();
        assert!(told["records.0.name"]["type"].is_object() && told["records.1"]["type"].is_object(), "{told}");
    }
}
