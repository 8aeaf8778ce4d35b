mod model;
mod support;
mod together;
