//! Every typed request once, on a real tracee: arguments go where they belong and answers are read right.

use ptrace_conformance_harness::case::{Case, Family, Start, all_variants, axis};
use ptrace_conformance_harness::context::Flow;
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::kernel::Kernel;
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::record::Verdict;
use ptrace_conformance_harness::run::{be_plain, run_case};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Resume, Stopped};

/// Runs a scenario under every start and wants it to conform.
fn check(case: &'static Case) {
    be_plain();
    let family = Family { name: "test", title: "", cases: Box::leak(Box::new([std::slice::from_ref(case)])) };
    for (name, variant) in all_variants(std::slice::from_ref(Box::leak(Box::new(family)))) {
        let record = run_case(&name, variant, Kernel::new(true, None));
        assert_eq!(record.verdict, Verdict::Conforms, "{}\n{}", record.reason, record.journal.join("\n"));
    }
}

const CASE: Case = Case { clauses: &["c"], ..Case::NEW };

#[test]
fn memory() {
    check(&Case { scenario: |t| memory_scenario(&t), ..CASE });
}

fn memory_scenario(t: &Stopped) -> Flow {
    let address = label::PROGRAM;
    t.check("c", "poke", Ok(()), t.poke(address, 7));
    t.check("c", "peek", Ok(7), t.peek(address));
    t.check("c", "peek nowhere", Err(Errno::EIO), t.peek(8));
    Ok(())
}

#[test]
fn masks_and_pending_signals() {
    check(&Case {
        program: |p| {
            p.block(&[Signal::USR1, Signal(40)]);
            p.raise(Signal(40));
            p.breakpoint();
        },
        scenario: |t| {
            let t = t.cont()?.expect("c", Stop::Signal(Signal::TRAP))?;
            t.check("c", "mask", Ok(1 << 9 | 1 << 39), t.signal_mask());
            let pending = t.pending(false).map(|all| all.iter().map(|info| info.signal).collect::<Vec<_>>());
            t.check("c", "pending", Ok(vec![Signal(40)]), pending);
            t.check("c", "pending in the process", Ok(0), t.pending(true).map(|all| all.len()));
            t.check("c", "set mask", Ok(()), t.set_signal_mask(1 << 9));
            let t = t.cont()?.expect("c", Stop::Signal(Signal(40)))?;
            t.check("c", "siginfo", Ok(-6), t.siginfo().map(|info| info.code));
            Ok(())
        },
        ..CASE
    });
}

#[test]
fn siginfo_written_is_siginfo_read() {
    check(&Case {
        program: |p| {
            p.handle(Signal::USR1, 0);
            p.raise(Signal::USR1);
            p.exit(0);
        },
        scenario: |t| {
            let t = t.cont()?.expect("c", Stop::Signal(Signal::USR1))?;
            let mut bytes = [0; 128];
            bytes[0] = libc::SIGUSR1 as u8;
            bytes[8..12].copy_from_slice(&(-77_i32).to_ne_bytes());
            t.check("c", "set", Ok(()), t.set_siginfo(&bytes));
            t.check("c", "code", Ok(-77), t.siginfo().map(|info| info.code));
            let running = t.resume(Resume::Cont, Signal::USR1)?;
            let task = running.ends("c", Gone::Exited(0))?;
            let (times, signal, code) = task.handled();
            task.check("c", "handler", (1, Signal::USR1), (times as i32, signal));
            task.check("c", "code in the handler", -77, code);
            Ok(())
        },
        ..CASE
    });
}

#[test]
fn filters_restartable_sequences_and_dispatch() {
    check(&Case {
        program: |p| {
            p.filter(Syscall::GETUID, libc::SECCOMP_RET_ERRNO | 5);
            p.breakpoint();
        },
        scenario: |t| {
            t.check("c", "no filter", Err(Errno::EINVAL), t.filter(0).map(drop));
            let t = t.cont()?.expect("c", Stop::Signal(Signal::TRAP))?;
            let (filter, flags) = (t.filter(0), t.filter_flags(0));
            // Only an administrator may look at filters.
            let allowed = filter != Err(Errno(libc::EACCES));
            t.check(
                "c",
                "filter",
                if allowed { Ok(4) } else { Err(Errno(libc::EACCES)) },
                filter.map(|f| f.len()),
            );
            t.check("c", "flags", if allowed { Ok(0) } else { Err(Errno(libc::EACCES)) }, flags);
            t.check("c", "rseq", Ok((0_u64, 0_u32)), t.rseq().map(|rseq| (rseq.area, rseq.flags)));
            let dispatch = if cfg!(target_arch = "x86_64") { Ok(0) } else { Err(Errno::EINVAL) };
            t.check("c", "dispatch", dispatch, t.dispatch().map(|config| config.mode));
            t.check("c", "set dispatch", dispatch.map(drop), t.set_dispatch(Default::default()));
            Ok(())
        },
        ..CASE
    });
}

#[cfg(target_arch = "x86_64")]
#[test]
fn the_user_area_and_whole_structures() {
    use ptrace_conformance_harness::arch;
    use ptrace_conformance_harness::request::Request;
    check(&Case {
        scenario: |t| {
            let registers = t.registers()?;
            t.check("c", "peek user", Ok(registers.sp()), t.peek_user(arch::SP as u64 * 8));
            t.check("c", "poke user", Ok(()), t.poke_user(0, 15));
            let mut bytes = [0; 27 * 8];
            t.check("c", "structure", Ok(()), t.structure(Request::GETREGS, &mut bytes));
            t.check("c", "r15", 15, bytes[0]);
            t.check("c", "set structure", Ok(()), t.set_structure(Request::SETREGS, &bytes));
            t.check("c", "no such structure", Err(Errno::EIO), t.structure(Request::GETFPXREGS, &mut bytes));
            const ARCH_SET_FS: u64 = 0x1002;
            const ARCH_GET_FS: u64 = 0x1003;
            t.check("c", "set fs", Ok(()), t.arch_prctl_set(ARCH_SET_FS, 0x1234));
            t.check("c", "get fs", Ok(0x1234), t.arch_prctl_get(ARCH_GET_FS));
            t.check("c", "fs_base", Some(0x1234), t.registers()?.named("fs_base"));
            t.check("c", "thread area", Err(Errno::EINVAL), t.thread_area(0).map(drop));
            t.check("c", "set thread area", Err(Errno::EINVAL), t.set_thread_area(0, &[0; 16]));
            Ok(())
        },
        ..CASE
    });
}

#[cfg(target_arch = "aarch64")]
#[test]
fn memory_without_tags() {
    check(&Case {
        scenario: |t| {
            let address = label::PROGRAM;
            t.check("c", "tags", Err(Errno::EIO), t.peek_tags(address, &mut [0]));
            t.check("c", "set tags", Err(Errno::EIO), t.poke_tags(address, &[0]));
            Ok(())
        },
        ..CASE
    });
}

#[test]
fn listening_and_killing() {
    check(&Case {
        axes: const { &[axis::<Start>(&["seize"])] },
        program: |p| {
            p.raise(Signal::STOP);
            p.spin();
        },
        scenario: |t| {
            let t = t.cont()?.expect("c", Stop::Signal(Signal::STOP))?;
            let t = t.resume(Resume::Cont, Signal::STOP)?.expect("c", Stop::EventStop(Signal::STOP))?;
            let t = t.listen()?;
            t.interrupt()?;
            let t = t.expect("c", Stop::EventStop(Signal::STOP))?;
            t.kill_by_ptrace()?.ends("c", Gone::Killed(Signal::KILL, false))?;
            Ok(())
        },
        ..CASE
    });
}
