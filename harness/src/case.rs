//! A case: one scenario that checks clauses, declared once and read by runner, list, explain and reports.

use crate::kernel_change::KernelChange;
use crate::program::Program;
use crate::tracee::{Flow, Stopped};
use crate::version::{Change, KernelVersion};

/// Scenario of a case: drives the tracee, stopped where its program begins, and checks what it sees.
pub type Scenario = fn(Stopped) -> Flow;

/// A group of cases about one kind of behaviour; the first part of their names.
#[derive(Clone, Copy, Debug)]
pub struct Family {
    /// First part of the case names, `[a-z0-9_]+`.
    pub name: &'static str,
    /// What the family is about, one sentence.
    pub title: &'static str,
    /// Its cases, file by file, in the order in which they run.
    pub cases: &'static [&'static [Case]],
}

impl Family {
    /// The cases of all the family's files, in order.
    pub fn cases(&self) -> impl Iterator<Item = &'static Case> + use<> {
        self.cases.iter().flat_map(|file| file.iter())
    }
}

/// What a case needs before its answer means anything; without it the case is skipped by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// A kernel of at least this version, for interfaces that came later than the oldest we know.
    Kernel(u32, u32),
    /// Filter-mode seccomp(2), which an unprivileged task may install with no_new_privs.
    SeccompFilter,
    /// The rights of root over other tasks: `CAP_SYS_PTRACE` and `CAP_SYS_ADMIN`.
    Root,
    /// `CONFIG_CHECKPOINT_RESTORE`, with which seccomp filters can be read and suspended.
    CheckpointRestore,
    /// A processor that has this, and a kernel that lets programs use it.
    Processor(crate::feature::Feature),
    /// The right to use ports, which ioperm(2) gives.
    Ports,
    /// `CONFIG_X86_USER_SHADOW_STACK`, with which there is a register set for it.
    ShadowStacks,
    /// `CONFIG_IA32_EMULATION`, with which there are segment descriptors for programs.
    ThreadAreas,
    /// Calls of i386 by `int 0x80`: a kernel with `CONFIG_IA32_EMULATION`, which is not switched off.
    InterruptCalls,
    /// A kernel that executes programs of 32 bits, and a processor that runs them.
    Programs32,
    /// A kernel that serves calls of x32, or one that does not.
    X32(bool),
    /// User namespaces that this user may make, with capabilities that count in them.
    UserNamespaces,
    /// kcmp(2), which `CONFIG_KCMP` brings.
    Kcmp,
    /// Landlock, built in and active.
    Landlock,
    /// Yama, built in and active.
    Yama,
    /// A mount of one's own on which set-user-ID bits and file capabilities count.
    SetIdFiles,
    /// A cgroup of version 2 of one's own, which can be frozen.
    Freezer,
    /// This file, with which the kernel has a setting of the machine.
    Setting(&'static str),
    /// Hardware breakpoints that hit.
    Breakpoints,
    /// A processor that steps onto a watchpoint and comes back: QEMU's translation of x86_64 does not.
    StepOntoWatchpoint,
    /// A machine that traps behind INT1: QEMU's translation stops as a whole there, for a debugger of its own, and some
    /// hypervisors leave a program at it.
    Int1,
    /// The right to use this request at all on this machine.
    Request(crate::request::Request),
}

/// A recorded difference between documentation and a range of kernels.
#[derive(Clone, Copy, Debug)]
pub struct Quirk {
    /// The check that deviates: its `what`.
    pub what: &'static str,
    /// What these kernels answer instead, as an observation shows it.
    pub observed: &'static str,
    /// The architectures that show it.
    pub arches: &'static [Arch],
    /// What brought it.
    pub since: Change,
    /// What ended it.
    pub until: Option<Change>,
    /// Why the kernel does so.
    pub reason: &'static str,
    /// Kernel file or commit that shows why.
    pub source: &'static str,
    /// What made it disappear, or would.
    pub ends: &'static str,
    /// What the author of a tracer does about it.
    pub advice: &'static str,
}

impl Quirk {
    /// Whether it is recorded for that architecture and kernel.
    pub fn applies(&self, arch: Arch, kernel: KernelVersion) -> bool {
        let ended = self.until.is_some_and(|change| change.is_in(kernel));
        self.arches.contains(&arch) && self.since.is_in(kernel) && !ended
    }
}

/// The architectures of the suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Arch {
    /// 64-bit x86.
    X86_64,
    /// 64-bit Arm.
    Aarch64,
}

impl Arch {
    /// Both of them.
    pub const ALL: &'static [Arch] = &[Arch::X86_64, Arch::Aarch64];
    /// The one this program was built for.
    pub const HERE: Arch = if cfg!(target_arch = "x86_64") { Arch::X86_64 } else { Arch::Aarch64 };

    /// Its name as uname(2) and Rust's targets say it.
    pub const fn name(self) -> &'static str {
        match self {
            Arch::X86_64 => "x86_64",
            Arch::Aarch64 => "aarch64",
        }
    }

    /// The architecture of that name.
    pub fn from_name(name: &str) -> Option<Arch> {
        Arch::ALL.iter().copied().find(|arch| arch.name() == name)
    }
}

/// One dimension over which a case expands into variants, such as how the tracee was attached.
pub trait Axis: Copy + PartialEq + Sized + 'static {
    /// Every value with the word that names it in the variant, `[a-z0-9]+`.
    const VALUES: &'static [(&'static str, Self)];
}

/// How the tracee came under trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// The tracee asked with `PTRACE_TRACEME`.
    Traceme,
    /// The tracer used `PTRACE_ATTACH`.
    Attach,
    /// The tracer used `PTRACE_SEIZE`.
    Seize,
}

impl Axis for Start {
    const VALUES: &'static [(&'static str, Self)] =
        &[("traceme", Start::Traceme), ("attach", Start::Attach), ("seize", Start::Seize)];
}

/// An axis without its type: the words of its values.
///
/// Built by [`axis`]; a scenario gets its value back with [`crate::tracee::Task::pick`].
#[derive(Clone, Copy)]
pub struct Dimension {
    /// Which axis this is.
    pub id: fn() -> std::any::TypeId,
    /// The word of each value that the case uses, in order.
    pub words: &'static [&'static str],
}

impl std::fmt::Debug for Dimension {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Dimension").field(&self.words).finish()
    }
}

/// The axis `A` restricted to the values named by `words`.
pub const fn axis<A: Axis>(words: &'static [&'static str]) -> Dimension {
    let mut at = 0;
    while at < words.len() {
        assert!(names_value::<A>(words[at]), "no value of the axis has this word");
        at += 1;
    }
    Dimension { id: std::any::TypeId::of::<A>, words }
}

const fn names_value<A: Axis>(word: &str) -> bool {
    let mut at = 0;
    while at < A::VALUES.len() {
        if same(A::VALUES[at].0.as_bytes(), word.as_bytes()) {
            return true;
        }
        at += 1;
    }
    false
}

const fn same(a: &[u8], b: &[u8]) -> bool {
    let mut at = 0;
    while at < a.len() && at < b.len() && a[at] == b[at] {
        at += 1;
    }
    at == a.len() && at == b.len()
}

/// All three ways of coming under trace.
pub const ANY_START: Dimension = axis::<Start>(&["traceme", "attach", "seize"]);

/// One scenario that checks clauses.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// Second part of the name, `[a-z0-9_]+`.
    pub name: &'static str,
    /// What is claimed, one sentence.
    pub title: &'static str,
    /// Ids of the clauses it checks; each is cited by at least one check.
    pub clauses: &'static [&'static str],
    /// Architectures for which the claim makes sense.
    pub arches: &'static [Arch],
    /// Why an architecture is missing from `arches`; empty when none is.
    pub only: &'static str,
    /// What it needs besides the architecture.
    pub needs: &'static [Need],
    /// Dimensions whose product gives the variants; the first is how tracing starts.
    pub axes: &'static [Dimension],
    /// ptrace options set before the program begins, besides `PTRACE_O_EXITKILL`.
    pub options: u32,
    /// Differences between documentation and kernels that are known and explained.
    pub quirks: &'static [Quirk],
    /// Changes of the kernel that its expectations follow, see [`crate::tracee::Task::across`].
    pub changes: &'static [&'static KernelChange],
    /// Writes the program that the tracee runs.
    pub program: fn(&mut Program),
    /// Drives it.
    pub scenario: Scenario,
}

impl Case {
    /// A case about every kind of start on both architectures under `PTRACE_O_TRACESYSGOOD`; give the
    /// remaining fields with `..Case::NEW`.
    pub const NEW: Case = Case {
        name: "",
        title: "",
        clauses: &[],
        arches: Arch::ALL,
        only: "",
        needs: &[],
        axes: &[ANY_START],
        options: crate::request::options::TRACESYSGOOD,
        quirks: &[],
        changes: &[],
        program: |_| {},
        scenario: |_| Ok(()),
    };

    /// All variants, in order: the product of the axes, the last one changing fastest.
    pub fn variants(&'static self) -> impl Iterator<Item = Variant> {
        let count = self.axes.iter().map(|axis| axis.words.len()).product();
        (0..count).map(move |index| Variant { case: self, index })
    }
}

/// One case with a value for each of its axes.
#[derive(Clone, Copy, Debug)]
pub struct Variant {
    /// The case.
    pub case: &'static Case,
    index: usize,
}

impl Variant {
    /// The word of each axis, in the order of the case's axes.
    pub fn words(&self) -> Vec<&'static str> {
        let mut rest = self.index;
        let mut words: Vec<_> = self
            .case
            .axes
            .iter()
            .rev()
            .map(|axis| {
                let word = axis.words[rest % axis.words.len()];
                rest /= axis.words.len();
                word
            })
            .collect();
        words.reverse();
        words
    }

    /// Its value on axis `A`, if the case has that axis.
    pub fn pick<A: Axis>(&self) -> Option<A> {
        let wanted = std::any::TypeId::of::<A>();
        let at = self.case.axes.iter().position(|axis| (axis.id)() == wanted)?;
        let word = self.words()[at];
        A::VALUES.iter().find(|(name, _)| *name == word).map(|&(_, value)| value)
    }

    /// The full name, `family::behaviour::variant`.
    pub fn full_name(&self, family: &Family) -> String {
        format!("{}::{}::{}", family.name, self.case.name, self.words().join("_"))
    }
}

/// Everything that can be run: the families, in order.
pub type Registry = &'static [Family];

/// Every variant of every case, in order, with its full name.
pub fn all_variants(registry: Registry) -> Vec<(String, Variant)> {
    let of_family = |family: &'static Family| {
        family.cases().flat_map(Case::variants).map(move |variant| (variant.full_name(family), variant))
    };
    registry.iter().flat_map(of_family).collect()
}
