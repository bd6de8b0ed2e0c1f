//! Packs the evidence into the program, so that it can be asked where the sources are not.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::DeflateEncoder;

fn main() -> Result<(), Box<dyn Error>> {
    let reports = Path::new("reports");
    println!("cargo::rerun-if-changed={}", reports.display());
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(reports)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let name = path.file_name().ok_or("it has no name")?.to_string_lossy().into_owned();
            files.insert(name, fs::read_to_string(&path)?);
        }
    }
    let packed = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("no OUT_DIR")?).join("evidence");
    let packer = DeflateEncoder::new(File::create(packed)?, Compression::best());
    serde_json::to_writer(packer, &files)?;
    Ok(())
}
