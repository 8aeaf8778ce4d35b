//! What message providers are tried with.

use serde_json::{Map, Value, json};
use strowger_sandbox::message::{Outbound, Request};

use super::Check;
use super::parameters::{of_wrong_types, with_unknown};
use crate::cases::{outbound, request};
use crate::measure::Question;
use crate::{Project, cases};

const SCRIPTS: &str = "電話\u{202e}é\u{301}\u{1f4de}\u{0}\\\"";

fn text_of(parameters: &Map<String, Value>) -> String {
    Value::Object(parameters.clone()).to_string()
}

/// Sends a message, and reads a request.
fn both(parameters: &Map<String, Value>, usual: &Request) -> [Question; 2] {
    [sent(parameters, usual_message()), read(parameters, usual.clone())]
}

fn sent(parameters: &Map<String, Value>, message: Outbound) -> Question {
    Question::Send(Box::new(message), text_of(parameters))
}

fn read(parameters: &Map<String, Value>, request: Request) -> Question {
    Question::Receive(Box::new(request), text_of(parameters))
}

/// A short message.
pub(crate) fn usual_message() -> Outbound {
    Outbound { text: Some("please call when you can".into()), ..outbound() }
}

/// A request that its provider makes: the first one of its cases, or else one that some provider might make.
pub(crate) fn usual_request(project: &Project) -> Request {
    let files = project.cases().into_iter().filter_map(|path| cases::read(&path).ok());
    let mut requests = files.flat_map(|file| file.cases).filter_map(|case| match cases::provided(&case, &Map::new()) {
        Ok(Question::Receive(request, _)) => Some(*request),
        _ => None,
    });
    requests.next().unwrap_or_else(some_request)
}

fn some_request() -> Request {
    let body = json!({"event": "message", "id": "1", "from": "+12025550100", "to": "+15125550177", "text": "yes"});
    let headers = vec![("content-type".into(), "application/json".into())];
    Request { headers, body: body.to_string().into_bytes(), ..request() }
}

pub(super) fn checks(usual: &Map<String, Value>, request: &Request) -> Vec<Check> {
    let with = |parameters: Vec<Map<String, Value>>| {
        parameters.iter().flat_map(|parameters| both(parameters, request)).collect::<Vec<_>>()
    };
    let posted = |bodies: Vec<Vec<u8>>| {
        bodies.into_iter().map(|body| read(usual, Request { body, ..request.clone() })).collect::<Vec<_>>()
    };
    vec![
        Check::new("a message, and a request", both(usual, request).into()),
        Check::new("a message with nothing in it", vec![sent(usual, empty())]),
        Check::new("texts of every script", vec![sent(usual, scripts()), read(usual, strange(request))]),
        Check::new("a text of 64 KB, 100 pictures", vec![sent(usual, long())]),
        Check::new("a request with nothing in it", vec![read(usual, nothing())]),
        Check::new("bodies that are no JSON", posted(bodies())),
        Check::plenty("a body that is nested deeply", posted(vec![[b'['; 10_000].to_vec()])),
        Check::new("a body of 64 KB", posted(vec![json!({"text": "9".repeat(65_536)}).to_string().into_bytes()])),
        Check::new("requests of every method", methods(usual, request)),
        Check::new("members that nobody knows, or none", with(with_unknown(usual))),
        Check::new("members of every wrong type", with(of_wrong_types(usual))),
    ]
}

fn empty() -> Outbound {
    let texts = (String::new(), String::new(), String::new(), String::new());
    Outbound { message_sid: texts.0, account_sid: texts.1, from: texts.2, to: texts.3, time: 0, ..outbound() }
}

fn scripts() -> Outbound {
    Outbound { from: SCRIPTS.into(), to: SCRIPTS.into(), text: Some(SCRIPTS.into()), ..outbound() }
}

fn nothing() -> Request {
    Request { method: String::new(), url: String::new(), ..request() }
}

fn strange(usual: &Request) -> Request {
    let more = [(SCRIPTS.into(), SCRIPTS.into()), (String::new(), String::new())];
    let headers = usual.headers.iter().cloned().chain(more).collect();
    Request { url: SCRIPTS.into(), headers, time: u64::MAX, ..usual.clone() }
}

fn long() -> Outbound {
    let media = (0..100).map(|picture| format!("https://pictures.example/{picture}")).collect();
    Outbound { text: Some("9".repeat(65_536)), media, ..outbound() }
}

fn bodies() -> Vec<Vec<u8>> {
    vec![Vec::new(), b"{".to_vec(), b"a=1&b=%00".to_vec(), b"<xml/>".to_vec(), (0..=255).collect(), b"null".to_vec()]
}

fn methods(usual: &Map<String, Value>, request: &Request) -> Vec<Question> {
    let of = |method: &str| read(usual, Request { method: method.into(), ..request.clone() });
    ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "BREW"].map(of).into()
}
