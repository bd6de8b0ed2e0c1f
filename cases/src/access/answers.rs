//! What a task may do to another, by the four modes of the access check.

/// Whether tracing is allowed, and for each mode whether it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Allowed {
    /// To trace it, which needs the next one too.
    pub trace: bool,
    /// To attach, by the caller's real ids and permitted capabilities.
    pub attach: bool,
    /// To open its memory, by the caller's ids for files and effective capabilities.
    pub open: bool,
    /// To read of it, by the caller's real ids.
    pub read: bool,
    /// To read of it in procfs, by the caller's ids for files.
    pub look: bool,
}

impl Allowed {
    /// The check does not depend on whether one wants to read or to attach.
    const fn by(real: bool, file: bool) -> Allowed {
        Allowed { trace: real, attach: real, open: file, read: real, look: file }
    }
}

pub(super) const ALL: Allowed = Allowed::by(true, true);
pub(super) const NOTHING: Allowed = Allowed::by(false, false);
/// What is checked by real ids, or permitted capabilities.
pub(super) const BY_REAL: Allowed = Allowed::by(true, false);
/// What is checked by ids for files, or effective capabilities.
pub(super) const BY_FILE: Allowed = Allowed::by(false, true);
/// What does not need the right to attach.
pub(super) const READING: Allowed = Allowed { read: true, look: true, ..NOTHING };
