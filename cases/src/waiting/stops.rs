//! What waitid tells of each kind of stop, and that a stop is told once.

use super::way::{Call, END, Kind, SIGNAL, consume, finish, nothing, program, stop, to_stop};
use ptrace_conformance_harness::case::{Case, Start, axis};
use ptrace_conformance_harness::program::Program;
use ptrace_conformance_harness::request::options;
use ptrace_conformance_harness::status::Stop;
use ptrace_conformance_harness::tracee::{Flow, Running, Stopped};
use ptrace_conformance_harness::values::Pid;
use ptrace_conformance_harness::waiting::{Code, Told, Which};

const ONCE: &str = "wait.stop-reported-by-wait-family";
const NOWAIT: &str = "wait.waitid.wnowait";
const KINDS: &str = "stop.differentiate";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "waitid_of_a_stop",
        title: "waitid tells of every ptrace-stop with CLD_TRAPPED and the whole stop code, and with WNOWAIT leaves it to be waited for once.",
        clauses: &[
            SIGNAL,
            END,
            ONCE,
            NOWAIT,
            KINDS,
            "stop.kinds",
            "wait.waitid.si-signo",
            "wait.waitid.cld-trapped",
            "wait.waitid.si-status-event",
            "wait.waitid.si-pid-uid",
            "wait.waitid.p-pid",
            "wait.waitid.wstopped",
            "wait.waitid.si-status",
        ],
        axes: &[
            axis::<Start>(&["traceme", "seize"]),
            axis::<Kind>(&["signal", "group", "syscall", "plainsyscall", "event"]),
            axis::<Call>(&["wait4", "waitid"]),
        ],
        ..LOOKED_AT
    },
    Case {
        name: "waitid_of_an_interrupt",
        title: "The same for the stop after PTRACE_INTERRUPT, which is an event.",
        clauses: &[
            END,
            ONCE,
            NOWAIT,
            KINDS,
            "stop.kinds",
            "wait.waitid.si-signo",
            "wait.waitid.cld-trapped",
            "wait.waitid.si-status-event",
            "wait.waitid.si-pid-uid",
            "wait.waitid.p-pid",
            "wait.waitid.wstopped",
        ],
        axes: &[
            axis::<Start>(&["seize"]),
            axis::<Kind>(&["interrupted"]),
            axis::<Call>(&["wait4", "waitid"]),
        ],
        ..LOOKED_AT
    },
    Case {
        name: "nothing_to_tell",
        title: "While a tracee runs, waits with WNOHANG return 0 and waitid clears si_signo and si_pid.",
        clauses: &["wait.ret.wnohang-zero", "wait.waitid.wnohang-none", END],
        program: |p| {
            p.await_word(Program::shared(0));
            p.exit(3);
        },
        scenario: |t| {
            let t = t.cont()?;
            let answer = t.wait4(t.pid, libc::WNOHANG | libc::WUNTRACED | libc::WCONTINUED);
            t.check("wait.ret.wnohang-zero", "wait4", Ok(None), answer);
            let every = libc::WSTOPPED | libc::WEXITED | libc::WCONTINUED;
            let answer = t.waitid(Which::pid(t.pid), every | libc::WNOHANG);
            t.check("wait.waitid.wnohang-none", "waitid", Ok(None), answer);
            t.set_word(0, 1);
            t.ends(END, super::way::ENDS)?;
            Ok(())
        },
        ..Case::NEW
    },
];

/// What the two have in common.
const LOOKED_AT: Case = Case {
    options: options::TRACESYSGOOD,
    program,
    scenario: |t| {
        let t = to_stop(t)?;
        let (stop, code) = stop(&t)?;
        look(&t, code)?;
        let t = consume(t, ONCE, code, 0)?;
        t.check(KINDS, "stop", stop, t.stop);
        once(t)
    },
    ..Case::NEW
};

/// A look that leaves the stop there: field by field the first time.
fn look(t: &Running, code: i32) -> Flow {
    let pid = Which::pid(t.pid);
    let first = t.waitid(pid, libc::WSTOPPED | libc::WNOWAIT);
    let field = |field: fn(Told) -> i32| first.map(|told| told.map(field));
    let expected = Told::of(t, libc::CLD_TRAPPED, code);
    t.check(
        "stop.kinds",
        "what waitid says is a stop",
        Ok(Some(true)),
        first.map(|told| told.map(is_a_stop)),
    );
    t.check("wait.waitid.si-signo", "si_signo", Ok(Some(libc::SIGCHLD)), field(|told| told.signal.0));
    let code = |code| Ok(Some(Code(code)));
    let told = field(|told| told.code).map(|told| told.map(Code));
    t.check("wait.waitid.cld-trapped", "si_code", code(libc::CLD_TRAPPED), told);
    let event = matches!(t.pick()?, Kind::Event | Kind::Interrupted);
    let clause = if event { "wait.waitid.si-status-event" } else { "wait.waitid.si-status" };
    t.check(clause, "si_status", Ok(Some(expected.status)), field(|told| told.status));
    let told = first.map(|told| told.map(|told| told.pid));
    t.check("wait.waitid.p-pid", "si_pid", Ok(Some(Pid(t.pid))), told);
    t.check("wait.waitid.si-pid-uid", "waitid", Ok(Some(expected)), first);
    let second = t.waitid(pid, libc::WSTOPPED | libc::WNOWAIT | libc::WNOHANG);
    t.check(NOWAIT, "second waitid", Ok(Some(expected)), second);
    t.check(
        "wait.waitid.wstopped",
        "third waitid",
        Ok(Some(expected)),
        t.waitid(pid, libc::WSTOPPED | libc::WNOWAIT),
    );
    Ok(())
}

fn is_a_stop(told: Told) -> bool {
    matches!(told.code, libc::CLD_TRAPPED | libc::CLD_STOPPED)
}

/// Nothing more is told, not even that the tracee is in the stop still, until it goes on.
fn once(t: Stopped) -> Flow {
    nothing(&t, ONCE, "after the stop was told");
    match t.stop {
        Stop::Odd(_) => Ok(()),
        _ => finish(t),
    }
}
