//! One question to a plugin, whatever its kind, and its answer as JSON with what it cost.

use std::sync::Arc;

use serde_json::{Map, Value, json};
use strowger_model::{AccountId, Owner};
use strowger_sandbox::{
    Adjustment, Carrier, Decision, Module, PluginFault, PreparedRewriter, PreparedStep, RequestFields,
    RewriteDirection, RoutedCall, Usage, hook,
};

use crate::pool::Rows;

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
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    /// Of a selector `{carriers, adjustments}`, of a formatter the fields, of a call hook the verbs or null.
    pub(crate) result: Result<Value, PluginFault>,
    /// Of preparing it, where it is prepared.
    pub(crate) prepared: Usage,
    /// Of the answer.
    pub(crate) usage: Usage,
    /// Why carriers were dropped, kept or moved: carrier and reason.
    pub(crate) reasons: Vec<(String, String)>,
}

impl Answer {
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
        Question::Event(event) => match module.on_event_metered(owner, event).await {
            Ok((verbs, usage)) => Answer {
                result: Ok(verbs.map_or(Value::Null, |verbs| verbs.iter().map(verb).collect())),
                prepared: Usage::default(),
                usage,
                reasons: Vec::new(),
            },
            Err(fault) => Answer::fault(fault),
        },
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
    let object = |text: &str| serde_json::from_str(text).unwrap_or_else(|_| json!(text));
    match verb {
        hook::Verb::Answer => json!({"verb": "answer"}),
        hook::Verb::Pause(milliseconds) => json!({"verb": "pause", "milliseconds": milliseconds}),
        hook::Verb::Play(play) => {
            json!({"verb": "play", "urls": play.urls, "loops": play.loops, "early_media": play.early_media})
        }
        hook::Verb::Tag(data) => json!({"verb": "tag", "data": object(data)}),
        hook::Verb::Redirect(target) => json!({"verb": "redirect", "url": target.url}),
        hook::Verb::Hangup(headers) => {
            let headers: Map<String, Value> =
                headers.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
            json!({"verb": "hangup", "headers": headers})
        }
        hook::Verb::Other(other) => json!({"verb": other.name, "properties": object(&other.properties)}),
    }
}
