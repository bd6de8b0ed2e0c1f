//! The register of what other suites check: `peers/*.toml`, checked, becomes a table of constants.
//!
//! The form of the files is told in `peers/suites.toml`.

use serde::Deserialize;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::error::Error;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// The file of the suites' names, which is no area.
const SUITES: &str = "suites.toml";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Suites {
    suite: Vec<Suite>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Suite {
    code: String,
    name: String,
    tests: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Area {
    title: String,
    behaviour: Vec<Behaviour>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Behaviour {
    id: String,
    behaviour: String,
    #[serde(default)]
    peers: Vec<String>,
    arch: Option<Vec<Arch>>,
    #[serde(default)]
    cases: Vec<String>,
    untestable: Option<String>,
    duplicate_of: Option<String>,
}

impl Behaviour {
    fn arches(&self) -> &[Arch] {
        self.arch.as_deref().unwrap_or(&[Arch::X86_64, Arch::Aarch64])
    }
}

/// As in the harness, which a build script cannot use.
#[derive(Deserialize, Clone, Copy, Debug, PartialEq)]
enum Arch {
    #[serde(rename = "x86_64")]
    X86_64,
    #[serde(rename = "aarch64")]
    Aarch64,
}

/// Reads `peers/` and writes `peers.rs` to the build's output, or says which file and id is wrong.
pub fn generate() -> Result<(), Box<dyn Error>> {
    let folder = Path::new("peers");
    println!("cargo::rerun-if-changed={}", folder.display());
    let suites: Suites = read(&folder.join(SUITES))?;
    let mut areas = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml") && !path.ends_with(SUITES) {
            let area: Area = read(&path)?;
            areas.insert(path, area);
        }
    }
    check(&suites, &areas)?;
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("no OUT_DIR")?).join("peers.rs");
    fs::write(out, write(&suites, &areas)?)?;
    Ok(())
}

fn read<T: for<'a> Deserialize<'a>>(path: &Path) -> Result<T, Box<dyn Error>> {
    let text = fs::read_to_string(path)?;
    toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()).into())
}

/// The area's name before its number, as in the ids of its file.
fn area_name(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().to_uppercase()
}

fn check(suites: &Suites, areas: &BTreeMap<PathBuf, Area>) -> Result<(), String> {
    let mut codes = HashSet::new();
    for suite in &suites.suite {
        if !codes.insert(suite.code.as_str()) {
            return Err(format!("{SUITES}: {} occurs twice", suite.code));
        }
    }
    let all: HashMap<_, _> = areas
        .values()
        .flat_map(|area| &area.behaviour)
        .map(|behaviour| (behaviour.id.as_str(), behaviour))
        .collect();
    let mut known = HashSet::new();
    for (path, area) in areas {
        for behaviour in &area.behaviour {
            let wrong = |what: &str| Err(format!("{}: {}: {what}", path.display(), behaviour.id));
            if !known.insert(behaviour.id.as_str()) {
                return wrong("the id occurs twice");
            }
            let number = behaviour.id.trim_start_matches("o.").strip_prefix(&area_name(path));
            if !number.is_some_and(|number| number.starts_with('-')) {
                return wrong("the id is of another area than the file");
            }
            let code = |peer: &str| peer.split(':').next().is_some_and(|code| codes.contains(code));
            if let Some(peer) = behaviour.peers.iter().find(|peer| !code(peer)) {
                return wrong(&format!("{peer} is of no suite in {SUITES}"));
            }
            if behaviour.arch.as_ref().is_some_and(Vec::is_empty) {
                return wrong("it is of no architecture");
            }
            if behaviour.untestable.is_some()
                && !(behaviour.cases.is_empty() && behaviour.duplicate_of.is_none())
            {
                return wrong("what cannot be tested has neither cases nor an original");
            }
            let Some(id) = &behaviour.duplicate_of else { continue };
            let Some(original) = all.get(id.as_str()) else {
                return wrong(&format!("there is no {id} to be a duplicate of"));
            };
            // One step leads to the behaviour that has the cases.
            if original.duplicate_of.is_some() {
                return wrong(&format!("{id} is a duplicate itself"));
            }
            if !behaviour.cases.is_empty() {
                return wrong(&format!("its cases belong to {id}"));
            }
            if behaviour.arches().iter().any(|arch| !original.arches().contains(arch)) {
                return wrong(&format!("{id} is of fewer architectures"));
            }
        }
    }
    Ok(())
}

fn write(suites: &Suites, areas: &BTreeMap<PathBuf, Area>) -> Result<String, std::fmt::Error> {
    let mut text = String::from("const SUITES: &[Suite] = &[\n");
    for Suite { code, name, tests } in &suites.suite {
        writeln!(text, "    Suite {{ code: {code:?}, name: {name:?}, tests: {tests} }},")?;
    }
    text.push_str("];\n\nconst AREAS: &[Area] = &[\n");
    for (path, area) in areas {
        let (name, title) = (area_name(path), &area.title);
        writeln!(text, "    Area {{ name: {name:?}, title: {title:?}, peers: &[")?;
        for entry in &area.behaviour {
            let arches: Vec<_> = entry.arches().iter().map(|arch| format!("Arch::{arch:?}")).collect();
            let Behaviour { id, behaviour, peers, cases, untestable, duplicate_of, .. } = entry;
            writeln!(
                text,
                "        Peer {{ id: {id:?}, behaviour: {behaviour:?}, peers: &{peers:?}, arches: &[{}], \
                 cases: &{cases:?}, untestable: {untestable:?}, duplicate_of: {duplicate_of:?} }},",
                arches.join(", ")
            )?;
        }
        text.push_str("    ] },\n");
    }
    text.push_str("];\n");
    Ok(text)
}
