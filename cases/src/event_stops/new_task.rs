//! What the tracer finds at the first stop of a new task.

use super::axes::{CHILD_ENDS, EVENTS, MAKERS, Maker, PARENT_ENDS, SOME_MAKERS, makes_a_task};
use super::look;
use super::tasks::{END, EVENT, TRACED, child_ends, parent_ends, to_event, to_first_stop};
use ptrace_conformance_harness::arch::{self, Registers};
use ptrace_conformance_harness::case::{ANY_START, Arch, Case, Start, axis};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::kernel::Data;
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::request::{Event, Request, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Status, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Stopped};
use ptrace_conformance_harness::values::{Address, Pid, Return, Word};

pub(super) const CASES: &[Case] = &[
    Case {
        name: "new_task_first_stop",
        title: "A new task begins with a SIGSTOP, or with PTRACE_EVENT_STOP if its maker was seized.",
        clauses: &[
            EVENT,
            TRACED,
            END,
            "clone.ret-tid",
            "attach.auto-attach-sigstop",
            "seize.children-event-stop",
        ],
        axes: &[ANY_START, MAKERS],
        options: EVENTS,
        program: makes_a_task,
        scenario: |t| {
            let (t, child) = both_stopped(t)?;
            let (clause, expected) = match t.start {
                Start::Seize => ("seize.children-event-stop", Status::stopped(libc::SIGTRAP, Event::STOP)),
                _ => ("attach.auto-attach-sigstop", Status::stopped(libc::SIGSTOP, Event(0))),
            };
            child.check(clause, "status", expected, child.status);
            go_on(t, child)
        },
        ..Case::NEW
    },
    Case {
        name: "new_task_siginfo",
        title: "Siginfo at the first stop: a SIGSTOP from nobody, or SIGTRAP and PTRACE_EVENT_STOP with the task's own id.",
        clauses: &[
            EVENT,
            TRACED,
            END,
            "clone.ret-tid",
            "newtask.sigstop-siginfo",
            "event.siginfo",
            "inside.siginfo-own-id",
        ],
        axes: &[ANY_START, SOME_MAKERS],
        options: EVENTS,
        program: makes_a_task,
        scenario: |t| {
            let (t, child) = both_stopped(t)?;
            match child.start {
                Start::Seize => look::status(&child, Event::STOP),
                _ => {
                    let siginfo = child.siginfo();
                    let kind = siginfo.map(|siginfo| (siginfo.signal, siginfo.code));
                    let sender = siginfo.map(|siginfo| (Pid(siginfo.pid), siginfo.uid));
                    let clause = "newtask.sigstop-siginfo";
                    child.check(clause, "si_signo and si_code", Ok((Signal::STOP, libc::SI_USER)), kind);
                    child.check(clause, "si_pid and si_uid", Ok((Pid(0), 0)), sender);
                }
            }
            go_on(t, child)
        },
        ..Case::NEW
    },
    Case {
        name: "new_task_registers",
        title: "A new task begins behind the call that made it, with result 0, its own stack if it was given one, and all else like its maker.",
        clauses: &[EVENT, TRACED, END, "clone.ret-tid", "newtask.registers"],
        axes: &[ANY_START, MAKERS],
        options: EVENTS,
        program: makes_a_task,
        scenario: |t| {
            let (t, child) = both_stopped(t)?;
            let (maker, child_has) = (t.registers()?, child.registers()?);
            let clause = "newtask.registers";
            child.check(clause, "result register", Return(0), Return(child_has.result()));
            child.check(clause, "ip", Address(label::SYSCALL_RETURN), Address(child_has.ip()));
            let sp = stack_pointer(&t, &maker)?;
            child.check(clause, "stack pointer", sp.map(Word), Ok(Word(child_has.sp())));
            let own_stack = sp != Ok(maker.sp());
            let differing = [(arch::RESULT, true), (arch::SP, own_stack)];
            let mut differing: Vec<_> =
                differing.iter().filter(|(_, differs)| *differs).map(|d| d.0).collect();
            differing.sort_unstable();
            let differing: Vec<_> = differing.iter().map(|&index| arch::NAMES[index]).collect();
            child.check(clause, "registers unlike its maker's", differing, child_has.differing(&maker));
            go_on(t, child)
        },
        ..Case::NEW
    },
    Case {
        name: "new_task_has_its_makers_registers",
        title: "The program finds the same registers in a new task as in its maker, but for result and stack pointer.",
        clauses: &[EVENT, TRACED, END, "clone.ret-tid", "newtask.registers"],
        axes: &[ANY_START, MAKERS],
        options: EVENTS,
        program: makes_a_task,
        scenario: |t| {
            let (t, child) = both_stopped(t)?;
            let child = child_ends(child)?;
            let t = t.cont()?.ends(END, Gone::Exited(PARENT_ENDS))?;
            let maker: Maker = t.pick()?;
            let (of_maker, of_child) = (t.saved(maker.step())?, child.saved("child")?);
            let own = [arch::NAMES[arch::RESULT], arch::NAMES[arch::SP]];
            let differing: Vec<_> = arch::SAVED
                .iter()
                .enumerate()
                .filter(|&(index, name)| of_maker[index] != of_child[index] && !own.contains(name))
                .map(|(_, name)| *name)
                .collect();
            child.check("newtask.registers", "registers unlike its maker's", vec![], differing);
            t.check_saw_pid("clone.ret-tid", maker.step(), &child)
        },
        ..Case::NEW
    },
    Case {
        name: "new_task_syscall_info",
        title: "The first stop is no syscall-stop; yet orig_rax still has the creating call's number on x86_64, and aarch64 has forgotten it.",
        clauses: &[
            EVENT,
            TRACED,
            END,
            "clone.ret-tid",
            "newtask.number",
            "sysinfo.none-elsewhere",
            "sysinfo.common-fields-all-ops",
        ],
        axes: &[ANY_START, MAKERS],
        options: EVENTS,
        program: makes_a_task,
        scenario: |t| {
            let (t, child) = both_stopped(t)?;
            look::no_syscall_info(&child)?;
            let number = if Arch::HERE == Arch::X86_64 { t.pick::<Maker>()?.number() } else { u64::MAX };
            child.check("newtask.number", "system call", Return(number), Return(child.syscall_number()?));
            let result = Return(child.registers()?.result());
            child.check("clone.ret-tid", "result register", Return(0), result);
            go_on(t, child)
        },
        ..Case::NEW
    },
    Case {
        name: "new_task_inherits_options",
        title: "A new task has its maker's options: its own calls are marked by TRACESYSGOOD, its own fork is an event.",
        clauses: &[EVENT, TRACED, END, "clone.ret-tid", "cmd.options-inherited", "sysstop.entry"],
        axes: &[ANY_START, axis::<Maker>(&["vfork", "cloneprocess", "clonethread"])],
        options: EVENTS,
        program: |p| {
            let maker: Maker = p.pick();
            p.block(&[Signal::CHLD]);
            maker.make(p, |child| {
                child.call(Syscall::GETTID, &[0; 0]);
                child.fork("grandchild", |grandchild| {
                    grandchild.exit(CHILD_ENDS.into());
                });
                child.exit_thread(CHILD_ENDS.into());
            });
            p.exit(PARENT_ENDS.into());
        },
        scenario: |t| {
            let (t, child) = both_stopped(t)?;
            let child = child.syscall()?.expect("sysstop.entry", Stop::SyscallEnter)?;
            let marked = Status::stopped(libc::SIGTRAP | 0x80, Event(0));
            child.check("cmd.options-inherited", "status", marked, child.status);
            let child = child.cont()?.expect("cmd.options-inherited", Stop::Event(Event::FORK))?;
            child_ends(to_first_stop(child.new_task("grandchild")?)?)?;
            go_on(t, child)
        },
        ..Case::NEW
    },
    Case {
        name: "options_are_each_tasks_own",
        title: "Options changed behind the event count for the changed task alone.",
        clauses: &[
            EVENT,
            TRACED,
            END,
            "clone.ret-tid",
            "cmd.setoptions-one-tracee",
            "sysstop.entry",
            "inside.exit-stop-follows",
        ],
        axes: &[ANY_START, SOME_MAKERS],
        options: EVENTS,
        program: makes_a_task,
        scenario: |t| {
            let (t, child) = both_stopped(t)?;
            t.change_options(options::TRACEFORK | options::TRACEVFORK | options::TRACECLONE)?;
            let child = child.syscall()?.expect("sysstop.entry", Stop::SyscallEnter)?;
            let marked = Status::stopped(libc::SIGTRAP | 0x80, Event(0));
            child.check("cmd.setoptions-one-tracee", "status", marked, child.status);
            let child = child_ends(child)?;
            let t = t.syscall()?.expect("inside.exit-stop-follows", Stop::SyscallExit)?;
            let plain = Status::stopped(libc::SIGTRAP, Event(0));
            t.check("cmd.setoptions-one-tracee", "status", plain, t.status);
            parent_ends(t.cont()?, &child)
        },
        ..Case::NEW
    },
    Case {
        name: "new_task_is_seized_like_its_maker",
        title: "PTRACE_INTERRUPT stops the new task of a seized tracee, and is refused for that of any other.",
        clauses: &[EVENT, TRACED, "seize.inherited", "stop.signal.sigkill-no-stop"],
        options: EVENTS,
        program: |p| {
            p.fork("child", |child| {
                child.spin();
            });
            p.exit(PARENT_ENDS.into());
        },
        scenario: |t| {
            let t = t.cont()?.expect(EVENT, Stop::Event(Event::FORK))?;
            let child = to_first_stop(t.new_task("child")?)?.cont()?;
            let expected = if t.start == Start::Seize { Ok(()) } else { Err(Errno::EIO) };
            let answer = child.request(Request::INTERRUPT, 0, Data::Word(0)).map(drop);
            child.check("seize.inherited", "PTRACE_INTERRUPT", expected, answer);
            let child = match answer {
                Ok(()) => child.expect("seize.inherited", Stop::EventStop(Signal::TRAP))?.left_alone(),
                Err(_) => child,
            };
            child.kill(Signal::KILL)?;
            child.ends("stop.signal.sigkill-no-stop", Gone::Killed(Signal::KILL, false))?;
            t.kill(Signal::KILL)?;
            t.left_alone().ends("stop.signal.sigkill-no-stop", Gone::Killed(Signal::KILL, false))?;
            Ok(())
        },
        ..Case::NEW
    },
];

/// Both tasks: the maker at the event, the new one at its first stop.
pub(super) fn both_stopped(t: Stopped) -> Flow<(Stopped, Stopped)> {
    let t = to_event(t)?;
    let child = to_first_stop(t.new_task("child")?)?;
    Ok((t, child))
}

/// Both to their ends, the new task first.
pub(super) fn go_on(t: Stopped, child: Stopped) -> Flow {
    let child = child_ends(child)?;
    parent_ends(t.cont()?, &child)
}

/// The stack pointer that the call gives to its new task, or else its maker's.
fn stack_pointer(t: &Stopped, registers: &Registers) -> Flow<Result<u64, Errno>> {
    Ok(match t.pick()? {
        Maker::CloneThread | Maker::CloneVfork => Ok(registers.arg(1)),
        // struct clone_args: stack at 40, stack_size at 48.
        Maker::Clone3Thread => {
            t.peek(registers.arg(0) + 40).and_then(|base| Ok(base + t.peek(registers.arg(0) + 48)?))
        }
        _ => Ok(registers.sp()),
    })
}
