//! strowger-routing
