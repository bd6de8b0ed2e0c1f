//! Cases that misbehave, each in its own way.

use crate::os;
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, getpid, getppid, pause};
use ptrace_conformance_harness::case::{Case, Dimension, Family, Registry, Start, axis};
use ptrace_conformance_harness::context::Flow;
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal as AnySignal;
use ptrace_conformance_harness::status::{Gone, Status, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Stopped, Task};
use std::fs::OpenOptions;
use std::io::Write;

pub const REGISTRY: Registry = &[Family { name: "worker", title: "Cases that misbehave.", cases: &[CASES] }];

/// Full name of the case of this name.
pub fn full(name: &str) -> String {
    format!("worker::{name}::traceme")
}

const CLAUSE: &str = "test.test";
const ONE: &[Dimension] = &[axis::<Start>(&["traceme"])];
const EXITS: fn(&mut Program) = |p| {
    p.exit(0);
};
const SETSID: Syscall = Syscall::numbered(libc::SYS_setsid as u64, "setsid");

const fn case(name: &'static str, program: fn(&mut Program), scenario: fn(Stopped) -> Flow) -> Case {
    Case { name, title: "Misbehaves.", clauses: &[CLAUSE], axes: ONE, program, scenario, ..Case::NEW }
}

const CASES: &[Case] = &[
    case("well", EXITS, |t| t.cont()?.ends(CLAUSE, Gone::Exited(0)).map(drop)),
    case("tells", EXITS, |t| {
        tell(&t, 0);
        t.cont()?.ends(CLAUSE, Gone::Exited(0)).map(drop)
    }),
    case("hangs", EXITS, |t| {
        tell(&t, 0);
        loop {
            pause();
        }
    }),
    case("waits", |p| _ = p.sleep(), wait_for_ever),
    case("spins", |p| _ = p.spin(), wait_for_ever),
    case("panics", EXITS, |_| panic!("no way")),
    case("aborts", EXITS, |_| std::process::abort()),
    case("exits", EXITS, |_| std::process::exit(7)),
    case("kills_itself", EXITS, |_| send(Signal::SIGKILL, getpid())),
    case("kills_guardian", EXITS, |_| send(Signal::SIGKILL, getppid())),
    case("ends_guardian", EXITS, |_| send(Signal::SIGTERM, getppid())),
    case("stops_guardian", EXITS, |t| {
        tell(&t, 0);
        send(Signal::SIGSTOP, getppid())
    }),
    case("leaves_escaped", escape, |t| {
        let t = t.cont()?.ends(CLAUSE, Gone::Exited(0))?;
        tell(&t, t.word(1));
        Ok(())
    }),
    case("hangs_with_escaped", escape, |t| {
        let t = t.cont()?.ends(CLAUSE, Gone::Exited(0))?;
        tell(&t, t.word(1));
        loop {
            pause();
        }
    }),
    case("leaves_stopped", stopped_child, |t| {
        let t = t.cont()?.ends(CLAUSE, Gone::Exited(0))?;
        tell(&t, t.word(1));
        Ok(())
    }),
    Case {
        options: options::TRACEFORK | options::TRACEEXIT,
        ..case("leaves_dying_tracee", forks, leave_at_exit)
    },
];

fn wait_for_ever(t: Stopped) -> Flow {
    tell(&t, 0);
    t.cont()?.ends(CLAUSE, Gone::Exited(0)).map(drop)
}

/// A grandchild that nobody traces leaves session and process group, and stays.
fn escape(p: &mut Program) {
    p.fork("grandchild", |p| {
        p.call(SETSID, &[0; 0]);
        let pid = p.call(Syscall::GETPID, &[0; 0]);
        p.store(Program::shared(1), pid);
        p.store(Program::shared(0), 1);
        p.sleep();
    });
    wait_for_word_and_exit(p);
}

/// A grandchild that nobody traces stops.
fn stopped_child(p: &mut Program) {
    p.block(&[AnySignal::CHLD]);
    let child = p.fork("grandchild", |p| {
        p.raise(AnySignal::STOP);
        p.exit(1);
    });
    p.store(Program::shared(1), child);
    p.call(Syscall::WAIT4, &[u64::MAX, 0, libc::WUNTRACED as u64, 0]);
    p.exit(0);
}

fn forks(p: &mut Program) {
    p.fork("child", |p| _ = p.exit(0));
    p.exit(0);
}

fn wait_for_word_and_exit(p: &mut Program) {
    p.await_word(Program::shared(0));
    p.exit(0);
}

/// The child is left in a stop of which the harness does not know, and in which SIGKILL has no effect.
fn leave_at_exit(t: Stopped) -> Flow {
    let t = t.cont()?.expect(CLAUSE, Stop::Event(Event::FORK))?;
    let child = t.message().unwrap() as i32;
    assert_eq!(os::wait_for(child), Status::stopped(libc::SIGSTOP, Event(0)).0);
    os::resume(child);
    assert_eq!(os::wait_for(child), Status::stopped(libc::SIGTRAP, Event::EXIT).0);
    tell(&t, child as u64);
    Ok(())
}

fn send(signal: Signal, to: Pid) -> Flow {
    kill(to, signal).unwrap();
    loop {
        pause();
    }
}

/// Tells the judge who is who: tracer process, guardian, keeper, tracee, and one that is left.
fn tell(task: &Task, left: u64) {
    let me = getpid().as_raw();
    let [guardian, keeper, _, judge] = ancestors(me);
    let mut ears = OpenOptions::new().write(true).open(format!("/proc/{judge}/fd/{}", os::EARS)).unwrap();
    let line = format!("{me} {guardian} {keeper} {} {left}\n", task.pid);
    ears.write_all(line.as_bytes()).unwrap();
}

fn ancestors<const COUNT: usize>(mut pid: i32) -> [i32; COUNT] {
    [(); COUNT].map(|()| {
        pid = parent_of(pid).unwrap();
        pid
    })
}

/// The parent of a process, if that exists.
pub fn parent_of(pid: i32) -> Option<i32> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    fields.split_ascii_whitespace().nth(1)?.parse().ok()
}
