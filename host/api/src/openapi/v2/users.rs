//! `/users`.

use super::super::description::describe;
use super::{Subject, subject};
use crate::table::Verb::{Delete, Get, Patch, Post, Put};

pub(super) fn described() -> Subject {
    let about =
        "Who may log in to an account. One whose `priv_level` is `user` reads, and sees no keys and no other users.";
    let descriptions = vec![
        describe(Get, "/users", "list", "users")
            .says("Lists the users", "")
            .query(super::FILTERS)
            .query(&["sort"])
            .pages("UserRow"),
        describe(Put, "/users", "create", "user")
            .says("Makes a user", "A password is never told again.")
            .takes_one("User")
            .creates("StoredUser")
            .refuses(&[409])
            .revisioned(),
        describe(Get, "/users/{user}", "read", "user").says("Reads a user", "").shows("StoredUser").revisioned(),
        describe(Post, "/users/{user}", "replace", "user")
            .says(
                "Replaces a user's fields",
                "Without a `password` it keeps the one it has; another `username` needs one.",
            )
            .takes_one("User")
            .shows("StoredUser")
            .refuses(&[409])
            .revisioned(),
        describe(Patch, "/users/{user}", "update", "user")
            .says("Merges fields into a user's", "")
            .takes_one("UserPatch")
            .shows("StoredUser")
            .refuses(&[409])
            .revisioned(),
        describe(Delete, "/users/{user}", "delete", "user")
            .says("Removes a user", "Its tokens end.")
            .shows("StoredUser")
            .refuses(&[409])
            .revisioned(),
    ];
    subject("users", about, descriptions)
}
