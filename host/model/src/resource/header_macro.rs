//! `{words}` in the values of a carrier's headers, which stand for a part of the call.

/// A part of the call that a header may carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeaderMacro {
    /// The caller's number, as the carrier is shown it.
    CallerIdNumber,
    /// The caller's name, as the carrier is shown it.
    CallerIdName,
    /// The number that is dialled.
    CalleeIdNumber,
    /// Whose call it is.
    AccountId,
    /// The SIP realm of that account.
    AccountRealm,
    /// The carrier resource.
    ResourceId,
}

impl HeaderMacro {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::CallerIdNumber,
        Self::CallerIdName,
        Self::CalleeIdNumber,
        Self::AccountId,
        Self::AccountRealm,
        Self::ResourceId,
    ];

    /// The word between the braces.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::CallerIdNumber => "caller_id_number",
            Self::CallerIdName => "caller_id_name",
            Self::CalleeIdNumber => "callee_id_number",
            Self::AccountId => "account_id",
            Self::AccountRealm => "account_realm",
            Self::ResourceId => "resource_id",
        }
    }

    /// The one of that word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.word() == word)
    }

    /// A word in braces that stands for nothing. Braces around anything else than a word are text.
    #[must_use]
    pub fn unknown_in(value: &str) -> Option<&str> {
        pieces(value).find_map(|piece| match piece {
            Piece::Word(word) if Self::of(word).is_none() => Some(word),
            Piece::Word(_) | Piece::Text(_) => None,
        })
    }

    /// The value with its words replaced; an unknown one stays as it is.
    pub fn expand<'v>(value: &str, of: impl Fn(Self) -> Option<&'v str>) -> String {
        let mut expanded = String::with_capacity(value.len());
        for piece in pieces(value) {
            match piece {
                Piece::Text(text) => expanded.push_str(text),
                Piece::Word(word) => match Self::of(word) {
                    Some(known) => expanded.push_str(of(known).unwrap_or_default()),
                    None => expanded.extend(["{", word, "}"]),
                },
            }
        }
        expanded
    }
}

enum Piece<'a> {
    Text(&'a str),
    Word(&'a str),
}

/// Text and words in turn.
fn pieces(value: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = value;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some((word, after)) = word_at_start(rest) {
            rest = after;
            return Some(Piece::Word(word));
        }
        let next = rest.char_indices().skip(1).find(|(_, c)| *c == '{').map_or(rest.len(), |(at, _)| at);
        let (text, after) = rest.split_at(next);
        rest = after;
        Some(Piece::Text(text))
    })
}

fn word_at_start(text: &str) -> Option<(&str, &str)> {
    let (word, after) = text.strip_prefix('{')?.split_once('}')?;
    let is_word = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    is_word.then_some((word, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(value: &str) -> String {
        HeaderMacro::expand(value, |part| match part {
            HeaderMacro::CallerIdNumber => Some("+1555"),
            HeaderMacro::AccountId => Some("a1"),
            _ => None,
        })
    }

    #[test]
    fn words_are_replaced_wherever_they_stand() {
        assert_eq!(expanded("<sip:{caller_id_number}@h>;id={account_id}"), "<sip:+1555@h>;id=a1");
        assert_eq!(expanded("{caller_id_number}{account_id}"), "+1555a1");
        assert_eq!(expanded("[{caller_id_name}]"), "[]", "what the call does not have is empty");
    }

    #[test]
    fn braces_around_anything_else_are_text() {
        for text in ["{\"a\":1}", "{", "}{", "{}", "{A}", "ä{1}", "{{", "{caller-id}"] {
            assert_eq!((expanded(text).as_str(), HeaderMacro::unknown_in(text)), (text, None), "{text}");
        }
    }

    #[test]
    fn an_unknown_word_is_found_and_stays() {
        assert_eq!(HeaderMacro::unknown_in("{account_id}{dialled}"), Some("dialled"));
        assert_eq!(expanded("{dialled}"), "{dialled}");
    }
}
