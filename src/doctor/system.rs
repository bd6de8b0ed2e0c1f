//! The machine: architecture, kernel, user, sandbox, and the facilities that the harness likes to have.

use std::ffi::CStr;
use std::path::Path;

use super::Finding;
use crate::target::Target;

/// Looks at the machine.
pub fn look() -> anyhow::Result<Vec<Finding>> {
    let target = Target::host()?;
    let mut findings = vec![
        architecture(&target),
        Finding::fine("kernel", format!("{} {}", target.kernel, target.kernel_version)),
        container(),
        processors(),
    ];
    findings.extend([proc(), memfd(), subreaper()]);
    Ok(findings)
}

fn architecture(target: &Target) -> Finding {
    let state = match &target.cpu {
        Some(cpu) => format!("{}, {cpu}", target.arch),
        None => target.arch.clone(),
    };
    if target.machine == target.arch {
        return Finding::fine("architecture", state);
    }
    let advice = format!(
        "the kernel calls the machine {}: this program is translated or runs under a personality, and the \
         answers may be the translator's",
        target.machine
    );
    Finding::note("architecture", state, advice)
}

fn container() -> Finding {
    let hints = [
        ("docker", Path::new("/.dockerenv").exists()),
        ("podman", Path::new("/run/.containerenv").exists()),
        ("systemd's container manager", Path::new("/run/systemd/container").exists()),
        ("user namespace", maps_part_of_the_users()),
    ];
    let found: Vec<_> = hints.iter().filter(|(_, there)| *there).map(|(name, _)| *name).collect();
    if found.is_empty() {
        return Finding::fine("container", "no sign of one");
    }
    let advice = "the kernel is the host's; what it forbids in here shows under Tracing";
    Finding::note("container", found.join(", "), advice)
}

/// Whether /proc says that this user namespace is not the first one.
fn maps_part_of_the_users() -> bool {
    let map = std::fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
    let fields: Vec<_> = map.split_whitespace().collect();
    !fields.is_empty() && fields != ["0", "0", "4294967295"]
}

fn processors() -> Finding {
    let count = std::thread::available_parallelism().map_or(1, usize::from);
    Finding::fine("processors", format!("{count}, so {count} cases at a time"))
}

fn proc() -> Finding {
    match Path::new("/proc/self/status").exists() {
        true => Finding::fine("/proc", "mounted"),
        false => {
            Finding::note("/proc", "absent", "what is read from there is left out: mount -t proc proc /proc")
        }
    }
}

fn memfd() -> Finding {
    const NAME: &CStr = c"doctor";
    match nix::sys::memfd::memfd_create(NAME, nix::sys::memfd::MFdFlags::MFD_CLOEXEC) {
        Ok(_) => Finding::fine("memfd_create", "works"),
        Err(errno) => Finding::note(
            "memfd_create",
            errno.to_string(),
            "every case is skipped: tracees are executed from a memory file",
        ),
    }
}

fn subreaper() -> Finding {
    match nix::sys::prctl::get_child_subreaper() {
        Ok(_) => Finding::fine("sub-reaper", "works"),
        Err(errno) => Finding::note(
            "sub-reaper",
            errno.to_string(),
            "a grandchild that escapes its tracer is found by other means",
        ),
    }
}
