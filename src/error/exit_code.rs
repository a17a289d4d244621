//! Exit codes.

/// The exit code of a run. When a signal stopped it, that is 128 plus the number of the signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[expect(missing_docs, reason = "the help text says what each means")]
pub enum ExitCode {
    AsWanted = 0,
    Unexpected = 1,
    Usage = 2,
    Key = 3,
    Credentials = 4,
    PermissionDenied = 5,
    Conflict = 6,
    Quota = 7,
    Transient = 8,
    Unknown = 9,
    Mixed = 10,
    Refused = 11,
    Absent = 12,
    HungUp = 129,
    Interrupted = 130,
    Terminated = 143,
}

impl ExitCode {
    /// Every code, in the order of help texts.
    pub const ALL: [Self; 16] = [
        Self::AsWanted,
        Self::Unexpected,
        Self::Usage,
        Self::Key,
        Self::Credentials,
        Self::PermissionDenied,
        Self::Conflict,
        Self::Quota,
        Self::Transient,
        Self::Unknown,
        Self::Mixed,
        Self::Refused,
        Self::Absent,
        Self::HungUp,
        Self::Interrupted,
        Self::Terminated,
    ];

    /// Returns the number.
    pub const fn number(self) -> u8 {
        self as u8
    }
}
