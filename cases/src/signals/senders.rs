//! Signals of every sender: the stop, what siginfo says field by field, and that the handler gets the same.

use super::told::{Origin, Told, tracer};
use ptrace_conformance_harness::case::{Axis, Case, Start, axis};
use ptrace_conformance_harness::made_siginfo::MadeSiginfo;
use ptrace_conformance_harness::program::{Arg, Program};
use ptrace_conformance_harness::request::Event;
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Status, Stop};
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Resume, Stopped};

/// Who sends a signal, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sender {
    Kill,
    Tgkill,
    Tkill,
    Queue,
    QueueToThread,
    OwnCode,
    Alarm,
    Timer,
    ThreadTimer,
    Child,
    Pipe,
    TracerKills,
    TracerTgkills,
    TracerQueues,
    TracerQueuesToThread,
}

impl Axis for Sender {
    const VALUES: &'static [(&'static str, Self)] = &[
        ("kill", Sender::Kill),
        ("tgkill", Sender::Tgkill),
        ("tkill", Sender::Tkill),
        ("queue", Sender::Queue),
        ("threadqueue", Sender::QueueToThread),
        ("owncode", Sender::OwnCode),
        ("alarm", Sender::Alarm),
        ("timer", Sender::Timer),
        ("threadtimer", Sender::ThreadTimer),
        ("child", Sender::Child),
        ("pipe", Sender::Pipe),
        ("tracerkill", Sender::TracerKills),
        ("tracertgkill", Sender::TracerTgkills),
        ("tracerqueue", Sender::TracerQueues),
        ("tracerthreadqueue", Sender::TracerQueuesToThread),
    ];
}

const STOPS: &str = "stop.signal.reported-via-waitpid";
const TELLS: &str = "siginfo.get-at-signal-stop";
const SENT: &str = "sigaction.kill-si-fields";
const MADE: &str = "siginfo.sigqueueinfo-visible";
const DELIVERED: &str = "inject.nonzero-delivers";
const NOT_YET: &str = "stop.signal.not-yet-delivered";
/// A real-time signal.
const REAL_TIME: Signal = Signal(40);
const VALUE: u64 = 0x1234_5678_9abc_def0;
/// What a sender that makes up a siginfo writes where the kernel would write the sender's ids.
const ORIGIN: u64 = 0x0000_2345_0000_6789;
const CHILD_ENDS: u64 = 5;

pub(super) const CASES: &[Case] = &[Case {
    name: "sent_signal",
    title: "A signal of any sender stops its target before anything happens, PTRACE_GETSIGINFO tells of the sender, and the handler gets the same siginfo.",
    clauses: &[STOPS, TELLS, SENT, MADE, DELIVERED, NOT_YET],
    axes: &[
        axis::<Start>(&["seize"]),
        axis::<Sender>(&[
            "kill",
            "tgkill",
            "tkill",
            "queue",
            "threadqueue",
            "owncode",
            "alarm",
            "timer",
            "threadtimer",
            "child",
            "pipe",
            "tracerkill",
            "tracertgkill",
            "tracerqueue",
            "tracerthreadqueue",
        ]),
    ],
    program: |p| {
        let sender: Sender = p.pick();
        p.handle(sender.signal(), 0);
        sender.program(p);
        p.exit(3);
    },
    scenario: |t| {
        let sender: Sender = t.pick()?;
        let signal = sender.signal();
        let t = sender.send(t)?.cont()?.expect(STOPS, Stop::Signal(signal))?;
        t.check(STOPS, "status", Status::stopped(signal.0, Event(0)), t.status);
        t.check(NOT_YET, "runs of the handler", 0, t.handled().0);
        let told = sender.told(&t)?;
        told.check(sender.clause(), &t);
        t.set_word(1, 1);
        let t = t.resume(Resume::Cont, signal)?.ends(DELIVERED, Gone::Exited(3))?;
        told.check_only_run(DELIVERED, &t);
        Ok(())
    },
    ..Case::NEW
}];

impl Sender {
    const fn signal(self) -> Signal {
        match self {
            Sender::Alarm => Signal(libc::SIGALRM),
            Sender::Child => Signal::CHLD,
            Sender::Pipe => Signal(libc::SIGPIPE),
            Sender::Queue | Sender::QueueToThread | Sender::TracerQueues | Sender::TracerQueuesToThread => {
                REAL_TIME
            }
            _ => Signal::USR1,
        }
    }

    const fn clause(self) -> &'static str {
        match self {
            Sender::Kill | Sender::Tgkill | Sender::Tkill | Sender::TracerKills | Sender::TracerTgkills => {
                SENT
            }
            Sender::Queue | Sender::QueueToThread | Sender::OwnCode => MADE,
            Sender::TracerQueues | Sender::TracerQueuesToThread => MADE,
            Sender::Alarm | Sender::Timer | Sender::ThreadTimer | Sender::Child | Sender::Pipe => TELLS,
        }
    }

    /// A siginfo that the sender makes up.
    const fn made(self) -> MadeSiginfo {
        let (errno, code) = if matches!(self, Sender::OwnCode) { (77, -60) } else { (0, libc::SI_QUEUE) };
        MadeSiginfo { signal: self.signal(), errno, code, origin: ORIGIN, value: VALUE }
    }

    /// Brings it about, or stops for the tracer to do so.
    fn program(self, p: &mut Program) {
        let signal = Arg::Word(self.signal().0 as u64);
        match self {
            Sender::Kill => {
                let pid = p.call(Syscall::GETPID, &[0; 0]);
                p.call(Syscall::KILL, &[pid.into(), signal]);
            }
            Sender::Tgkill => {
                p.raise(self.signal());
            }
            Sender::Tkill => {
                let tid = p.call(Syscall::GETTID, &[0; 0]);
                p.call(Syscall::TKILL, &[tid.into(), signal]);
            }
            Sender::Queue | Sender::OwnCode => {
                let made = p.data(&self.made().words());
                let pid = p.call(Syscall::GETPID, &[0; 0]);
                p.call(Syscall::RT_SIGQUEUEINFO, &[pid.into(), signal, made.into()]);
            }
            Sender::QueueToThread => {
                let made = p.data(&self.made().words());
                let pid = p.call(Syscall::GETPID, &[0; 0]);
                p.call(Syscall::RT_TGSIGQUEUEINFO, &[pid.into(), pid.into(), signal, made.into()]);
            }
            Sender::Alarm => {
                // struct itimerval: no interval, one microsecond.
                let time = p.data(&[0, 0, 0, 1]);
                p.call(Syscall::SETITIMER, &[libc::ITIMER_REAL as u64, time, 0]);
                p.await_word(Program::shared(1));
            }
            Sender::Timer => timer(p, libc::SIGEV_SIGNAL),
            Sender::ThreadTimer => timer(p, libc::SIGEV_THREAD_ID),
            Sender::Child => {
                let child = p.fork("child", |p| {
                    p.await_word(Program::shared(2));
                    p.exit(CHILD_ENDS);
                });
                p.store(Program::shared(2), 1);
                p.await_word(Program::shared(1));
                p.wait4(child, 3, 0);
            }
            Sender::Pipe => {
                p.call(Syscall::PIPE2, &[Program::shared(0), 0]);
                p.call(Syscall::CLOSE, &[4]);
                p.call(Syscall::WRITE, &[5, Program::shared(1), 1]);
            }
            _ => {
                p.breakpoint();
            }
        }
    }

    /// Has the tracer send it, where it does.
    fn send(self, t: Stopped) -> Flow<Stopped> {
        if !matches!(
            self,
            Sender::TracerKills | Sender::TracerTgkills | Sender::TracerQueues | Sender::TracerQueuesToThread
        ) {
            return Ok(t);
        }
        let t = t.cont()?.expect(STOPS, Stop::Signal(Signal::TRAP))?;
        t.pass_breakpoint()?;
        match self {
            Sender::TracerKills => t.kill(self.signal())?,
            Sender::TracerTgkills => t.kill_thread(t.pid, self.signal())?,
            Sender::TracerQueues => t.queue(self.made())?,
            _ => t.queue_to_thread(t.pid, self.made())?,
        }
        Ok(t)
    }

    fn told(self, t: &Stopped) -> Flow<Told> {
        let signal = self.signal();
        let told = |code, origin| Told::new(signal, code, origin);
        Ok(match self {
            Sender::Kill | Sender::Pipe => Told::killed(signal, t.pid),
            Sender::Tgkill | Sender::Tkill => Told::thread_killed(signal, t.pid),
            Sender::TracerKills => Told::killed(signal, tracer()),
            Sender::TracerTgkills => Told::thread_killed(signal, tracer()),
            Sender::Alarm => told(libc::SI_KERNEL, Origin::Nobody),
            Sender::Timer | Sender::ThreadTimer => told(libc::SI_TIMER, Origin::Timer(t.word(0), VALUE)),
            Sender::Child => {
                let child = t.saw("fork")?.unwrap_or_default();
                told(libc::CLD_EXITED, Origin::Child(child, CHILD_ENDS))
            }
            _ => {
                let made = self.made();
                Told { errno: made.errno, ..told(made.code, Origin::Words(ORIGIN, VALUE)) }
            }
        })
    }
}

/// A timer that is up at once, for the process or for its only thread.
fn timer(p: &mut Program, notify: i32) {
    // struct sigevent: value, number and way, thread.
    let event = p.data(&[VALUE, Signal::USR1.0 as u64 | (notify as u64) << 32, 0, 0, 0, 0, 0, 0]);
    // struct itimerspec: no interval, one nanosecond.
    let time = p.data(&[0, 0, 0, 1]);
    let thread = p.call(Syscall::GETTID, &[0; 0]);
    p.store(event + 16, thread);
    p.call(Syscall::TIMER_CREATE, &[libc::CLOCK_MONOTONIC as u64, event, Program::shared(0)]);
    let id = p.load(Program::shared(0));
    p.call(Syscall::TIMER_SETTIME, &[id.into(), Arg::Word(0), time.into(), Arg::Word(0)]);
    p.await_word(Program::shared(1));
}
