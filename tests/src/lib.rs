//! strowger-tests
