//! What wait status, siginfo and event message say at a syscall-stop.

use super::stops::{ENTER, EXIT, Sysgood, to_enter, to_exit};
use ptrace_conformance_harness::answers::SIGINFO_SIZE;
use ptrace_conformance_harness::case::{ANY_START, Case, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::kernel::Data;
use ptrace_conformance_harness::request::{Event, Request};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Status, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Resume, Stopped};
use ptrace_conformance_harness::values::Pid;

pub(super) const CASES: &[Case] = &[
    Case {
        name: "status",
        title: "The stop signal of both stops is SIGTRAP, with bit 7 under PTRACE_O_TRACESYSGOOD.",
        clauses: &[ENTER, EXIT, "sysstop.status", "sysstop.status-sysgood", "sysstop.enter-exit-same-status"],
        axes: &[ANY_START, axis::<Sysgood>(&["sysgood", "plain"])],
        program: |p| {
            p.call(Syscall::GETPID, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let sysgood: Sysgood = t.pick()?;
            let clause = if sysgood == Sysgood::On { "sysstop.status-sysgood" } else { "sysstop.status" };
            t.change_options(sysgood.options())?;
            let t = to_enter(t)?;
            let at_enter = t.status;
            t.check(clause, "status", Status::stopped(sysgood.trap(), Event(0)), t.status);
            let t = to_exit(t)?;
            t.check(clause, "status", Status::stopped(sysgood.trap(), Event(0)), t.status);
            t.check("sysstop.enter-exit-same-status", "status at both stops", at_enter, t.status);
            t.cont()?.ends(ENTER, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "siginfo",
        title: "At both stops siginfo has SIGTRAP, as si_code too (bit 7 by option), and the tracee's own ids.",
        clauses: &[
            ENTER,
            EXIT,
            "sysstop.siginfo",
            "sysstop.sicode-syscall",
            "sysstop.siginfo-own-id",
            "sysstop.enter-exit-same-status",
        ],
        axes: &[ANY_START, axis::<Sysgood>(&["sysgood", "plain"])],
        program: |p| {
            p.call(Syscall::GETUID, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let sysgood: Sysgood = t.pick()?;
            t.change_options(sysgood.options())?;
            let t = to_enter(t)?;
            check_siginfo(&t, sysgood);
            let at_enter = siginfo_bytes(&t);
            let t = to_exit(t)?;
            check_siginfo(&t, sysgood);
            let same = at_enter.is_ok() && at_enter == siginfo_bytes(&t);
            t.check("sysstop.enter-exit-same-status", "same siginfo at both stops", true, same);
            let uid = t.siginfo().map(|siginfo| u64::from(siginfo.uid));
            let task = t.cont()?.ends(ENTER, Gone::Exited(3))?;
            let own = task.saw("getuid")?.ok_or(Errno::ENOENT);
            task.check("sysstop.siginfo-own-id", "si_uid", own, uid);
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "event_message",
        title: "PTRACE_GETEVENTMSG says 1 at an enter-stop and 2 at an exit-stop, whatever the options.",
        clauses: &[ENTER, EXIT, "uapi.eventmsg-syscall", "sysstop.enter-exit-indistinct"],
        axes: &[ANY_START, axis::<Sysgood>(&["sysgood", "plain"])],
        program: |p| {
            p.call(Syscall::GETPID, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            t.change_options(t.pick::<Sysgood>()?.options())?;
            let t = to_enter(t)?;
            let at_enter = t.message();
            t.check("uapi.eventmsg-syscall", "event message", Ok(1), at_enter);
            let t = to_exit(t)?;
            t.check("uapi.eventmsg-syscall", "event message", Ok(2), t.message());
            let apart = (at_enter, t.message());
            t.check("sysstop.enter-exit-indistinct", "messages of both stops", (Ok(1), Ok(2)), apart);
            t.cont()?.ends(ENTER, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "option_set_at_a_stop",
        title: "TRACESYSGOOD set or cleared at a syscall-stop changes the next stop, not this one.",
        clauses: &[ENTER, EXIT, "sysstop.status", "sysstop.status-sysgood", "sysstop.sicode-syscall"],
        axes: &[ANY_START, axis::<Sysgood>(&["sysgood", "plain"])],
        program: |p| {
            p.call(Syscall::GETPID, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let first: Sysgood = t.pick()?;
            let (second, clause) = match first {
                Sysgood::On => (Sysgood::Off, "sysstop.status"),
                Sysgood::Off => (Sysgood::On, "sysstop.status-sysgood"),
            };
            t.change_options(first.options())?;
            let t = to_enter(t)?;
            t.change_options(second.options())?;
            let code = t.siginfo().map(|siginfo| siginfo.code);
            t.check("sysstop.sicode-syscall", "si_code of this stop", Ok(first.trap()), code);
            let t = to_exit(t)?;
            t.check(clause, "status", Status::stopped(second.trap(), Event(0)), t.status);
            t.cont()?.ends(ENTER, Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "sigtrap_of_a_program",
        title: "A SIGTRAP that the program sent itself has an si_code that no syscall-stop has.",
        clauses: &["sysstop.sicode-user", "sysstop.sysgood-reliable", "sysstop.status"],
        axes: &[ANY_START, axis::<Sysgood>(&["sysgood", "plain"])],
        program: |p| {
            p.raise(Signal::TRAP);
            p.exit(3);
        },
        scenario: |t| {
            t.change_options(t.pick::<Sysgood>()?.options())?;
            let t = t.cont()?.expect("sysstop.sicode-user", Stop::Signal(Signal::TRAP))?;
            let plain = Status::stopped(libc::SIGTRAP, Event(0));
            t.check("sysstop.sysgood-reliable", "status", plain, t.status);
            let code = t.siginfo().map(|siginfo| siginfo.code);
            t.check("sysstop.sicode-user", "si_code", Ok(libc::SI_TKILL), code);
            t.cont()?.ends("sysstop.status", Gone::Exited(3))?;
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "siginfo_written_at_a_stop",
        title: "PTRACE_SETSIGINFO at a syscall-stop succeeds and changes nothing of a signal that comes later.",
        clauses: &[ENTER, EXIT, "siginfo.set-only-normal-signals", "cmd.setsiginfo-silent-noop"],
        program: |p| {
            p.handle(Signal::USR1, 0);
            p.call(Syscall::GETPID, &[0; 0]);
            p.exit(3);
        },
        scenario: |t| {
            let t = to_enter(to_exit(to_enter(t)?)?)?;
            t.kill(Signal::USR1)?;
            let mut forged = [0; SIGINFO_SIZE];
            forged[0] = libc::SIGUSR1 as u8;
            forged[8] = 0x11;
            let answer = t.request(Request::SETSIGINFO, 0, Data::Buffer(&mut forged));
            t.check("cmd.setsiginfo-silent-noop", "PTRACE_SETSIGINFO", Ok(0), answer);
            let t = to_exit(t)?.syscall()?;
            let t = t.expect("siginfo.set-only-normal-signals", Stop::Signal(Signal::USR1))?;
            let task = t.resume(Resume::Cont, Signal::USR1)?.ends(ENTER, Gone::Exited(3))?;
            let (_, signal, code) = task.handled();
            task.check("siginfo.set-only-normal-signals", "signal in the handler", Signal::USR1, signal);
            task.check("siginfo.set-only-normal-signals", "si_code in the handler", libc::SI_USER, code);
            Ok(())
        },
        ..Case::NEW
    },
];

fn check_siginfo(t: &Stopped, sysgood: Sysgood) {
    let siginfo = t.siginfo();
    t.check("sysstop.siginfo", "si_signo", Ok(Signal::TRAP), siginfo.map(|siginfo| siginfo.signal));
    t.check("sysstop.sicode-syscall", "si_code", Ok(sysgood.trap()), siginfo.map(|siginfo| siginfo.code));
    t.check("sysstop.siginfo-own-id", "si_errno", Ok(0), siginfo.map(|siginfo| siginfo.errno));
    t.check("sysstop.siginfo-own-id", "si_pid", Ok(Pid(t.pid)), siginfo.map(|siginfo| Pid(siginfo.pid)));
}

fn siginfo_bytes(t: &Stopped) -> Result<[u8; SIGINFO_SIZE], Errno> {
    let mut bytes = [0; SIGINFO_SIZE];
    t.request(Request::GETSIGINFO, 0, Data::Buffer(&mut bytes)).map(|_| bytes)
}
