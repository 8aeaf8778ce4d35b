//! strowger-api
