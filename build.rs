//! Makes cargo see the folder that a release build embeds: a macro reads it, so cargo would not rebuild the server when
//! the site appears after the server was once built without it. Debug builds read the folder at run time.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let is_set = |name, value| std::env::var_os(name).is_some_and(|found| found == value);
    if is_set("CARGO_FEATURE_SSR", "1") && is_set("PROFILE", "release") {
        // A missing path would count as changed, each time.
        if let Err(error) = std::fs::create_dir_all("target/site") {
            println!("cargo:warning=cannot make target/site: {error}");
        }
        println!("cargo:rerun-if-changed=target/site");
    }
}
