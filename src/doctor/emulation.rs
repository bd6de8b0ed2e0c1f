//! What virtual machines need: QEMU for each architecture, KVM, and the suite built for the other one.

use ptrace_conformance_harness::case::Arch;

use super::Finding;
use crate::vm::accel::{self, KvmState};
use crate::vm::qemu;

/// Looks for what virtual machines need.
pub fn look() -> Vec<Finding> {
    let mut findings: Vec<_> = Arch::ALL.iter().map(|&arch| emulator(arch)).collect();
    findings.push(kvm(accel::node()));
    findings
}

fn emulator(arch: Arch) -> Finding {
    let topic = match arch {
        Arch::X86_64 => "QEMU for x86_64",
        Arch::Aarch64 => "QEMU for aarch64",
    };
    match qemu::version(arch) {
        Some(version) => Finding::fine(topic, version),
        None => Finding::note(topic, "not found", qemu::install_hint(arch)),
    }
}

fn kvm(state: KvmState) -> Finding {
    match state {
        KvmState::Works => Finding::fine("KVM", state.tell()),
        _ => Finding::note("KVM", state.tell(), ""),
    }
}
