//! This side's session description, as it answers later offers of the far end.

/// The description last sent.
pub(crate) struct Session {
    local: String,
}

/// The direction of media as a description gives it (RFC 3264 §5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    SendRecv,
    SendOnly,
    RecvOnly,
    Inactive,
}

impl Direction {
    fn of_line(line: &str) -> Option<Self> {
        match line.trim_end() {
            "a=sendrecv" => Some(Self::SendRecv),
            "a=sendonly" => Some(Self::SendOnly),
            "a=recvonly" => Some(Self::RecvOnly),
            "a=inactive" => Some(Self::Inactive),
            _ => None,
        }
    }

    fn of(description: &str) -> Self {
        description.lines().rev().find_map(Self::of_line).unwrap_or(Self::SendRecv)
    }

    /// What answers an offer of this direction (RFC 3264 §6.1).
    fn answer(self) -> &'static str {
        match self {
            Self::SendRecv => "a=sendrecv",
            Self::SendOnly => "a=recvonly",
            Self::RecvOnly => "a=sendonly",
            Self::Inactive => "a=inactive",
        }
    }
}

impl Session {
    /// Starts from the description that the INVITE offered.
    pub(crate) fn new(local: String) -> Self {
        Self { local }
    }

    /// The description to answer `offer` with, or to offer where there is none: the same as before but for the
    /// direction, with a higher version where it differs (RFC 3264 §8).
    pub(crate) fn answer(&mut self, offer: Option<&str>) -> String {
        let wanted = offer.map_or(Direction::SendRecv, Direction::of).answer();
        if Direction::of_line(wanted) != Some(Direction::of(&self.local)) {
            self.local = redirect(&self.local, wanted);
        }
        self.local.clone()
    }
}

fn redirect(description: &str, direction: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in description.lines().filter(|line| Direction::of_line(line).is_none()) {
        lines.push(if line.starts_with("o=") { next_version(line) } else { line.to_owned() });
    }
    lines.push(direction.to_owned());
    lines.push(String::new());
    lines.join("\r\n")
}

/// `o=<user> <id> <version> …` with the version raised by one.
fn next_version(origin: &str) -> String {
    let mut words: Vec<String> = origin.split(' ').map(str::to_owned).collect();
    if let Some(version) = words.get_mut(2) {
        *version = version.parse::<u64>().unwrap_or_default().saturating_add(1).to_string();
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCAL: &str = "v=0\r\no=- 7 1 IN IP4 192.0.2.1\r\ns=-\r\nm=audio 4000 RTP/AVP 0\r\na=sendrecv\r\n";

    #[test]
    fn hold_is_answered_by_receiving_only_and_resume_by_both() {
        let mut session = Session::new(LOCAL.into());
        let held = session.answer(Some("v=0\r\nm=audio 1 RTP/AVP 0\r\na=sendonly\r\n"));
        assert!(held.contains("o=- 7 2 IN IP4") && held.ends_with("m=audio 4000 RTP/AVP 0\r\na=recvonly\r\n"));
        let resumed = session.answer(Some("v=0\r\nm=audio 1 RTP/AVP 0\r\n"));
        assert!(resumed.contains("o=- 7 3 IN IP4") && resumed.ends_with("a=sendrecv\r\n"));
    }

    #[test]
    fn what_does_not_change_is_repeated_to_the_letter() {
        let mut session = Session::new(LOCAL.into());
        assert_eq!(session.answer(Some("v=0\r\na=sendrecv\r\n")), LOCAL);
        assert_eq!(session.answer(None), LOCAL);
    }

    #[test]
    fn inactive_stays_inactive() {
        let mut session = Session::new(LOCAL.into());
        assert!(session.answer(Some("a=inactive\r\n")).ends_with("a=inactive\r\n"));
    }
}
