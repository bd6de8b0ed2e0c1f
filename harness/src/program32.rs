//! Programs of 32 bits as bytes, so that no compiler for them is needed: i386 on x86_64, AArch32 on aarch64.

/// Where the file is mapped; a multiple of every page size.
pub const BASE: u64 = 0x0805_0000;
/// Where its code and data are: within one page, whatever its size.
pub const SPAN: std::ops::Range<u64> = BASE..BASE + 0x1_0000;
/// Bytes of the file in front of its code: the header and two program headers.
const HEADERS: u64 = 52 + 2 * 32;
/// Where the program begins.
pub const START: u64 = BASE + HEADERS;

/// Machine code under construction, from [`START`] on.
#[derive(Clone, Debug, Default)]
pub struct Code {
    bytes: Vec<u8>,
    /// Bytes in front of the first instruction.
    data: u64,
}

impl Code {
    /// The address of what comes next.
    pub const fn here(&self) -> u64 {
        START + self.bytes.len() as u64
    }

    /// Data words, at an address that is a multiple of eight; gives it. Instructions come behind all data.
    pub fn words(&mut self, words: &[u32]) -> u64 {
        while !self.here().is_multiple_of(8) {
            self.bytes.push(0);
        }
        let here = self.here();
        self.bytes.extend(words.iter().flat_map(|word| word.to_le_bytes()));
        here
    }

    /// The program begins here, behind its data.
    pub const fn begins_here(&mut self) {
        self.data = self.bytes.len() as u64;
    }

    /// Where in the file an address is.
    pub const fn offset(&self, address: u64) -> u64 {
        address - BASE
    }

    /// A breakpoint; gives its address.
    pub fn breakpoint(&mut self) -> u64 {
        let here = self.here();
        #[cfg(target_arch = "x86_64")]
        self.bytes.push(0xcc);
        // The undefined instruction that the kernel takes for one (arch/arm64/include/asm/debug-monitors.h).
        #[cfg(target_arch = "aarch64")]
        self.word(0xe7f0_01f0);
        here
    }

    /// A system call of the 32-bit ABI; gives the address of its instruction.
    pub fn call(&mut self, number: u32, args: &[u32]) -> u64 {
        self.load(arch::NUMBER, number);
        for (&register, &arg) in arch::ARGS.iter().zip(args) {
            self.load(register, arg);
        }
        let here = self.here();
        #[cfg(target_arch = "x86_64")]
        self.bytes.extend([0xcd, 0x80]);
        #[cfg(target_arch = "aarch64")]
        self.word(0xef00_0000);
        here
    }

    /// Pushes a word onto the stack, on aarch64 through r4; gives the address of the instruction that stores it.
    pub fn push(&mut self, word: u32) -> u64 {
        #[cfg(target_arch = "x86_64")]
        let here = {
            let here = self.instruction(&[0x68]);
            self.bytes.extend(word.to_le_bytes());
            here
        };
        #[cfg(target_arch = "aarch64")]
        let here = {
            self.load(4, word);
            self.instruction(&0xe52d_4004_u32.to_le_bytes())
        };
        here
    }

    /// An instruction by its bytes; gives its address.
    pub fn instruction(&mut self, bytes: &[u8]) -> u64 {
        let here = self.here();
        self.bytes.extend(bytes);
        here
    }

    /// Loads a number into a register.
    #[cfg(target_arch = "x86_64")]
    fn load(&mut self, register: u8, number: u32) {
        self.bytes.push(0xb8 | register);
        self.bytes.extend(number.to_le_bytes());
    }

    /// Loads a number into a register: its lower half with `movw`, its upper with `movt`.
    #[cfg(target_arch = "aarch64")]
    fn load(&mut self, register: u8, number: u32) {
        for (instruction, half) in [(0xe300_0000, number & 0xffff), (0xe340_0000, number >> 16)] {
            self.word(instruction | (half >> 12) << 16 | u32::from(register) << 12 | half & 0xfff);
        }
    }

    #[cfg(target_arch = "aarch64")]
    fn word(&mut self, instruction: u32) {
        self.bytes.extend(instruction.to_le_bytes());
    }

    /// The program as an ELF file.
    pub fn file(&self) -> Vec<u8> {
        let size = HEADERS as u32 + self.bytes.len() as u32;
        let halves = |halves: &[u16]| halves.iter().flat_map(|half| half.to_le_bytes()).collect::<Vec<_>>();
        let words = |words: &[u32]| words.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<_>>();
        // 32 bits, little-endian, version 1; an executable file.
        let mut file = vec![0x7f, b'E', b'L', b'F', 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        file.extend(halves(&[2, arch::MACHINE]));
        file.extend(words(&[1, (START + self.data) as u32, 52, 0, arch::FLAGS]));
        file.extend(halves(&[52, 32, 2, 0, 0, 0]));
        // All of the file, to read and execute; and a stack that is not executable.
        file.extend(words(&[1, 0, BASE as u32, BASE as u32, size, size, 5, 0x1_0000]));
        file.extend(words(&[0x6474_e551, 0, 0, 0, 0, 0, 6, 16]));
        file.extend(&self.bytes);
        file
    }
}

#[cfg(target_arch = "x86_64")]
mod arch {
    pub const MACHINE: u16 = 3;
    pub const FLAGS: u32 = 0;
    /// eax, and ebx, ecx, edx, esi, edi, ebp, as instructions number them.
    pub const NUMBER: u8 = 0;
    pub const ARGS: [u8; 6] = [3, 1, 2, 6, 7, 5];
}

#[cfg(target_arch = "aarch64")]
mod arch {
    pub const MACHINE: u16 = 40;
    /// The ABI's version.
    pub const FLAGS: u32 = 0x0500_0000;
    pub const NUMBER: u8 = 7;
    pub const ARGS: [u8; 6] = [0, 1, 2, 3, 4, 5];
}

/// exit_group(2), by the number of the 32-bit ABI.
pub const EXIT_GROUP: u32 = if cfg!(target_arch = "x86_64") { 252 } else { 248 };

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_begins_where_the_headers_end() {
        let mut code = Code::default();
        assert_eq!(code.here(), START);
        code.breakpoint();
        code.call(EXIT_GROUP, &[3]);
        let file = code.file();
        assert_eq!(file.len() as u64, HEADERS + code.bytes.len() as u64);
        assert_eq!(&file[HEADERS as usize..], code.bytes);
    }
}
