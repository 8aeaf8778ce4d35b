mod model;
mod several;
mod streaming;
mod support;
mod together;
