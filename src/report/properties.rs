//! Reports that were hurt on their way: each is refused with the reason, or read as something that does not
//! contradict itself and can be told in every form.

use clap::ValueEnum;
use proptest::prelude::*;
use proptest::sample::Index;
use rstest::rstest;
use serde_json::{Value, json};

use super::*;
use crate::formats::Form;
use crate::formats::kcidb::ORIGIN;

/// A report with every verdict and every field that there is.
fn full() -> Report {
    let mut report = sample::report(&Verdict::ALL);
    let word = || Some("word".to_owned());
    let (name, package, model, cpu) = (word(), word(), word(), word());
    let (emulator, accelerator) = (word(), word());
    report.target = Target { name, package, model, cpu, emulator, accelerator, ..report.target };
    report.cases[0].journal = vec!["PTRACE_SEIZE = 0".to_owned()];
    let cases_us = ["one", "other"].map(|name| (name.to_owned(), 3)).into();
    report.times = Some(Times { elapsed_us: 7, cases_us });
    report
}

fn full_json() -> Value {
    serde_json::to_value(full()).unwrap()
}

/// How every refusal begins: it says what is wrong, not only that something is.
const COMPLAINTS: [&str; 8] = [
    "it is empty",
    "it is torn: ",
    "it is no JSON: ",
    "it is JSON but no report: ",
    "its schema is ",
    "it calls itself ",
    "its totals do not fit its cases",
    "it holds the case ",
];

/// The reason for which the text is refused, if it is. A text that is not can be used for all that reports
/// are used for.
fn refusal(text: &str) -> Option<String> {
    match Report::parse(text) {
        Ok(report) => {
            assert!(check(&report).is_ok());
            assert_eq!(Report::parse(&report.to_json().unwrap()).unwrap(), report);
            for form in Form::value_variants() {
                form.render(&report, ORIGIN).unwrap();
            }
            None
        }
        Err(error) => {
            assert!(error.is::<Misuse>(), "the user's input, so status 2");
            let why = error.to_string();
            assert!(COMPLAINTS.iter().any(|known| why.starts_with(known)), "{why}");
            Some(why)
        }
    }
}

/// The places in a JSON value, as pointers; its own is the empty one.
fn places(value: &Value) -> Vec<String> {
    let below = |key: &dyn std::fmt::Display, inner| {
        places(inner).into_iter().map(move |place| format!("/{key}{place}")).collect::<Vec<_>>()
    };
    let inner: Vec<String> = match value {
        Value::Object(fields) => fields.iter().flat_map(|(key, inner)| below(key, inner)).collect(),
        Value::Array(items) => items.iter().enumerate().flat_map(|(at, inner)| below(&at, inner)).collect(),
        _ => Vec::new(),
    };
    [vec![String::new()], inner].concat()
}

/// The object that holds the field at this place, and the field's name.
fn field<'a>(value: &'a mut Value, place: &str) -> Option<(&'a mut serde_json::Map<String, Value>, String)> {
    let (parent, name) = place.rsplit_once('/')?;
    Some((value.pointer_mut(parent)?.as_object_mut()?, name.to_owned()))
}

/// Whether a report may lack what is at this place.
fn optional(place: &str) -> bool {
    const ONCE: [&str; 6] = ["name", "package", "model", "cpu", "emulator", "accelerator"];
    let often = ["/expected", "/clause", "/holds", "/journal"];
    place == "/times"
        || place.strip_prefix("/target/").is_some_and(|field| ONCE.contains(&field))
        || place.starts_with("/times/cases_us/")
        || often.iter().any(|field| place.ends_with(field))
}

#[test]
fn the_full_report_is_accepted() {
    assert_eq!(refusal(&full().to_json().unwrap()), None);
    assert!(places(&full_json()).len() > 100);
}

/// A value of another type in the place of each one that there is.
#[rstest]
#[case::null(Value::Null)]
#[case::bool(json!(true))]
#[case::negative(json!(-1))]
#[case::fraction(json!(1.5))]
#[case::beyond_all_numbers(json!(1e30))]
#[case::text(json!("word"))]
#[case::empty_list(json!([]))]
#[case::list(json!([null]))]
#[case::empty_object(json!({}))]
#[case::object(json!({"field": 1}))]
fn another_type_is_refused(#[case] other: Value) {
    for place in places(&full_json()) {
        let mut json = full_json();
        let value = json.pointer_mut(&place).unwrap();
        let same = !value.is_number() && std::mem::discriminant(value) == std::mem::discriminant(&other);
        *value = other.clone();
        let why = refusal(&json.to_string());
        let allowed = same || other.is_null() && optional(&place);
        assert!(allowed || why.is_some(), "{other} at {place} is accepted");
        let said = [
            "invalid ",
            "missing field ",
            "unknown field ",
            "unknown variant ",
            // So a word of a fixed set is missed, such as a verdict.
            "expected value ",
            "no `schema` field",
            "its totals",
        ];
        assert!(
            allowed || why.iter().all(|why| said.iter().any(|said| why.contains(said))),
            "{place}: {why:?}"
        );
    }
}

#[test]
fn a_field_that_is_missing_is_named() {
    for place in places(&full_json()) {
        let mut json = full_json();
        let Some((object, name)) = field(&mut json, &place) else { continue };
        object.remove(&name).unwrap();
        match refusal(&json.to_string()) {
            Some(why) if optional(&place) => assert!(why.starts_with("its totals"), "{place}: {why}"),
            Some(why) => assert!(why.contains(&format!("`{name}`")), "{place}: {why}"),
            None => assert!(optional(&place), "{place} is not missed"),
        }
    }
}

/// A field under another name is one missing and one too many.
#[test]
fn a_field_that_nobody_knows_is_named() {
    for place in places(&full_json()) {
        let mut json = full_json();
        let Some((object, name)) = field(&mut json, &place) else { continue };
        // The names of cases are whatever they are.
        if place.starts_with("/times/cases_us/") {
            continue;
        }
        let value = object.remove(&name).unwrap();
        object.insert(format!("{name}_"), value);
        let why = refusal(&json.to_string()).unwrap_or_else(|| panic!("{place}_ is accepted"));
        assert!(why.contains(&format!("unknown field `{name}_`")) || place == "/schema", "{place}: {why}");
    }
}

/// Each line once more, or not at all.
#[test]
fn doubled_and_missing_lines_are_noticed() {
    let report = full();
    let text = report.to_json().unwrap();
    let lines: Vec<_> = text.lines().collect();
    for at in 0..lines.len() {
        let doubled = [&lines[..=at], &lines[at..]].concat().join("\n");
        if refusal(&doubled).is_none() {
            assert_eq!(Report::parse(&doubled).unwrap(), report, "{}", lines[at]);
        }
        refusal(&[&lines[..at], &lines[at + 1..]].concat().join("\n"));
    }
}

/// A run that did not come to its end may have planned anything; forms must not count below zero.
#[rstest]
fn plans_of_any_size_can_be_told(#[values(0, 4, 5, 6, usize::MAX)] planned: usize) {
    for complete in [true, false] {
        let mut report = full();
        (report.complete, report.totals.planned) = (complete, planned);
        let accepted = refusal(&report.to_json().unwrap()).is_none();
        assert_eq!(accepted, !complete || planned == report.cases.len());
    }
}

/// Cut off at each byte.
#[test]
fn torn_reports_are_refused() {
    let text = full().to_json().unwrap();
    for end in 0..text.trim_end().len() {
        let why = refusal(&text[..end]).unwrap();
        let expected = if end == 0 { "it is empty" } else { "it is torn: " };
        assert!(why.starts_with(expected), "{end}: {why}");
    }
}

/// What can happen to bytes.
#[derive(Clone, Debug)]
enum Mishap {
    Flipped(Index, u8),
    Cut(Index, usize),
    Doubled(Index, usize),
    Junk(Index, Vec<u8>),
    Truncated(Index),
}

fn mishap() -> impl Strategy<Value = Mishap> {
    let (at, length) = (any::<Index>, 1usize..300);
    let junk = prop_oneof!["[ -~]{1,20}".prop_map(String::into_bytes), any::<Vec<u8>>()];
    prop_oneof![
        4 => (at(), 0u8..8).prop_map(|(at, bit)| Mishap::Flipped(at, bit)),
        2 => (at(), length.clone()).prop_map(|(at, length)| Mishap::Cut(at, length)),
        2 => (at(), length).prop_map(|(at, length)| Mishap::Doubled(at, length)),
        2 => (at(), junk).prop_map(|(at, junk)| Mishap::Junk(at, junk)),
        1 => at().prop_map(Mishap::Truncated),
    ]
}

fn befall(mishap: &Mishap, bytes: &mut Vec<u8>) {
    if bytes.is_empty() {
        return;
    }
    let (length, size) = (bytes.len(), |at: usize, wanted: usize| wanted.min(bytes.len() - at));
    match mishap {
        Mishap::Flipped(at, bit) => bytes[at.index(length)] ^= 1 << bit,
        Mishap::Cut(at, wanted) => {
            let at = at.index(length);
            let end = at + size(at, *wanted);
            bytes.drain(at..end);
        }
        Mishap::Doubled(at, wanted) => {
            let at = at.index(length);
            let piece = bytes[at..at + size(at, *wanted)].to_vec();
            bytes.splice(at..at, piece);
        }
        Mishap::Junk(at, junk) => {
            let at = at.index(length);
            bytes.splice(at..at, junk.iter().copied());
        }
        Mishap::Truncated(at) => bytes.truncate(at.index(length)),
    }
}

/// Values that a field may have, and some that none may.
fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        prop_oneof![Just(u64::MAX), 0u64..9, any::<u64>()].prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}|[\\x00-\\x7f]{0,12}".prop_map(Value::from),
        (0usize..5).prop_map(|at| Value::from(Verdict::ALL[at].word())),
        Just(json!([])),
        Just(json!({})),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// As a file, so that bytes that are no text count too.
    #[test]
    fn mangled_files_are_refused_or_make_sense(mishaps in proptest::collection::vec(mishap(), 1..5)) {
        let mut bytes = full().to_json().unwrap().into_bytes();
        mishaps.iter().for_each(|mishap| befall(mishap, &mut bytes));
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &bytes).unwrap();
        let read = Report::read(file.path());
        if let Ok(text) = String::from_utf8(bytes) {
            prop_assert_eq!(refusal(&text).is_none(), read.is_ok());
        }
        if let Err(error) = read {
            let why = format!("{error:#}");
            let named = format!("cannot read the report {}: ", file.path().display());
            prop_assert!(why.starts_with(&named) && why.len() > named.len(), "{}", why);
            prop_assert_eq!(crate::exit::Status::of_error(&error), crate::exit::Status::Misuse);
        }
    }

    /// Sound JSON, but with other values here and there.
    #[test]
    fn edited_reports_are_refused_or_make_sense(
        edits in proptest::collection::vec((any::<Index>(), any_value()), 1..4),
    ) {
        let mut json = full_json();
        for (at, value) in edits {
            let places = places(&json);
            *json.pointer_mut(&places[at.index(places.len())]).unwrap() = value;
        }
        refusal(&json.to_string());
    }
}
