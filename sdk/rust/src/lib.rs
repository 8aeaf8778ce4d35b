//! strowger-sdk
