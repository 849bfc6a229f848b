//! Makes cargo rebuild when a language file is added, which it does not notice by itself.

fn main() {
    println!("cargo:rerun-if-changed=locales");
}
