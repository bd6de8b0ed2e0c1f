//! A maker in another PID namespace: its tracer is told the ids of its own.

use super::way::{EITHER, MAKER_ENDS, lives_and_ends};
use crate::event_stops::axes::{CHILD_ENDS, EVENTS, Maker};
use crate::event_stops::tasks::{END, EVENT, TRACED, child_ends, to_first_stop};
use ptrace_conformance_harness::arch;
use ptrace_conformance_harness::case::{Case, Need, axis};
use ptrace_conformance_harness::request::{Event, options};
use ptrace_conformance_harness::signal::Signal;
use ptrace_conformance_harness::status::{Gone, Stop};
use ptrace_conformance_harness::values::{Pid, Return};

const MESSAGE: &str = "event.namespace-message";
const RETURNED: &str = "clone.ret-tid";
const DONE: &str = "opt.vforkdone.stop";

pub(super) const CASES: &[Case] = &[Case {
    name: "message_from_another_namespace",
    title: "The message of an event in another PID namespace is the id that the tracer's wait knows, while the program gets the id there: 2.",
    clauses: &[EVENT, TRACED, END, MESSAGE, RETURNED, DONE, "inside.exit-stop-follows"],
    needs: &[Need::Root],
    axes: &[EITHER, axis::<Maker>(&["fork", "vfork", "clonethread", "clone3process"])],
    options: EVENTS | options::TRACEVFORKDONE,
    program: |p| {
        let maker: Maker = p.pick();
        p.block(&[Signal::CHLD]);
        p.clone_task((libc::CLONE_NEWPID | libc::SIGCHLD) as u64, "init", |p| {
            maker.make(p, lives_and_ends);
            p.exit(CHILD_ENDS.into());
        });
        p.exit(MAKER_ENDS.into());
    },
    scenario: |t| {
        let maker: Maker = t.pick()?;
        let t = t.cont()?.expect(EVENT, Stop::Event(Event::FORK))?;
        let init = to_first_stop(t.new_task("init")?)?;
        let init = init.cont()?.expect(EVENT, Stop::Event(maker.event()))?;
        let member = to_first_stop(init.new_task("member")?)?;
        init.check(MESSAGE, "event message", Ok(Pid(member.pid)), init.message().map(|id| Pid(id as i32)));
        let member = child_ends(member)?;
        member.check_saw(MESSAGE, "gettid", Some(Return(2)))?;
        let init = if maker == Maker::Vfork {
            let init = init.cont()?.expect(DONE, Stop::Event(Event::VFORK_DONE))?;
            let message = init.message().map(|id| Pid(id as i32));
            init.check(MESSAGE, "event message", Ok(Pid(member.pid)), message);
            init
        } else {
            init
        };
        let init = init.syscall()?.expect("inside.exit-stop-follows", Stop::SyscallExit)?;
        let registers = init.registers()?;
        init.check(RETURNED, "result register", Return(2), Return(registers.result()));
        init.check(RETURNED, "number register", maker.number(), registers.words[arch::NUMBER]);
        let init = child_ends(init)?;
        init.check_saw(RETURNED, maker.step(), Some(Return(2)))?;
        t.cont()?.ends(END, Gone::Exited(MAKER_ENDS)).map(drop)
    },
    ..Case::NEW
}];
