"""How the suite makes a server send something: a module per driver of [publish]."""
