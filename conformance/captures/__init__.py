"""What is done to a server and what came back: each module is one story, and judges nothing."""
