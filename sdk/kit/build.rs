//! What is carried in the binary is carried anew when any of it changes.

fn main() {
    for folder in ["../../wit", "../c", "../js", "../python", "../rust/src", "starters", "rust", "wasi"] {
        println!("cargo:rerun-if-changed={folder}");
    }
}
