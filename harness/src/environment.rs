//! What around us may forbid tracing: the kernel's security modules, a sandbox, a tracer of our own.
//!
//! A refusal means something only where nothing around us explains it. So whatever is refused before a
//! case has begun is a skip by name if an explanation is there, and our failure to judge if none is.

use crate::case::Need;
use crate::context::Halt;
use crate::errno::Errno;
use crate::hardware;
use crate::process;
use crate::version::KernelVersion;
use std::fs;

/// What may explain that tracing is refused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    /// Yama's `kernel.yama.ptrace_scope`, if that module is active.
    pub yama: Option<u32>,
    /// The process that traces us, if one does.
    pub tracer: Option<u32>,
    /// Whether a seccomp filter is on us.
    pub filtered: bool,
    /// The profile or label under which a security module confines us.
    pub confinement: Option<String>,
    /// Whether SELinux denies ptrace to everybody.
    pub selinux_denies: bool,
}

impl Environment {
    /// This process's, as far as /proc and /sys tell.
    pub fn here() -> Environment {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
        let status = read("/proc/self/status");
        Environment {
            yama: read("/proc/sys/kernel/yama/ptrace_scope").trim().parse().ok(),
            tracer: field(&status, "TracerPid").and_then(|pid| pid.parse().ok()).filter(|&pid| pid != 0),
            filtered: field(&status, "Seccomp") == Some("2"),
            confinement: confinement(&read("/proc/self/attr/current")),
            selinux_denies: read("/sys/fs/selinux/booleans/deny_ptrace").starts_with('1'),
        }
    }

    /// Everything that may be why tracing is refused, the likeliest first.
    pub fn restrictions(&self) -> Vec<String> {
        let yama = self.yama.and_then(|scope| match scope {
            0 | 1 => None,
            2 => Some("Yama's ptrace_scope is 2: only administrators may trace".to_owned()),
            3 => Some("Yama's ptrace_scope is 3: nobody may trace, until a reboot".to_owned()),
            other => Some(format!("Yama's ptrace_scope is {other}")),
        });
        // No process ids in what ends up in records.
        let tracer = self.tracer.map(|_| "this process is traced itself, and our tracees with it".to_owned());
        let selinux = self.selinux_denies.then(|| "SELinux's deny_ptrace is on".to_owned());
        let confinement =
            self.confinement.as_ref().map(|label| format!("this process is confined as `{label}`"));
        let filter = self.filtered.then(|| "a seccomp filter is on this process".to_owned());
        [yama, tracer, selinux, filter, confinement].into_iter().flatten().collect()
    }

    /// What a refused request means before a case has begun.
    fn judge(&self, what: &str, errno: Errno) -> Halt {
        let permission = [Errno::EPERM, Errno(libc::EACCES)].contains(&errno);
        match (errno, self.restrictions().as_slice()) {
            (Errno::ENOSYS, _) => Halt::Skip(format!("{what} failed: {errno}: there is no ptrace(2) here")),
            (_, [_, ..]) if permission => {
                Halt::Skip(format!("{what} failed: {errno}: {}", self.restrictions().join("; ")))
            }
            _ => Halt::Broken(format!("{what} failed: {errno}")),
        }
    }
}

/// What it means that `what`, which every case needs before it begins, was refused.
pub fn refused(what: &str, errno: Errno) -> Halt {
    Environment::here().judge(what, errno)
}

/// Why a need of a case is not met here, as far as that can be told before it starts.
pub fn lacks(need: Need) -> Option<String> {
    match need {
        Need::Kernel(major, minor) if KernelVersion::running().line < (major, minor) => {
            Some(format!("needs Linux {major}.{minor}"))
        }
        Need::SeccompFilter => {
            let errno = process::seccomp_filters().err()?;
            Some(format!("needs seccomp filters, which this kernel does not have or permit: {errno:?}"))
        }
        Need::Root if !has_rights_of_root() => {
            Some("needs root's rights: CAP_SYS_PTRACE and CAP_SYS_ADMIN".to_owned())
        }
        Need::CheckpointRestore if !std::path::Path::new(OF_CHECKPOINT_RESTORE).exists() => {
            Some("needs CONFIG_CHECKPOINT_RESTORE".to_owned())
        }
        Need::Processor(feature) if !feature.is_here() => {
            Some(format!("needs a processor with {}", feature.name()))
        }
        Need::Ports if !process::may_use_ports() => {
            Some("needs CAP_SYS_RAWIO and a kernel with ioperm(2)".to_owned())
        }
        Need::ShadowStacks if !tells_of_shadow_stacks() => {
            Some("needs CONFIG_X86_USER_SHADOW_STACK".to_owned())
        }
        Need::ThreadAreas if !std::path::Path::new(OF_IA32_EMULATION).exists() => {
            Some("needs CONFIG_IA32_EMULATION".to_owned())
        }
        Need::InterruptCalls if !crate::other_abis::has_interrupt_calls() => {
            Some("needs calls of i386, which this kernel does not have or has switched off".to_owned())
        }
        Need::Programs32 if !crate::other_abis::runs_programs_of_32_bits() => {
            Some("needs programs of 32 bits, which this kernel or processor does not run".to_owned())
        }
        Need::X32(served) if served != crate::other_abis::has_x32() => {
            Some(format!("needs a kernel that {} calls of x32", if served { "serves" } else { "refuses" }))
        }
        Need::UserNamespaces => {
            let errno = process::user_namespaces().err()?;
            Some(format!("needs user namespaces, which cannot be made here: {errno:?}"))
        }
        Need::Kcmp => {
            let errno = process::kcmp().err()?;
            Some(format!("needs kcmp(2), which this kernel does not have or permit: {errno:?}"))
        }
        Need::Landlock => {
            let errno = process::landlock().err()?;
            Some(format!("needs Landlock, which this kernel does not have or has switched off: {errno:?}"))
        }
        Need::Yama if !std::path::Path::new(crate::machine::SCOPE).exists() => Some("needs Yama".to_owned()),
        Need::SetIdFiles => {
            let errno = process::set_id_files().err()?;
            Some(format!(
                "needs a mount of its own for set-user-ID programs, which cannot be made here: {errno:?}"
            ))
        }
        Need::Freezer => {
            let reason = crate::freezer::lacking()?;
            Some(format!(
                "needs a cgroup of version 2 that can be frozen, which cannot be made here: {reason}"
            ))
        }
        Need::Setting(file) if !std::path::Path::new(file).exists() => Some(format!("needs {file}")),
        Need::Breakpoints => {
            let reason = hardware::without_breakpoints()?;
            Some(format!("needs hardware breakpoints, which this machine does not have: {reason}"))
        }
        Need::StepOntoWatchpoint if hardware::is_translated() => Some(
            "needs a processor that QEMU does not translate: its guest hangs at a step onto a watchpoint"
                .to_owned(),
        ),
        Need::Int1 if hardware::is_translated() => Some(
            "needs a processor that QEMU does not translate: its guest stops for good at INT1".to_owned(),
        ),
        Need::Int1 if hardware::stays_at_int1() => Some(
            "needs a machine that goes past INT1: here a program stays at it, as under some hypervisors"
                .to_owned(),
        ),
        Need::Kernel(..)
        | Need::Root
        | Need::CheckpointRestore
        | Need::Processor(_)
        | Need::Ports
        | Need::ShadowStacks
        | Need::ThreadAreas
        | Need::InterruptCalls
        | Need::Programs32
        | Need::X32(_)
        | Need::Yama
        | Need::Setting(_)
        | Need::StepOntoWatchpoint
        | Need::Int1
        | Need::Request(_) => None,
    }
}

/// A file that only kernels with `CONFIG_CHECKPOINT_RESTORE` have.
const OF_CHECKPOINT_RESTORE: &str = "/proc/sys/kernel/ns_last_pid";

/// A file that only kernels with `CONFIG_IA32_EMULATION` have (arch/x86/entry/vdso/vdso32-setup.c).
const OF_IA32_EMULATION: &str = "/proc/sys/abi/vsyscall32";

/// Whether the kernel tells what shadow stacks a task has (arch/x86/kernel/cpu/proc.c), which it does with them alone.
fn tells_of_shadow_stacks() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    field(&status, "x86_Thread_features").is_some()
}

/// Whether this process has `CAP_SYS_PTRACE` and `CAP_SYS_ADMIN`.
fn has_rights_of_root() -> bool {
    const BOTH: u64 = 1 << 19 | 1 << 21;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let effective = field(&status, "CapEff").and_then(|set| u64::from_str_radix(set, 16).ok());
    effective.is_some_and(|set| set & BOTH == BOTH)
}

/// A field of /proc/PID/status.
pub(crate) fn field<'a>(status: &'a str, wanted: &str) -> Option<&'a str> {
    let mut fields = status.lines().filter_map(|line| line.split_once(':'));
    fields.find(|(name, _)| *name == wanted).map(|(_, value)| value.trim())
}

/// The label of /proc/self/attr/current, if it confines.
fn confinement(label: &str) -> Option<String> {
    let label = label.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    let free =
        label.is_empty() || label == "unconfined" || label == "kernel" || label.contains(":unconfined_t:");
    (!free).then(|| label.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(environment: &Environment, errno: Errno) -> String {
        match environment.judge("PTRACE_SEIZE", errno) {
            Halt::Skip(reason) => format!("skip: {reason}"),
            Halt::Broken(reason) => format!("broken: {reason}"),
            Halt::Checked => "checked".to_owned(),
        }
    }

    #[test]
    fn a_refusal_without_an_explanation_is_no_skip() {
        let free = Environment { yama: Some(1), ..Environment::default() };
        assert!(verdict(&free, Errno::EPERM).starts_with("broken: PTRACE_SEIZE failed: "));
        assert!(verdict(&free, Errno::ENOSYS).starts_with("skip: "));
    }

    #[test]
    fn each_restriction_explains_a_refusal_but_no_other_error() {
        let restricted = [
            Environment { yama: Some(2), ..Environment::default() },
            Environment { yama: Some(3), ..Environment::default() },
            Environment { tracer: Some(77), ..Environment::default() },
            Environment { filtered: true, ..Environment::default() },
            Environment { selinux_denies: true, ..Environment::default() },
            Environment { confinement: Some("docker-default (enforce)".into()), ..Environment::default() },
        ];
        for environment in restricted {
            let reason = verdict(&environment, Errno::EPERM);
            assert!(reason.starts_with("skip: ") && !reason.contains("77"), "{reason}");
            assert!(verdict(&environment, Errno::ESRCH).starts_with("broken: "), "{environment:?}");
        }
    }

    #[test]
    fn needs_are_held_against_the_running_kernel() {
        assert_eq!(lacks(Need::Kernel(2, 6)), None);
        assert_eq!(lacks(Need::Kernel(999, 0)).as_deref(), Some("needs Linux 999.0"));
    }

    #[test]
    fn the_status_file_is_read_by_field() {
        let status = "Name:\tTracerPid: 9\nTracerPid:\t12\nSeccomp:\t2\n";
        assert_eq!(field(status, "TracerPid"), Some("12"));
        assert_eq!(field(status, "Absent"), None);
    }

    #[test]
    fn labels_that_confine_nothing_are_none() {
        for free in ["", "\0", "unconfined\n", "unconfined_u:unconfined_r:unconfined_t:s0\0", "kernel"] {
            assert_eq!(confinement(free), None, "{free:?}");
        }
        assert_eq!(confinement("docker-default (enforce)\n").as_deref(), Some("docker-default (enforce)"));
    }
}
