// Placeholder of the module that keeps a live page up to date.
