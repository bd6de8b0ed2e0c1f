//! What a running case shares among its tasks: the kernel it asks, roles, checks and observations.

use crate::arch::Registers;
use crate::case::{Arch, Quirk, Variant};
use crate::image::Image;
use crate::invariants::Broken;
use crate::kernel::Kernel;
use crate::record::Observation;
use crate::values::{Roles, Value};
use crate::version::KernelVersion;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Why a scenario does not go on.
#[derive(Debug)]
pub enum Halt {
    /// A check has failed in a way that leaves nothing to go on with; it is recorded.
    Checked,
    /// The case makes no sense here.
    Skip(String),
    /// Our own failure.
    Broken(String),
}

/// Result of a scenario, or of a step in it that may end it.
pub type Flow<T = ()> = Result<T, Halt>;

/// One run of one case.
#[derive(Debug)]
pub struct Context {
    /// The one place where the kernel answers.
    pub kernel: Kernel,
    /// Case and variant.
    pub variant: Variant,
    /// Which task has which process id.
    pub roles: RefCell<Roles>,
    /// What was seen so far.
    pub observations: RefCell<Vec<Observation>>,
    /// Tasks to kill and reap when the case ends; those seen to be gone are taken out.
    pub alive: RefCell<Vec<i32>>,
    /// General registers that the tracer has written, a bit for each: what they hold is no longer the program's.
    pub written: Cell<u64>,
    /// The first task, and its general registers where its program began.
    pub at_gate: Cell<Option<(i32, Registers)>>,
    /// The tracer has written a siginfo: what later ones say is its own.
    pub forged: Cell<bool>,
    /// The general registers as they were last read, of whatever task: what is written back unchanged stays the
    /// program's.
    pub read: Cell<Option<Registers>>,
    /// Images in use; given back to the worker when the case ends.
    pub images: RefCell<Vec<Rc<Image>>>,
}

impl Context {
    /// A fresh run.
    pub fn new(variant: Variant, kernel: Kernel) -> Context {
        Context {
            kernel,
            variant,
            roles: RefCell::default(),
            observations: RefCell::default(),
            alive: RefCell::default(),
            written: Cell::default(),
            at_gate: Cell::default(),
            forged: Cell::default(),
            read: Cell::default(),
            images: RefCell::default(),
        }
    }

    /// Makes a task known: its role from now on, and that it is to be killed at the end.
    pub fn adopt(&self, pid: i32, role: &str) {
        self.roles.borrow_mut().add(pid, role);
        let mut alive = self.alive.borrow_mut();
        if !alive.contains(&pid) {
            alive.push(pid);
        }
    }

    /// Notes that a task has been reaped.
    pub fn gone(&self, pid: i32) {
        self.alive.borrow_mut().retain(|&alive| alive != pid);
    }

    /// Records whether the kernel's answer about `pid` is what the clause says.
    pub fn check<T: Value>(&self, pid: i32, clause: &str, what: &str, expected: T, observed: T) -> bool {
        let holds = expected == observed;
        let roles = self.roles.borrow();
        let expected = expected.show(&roles);
        // Equal values look equal, whatever kind of number either of them is.
        let observed = if holds { expected.clone() } else { observed.show(&roles) };
        self.kernel.note(pid, || match holds {
            true => format!("  {what}: {observed}, as {clause} says"),
            false => format!("  {what}: {observed}, but {clause} says {expected}"),
        });
        self.observations.borrow_mut().push(Observation {
            task: roles.of(pid).to_owned(),
            what: what.to_owned(),
            observed,
            expected: Some(expected),
            clause: Some(clause.to_owned()),
            holds: Some(holds),
        });
        drop(roles);
        if !holds {
            self.noticed(what);
        }
        holds
    }

    /// Notes that a lie was noticed, if it was told and no quirk excuses what the check at `what` saw.
    fn noticed(&self, what: &str) {
        let kernel = KernelVersion::running();
        let excused = |quirk: &Quirk| quirk.what == what && quirk.applies(Arch::HERE, kernel);
        match self.kernel.liar() {
            Some(liar) if liar.has_lied() && !self.variant.case.quirks.iter().any(excused) => liar.notice(),
            _ => {}
        }
    }

    /// Records the kernel's answer about `pid` without judging it.
    pub fn observe<T: Value>(&self, pid: i32, what: &str, observed: T) {
        let roles = self.roles.borrow();
        let observed = observed.show(&roles);
        self.kernel.note(pid, || format!("  {what}: {observed}"));
        self.observations.borrow_mut().push(Observation {
            task: roles.of(pid).to_owned(),
            what: what.to_owned(),
            observed,
            expected: None,
            clause: None,
            holds: None,
        });
    }

    /// Records what does not hold although it does whatever the case is about, see [`crate::invariants`].
    pub(crate) fn hold(&self, pid: i32, broken: Vec<Broken>) {
        for (what, expected, observed) in broken {
            self.kernel.note(pid, || format!("  {what}: {observed}, and not {expected}"));
            let task = self.roles.borrow().of(pid).to_owned();
            let (expected, clause) = (Some(expected), None);
            let seen =
                Observation { task, what: what.clone(), observed, expected, clause, holds: Some(false) };
            self.observations.borrow_mut().push(seen);
            self.noticed(&what);
        }
    }

    /// Records that something the scenario cannot do without was refused.
    pub fn fails<T: Value>(&self, pid: i32, what: &str, expected: &str, observed: &T) {
        let roles = self.roles.borrow();
        let observed = observed.show(&roles);
        self.kernel.note(pid, || format!("  {what}: {observed}, nothing to go on with"));
        self.observations.borrow_mut().push(Observation {
            task: roles.of(pid).to_owned(),
            what: what.to_owned(),
            observed,
            expected: Some(expected.to_owned()),
            clause: None,
            holds: Some(false),
        });
    }
}
