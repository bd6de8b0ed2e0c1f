//! How long a guest may be silent, phase by phase.

use std::time::Duration;

use super::accel::Accelerator;
use super::transcript::Phase;

/// The longest silences. Each record that arrives starts the clock anew; since every phase sends a
/// bounded number of records, a run is bounded as well.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    boot: Duration,
    plan: Duration,
    case: Duration,
    report: Duration,
    power_off: Duration,
}

/// Emulation takes this many times as long, generously.
const EMULATED: u32 = 4;

impl Limits {
    /// The limits for a guest whose cases have this limit of their own.
    pub fn new(accelerator: Accelerator, case: Duration, patience: usize) -> Limits {
        let slowness = if accelerator == Accelerator::Tcg { EMULATED } else { 1 };
        let patience = u32::try_from(patience).unwrap_or(u32::MAX);
        let scaled =
            |seconds: u64| Duration::from_secs(seconds).saturating_mul(slowness).saturating_mul(patience);
        Limits {
            boot: scaled(30),
            plan: scaled(15),
            // The suite inside ends a case at its limit; this one is for when the whole guest hangs.
            case: case.saturating_add(scaled(15)),
            report: scaled(15),
            power_off: scaled(2),
        }
    }

    /// The same, but only so patient that it is found out whether a guest comes up at all.
    pub fn for_a_try(self, patience: usize) -> Limits {
        let patience = u32::try_from(patience).unwrap_or(u32::MAX);
        Limits { boot: Duration::from_secs(10).saturating_mul(patience), ..self }
    }

    /// The same limit for every phase.
    #[cfg(test)]
    pub const fn all(limit: Duration) -> Limits {
        Limits { boot: limit, plan: limit, case: limit, report: limit, power_off: limit }
    }

    /// The longest silence in this phase.
    pub const fn of(&self, phase: Phase) -> Duration {
        match phase {
            Phase::Boot => self.boot,
            Phase::Plan => self.plan,
            Phase::Cases => self.case,
            Phase::Report => self.report,
            Phase::Done => self.power_off,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emulation_and_patience_stretch_what_they_should() {
        let case = Duration::from_secs(30);
        let of = |accelerator, patience, phase| Limits::new(accelerator, case, patience).of(phase).as_secs();
        assert_eq!(of(Accelerator::Kvm, 1, Phase::Boot), 30);
        assert_eq!(of(Accelerator::Tcg, 1, Phase::Boot), 120);
        assert_eq!(of(Accelerator::Tcg, 3, Phase::Boot), 360);
        assert_eq!(of(Accelerator::Kvm, 1, Phase::Cases), 45);
        assert_eq!(of(Accelerator::Kvm, usize::MAX, Phase::Plan), 15 * u64::from(u32::MAX));
    }
}
