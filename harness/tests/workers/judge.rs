//! The tests, each in a judge of its own.

use crate::os;
use crate::session::{Session, Who, descendant, kill_and_wait};
use nix::sys::prctl;
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;

/// No test may take longer, in seconds.
const PATIENCE: u32 = 120;
/// A time limit that no test reaches, in milliseconds.
const NEVER: &str = "ask 600000";
/// One that those reach that mean to.
const SOON: &str = "ask 300";

/// Name and test.
pub const TESTS: &[(&str, fn())] = &[
    ("a_case_that_hangs_costs_itself", hangs),
    ("a_case_that_ends_its_worker_costs_itself", ends_worker),
    ("a_case_that_ends_its_guardian_costs_itself", ends_guardian),
    ("a_case_that_stops_its_guardian_costs_itself", stops_guardian),
    ("an_unknown_case_costs_nothing", unknown),
    ("what_a_case_leaves_is_ended", leaves),
    ("a_worker_that_dies_idle_costs_nothing", dies_idle),
    ("a_killed_tracer_process_leaves_nothing", || killed(|who| who.tracer, KILLED_TRACER)),
    ("a_killed_guardian_leaves_nothing", || killed(|who| who.guardian, KILLED_GUARDIAN)),
    ("a_killed_keeper_is_not_missed", killed_keeper),
    ("a_killed_command_leaves_nothing", || killed_command(Signal::SIGKILL)),
    ("a_command_ended_by_ctrl_c_leaves_nothing", || killed_command(Signal::SIGINT)),
    ("a_terminated_command_leaves_nothing", || killed_command(Signal::SIGTERM)),
    ("a_command_that_is_hung_up_leaves_nothing", || killed_command(Signal::SIGHUP)),
    ("killed_at_any_time_a_command_leaves_nothing", chaos_command),
    ("killed_at_any_time_a_worker_costs_at_most_a_case", chaos_workers),
    ("all_cases_run_once_with_any_number_of_jobs", all),
    ("a_kernel_that_lacks_much_still_runs_cases", frugal),
];

/// Runs one of them.
pub fn run(name: &str) {
    os::default_signals();
    os::alarm(PATIENCE);
    prctl::set_child_subreaper(true).unwrap();
    let (_, test) = TESTS.iter().find(|(known, _)| *known == name).unwrap();
    test();
}

const WELL: &str = "conforms";
const LIMIT: &str = "broken time limit of 300ms: the worker was";
const KILLED_TRACER: &str = "broken the worker died: killed by SIGKILL, while it was";
const KILLED_GUARDIAN: &str = "broken the guardian was killed by SIGKILL";

fn hangs() {
    let mut session = Session::start(SOON);
    session.check("hangs", &format!("{LIMIT} running the scenario"));
    session.check("well", WELL);
    session.check("waits", &format!("{LIMIT} waiting for tracee"));
    session.check("spins", &format!("{LIMIT} waiting for tracee"));
    session.check("hangs_with_escaped", &format!("{LIMIT} running the scenario"));
    session.check("well", WELL);
    session.finish();
}

fn ends_worker() {
    let mut session = Session::start(NEVER);
    session.ask("panics");
    let answer = session.answer();
    assert!(answer.starts_with("broken the worker panicked at "), "{answer}");
    assert!(answer.ends_with(" no way"), "{answer}");
    session.check("well", WELL);
    let died = |how: &str| format!("broken the worker died: {how}, while it was running the scenario");
    session.check("aborts", &died("killed by SIGABRT"));
    session.check("exits", &died("exited with 7"));
    session.check("kills_itself", &died("killed by SIGKILL"));
    session.check("well", WELL);
    session.finish();
}

fn ends_guardian() {
    let mut session = Session::start(NEVER);
    session.check("kills_guardian", KILLED_GUARDIAN);
    session.check("well", WELL);
    session.check("ends_guardian", "broken the guardian was killed by SIGTERM");
    session.check("well", WELL);
    session.finish();
}

fn stops_guardian() {
    let mut session = Session::start(SOON);
    session.check("stops_guardian", "broken the guardian gave no sign of life for 5.3s");
    session.check("well", WELL);
    session.abandon();
}

fn unknown() {
    let mut session = Session::start(NEVER);
    session.check("odd", "broken there is no case named worker::odd::traceme; `list` shows all");
    session.check("well", WELL);
    session.finish();
}

fn leaves() {
    for name in ["leaves_escaped", "leaves_stopped", "leaves_dying_tracee"] {
        let mut session = Session::start(NEVER);
        session.check("well", WELL);
        session.check(name, WELL);
        let who = session.hear();
        // It was gone before the answer came.
        assert_eq!(kill(Pid::from_raw(who.left), None), Err(nix::Error::ESRCH), "{name} left it");
        session.check("well", WELL);
        session.finish();
    }
}

fn dies_idle() {
    let mut session = Session::start(NEVER);
    let victims: [fn(Who) -> i32; 3] = [|who| who.tracer, |who| who.guardian, |who| who.keeper];
    for victim in victims {
        session.check("tells", WELL);
        kill_and_wait(victim(session.hear()));
        session.check("well", WELL);
    }
    session.abandon();
}

/// Somebody kills a worker in the middle of a case.
fn killed(victim: fn(Who) -> i32, answer: &str) {
    let mut session = Session::start(NEVER);
    for name in ["waits", "spins", "hangs", "hangs_with_escaped"] {
        session.ask(name);
        kill(Pid::from_raw(victim(session.hear())), Signal::SIGKILL).unwrap();
        let seen = session.answer();
        assert!(seen.starts_with(answer), "{name}: {seen}");
        session.check("well", WELL);
    }
    session.finish();
}

fn killed_keeper() {
    let mut session = Session::start(SOON);
    session.ask("hangs_with_escaped");
    kill_and_wait(session.hear().keeper);
    assert_eq!(session.answer(), format!("{LIMIT} running the scenario"));
    session.check("well", WELL);
    session.abandon();
}

fn killed_command(signal: Signal) {
    for name in ["waits", "spins", "hangs_with_escaped"] {
        let mut session = Session::start(NEVER);
        session.ask(name);
        let who = session.hear();
        killpg(Pid::from_raw(session.pid()), signal).unwrap();
        session.abandon();
        assert_eq!(kill(Pid::from_raw(who.tracee), None), Err(nix::Error::ESRCH));
    }
}

/// Kills the command after each number of answers, while other cases run.
fn chaos_command() {
    for answers in 0..30 {
        let mut session = Session::start("all 60000 3 1000");
        (0..answers).for_each(|_| assert_eq!(session.answer(), WELL));
        kill(Pid::from_raw(session.pid()), Signal::SIGKILL).unwrap();
        session.abandon();
    }
}

/// Kills guardian or tracer process, and in the end the keeper, whenever a case has finished: the next one runs.
fn chaos_workers() {
    const TIMES: usize = 150;
    let mut session = Session::start("ask 60000");
    let (mut kills, mut broken) = (0, 0);
    session.ask("well");
    for time in 0..TIMES {
        session.ask("well");
        broken += usize::from(session.answer() != WELL);
        let generations = if time < TIMES - 5 { 2 + time % 2 } else { 1 };
        let victim = descendant(session.pid(), generations).map(Pid::from_raw);
        kills += usize::from(victim.is_some_and(|victim| kill(victim, Signal::SIGKILL).is_ok()));
    }
    broken += usize::from(session.answer() != WELL);
    assert!(kills > 0);
    assert!(broken <= kills, "{kills} kills broke {broken} cases");
    session.check("well", WELL);
    session.abandon();
}

fn all() {
    for jobs in ["0", "1", "2", "7"] {
        let mut session = Session::start(&format!("all 60000 {jobs} 50"));
        (0..50).for_each(|_| assert_eq!(session.answer(), WELL));
        session.finish();
    }
}

/// Only a guardian that is killed while its tracer process hangs would leave something there: nothing tells the
/// tracer process, and nobody inherits it.
fn frugal() {
    let mut session = Session::start("frugal 300");
    session.check("well", WELL);
    session.check("waits", &format!("{LIMIT} waiting for tracee"));
    session.check(
        "kills_itself",
        "broken the worker died: killed by SIGKILL, while it was running the scenario",
    );
    session.check("well", WELL);
    session.abandon();
}
