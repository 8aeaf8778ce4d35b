//! The verbs of the documents with all their properties. Those of which nothing is demanded but text have a default, so that a verb is
//! written `Verb::Say(Say { text: Some(vec!["hello".into()]), ..Say::default() })`.

mod bindings {
    #![allow(unsafe_code, missing_docs, clippy::all, clippy::pedantic, reason = "generated code")]

    wit_bindgen::generate!({
        path: "../../wit",
        inline: "package strowger:sdk; world verbs { import strowger:plugin/verbs@0.1.0; }",
        world: "strowger:sdk/verbs",
        generate_all,
        additional_derives: [PartialEq],
        additional_type_attributes: {
            "strowger:plugin/verbs@0.1.0/action-hook-delay-action": [#[derive(Default)]],
            "strowger:plugin/verbs@0.1.0/alert": [#[derive(Default)]],
            "strowger:plugin/verbs@0.1.0/amd": [#[derive(Default)]],
            "strowger:plugin/verbs@0.1.0/amd-timers": [#[derive(Default)]],
            "strowger:plugin/verbs@0.1.0/auth": [#[derive(Default)]],
            "strowger:plugin/verbs@0.1.0/barge-in": [#[derive(Default)]],
            "strowger:plugin/verbs@0.1.0/barge-in-pipeline": [#[derive(Default)]],
            "strowger:plugin/verbs@0.1.0/bidirectional-audio": [#[derive(Default)]],
            "strowger:plugin/verbs@0.1.0/conference": [#[derive(Default)]],
            "strowger:plugin/verbs@0.1.0/config": [#[derive(Default)]],
            "strowger:plugin/verbs@0.1.0/dequeue": [#[derive(Default)]],
            "strowger:plugin/verbs@0.1.0/dial": [#[derive(Default)]],
            "strowger:plugin/verbs@0.1.0/dial-from": [#[derive(Default)]],
            "strowger:plugin/verbs@0.1.0/dtmf": [#[derive(Default)]],
            "strowger:plugin/verbs@0.1.0/enqueue": [#[derive(Default)]],
            "strowger:plugin/verbs@0.1.0/filler-noise": [#[derive(Default)]],
            "strowger:plugin/verbs@0.1.0/gather": [#[derive(Default)]],
            "strowger:plugin/verbs@0.1.0/hook-target": [#[derive(Default)]],
            "strowger:plugin/verbs@0.1.0/leave": [#[derive(Default)]],
            "strowger:plugin/verbs@0.1.0/lex": [#[derive(Default)]],
            "strowger:plugin/verbs@0.1.0/lex-intent": [#[derive(Default)]],
            "strowger:plugin/verbs@0.1.0/listen": [#[derive(Default)]],
            "strowger:plugin/verbs@0.1.0/listen-options": [#[derive(Default)]],
            "strowger:plugin/verbs@0.1.0/llm": [#[derive(Default)]],
            "strowger:plugin/verbs@0.1.0/mcp-server": [#[derive(Default)]],
            "strowger:plugin/verbs@0.1.0/message": [#[derive(Default)]],
            "strowger:plugin/verbs@0.1.0/noise-isolation": [#[derive(Default)]],
            "strowger:plugin/verbs@0.1.0/pipeline": [#[derive(Default)]],
            "strowger:plugin/verbs@0.1.0/play-prompt": [#[derive(Default)]],
            "strowger:plugin/verbs@0.1.0/query-input": [#[derive(Default)]],
            "strowger:plugin/verbs@0.1.0/rasa": [#[derive(Default)]],
            "strowger:plugin/verbs@0.1.0/record": [#[derive(Default)]],
            "strowger:plugin/verbs@0.1.0/say": [#[derive(Default)]],
            "strowger:plugin/verbs@0.1.0/sip-decline": [#[derive(Default)]],
            "strowger:plugin/verbs@0.1.0/sip-refer": [#[derive(Default)]],
            "strowger:plugin/verbs@0.1.0/sip-request": [#[derive(Default)]],
            "strowger:plugin/verbs@0.1.0/synthesizer": [#[derive(Default)]],
            "strowger:plugin/verbs@0.1.0/transcribe": [#[derive(Default)]],
            "strowger:plugin/verbs@0.1.0/transcribe-options": [#[derive(Default)]],
            "strowger:plugin/verbs@0.1.0/tts-stream": [#[derive(Default)]],
            "strowger:plugin/verbs@0.1.0/turn-taking": [#[derive(Default)]],
            "strowger:plugin/verbs@0.1.0/vad": [#[derive(Default)]],
        },
    });
}

pub use bindings::strowger::plugin::verbs::*;
