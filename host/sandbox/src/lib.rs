//! strowger-sandbox
