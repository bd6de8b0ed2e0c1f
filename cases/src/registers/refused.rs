//! Registers of aarch64 that cannot be written, and requests that there are not.

use super::{END, STOPS, behind_a_call, check_all, program};
use ptrace_conformance_harness::arch;
use ptrace_conformance_harness::case::{ANY_START, Arch, Case};
use ptrace_conformance_harness::errno::Errno;
use ptrace_conformance_harness::kernel::Data;
use ptrace_conformance_harness::request::{Request, note};
use ptrace_conformance_harness::status::Gone;

const OF_32_BITS: &str = "arm64.requests-of-32-bits";
const RESERVED_BITS: &str = "arm64.pstate-reserved";

/// EL1, 32-bit state, and each of the masks D, A, I and F (arch/arm64/kernel/ptrace.c, `valid_native_regs()`).
const BAD_STATES: [u64; 7] = [0x4, 0x5, 0x10, 0x40, 0x80, 0x100, 0x200];
/// Some of those that no processor has (arch/arm64/include/asm/ptrace.h, `SPSR_EL1_AARCH64_RES0_BITS`).
const RESERVED: u64 = 1 << 63 | 1 << 26 | 1 << 19 | 1 << 18 | 1 << 5;
/// Negative, zero, carry, overflow.
const CONDITIONS: u64 = 0xf000_0000;

/// Requests of other architectures, by their numbers there.
const ABSENT: &[(&str, u64, &str)] = &[
    ("PTRACE_PEEKUSER", 3, "user.peekuser-absent-aarch64"),
    ("PTRACE_POKEUSER", 6, "user.pokeuser-absent-aarch64"),
    ("PTRACE_GETREGS", 12, "regs.get-absent-aarch64"),
    ("PTRACE_GETFPREGS", 14, "regs.get-absent-aarch64"),
    ("PTRACE_SETREGS", 13, "regs.set-absent-aarch64"),
    ("PTRACE_SETFPREGS", 15, "regs.set-absent-aarch64"),
    ("PTRACE_GET_THREAD_AREA", 22, OF_32_BITS),
    ("PTRACE_SET_SYSCALL", 23, OF_32_BITS),
    ("PTRACE_GETVFPREGS", 27, OF_32_BITS),
    ("PTRACE_SETVFPREGS", 28, OF_32_BITS),
    ("PTRACE_GETHBPREGS", 29, OF_32_BITS),
    ("PTRACE_SETHBPREGS", 30, OF_32_BITS),
];

pub(super) const CASES: &[Case] = &[
    Case {
        name: "bad_state_is_refused",
        title: "A pstate of another mode, of 32-bit state or with a masked exception is refused with EINVAL, and no register has been written, whichever came before it; reserved bits are cleared.",
        clauses: &[STOPS, END, "arm64.pstate-validation", "arm64.user-pt-regs", RESERVED_BITS],
        axes: &[ANY_START],
        arches: &[Arch::Aarch64],
        only: "x86_64 masks the flags that a user may not set, and refuses none",
        program,
        scenario: |t| {
            const CLAUSE: &str = "arm64.pstate-validation";
            let (t, old) = behind_a_call(t)?;
            let mut buffer = [0; 400];
            t.check("arm64.user-pt-regs", "bytes", Ok(272), t.regset(note::PRSTATUS, &mut buffer));
            let same = buffer.starts_with(&old.bytes());
            t.check("arm64.user-pt-regs", "words as in the shorter set", true, same);
            for bad in BAD_STATES {
                let mut new = old.with(arch::FLAGS, bad);
                super::views::free().for_each(|(index, _)| new.words[index] = !old.words[index]);
                let set = t.set_regset(note::PRSTATUS, &new.bytes());
                t.check(CLAUSE, &format!("pstate {bad:#x}"), Err(Errno::EINVAL), set);
                check_all(&t, CLAUSE, &old)?;
            }
            let conditions = old.with(arch::FLAGS, old.words[arch::FLAGS] ^ CONDITIONS);
            t.set_registers(&conditions)?;
            check_all(&t, CLAUSE, &conditions)?;
            t.set_registers(&old.with(arch::FLAGS, old.words[arch::FLAGS] | RESERVED))?;
            check_all(&t, RESERVED_BITS, &old)?;
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
    Case {
        name: "requests_of_other_architectures",
        title: "The requests for single registers and whole structures that other architectures have, or 32-bit tracers alone, fail with EIO.",
        clauses: &[
            STOPS,
            END,
            "regs.get-absent-aarch64",
            "regs.set-absent-aarch64",
            "user.peekuser-absent-aarch64",
            "user.pokeuser-absent-aarch64",
            OF_32_BITS,
        ],
        axes: &[ANY_START],
        arches: &[Arch::Aarch64],
        only: "x86_64 has them",
        program,
        scenario: |t| {
            let (t, old) = behind_a_call(t)?;
            for &(name, number, clause) in ABSENT {
                let answer = t.request(Request(number), 0, Data::Buffer(&mut [0; 1024]));
                t.check(clause, name, Err(Errno::EIO), answer);
                check_all(&t, clause, &old)?;
            }
            t.cont()?.ends(END, Gone::Exited(3)).map(drop)
        },
        ..Case::NEW
    },
];
