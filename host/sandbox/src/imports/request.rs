//! `request`: fields of the call's request, on demand.

use serde_json::Value;

use crate::bindings::selector::strowger::plugin::request::Host;
use crate::state::State;

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

impl Host for State {
    fn field(&mut self, name: String) -> wasmtime::Result<Option<String>> {
        self.count_host_call()?;
        Ok(self.request().and_then(|request| request.get(&name)).map(Value::to_string))
    }

    fn text(&mut self, name: String) -> wasmtime::Result<Option<String>> {
        self.count_host_call()?;
        Ok(self.request().and_then(|request| scalar(request.get(&name)?)))
    }

    fn texts(&mut self, name: String) -> wasmtime::Result<Option<Vec<String>>> {
        self.count_host_call()?;
        let list = self.request().and_then(|request| request.get(&name)?.as_array());
        Ok(list.map(|entries| entries.iter().filter_map(scalar).collect()))
    }
}
