//! strowger-sip
