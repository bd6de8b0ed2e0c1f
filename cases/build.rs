//! Registers that are data become constants.

#[path = "build/peers.rs"]
mod peers;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    peers::generate()
}
