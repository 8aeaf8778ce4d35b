//! Other names of verbs.

use std::borrow::Cow;

use serde_json::Map;

use crate::Properties;

/// The verb that a name means. Some names say the vendor of a model too, which the application's own word for it outdoes.
pub(crate) fn resolve<'n, 'a>(name: &'n str, properties: Properties<'a>) -> (&'n str, Properties<'a>) {
    let vendor = match name {
        "stream" => return ("listen", properties),
        "s2s" => return ("llm", properties),
        name => match name.strip_suffix("_s2s") {
            Some(
                vendor @ ("openai" | "microsoft" | "google" | "elevenlabs" | "deepgram" | "voiceagent" | "ultravox"),
            ) => vendor,
            _ => return (name, properties),
        },
    };
    let mut with_vendor = Map::from_iter([("vendor".to_owned(), vendor.into())]);
    with_vendor.extend(properties.into_owned());
    ("llm", Cow::Owned(with_vendor))
}
