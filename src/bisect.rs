//! Bisection: runs that end as `git bisect run` wants it.
//!
//! It takes every status from 1 to 127 but 125 as bad, and ends the bisection at 128 and above. So a mistyped
//! option must not be 2, and a guest that never came up must not be 1.

use clap::ValueEnum;

use crate::exit::Status;

/// What makes a kernel bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Bad {
    /// A case deviates; with --baseline: a regression against it
    Worse,
    /// Any case answers otherwise than in --baseline, for the worse or not
    Change,
}

/// One step of a bisection. What `check` finds wrong is wrong with every kernel and ends the bisection; whatever
/// keeps `run` from a verdict is this kernel's, which is skipped.
pub fn step(
    check: impl FnOnce() -> anyhow::Result<()>,
    run: impl FnOnce() -> anyhow::Result<Status>,
) -> Status {
    if let Err(error) = check() {
        crate::tell(&error);
        return Status::BisectionEnds;
    }
    run().map_or_else(
        |error| {
            crate::tell(&error);
            Status::CannotJudge
        },
        answer,
    )
}

/// What the status of a run means to `git bisect run`; a signal ends the bisection, too.
pub const fn answer(status: Status) -> Status {
    match status {
        Status::AsExpected | Status::Deviation | Status::Interrupted(_) => status,
        _ => Status::CannotJudge,
    }
}

/// Whether the command line asks for it, also where the rest of it cannot be understood.
pub fn is_asked(mut words: impl Iterator<Item = std::ffi::OsString>) -> bool {
    words.any(|word| word.to_str().is_some_and(|word| word == "--bisect" || word.starts_with("--bisect=")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_verdicts_are_good_or_bad() {
        let codes = [
            Status::AsExpected,
            Status::Deviation,
            Status::Misuse,
            Status::OwnFailure,
            Status::NothingRan,
            Status::Interrupted(2),
        ]
        .map(|status| answer(status).code());
        assert_eq!(codes, [0, 1, 125, 125, 125, 130]);
    }

    #[test]
    fn what_is_wrong_with_every_kernel_ends_the_bisection() {
        let fail = || anyhow::bail!("no case is named x");
        assert_eq!(step(fail, || Ok(Status::AsExpected)).code(), 129);
        assert_eq!(step(|| Ok(()), || anyhow::bail!("cannot read the image")).code(), 125);
        assert_eq!(step(|| Ok(()), || Ok(Status::Deviation)).code(), 1);
    }

    #[test]
    fn a_line_that_cannot_be_understood_still_says_what_it_is_for() {
        let asked = |line: &str| is_asked(line.split(' ').map(Into::into));
        assert!(asked("run --bisect --nonsense") && asked("vm --bisect=chnge"));
        assert!(!asked("run bisect --bisection"));
    }
}
