//! What could be said instead of a fact: the mistakes that kernels and their look-alikes make.

use super::fact::{Fact, Word};
use crate::arch;
use crate::errno::Errno;
use crate::signal::Signal;
use crate::status::{Gone, Reading, Status};

/// Each falsehood with what it says, in a fixed order. `others` are ids of tasks that the answer could confuse.
pub fn falsehoods(fact: &Fact, others: &[i32]) -> Vec<(String, Fact)> {
    match fact {
        Fact::Done(name, answer) => {
            done(name, answer).into_iter().map(|(what, answer)| (what, Fact::Done(name, answer))).collect()
        }
        Fact::Waited(answer) => {
            waited(answer).into_iter().map(|(what, answer)| (what, Fact::Waited(answer))).collect()
        }
        Fact::WaitedId(answer) => {
            waited_id(answer).into_iter().map(|(what, answer)| (what, Fact::WaitedId(answer))).collect()
        }
        Fact::Saw(step, result) => saw(step, *result)
            .into_iter()
            .map(|(what, result)| (what, Fact::Saw(step.clone(), result)))
            .collect(),
        Fact::Number(word, value) => number(word, *value, others)
            .into_iter()
            .map(|(what, value)| (what, Fact::Number(word.clone(), value)))
            .collect(),
    }
}

fn neighbour(errno: Errno) -> Errno {
    Errno(errno.0 + 1)
}

fn done(name: &str, answer: &Result<i64, Errno>) -> Vec<(String, Result<i64, Errno>)> {
    match *answer {
        Ok(value) => {
            let mut lies = vec![(format!("{name} refused with ESRCH"), Err(Errno::ESRCH))];
            if value != 0 {
                lies.push((format!("{name} returns 1 more"), Ok(value + 1)));
                lies.push((format!("{name} returns 1 less"), Ok(value - 1)));
            }
            lies
        }
        Err(errno) => vec![
            (format!("{name} succeeds instead of {errno}"), Ok(0)),
            (format!("{name}: {} instead of {errno}", neighbour(errno)), Err(neighbour(errno))),
        ],
    }
}

type Wait = Result<Option<Status>, Errno>;

fn waited(answer: &Wait) -> Vec<(String, Wait)> {
    let status = |what: &str, raw: i32| (what.to_owned(), Ok(Some(Status(raw))));
    match *answer {
        Err(errno) => vec![
            ("wait finds nothing yet".to_owned(), Ok(None)),
            (format!("wait: {} instead of {errno}", neighbour(errno)), Err(neighbour(errno))),
        ],
        Ok(None) => vec![
            status("a stop by SIGTRAP instead of nothing", STOPPED | libc::SIGTRAP << 8),
            status("exited with 0 instead of nothing", 0),
            ("wait fails with ECHILD".to_owned(), Err(Errno::ECHILD)),
        ],
        Ok(Some(told)) => {
            let mut lies = match told.read() {
                Reading::Stopped(signal, event) => stopped(signal.0, event.into(), told.0),
                Reading::Gone(gone) => gone_otherwise(gone),
                Reading::Continued => Vec::new(),
            };
            lies.push(("wait finds nothing yet".to_owned(), Ok(None)));
            lies.push(("wait fails with ECHILD".to_owned(), Err(Errno::ECHILD)));
            lies
        }
    }
}

/// Low byte of the status of a stop.
const STOPPED: i32 = 0x7f;
/// What `PTRACE_O_TRACESYSGOOD` adds to a stop signal.
const SYSGOOD: i32 = 0x80;

fn stopped(signal: i32, event: i32, raw: i32) -> Vec<(String, Wait)> {
    let status = |what: String, raw: i32| (what, Ok(Some(Status(raw))));
    let with_signal = |signal: i32| STOPPED | signal << 8 | event << 16;
    let with_event = |event: i32| raw & 0xffff | event << 16;
    let other_signal = if signal == libc::SIGUSR2 { libc::SIGUSR1 } else { libc::SIGUSR2 };
    let mut lies = vec![
        status(format!("stop signal {}", Signal(other_signal)), with_signal(other_signal)),
        status("stop signal with bit 7 flipped".to_owned(), with_signal(signal ^ SYSGOOD)),
        status("exited with 0 instead of a stop".to_owned(), 0),
        status("killed by SIGKILL instead of a stop".to_owned(), libc::SIGKILL),
    ];
    if event == 0 {
        lies.push(status("PTRACE_EVENT_STOP instead of no event".to_owned(), with_event(128)));
    } else {
        lies.push(status("no event".to_owned(), with_event(0)));
        lies.push(status("the next event".to_owned(), with_event(if event == 128 { 7 } else { event + 1 })));
    }
    lies
}

fn gone_otherwise(gone: Gone) -> Vec<(String, Wait)> {
    let status = |what: &str, raw: i32| (what.to_owned(), Ok(Some(Status(raw))));
    let stop = status("a stop by SIGTRAP instead of the end", STOPPED | libc::SIGTRAP << 8);
    match gone {
        Gone::Exited(code) => vec![
            status("exit code 1 more", i32::from(code.wrapping_add(1)) << 8),
            status("killed by SIGKILL instead of an exit", libc::SIGKILL),
            stop,
        ],
        Gone::Killed(signal, core) => vec![
            status("killed by the next signal", (signal.0 + 1) | if core { 0x80 } else { 0 }),
            status("core flag flipped", signal.0 | if core { 0 } else { 0x80 }),
            status("exited with 0 instead of killed", 0),
            stop,
        ],
    }
}

type WaitId = Result<Option<(i32, i32)>, Errno>;

fn waited_id(answer: &WaitId) -> Vec<(String, WaitId)> {
    match *answer {
        Err(errno) => vec![
            ("waitid finds nothing yet".to_owned(), Ok(None)),
            (format!("waitid: {} instead of {errno}", neighbour(errno)), Err(neighbour(errno))),
        ],
        Ok(None) => vec![
            ("waitid finds an exit with 0".to_owned(), Ok(Some((libc::CLD_EXITED, 0)))),
            ("waitid fails with ECHILD".to_owned(), Err(Errno::ECHILD)),
        ],
        Ok(Some((code, status))) => vec![
            ("waitid si_code + 1".to_owned(), Ok(Some((code + 1, status)))),
            ("waitid si_status + 1".to_owned(), Ok(Some((code, status + 1)))),
            ("waitid finds nothing yet".to_owned(), Ok(None)),
            ("waitid fails with ECHILD".to_owned(), Err(Errno::ECHILD)),
        ],
    }
}

fn saw(step: &str, result: Option<u64>) -> Vec<(String, Option<u64>)> {
    let Some(value) = result else {
        return vec![(format!("{step} completed with 0"), Some(0))];
    };
    let mut lies: Vec<_> = outcome(&format!("result of {step}"), value)
        .into_iter()
        .map(|(what, value)| (what, Some(value)))
        .collect();
    lies.push((format!("{step} never completed"), None));
    lies
}

fn number(word: &Word, value: u64, others: &[i32]) -> Vec<(String, u64)> {
    let say = |name: &str, what: &str, value: u64| (format!("{name} {what}"), value);
    match word {
        Word::Register(index) => register(*index, value),
        Word::Message => message(value, others),
        Word::Operation => (0..4).filter(|&op| op != value).map(|op| (format!("op {op}"), op)).collect(),
        Word::Place(name) => moved(name, value),
        Word::Outcome(name) => outcome(name, value),
        Word::Signals => {
            let usr1 = 1 << (libc::SIGUSR1 - 1);
            vec![
                say("signal mask", "with SIGUSR1 flipped", value ^ usr1),
                say("signal mask", "bit 0 flipped", value ^ 1),
            ]
        }
        Word::Length => {
            vec![say("length", "8 more", value + 8), say("length", "8 less", value.wrapping_sub(8))]
        }
        Word::Bits(name) => vec![say(name, "bit 0 flipped", value ^ 1)],
        Word::Plain(name) => vec![say(name, "+ 1", value.wrapping_add(1))],
    }
}

fn register(index: usize, value: u64) -> Vec<(String, u64)> {
    let name = arch::NAMES[index];
    let mut lies = vec![(format!("{name} bit 0 flipped"), value ^ 1)];
    match index {
        arch::RESULT => lies.extend(outcome(name, value).into_iter().skip(1)),
        arch::IP => lies.extend(moved(name, value)),
        _ => {}
    }
    lies
}

/// One too many, and what is there before a call has its result, or while it may be restarted.
fn outcome(name: &str, value: u64) -> Vec<(String, u64)> {
    let mut lies = vec![(format!("{name} + 1"), value.wrapping_add(1))];
    let others = [(Errno::ENOSYS, "-ENOSYS"), (Errno::ERESTARTSYS, "-ERESTARTSYS")];
    let others = others.map(|(errno, shown)| (format!("{name} {shown}"), errno.as_result()));
    lies.extend(others.into_iter().filter(|(_, other)| *other != value));
    if value != 0 {
        lies.push((format!("{name} 0"), 0));
    }
    lies
}

/// Off by one system call instruction.
fn moved(name: &str, value: u64) -> Vec<(String, u64)> {
    vec![
        (format!("{name} one instruction early"), value.wrapping_sub(arch::SYSCALL_LENGTH)),
        (format!("{name} one instruction late"), value.wrapping_add(arch::SYSCALL_LENGTH)),
    ]
}

fn message(value: u64, others: &[i32]) -> Vec<(String, u64)> {
    let mut lies = vec![("event message + 1".to_owned(), value + 1)];
    if value != 0 {
        lies.push(("event message 0".to_owned(), 0));
    }
    let other = others.iter().map(|&pid| pid as u64).find(|&pid| pid != value);
    lies.extend(other.map(|pid| ("event message of another task".to_owned(), pid)));
    lies
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every_kind() -> Vec<Fact> {
        let status = |raw| Fact::Waited(Ok(Some(Status(raw))));
        let number = |word| Fact::Number(word, 7);
        vec![
            Fact::Done("CONT", Ok(0)),
            Fact::Done("GET_SYSCALL_INFO", Ok(80)),
            Fact::Done("CONT", Err(Errno::ESRCH)),
            Fact::Waited(Ok(None)),
            Fact::Waited(Err(Errno::ECHILD)),
            status(0x857f),
            status(0x3057f),
            status(0x80137f),
            status(0x300),
            status(9),
            status(0x8b),
            Fact::WaitedId(Ok(None)),
            Fact::WaitedId(Ok(Some((libc::CLD_TRAPPED, 5)))),
            Fact::WaitedId(Err(Errno::ECHILD)),
            Fact::Saw("getpid".to_owned(), None),
            Fact::Saw("getpid".to_owned(), Some(Errno::ENOSYS.as_result())),
            number(Word::Register(arch::RESULT)),
            number(Word::Register(arch::IP)),
            number(Word::Register(0)),
            number(Word::Message),
            number(Word::Operation),
            number(Word::Place("instruction_pointer")),
            number(Word::Outcome("rval".to_owned())),
            number(Word::Signals),
            number(Word::Length),
            number(Word::Bits("memory".to_owned())),
            number(Word::Plain("si_code".to_owned())),
        ]
    }

    #[test]
    fn each_fact_can_be_falsified_and_each_lie_has_a_name() {
        for fact in every_kind() {
            let lies = falsehoods(&fact, &[4711]);
            assert!(!lies.is_empty(), "{fact:?}");
            for (at, (name, lie)) in lies.iter().enumerate() {
                assert_ne!(*lie, fact, "{name}");
                assert!(lies[..at].iter().all(|(other, _)| other != name), "{name} twice");
            }
        }
    }

    fn names(fact: &Fact) -> Vec<String> {
        falsehoods(fact, &[4711, 4712]).into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn lies_are_what_kernels_get_wrong() {
        let message = Fact::Number(Word::Message, 4711);
        assert_eq!(
            names(&message),
            ["event message + 1", "event message 0", "event message of another task"]
        );
        let inside = Fact::Number(Word::Outcome("rval".to_owned()), Errno::ENOSYS.as_result());
        assert_eq!(names(&inside), ["rval + 1", "rval -ERESTARTSYS", "rval 0"]);
        let stop = Fact::Waited(Ok(Some(Status(0x857f))));
        assert!(names(&stop).contains(&"stop signal with bit 7 flipped".to_owned()));
        let refused = Fact::Done("POKEDATA", Err(Errno::EIO));
        assert_eq!(names(&refused), ["POKEDATA succeeds instead of EIO", "POKEDATA: ENXIO instead of EIO"]);
    }
}
