//! The declaration of settings.

/// Declares the sections of the configuration and their settings: `key: Kind = "default", as "name";`. The default is written as in
/// the environment. `as` gives the name of the option and the variable where it is not made of section and key, `or` another key that means the same.
macro_rules! settings {
    ($( $(#[doc = $about:literal])+ $section:ident: $Section:ident {
        $( $(#[doc = $doc:literal])+ $key:ident: $kind:ty $(= $default:literal)? $(, as $name:literal)? $(, or $other:literal)?; )+
    } )+) => {
        /// The effective configuration.
        #[derive(Debug)]
        pub struct Config { $( $(#[doc = $about])+ pub $section: $Section, )+ }

        $(
            $(#[doc = $about])+
            #[derive(Debug)]
            pub struct $Section { $( $(#[doc = $doc])+ pub $key: <$kind as Kind>::Value, )+ }

            impl $Section {
                const SETTINGS: &[Setting] = &[$(
                    Setting::of::<$kind>(stringify!($section), stringify!($key), &[$($doc),+])
                        $(.with_default($default))?
                        $(.named($name))?
                        $(.or($other))?,
                )+];

                fn read(reader: &mut Reader<'_>) -> Option<Self> {
                    let mut settings = Self::SETTINGS.iter();
                    $( let $key = reader.take::<$kind>(settings.next()?); )+
                    Some(Self { $( $key: $key?, )+ })
                }
            }
        )+

        impl Config {
            /// Reads every setting, so that everything that is wrong is told at once; `None` where anything is.
            pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
                $( let $section = $Section::read(reader); )+
                Some(Self { $( $section: $section?, )+ })
            }
        }

        /// Every section, in the order in which it is written.
        pub(super) const SECTIONS: &[Section] = &[$(
            Section { name: stringify!($section), about: &[$($about),+], settings: $Section::SETTINGS },
        )+];
    };
}

pub(super) use settings;
