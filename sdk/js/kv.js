// Keys and values of the account, where `plugin.toml` says `capabilities = ["kv"]` and the account grants it.

export * from "strowger:plugin/kv@0.1.0";
