use wasmtime::Config;

use super::*;

/// The smallest component.
const EMPTY: &[u8] = b"\0asm\x0d\0\x01\0";

struct Fixture {
    temporary: tempfile::TempDir,
    engine: Engine,
    key: CodeKey,
}

impl Fixture {
    fn new() -> Self {
        Self { temporary: tempfile::tempdir().unwrap(), engine: Engine::default(), key: CodeKey::random() }
    }

    fn folder(&self) -> CodeFolder {
        CodeFolder::open(&self.temporary.path().join("code"), &self.key, &self.engine).unwrap()
    }

    fn file(&self) -> std::path::PathBuf {
        let mut entries = std::fs::read_dir(self.temporary.path().join("code")).unwrap();
        entries.next().unwrap().unwrap().path()
    }

    fn is_empty(&self) -> bool {
        std::fs::read_dir(self.temporary.path().join("code")).unwrap().next().is_none()
    }
}

fn digest(letter: &str) -> String {
    letter.repeat(64)
}

#[test]
fn what_was_kept_is_found_and_loaded_also_after_a_restart() {
    let fixture = Fixture::new();
    let code = Compiled::compile(&fixture.engine, EMPTY).unwrap();
    fixture.folder().put(&digest("a"), &code).unwrap();
    let found = fixture.folder().get(&digest("a")).unwrap().unwrap();
    assert!(found.load(&fixture.engine).is_ok());
    assert!(fixture.folder().get(&digest("b")).unwrap().is_none());
}

#[test]
fn changed_code_is_not_loaded_but_removed() {
    let fixture = Fixture::new();
    let folder = fixture.folder();
    for place in [0, 40] {
        let code = Compiled::compile(&fixture.engine, EMPTY).unwrap();
        folder.put(&digest("a"), &code).unwrap();
        let mut bytes = std::fs::read(fixture.file()).unwrap();
        bytes[place] ^= 1;
        std::fs::write(fixture.file(), bytes).unwrap();
        assert!(folder.get(&digest("a")).unwrap().is_none());
        assert!(fixture.is_empty());
    }
}

#[test]
fn code_of_another_key_or_of_another_component_is_not_loaded() {
    let fixture = Fixture::new();
    let code = Compiled::compile(&fixture.engine, EMPTY).unwrap();
    fixture.folder().put(&digest("a"), &code).unwrap();
    let renamed = fixture.file().display().to_string().replace(&digest("a"), &digest("b"));
    std::fs::copy(fixture.file(), &renamed).unwrap();
    assert!(fixture.folder().get(&digest("b")).unwrap().is_none());
    let stranger = Fixture { key: CodeKey::random(), ..fixture };
    assert!(stranger.folder().get(&digest("a")).unwrap().is_none());
}

#[test]
fn another_engine_finds_nothing_and_its_sweep_leaves_nothing() {
    let fixture = Fixture::new();
    let code = Compiled::compile(&fixture.engine, EMPTY).unwrap();
    fixture.folder().put(&digest("a"), &code).unwrap();
    let other = Engine::new(Config::new().consume_fuel(true)).unwrap();
    let other = Fixture { engine: other, ..fixture };
    assert!(other.folder().get(&digest("a")).unwrap().is_none());
    other.folder().sweep(|_| true).unwrap();
    assert!(other.is_empty());
}

#[test]
fn a_sweep_keeps_what_is_kept() {
    let fixture = Fixture::new();
    let folder = fixture.folder();
    let code = Compiled::compile(&fixture.engine, EMPTY).unwrap();
    for letter in ["a", "b"] {
        folder.put(&digest(letter), &code).unwrap();
    }
    folder.sweep(|known| known == digest("a")).unwrap();
    assert!(folder.get(&digest("a")).unwrap().is_some());
    assert!(folder.get(&digest("b")).unwrap().is_none());
    folder.remove(&digest("a")).unwrap();
    assert!(fixture.is_empty());
}

#[test]
fn a_folder_that_others_may_write_to_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let fixture = Fixture::new();
    let path = fixture.temporary.path().join("code");
    drop(fixture.folder());
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o777)).unwrap();
    let refused = CodeFolder::open(&path, &fixture.key, &fixture.engine).err().unwrap();
    assert!(matches!(refused, CodeError::Writable(_)), "{refused}");
}

#[test]
fn no_name_leads_out_of_the_folder() {
    let folder = Fixture::new().folder();
    for name in ["../../etc/passwd", "", "A", &digest("A"), &"a".repeat(63)] {
        assert!(matches!(folder.get(name), Err(CodeError::Digest(_))), "{name}");
    }
}
