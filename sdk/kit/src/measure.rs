//! One question to a plugin, whatever its kind, and its answer as JSON with what it cost.

use std::sync::Arc;

use serde_json::{Map, Value, json};
use strowger_model::{AccountId, Owner};
use strowger_sandbox::{
    Adjustment, Carrier, Decision, Module, PluginFault, PreparedRewriter, PreparedStep, RequestFields,
    RewriteDirection, RoutedCall, Usage, hook, message,
};

use crate::pool::Rows;
use crate::provided;

/// What a selector is asked.
#[derive(Debug, Clone, Default)]
pub(crate) struct Select {
    /// JSON text.
    pub(crate) parameters: String,
    pub(crate) pool: Vec<Carrier>,
    /// Rows that come in.
    pub(crate) rows: Vec<u32>,
    pub(crate) call: RoutedCall,
    pub(crate) request: Arc<RequestFields>,
    pub(crate) selector_rows: Arc<Rows>,
}

/// What a formatter is asked.
#[derive(Debug, Clone)]
pub(crate) struct Format {
    pub(crate) formatters: Map<String, Value>,
    pub(crate) direction: RewriteDirection,
    pub(crate) fields: Map<String, Value>,
}

/// A question.
#[derive(Debug, Clone)]
pub(crate) enum Question {
    Select(Box<Select>),
    Format(Box<Format>),
    Event(Box<hook::Event>),
    /// A message, and the provider's parameters as JSON text.
    Send(Box<message::Outbound>, String),
    /// A request of the provider, and its parameters as JSON text.
    Receive(Box<message::Request>, String),
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    /// Of a selector `{carriers, adjustments}`, of a formatter the fields, of a call hook the verbs or null, of a message
    /// provider `{accepted}`, `{refused}` or `{incidents, reply}`.
    pub(crate) result: Result<Value, PluginFault>,
    /// Of preparing it, where it is prepared.
    pub(crate) prepared: Usage,
    /// Of the answer.
    pub(crate) usage: Usage,
    /// Why carriers were dropped, kept or moved: carrier and reason.
    pub(crate) reasons: Vec<(String, String)>,
}

impl Answer {
    fn of_instance(answered: Result<(Value, Usage), PluginFault>) -> Self {
        match answered {
            Ok((value, usage)) => Self { result: Ok(value), prepared: Usage::default(), usage, reasons: Vec::new() },
            Err(fault) => Self::fault(fault),
        }
    }

    fn fault(fault: PluginFault) -> Self {
        Self { result: Err(fault), prepared: Usage::default(), usage: Usage::default(), reasons: Vec::new() }
    }
}

/// Asks in an instance of its own.
pub(crate) async fn ask(module: &Arc<Module>, question: &Question) -> Answer {
    let owner = Owner::Account(AccountId::random());
    match question {
        Question::Select(select) => match module.prepare_step(owner, &select.parameters, &select.pool) {
            Ok(mut step) => choose(&mut step, select),
            Err(fault) => Answer::fault(fault),
        },
        Question::Format(format) => match module.prepare_rewriter(owner, &format.formatters) {
            Ok(mut rewriter) => rewrite(&mut rewriter, format),
            Err(fault) => Answer::fault(fault),
        },
        Question::Event(event) => {
            let told = module.on_event_metered(owner, event).await;
            let shown =
                |verbs: Option<Vec<hook::Verb>>| verbs.map_or(Value::Null, |verbs| verbs.iter().map(verb).collect());
            Answer::of_instance(told.map(|(verbs, usage)| (shown(verbs), usage)))
        }
        Question::Send(message, parameters) => {
            let sent = module.send(owner, message, parameters).await;
            Answer::of_instance(sent.map(|(outcome, usage)| (provided::outcome(&outcome), usage)))
        }
        Question::Receive(request, parameters) => {
            let received = module.receive(owner, request, parameters).await;
            Answer::of_instance(received.map(|(received, usage)| (provided::received(&received), usage)))
        }
    }
}

/// Asks a step that is prepared.
pub(crate) fn choose(step: &mut PreparedStep, select: &Select) -> Answer {
    let time = select.call.time;
    let rows = Arc::clone(&select.selector_rows);
    let decision = Decision::new(Arc::clone(&select.request), rows, time, true).about(select.call.clone());
    let prepared = step.prepared();
    let id =
        |row: &u32| usize::try_from(*row).ok().and_then(|row| select.pool.get(row)).map_or("?", |carrier| &carrier.id);
    match step.select(Box::new(decision), &select.rows).1 {
        Ok(selected) => {
            let carriers: Vec<&str> = selected.rows.iter().map(id).collect();
            let adjustments: Vec<Value> = selected
                .adjustments
                .iter()
                .map(|change| adjustment(change, change.rows.iter().map(id).collect()))
                .collect();
            Answer {
                result: Ok(json!({"carriers": carriers, "adjustments": adjustments})),
                prepared,
                usage: Usage { elapsed: selected.elapsed, fuel: selected.fuel },
                reasons: selected.reasons.into_iter().map(|(row, reason)| (id(&row).to_owned(), reason)).collect(),
            }
        }
        Err(fault) => Answer { prepared, ..Answer::fault(fault) },
    }
}

/// Asks a rewriter that is prepared.
pub(crate) fn rewrite(rewriter: &mut PreparedRewriter, format: &Format) -> Answer {
    let prepared = rewriter.usage();
    let result = rewriter.apply(format.direction, &format.fields).map(Value::Object);
    Answer { result, prepared, usage: rewriter.usage(), reasons: Vec::new() }
}

/// A change without what stays as it is.
fn adjustment(change: &Adjustment, carriers: Vec<&str>) -> Value {
    let mut shown = Map::new();
    shown.insert("carriers".into(), json!(carriers));
    let texts = [
        ("dialled", &change.dialled),
        ("prefix", &change.prefix),
        ("suffix", &change.suffix),
        ("variant", &change.variant),
    ];
    for (name, value) in texts.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?))) {
        shown.insert(name.into(), json!(value));
    }
    if let Some(emergency) = change.emergency {
        shown.insert("emergency".into(), json!(emergency));
    }
    if let Some(weight) = change.weight {
        shown.insert("weight".into(), json!(weight));
    }
    Value::Object(shown)
}

/// A verb as webhooks write it.
fn verb(verb: &hook::Verb) -> Value {
    match verb {
        hook::Verb::Answer => json!({"verb": "answer"}),
        hook::Verb::Pause(milliseconds) => json!({"verb": "pause", "milliseconds": milliseconds}),
        hook::Verb::Play(play) => {
            json!({"verb": "play", "urls": play.urls, "loops": play.loops, "early_media": play.early_media})
        }
        hook::Verb::Tag(data) => json!({"verb": "tag", "data": json_of(data)}),
        hook::Verb::Redirect(target) => json!({"verb": "redirect", "url": target.url}),
        hook::Verb::Hangup(headers) => {
            let headers: Map<String, Value> =
                headers.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
            json!({"verb": "hangup", "headers": headers})
        }
        hook::Verb::Other(other) => json!({"verb": other.name, "properties": json_of(&other.properties)}),
    }
}

/// What a text of JSON says; a text that is none is shown as it is.
pub(crate) fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| json!(text))
}
