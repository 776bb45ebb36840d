"""The pytest plugin: options, markers and fixtures. Imports the suite only when a run asks for it."""
