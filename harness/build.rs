//! Builds the tracee for the harness's own target and hands its image and symbols to the harness.

use object::{Object, ObjectSection, ObjectSymbol};
use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

#[path = "tracee/form.rs"]
mod form;

const SOURCES: &str = "tracee/src";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={SOURCES}");
    println!("cargo::rerun-if-changed=tracee/form.rs");
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
    let image = out.join("tracee");
    compile(&image)?;
    let file = fs::read(&image)?;
    form::check(&file).map_err(|wrong| format!("the tracee is not as it must be: {wrong}"))?;
    fs::write(out.join("labels.rs"), labels(&file)?)?;
    Ok(())
}

/// Calls rustc on the tracee alone: no libc, no start files, fixed addresses, nothing to relocate.
fn compile(image: &Path) -> Result<(), Box<dyn Error>> {
    let target = env::var("TARGET")?;
    let mut rustc = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    rustc.args(["--edition=2024", "--crate-type=bin", "--crate-name=tracee", "--cfg=freestanding"]);
    rustc.args(["--target", &target, "-Cpanic=abort", "-Copt-level=s", "-Crelocation-model=static"]);
    rustc.args(["-Ccodegen-units=1", "-Cforce-unwind-tables=no", "-Ctarget-feature=+crt-static"]);
    for arg in ["-nostartfiles", "-nostdlib", "-static", "-no-pie", "-Wl,--build-id=none", "-Wl,-z,norelro"] {
        rustc.arg(format!("-Clink-arg={arg}"));
    }
    if let Some(linker) = env::var_os("RUSTC_LINKER") {
        let mut option = std::ffi::OsString::from("-Clinker=");
        option.push(linker);
        rustc.arg(option);
    }
    rustc.arg("-o").arg(image).arg(format!("{SOURCES}/main.rs"));
    let status = rustc.status()?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("building the tracee failed: {status}: {rustc:?}").into())
    }
}

/// One constant per global symbol, and a table of all of them for turning addresses into names.
fn labels(image: &[u8]) -> Result<String, Box<dyn Error>> {
    let elf = object::File::parse(image)?;
    let mut symbols: Vec<_> = elf
        .symbols()
        .filter(|symbol| symbol.is_global() && symbol.is_definition())
        .filter_map(|symbol| Some((symbol.address(), symbol.name().ok()?.to_owned())))
        .filter(|(_, name)| !name.starts_with("__") && !name.starts_with("_Z") && !name.starts_with("_R"))
        .collect();
    symbols.sort();
    let mut text = program_offset(&elf)?;
    for (address, name) in &symbols {
        let constant = name.trim_start_matches('_').to_uppercase();
        writeln!(text, "/// Address of `{name}` in the tracee.\npub const {constant}: u64 = {address:#x};")?;
    }
    writeln!(
        text,
        "/// Every label with its address, in order.\npub const ALL: &[(u64, &str)] = &{symbols:?};"
    )?;
    Ok(text)
}

/// Where in the file the harness writes the program.
fn program_offset(elf: &object::File<'_>) -> Result<String, Box<dyn Error>> {
    let section = elf.section_by_name(".program").ok_or("the tracee has no .program section")?;
    let program = elf.symbol_by_name("PROGRAM").ok_or("the tracee has no PROGRAM symbol")?;
    let (start, _) = section.file_range().ok_or("the .program section is not in the file")?;
    let offset = start + program.address() - section.address();
    Ok(format!("/// Offset of `PROGRAM` in the file.\npub const PROGRAM_OFFSET: u64 = {offset:#x};\n"))
}
