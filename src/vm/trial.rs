//! The trial of KVM: a guest that comes up with it, or does not.

use std::path::Path;
use std::time::Duration;

use anyhow::bail;
use ptrace_conformance_cases::FAMILIES;
use ptrace_conformance_harness::case::{Arch, all_variants};

use super::accel::{self, Accelerator, Choice, KvmState};
use super::args::Args;
use super::session::{Session, came_up};
use super::watch::Ending;
use crate::cli::Filters;

/// What becomes of a guest with this kernel under KVM.
pub fn kvm(kernel: &Path) -> anyhow::Result<KvmState> {
    match accel::node() {
        KvmState::Opens => {}
        state => return Ok(state),
    }
    let args = args(kernel);
    let watched = Session::prepare(&args)?.try_out(Accelerator::Kvm)?;
    match watched.ending {
        _ if came_up(&watched) => Ok(KvmState::Works),
        Ending::Silent(_) => Ok(KvmState::Hangs),
        _ => bail!("QEMU ends at once: {}", watched.complaints.join("; ")),
    }
}

/// The shortest order: one case, on a machine that KVM can run.
fn args(kernel: &Path) -> Args {
    let first = all_variants(FAMILIES).into_iter().map(|(name, _)| name).take(1).collect();
    Args {
        filters: Filters { filters: first, exact: true, partition: None },
        arch: Some(Arch::HERE),
        accel: Choice::Kvm,
        timeout: Duration::from_secs(10),
        ..Args::new(kernel)
    }
}
