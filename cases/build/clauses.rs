//! Turns the clause register, `clauses/*.toml`, into the table that `src/clauses.rs` includes.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// Where the register is.
pub const REGISTER: &str = "clauses";

/// Reads the register, holds it against its rules, and writes the table; all mistakes are told at once.
pub fn generate() -> Result<(), Vec<String>> {
    let areas = read().map_err(|mistake| vec![mistake])?;
    let mistakes = mistakes(&areas);
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    write(&table(&areas)).map_err(|mistake| vec![mistake])
}

/// All areas, by name.
fn read() -> Result<Vec<Area>, String> {
    let fail = |error: std::io::Error| format!("cannot read {REGISTER}: {error}");
    let mut paths = BTreeSet::new();
    for entry in fs::read_dir(REGISTER).map_err(fail)? {
        paths.insert(entry.map_err(fail)?.path());
    }
    let is_toml = |path: &&PathBuf| path.extension().is_some_and(|extension| extension == "toml");
    paths.iter().filter(is_toml).map(|path| read_file(path)).collect()
}

fn read_file(path: &Path) -> Result<Area, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    parse(&name, &text)
}

fn write(text: &str) -> Result<(), String> {
    let folder = std::env::var_os("OUT_DIR").ok_or("there is no OUT_DIR")?;
    fs::write(Path::new(&folder).join("clauses.rs"), text).map_err(|error| format!("cannot write: {error}"))
}

/// A file as it stands. Its clauses are read one by one, so that a mistake in one can name it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: String,
    clause: Vec<toml::Table>,
}

/// One file of the register.
pub(crate) struct Area {
    name: String,
    title: String,
    clauses: Vec<Clause>,
}

/// One statement, with what most of them have in common left out.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Clause {
    id: String,
    page: String,
    section: String,
    statement: String,
    #[serde(default = "both")]
    arch: Vec<Arch>,
    since: Option<String>,
    #[serde(default)]
    kind: Kind,
    #[serde(default)]
    testable: Testable,
    #[serde(default)]
    note: String,
    authority: Authority,
    same_as: Option<String>,
}

// The words of the register; each variant is named as in `src/clauses.rs`, where its meaning stands.

#[derive(Debug, Deserialize)]
enum Arch {
    #[serde(rename = "x86_64")]
    X86_64,
    #[serde(rename = "aarch64")]
    Aarch64,
}

fn both() -> Vec<Arch> {
    vec![Arch::X86_64, Arch::Aarch64]
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    #[default]
    Must,
    Error,
    Quirk,
    Bug,
    UnspecifiedButObservable,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Testable {
    #[default]
    Yes,
    NeedsPrivilege,
    NeedsHardware,
    NeedsConfig,
    Hard,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Authority {
    Manual,
    KernelDoc,
    UapiHeader,
    KernelSource,
}

/// The area of this name, or what is wrong with its text.
pub(crate) fn parse(name: &str, text: &str) -> Result<Area, String> {
    let File { title, clause } = toml::from_str(text).map_err(|error| format!("{name}.toml: {error}"))?;
    let clauses = clause.into_iter().map(|table| clause_of(name, table)).collect::<Result<_, _>>()?;
    Ok(Area { name: name.to_owned(), title, clauses })
}

fn clause_of(area: &str, table: toml::Table) -> Result<Clause, String> {
    let id = table.get("id").and_then(toml::Value::as_str).unwrap_or("a clause without id").to_owned();
    table.try_into().map_err(|error: toml::de::Error| format!("{area}.toml: {id}: {}", error.message()))
}

/// What breaks the rules of the register.
pub(crate) fn mistakes(areas: &[Area]) -> Vec<String> {
    let ids: BTreeSet<_> = areas.iter().flat_map(|area| &area.clauses).map(|clause| &*clause.id).collect();
    let mut seen = BTreeSet::new();
    let mut mistakes = Vec::new();
    for area in areas {
        if area.title.is_empty() {
            mistakes.push(format!("{}.toml: its title is empty", area.name));
        }
        for clause in &area.clauses {
            let twice = (!seen.insert(&*clause.id)).then(|| "its id occurs twice".to_owned());
            let wrong = mistakes_of(clause, &area.name, &ids).into_iter().chain(twice);
            mistakes.extend(wrong.map(|wrong| format!("{}.toml: {}: {wrong}", area.name, clause.id)));
        }
    }
    mistakes
}

fn mistakes_of(clause: &Clause, area: &str, ids: &BTreeSet<&str>) -> Vec<String> {
    let mut wrong = Vec::new();
    let texts = [("page", &clause.page), ("section", &clause.section), ("statement", &clause.statement)];
    let empty = texts.iter().filter(|(_, text)| text.trim().is_empty());
    wrong.extend(empty.map(|(field, _)| format!("its {field} is empty")));
    if clause.arch.is_empty() {
        wrong.push("it is for no architecture".to_owned());
    }
    if clause.id.split_once('.').is_none_or(|(first, rest)| first != area || rest.is_empty()) {
        wrong.push(format!("its id does not begin with `{area}.`"));
    }
    if let Some(same) = clause.same_as.as_deref().filter(|same| !ids.contains(same) || *same == clause.id) {
        wrong.push(format!("it cannot be the same as `{same}`"));
    }
    wrong
}

/// The register as Rust.
fn table(areas: &[Area]) -> String {
    let area = |area: &Area| {
        let clauses: String = area.clauses.iter().map(row).collect();
        format!(
            "    Area {{ name: {:?}, title: {:?}, clauses: &[\n{clauses}    ] }},\n",
            area.name, area.title
        )
    };
    format!("&[\n{}]\n", areas.iter().map(area).collect::<String>())
}

fn row(clause: &Clause) -> String {
    let Clause { id, page, section, statement, arch, since, kind, testable, note, authority, same_as } =
        clause;
    let arches: Vec<_> = arch.iter().map(|arch| format!("Arch::{arch:?}")).collect();
    format!(
        "        Clause {{ id: {id:?}, page: {page:?}, section: {section:?}, statement: {statement:?}, \
         arches: &[{}], since: {since:?}, kind: Kind::{kind:?}, testable: Testable::{testable:?}, \
         note: {note:?}, authority: Authority::{authority:?}, same_as: {same_as:?} }},\n",
        arches.join(", ")
    )
}
