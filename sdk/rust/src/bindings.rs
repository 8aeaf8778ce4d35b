//! Generated from `wit/`: what the host offers, and each exported interface in a world of its own. A component links the worlds
//! that it exports, and the encoder joins them and leaves out the imports that no code calls.

#![allow(unsafe_code, missing_docs, clippy::all, clippy::pedantic, reason = "generated code")]

/// What the host offers, and the types that every kind of plugin shares.
pub mod imports {
    wit_bindgen::generate!({
        path: "../../wit",
        inline: "
            package strowger:sdk;
            world imports {
                import strowger:plugin/types@0.1.0;
                import strowger:plugin/log@0.1.0;
                import strowger:plugin/regex@0.1.0;
                import strowger:plugin/numbers@0.1.0;
                import strowger:plugin/call@0.1.0;
                import strowger:plugin/rows@0.1.0;
                import strowger:plugin/request@0.1.0;
                import strowger:plugin/explain@0.1.0;
            }
        ",
        world: "strowger:sdk/imports",
        additional_derives: [PartialEq],
        generate_all,
    });

    pub use strowger::plugin::*;
}

/// The interface `describe`.
pub mod describe {
    wit_bindgen::generate!({
        path: "../../wit",
        inline: "package strowger:sdk; world describe { export strowger:plugin/describe@0.1.0; }",
        world: "strowger:sdk/describe",
        pub_export_macro: true,
        export_macro_name: "export_describe_interface",
    });

    pub use exports::strowger::plugin::describe::*;
}

/// The interface `selector`.
pub mod selector {
    wit_bindgen::generate!({
        path: "../../wit",
        inline: "package strowger:sdk; world selector { export strowger:plugin/selector@0.1.0; }",
        world: "strowger:sdk/selector",
        with: { "strowger:plugin/types@0.1.0": super::imports::types },
        additional_derives: [PartialEq],
        pub_export_macro: true,
        export_macro_name: "export_selector_interface",
    });

    pub use exports::strowger::plugin::selector::*;
}

/// The interface `formatter`.
pub mod formatter {
    wit_bindgen::generate!({
        path: "../../wit",
        inline: "package strowger:sdk; world formatter { export strowger:plugin/formatter@0.1.0; }",
        world: "strowger:sdk/formatter",
        with: { "strowger:plugin/types@0.1.0": super::imports::types },
        additional_derives: [PartialEq],
        pub_export_macro: true,
        export_macro_name: "export_formatter_interface",
    });

    pub use exports::strowger::plugin::formatter::*;
}

/// The interface `call-hook`.
pub mod call_hook {
    wit_bindgen::generate!({
        path: "../../wit",
        inline: "package strowger:sdk; world call-hook { export strowger:plugin/call-hook@0.1.0; }",
        world: "strowger:sdk/call-hook",
        with: {
            "strowger:plugin/types@0.1.0": super::imports::types,
            "strowger:plugin/verbs@0.1.0": crate::verbs,
        },
        additional_derives: [PartialEq],
        pub_export_macro: true,
        export_macro_name: "export_call_hook_interface",
    });

    pub use exports::strowger::plugin::call_hook::*;
}
