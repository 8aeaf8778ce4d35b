// `fetch` of a plugin that does not ask for it.

globalThis.fetch = async () => {
  throw new Error('fetch wants `capabilities = ["http"]` in plugin.toml, which call hooks and message providers may have');
};
