"""The proof of a delivery: what should be there, computed anew, against a receiver's own books."""
