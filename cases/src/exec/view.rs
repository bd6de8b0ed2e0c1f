//! What can be seen at the event besides registers: /proc and the old memory.

use super::image::{END, ENDED, EXECS, IMAGE_ENDS, STOPS, asks_and_ends, executes, to_event};
use ptrace_conformance_harness::case::Case;
use ptrace_conformance_harness::label;
use ptrace_conformance_harness::status::Stop;
use ptrace_conformance_harness::syscalls::Syscall;
use ptrace_conformance_harness::tracee::{Flow, Task};
use ptrace_conformance_harness::values::{Address, Return, Word};

/// The clause that says that no other thread is left at the event.
pub(super) const ALONE: &str = "exec.event-others-gone";
const NEW: &str = "exec.proc-new-image";
const ENTER: &str = "sysstop.entry";
const OLD: &str = "exec.old-memory-file";
const GONE: &str = "execve.memory-gone";

/// A word of the program's own memory that nobody uses: on the stack of a task that there is not.
const PLACE: u64 = label::TASK + 7 * 4096;
const WRITTEN: u64 = 0x1234_5678_9abc_def0;

/// Where the old image maps a page that the new one has not.
const MAPPED: u64 = 0x2000_0000;
/// `MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS`
const MAP_ANONYMOUS_FIXED: u64 = 0x32;

pub(super) const CASES: &[Case] = &[
    Case {
        name: "proc_shows_the_new_image",
        title: "At the event /proc/PID/cmdline has the new image's arguments, and its auxiliary vector the entry point.",
        clauses: &[STOPS, NEW, END],
        options: EXECS,
        program: executes,
        scenario: |t| {
            let before = t.proc_file("cmdline")?;
            let t = to_event(t)?;
            // A number, by which the new image knows where its program begins.
            let arguments = t.proc_file("cmdline")?;
            let number = arguments.split_last().is_some_and(|(_, text)| text.iter().all(u8::is_ascii_digit));
            t.check(NEW, "the arguments are the new ones", true, number && arguments != before);
            let entry = Address(t.proc_auxiliary(libc::AT_ENTRY)?);
            t.check(NEW, "entry point in the auxiliary vector", Address(label::START), entry);
            t.cont()?.ends(END, ENDED).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "proc_shows_the_interpreter",
        title: "At the event of a script's execve /proc/PID shows the interpreter: its file, its path and its argument in front of the script's path, its entry point and none of the old image's mappings.",
        clauses: &[STOPS, NEW, GONE, ENTER, END],
        options: EXECS,
        program: |p| {
            let script = p.bytes(b"#!/proc/self/fd/3       ");
            let number = p.data(&[0]);
            p.entry(number, asks_and_ends);
            p.call(Syscall::MMAP, &[MAPPED, 4096, 1, MAP_ANONYMOUS_FIXED, u64::MAX, 0]);
            p.exec_data(script, 32);
        },
        scenario: |t| {
            let before = t.proc_file("exe")?;
            t.check(GONE, "lines of the old mapping, before", 0, t.proc_maps(MAPPED)?);
            let t = t.syscall()?.expect(ENTER, Stop::SyscallEnter)?.syscall()?;
            let t = t.expect(ENTER, Stop::SyscallExit)?;
            t.check(GONE, "lines of the old mapping", 1, t.proc_maps(MAPPED)?);
            let t = to_event(t)?;
            t.check_saw(NEW, "mmap", Some(Return(MAPPED)))?;
            t.check(GONE, "lines of the old mapping, at the event", 0, t.proc_maps(MAPPED)?);
            t.check(NEW, "lines of the new image's code", 1, t.proc_maps(label::START)?);
            // Behind its first pages the file has what the program says.
            let same = t.proc_file("exe")?.get(..4096) == before.get(..4096);
            t.check(NEW, "the file is the interpreter's", true, same);
            let arguments = t.proc_file("cmdline")?;
            let arguments: Vec<_> = arguments.split(|&byte| byte == 0).collect();
            t.check(NEW, "arguments, and what is behind the last", 4, arguments.len() as u64);
            let known =
                |at: usize, start: &[u8]| arguments.get(at).is_some_and(|text| text.starts_with(start));
            t.check(NEW, "the first argument is the interpreter's path", true, known(0, b"/proc/self/fd/3"));
            let number = arguments.get(1).is_some_and(|text| text.iter().all(u8::is_ascii_digit));
            t.check(NEW, "the second one is the script's for it", true, number);
            t.check(NEW, "the third one is the script's path", true, known(2, b"/dev/fd/"));
            let entry = Address(t.proc_auxiliary(libc::AT_ENTRY)?);
            t.check(NEW, "entry point in the auxiliary vector", Address(label::START), entry);
            let t = t.cont()?.ends(END, ENDED)?;
            t.check_saw_pid(END, "gettid", &t)
        },
        ..Case::NEW
    },
    Case {
        name: "memory_is_new",
        title: "What the tracer wrote to the old image is gone at the event; what it writes there the new image finds.",
        clauses: &[STOPS, GONE, END],
        options: EXECS,
        program: |p| {
            p.exec(|p| {
                p.load(PLACE);
                p.exit(IMAGE_ENDS.into());
            });
        },
        scenario: |t| {
            t.set_memory(PLACE, &[!WRITTEN])?;
            let t = to_event(t)?;
            t.check(GONE, "word of the old image", Word(0), Word(t.memory(PLACE, 1)?[0]));
            t.set_memory(PLACE, &[WRITTEN])?;
            let t = t.cont()?.ends(END, ENDED)?;
            let saw = t.saw("load")?.map(Word);
            t.check(GONE, "word in the new image", Some(Word(WRITTEN)), saw);
            Ok(())
        },
        ..Case::NEW
    },
    Case {
        name: "memory_file_of_the_old_image",
        title: "A file /proc/PID/mem that was opened before the execve gives the old image's memory, and nothing at the event; one opened there gives the new one's.",
        clauses: &[STOPS, OLD, GONE, END],
        options: EXECS,
        program: |p| {
            p.exec(asks_and_ends);
        },
        scenario: |t| {
            let file = t.memory_file()?;
            t.set_memory(PLACE, &[WRITTEN])?;
            t.check(
                OLD,
                "word through the file, before",
                Ok(Some(Word(WRITTEN))),
                file.word(PLACE).map(shown),
            );
            let t = to_event(t)?;
            t.check(OLD, "word through the old file, at the event", Ok(None), file.word(PLACE).map(shown));
            t.check(
                GONE,
                "word through a new file",
                Ok(Some(Word(0))),
                t.memory_file()?.word(PLACE).map(shown),
            );
            t.cont()?.ends(END, ENDED).map(drop)
        },
        ..Case::NEW
    },
];

/// Checks that the task is its process's only one.
pub(super) fn check_alone(t: &Task) -> Flow {
    t.check(ALONE, "threads in /proc", 1, t.proc_threads()?);
    Ok(())
}

fn shown(word: Option<u64>) -> Option<Word> {
    word.map(Word)
}
