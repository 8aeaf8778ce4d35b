//! `numbers`: telephone numbers by the installation's dial plan.

use strowger_model::number;

use crate::bindings::selector::strowger::plugin::numbers::{Classifier, Format, Host};
use crate::state::State;

impl Host for State {
    fn convert(&mut self, number: String, format: Format) -> wasmtime::Result<String> {
        self.count_host_call()?;
        let format = match format {
            Format::E164 => number::Format::E164,
            Format::Npan => number::Format::Npan,
            Format::OneNpan => number::Format::OneNpan,
            Format::StripPlus => number::Format::StripPlus,
        };
        Ok(number::convert(&number, format))
    }

    fn classify(&mut self, number: String) -> wasmtime::Result<String> {
        self.count_host_call()?;
        Ok(number::classify(&number).name.to_string())
    }

    fn classifiers(&mut self) -> wasmtime::Result<Vec<Classifier>> {
        self.count_host_call()?;
        let classifiers = number::classifiers().iter();
        Ok(classifiers
            .map(|c| Classifier { name: c.name.to_string(), pattern: c.pattern.to_string(), emergency: c.emergency })
            .collect())
    }
}
