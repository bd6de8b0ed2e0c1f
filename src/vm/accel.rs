//! What runs a guest's instructions: KVM where it really works, QEMU's own translator elsewhere.
//!
//! A KVM node that opens proves little: there are machines on which it opens, makes a virtual machine and
//! then hangs every guest. So nothing but a guest that came up counts as proof.

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::sync::atomic::{AtomicBool, Ordering};

use ptrace_conformance_harness::case::Arch;

/// The accelerators of QEMU that matter here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accelerator {
    /// The kernel's, on the machine's own processor.
    Kvm,
    /// QEMU's own translator, for any processor.
    Tcg,
}

impl Accelerator {
    /// The name that QEMU and reports give it.
    pub const fn name(self) -> &'static str {
        match self {
            Accelerator::Kvm => "kvm",
            Accelerator::Tcg => "tcg",
        }
    }
}

/// What the user wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Choice {
    /// Try kvm where it can work, fall back to tcg when the guest does not start
    #[default]
    Auto,
    /// Always kvm
    Kvm,
    /// Always tcg
    Tcg,
}

impl Choice {
    /// What to try for a guest of this architecture, in order.
    pub fn candidates(self, guest: Arch) -> &'static [Accelerator] {
        match self {
            Choice::Kvm => &[Accelerator::Kvm],
            Choice::Tcg => &[Accelerator::Tcg],
            Choice::Auto if guest == Arch::HERE && node() == KvmState::Opens && !hangs() => {
                &[Accelerator::Kvm, Accelerator::Tcg]
            }
            Choice::Auto => &[Accelerator::Tcg],
        }
    }
}

/// What is known of KVM on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KvmState {
    /// There is no /dev/kvm.
    Absent,
    /// This user may not open it.
    NoPermission,
    /// It opens; no guest has been tried.
    Opens,
    /// It opens, and guests hang.
    Hangs,
    /// A guest came up with it.
    Works,
}

impl KvmState {
    /// The state in words, with what to do about it.
    pub const fn tell(self) -> &'static str {
        match self {
            KvmState::Absent => "absent; virtual machines are emulated",
            KvmState::NoPermission => "no permission to open /dev/kvm (are you in the group kvm?)",
            KvmState::Opens => "opens; not tried without a kernel image",
            KvmState::Hangs => "opens, but guests hang; virtual machines are emulated",
            KvmState::Works => "works",
        }
    }
}

/// What can be said of KVM without booting anything.
pub fn node() -> KvmState {
    match OpenOptions::new().read(true).write(true).open("/dev/kvm") {
        Ok(_) => KvmState::Opens,
        Err(error) if error.kind() == ErrorKind::PermissionDenied => KvmState::NoPermission,
        Err(_) => KvmState::Absent,
    }
}

/// Whether a guest has hung under KVM in this process, so that the next one need not try.
static HANGS: AtomicBool = AtomicBool::new(false);

fn hangs() -> bool {
    HANGS.load(Ordering::Relaxed)
}

/// Remembers that guests hang under KVM.
pub fn remember_hang() {
    HANGS.store(true, Ordering::Relaxed);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_foreign_guest_is_always_emulated() {
        let foreign = if Arch::HERE == Arch::X86_64 { Arch::Aarch64 } else { Arch::X86_64 };
        assert_eq!(Choice::Auto.candidates(foreign), [Accelerator::Tcg]);
    }

    #[test]
    fn the_users_word_is_final() {
        assert_eq!(Choice::Kvm.candidates(Arch::HERE), [Accelerator::Kvm]);
        assert_eq!(Choice::Tcg.candidates(Arch::HERE), [Accelerator::Tcg]);
    }

    #[test]
    fn emulation_is_always_the_last_resort() {
        assert_eq!(Choice::Auto.candidates(Arch::HERE).last(), Some(&Accelerator::Tcg));
    }
}
