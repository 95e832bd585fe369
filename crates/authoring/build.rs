//! What is embedded is read again when a file comes or goes, which the compiler does not notice by itself.

fn main() {
    for folder in ["templates", "sdk/src"] {
        println!("cargo::rerun-if-changed={folder}");
    }
}
