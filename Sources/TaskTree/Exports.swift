// The engine speaks the vocabulary of the events (causes, labels, what a task waits for): whoever imports it has that, too.
@_exported import TreeModel
