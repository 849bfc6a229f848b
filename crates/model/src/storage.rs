//! Names in the browser's storage and in its registries of channels and locks, which belong to an origin: below a path, all of
//! them begin with that path, so that two dashboards on one origin do not see each other's.

use crate::base_path::base_path;

/// Before the user and the place of a draft, in the storage of a tab.
const DRAFT: &str = "draft:";

/// A name that is not shared with another dashboard of the origin: two paths with the same end are the same path.
pub fn own_name(name: &str) -> String {
    [base_path(), name].concat()
}

/// The beginning of the keys of all drafts.
pub fn drafts() -> String {
    own_name(DRAFT)
}
