//! The folder of prompts, decoded once each.

use std::collections::VecDeque;
use std::fs::{File, Metadata};
use std::path::{Component, Path, PathBuf};
use std::time::SystemTime;

use parking_lot::Mutex;

use crate::{Audio, wav};

const MAX_FILE_BYTES: u64 = 50 << 20;
const MAX_CACHED: usize = 64;
const MAX_CACHED_SAMPLES: usize = 32 << 20;

/// Why a prompt cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum AudioError {
    /// No folder of prompts is configured.
    #[error("no media folder is configured")]
    NoFolder,
    /// The name is not a plain relative path below the media folder.
    #[error("not a name within the media folder")]
    OutsideFolder,
    /// There is no such file.
    #[error("no such file in the media folder")]
    NotFound,
    /// The file is larger than is ever read.
    #[error("the file is larger than {mib} MiB")]
    TooLarge {
        /// The limit.
        mib: u64,
    },
    /// The sound lasts longer than is ever played.
    #[error("the file lasts longer than {minutes} minutes")]
    TooLong {
        /// The limit.
        minutes: u32,
    },
    /// It is no WAV file, or one of a kind that is not read.
    #[error("not a WAV file that can be played: {0}")]
    Unsupported(String),
    /// The file cannot be read.
    #[error("the file cannot be read: {0}")]
    Io(std::io::Error),
    /// The reading task was lost (the process is shutting down).
    #[error("the file was not read")]
    Interrupted,
}

/// Loads prompts by name from one folder and keeps the decoded ones that were used last.
#[derive(Debug)]
pub struct AudioLibrary {
    folder: Option<PathBuf>,
    cache: Mutex<Cache>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Stamp {
    path: PathBuf,
    modified: Option<SystemTime>,
    length: u64,
}

/// Least recently used first; short enough to be searched one by one.
#[derive(Debug, Default)]
struct Cache(VecDeque<(Stamp, Audio)>);

impl AudioLibrary {
    /// A library over that folder; without one every name is refused.
    #[must_use]
    pub fn new(folder: Option<PathBuf>) -> Self {
        Self { folder, cache: Mutex::default() }
    }

    /// The prompt of that name, a path relative to the folder.
    ///
    /// # Errors
    /// [`AudioError`] says what is wrong with the name or the file, never where the folder lies.
    pub async fn load(self: &std::sync::Arc<Self>, name: &str) -> Result<Audio, AudioError> {
        let (library, name) = (self.clone(), name.to_owned());
        let reading = tokio::task::spawn_blocking(move || library.load_blocking(&name));
        reading.await.map_err(|_| AudioError::Interrupted)?
    }

    fn load_blocking(&self, name: &str) -> Result<Audio, AudioError> {
        let path = self.resolve(name)?;
        let file = File::open(&path).map_err(missing_or_unreadable)?;
        let stamp = Stamp::of(path, &file.metadata().map_err(AudioError::Io)?)?;
        if let Some(audio) = self.cache.lock().get(&stamp) {
            return Ok(audio);
        }
        let audio = wav::read(std::io::BufReader::new(file))?;
        self.cache.lock().insert(stamp, audio.clone());
        Ok(audio)
    }

    /// Links are followed first and the result must still lie in the folder.
    fn resolve(&self, name: &str) -> Result<PathBuf, AudioError> {
        let folder = self.folder.as_ref().ok_or(AudioError::NoFolder)?;
        let relative = Path::new(name);
        let plain = !name.is_empty() && relative.components().all(|part| matches!(part, Component::Normal(_)));
        if !plain || name.contains('\0') {
            return Err(AudioError::OutsideFolder);
        }
        let root = folder.canonicalize().map_err(|_| AudioError::NoFolder)?;
        let path = root.join(relative).canonicalize().map_err(missing_or_unreadable)?;
        if path.starts_with(&root) { Ok(path) } else { Err(AudioError::OutsideFolder) }
    }
}

impl Stamp {
    fn of(path: PathBuf, metadata: &Metadata) -> Result<Self, AudioError> {
        if !metadata.is_file() {
            return Err(AudioError::NotFound);
        }
        if metadata.len() > MAX_FILE_BYTES {
            return Err(AudioError::TooLarge { mib: MAX_FILE_BYTES >> 20 });
        }
        Ok(Self { path, modified: metadata.modified().ok(), length: metadata.len() })
    }
}

impl Cache {
    fn get(&mut self, stamp: &Stamp) -> Option<Audio> {
        let index = self.0.iter().position(|(kept, _)| kept == stamp)?;
        let entry = self.0.remove(index)?;
        let audio = entry.1.clone();
        self.0.push_back(entry);
        Some(audio)
    }

    fn insert(&mut self, stamp: Stamp, audio: Audio) {
        self.0.retain(|(kept, _)| kept.path != stamp.path);
        self.0.push_back((stamp, audio));
        while self.0.len() > MAX_CACHED || self.samples() > MAX_CACHED_SAMPLES {
            self.0.pop_front();
        }
    }

    fn samples(&self) -> usize {
        self.0.iter().map(|(_, audio)| audio.samples().len()).sum()
    }
}

fn missing_or_unreadable(error: std::io::Error) -> AudioError {
    match error.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => AudioError::NotFound,
        _ => AudioError::Io(error),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn write_wav(path: &Path, samples: &[i16]) {
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: 8_000,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut writer = hound::WavWriter::create(path, spec).unwrap();
        samples.iter().for_each(|sample| writer.write_sample(*sample).unwrap());
        writer.finalize().unwrap();
    }

    #[tokio::test]
    async fn names_are_looked_up_below_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("en")).unwrap();
        write_wav(&folder.path().join("en/hello.wav"), &[1, 2, 3]);
        let library = Arc::new(AudioLibrary::new(Some(folder.path().into())));
        assert_eq!(library.load("en/hello.wav").await.unwrap().samples(), [1, 2, 3]);
        assert!(matches!(library.load("en/bye.wav").await, Err(AudioError::NotFound)));
        assert!(matches!(library.load("en").await, Err(AudioError::NotFound)));
    }

    #[tokio::test]
    async fn no_name_leads_out_of_the_folder() {
        let outer = tempfile::tempdir().unwrap();
        let folder = outer.path().join("media");
        std::fs::create_dir(&folder).unwrap();
        write_wav(&outer.path().join("secret.wav"), &[1]);
        std::os::unix::fs::symlink(outer.path().join("secret.wav"), folder.join("link.wav")).unwrap();
        let absolute = outer.path().join("secret.wav").display().to_string();
        let library = Arc::new(AudioLibrary::new(Some(folder)));
        for name in ["../secret.wav", "./../secret.wav", "", ".", "a\0b", "link.wav", &absolute] {
            assert!(matches!(library.load(name).await, Err(AudioError::OutsideFolder)), "{name}");
        }
    }

    #[tokio::test]
    async fn without_a_folder_there_are_no_prompts() {
        let library = Arc::new(AudioLibrary::new(None));
        assert!(matches!(library.load("hello.wav").await, Err(AudioError::NoFolder)));
    }

    #[tokio::test]
    async fn a_prompt_is_decoded_once_until_its_file_changes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hello.wav");
        write_wav(&path, &[1]);
        let library = Arc::new(AudioLibrary::new(Some(folder.path().into())));
        let first = library.load("hello.wav").await.unwrap();
        let again = library.load("hello.wav").await.unwrap();
        assert!(std::ptr::eq(first.samples(), again.samples()), "decoded twice");
        write_wav(&path, &[1, 2]);
        assert_eq!(library.load("hello.wav").await.unwrap().samples(), [1, 2]);
    }

    #[test]
    fn the_least_recently_used_prompt_makes_room() {
        let stamp = |name: usize| Stamp { path: name.to_string().into(), modified: None, length: 0 };
        let mut cache = Cache::default();
        (0..MAX_CACHED).for_each(|name| cache.insert(stamp(name), Audio::new([])));
        assert!(cache.get(&stamp(0)).is_some());
        cache.insert(stamp(MAX_CACHED), Audio::new([]));
        assert!(cache.get(&stamp(0)).is_some(), "used last");
        assert!(cache.get(&stamp(1)).is_none(), "used longest ago");
    }
}
