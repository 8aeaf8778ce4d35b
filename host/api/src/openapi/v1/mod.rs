//! The endpoints of `/v1` in words.

mod accounts;
mod alerts;
mod applications;
mod calls;
mod carriers;
mod clients;
mod installation;
mod keys;
mod limits;
mod messages;
mod phone_numbers;
mod providers;
mod recent_calls;
mod rooms;
mod sessions;

use super::catalogue::Subject;
use super::description::{Description, Shape};
use super::listed::Part;

/// Every subject, in the order in which the document tells them.
pub(super) fn subjects() -> Vec<Subject> {
    vec![
        providers::described(),
        accounts::described(),
        keys::described(),
        applications::described(),
        phone_numbers::described(),
        carriers::described(),
        carriers::gateways(),
        calls::described(),
        recent_calls::described(),
        alerts::described(),
        clients::described(),
        limits::described(),
        installation::described(),
        installation::webhooks(),
        sessions::described(),
        rooms::conferences(),
        rooms::queues(),
        messages::described(),
        messages::providers(),
    ]
}

fn subject(name: &'static str, about: &'static str, descriptions: Vec<Description>) -> Subject {
    Subject { part: Part::V1, name, about, descriptions }
}

impl Description {
    /// 201 with the id of what was made.
    fn makes(self) -> Self {
        self.answers(201, Shape::One("V1Made"), "It was made.").refuses(&[409, 422])
    }

    /// 204.
    fn answers_nothing(self) -> Self {
        self.answers(204, Shape::Nothing, "Done.")
    }
}
