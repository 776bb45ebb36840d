"""Roads to a server: real proxies by the recipes of docs/proxies, and one that goes wrong on purpose."""
