"""Result files in, one self-contained HTML page out. Imports none of the other packages, fetches nothing."""
