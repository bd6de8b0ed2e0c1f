//! Turns the registers, which are data, into the tables that `src/clauses.rs` and `src/peers.rs` include.

#[path = "build/clauses.rs"]
mod clauses;
#[path = "build/peers.rs"]
mod peers;

fn main() {
    println!("cargo::rerun-if-changed={}", clauses::REGISTER);
    let peers = peers::generate().map_err(|mistake| vec![mistake.to_string()]);
    // Said to Cargo instead of panicking: it shows these lines, and nothing of this program.
    for mistake in [clauses::generate(), peers].into_iter().filter_map(Result::err).flatten() {
        mistake.lines().for_each(|line| println!("cargo::error={line}"));
    }
}
