mod model;
mod several;
mod support;
mod together;
