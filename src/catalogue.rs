//! The catalogue: what is known of a case before it runs, for `list` and `explain`.

use ptrace_conformance_harness::case::{Arch, Case, Need, Quirk, Variant};
use ptrace_conformance_harness::kernel_change::KernelChange;
use serde::Serialize;

/// A case as lists and explanations show it.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// `family::behaviour::variant`, the name in reports.
    pub name: String,
    /// What is claimed.
    pub title: &'static str,
    /// Ids of the clauses that say so.
    pub clauses: &'static [&'static str],
    /// Architectures for which the claim makes sense.
    pub architectures: Vec<&'static str>,
    /// Why not for every architecture; absent where it is.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub only: &'static str,
    /// What it needs besides the architecture.
    pub requirements: Vec<String>,
    /// Recorded differences between documentation and kernels.
    pub quirks: Vec<KnownQuirk>,
    /// Changes of the kernel that no document decides.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<KnownChange>,
}

/// A change of the kernel, as text.
#[derive(Clone, Debug, Serialize)]
pub struct KnownChange {
    /// What has changed.
    pub title: &'static str,
    /// The releases that brought it, and the architectures.
    pub kernels: String,
    /// What older kernels do.
    pub before: &'static str,
    /// What newer ones do.
    pub after: &'static str,
    /// The commit, or kernel file and function.
    pub source: &'static str,
    /// What the author of a tracer does about it.
    pub advice: &'static str,
}

impl KnownChange {
    /// The change as text.
    pub fn of(change: &KernelChange) -> KnownChange {
        let KernelChange { title, before, after, source, advice, .. } = *change;
        let arches: Vec<_> = change.arches.iter().map(|arch| arch.name()).collect();
        let kernels = format!("{}, Linux {}", arches.join(" and "), change.change);
        KnownChange { title, kernels, before, after, source, advice }
    }
}

/// A recorded difference between documentation and kernels, as text.
#[derive(Clone, Debug, Serialize)]
pub struct KnownQuirk {
    /// The check that deviates.
    pub what: &'static str,
    /// What these kernels answer instead.
    pub observed: &'static str,
    /// The kernels that do.
    pub kernels: String,
    /// Why they do so.
    pub reason: &'static str,
    /// What shows it.
    pub source: &'static str,
    /// What made it disappear, or would.
    pub ends: &'static str,
    /// What the author of a tracer does about it.
    pub advice: &'static str,
}

impl Entry {
    /// The entry of a variant.
    pub fn of(name: &str, variant: Variant) -> Entry {
        let case = variant.case;
        Entry {
            name: name.to_owned(),
            title: case.title,
            clauses: case.clauses,
            architectures: case.arches.iter().map(|arch| arch.name()).collect(),
            only: case.only,
            requirements: case.needs.iter().map(|&need| requirement(need)).collect(),
            quirks: case.quirks.iter().map(KnownQuirk::of).collect(),
            changes: case.changes.iter().map(|change| KnownChange::of(change)).collect(),
        }
    }
}

impl KnownQuirk {
    /// The quirk as text.
    pub fn of(quirk: &Quirk) -> KnownQuirk {
        KnownQuirk {
            what: quirk.what,
            observed: quirk.observed,
            kernels: kernels(quirk),
            reason: quirk.reason,
            source: quirk.source,
            ends: quirk.ends,
            advice: quirk.advice,
        }
    }
}

/// The kernels of a quirk, such as `x86_64, Linux 5.10 up to before 6.2`.
fn kernels(quirk: &Quirk) -> String {
    let arches: Vec<_> = quirk.arches.iter().map(|arch| arch.name()).collect();
    let since = format!("{}, Linux {}", arches.join(" and "), quirk.since);
    match quirk.until {
        None => format!("{since} and later"),
        Some(until) => format!("{since} up to before {until}"),
    }
}

fn requirement(need: Need) -> String {
    match need {
        Need::Kernel(major, minor) => format!("Linux {major}.{minor} or later"),
        Need::SeccompFilter => "seccomp filters".to_owned(),
        Need::CheckpointRestore => "CONFIG_CHECKPOINT_RESTORE".to_owned(),
        Need::Freezer => "a cgroup of version 2 that it may make and freeze".to_owned(),
        Need::Setting(file) => file.to_owned(),
        Need::Breakpoints => "hardware breakpoints".to_owned(),
        Need::Int1 => {
            "a machine that goes on behind INT1, which QEMU's translation and some hypervisors do not"
                .to_owned()
        }
        Need::StepOntoWatchpoint => "a processor that is not translated by QEMU".to_owned(),
        Need::Root => "root's rights".to_owned(),
        Need::Processor(feature) => format!("a processor with {}", feature.name()),
        Need::Ports => "CAP_SYS_RAWIO and ioperm(2)".to_owned(),
        Need::ShadowStacks => "CONFIG_X86_USER_SHADOW_STACK".to_owned(),
        Need::ThreadAreas => "CONFIG_IA32_EMULATION".to_owned(),
        Need::InterruptCalls => "calls of i386".to_owned(),
        Need::Programs32 => "programs of 32 bits".to_owned(),
        Need::X32(true) => "calls of x32".to_owned(),
        Need::X32(false) => "no calls of x32".to_owned(),
        Need::UserNamespaces => "user namespaces".to_owned(),
        Need::Kcmp => "kcmp(2)".to_owned(),
        Need::Landlock => "Landlock".to_owned(),
        Need::Yama => "Yama".to_owned(),
        Need::SetIdFiles => "a mount of its own on which set-user-ID programs count".to_owned(),
        Need::Request(request) => format!("{request} permitted"),
    }
}

/// Whether the case can mean anything on the architecture of this program.
pub fn fits_here(case: &Case) -> bool {
    case.arches.contains(&Arch::HERE)
}
