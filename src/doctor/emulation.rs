//! What virtual machines need: QEMU for each architecture, KVM, and the suite built for the other one.

use std::path::{Path, PathBuf};

use ptrace_conformance_harness::case::Arch;

use super::Finding;
use crate::vm::accel::{self, KvmState};
use crate::vm::{cross, qemu, trial};

/// Looks for what virtual machines need; KVM is tried with this kernel, or one that is installed.
pub fn look(kernel: Option<&Path>) -> Vec<Finding> {
    let mut findings: Vec<_> = Arch::ALL.iter().map(|&arch| emulator(arch)).collect();
    findings.push(kvm(kernel.map(Path::to_owned).or_else(installed)));
    findings.extend(Arch::ALL.iter().filter(|&&arch| arch != Arch::HERE).map(|&arch| suite(arch)));
    findings
}

fn emulator(arch: Arch) -> Finding {
    let topic = match arch {
        Arch::X86_64 => "QEMU for x86_64",
        Arch::Aarch64 => "QEMU for aarch64",
    };
    match qemu::version(&qemu::program(arch)) {
        Some(version) => Finding::fine(topic, version),
        None => Finding::note(topic, "not found", qemu::install_hint(arch)),
    }
}

/// The kernel of this machine, where distributions put it and if we may read it.
fn installed() -> Option<PathBuf> {
    let name = nix::sys::utsname::uname().ok()?;
    let image = Path::new("/boot").join(format!("vmlinuz-{}", name.release().to_str()?));
    std::fs::File::open(&image).is_ok().then_some(image)
}

fn kvm(kernel: Option<PathBuf>) -> Finding {
    let Some(kernel) = kernel else { return kvm_state(accel::node()) };
    match trial::kvm(&kernel) {
        Ok(state) => kvm_state(state),
        Err(error) => Finding::note(
            "KVM",
            "no guest starts; virtual machines are emulated",
            format!("{}: {error:#}", kernel.display()),
        ),
    }
}

fn kvm_state(state: KvmState) -> Finding {
    match state {
        KvmState::Works => Finding::fine("KVM", "works, a guest came up just now"),
        KvmState::Opens => Finding::note("KVM", state.tell(), "`doctor --kernel IMAGE` boots one to see"),
        _ => Finding::note("KVM", state.tell(), ""),
    }
}

fn suite(arch: Arch) -> Finding {
    let topic = match arch {
        Arch::X86_64 => "suite for x86_64",
        Arch::Aarch64 => "suite for aarch64",
    };
    match cross::means(arch) {
        Ok(means) => Finding::fine(topic, means),
        Err(advice) => Finding::note(topic, "cannot be built", advice),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Level;

    #[test]
    fn only_a_guest_that_came_up_is_proof() {
        assert_eq!(kvm_state(KvmState::Works).level, Level::Fine);
        for state in [KvmState::Absent, KvmState::NoPermission, KvmState::Opens, KvmState::Hangs] {
            assert_eq!(kvm_state(state).level, Level::Note, "{state:?}");
        }
    }

    #[test]
    fn a_kernel_that_is_none_is_told() {
        let finding = kvm(Some("/dev/null".into()));
        assert_eq!(finding.level, Level::Note);
        assert!(
            finding.state.starts_with("no guest starts") || accel::node() != KvmState::Opens,
            "{finding:?}"
        );
    }
}
