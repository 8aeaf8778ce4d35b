//! The routing vectors on the built-in plugins, run natively on the SDK's in-memory host: what a plugin's author tests with
//! answers as the sandbox does, which runs the same vectors.

#[cfg(test)]
mod chain;
#[cfg(test)]
mod schemas;
#[cfg(test)]
mod vectors;
