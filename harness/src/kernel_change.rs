//! A change of the kernel that tracers can see and no document decides: what was, what is, since when.

use crate::case::Arch;
use crate::version::{Change, KernelVersion};

/// A visible change; cases expect the one or the other side of it, see [`crate::tracee::Task::across`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KernelChange {
    /// What reports call it, `[a-z0-9-]+`.
    pub id: &'static str,
    /// What has changed, one sentence.
    pub title: &'static str,
    /// The architectures that it concerns; the others are as after it in all kernels.
    pub arches: &'static [Arch],
    /// When it came.
    pub change: Change,
    /// What a tracer sees on kernels without it.
    pub before: &'static str,
    /// What it sees on kernels that have it.
    pub after: &'static str,
    /// The commit, or kernel file and function.
    pub source: &'static str,
    /// What the author of a tracer does about it.
    pub advice: &'static str,
}

impl KernelChange {
    /// Whether that kernel behaves as after the change.
    pub fn is_in(&self, arch: Arch, kernel: KernelVersion) -> bool {
        !self.arches.contains(&arch) || self.change.is_in(kernel)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn architectures_that_it_does_not_concern_were_always_as_after_it() {
        let change = KernelChange {
            id: "filter",
            title: "",
            arches: &[Arch::X86_64],
            change: Change::at(7, 3).and_stable(&[(7, 2, 6)]),
            before: "",
            after: "",
            source: "",
            advice: "",
        };
        let after = |arch, kernel| change.is_in(arch, KernelVersion::parse(kernel).unwrap());
        assert!(!after(Arch::X86_64, "7.2.5"));
        assert!(after(Arch::X86_64, "7.2.6"));
        assert!(after(Arch::X86_64, "7.3"));
        assert!(after(Arch::Aarch64, "5.10"));
    }
}
