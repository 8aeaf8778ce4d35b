//! SIP messages as text: what a carrier sees on the wire, read without the stack under test.

/// One SIP message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SipMessage(pub String);

impl SipMessage {
    /// The first line.
    #[must_use]
    pub fn start_line(&self) -> &str {
        self.0.lines().next().unwrap_or_default()
    }

    /// The method of a request, `SIP/2.0` of an answer.
    #[must_use]
    pub fn method(&self) -> &str {
        self.start_line().split(' ').next().unwrap_or_default()
    }

    /// The request URI.
    #[must_use]
    pub fn request_uri(&self) -> &str {
        self.start_line().split(' ').nth(1).unwrap_or_default()
    }

    /// The first header of that name; empty where there is none.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        let fields = self.0.lines().skip(1).take_while(|line| !line.is_empty()).filter_map(|line| line.split_once(':'));
        let mut named = fields.filter(|(found, _)| found.eq_ignore_ascii_case(name));
        named.next().map(|(_, value)| value.trim()).unwrap_or_default()
    }

    /// All headers of that name.
    #[must_use]
    pub fn headers(&self, name: &str) -> Vec<String> {
        let fields = self.0.lines().skip(1).take_while(|line| !line.is_empty()).filter_map(|line| line.split_once(':'));
        let named = fields.filter(|(found, _)| found.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.trim().to_owned()).collect()
    }

    /// The answer to this request with that status and no body.
    #[must_use]
    pub fn answered(&self, status: u16) -> String {
        let header = |name: &str| format!("{name}: {}\r\n", self.header(name));
        let copied: String = ["Via", "From", "Call-ID", "CSeq"].map(header).concat();
        let to = self.header("To");
        format!("SIP/2.0 {status} Tested\r\n{copied}To: {to};tag=tested\r\nContent-Length: 0\r\n\r\n")
    }

    /// What follows the headers.
    #[must_use]
    pub fn body(&self) -> &str {
        let end = ["\r\n\r\n", "\n\n"].iter().find_map(|gap| self.0.split_once(gap));
        end.map(|(_, body)| body).unwrap_or_default()
    }
}
