//! The cause: why a guest ended before it was done.

use super::transcript::Phase;
use super::watch::{Ending, Watched};

/// Why there is no whole report, the guest's own words first.
pub fn cause(watched: &Watched) -> String {
    let doing = watched.phase.name();
    if let Ending::Interrupted(signal) = watched.ending {
        return format!("ended by signal {signal} while the guest was {doing}");
    }
    let transcript = &watched.transcript;
    let told = transcript.distrust.as_deref().or(transcript.fault.as_deref());
    let alarm = transcript.alarms.gravest().map(|alarm| &alarm.text);
    match (told, alarm) {
        (Some(fault), Some(alarm)) => format!("{fault}; its kernel said: {alarm}"),
        (Some(fault), None) => fault.to_owned(),
        (None, Some(alarm)) if transcript.alarms.panicked() => {
            format!("the guest's kernel died while {doing}: {alarm}")
        }
        (None, Some(alarm)) => format!("{}; its kernel said: {alarm}", ending(watched)),
        (None, None) => ending(watched),
    }
}

fn ending(watched: &Watched) -> String {
    let doing = watched.phase.name();
    let mute = if watched.mute() { ", it never said a word" } else { "" };
    match &watched.ending {
        Ending::Silent(limit) => {
            format!(
                "time limit: nothing new from the guest for {} s while {doing}{mute}",
                limit.as_secs_f64()
            )
        }
        Ending::Exited(Ok(status)) if status.success() && watched.phase >= Phase::Report => {
            format!("the console was torn: {}", watched.transcript.missing())
        }
        Ending::Exited(Ok(status)) if status.success() => {
            format!("the guest powered off or rebooted while {doing}{mute}")
        }
        Ending::Exited(Ok(status)) => {
            format!("QEMU ended with {status} while {doing}{}", complaints(watched))
        }
        Ending::Exited(Err(error)) => format!("cannot tell how QEMU ended ({error})"),
        Ending::Interrupted(signal) => format!("ended by signal {signal}"),
    }
}

fn complaints(watched: &Watched) -> String {
    match watched.complaints.is_empty() {
        true => String::new(),
        false => format!(": {}", watched.complaints.join("; ")),
    }
}

/// Why the case that was running has no verdict of its own.
pub fn of_the_culprit(watched: &Watched) -> String {
    let alarms = &watched.transcript.alarms;
    let last = alarms.gravest().map(|alarm| alarm.text.as_str());
    match (&watched.ending, last) {
        (_, Some(alarm)) if alarms.panicked() => {
            format!("the guest's kernel died while it was running: {alarm}")
        }
        (_, alarm) => {
            let said = alarm.map(|alarm| format!("; the kernel said: {alarm}")).unwrap_or_default();
            let told = watched.transcript.fault.clone().unwrap_or_else(|| ending(watched));
            format!("the guest was lost while it was running: {told}{said}")
        }
    }
}
