//! What a plugin says on a server.

use std::io::{self, Write};

use http_body_util::BodyExt;
use serde_json::Value;

use super::args::LogArgs;
use super::remote::{named, text};
use super::server::Server;
use crate::Failure;

/// Bytes of one line of an event stream.
const LONGEST_LINE: usize = 1 << 20;

/// Shows the log; with `--follow` line by line as it comes.
pub async fn log(args: &LogArgs) -> Result<(), Failure> {
    let name = named(&args.named)?;
    let server = Server::of(&args.named.server)?;
    let shown = if args.follow { follow(&server, &name, args).await } else { read(&server, &name, args).await };
    match shown {
        // Whoever reads has seen enough, as `head` does.
        Err(failure) if is_broken_pipe(&failure) => Ok(()),
        shown => shown,
    }
}

fn is_broken_pipe(failure: &Failure) -> bool {
    let error = failure.downcast_ref::<io::Error>();
    error.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

async fn read(server: &Server, name: &str, args: &LogArgs) -> Result<(), Failure> {
    let lines = server.get(&format!("/{name}/log{}", query(args))).await?;
    let lines = lines.as_array().map(Vec::as_slice).unwrap_or_default();
    lines.iter().try_for_each(show)?;
    if lines.is_empty() {
        eprintln!("strowger: {name} has said nothing lately");
    }
    Ok(())
}

async fn follow(server: &Server, name: &str, args: &LogArgs) -> Result<(), Failure> {
    let mut body = server.stream(&format!("/{name}/log{}", query(args))).await?;
    let mut pending = Vec::new();
    while let Some(frame) = body.frame().await {
        let bytes = frame.map_err(|_| "the server has ended the connection")?.into_data().unwrap_or_default();
        pending.extend_from_slice(&bytes);
        while let Some(end) = pending.iter().position(|&byte| byte == b'\n') {
            let line: Vec<u8> = pending.drain(..=end).collect();
            if let Some(told) = event(&String::from_utf8_lossy(&line)) {
                show(&told)?;
            }
        }
        if pending.len() > LONGEST_LINE {
            return Err("the server sends a line without end".into());
        }
    }
    Err("the server has ended the connection".into())
}

fn query(args: &LogArgs) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    if args.follow {
        query.append_pair("follow", "true");
    }
    let limit = args.limit.map(|limit| limit.to_string());
    for (name, value) in [("level", &args.level), ("since", &args.since), ("limit", &limit)] {
        value.iter().for_each(|value| {
            query.append_pair(name, value);
        });
    }
    let query = query.finish();
    if query.is_empty() { query } else { format!("?{query}") }
}

/// A line of an event stream (HTML, section 9.2): what follows `data:` is a line of the log; the others are for whoever reconnects.
fn event(line: &str) -> Option<Value> {
    serde_json::from_str(line.trim_end().strip_prefix("data:")?).ok()
}

fn show(line: &Value) -> io::Result<()> {
    let (time, version) = (text(line, "time"), text(line, "version"));
    let told = [time, version].into_iter().filter(|part| !part.is_empty()).flat_map(|part| [part, " "]);
    writeln!(io::stdout(), "{}{:<5} {}", told.collect::<String>(), text(line, "level"), text(line, "message"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_event_the_data_is_a_line() {
        let told = event("data: {\"level\": \"info\", \"message\": \"a\"}\r\n").unwrap();
        assert_eq!((text(&told, "level"), text(&told, "message")), ("info", "a"));
        for other in ["event: line\n", "id: 4\n", ": following\n", "\n", "data: {\n"] {
            assert_eq!(event(other), None, "{other}");
        }
    }
}
