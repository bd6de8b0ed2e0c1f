//! The right to trace: what the kernel, its security modules and the sandbox around us permit.

use std::collections::HashMap;

use super::Finding;

/// The bit of `CAP_SYS_PTRACE` in capability masks.
const CAP_SYS_PTRACE: u32 = 19;

/// Looks at what restricts tracing, or lifts restrictions.
pub fn look() -> Vec<Finding> {
    let status = Status::parse(&std::fs::read_to_string("/proc/self/status").unwrap_or_default());
    vec![traced(&status), yama(), capability(&status), seccomp(&status), new_privileges(&status)]
}

/// The fields of /proc/self/status.
#[derive(Debug, Default)]
struct Status(HashMap<String, String>);

impl Status {
    fn parse(text: &str) -> Status {
        let fields = text.lines().filter_map(|line| line.split_once(':'));
        Status(fields.map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect())
    }

    fn get(&self, field: &str) -> Option<&str> {
        self.0.get(field).map(String::as_str)
    }
}

const UNKNOWN: &str = "unknown, /proc does not say";

fn traced(status: &Status) -> Finding {
    const TOPIC: &str = "tracer of ours";
    match status.get("TracerPid") {
        Some("0") => Finding::fine(TOPIC, "none"),
        Some(pid) => Finding::note(
            TOPIC,
            format!("process {pid}"),
            "if it follows forks (strace -f, a debugger), our tracees are its tracees and no case can run: \
             run outside it",
        ),
        None => Finding::note(TOPIC, UNKNOWN, ""),
    }
}

fn yama() -> Finding {
    let scope = std::fs::read_to_string("/proc/sys/kernel/yama/ptrace_scope");
    yama_scope(scope.ok().as_deref().map(str::trim))
}

fn yama_scope(scope: Option<&str>) -> Finding {
    const TOPIC: &str = "Yama";
    let state = |scope: &str, word: &str| format!("ptrace_scope is {scope}: {word}");
    match scope {
        None => Finding::fine(TOPIC, "not active"),
        Some(scope @ "0") => Finding::fine(TOPIC, state(scope, "no restriction")),
        Some(scope @ "1") => {
            Finding::fine(TOPIC, state(scope, "descendants only, which is all the suite traces"))
        }
        Some(scope @ "2") => Finding::note(
            TOPIC,
            state(scope, "administrators only"),
            "without CAP_SYS_PTRACE every case is skipped: run as root, or sysctl kernel.yama.ptrace_scope=1",
        ),
        Some(scope @ "3") => Finding::note(
            TOPIC,
            state(scope, "nobody"),
            "every case is skipped until a reboot: this setting cannot be taken back",
        ),
        Some(other) => Finding::note(TOPIC, state(other, "unknown to this version"), ""),
    }
}

fn capability(status: &Status) -> Finding {
    const TOPIC: &str = "CAP_SYS_PTRACE";
    let mask = status.get("CapEff").and_then(|mask| u64::from_str_radix(mask, 16).ok());
    match mask {
        Some(mask) if mask & 1 << CAP_SYS_PTRACE != 0 => Finding::fine(TOPIC, "held"),
        Some(_) => Finding::fine(TOPIC, "not held, and not needed for tracees of our own"),
        None => Finding::note(TOPIC, UNKNOWN, ""),
    }
}

fn seccomp(status: &Status) -> Finding {
    const TOPIC: &str = "seccomp";
    match status.get("Seccomp") {
        Some("0") => Finding::fine(TOPIC, "no filter on us"),
        Some("2") => Finding::note(
            TOPIC,
            "a filter is on us",
            "calls that it refuses are skipped by name where we can tell; with docker, \
             --security-opt seccomp=unconfined takes it off",
        ),
        Some(mode) => Finding::note(TOPIC, format!("mode {mode}"), ""),
        None => Finding::note(TOPIC, UNKNOWN, "a kernel without seccomp skips the seccomp cases"),
    }
}

fn new_privileges(status: &Status) -> Finding {
    const TOPIC: &str = "no_new_privs";
    match status.get("NoNewPrivs") {
        Some("0") => Finding::fine(TOPIC, "not set"),
        Some("1") => Finding::fine(TOPIC, "set, which tracees inherit"),
        _ => Finding::note(TOPIC, UNKNOWN, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Level;

    const STATUS: &str = "Name:\tx\nTracerPid:\t0\nCapEff:\t000001ffffffffff\nNoNewPrivs:\t0\nSeccomp:\t2\n";

    #[test]
    fn the_status_file_is_read_by_field() {
        let status = Status::parse(STATUS);
        assert_eq!(traced(&status).level, Level::Fine);
        assert_eq!(capability(&status), Finding::fine("CAP_SYS_PTRACE", "held"));
        assert_eq!(seccomp(&status).state, "a filter is on us");
        assert_eq!(new_privileges(&status).state, "not set");
    }

    #[test]
    fn a_tracer_is_named() {
        let status = Status::parse("TracerPid:\t77\nCapEff:\t0000000000000000\n");
        assert_eq!(traced(&status).state, "process 77");
        assert!(capability(&status).state.starts_with("not held"));
    }

    #[test]
    fn without_proc_nothing_is_claimed() {
        let status = Status::parse("");
        for finding in [traced(&status), capability(&status), seccomp(&status), new_privileges(&status)] {
            assert_eq!(finding.state, UNKNOWN);
        }
    }

    #[test]
    fn yama_has_four_scopes_and_an_absence() {
        let level = |scope| yama_scope(scope).level;
        assert_eq!([None, Some("0"), Some("1")].map(level), [Level::Fine; 3]);
        assert_eq!([Some("2"), Some("3"), Some("9")].map(level), [Level::Note; 3]);
    }
}
