//! strowger-calls
