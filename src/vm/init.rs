//! The guest's init: prepares the bare machine, runs the suite in a child, and switches off.
//!
//! It traces nothing and judges nothing. As PID 1 it inherits every orphan, so it reaps whatever ends.

use std::convert::Infallible;
use std::process::{Command, Stdio};

use nix::errno::Errno;
use nix::mount::{MsFlags, mount};
use nix::sys::reboot::{RebootMode, reboot};
use nix::sys::wait::{WaitStatus, wait};
use nix::unistd::{Pid, sync};

use super::qemu::INIT_WORD;
use super::record::{EDITION, Record};
use super::speaker::Speaker;

/// Does all that an init has to do, and does not return.
pub fn run() -> ! {
    let missing = mount_all();
    match Speaker::new(0) {
        Ok(mut speaker) => {
            if let Err(reason) = serve(&mut speaker, &missing) {
                // The host notices the silence if even this cannot be said.
                speaker.say(&Record::Fault { reason }).unwrap_or_default();
            }
            speaker.drain();
        }
        // Where the kernel put our standard error; the host finds it in the log.
        Err(error) => eprintln!("init: cannot open /dev/console: {error}"),
    }
    sync();
    let Err(errno) = switch_off();
    eprintln!("init: cannot switch off: {errno}");
    // The kernel panics when its init ends, and a panic ends QEMU as well.
    std::process::exit(1)
}

fn switch_off() -> Result<Infallible, Errno> {
    reboot(RebootMode::RB_POWER_OFF)
}

/// Mounts what the suite likes to have, and says what it will have to do without.
fn mount_all() -> Vec<String> {
    let wanted = [
        ("proc", "/proc"),
        ("sysfs", "/sys"),
        ("cgroup2", "/sys/fs/cgroup"),
        ("devtmpfs", "/dev"),
        ("tmpfs", "/tmp"),
    ];
    let mount_one = |(kind, place): (&str, &str)| {
        let none: Option<&str> = None;
        mount(Some(kind), place, Some(kind), MsFlags::empty(), none)
            .err()
            .map(|errno| format!("cannot mount {kind} on {place}: {errno}"))
    };
    wanted.into_iter().filter_map(mount_one).collect()
}

fn serve(speaker: &mut Speaker, missing: &[String]) -> Result<(), String> {
    let say = |error: std::io::Error| format!("cannot write to the console: {error}");
    speaker.say(&Record::Hello { edition: EDITION }).map_err(say)?;
    let suite = Command::new("/init").arg(INIT_WORD).stdin(Stdio::null()).spawn();
    let suite = suite.map_err(|error| format!("the guest cannot start the suite: {error}"))?;
    let end = reap_until(Pid::from_raw(suite.id().cast_signed()));
    let how = match end {
        Some(WaitStatus::Exited(_, 0)) => return Ok(()),
        Some(WaitStatus::Exited(_, code)) => format!("ended with status {code}"),
        Some(WaitStatus::Signaled(_, signal, _)) => format!("was killed by {signal}"),
        _ => "ended in a way that wait(2) could not tell".to_owned(),
    };
    let without: String = missing.iter().map(|what| format!("; {what}")).collect();
    Err(format!("the suite in the guest {how}{without}"))
}

/// Reaps everything until this child has ended; nothing if the kernel lost it.
fn reap_until(child: Pid) -> Option<WaitStatus> {
    loop {
        match wait() {
            Ok(status) if status.pid() == Some(child) => return Some(status),
            Err(Errno::ECHILD) => return None,
            // An orphan, or one whose end has no name in nix.
            _ => {}
        }
    }
}
