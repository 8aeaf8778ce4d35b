//! Documented parts of `/v2` that this host does not have. They say so, to whoever may use the path.

use super::error::Error;
use super::reply::Reply;
use super::request::Request;

macro_rules! not_built {
    ($($name:ident $what:literal),+) => {
        $(
            pub(super) async fn $name(_request: Request) -> Result<Reply, Error> {
                Err(Error::NotBuilt($what))
            }
        )+
    };
}

not_built! {
    plugins "plugin uploads"
}
